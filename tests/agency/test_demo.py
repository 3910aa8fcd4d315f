"""The demonstration is a sound database, and what it settled is what the generated year says, claim by claim."""

import pyarrow as pa
import pytest

from yibao.enrolment.models import Person
from yibao.journeys.demo import Loaded, NotEmpty, load_demo
from yibao.journeys.verifying.database import database_findings, recomputed_findings
from yibao.ledger.accounts import ACCOUNTS, Fund
from yibao.ledger.queries import trial_balance_of
from yibao.packs.policies import policies
from yibao.payment.models import PayableItem
from yibao.settlement.models import Settlement
from yibao.simulate.posting import BooksOfYear, books_of_year
from yibao.simulate.year import PAYERS, YearResult

AREA = "140100"
PEOPLE = 150


def quiet(stage: str, done: int, of: int) -> None:
    pass


def test_a_demonstration_is_sound_and_equal_to_the_generated_year(database):
    area = policies().area(AREA)
    loaded = load_demo(area, 2023, people=PEOPLE, seed=3, told=quiet)
    assert database_findings() == [] and recomputed_findings() == []
    assert Person.objects.count() == PEOPLE
    assert_settled_as(loaded)
    assert balances(trial_balance_of(AREA)) == with_people_unpaid(
        loaded, balances(books(loaded.year).balances)
    )
    with pytest.raises(NotEmpty, match=f"{PEOPLE} 人"):
        load_demo(area, 2023, people=10, seed=1, told=quiet)


def assert_settled_as(loaded: Loaded) -> None:
    """Claim by claim, what is stored is what the generated year says."""
    stored = Settlement.objects.in_bulk(loaded.settlement_ids.values())
    rows = loaded.year.settlements.to_pylist()
    assert len(rows) > PEOPLE
    for row in rows:
        of = stored[loaded.settlement_ids[row["claim_id"]]]
        assert [row[name] for name in PAYERS] == [getattr(of, name) for name in PAYERS], row
        assert (row["refusal"], row["category"], row["total_fen"]) == (
            of.refusal,
            of.category,
            of.total_fen,
        ), row


def books(year: YearResult) -> BooksOfYear:
    """The generated year's own books."""
    return books_of_year(
        year.people, year.institutions, year.enrolled, year.settlements,
        first_day=year.first_day, last_day=year.last_day, adjustments=year.adjustments,
        catastrophic_funding_fen=year.catastrophic_funding.funding_fen,
    )  # fmt: skip


def with_people_unpaid(loaded: Loaded, paid: list[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """The generated year pays adjustments at its end; the database still owes them, to each person by name."""
    found = {(fund, account): amount for fund, account, amount in paid}
    for item in PayableItem.objects.all():
        for account, sign in (("expense_account", 1), ("payable_people", -1)):
            key = (item.fund, account)
            found[key] = found.get(key, 0) + sign * item.amount_fen
    chart = [(fund.value, account) for fund in Fund for account in ACCOUNTS]
    return [(*key, found[key]) for key in chart if found.get(key)]


def balances(table: pa.Table) -> list[tuple[str, str, int]]:
    """Balances that are not nought."""
    rows = [(row["fund"], row["account"], row["balance_fen"]) for row in table.to_pylist()]
    return [row for row in rows if row[2]]
