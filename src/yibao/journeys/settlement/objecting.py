"""Review and objection (复核、异议): a person objects to a settlement, an enrolment or a category; somebody else looks again.

Received, then admitted or not (a late one only with an excuse), then ruled on by a reviewer who did not make the decision, and
where the decision is changed carried out: the settlement reversed and settled anew, or the year replayed by facts that were
corrected first. The limits are those of the area's entry on the day it is received.

What a reader would get wrong: a decision is objected to once. Whoever is not content with the ruling goes to
administrative reconsideration or to court, which is outside this system.
"""

import json
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from yibao.enrolment.models import Event
from yibao.journeys.settlement.facts import Insured, insured
from yibao.journeys.settlement.reversing import replay, reverse
from yibao.journeys.settlement.settling import settle
from yibao.packs.policies import policies
from yibao.rights.actors import Actor
from yibao.rights.approvals import SamePerson
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.checks import too_long
from yibao.settlement.failures import (
    NoSuchObjection,
    ObjectedAlready,
    ObjectionWrong,
    StageNotAllowed,
)
from yibao.settlement.models import LateEvent, Objection, ObjectionStep, Settlement
from yibao.settlement.objections import progress_of
from yibao.settlement.orders import (
    Admission,
    CarryingOut,
    LateFact,
    Objecting,
    Reversal,
    Ruling,
)
from yibao.settlement.terms import (
    STAGE_WORDS,
    LateCause,
    ObjectionResult,
    ObjectionStage,
    ObjectionSubject,
)

CATEGORY_ACTION = "recognise_category"
"""The action of enrolment that decides a category."""

RECEIVED_BY = {
    ObjectionSubject.SETTLED: Matter.SETTLEMENT_MATTER,
    ObjectionSubject.ENROLMENT_DECIDED: Matter.ENROLMENT_MATTER,
    ObjectionSubject.CATEGORY_DECIDED: Matter.ENROLMENT_MATTER,
}
"""Who receives an objection: whoever does the matter that was decided. Who handles late events admits it."""


def object_to(actor: Actor, key: str, order: Objecting, *, at: datetime) -> str:
    """Receives an objection; `{"objection_id", "late", "admit_by", "rule_by"}`.

    Raises ObjectionWrong, ObjectedAlready, and the failures of `packs` where no limits are on file.
    """

    def do() -> dict[str, object]:
        person = insured(order.person_id, lock=True)
        if person is None or not actor.may(RECEIVED_BY[order.subject], Deed.DO, person.county_code):
            raise ObjectionWrong([f"没有人员 {order.person_id}，或不在您的管辖地区"])
        decided = _decided(person, order)
        if decided is None:
            raise ObjectionWrong([f"该人员没有事项 {order.subject_id}，请核对编号"])
        maker, decided_on = decided
        problems = _problems(order, decided_on, timezone.localdate(at))
        if problems:
            raise ObjectionWrong(problems)
        row = _received(actor, person, order, maker, at)
        note(actor, "object_to", person.county_code, f"person:{person.person_id}", objection=row.pk)
        told = {"late": row.late, "admit_by": row.admit_by, "rule_by": row.rule_by}
        return {"objection_id": row.pk, **told}

    return once(actor.name, key, "object_to", order, do)


def admit(actor: Actor, key: str, order: Admission, *, at: datetime) -> str:
    """Admits an objection or not; `{"result": …}`. Raises NoSuchObjection, StageNotAllowed."""

    def do() -> dict[str, str]:
        objection = _locked(actor, order.objection_id, Matter.LATE_EVENT_MATTER, Deed.DO)
        _at_stage(objection, ObjectionStage.ADMISSION)
        if order.admitted and objection.late and not order.excuse.strip():
            why = f"逾期申请（期限 {objection.file_by}），没有正当理由的不予受理"
            raise StageNotAllowed(objection.pk, why, "came late and without an excuse")
        result = ObjectionResult.ADMITTED if order.admitted else ObjectionResult.NOT_ADMITTED
        reason = "；".join(part for part in (order.reason, order.excuse) if part.strip())
        _step(actor, objection, ObjectionStage.ADMISSION, result, reason, at)
        return {"result": result}

    return once(actor.name, key, "admit_objection", order, do)


