"""Objections: received in time or late, ruled on by somebody else, and carried out through the year's own records."""

import json
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.settling import AT, CHINA, CITY, COUNTY, OFFICER, institutions, person, stay

from yibao.assistance.terms import Category
from yibao.engine.year import Payer
from yibao.enrolment.actions import recognise_category, suspend
from yibao.enrolment.models import Event
from yibao.enrolment.orders import LifeOrder, Recognition
from yibao.enrolment.params import LifeCycleParams
from yibao.enrolment.terms import Department
from yibao.journeys.settlement.objecting import admit, carry_out, object_to, rule_on
from yibao.journeys.settlement.settling import settle
from yibao.journeys.verifying.database import database_findings, recomputed_findings
from yibao.packs.policies import policies
from yibao.rights.approvals import SamePerson
from yibao.rights.terms import Role
from yibao.settlement.failures import (
    NoSuchObjection,
    ObjectedAlready,
    ObjectionWrong,
    StageNotAllowed,
)
from yibao.settlement.models import LateEvent, Objection, ObjectionStep, Settlement
from yibao.settlement.objections import overdue, progress
from yibao.settlement.orders import Admission, CarryingOut, Objecting, Ruling
from yibao.settlement.terms import BroughtBy, LateCause, ObjectionStage, ObjectionSubject

REVIEWER = actor(Role.REVIEWER, CITY)
DAY = AT.date()
NEXT_YEAR = datetime(2024, 3, 1, 9, tzinfo=CHINA)


@pytest.fixture
def agency(database):
    institutions()
    yield
    assert database_findings() == []


def settled(who: int, yuan: int = 20_000, key: str = "s") -> dict[str, int]:
    return json.loads(settle(OFFICER, key, stay(who, yuan), at=AT))


def objecting(who: int, subject_id: int, **more: object) -> Objecting:
    facts = {
        "subject": ObjectionSubject.SETTLED,
        "grounds": "比例有误",
        "known_on": DAY,
        "received_on": DAY,
        **more,
    }
    return Objecting(who, subject_id=subject_id, **facts)  # type: ignore[arg-type]


def objected(
    who: int, subject_id: int, key: str = "o", at: datetime = AT, **more: object
) -> dict[str, object]:
    return json.loads(object_to(OFFICER, key, objecting(who, subject_id, **more), at=at))


def changed(objection_id: int, at: datetime = AT) -> None:
    admit(OFFICER, f"a{objection_id}", Admission(objection_id, True, "材料齐全"), at=at)
    rule_on(REVIEWER, f"r{objection_id}", Ruling(objection_id, True, "确有错误"), at=at)


def test_the_limits_are_an_entry_that_says_how_sure_it_is():
    entry = policies().area(COUNTY).entry("public_services", "objection", DAY)
    assert entry.standing.name == "ASSUMED" and "条" in entry.note


@pytest.mark.parametrize(
    ("days", "late"), [(0, False), (59, False), (60, False), (61, True)]
)  # the entry says 60 days from the day it was known, the last of them inside
def test_the_last_day_to_object_is_inside(agency, days, late):
    who = person()
    at = AT + timedelta(days=days)
    said = objected(who, settled(who)["settlement_id"], at=at, received_on=at.date())
    assert said["late"] is late
    assert said["admit_by"] == str(at.date() + timedelta(days=5))
    assert said["rule_by"] == str(at.date() + timedelta(days=20))


def test_a_late_one_is_not_admitted_without_an_excuse(agency):
    who = person()
    first, second = (settled(who, 9_000 + n, f"s{n}")["settlement_id"] for n in range(2))
    late = objected(who, first, "o1", NEXT_YEAR, received_on=NEXT_YEAR.date())["objection_id"]
    by = {"brought_by": BroughtBy.REPRESENTATIVE, "received_on": NEXT_YEAR.date()}
    other = objected(who, second, "o2", NEXT_YEAR, **by)["objection_id"]
    with pytest.raises(StageNotAllowed, match="逾期申请"):
        admit(OFFICER, "a", Admission(late, True, "受理"), at=NEXT_YEAR)
    said = admit(OFFICER, "a", Admission(late, False, "逾期且无正当理由"), at=NEXT_YEAR)
    assert json.loads(said) == {"result": "not_admitted"}
    assert {BroughtBy(by) for by in Objection.objects.values_list("brought_by", flat=True)} == {
        BroughtBy.THE_PERSON,
        BroughtBy.REPRESENTATIVE,
    }
    admit(OFFICER, "b", Admission(other, True, "受理", excuse="住院昏迷至申请前十日"), at=NEXT_YEAR)
    assert progress(OFFICER, late, today=NEXT_YEAR.date()).waits_for is None
    assert progress(OFFICER, other, today=NEXT_YEAR.date()).waits_for is ObjectionStage.RULING


