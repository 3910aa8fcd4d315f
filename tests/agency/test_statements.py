"""Statements from the tables: a county's published year ties, closed or open, and what the columns are made of.

carries_out: FND-06
"""

import itertools
from datetime import date
from fractions import Fraction

import pytest
from tests.agency.settling import AT, CITY, OFFICER, institutions, person, stay
from tests.fund.test_statement import COUNTY, TEN_THOUSAND_YUAN

from yibao.fund.sheets import balance_sheet, final_account, income_and_expense
from yibao.fund.statement import decimals, statement
from yibao.journeys.books.county_books import UNKNOWN, county_amounts
from yibao.journeys.settlement.settling import settle
from yibao.ledger.accounts import Fund
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line
from yibao.ledger.closing import close_month, close_year
from yibao.ledger.periods import (
    PeriodUnreadable,
    balances_at,
    period_balance,
    span_of,
    statement_balances,
)
from yibao.ledger.queries import trial_balance_of

AREA = "990100"


def posted(account: str, amount_fen: int, day: date, memo: str = "", fund: Fund = Fund.BASIC) -> None:
    lines = [
        Line(1, day, account, fund, amount_fen, memo),
        Line(1, day, "fiscal_account", fund, -amount_fen, memo),
    ]
    post_entry(AREA, lines)


def county_posted(year: int) -> None:
    """A year of the published table, spread over its months; what was brought forward comes with 2023 alone."""
    for account, amounts in COUNTY.items():
        amount_fen = amounts[year - 2023] * TEN_THOUSAND_YUAN
        if account == "general_balance":
            if year == 2023:
                posted(account, amount_fen, date(year, 1, 1), "opening")
            continue
        for month in range(1, 13):
            part = amount_fen // 12 if month < 12 else amount_fen - 11 * (amount_fen // 12)
            posted(account, part, date(year, month, 15), "subsidy")


def printed(lines, column: int) -> list[Fraction]:
    return [Fraction(line.amounts_fen[column], TEN_THOUSAND_YUAN) for line in lines if line.number]


def test_a_published_county_ties_beside_the_year_before_open_or_closed(database):
    county_posted(2023)
    county_posted(2024)
    said = [_both_years()]
    for month in range(1, 12):
        close_month(AREA, f"2023-{month:02d}", actor="a")
    close_year(AREA, 2023, actor="a")
    said.append(_both_years())
    assert said[0] == said[1], "closing a year changes what its statement says"
    income, expense, months = said[0]
    assert income[1] == [27_362, 50_441, 376, 1_474, 79_653, 0, 0, 79_653, 35_226]
    assert expense[1] == [70_764, 7_270, 0, 78_034, 0, 0, 78_034, 1_619, 36_845]
    assert income[0] == [28_219, 49_755, 525, 0, 78_499, 0, 0, 78_499, 36_845]
    assert expense[0] == [70_965, 6_907, 0, 77_872, 0, 0, 77_872, 627, 37_472]
    assert months == ["5.77", "5.67"]


def _both_years():
    columns = [statement_balances(AREA, span_of(year)) for year in ("2024", "2023")]
    income, expense = final_account(columns)
    months = [decimals(statement(column).reserve_months) for column in columns]
    return [printed(income, at) for at in (0, 1)], [printed(expense, at) for at in (0, 1)], months


def test_months_add_up_to_the_year_and_each_goes_on_from_the_one_before(database):
    county_posted(2023)
    months = [statement(statement_balances(AREA, span_of(f"2023-{m:02d}"))) for m in range(1, 13)]
    year = statement(statement_balances(AREA, span_of("2023")))
    assert sum(month.surplus_fen for month in months) == year.surplus_fen == 1_619 * TEN_THOUSAND_YUAN
    assert months[0].brought_forward_fen == year.brought_forward_fen
    for before, after in itertools.pairwise(months):
        assert after.brought_forward_fen == before.carried_forward_fen
    to_date = span_of("2023-08").year_to_date
    assert statement(statement_balances(AREA, to_date)).surplus_fen == sum(m.surplus_fen for m in months[:8])
    assert span_of("2023-08").year_before.name == "2022-08"