def rule_on(actor: Actor, key: str, order: Ruling, *, at: datetime) -> str:
    """Keeps or changes the decision objected to; `{"result": …}`. Raises NoSuchObjection, StageNotAllowed, SamePerson."""

    def do() -> dict[str, str]:
        objection = _locked(actor, order.objection_id, Matter.LATE_EVENT_MATTER, Deed.APPROVE)
        _at_stage(objection, ObjectionStage.RULING)
        if objection.maker == actor.name:
            raise SamePerson(actor.name)
        result = ObjectionResult.DECISION_CHANGED if order.changed else ObjectionResult.DECISION_KEPT
        _step(actor, objection, ObjectionStage.RULING, result, order.reason, at)
        return {"result": result}

    return once(actor.name, key, "rule_on_objection", order, do)


def carry_out(actor: Actor, key: str, order: CarryingOut, *, at: datetime) -> str:
    """Carries a changed decision out; `{"reversal_id", "settlement_id", "adjustments"}`, each where there is one.

    Raises NoSuchObjection, StageNotAllowed where nothing would change, and as `reverse`, `settle` and `replay`.
    """

    def do() -> dict[str, object]:
        objection = _locked(actor, order.objection_id, Matter.LATE_EVENT_MATTER, Deed.DO)
        _at_stage(objection, ObjectionStage.CARRYING_OUT)
        found = _carried_out(actor, objection, order, at)
        links = {
            "late_event": _last_event(objection, order) if found.get("adjustments") else None,
            "reversal_id": found.get("reversal_id"),
        }
        result = ObjectionResult.CARRIED_OUT
        _step(actor, objection, ObjectionStage.CARRYING_OUT, result, order.reason, at, **links)
        return found

    return once(actor.name, key, "carry_out_objection", order, do)


def _decided(person: Insured, order: Objecting) -> tuple[str, date] | None:
    """Who made the decision objected to, and when; None where the person has no such decision."""
    if order.subject is ObjectionSubject.SETTLED:
        posted = Settlement.objects.filter(
            pk=order.subject_id, visit__person_id=person.person_id, reverses=None
        ).first()
        return None if posted is None else (posted.actor, posted.posted_on)
    events = Event.objects.filter(pk=order.subject_id, person_id=person.person_id)
    if order.subject is ObjectionSubject.CATEGORY_DECIDED:
        events = events.filter(action=CATEGORY_ACTION)
    event = events.first()
    return None if event is None else (event.actor, timezone.localdate(event.recorded_at))


def _problems(order: Objecting, decided_on: date, today: date) -> list[str]:
    found = []
    if not order.grounds.strip():
        found.append("缺少异议的理由")
    found += too_long("grounds", order.grounds, "理由")
    if order.received_on > today:
        found.append(f"收到日期 {order.received_on} 在今天之后")
    if order.known_on > order.received_on:
        found.append(f"知道决定之日 {order.known_on} 晚于收到日期 {order.received_on}")
    if order.known_on < decided_on:
        found.append(f"知道决定之日 {order.known_on} 早于作出决定之日 {decided_on}")
    return found


def _received(actor: Actor, person: Insured, order: Objecting, maker: str, at: datetime) -> Objection:
    area = policies().area(person.county_code)
    limits = area.entry("public_services", "objection", order.received_on).values

    def last_day(first: date, name: str) -> date:
        return first + timedelta(days=int(limits[name]))

    file_by = last_day(order.known_on, "file_within_days")
    try:
        with transaction.atomic():
            return Objection.objects.create(  # type: ignore[no-any-return]
                person_id=person.person_id,
                subject=order.subject,
                subject_id=order.subject_id,
                maker=maker,
                grounds=order.grounds,
                known_on=order.known_on,
                received_on=order.received_on,
                file_by=file_by,
                admit_by=last_day(order.received_on, "admit_within_days"),
                rule_by=last_day(order.received_on, "rule_within_days"),
                late=order.received_on > file_by,
                brought_by=order.brought_by,
                actor=actor.name,
                recorded_at=at,
            )
    except IntegrityError as refused:
        if "settlement_objected_once" not in str(refused) and "subject_id" not in str(refused):
            raise
        raise ObjectedAlready(order.subject_id) from None


