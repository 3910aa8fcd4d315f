"""Financing that follows income, and the adjustment fund of the counties, as reforms of a generated year.

carries_out: FIN-10, LST-02
"""

from datetime import date

import polars as pl
import pytest

from yibao.fund.statement import statement
from yibao.packs.build import params
from yibao.packs.change_text import ChangesUnfit, Read
from yibao.packs.overlay import overlay
from yibao.packs.policies import policies
from yibao.policy_list.params import AdjustmentFundParams
from yibao.simulate.posting import books_of_year, covered_people
from yibao.simulate.reform import generated, reform
from yibao.simulate.reform_grid import axes_of, grid
from yibao.simulate.reform_income import Incomes, income_linked_changes, incomes_of
from yibao.simulate.reform_pooling import Account, county_accounts, pooled

YEAR = 2023
RISE = Incomes(2_917_800, 3_100_000)


@pytest.fixture(scope="module")
def data(taiyuan):
    return generated(taiyuan, YEAR, people=3_000, seed=7)


@pytest.fixture(scope="module")
def linked(taiyuan, data):
    return reform(taiyuan, YEAR, data, linked_income=RISE)


def standards(found, code: str) -> dict[str, str]:
    area = found.overlay.policies.area(code)
    return {
        key: area.block("financing", key, found.first_day).values["standard"]
        for key in area.keys("financing")
        if key.startswith("subsidy")
        and "standard" in area.block("financing", key, found.first_day).values
        and key not in ("subsidy_floor", "subsidy_arrival")
    }


def test_every_standard_follows_the_income_in_every_county(linked):
    of = linked.linked.working
    assert (of.contribution_fen, of.subsidy_fen, of.rise_fen) == (37_000, 68_000, 6_000)
    for code in ("140100", "140122", "140123"):
        assert set(standards(linked, code).values()) == {"680 元"}, code
    contribution = linked.overlay.area.block("financing", "contribution", linked.first_day)
    assert contribution.values["resident"] == contribution.values["student"] == {"1": "370 元"}
    assert linked.overlay.kept_by == {} and linked.unread == ()


def test_the_fund_gains_what_was_raised_and_nobody_is_treated_otherwise(linked):
    people = covered_people(linked.data.people, linked.before.year.enrolled).height
    free = covered_people(linked.data.people, linked.before.year.enrolled).filter(
        pl.col("contribution_fen") == 0
    )
    was, now = linked.funds_before.statement, linked.funds_after.statement
    assert now.subsidy_fen - was.subsidy_fen == 4_000 * people
    assert now.contribution_fen - was.contribution_fen == 2_000 * (people - free.height)
    assert linked.breakdown["difference_fen"].to_list() == [0] * linked.breakdown.height
    assert linked.reached.winners.height == 0


def test_a_printed_part_of_a_subsidy_grows_with_its_standard():
    area = policies().area("140100")
    found = income_linked_changes(policies(), area, 2022, RISE)
    days = (date(2022, 1, 1), date(2022, 12, 31))
    changed = overlay(policies(), area, Read(found.changes, []), *days).policies
    block = changed.area("140122").block("financing", "subsidy", days[0])
    assert block.values["standard"] == "650 元"
    assert (block.values["central"], block.values["municipal"]) == ("520 元", "32.50 元")


def test_the_rule_s_figures_may_be_changed_and_gone_through_in_a_grid(taiyuan, data, linked):
    half = reform(taiyuan, YEAR, data, ["financing.income_linked.passed_on=50%"], linked_income=RISE)
    assert half.linked.working.contribution_fen == 36_000
    assert half.unread == ()
    cells = grid(linked, axes_of(["financing.income_linked.passed_on=50%,100%"]), Read([], [])).cells
    assert cells["surplus_fen"].to_list() == [
        half.funds_after.statement.surplus_fen,
        linked.funds_after.statement.surplus_fen,
    ]


@pytest.mark.parametrize("text", ["29178", "29178..", "a..b", "0..31000"])
def test_two_incomes_are_asked_for(text):
    with pytest.raises(ChangesUnfit, match="two incomes"):
        incomes_of(text)


def test_the_counties_add_up_to_the_fund(linked):
    for side, funds in ((linked.before, linked.funds_before), (linked.after, linked.funds_after)):
        accounts = county_accounts(side)
        assert sum(of.income_fen for of in accounts) == funds.statement.income_total_fen
        assert sum(of.expense_fen for of in accounts) == funds.statement.expense_total_fen
        assert (
            sum(of.covered for of in accounts)
            == covered_people(linked.data.people, side.year.enrolled).height
        )
    books = books_of_year(
        linked.data.people,
        linked.data.institutions,
        linked.before.year.enrolled,
        linked.before.year.settlements,
        adjustments=linked.before.year.adjustments,
        first_day=linked.first_day,
        last_day=linked.last_day,
        catastrophic_funding_fen=linked.before.year.catastrophic_funding.funding_fen,
    )
    assert statement(books.balances).surplus_fen == sum(
        of.balance_fen for of in county_accounts(linked.before)
    )


def test_the_adjustment_fund_moves_money_and_makes_none(taiyuan, linked):
    accounts = county_accounts(linked.before)
    found = pooled(taiyuan, accounts, linked.before)
    rows = found.rows
    assert rows["pays_in_fen"].sum() == rows["receives_fen"].sum() + found.left_fen
    assert found.left_fen == max(rows["pays_in_fen"].sum() - rows["asks_fen"].sum(), 0), "not a fen lies idle"
    assert rows["after_fen"].sum() + found.left_fen == rows["balance_fen"].sum()
    assert rows.filter((pl.col("pays_in_fen") > 0) & (pl.col("receives_fen") > 0)).height == 0
    assert (rows["receives_fen"] <= rows["asks_fen"]).all()
    terms = params(AdjustmentFundParams, found.entry, taiyuan)
    surplus = rows.filter(pl.col("balance_fen") > 0)
    assert surplus["pays_in_fen"].sum() == pytest.approx(
        surplus["balance_fen"].sum() * terms.pay_in_bp / 10_000, abs=10
    )


def test_what_was_spent_over_the_budget_is_borne_at_home(taiyuan, linked):
    accounts = [Account("one", 10, 1_000_00, 1_500_00), Account("two", 10, 5_000_00, 1_000_00)]
    kept = pooled(taiyuan, accounts, linked.before).rows
    over = pooled(taiyuan, accounts, linked.before, {"one": 1_200_00}).rows
    assert kept["asks_fen"][0] == 400_00 and over["asks_fen"][0] == 160_00
    assert over["over_budget_fen"].to_list() == [300_00, 0]
