"""The form of a fund's year, against the table a county published for 2023 and 2024 (10,000 yuan).

carries_out: FND-03, FND-06
"""

from datetime import date
from fractions import Fraction

import pyarrow as pa
import pytest

from yibao.fund import statement as form
from yibao.fund.params import NationalReserveParams
from yibao.ledger.accounts import Fund
from yibao.ledger.books import Line, empty_journal, lines_of, post, trial_balance
from yibao.packs.build import params
from yibao.packs.policies import policies

TEN_THOUSAND_YUAN = 1_000_000
TAIYUAN = policies().area("140100")
NATIONAL = params(NationalReserveParams, TAIYUAN.entry("fund", "national_reserve", date(2023, 1, 1)), TAIYUAN)

# account: 2023 carried out, 2024 budget. People's own contributions are what is left of the printed line 1.
COUNTY = {
    "contribution_person": (-(27_362 - 897 - 1_578), -(28_219 - 959 - 1_275)),
    "contribution_assistance": (-897, -959),
    "contribution_municipal": (-1_578, -1_275),
    "subsidy_central": (-50_033, -49_755),
    "subsidy_vaccine": (-408, 0),
    "interest": (-376, -525),
    "other_income": (-1_474, 0),
    "benefit_hospital": (59_585, 59_585),
    "benefit_outpatient": (11_179, 11_380),
    "catastrophic_transfer": (7_270, 6_907),
    "general_balance": (-35_226, -36_845),
}


def county(year: int) -> form.Statement:
    lines = []
    for entry, (account, amounts) in enumerate(COUNTY.items()):
        amount_fen = amounts[year - 2023] * TEN_THOUSAND_YUAN
        day = date(year, 6, 30)
        lines += [
            Line(entry, day, account, Fund.BASIC, amount_fen),
            Line(entry, day, "fiscal_account", Fund.BASIC, -amount_fen),
        ]
    return form.statement(trial_balance(post(empty_journal(), lines_of(lines))))


def printed(lines: list[form.FormLine]) -> dict[str, Fraction]:
    return {line.number: Fraction(line.amount_fen, TEN_THOUSAND_YUAN) for line in lines if line.number}


def test_the_county_of_2023_ties_to_its_printed_sums():
    of = county(2023)
    income, expense = printed(form.income_lines(of)), printed(form.expense_lines(of))
    assert [income[n] for n in "123456789"] == [27_362, 50_441, 376, 1_474, 79_653, 0, 0, 79_653, 35_226]
    assert [expense[n] for n in "123456789"] == [70_764, 7_270, 0, 78_034, 0, 0, 78_034, 1_619, 36_845]
    assert form.decimals(of.reserve_months) == "5.67"


def test_the_county_of_2024_ties_to_its_printed_sums():
    of = county(2024)
    income, expense = printed(form.income_lines(of)), printed(form.expense_lines(of))
    assert (income["5"], income["8"], income["9"]) == (78_499, 78_499, 36_845)
    assert (expense["1"], expense["4"], expense["8"], expense["9"]) == (70_965, 77_872, 627, 37_472)
    assert form.decimals(of.reserve_months) == "5.77"


def test_of_which_lines_are_those_of_the_county():
    parts = [line.amount_fen // TEN_THOUSAND_YUAN for line in form.income_lines(county(2023)) if line.part]
    assert parts == [0, 897, 1_578, 50_033, 408]
    assert [
        line.amount_fen // TEN_THOUSAND_YUAN for line in form.expense_lines(county(2023)) if line.part
    ] == [
        59_585,
        11_179,
    ]


def test_the_national_reserve_of_2022_prints_as_published():
    assert form.decimals(form.national_reserve_months(NATIONAL)) == "9.67"


def test_an_assumed_reserve_is_the_national_months_of_the_funds_own_expense():
    of = form.Statement(benefit_inpatient_fen=1_200_000_00)
    opened = of._replace(brought_forward_fen=form.assumed_opening_reserve_fen(NATIONAL, of.expense_total_fen))
    assert form.decimals(Fraction(opened.brought_forward_fen * 12, opened.expense_total_fen)) == "9.67"


def test_a_fund_that_spent_nothing_has_no_months_to_count():
    assert form.statement(trial_balance(empty_journal())).reserve_months == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1, 200), "0.01"),
        (Fraction(-1, 200), "-0.01"),
        (Fraction(-1, 300), "0.00"),
        (Fraction(5), "5.00"),
    ],
)
def test_decimals_round_half_away_from_zero(value, text):
    assert form.decimals(value) == text


def test_other_funds_do_not_enter_the_form():
    lines = lines_of(
        [
            Line(1, date(2023, 1, 1), "fiscal_account", Fund.ASSISTANCE, 5),
            Line(1, date(2023, 1, 1), "other_income", Fund.ASSISTANCE, -5),
        ]
    )
    assert isinstance(lines, pa.Table)
    assert form.statement(trial_balance(post(empty_journal(), lines))) == form.Statement()
