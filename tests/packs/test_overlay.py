"""Changes laid over the policies: what is changed is assumed, what is not named stays, and every mistake is named at once."""

from datetime import date

import pytest

from yibao.kernel.standing import Standing
from yibao.packs.build import params
from yibao.packs.change_text import Change, ChangesUnfit, Read, read_changes
from yibao.packs.kinds import kind_of
from yibao.packs.overlay import overlay
from yibao.packs.policies import policies
from yibao.packs.settlement import settlement_periods

FIRST, LAST = date(2023, 1, 1), date(2023, 12, 31)
CITY = "140100"


def laid(*written: str, code: str = CITY):
    area = policies().area(code)
    return overlay(policies(), area, read_changes(area, written), FIRST, LAST)


def problems(*written: str) -> list[str]:
    with pytest.raises(ChangesUnfit) as unfit:
        laid(*written)
    return unfit.value.problems


def test_a_changed_figure_is_assumed_and_the_rest_of_its_entry_stays():
    found = laid("benefits.hospital.rate.first_rate=65%")
    block = found.area.block("benefits", "hospital", FIRST)
    was = policies().area(CITY).block("benefits", "hospital", FIRST)
    assert block.values["rate"] == was.values["rate"] | {"first_rate": "65%"}
    assert {**block.values, "rate": 0} == {**was.values, "rate": 0}
    assert (block.standing, block.cite, block.quotes) == (Standing.ASSUMED, "", ())
    assert "60% → 65%" in block.note and was.id in block.note
    assert [(of.name, of.before, of.value) for of in found.changed] == [
        ("benefits.hospital.rate.first_rate", "60%", "65%")
    ]


def test_what_is_on_file_is_left_as_it_is():
    before = policies().area(CITY).block("benefits", "hospital", FIRST)
    laid("benefits.hospital.rate.first_rate=65%")
    assert before.values["rate"]["first_rate"] == "60%"
    assert before.standing == Standing.SECONDARY


def test_a_change_holds_in_the_year_and_not_before_it():
    area = laid("benefits.catastrophic.deductible=8000 元").area
    assert area.block("benefits", "catastrophic", date(2022, 12, 31)).values["deductible"] == "10000 元"
    assert area.block("benefits", "catastrophic", FIRST).values["deductible"] == "8000 元"
    assert area.block("benefits", "catastrophic", LAST).values["deductible"] == "8000 元"


def test_every_block_of_the_year_is_changed():
    area = policies().area(CITY)
    read = read_changes(area, ["benefits.outpatient_pooling.daily_cap=60 元"])
    found = overlay(policies(), area, read, date(2022, 1, 1), date(2022, 12, 31))
    assert len(found.changed) == 2
    days = (date(2022, 1, 1), date(2022, 10, 1))
    assert [found.area.block("benefits", "outpatient_pooling", d).values["daily_cap"] for d in days] == [
        "60 元"
    ] * 2


def test_counties_settle_by_the_change_too():
    found = laid("benefits.hospital.rate.first_rate=65%")
    city, county = (settlement_periods(found.policies.area(code), FIRST, LAST) for code in (CITY, "140122"))
    assert [of.params for of in city] == [of.params for of in county]
    assert 6500 in city[0].params.hospital.band_rate_bp


def test_a_county_with_an_entry_of_its_own_keeps_it_and_is_named():
    found = laid("financing.subsidy.standard=700 元")
    assert found.kept_by == {"financing.subsidy": ("阳曲县", "娄烦县")}
    assert found.policies.area("140122").block("financing", "subsidy", FIRST).values["standard"] == "640 元"


def test_an_entry_of_a_parent_is_overridden_in_the_area_alone():
    found = laid("benefits.balance.least_surplus=5%")
    assert found.area.block("benefits", "balance", FIRST).values["least_surplus"] == "5%"
    assert found.policies.area("500000").block("benefits", "balance", FIRST).values["least_surplus"] == "0%"


def test_a_county_without_a_folder_gets_the_change_for_itself():
    found = laid("benefits.basic_cap.annual_cap=80000 元", code="140105")
    assert found.area.name == "小店区"
    assert found.area.block("benefits", "basic_cap", FIRST).values["annual_cap"] == "80000 元"
    assert found.policies.area(CITY).block("benefits", "basic_cap", FIRST).values["annual_cap"] == "70000 元"


def test_no_change_gives_the_policies_on_file():
    found = laid()
    assert found.changed == ()
    assert found.policies.packs == policies().packs


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("benefits.hospitl.rate.first_rate=65%", "相近的：hospital"),
        ("benefit.hospital.rate.first_rate=65%", "没有部分 'benefit'；相近的：benefits"),
        ("benefits.hospital.rat.first_rate=65%", "没有 'rat'；相近的：rate"),
        ("benefits.hospital.deductible.first=1 元", "first_rate"),
        ("benefits.hospital.rate.first_rate=65", "比例无法识别"),
        ("benefits.hospital.rate=65%", "benefits.hospital.rate.grass_roots"),
        ("benefits.hospital.deductible.first_rate=abc", "金额无法识别：'abc'"),
        ("benefits.hospital.rate.first_rate.x=65%", "是一个数字（60%）"),
        ("benefits.hospital.repeat.9=65%", "只有 1—3 项"),
        ("benefits.catastrophic.counts_outpatient=perhaps", "true/false"),
        ("benefits.hospital.rate.first_rate=", "没有可读的值"),
        ("hospital=65%", "全名"),
        ("no_such_file.yaml", "no such file"),
    ],
)
def test_a_mistake_is_named_with_what_is_near(written, said):
    found = problems(written)
    assert any(said in problem for problem in found), found


