"""A new year: a copy of the policies in which next year's figures are open and listed, and nothing settles by them."""

from datetime import date

import pytest

from yibao.financing.params import SubsidyParams
from yibao.packs.build import EntryUnreadable, params
from yibao.packs.check import check
from yibao.packs.new_year import FolderThere, ToFill, YearThere, new_year
from yibao.packs.policies import policies, policies_folder

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
