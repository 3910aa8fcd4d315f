"""A new year: a copy of the policies in which next year's figures are open and listed, and nothing settles by them."""

from datetime import date

import pytest

from yibao.financing.params import SubsidyParams
from yibao.kernel.standing import Standing
from yibao.packs.build import EntryUnreadable, params
from yibao.packs.carried_block import Carried, MovedDay
from yibao.packs.check import check
from yibao.packs.entries import EntryRefuses
from yibao.packs.new_year import FolderThere, ToFill, YearThere, assumed_year, new_year
from yibao.packs.policies import policies, policies_folder
from yibao.packs.settlement import settlement_terms

CITY = "990100_city/financing.yaml"
ENDS = ("    county: 40%\n", "    county: 40%\n    last_day: 2023-12-31  # a figure of its year\n")


def test_what_ends_is_left_open_and_listed(write, tmp_path):
    folder = tmp_path / "next"
    open_figures = new_year(policies(write({CITY: ENDS})), "990100", 2024, folder)
    assert open_figures == [
        ToFill(CITY, "subsidy", "standard"),
        ToFill(CITY, "subsidy", "central"),
        ToFill(CITY, "subsidy", "county"),
    ]
    text = (folder / CITY).read_text("utf-8")
    assert "# a figure of its year" in text
    assert text.endswith(
        "  2024-01-01:\n    standard: 待填\n    central: 待填\n    county: 待填\n    last_day: 2024-12-31\n"
        "    cite: 待填\n    quote: 待填\n"
    )


def test_open_figures_are_findings_and_do_not_settle(write, tmp_path):
    new_year(policies(write({CITY: ENDS})), "990100", 2024, tmp_path / "next")
    found = policies(tmp_path / "next")
    assert [(f.column, f.message) for f in check(found).errors] == [("subsidy 2024-01-01", "还有没填的数字")]
    area = found.area("990100")
    with pytest.raises(EntryUnreadable, match="待填"):
        params(SubsidyParams, area.entry("financing", "subsidy", date(2024, 5, 1)), area)


def test_filled_in_it_is_sound(write, tmp_path):
    new_year(policies(write({CITY: ENDS})), "990100", 2024, tmp_path / "next")
    path = tmp_path / "next" / CITY
    text = (
        path.read_text("utf-8")
        .replace("standard: 待填", "standard: 670 元")
        .replace("central: 待填", "central: 60%")
    )
    text = text.replace("county: 待填", "county: 40%").replace(
        "cite: 待填", "source: 某文件\n    standing: official"
    )
    path.write_text(text.replace("    quote: 待填\n", ""), "utf-8")
    assert check(policies(tmp_path / "next")).errors == []


def test_an_existing_folder_is_left_alone(write, tmp_path):
    (tmp_path / "next").mkdir()
    with pytest.raises(FolderThere, match="没有改动"):
        new_year(policies(write({CITY: ENDS})), "990100", 2024, tmp_path / "next")


def test_a_year_that_is_there_already_is_said_so(write, tmp_path):
    with pytest.raises(YearThere):
        new_year(policies(write()), "990100", 2024, tmp_path / "next")
    assert not (tmp_path / "next").exists()


def test_taiyuan_2024_reads_and_asks_for_its_figures(tmp_path):
    open_figures = new_year(policies(), "140100", 2024, tmp_path / "next")
    asked = {(figure.entry, figure.figure) for figure in open_figures}
    assert {("subsidy", "standard"), ("contribution", "resident.1"), ("hospital", "rate.first_rate")} <= asked
    errors = check(policies(tmp_path / "next")).errors
    assert {found.message for found in errors} == {"还有没填的数字"}
    for path in policies_folder().rglob("*.yaml"):  # nothing that stood there is lost
        kept = (tmp_path / "next" / path.relative_to(policies_folder())).read_text("utf-8")
        assert not [
            ln
            for ln in path.read_text("utf-8").splitlines()
            if ln not in kept and not ln.startswith("years:")
        ]


