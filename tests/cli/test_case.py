"""A case file: every problem is told at once, in words, with its place; a sound one becomes whole numbers.

carries_out: BEN-13
"""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from yibao.benefits.terms import CarePath, VisitKind
from yibao.cli.case import case_schema, case_schema_text
from yibao.cli.case_claim import Prepared, prepare
from yibao.engine.terms import CHRONIC_SLOTS, MONTHS
from yibao.kernel.days import day_number
from yibao.packs.policies import policies

ROOT = Path(__file__).parents[2]

SOUND = """\
area: "140100"
person:
  county_code: "140105"
  covered: {first_day: 2023-01-01, last_day: 2023-12-31}
  categories: [{category: 低保对象, first_day: 2023-06-01}, 特困人员]
  chronic: [dialysis, diabetes_with_complications]
institution: {class: first_rate, county_code: "140105", code: H1}
visit: {kind: 住院, care_path: REFERRED, discharged_on: 2023-05-31}
lines:
  - {item: 甲药, amount: 100.10, class: 甲类}
  - {item: 乙药, amount: 1000, class: B, initial_self_pay: 10%}
total: 1100.10
"""


def written(folder: Path, text: str, name: str = "case.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def found(path: Path):
    return prepare(path, policies())


def told(folder: Path, *changes: tuple[str, str]) -> list[tuple[str, str]]:
    """The findings (key, message) after changing the sound case, each change once."""
    text = SOUND
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    findings = found(written(folder, text))
    assert isinstance(findings, list) and findings
    for finding in findings:
        assert finding.file and finding.message and finding.remedy and finding.sentence()
    return [(finding.column, finding.message) for finding in findings]


def test_a_sound_case_becomes_whole_numbers(tmp_path):
    prepared = found(written(tmp_path, SOUND))
    assert isinstance(prepared, Prepared)
    claim = prepared.claim
    assert (claim.kind, claim.care_path, claim.day) == (
        VisitKind.HOSPITAL,
        CarePath.REFERRED,
        day_number(date(2023, 5, 31)),
    )
    # The allowance holds from June only, so in May the other category decides.
    assert claim.category == 1
    assert (claim.class_a_fen, claim.class_b_fen, claim.initial_self_pay_fen) == (10_010, 90_000, 10_000)
    assert claim.covered == claim.in_county == 1
    assert claim.institution_class == 5


def test_json_is_read_as_yaml_is(tmp_path):
    plain = yaml.safe_load(SOUND)
    as_json = found(written(tmp_path, json.dumps(plain, default=str, ensure_ascii=False), "case.json"))
    assert isinstance(as_json, Prepared)
    assert as_json.claim == found(written(tmp_path, SOUND)).claim


def test_every_problem_of_a_case_at_once(tmp_path):
    problems = told(
        tmp_path,
        ('county_code: "140105"\n', 'county_code: "150105"\n  identity_no: "11010519491231002A"\n'),
        ("class: first_rate", "class: no_such_class"),
        ("discharged_on: 2023-05-31", "admitted_on: 2023-06-03, discharged_on: 2023-05-31"),
        ("{item: 甲药, amount: 100.10, class: 甲类}", "{item: 甲药, amount: -5, class: 甲类}"),
        ("initial_self_pay: 10%", "initial_self_pay: 110%"),
        ("total: 1100.10", "total: 1100.10\nyear_so_far: {basic_paid: -1}\nearlier: [{}]"),
    )
    places = [place for place, _ in problems]
    assert set(places) == {
        "person.county_code",
        "person.identity_no",
        "institution.class",
        "visit.discharged_on",
        "lines[2].initial_self_pay",
        "year_so_far.basic_paid",
        "earlier[1].institution",
        "earlier[1].visit",
    }


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ('area: "140100"', 'area: "999999"', "area", "没有地区"),
        ('area: "140100"', "area: 太原", "area", "6 位行政区划代码"),
        ("total: 1100.10", "total: 1100.11", "total", "相差 0.01 元"),
        ("total: 1100.10", "total: 1e3", "total", "金额无法识别"),
        ("total: 1100.10", "total: 1100.10\ntotals: {class_a: 1}", "totals", "都写了"),
        ("amount: 1000,", "amount: 10.005,", "lines[2].amount", "最多两位小数"),
        ("class: B", "class: D", "lines[2].class", "没有这个选项"),
        ("{item: 甲药, amount: 100.10, class: 甲类}", "{item: 甲药, amount: 100.10, class: 甲类, initial_self_pay: 5%}", "lines[1].initial_self_pay", "只有乙类"),
        ("2023-05-31", "2025-05-31", "visit.discharged_on", "没有在册规定"),
        ("2023-05-31", "2023-02-30", "visit.discharged_on", "日期无法识别"),
        ("discharged_on", "served_on", "visit.served_on", "不写 served_on"),
        (", discharged_on: 2023-05-31", "", "visit.discharged_on", "缺少这一项"),
        ("kind: 住院", "kind: 体检", "visit.kind", "没有这个选项"),
        ("care_path: REFERRED", "carepath: REFERRED", "visit.carepath", "没有这一项"),
        ("kind: 住院, care_path: REFERRED, discharged_on: 2023-05-31", "kind: CHRONIC, served_on: 2023-05-31, disease: 感冒", "visit.disease", "没有这个病种"),
        ("kind: 住院", "kind: 生育", "visit.delivery", "缺少生育类别"),
        ("特困人员", "富人", "person.categories[2].category", "没有这个选项"),
        ("last_day: 2023-12-31", "last_day: 2022-12-31", "person.covered.last_day", "早于起始日"),
        ("chronic: [dialysis,", "chronic: [flu,", "person.chronic[1].disease", "没有这个病种"),
        ("class: first_rate", "price_class: 二类", "institution", "不止一类相符"),
        ("total: 1100.10", "settled_on: 2023-05-01", "settled_on", "结算早于就医"),
        ("total: 1100.10", "born_on: 2023-05-01", "born_on", "没有这一项"),
        ("total: 1100.10", "area: x", "area", "重复出现"),
        ("total: 1100.10", "total: [", "", "不是可读的 YAML"),
        ("total: 1100.10", "year_so_far: {quota_paid: [{disease: anti_rejection, month: 1, paid: 1}]}", "year_so_far.quota_paid[1].disease", "没有这个病种的认定"),
    ],
)  # fmt: skip
def test_one_problem_is_told_with_its_place(tmp_path, old, new, place, words):
    problems = told(tmp_path, (old, new))
    assert [key for key, _ in problems] == [place], problems
    assert words in problems[0][1]