def _locked(actor: Actor, objection_id: int, matter: Matter, deed: Deed) -> Objection:
    """An objection, its person locked. Raises NoSuchObjection, also where the actor may not act."""
    found = Objection.objects.filter(pk=objection_id).first()
    person = None if found is None else insured(found.person_id, lock=True)
    if found is None or person is None:
        raise NoSuchObjection(objection_id)
    if not actor.may(matter, deed, person.county_code):
        raise NoSuchObjection(objection_id)
    return found  # type: ignore[no-any-return]


def _at_stage(objection: Objection, stage: ObjectionStage) -> None:
    waits_for = progress_of(objection, objection.received_on).waits_for
    if waits_for is stage:
        return
    told = "已办结" if waits_for is None else f"现应{STAGE_WORDS[waits_for][0]}"
    raise StageNotAllowed(objection.pk, f"{told}，不能{STAGE_WORDS[stage][0]}", "not at that stage")


def _step(
    actor: Actor,
    objection: Objection,
    stage: ObjectionStage,
    result: ObjectionResult,
    reason: str,
    at: datetime,
    **links: object,
) -> None:
    if not reason.strip():
        raise StageNotAllowed(objection.pk, "请写明理由", "no reason is given")
    unfit = too_long("grounds", reason, "理由")
    if unfit:
        raise StageNotAllowed(objection.pk, unfit[0], "the reason is too long")
    row = ObjectionStep.objects.create(
        objection=objection,
        stage=stage,
        result=result,
        reason=reason,
        happened_on=timezone.localdate(at),
        maker=objection.maker,
        actor=actor.name,
        recorded_at=at,
        **links,
    )
    subject = f"person:{objection.person_id}"
    note(
        actor,
        f"objection_{result}",
        objection.person.county_code,
        subject,
        objection=objection.pk,
        step=row.pk,
    )


def _carried_out(actor: Actor, objection: Objection, order: CarryingOut, at: datetime) -> dict[str, object]:
    """What carrying out did; the keys of what is done inside are the objection's own."""
    own = f"objection:{objection.pk}"
    settled = objection.subject == ObjectionSubject.SETTLED
    if order.reverse:
        if not settled:
            raise StageNotAllowed(objection.pk, "异议的不是结算，不能以撤销执行", "not a settlement")
        undo = Reversal(objection.subject_id, order.reason)
        found: dict[str, object] = {
            "reversal_id": json.loads(reverse(actor, f"{own}:reverse", undo, at=at))["settlement_id"]
        }
        if order.bill is not None:
            said = json.loads(settle(actor, f"{own}:settle", order.bill, at=at))
            found["settlement_id"] = said["settlement_id"]
        return found
    if order.bill is not None:
        raise StageNotAllowed(objection.pk, "重新结算应同时撤销原结算", "settle anew only with a reversal")
    year = _year(objection, order)
    made: list[object] = []
    if year is not None:
        late = LateFact(objection.person_id, year[0], LateCause.OBJECTION_GRANTED, order.reason, year[1])
        made = json.loads(replay(actor, f"{own}:replay", late, at=at))["adjustments"]
    if not made and (settled or not _corrected(objection)):
        why = "按现有事实没有变化；请先更正有误的事实，或撤销后重新结算"
        raise StageNotAllowed(objection.pk, why, "nothing would change")
    return {"adjustments": made}


def _year(objection: Objection, order: CarryingOut) -> tuple[int, bool] | None:
    """The year to be replayed: a settlement's own, or the one that is named."""
    if objection.subject == ObjectionSubject.SETTLED:
        row = Settlement.objects.select_related("year").get(pk=objection.subject_id).year
        return row.benefit_year, row.academic
    return None if order.benefit_year is None else (order.benefit_year, order.academic)


def _corrected(objection: Objection) -> bool:
    """Whether the person's enrolment was changed since the ruling."""
    ruled_at = objection.stages.get(stage=ObjectionStage.RULING).recorded_at
    return Event.objects.filter(person_id=objection.person_id, recorded_at__gte=ruled_at).exists()


def _last_event(objection: Objection, order: CarryingOut) -> LateEvent | None:
    year = _year(objection, order)
    if year is None:
        return None
    return LateEvent.objects.filter(  # type: ignore[no-any-return]
        year__person_id=objection.person_id, year__benefit_year=year[0], year__academic=year[1]
    ).latest("id")