def test_a_wrong_settlement_is_reversed_and_settled_anew(agency):
    who = person()
    said = settled(who, 20_000)
    objection_id = objected(who, said["settlement_id"])["objection_id"]
    changed(objection_id)
    order = CarryingOut(objection_id, "金额录入有误", reverse=True, bill=stay(who, 30_000))
    done = json.loads(carry_out(OFFICER, "c", order, at=AT))
    assert json.loads(carry_out(OFFICER, "c", order, at=AT)) == done
    assert Settlement.objects.get(pk=done["reversal_id"]).reverses_id == said["settlement_id"]
    assert Settlement.objects.get(pk=done["settlement_id"]).total_fen == 3_000_000
    assert Settlement.objects.count() == 3
    with pytest.raises(StageNotAllowed, match="已办结"):
        carry_out(OFFICER, "d", order, at=AT)
    assert recomputed_findings() == []


def test_facts_corrected_first_are_carried_out_as_adjustments(agency):
    who = person()
    said = settled(who, 100_000)
    objection_id = objected(who, said["settlement_id"])["objection_id"]
    changed(objection_id)
    with pytest.raises(StageNotAllowed, match="请先更正有误的事实"):
        carry_out(OFFICER, "c", CarryingOut(objection_id, "身份漏认"), at=AT)
    assert LateEvent.objects.count() == 0
    tag = Recognition(who, Category.EXTREME_POVERTY, Department.CIVIL_AFFAIRS, date(2023, 1, 1), None, "补")
    recognise_category(OFFICER, "t", tag, today=DAY)
    made = json.loads(carry_out(OFFICER, "c", CarryingOut(objection_id, "身份漏认"), at=AT))["adjustments"]
    assert sum(a["difference_fen"] for a in made if a["payer"] == Payer.ASSISTANCE) > 0
    event = LateEvent.objects.get()
    assert event.cause == LateCause.OBJECTION_GRANTED
    assert ObjectionStep.objects.get(stage=ObjectionStage.CARRYING_OUT).late_event_id == event.pk
    assert recomputed_findings() == []


def test_a_decision_of_enrolment_and_of_a_category_is_corrected_by_its_own_actions(agency):
    who, now = person(), timezone.now()
    today = timezone.localdate(now)
    suspend(OFFICER, "s", LifeOrder(who, date(2023, 6, 1), "x"), LifeCycleParams((0,) * 5), today=today)
    tag = Recognition(who, Category.EXTREME_POVERTY, Department.CIVIL_AFFAIRS, date(2023, 1, 1), None, "补")
    recognise_category(OFFICER, "t", tag, today=today)
    stopped, tagged = Event.objects.order_by("-id")[1], Event.objects.latest("id")
    days = {"known_on": today, "received_on": today}
    for event, subject in (
        (stopped, ObjectionSubject.ENROLMENT_DECIDED),
        (tagged, ObjectionSubject.CATEGORY_DECIDED),
    ):
        objection_id = objected(who, event.pk, f"o{event.pk}", now, subject=subject, **days)["objection_id"]
        changed(objection_id, timezone.now())
        with pytest.raises(StageNotAllowed, match="没有变化"):
            carry_out(OFFICER, f"c{event.pk}", CarryingOut(objection_id, "更正"), at=now)
        with pytest.raises(StageNotAllowed, match="不是结算"):
            carry_out(OFFICER, f"c{event.pk}", CarryingOut(objection_id, "更正", reverse=True), at=now)
        again = Recognition(
            who, Category.UNSTABLE_EXIT, Department.CIVIL_AFFAIRS, date(2023, 1, 1), None, "改"
        )
        recognise_category(OFFICER, f"u{event.pk}", again, today=today)
        said = carry_out(OFFICER, f"c{event.pk}", CarryingOut(objection_id, "更正"), at=now)
        assert json.loads(said) == {"adjustments": []}
    with pytest.raises(ObjectionWrong, match="没有事项"):
        objected(who, stopped.pk, "no", now, subject=ObjectionSubject.CATEGORY_DECIDED, **days)


def test_a_decision_kept_has_reasons_and_ends_it(agency):
    who = person()
    objection_id = objected(who, settled(who)["settlement_id"])["objection_id"]
    with pytest.raises(StageNotAllowed, match="现应受理"):
        rule_on(REVIEWER, "r", Ruling(objection_id, False, "计算无误"), at=AT)
    admit(OFFICER, "a", Admission(objection_id, True, "受理"), at=AT)
    with pytest.raises(StageNotAllowed, match="请写明理由"):
        rule_on(REVIEWER, "r", Ruling(objection_id, False, " "), at=AT)
    rule_on(REVIEWER, "r", Ruling(objection_id, False, "计算无误"), at=AT)
    with pytest.raises(StageNotAllowed, match="已办结"):
        carry_out(OFFICER, "c", CarryingOut(objection_id, "x", reverse=True), at=AT)
    assert ObjectionStep.objects.get(stage=2).reason == "计算无误"