def test_every_mistake_is_named_at_once():
    written = [
        "benefits.hospitl.rate.first_rate=65%",
        "no_such_file.yaml",
        "benefits.hospital.rat.first_rate=65%",
        "benefits.hospital.rate.first_rate=65",
        "benefits.hospital.deductible.first_rate=abc",
        "benefits.catastrophic.counts_outpatient=perhaps",
    ]
    assert len(problems(*written)) == len(written)


def test_a_file_names_only_what_changes(tmp_path):
    path = tmp_path / "reform.yaml"
    path.write_text(
        "benefits:\n"
        "  hospital:\n"
        "    2023-07-01:\n"
        "      rate: {first_rate: 65%}\n"
        "  catastrophic:\n"
        "    2023-01-01:\n"
        "      rate: [{from: 0 元, rate: 60%}, {from: 50000 元, rate: 70%}]\n",
        "utf-8",
    )
    area = laid(str(path)).area
    rates = [
        area.block("benefits", "hospital", day).values["rate"]
        for day in (date(2023, 6, 30), date(2023, 7, 1))
    ]
    assert [rate["first_rate"] for rate in rates] == ["60%", "65%"]
    assert rates[0]["third_rate"] == rates[1]["third_rate"]
    assert area.block("benefits", "hospital", date(2023, 7, 1)).standing == Standing.ASSUMED
    assert area.block("benefits", "catastrophic", FIRST).values["deductible"] == "10000 元"


@pytest.mark.parametrize("name", ["benefits.yaml", "any.yaml"])
def test_a_file_may_be_one_section(tmp_path, name):
    path = tmp_path / name
    path.write_text("basic_cap:\n  2023-01-01: {annual_cap: 90000 元}\n", "utf-8")
    assert laid(str(path)).area.block("benefits", "basic_cap", FIRST).values["annual_cap"] == "90000 元"


def test_a_file_may_bring_an_entry_that_was_not_there(tmp_path):
    path = tmp_path / "assistance.yaml"
    path.write_text(
        "direct_disabled:\n"
        "  2023-01-01: {categories: [SEVERELY_DISABLED], deductible: 0 元, rate: 50%, annual_cap: 30000 元, "
        "counts_outpatient: false}\n",
        "utf-8",
    )
    found = laid(str(path))
    assert found.area.block("assistance", "direct_disabled", FIRST).categories == ("SEVERELY_DISABLED",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hospital: {rate: 65%}\n", "以日期为名的块"),
        ("nothing_like_it:\n  2023-01-01: {rate: 65%}\n", "which section?"),
        ("benefits:\n  hospital:\n    2010-01-01: {referral_keeps_deductible: true}\n", "不能从这一天改起"),
        ("benefits:\n  hospital:\n    2023-01-01: {ratee: 1}\n", "相近的：rate"),
        ("{}\n", "没有任何数字"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path, text, said):
    path = tmp_path / "reform.yaml"
    path.write_text(text, "utf-8")
    found = problems(str(path))
    assert any(said in problem for problem in found), found


def test_a_figure_is_taken_away_by_null():
    area = laid("benefits.outpatient_pooling.class_a_rate.third_rate=null").area
    assert "third_rate" not in area.block("benefits", "outpatient_pooling", FIRST).values["class_a_rate"]


def test_a_county_is_reached_by_its_code():
    found = laid("financing.subsidy.standard=700 元", "140122:financing.subsidy.standard=710 元")
    assert found.kept_by == {"financing.subsidy": ("娄烦县",)}
    standards = [
        found.policies.area(c).block("financing", "subsidy", FIRST).values["standard"]
        for c in (CITY, "140122")
    ]
    assert standards == ["700 元", "710 元"]


def test_a_county_of_another_place_is_named():
    assert "no such county" in problems("410100:financing.subsidy.standard=700 元")[0]


@pytest.mark.parametrize("code", [code for code in policies().packs if policies().packs[code].entries])
def test_every_figure_on_file_has_a_name_and_may_be_written_as_it_stands(code):
    area = policies().area(code)
    tried = 0
    for section, key in area.chain[0].entries:
        kind = kind_of(section, key)
        block = next((b for b in area.blocks(section, key) if b.holds_on(FIRST) and not b.refuses), None)
        if kind is None or block is None:
            continue
        for path, value in leaves(block.values):
            change = Change(section, key, path, value, origin="as it stands")
            found = overlay(policies(), area, Read([change], []), FIRST, LAST).area.block(section, key, FIRST)
            assert params(kind, found, area) == params(kind, block, area), change.name
            assert found.standing == Standing.ASSUMED
            tried += 1
    assert tried or not any(kind_of(*name) for name in area.chain[0].entries)


def leaves(values: dict, above: tuple[str, ...] = ()):
    for name, value in values.items():
        if isinstance(value, dict):
            yield from leaves(value, (*above, str(name)))
        else:
            yield (*above, str(name)), value
