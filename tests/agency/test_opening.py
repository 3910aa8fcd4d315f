"""Years taken over from another system: reconciled or not taken, gone on from, and where every replay begins."""

import dataclasses
import json
from datetime import date

import pytest
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.settling import AT, CITY, OFFICER, institutions, person, stay

from yibao.engine.terms import NOTHING_YET
from yibao.journeys.settlement.reversing import reverse
from yibao.journeys.settlement.settling import settle
from yibao.journeys.takeover.opening import RECONCILED, NotTakenOver, OpeningYear, TakeOver, take_over
from yibao.journeys.verifying.database import database_findings, recomputed_findings
from yibao.rights.actors import NotAllowed
from yibao.rights.terms import Role
from yibao.settlement.models import YearRow
from yibao.settlement.orders import Reversal
from yibao.settlement.queries import year_of

BEFORE = NOTHING_YET._replace(
    stays=2, total_fen=900_000, in_scope_fen=800_000, basic_paid_fen=600_000, basic_capped_fen=6_990_000
)


def order_of(*people: int, **totals: int) -> TakeOver:
    years = tuple(OpeningYear(who, BEFORE) for who in people)
    sums = {name: getattr(BEFORE, name) * len(people) for name in RECONCILED}
    return TakeOver(CITY, 2023, years, sums | totals)


def test_a_year_goes_on_from_what_was_taken_over(database):
    institutions()
    who = person()
    assert json.loads(take_over(OFFICER, "t", order_of(who))) == {"people": 1}
    said = json.loads(settle(OFFICER, "s", stay(who, 20_000, date(2023, 6, 1)), at=AT))
    assert said["basic_fen"] == 10_000, "100 yuan are left of the cap"
    reverse(OFFICER, "r", Reversal(said["settlement_id"], "x"), at=AT)
    assert year_of(YearRow.objects.get()).so_far == BEFORE
    assert database_findings() == [] and recomputed_findings() == []


def test_a_list_that_does_not_reconcile_is_not_taken_over(database):
    institutions()
    first, second = person(), person()
    settle(OFFICER, "s", stay(first, 100), at=AT)
    with pytest.raises(NotTakenOver) as found:
        take_over(OFFICER, "t", order_of(first, second, second, 999, basic_paid_fen=1))
    assert len(found.value.problems) == 4
    assert YearRow.objects.count() == 1
    with pytest.raises(NotTakenOver, match="已有累计"):
        take_over(OFFICER, "t", order_of(first))
    negative = dataclasses.replace(order_of(second), years=(OpeningYear(second, BEFORE._replace(stays=-1)),))
    with pytest.raises(NotTakenOver, match="负数"):
        take_over(OFFICER, "t", negative)
    with pytest.raises(NotAllowed):
        take_over(actor(Role.SUPERVISOR, CITY), "t", order_of(second))


def test_taken_over_at_once_it_is_taken_over_once(postgres):
    institutions()
    people = [person() for _ in range(3)]
    found = at_once([lambda n=n: take_over(OFFICER, f"t{n}", order_of(*people)) for n in range(5)])
    assert sorted(type(one).__name__ for one in found) == ["NotTakenOver"] * 4 + ["str"]
    assert YearRow.objects.count() == 3