def test_who_made_the_decision_does_not_rule_on_it_and_nobody_elsewhere_does(agency):
    who = person()
    said = settled(who)
    objection_id = objected(who, said["settlement_id"])["objection_id"]
    admit(OFFICER, "a", Admission(objection_id, True, "受理"), at=AT)
    maker = actor(Role.REVIEWER, CITY, name=OFFICER.name)
    with pytest.raises(SamePerson):
        rule_on(maker, "r", Ruling(objection_id, True, "x"), at=AT)
    elsewhere = actor(Role.REVIEWER, "410100")
    for nobody in (OFFICER, elsewhere, actor(Role.INSTITUTION_USER, CITY)):
        with pytest.raises(NoSuchObjection):
            rule_on(nobody, "r", Ruling(objection_id, True, "x"), at=AT)
    with pytest.raises(NoSuchObjection):
        admit(actor(Role.INSTITUTION_USER, CITY), "x", Admission(objection_id, True, "x"), at=AT)
    with pytest.raises(NoSuchObjection):
        progress(elsewhere, objection_id, today=DAY)
    with pytest.raises(ObjectionWrong, match="管辖地区"):
        object_to(actor(Role.CITY_OFFICER, "410100"), "x", objecting(who, 1), at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        step = {"result": "decision_kept", "reason": "x", "happened_on": DAY, "recorded_at": AT}
        ObjectionStep.objects.create(objection_id=objection_id, stage=2, maker="a", actor="a", **step)
    for table in ("objection", "objectionstep"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM settlement_{table}")


def test_what_cannot_be_objected_to_is_said_all_at_once(agency):
    who, other = person(), person()
    said = settled(who)
    wrong = objecting(
        who,
        said["settlement_id"],
        grounds=" ",
        known_on=DAY - timedelta(days=1),
        received_on=DAY + timedelta(days=1),
    )
    with pytest.raises(ObjectionWrong) as problems:
        object_to(OFFICER, "x", wrong, at=AT)
    assert len(problems.value.problems) == 3
    with pytest.raises(ObjectionWrong, match="晚于收到日期"):
        objected(who, said["settlement_id"], known_on=DAY, received_on=DAY - timedelta(days=1))
    with pytest.raises(ObjectionWrong, match="没有事项"):
        objected(other, said["settlement_id"])
    objected(who, said["settlement_id"])
    with pytest.raises(ObjectedAlready):
        objected(who, said["settlement_id"], "again")
    assert Objection.objects.count() == 1


def test_what_is_overdue_is_listed_for_the_area_a_page_at_a_time(agency):
    who = person()
    ids = [
        objected(who, settled(who, 9_000 + n, f"s{n}")["settlement_id"], f"o{n}")["objection_id"]
        for n in range(3)
    ]
    admit(OFFICER, "a", Admission(ids[1], True, "受理"), at=AT)
    changed(ids[2])

    def listed(day: date, **more: int) -> list[tuple[int, int]]:
        return [(p.objection_id, p.limit.days_late) for p in overdue(OFFICER, today=day, **more)]

    assert listed(DAY + timedelta(days=5)) == []
    assert listed(DAY + timedelta(days=6)) == [(ids[0], 1)]
    assert listed(DAY + timedelta(days=20)) == [(ids[0], 15)]
    assert listed(DAY + timedelta(days=21)) == [(ids[0], 16), (ids[1], 1)]
    assert listed(DAY + timedelta(days=21), after=ids[0], limit=1) == [(ids[1], 1)]
    assert overdue(actor(Role.CITY_OFFICER, "410100"), today=date(2025, 1, 1)) == []


def test_objected_ruled_and_carried_out_at_once_it_is_once(postgres):
    institutions()
    who = person()
    said = settled(who)
    works = [lambda n=n: objected(who, said["settlement_id"], f"o{n}") for n in range(5)]
    found = at_once(works)
    assert sorted(type(one).__name__ for one in found) == ["ObjectedAlready"] * 4 + ["dict"]
    objection_id = Objection.objects.get().pk
    admit(OFFICER, "a", Admission(objection_id, True, "受理"), at=AT)
    ruling = Ruling(objection_id, True, "有误")
    found = at_once([lambda n=n: rule_on(REVIEWER, f"r{n}", ruling, at=AT) for n in range(4)])
    assert sorted(type(one).__name__ for one in found) == ["StageNotAllowed"] * 3 + ["str"]
    order = CarryingOut(objection_id, "重结", reverse=True, bill=stay(who, 100))
    found = at_once([lambda n=n: carry_out(OFFICER, f"c{n}", order, at=AT) for n in range(4)])
    assert sorted(type(one).__name__ for one in found) == ["StageNotAllowed"] * 3 + ["str"]
    assert Settlement.objects.count() == 3 and database_findings() == []