def test_assumed_last_years_figures_are_carried_and_listed(write, tmp_path):
    folder = tmp_path / "next"
    carried = assumed_year(policies(write({CITY: ENDS})), "990100", 2024, folder)
    assert carried == [Carried(CITY, "subsidy", date(2022, 1, 1), ["standard", "central", "county"], [])]
    text = (folder / CITY).read_text("utf-8")
    assert "# a figure of its year" in text
    assert text.endswith(
        "  2024-01-01:\n    standard: 610 元\n    central: 366 元\n    county: 40%\n    last_day: 2024-12-31\n"
        "    source: 沿用2023年：测发〔2022〕1号 一\n    standing: assumed\n"
        "    note: 2024年没有文件在册，沿用2022-01-01起的一块\n"
    )
    found = policies(folder)
    assert check(found).errors == []
    area = found.area("990100")
    block = area.entry("financing", "subsidy", date(2024, 5, 1))
    assert (block.standing, block.quotes) == (Standing.ASSUMED, ())
    assert params(SubsidyParams, block, area).standard_fen == 61000


def test_carried_twice_it_names_the_year_it_comes_from_once(write, tmp_path):
    noted = (ENDS[0], f"{ENDS[1]}    note: 县里另有说法\n")
    assumed_year(policies(write({CITY: noted})), "990100", 2024, tmp_path / "2024")
    assumed_year(policies(tmp_path / "2024"), "990100", 2025, tmp_path / "2025")
    block = policies(tmp_path / "2025").area("990100").entry("financing", "subsidy", date(2025, 5, 1))
    assert block.source == "沿用2023年：测发〔2022〕1号 一"
    assert block.note == "2025年没有文件在册，沿用2024-01-01起的一块；原注：县里另有说法"


def test_a_refusal_is_carried_as_a_refusal(write, tmp_path):
    text = "subsidy:\n  2022-01-01:\n    last_day: 2023-12-31\n    note: 没有文件在册\n"
    carried = assumed_year(policies(write({CITY: text})), "990100", 2024, tmp_path / "next")
    assert [one.figures for one in carried] == [[]]
    found = policies(tmp_path / "next")
    assert check(found).errors == []
    with pytest.raises(
        EntryRefuses, match="2024年没有文件在册，2022-01-01起的一块也没有数字；原注：没有文件在册"
    ):
        found.area("990100").entry("financing", "subsidy", date(2024, 5, 1))


def test_days_of_a_benefit_year_move_and_days_that_a_notice_fixed_stay(write, tmp_path):
    files = {
        "990100_city/enrolment.yaml": "window:\n  2024-01-01:\n    opens: 2023-09-01\n    closes: 2024-02-29\n"
        "    last_day: 2024-12-31\n    source: 某处\n    standing: press\n",
        "990100_city/policy_list.yaml": "framework_unified:\n  2024-01-01:\n    by: 2022-12-31\n"
        "    last_day: 2024-12-31\n    source: 某处\n    standing: press\n",
        "990100_city/public_services.yaml": "report:\n"
        "  2023-01-01: {due: 2023-06-30, since: 2020-01-01, last_day: 2023-12-31, source: 某处, standing: press}\n"
        "  2024-01-01: {due: 2024-06-30, since: 2020-01-01, last_day: 2024-12-31, source: 某处, standing: press}\n",
    }
    carried = assumed_year(policies(write(files)), "990100", 2025, tmp_path / "next")
    assert {one.entry: one.moved for one in carried} == {
        "window": [
            MovedDay("opens", date(2023, 9, 1), date(2024, 9, 1)),
            MovedDay("closes", date(2024, 2, 29), date(2025, 2, 28)),
        ],
        "framework_unified": [],
        "report": [MovedDay("due", date(2024, 6, 30), date(2025, 6, 30))],
    }
    area = policies(tmp_path / "next").area("990100")
    assert area.entry("enrolment", "window", date(2025, 1, 1)).values["closes"] == date(2025, 2, 28)
    assert area.entry("policy_list", "framework_unified", date(2025, 1, 1)).values["by"] == date(2022, 12, 31)
    assert "日期随年度顺延" in area.entry("enrolment", "window", date(2025, 1, 1)).note


@pytest.mark.parametrize("code", ["140100", "220200", "410100", "500112"])
def test_every_place_has_a_sound_year_from_what_it_had(code, tmp_path):
    before = policies().area(code)
    assumed_year(policies(), code, 2024, tmp_path / "next")
    found = policies(tmp_path / "next")
    assert check(found).errors == []
    after = settlement_terms(found.area(code), date(2024, 6, 30))
    assert after.params == settlement_terms(before, date(2023, 12, 31)).params
    assert after.entries()
    assert {entry.standing for entry in after.entries() if entry.last_day} == {Standing.ASSUMED}
