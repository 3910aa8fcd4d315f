"""A settlement of the system before that is reversed: the year is what it would have been without it, and money comes back once."""

import json
from datetime import date

import pytest
from django.db import connection
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.moving import csv_of, settlement_rows, taken_in, year_rows
from tests.agency.settling import AT, CITY, OFFICER, institutions, person, stay

from yibao.engine.terms import NOTHING_YET, YearSoFar
from yibao.engine.year import Payer
from yibao.journeys.settlement.reversing import reverse
from yibao.journeys.settlement.settling import settle
from yibao.journeys.takeover.opening_reversing import (
    FormerReversed,
    NoSuchFormer,
    ReverseFormer,
    reverse_former,
)
from yibao.journeys.verifying.database import database_findings, recomputed_findings
from yibao.ledger.queries import trial_balance_of
from yibao.rights.terms import Role
from yibao.settlement.models import AdjustmentRow, LateEvent, YearRow
from yibao.settlement.openings import MoreThanTakenOver, less
from yibao.settlement.orders import Reversal
from yibao.settlement.queries import year_of
from yibao.settlement.vectors import unpacked
from yibao.takeover.models import FormerPerson, FormerReversal
from yibao.takeover.terms import ImportKind

S0 = ReverseFormer(CITY, "S0", "重复结算")


@pytest.fixture
def taken(database, tmp_path):
    """One person who had one stay of the year in the system before, which may still be reversed."""
    return in_here(tmp_path)


def in_here(tmp_path) -> int:
    institutions()
    who = person()
    rows = [*year_rows(1), *settlement_rows(1)]
    for row in rows:
        row["person_no"] = ""
        row["identity_no"] = number_held(who)
    taken_in(csv_of(tmp_path / "years.csv", rows[:1]), ImportKind.YEARS, benefit_year=2023)
    _, problems = taken_in(
        csv_of(tmp_path / "settlements.csv", rows[1:]), ImportKind.SETTLEMENTS, benefit_year=2023
    )
    assert problems == [] and FormerPerson.objects.count() == 0
    return who


def number_held(who: int) -> str:
    from yibao.enrolment.models import Identity

    return str(Identity.objects.get(person_id=who).number)


def balances() -> dict[tuple[str, str], int]:
    rows = trial_balance_of(CITY).to_pylist()
    return {(row["fund"], row["account"]): row["balance_fen"] for row in rows if row["balance_fen"]}


def test_without_settlements_here_the_year_is_less_and_the_money_comes_back(taken):
    said = json.loads(reverse_former(OFFICER, "r", S0, at=AT))
    assert (said["basic_fen"], said["person_fen"], said["adjustments"]) == (-6_000, -6_000, 0)
    so_far = unpacked(YearSoFar, YearRow.objects.get().so_far)
    assert (so_far.stays, so_far.total_fen, so_far.basic_paid_fen) == (0, 0, 0)
    assert so_far.quota_paid_fen[2] == 500, "what the stay did not add is left"
    assert balances()["basic", "payable_institutions"] == 6_000, "the institution owes it"
    assert database_findings() == [] and recomputed_findings() == []
    assert reverse_former(OFFICER, "r", S0, at=AT) == json.dumps(said, separators=(",", ":"), sort_keys=True)
    with pytest.raises(FormerReversed):
        reverse_former(OFFICER, "r2", S0, at=AT)
    assert FormerReversal.objects.count() == 1


def test_a_settlement_of_here_that_came_after_it_is_adjusted(taken):
    first = json.loads(settle(OFFICER, "s", stay(taken, 20_000, date(2023, 8, 1)), at=AT))
    reverse_former(OFFICER, "r", S0, at=AT)
    adjusted = {a.payer: a.difference_fen for a in AdjustmentRow.objects.all()}
    assert adjusted == {Payer.BASIC: -4_250}, "a first stay bears 50 yuan more of the deductible, 85% of them"
    year = year_of(YearRow.objects.get())
    assert year.start.stays == 0 and year.so_far.stays == 1
    assert year.so_far.basic_paid_fen == first["basic_fen"] + adjusted[Payer.BASIC]
    assert database_findings() == [] and recomputed_findings() == []
    again = json.loads(settle(OFFICER, "s2", stay(taken, 10_000, date(2023, 9, 1)), at=AT))
    reverse(OFFICER, "back", Reversal(first["settlement_id"], "x"), at=AT)
    reverse(OFFICER, "back2", Reversal(again["settlement_id"], "x"), at=AT)
    assert year_of(YearRow.objects.get()).so_far == year_of(YearRow.objects.get()).start
    assert database_findings() == [] and recomputed_findings() == []


def test_what_was_not_taken_over_or_lies_elsewhere_does_not_exist(taken):
    with pytest.raises(NoSuchFormer):
        reverse_former(OFFICER, "r", ReverseFormer(CITY, "S9", "x"), at=AT)
    with pytest.raises(NoSuchFormer):
        reverse_former(actor(Role.COUNTY_OFFICER, "140106"), "r", S0, at=AT)
    with pytest.raises(NoSuchFormer):
        reverse_former(actor(Role.SUPERVISOR, CITY), "r", S0, at=AT)
    assert LateEvent.objects.count() == 0


def test_reversed_at_once_it_is_reversed_once(postgres, tmp_path):
    who = in_here(tmp_path)
    works = [lambda n=n: reverse_former(OFFICER, f"r{n}", S0, at=AT) for n in range(4)]
    works.append(lambda: settle(OFFICER, "s", stay(who, 20_000, date(2023, 8, 1)), at=AT))
    found = at_once(works)
    assert sorted(type(one).__name__ for one in found) == ["FormerReversed"] * 3 + ["str"] * 2
    assert unpacked(YearSoFar, YearRow.objects.get().so_far).stays == 1
    assert database_findings() == [] and recomputed_findings() == []


def test_more_than_was_taken_over_is_not_taken_off():
    with pytest.raises(MoreThanTakenOver, match="stays"):
        less(NOTHING_YET, NOTHING_YET._replace(stays=1))
    had = NOTHING_YET._replace(pooling_day=19_000, pooling_day_paid_fen=50, episode_deductible_fen=0)
    other_day = NOTHING_YET._replace(pooling_day=18_999, pooling_day_paid_fen=40, episode_deductible_fen=70)
    assert less(had, other_day) == had
    assert less(had, other_day._replace(pooling_day=19_000)).pooling_day_paid_fen == 10


def test_the_verifier_finds_a_reversal_whose_entry_is_gone_or_changed(postgres, tmp_path):
    in_here(tmp_path)
    reverse_former(OFFICER, "r", S0, at=AT)
    assert database_findings() == []
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE ledger_entryline SET amount_fen = amount_fen * 2")
        assert any("撤销金额" in one.message for one in database_findings())
        cursor.execute("DELETE FROM takeover_formerreversal")
        assert any("没有对应的撤销" in one.message for one in database_findings())
        cursor.execute("SET session_replication_role = DEFAULT")