def test_a_balance_sheet_balances_in_the_middle_of_a_year_and_after_it(database):
    county_posted(2023)
    posted("direct_assistance", 700, date(2023, 5, 1), fund=Fund.ASSISTANCE)
    begins = balances_at(AREA, date(2022, 12, 31), opened_by=date(2023, 12, 31))
    lines = balance_sheet(Fund.BASIC, [begins, balances_at(AREA, date(2023, 6, 30))])
    of = {line.chinese: line.amounts_fen for line in lines}
    opened = 35_226 * TEN_THOUSAND_YUAN
    assert of["资产总计"] == of["负债和净资产总计"] and of["资产总计"][0] == opened
    assert of["净资产合计"][1] == opened + of["本年收支结余（未结转）"][1]
    for month in range(1, 12):
        close_month(AREA, f"2023-{month:02d}", actor="a")
    close_year(AREA, 2023, actor="a")
    closed = {
        of.chinese: of.amounts_fen
        for of in balance_sheet(Fund.BASIC, [balances_at(AREA, date(2023, 12, 31))])
    }
    assert closed["一般基金结余"] == closed["资产总计"] == (36_845 * TEN_THOUSAND_YUAN,)
    assert "本年收支结余（未结转）" not in closed
    of = {
        line.chinese: line.amounts_fen
        for line in income_and_expense(Fund.ASSISTANCE, [statement_balances(AREA, span_of("2023"))])
    }
    assert of["直接救助支出"] == (700,) and of["期末滚存结余"] == (-700,)


def test_the_trial_balance_of_a_period_ends_where_the_next_begins_and_sums_to_nothing(database):
    county_posted(2023)
    rows = [period_balance(AREA, span_of(f"2023-{m:02d}")).to_pylist() for m in range(1, 13)]
    for before, after in itertools.pairwise(rows):
        closing = {row["account"]: row["closing_fen"] for row in before}
        assert closing == {row["account"]: row["opening_fen"] for row in after}
    for of in rows:
        assert sum(row["closing_fen"] for row in of) == 0
        assert sum(row["debit_fen"] for row in of) == sum(row["credit_fen"] for row in of) > 0
    whole = {row["account"]: row["balance_fen"] for row in trial_balance_of(AREA).to_pylist()}
    assert {row["account"]: row["closing_fen"] for row in rows[-1]} == whole


def test_counties_add_up_to_the_books_and_what_nothing_tells_stands_apart(database):
    institutions()
    settle(OFFICER, "a", stay(person(), 30_000), at=AT)
    day = date(2023, 12, 1)
    for reference, amount_fen in (("140106", 500), ("机关", 40)):
        lines = [
            Line(1, day, account, Fund.BASIC, sign * amount_fen, "subsidy", reference)
            for account, sign in (("fiscal_account", 1), ("subsidy_central", -1))
        ]
        post_entry(CITY, lines)
    found = county_amounts(CITY, Fund.BASIC, span_of("2023"))
    assert list(found) == ["140105", "140106", UNKNOWN]
    assert found["140106"] == {"subsidy_central": -500} and found[UNKNOWN] == {"subsidy_central": -40}
    spent = {
        row["account"]: row["balance_fen"]
        for row in trial_balance_of(CITY).to_pylist()
        if row["fund"] == "basic"
    }
    assert found["140105"]["benefit_hospital"] == spent["benefit_hospital"] > 0


@pytest.mark.parametrize("text", ["2023-13", "23-01", "", "2023-1", "本月"])
def test_what_is_no_period_is_refused_in_words(text):
    with pytest.raises(PeriodUnreadable, match="2023-03"):
        span_of(text)
