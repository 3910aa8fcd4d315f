"""The demonstration is a sound database, and what it settled is what the generated year says, claim by claim."""

import pyarrow as pa
import pytest

from yibao.enrolment.models import Person
from yibao.journeys.demo import NotEmpty, load_demo
from yibao.journeys.verifying import database_findings
from yibao.ledger.queries import trial_balance_of
from yibao.packs.policies import policies
from yibao.settlement.models import Settlement
from yibao.settlement.queries import same_working, working_of
from yibao.simulate.posting import books_of_year
from yibao.simulate.year import PAYERS

AREA = "140100"


def quiet(stage: str, done: int, of: int) -> None:
    pass


@pytest.fixture
def loaded(database):
    return load_demo(policies().area(AREA), 2023, people=250, seed=3, told=quiet)


def test_a_demonstration_is_sound_and_equal_to_the_generated_year(loaded):
    assert database_findings() == []
    assert Person.objects.count() == 250
    stored = Settlement.objects.in_bulk(loaded.settlement_ids.values())
    rows = loaded.year.settlements.to_pylist()
    assert len(rows) > 300
    for row in rows:
        of = stored[loaded.settlement_ids[row["claim_id"]]]
        assert [row[name] for name in PAYERS] == [getattr(of, name) for name in PAYERS], row
        assert (row["refusal"], row["category"], row["total_fen"]) == (
            of.refusal,
            of.category,
            of.total_fen,
        ), row
    for of in stored.values():
        assert of.reverses_id or same_working(of, working_of(of.pk))


def test_its_books_are_those_of_the_year(loaded):
    year = loaded.year
    books = books_of_year(
        year.people, year.institutions, year.enrolled, year.settlements,
        first_day=year.first_day, last_day=year.last_day, adjustments=year.adjustments,
        catastrophic_funding_fen=year.catastrophic_funding.funding_fen,
    )  # fmt: skip

    def balances(table: pa.Table) -> list[tuple[str, str, int]]:
        rows = [(row["fund"], row["account"], row["balance_fen"]) for row in table.to_pylist()]
        return [row for row in rows if row[2]]

    assert balances(trial_balance_of(AREA)) == balances(books.balances)


def test_it_is_loaded_into_an_empty_database_only(loaded):
    with pytest.raises(NotEmpty, match="250 人"):
        load_demo(policies().area(AREA), 2023, people=10, seed=1, told=quiet)