def test_a_bill_beyond_all_measure_is_refused(tmp_path):
    tail = SOUND[SOUND.index("lines:") :]
    problems = told(tmp_path, (tail, "totals: {class_a: 10000000000.01}\n"))
    assert [key for key, _ in problems] == ["totals"]


def test_the_row_is_the_line_of_the_file(tmp_path):
    findings = found(written(tmp_path, SOUND.replace("class: B", "class: D")))
    assert [(f.row, f.value) for f in findings] == [(11, "D")]


def test_an_identity_number_is_checked_and_never_printed(tmp_path):
    good, bad = "11010519491231002X", "110105194912310021"
    base = SOUND.replace("  covered", f'  identity_no: "{good}"\n  covered')
    assert isinstance(found(written(tmp_path, base)), Prepared)
    for text in (
        base.replace(good, bad),
        base.replace("  covered", "  born_on: 1950-01-01\n  covered"),
        base.replace(f'"{good}"', f"[{bad}]"),
    ):
        findings = found(written(tmp_path, text))
        assert len(findings) == 1
        assert bad not in findings[0].sentence() and good not in findings[0].sentence()


@pytest.mark.parametrize("text", ["", "[]", "1", "\x00", "a: b: c", "&a [*a]"])
def test_what_is_no_case_is_told_without_a_traceback(tmp_path, text):
    for name in ("case.yaml", "case.json"):
        findings = found(written(tmp_path, text, name))
        assert isinstance(findings, list) and findings
    assert found(tmp_path / "missing.yaml")[0].message.startswith("没有这个文件")


def test_a_refund_is_accepted_while_the_item_stays_at_or_above_zero(tmp_path):
    refund = "  - {item: 甲药, amount: -100.10, quantity: -1, class: 甲类}\ntotal: 1000"
    prepared = found(written(tmp_path, SOUND.replace("total: 1100.10", refund)))
    assert isinstance(prepared, Prepared)
    assert prepared.claim.class_a_fen == 0
    more = refund.replace("-100.10", "-100.11").replace("total: 1000", "total: 999.99")
    assert [f.column for f in found(written(tmp_path, SOUND.replace("total: 1100.10", more)))] == [
        "lines[3].amount"
    ]


def test_the_year_so_far_goes_to_its_cells(tmp_path):
    given = (
        "year_so_far: {stays: 1, basic_paid: 12.34, pooling_day: 2023-05-01, quota_paid: ["
        "{disease: diabetes_with_complications, month: 3, paid: 9}, {disease: 高血压, paid: 8}]}"
    )
    prepared = found(written(tmp_path, SOUND.replace("total: 1100.10", given)))
    assert isinstance(prepared, Prepared)
    start = prepared.start
    assert (start.stays, start.basic_paid_fen, start.pooling_day) == (1, 1234, day_number(date(2023, 5, 1)))
    # The second certificate is the second slot; March is month 2 of 0–11.
    assert start.quota_paid_fen[MONTHS + 2] == 900
    assert start.quota_paid_fen[CHRONIC_SLOTS * MONTHS] == 800
    assert sum(start.quota_paid_fen) == 1700


def test_a_referral_out_of_the_province_is_not_a_proper_one(tmp_path):
    referred = SOUND.replace("care_path: REFERRED", "care_path: REFERRED, properly_referred: true")
    assert found(written(tmp_path, referred)).claim.properly_referred == 1
    outside = referred.replace("class: first_rate", "class: outside_province")
    assert found(written(tmp_path, outside)).claim.properly_referred == 0


def test_earlier_claims_belong_to_the_same_year(tmp_path):
    earlier = (
        "earlier: [{institution: {class: first_rate}, visit: {kind: HOSPITAL, discharged_on: 2022-05-01},"
        " totals: {class_a: 1}}]"
    )
    findings = found(written(tmp_path, SOUND.replace("total: 1100.10", earlier)))
    assert [f.column for f in findings] == ["earlier[1].visit"]


def test_the_published_schema_is_not_stale():
    published = (ROOT / "docs" / "schema" / "case.schema.json").read_text("utf-8")
    assert published == case_schema_text(), "yibao settle --schema > docs/schema/case.schema.json"


def test_the_schema_accepts_the_examples_and_refuses_a_wrong_key():
    schema = Draft202012Validator(case_schema())
    for path in sorted((ROOT / "examples").glob("*/*.yaml")):
        plain = json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8")), default=str))
        assert list(schema.iter_errors(plain)) == [], path
        assert list(schema.iter_errors({**plain, "no_such_key": 1}))


def test_a_number_with_a_point_is_never_a_float(tmp_path):
    path = written(tmp_path, SOUND.replace("100.10, class", "0.29, class").replace("1100.10", "1000.29"))
    assert found(path).claim.class_a_fen == 29
    assert Decimal("0.29") * 100 == 29
