"""A generated year of every pooling area with assumptions: settled as one by one, its books balanced, its money traced.

carries_out: BEN-13, FND-05, FIN-05
"""

import numpy as np
import polars as pl
import pytest

from yibao.benefits.terms import SpecialFund, TwoDisease
from yibao.engine.settle import settle_claim
from yibao.engine.terms import NOTHING_YET, Claim, Payers
from yibao.engine.year import advance
from yibao.kernel.standing import Standing
from yibao.ledger.accounts import Fund
from yibao.ledger.books import balance_fen
from yibao.packs.financing import CountyUnlisted
from yibao.packs.policies import policies
from yibao.simulate.assumptions import AREAS, META, assumptions
from yibao.simulate.claims import claims
from yibao.simulate.facts import claim_facts, two_diseases_listed
from yibao.simulate.institutions import institutions
from yibao.simulate.population import population
from yibao.simulate.posting import books_of_year
from yibao.simulate.year import YearResult, run_year

YEAR, PEOPLE, SEED = 2023, 1_500, 3
CODES = sorted(set(assumptions().of(AREAS)) - set(META))


@pytest.fixture(scope="module", params=CODES)
def made(request) -> tuple:
    area = policies().area(request.param)
    register = institutions(area, SEED, YEAR)
    people = population(area, PEOPLE, SEED, YEAR, register)
    return area, people, register, claims(area, people, register, SEED, YEAR)


@pytest.fixture(scope="module")
def result(made) -> YearResult:
    return run_year(made[0], YEAR, *made[1:], assume_lists=True)


def test_everybody_is_paid_what_the_plain_functions_pay(result):
    facts = claim_facts(
        result.settlement_terms,
        result.people,
        result.institutions,
        result.enrolled,
        result.claims,
        first_day=result.first_day,
    ).to_pylist()
    late = {row["person"] for row in facts if row["reverses"]}
    who, so_far = -1, NOTHING_YET
    for row, posted in zip(facts, result.settlements.to_pylist(), strict=True):
        if row["person"] in late:
            continue
        so_far = so_far if row["person"] == who else NOTHING_YET
        who = row["person"]
        claim = Claim(**{name: row[name] for name in Claim._fields})
        terms = next(
            t for t in result.settlement_terms if t.first_day <= posted["served_on"] <= t.last_day
        ).params
        settlement = settle_claim(terms, so_far, claim)
        so_far = advance(so_far, settlement.change)
        assert tuple(posted[name] for name in Payers._fields) == tuple(settlement.payers)


def test_bills_are_paid_whole_and_the_books_balance(result):
    rows = pl.from_arrow(result.settlements)
    assert (rows.select(pl.sum_horizontal(*Payers._fields)).to_series() == rows["total_fen"]).all()
    books = books_of_year(
        result.people,
        result.institutions,
        result.enrolled,
        result.settlements,
        first_day=result.first_day,
        last_day=result.last_day,
        catastrophic_funding_fen=result.catastrophic_funding.funding_fen,
        adjustments=result.adjustments,
    )
    special_fen = int(rows["special_fund_fen"].sum())
    assert special_fen > 0
    assert balance_fen(books.balances, Fund.SPECIAL, "special_fund_payments") == special_fen
    assert balance_fen(books.balances, Fund.SPECIAL, "special_fund_budget") == -special_fen


def test_people_are_of_the_tiers_and_grades_that_the_area_has(made):
    area, people, _, found = made
    tiers = set(people["tier"].to_pylist())
    assert tiers == set(range(len(area.codes("contribution_tiers"))))
    listed = {int(one) for one in two_diseases_listed(area, YEAR)}
    held = {bit for bits in set(people["two_diseases"].to_pylist()) for bit in range(8) if bits >> bit & 1}
    assert held and held <= listed
    graded = {TwoDisease.GRADE_ONE, TwoDisease.GRADE_TWO}
    assert listed <= graded or not listed & graded
    assert set(found["special_fund"].to_pylist()) <= set(map(int, SpecialFund))


def test_a_county_on_no_list_is_refused_unless_the_list_is_assumed(made, result):
    if "incomplete" not in {state for state in list_states(made[0])}:
        assert run_year(made[0], YEAR, *made[1:]).settlements.equals(result.settlements)
        return
    with pytest.raises(CountyUnlisted, match="--assume-lists"):
        run_year(made[0], YEAR, *made[1:])
    entries = [entry for entry in result.entries() if entry.key == "subsidy" and "名单没有补全" in entry.note]
    assert entries and all(entry.standing is Standing.ASSUMED for entry in entries)


def list_states(area) -> list[str]:
    lists = [rows for pack in area.chain for rows in pack.facts.get("county_lists", {}).values()]
    return ["complete" if rows.get("complete") else "incomplete" for rows in lists]


def test_claims_come_from_all_counties_and_classes(made):
    area, people, register, found = made
    assert set(people["county_code"].to_pylist()) == set(area.codes("counties"))
    places = np.asarray(register["institution_class"])[np.asarray(found["institution"])]
    assert set(places.tolist()) <= set(range(len(area.codes("institution_classes"))))


def test_a_students_care_lies_in_the_academic_year(made, result):
    people = pl.from_arrow(result.people.select(["group"])).hstack(pl.from_arrow(result.enrolled))
    student = people["group"] == 1
    ends = max(end for end in people.filter(student)["covered_to"].to_list() if end)
    days = pl.from_arrow(result.claims).filter(student.gather(pl.Series(result.claims["person"].to_pylist())))
    assert days.height and days["served_on"].max() <= ends
