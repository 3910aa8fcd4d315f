"""A year's report says what the tables say, asks for nothing from outside, and its workbook holds the same sums.

carries_out: BEN-02, FIN-21, FND-06, ORG-02
"""

import re
from dataclasses import replace
from fractions import Fraction

import fastexcel
import pyarrow.compute as pc
import pytest

from yibao.fund.statement import decimals
from yibao.kernel.standing import Standing
from yibao.ledger.accounts import Fund
from yibao.ledger.books import balance_fen
from yibao.reports import year_charts
from yibao.reports.year_excel import SHEETS, write_year_excel
from yibao.reports.year_html import year_html
from yibao.reports.year_words import percent, tiles, wan
from yibao.simulate.posting import LEVELS


def total(column) -> int:
    return int(pc.sum(column).as_py() or 0)


@pytest.fixture(scope="session")
def page(whole) -> str:
    return year_html(whole.report)


def test_financing_is_what_covered_people_raised(result, whole):
    covered = result.enrolled.filter(
        pc.and_(pc.equal(result.enrolled["eligible"], 1), result.enrolled["covered_from"].is_valid())
    )
    raised = sum(
        total(covered[name]) for name in ["contribution_fen", *(f"subsidy_{level}_fen" for level in LEVELS)]
    )
    assert whole.report.financing_fen == raised
    assert whole.report.by_county.sum.total == raised
    assert whole.report.by_county.sum.counted == whole.report.covered == covered.num_rows
    assert whole.report.statement.income_fen == raised


def test_each_cross_table_holds_every_settlement_and_every_fen(result, whole):
    settled = result.settlements.filter(pc.equal(result.settlements["refusal"], 0))
    for cross in (whole.report.by_kind, whole.report.by_class, whole.report.by_category):
        assert cross.sum.counted == settled.num_rows == whole.report.settled
        assert cross.sum.total == total(settled["total_fen"])
        assert cross.sum.cells[0] == total(settled["basic_fen"])


def test_refused_claims_are_the_rest(result, whole):
    assert whole.report.refused_claims + whole.report.settled == result.claims.num_rows


def test_the_funds_statement_is_that_of_the_books(result, whole):
    of = whole.report.statement
    assert of.benefit_fen == total(result.settlements["basic_fen"]) + sum(
        row["difference_fen"] for row in result.adjustments.to_pylist() if row["payer"] == 0
    )
    assert of.carried_forward_fen == balance_fen(whole.books.balances, Fund.BASIC, "fiscal_account")
    assert of.catastrophic_fen == result.catastrophic_funding.funding_fen


def test_an_assumed_opening_reserve_is_said_and_is_the_national_months(whole, page):
    assert not whole.report.opening.given
    months = Fraction(whole.report.opening.amount_fen * 12, whole.report.statement.expense_total_fen)
    assert decimals(months) == "9.67"
    assert "期初结余" in page
    assert "--opening-reserve" in page


def test_money_of_each_layer_is_that_of_the_tables(result, whole):
    by_layer = {}
    for row in whole.report.standing:
        by_layer[row.layer[0]] = by_layer.get(row.layer[0], 0) + row.amount_fen
    assert by_layer["基本医保"] == total(result.settlements["basic_fen"])
    assert (
        sum(fen for name, fen in by_layer.items() if name in ("个人缴费", "资助参保", "财政补助"))
        == whole.report.financing_fen
    )


def test_the_page_says_how_much_rests_on_assumed_figures_and_names_them(whole, page):
    paid = whole.report.standing_share(Standing.ASSUMED, raised=False)
    assert 0 < paid <= 1
    assert percent(paid) in page
    assert all(entry.label in page for entry in whole.report.assumed_entries)
    assert all(entry.id in page for entry in whole.report.assumed_entries)


def test_the_page_shows_the_key_figures_and_every_indicator(whole, page):
    assert all(tile.value in page for tile in tiles(whole.report))
    assert all(indicator.measured.chinese in page for indicator in whole.report.indicators)
    assert wan(whole.report.statement.income_total_fen) in page


def test_the_page_asks_for_nothing_outside_itself(page):
    assert not re.search(r"https?:|//[\w.-]+\.\w|\bsrc=|@import|url\(|<link|<script", page)


def test_the_page_names_no_person(result, page):
    assert not any(person in page for person in result.people["person_id"].to_pylist())


def test_charts_leave_the_fonts_to_the_browser_and_have_words(whole):
    for chart in year_charts.charts(whole.report).values():
        for drawn in (chart.wide, chart.middle, chart.narrow):
            assert drawn.startswith(f'<svg role="img" aria-label="{chart.says}"')
            assert "Microsoft YaHei" in drawn
            assert "xmlns" not in drawn


def test_the_workbook_opens_and_its_sums_are_the_reports(whole, tmp_path):
    path = tmp_path / "report.xlsx"
    write_year_excel(whole.report, path)
    book = fastexcel.read_excel(path)
    assert tuple(book.sheet_names) == SHEETS
    rows = {name: book.load_sheet(name, header_row=None).to_polars().rows() for name in SHEETS}
    sums = [row for row in rows["筹资"] if row[0] == "合计"]
    assert round(float(sums[0][1]) * 100) == whole.report.financing_fen
    assert round(float(sums[1][-1]) * 100) == whole.report.financing_fen
    benefits = [row for row in rows["待遇"] if row[0] == "合计"]
    assert [round(float(row[-1]) * 100) for row in benefits] == [whole.report.billed_fen] * 3
    listed = {str(row[1]) for row in rows["依据"]}
    assert {entry.id for entry in whole.report.entries} <= listed
    balances = [row for row in rows["科目余额"] if row[2] in {"fiscal_account", "general_balance"}]
    assert len(balances) >= 3


def test_a_formula_in_a_name_stays_text(whole, tmp_path):
    hostile = whole.report.off_list[0]._replace(name="=1+1")
    write_year_excel(replace(whole.report, off_list=(hostile,)), tmp_path / "hostile.xlsx")
    rows = (
        fastexcel.read_excel(tmp_path / "hostile.xlsx").load_sheet("指标", header_row=None).to_polars().rows()
    )
    assert any(row[1] == "=1+1" for row in rows)


def test_a_mark_up_in_a_name_stays_text(whole):
    hostile = whole.report.off_list[0]._replace(name="<script>alert(1)</script>")
    page = year_html(replace(whole.report, off_list=(hostile,)))
    assert "<script>" not in page


def test_an_area_without_a_warning_line_says_so(whole):
    page = year_html(replace(whole.report, warning=None, burden=whole.report.burden._replace(warned=())))
    assert "预警线没有文件在册" in page
    assert "没有人超过预警线" not in page
