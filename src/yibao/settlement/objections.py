"""Where objections stand (复核申请进度): the last stage of each, and what is past its limit.

Days are calendar days from the day of receipt; the last day of a limit is inside it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from yibao.kernel.time_limits import TimeLimit, time_limit
from yibao.rights.actors import Actor
from yibao.rights.areas import rows_inside
from yibao.rights.terms import Matter
from yibao.settlement.failures import NoSuchObjection
from yibao.settlement.models import Objection, ObjectionStep
from yibao.settlement.terms import ObjectionResult, ObjectionStage

PAGE = 200


@dataclass(frozen=True)
class Progress:
    """An objection: the stages it has been through with what came of them, the stage it waits for, and its limit."""

    objection_id: int
    person_id: int
    subject: str
    subject_id: int
    late: bool
    stages: dict[ObjectionStage, ObjectionResult]
    waits_for: ObjectionStage | None
    limit: TimeLimit | None


def objections(actor: Actor) -> Any:
    """The objections an actor may look at, as a query: of people enrolled in the actor's areas."""
    return rows_inside(Objection.objects, actor.areas_of(Matter.SETTLEMENT_MATTER), "person__county_code")


def progress(actor: Actor, objection_id: int, *, today: date) -> Progress:
    """Where an objection stands. Raises NoSuchObjection, also outside the actor's areas."""
    found = objections(actor).filter(pk=objection_id).first()
    if found is None:
        raise NoSuchObjection(objection_id)
    return progress_of(found, today)


def overdue(actor: Actor, *, today: date, after: int = 0, limit: int = PAGE) -> list[Progress]:
    """Objections of the actor's areas that are past the limit of the stage they wait for, by number above `after`."""
    not_admitted = Q(admit_by__lt=today) & ~_has(ObjectionStage.ADMISSION)
    admitted = _has(ObjectionStage.ADMISSION, ObjectionResult.ADMITTED)
    not_ruled = Q(rule_by__lt=today) & admitted & ~_has(ObjectionStage.RULING)
    rows = objections(actor).filter(not_admitted | not_ruled, pk__gt=after).order_by("pk")
    return [progress_of(row, today) for row in rows[: min(limit, PAGE)]]


def progress_of(objection: Objection, today: date) -> Progress:
    """Where an objection stands on a day."""
    rows = list(objection.stages.order_by("stage"))
    stages = {ObjectionStage(row.stage): ObjectionResult(row.result) for row in rows}
    waits_for = _next(stages)
    return Progress(
        objection_id=objection.pk,
        person_id=objection.person_id,
        subject=objection.subject,
        subject_id=objection.subject_id,
        late=objection.late,
        stages=stages,
        waits_for=waits_for,
        limit=_limit(objection, waits_for, today),
    )


def _next(stages: dict[ObjectionStage, ObjectionResult]) -> ObjectionStage | None:
    if not stages:
        return ObjectionStage.ADMISSION
    return {
        ObjectionResult.ADMITTED: ObjectionStage.RULING,
        ObjectionResult.DECISION_CHANGED: ObjectionStage.CARRYING_OUT,
    }.get(stages[max(stages)])


def _limit(objection: Objection, waits_for: ObjectionStage | None, today: date) -> TimeLimit | None:
    by = {ObjectionStage.ADMISSION: objection.admit_by, ObjectionStage.RULING: objection.rule_by}
    if waits_for not in by:
        return None
    received_on: date = objection.received_on
    return time_limit(
        limit_days=(by[waits_for] - received_on).days, used_days=(today - received_on).days, done=0
    )


def _has(stage: ObjectionStage, result: ObjectionResult | None = None) -> Exists:
    rows = ObjectionStep.objects.filter(objection=OuterRef("pk"), stage=stage)
    return Exists(rows if result is None else rows.filter(result=result))
