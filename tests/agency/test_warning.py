"""The daily list of early warning: who is over the line, how far, since when; a day run twice is one list."""

import json
from datetime import date, datetime

import pytest
from tests.agency.acting import actor
from tests.agency.settling import AT, CHINA, CITY, COUNTY, OFFICER, institutions, person, stay

from yibao.assistance.failures import DayNotOver
from yibao.assistance.models import Warned, WarningRun
from yibao.assistance.orders import RunOrder
from yibao.assistance.terms import Category, WarningReason
from yibao.engine.terms import YearSoFar
from yibao.enrolment.actions import recognise_category
from yibao.enrolment.models import CategoryTag
from yibao.enrolment.orders import Recognition
from yibao.enrolment.terms import Department
from yibao.journeys.assistance.warning import counties_to_run, run_warning, warning_terms
from yibao.journeys.settlement.reversing import replay, reverse
from yibao.journeys.settlement.settling import settle
from yibao.rights.actors import NotAllowed
from yibao.rights.terms import Role
from yibao.settlement.models import Settlement, YearRow
from yibao.settlement.orders import LateFact, Reversal
from yibao.settlement.terms import LateCause
from yibao.settlement.vectors import unpacked

DAY = AT.date()
LINE_FEN, LOW_LINE_FEN = 2_600_000, 1_000_000


def ran(key: str = "run", day: date = DAY) -> dict[str, int]:
    return json.loads(run_warning(OFFICER, key, RunOrder(COUNTY, day), at=AT))


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=CHINA)


def heavy(
    key: str = "s", *, yuan: int = 100_000, day: date = date(2023, 5, 1), category: Category | None = None
) -> int:
    """Somebody with one stay that leaves a heavy burden, settled on the day of discharge."""
    who = person()
    if category is not None:
        tag = Recognition(who, category, Department.CIVIL_AFFAIRS, date(2023, 1, 1), None, "名单")
        recognise_category(OFFICER, f"{key}-c", tag, today=DAY)
    settle(OFFICER, key, stay(who, yuan, day), at=on(day))
    return who


def borne(who: int) -> int:
    return unpacked(YearSoFar, YearRow.objects.get(person_id=who).so_far).burden_in_scope_fen


def test_who_is_over_the_line_is_on_the_list_with_what_was_borne(database):
    institutions()
    who, light = heavy(yuan=200_000), heavy("t", yuan=5_000)
    said = ran()
    assert (said["added"], said["people"]) == (1, 1)
    found = Warned.objects.get()
    assert (found.person_id, found.category, found.low_income) == (who, Category.ORDINARY, False)
    assert found.burden_in_scope_fen == borne(who) > LINE_FEN == found.line_fen
    assert found.over_line_fen == borne(who) - LINE_FEN and found.reason == WarningReason.YEAR_OVER_LINE
    assert (
        found.burden_total_fen
        == Settlement.objects.get(year__person=who).person_fen
        > found.burden_in_scope_fen
    )
    assert (found.since, found.household_id is not None, found.standing) == (
        date(2023, 5, 1),
        True,
        "assumed",
    )
    assert borne(light) < LINE_FEN


def test_a_low_income_person_has_a_lower_line(database):
    institutions()
    who = heavy(yuan=250_000, category=Category.SUBSISTENCE_MARGIN)
    heavy("t", yuan=90_000)
    ran()
    found = Warned.objects.get()
    assert (found.person_id, found.line_fen, found.low_income) == (who, LOW_LINE_FEN, True)


def test_a_day_run_twice_is_one_list_and_a_large_settlement_is_on_it_the_same_day(database):
    institutions()
    heavy(yuan=200_000)
    assert ran("a")["people"] == 1
    again = ran("b")
    assert (again["added"], again["people"], WarningRun.objects.count()) == (0, 1, 1)
    late = heavy("u", yuan=200_000, day=DAY)
    assert ran("c")["added"] == 1
    assert Warned.objects.get(person_id=late).since == DAY


def test_one_settlement_over_the_single_line_is_on_the_list_of_its_day_alone(database):
    institutions()
    who = heavy(yuan=100_000, day=DAY)
    assert 1_000_000 < borne(who) < LINE_FEN
    ran()
    found = Warned.objects.get()
    assert (found.reason, found.band, found.over_line_fen) == (WarningReason.SINGLE_OVER_LINE, 0, 0)
    assert (found.single_fen, found.single_line_fen, found.since) == (borne(who), 1_000_000, DAY)


def test_a_list_of_an_earlier_day_is_that_of_its_end(database):
    institutions()
    who = person()
    for n, month in enumerate((2, 5, 9)):
        settle(OFFICER, f"s{n}", stay(who, 100_000, date(2023, month, 1)), at=on(date(2023, month, 1)))
    assert ran("feb", date(2023, 3, 1))["people"] == 0
    assert ran("may", date(2023, 6, 1))["people"] == 1
    found = Warned.objects.get()
    ran("dec")
    last = Warned.objects.get(run__day=DAY)
    assert last.since == found.since == date(2023, 5, 1)
    assert LINE_FEN < found.burden_in_scope_fen < last.burden_in_scope_fen == borne(who)


def test_a_late_event_and_a_reversal_count_from_their_own_day(database):
    institutions()
    who = heavy(yuan=200_000)
    before_fen = borne(who)
    tag = Recognition(who, Category.EXTREME_POVERTY, Department.CIVIL_AFFAIRS, date(2023, 1, 1), None, "补")
    recognise_category(OFFICER, "c", tag, today=DAY)
    replay(OFFICER, "r", LateFact(who, 2023, LateCause.CATEGORY_BACK_DATED, "补"), at=AT)
    assert borne(who) == 0
    ran("then", date(2023, 6, 1))
    assert Warned.objects.get().burden_in_scope_fen == before_fen
    assert ran("now")["people"] == 0
    other = heavy("o", yuan=200_000)
    reverse(OFFICER, "v", Reversal(Settlement.objects.get(year__person=other).pk, "错"), at=AT)
    assert ran("gone")["people"] == 0


def test_who_may_not_and_a_day_to_come_are_refused(database):
    with pytest.raises(NotAllowed):
        run_warning(actor(Role.TAX_OFFICER, CITY), "k", RunOrder(COUNTY, DAY), at=AT)
    with pytest.raises(NotAllowed):
        run_warning(actor(Role.COUNTY_OFFICER, "140106"), "k", RunOrder(COUNTY, DAY), at=AT)
    with pytest.raises(DayNotOver):
        ran(day=date(2023, 12, 21))
    assert WarningRun.objects.count() == 0
    person()
    assert counties_to_run(OFFICER, CITY) == [COUNTY]
    assert counties_to_run(actor(Role.COUNTY_OFFICER, "140106"), CITY) == []
    assert warning_terms(COUNTY, DAY).entry.standing.name == "ASSUMED"


def test_a_late_event_may_be_what_takes_a_year_over_its_line(database):
    institutions()
    who = heavy(yuan=200_000, category=Category.EXTREME_POVERTY)
    assert borne(who) == 0
    CategoryTag.objects.all().delete()
    replay(OFFICER, "r", LateFact(who, 2023, LateCause.CATEGORY_BACK_DATED, "更正"), at=on(date(2023, 11, 2)))
    ran()
    found = Warned.objects.get()
    assert (found.since, found.burden_in_scope_fen) == (date(2023, 11, 2), borne(who))
    assert found.burden_total_fen == 4_150_000
