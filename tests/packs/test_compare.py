"""Two areas or two days side by side: what differs, who alone has what, how it is said, and the page.

carries_out: BEN-10, LST-02
"""

import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.packs.test_check import own_copy
from typer.testing import CliRunner

from yibao.cli.main import app
from yibao.packs.compare import Kind, Side, entry_pairs
from yibao.packs.disease_lists import compared
from yibao.packs.policies import policies
from yibao.policy_list.terms import DiseaseMatch
from yibao.reports.policy_diff_html import policy_diff_html

TAIYUAN = "140100"
DAYS = st.dates(date(2022, 1, 1), date(2023, 12, 31))
OTHER_PACK = """\
code: "990100"
name: {zh: 甲市, en: City A}
parent: "000000"
institution_classes:
  - {code: level_one, label: 一级医院, label_en: Level one}
chronic_diseases:
  - {code: diabetes, national_code: "M01600", label: 糖尿病, label_en: Diabetes}
  - {code: anti_rejection, national_code: "M08300", label: 器官移植术后抗排异治疗, label_en: Anti-rejection}
  - {code: blood_dialysis, national_code: "M07803", label: 血液透析, label_en: Haemodialysis}
  - {code: own_disease, label: 地方病, label_en: A disease of its own}
"""
OTHER_BENEFITS = """\
basic_cap:
  label: 基本医保年度最高支付限额
  2022-01-01:
    annual_cap: 7 万元
    source: 甲市文件
    standing: official
catastrophic:
  label: 大病保险
  2022-01-01:
    deductible: 12000 元
    rate: [{from: 0 元, rate: 60%}, {from: 100000 元, rate: 70%}]
    source: <甲市>文件
    standing: press
"""


@pytest.fixture
def folder(tmp_path):
    """The package's policies with a made-up city beside them."""
    to = own_copy(tmp_path, "140100_taiyuan/pack.yaml", 'code: "140100"', 'code: "140100"')
    city = to / "990100_city"
    city.mkdir()
    (city / "pack.yaml").write_text(OTHER_PACK, "utf-8")
    (city / "benefits.yaml").write_text(OTHER_BENEFITS, "utf-8")
    return to


def sides(folder, left, right, day=date(2023, 1, 1)):
    found = policies(folder)
    return Side(found.area(left), day), Side(found.area(right), day)


def run(*words):
    return CliRunner().invoke(app, ["policy", "diff", *map(str, words)])


def test_figures_are_compared_by_what_they_mean(folder):
    pairs = {pair.key: pair for pair in entry_pairs(*sides(folder, TAIYUAN, "990100"))}
    assert pairs["basic_cap"].kind == Kind.EQUAL  # 70000 元 and 7 万元
    assert pairs["outpatient_pooling"].kind == Kind.ONLY_LEFT
    assert pairs["subsidy_floor"].kind == Kind.EQUAL
    named = {".".join(of.path): (of.left, of.right) for of in pairs["catastrophic"].figures if of.differs}
    assert named["deductible"] == ("10000 元", "12000 元")
    assert named["counts_chronic"] == (True, None)


def test_two_days_of_one_area_from_the_command_line():
    result = run(TAIYUAN, "--day", "2022-06-30", "--and", "2023-06-30", "--json")
    facts = json.loads(result.output)
    assert (facts["left"]["day"], facts["right"]["day"]) == ("2022-06-30", "2023-06-30")
    pooling = next(row for row in facts["differs"] if row["entry"] == "benefits.outpatient_pooling")
    assert {"figure": "annual_cap", "left": "230 元", "right": "250 元"} in pooling["figures"]
    assert pooling["right"]["standing"] == "notice"
    as_before = json.loads(run(f"{TAIYUAN}@2022-06-30", f"{TAIYUAN}@2023-06-30", "--json").output)
    assert as_before == facts
    shown = run(TAIYUAN, "--day", "2022-06-30", "--and", "2023-06-30").output
    assert "年度限额" in shown


def test_what_cannot_be_compared_is_said(folder):
    assert run(TAIYUAN).exit_code == 2
    assert run(TAIYUAN, TAIYUAN, "--list", "drugs").exit_code == 2
    assert run("140100@x", TAIYUAN).exit_code == 2


def test_lists_are_matched_by_national_code(folder):
    found = compared(*(side.area for side in sides(folder, TAIYUAN, "990100")))
    matches = {row.national_code: row for row in found.rows}
    assert {code: row.match for code, row in matches.items()} == {
        "M01600": DiseaseMatch.NAMED_DIFFERENTLY,
        "M07800": DiseaseMatch.ONLY_HERE,
        "M00500": DiseaseMatch.ONLY_HERE,
        "M08300": DiseaseMatch.SAME,
        "M07803": DiseaseMatch.ONLY_THERE,
    }
    assert matches["M07800"].near == ("M07803 血液透析",)
    assert matches["M00500"].near == ()
    assert (found.agreement.diseases, found.agreement.shared, found.agreement.unified) == (5, 2, 0)
    assert [disease.label for disease in found.uncoded] == ["地方病"]


def test_the_disease_lists_from_the_command_line(folder):
    words = [TAIYUAN, "990100", "--list", "chronic_diseases", "--policies", folder]
    facts = json.loads(run(*words, "--json").output)
    assert facts["agreement"]["shared"] == 2
    taiyuan, city = facts["schemes"]
    known = {row["national_code"]: row["employees_too"] for row in taiyuan["diseases"]}
    assert known == {"M01600": True, "M07800": True, "M00500": None, "M08300": None}
    assert city["on_file"] is False
    shown = run(*words).output
    assert "范围没有统一" in shown
    assert "职工医保的病种目录不在册" in shown
    alone = run(TAIYUAN, "--list", "chronic_diseases")
    assert "不明" in alone.output


def test_the_page_stands_alone_and_escapes_what_a_file_says(folder, tmp_path):
    to = tmp_path / "out" / "diff.html"
    result = run(TAIYUAN, "990100", "--day", "2023-01-01", "--policies", folder, "--html", to)
    page = to.read_text("utf-8")
    assert result.exit_code == 0
    assert re.findall(r"(?:src|href)=\"(?!#)", page) == []
    assert "http" not in page
    assert "&lt;甲市&gt;文件" in page
    assert "0 元起 60%；100000 元起 70%" in page
    assert "媒体报道" in page
    assert "同类：M07803 血液透析" in page
    assert page.index("大病保险 <code>benefits.catastrophic</code>") < page.index('id="equal"')


@pytest.mark.property
@given(DAYS, DAYS)
def test_turned_round_a_comparison_says_the_same(one, other):
    area = policies().area(TAIYUAN)
    turned = {Kind.ONLY_LEFT: Kind.ONLY_RIGHT, Kind.ONLY_RIGHT: Kind.ONLY_LEFT}
    here = {(p.section, p.key): p.kind for p in entry_pairs(Side(area, one), Side(area, other))}
    there = {(p.section, p.key): p.kind for p in entry_pairs(Side(area, other), Side(area, one))}
    assert here == {name: turned.get(kind, kind) for name, kind in there.items()}
    if one == other:
        assert set(here.values()) == {Kind.EQUAL}


def test_every_area_can_be_laid_beside_every_other():
    found = policies()
    codes = sorted(found.packs)
    for left, right in zip(codes, codes[1:] + codes[:1], strict=True):
        pair = (Side(found.area(left), date(2022, 7, 1)), Side(found.area(right), date(2023, 7, 1)))
        assert "</html>" in policy_diff_html(*pair, "yibao policy diff")
