"""Carrying a list out (名单入库): exactly what its dry run said, in one transaction, and the years that it changes replayed.

The list's row is locked first, then its people in the order of their ids; only then is it asked again what the list comes to.
Where that is no longer what was looked at, nothing is written. What a reader would get wrong: a certification that begins
in the past changes settlements that stand, so each person's year is replayed at once, and the differences are adjustments.

carries_out: ENR-11, FIN-20
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from yibao.benefits.models import Certification
from yibao.benefits.terms import VisitKind
from yibao.enrolment.actions import recognise_within, stop_within, suspend_within
from yibao.enrolment.list_failures import (
    DryRunStale,
    ListTaken,
    NoSuchList,
    NotInState,
    RowsUndecided,
)
from yibao.enrolment.models import CategoryTag, DepartmentList, ListEffect, ListRow, Person
from yibao.enrolment.orders import LifeOrder, Recognition
from yibao.enrolment.params import LIFE_EVENTS, LifeCycleParams
from yibao.enrolment.taking_back import end_category_within, standing_of
from yibao.enrolment.terms import (
    DEPARTMENT_WORDS,
    Department,
    ListEffectKind,
    ListState,
    RowVerdict,
    StopCause,
)
from yibao.journeys.lists.duplicates import propose_elsewhere_within
from yibao.journeys.lists.listing import facts_of, locked_list, plan_now
from yibao.journeys.lists.listing_plan import Planned, hash_of
from yibao.journeys.settlement.reversing import Replayed, replay_where_changed
from yibao.packs.build import params
from yibao.packs.policies import policies
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import canonical, once
from yibao.settlement.terms import LateCause

AT_ONCE = 900

ON_THE_DAY = LifeCycleParams((0,) * LIFE_EVENTS)
"""A death ends cover after its own day, whatever an area lets take effect at the end of a month."""

LATE_CAUSES = {
    ListEffectKind.TAG_GIVEN: LateCause.CATEGORY_BACK_DATED,
    ListEffectKind.TAG_ENDED: LateCause.CATEGORY_BACK_DATED,
    ListEffectKind.DISEASE_GIVEN: LateCause.CERTIFICATION_BACK_DATED,
    ListEffectKind.DISEASE_ENDED: LateCause.CERTIFICATION_BACK_DATED,
    ListEffectKind.DEATH_RECORDED: LateCause.COVERAGE_BACK_DATED,
    ListEffectKind.COVER_SUSPENDED: LateCause.COVERAGE_BACK_DATED,
}
"""Why a year is replayed after each effect; what is not named touches no settlement."""


@dataclass(frozen=True)
class CommitOrder:
    """A list to be carried out as its dry run said; `plan_hash` is the one that was looked at."""

    list_id: int
    plan_hash: str


def commit_list(actor: Actor, key: str, order: CommitOrder, *, at: datetime) -> str:
    """Carries a list out; `{"list_id", "effects": {kind: people}, "years_replayed", "difference_fen"}`.

    Raises NoSuchList, NotInState, DryRunStale, RowsUndecided, ListTaken, and NotAllowed where a year has to be replayed
    and the actor may not.
    """

    def do() -> dict[str, object]:
        kept = locked_list(actor, order.list_id, lambda: NoSuchList(order.list_id))
        if kept.state != ListState.DRY_RUN:
            raise NotInState(kept.pk, ListState(kept.state), ListState.DRY_RUN)
        if order.plan_hash != kept.plan_hash:
            raise DryRunStale(kept.pk, [])
        undecided = kept.rows.filter(verdict=RowVerdict.AMBIGUOUS).order_by("number")
        if kept.full and undecided.exists():
            raise RowsUndecided(kept.pk, list(undecided.values_list("number", flat=True)))
        today = timezone.localdate(at)
        people = locked_people(kept.rows.exclude(person=None).values_list("person_id", flat=True))
        plan = plan_now(kept, today)
        if hash_of(plan) != kept.plan_hash:
            raise DryRunStale(kept.pk, _changed(kept, plan))
        written = _carried_out(actor, kept, plan, people, at)
        _keep_state(kept, actor, at)
        note(actor, "commit_list", kept.area_code, f"list:{kept.pk}", kept.document_no, written=len(written))
        return {"list_id": kept.pk, **_replayed(actor, kept, written, at)}

    return once(actor.name, key, "commit_list", order, do)


def locked_people(person_ids: Iterable[int]) -> dict[int, Person]:
    """People locked in the order of their ids, so that two who lock some of the same wait and do not block each other."""
    ids = sorted(set(person_ids))
    found: dict[int, Person] = {}
    for begin in range(0, len(ids), AT_ONCE):
        chunk = ids[begin : begin + AT_ONCE]
        rows = Person.objects.select_for_update().filter(pk__in=chunk).order_by("pk")
        found |= {person.pk: person for person in rows}
    return found


def replay_people(
    actor: Actor, effects: Sequence[ListEffect], reason: str, *, at: datetime
) -> dict[str, object]:
    """Replays the years that some effects changed, person by person; what came of it."""
    causes: dict[int, LateCause] = {}
    for effect in effects:
        cause = LATE_CAUSES.get(ListEffectKind(effect.effect))
        if cause is not None:
            causes.setdefault(effect.person_id, cause)
    replayed: list[Replayed] = []
    for person_id in sorted(causes):
        replayed += replay_where_changed(actor, person_id, causes[person_id], reason, at=at)
    difference_fen = sum(a.difference_fen for one in replayed for a in one.adjustments)
    return {"years_replayed": len(replayed), "difference_fen": difference_fen}


def reason_of(kept: DepartmentList) -> str:
    """Why something was done, where a list did it."""
    return f"{DEPARTMENT_WORDS[Department(kept.department)][0]}部门名单 {kept.pk}（{kept.as_of}）"


def _replayed(
    actor: Actor, kept: DepartmentList, written: Sequence[ListEffect], at: datetime
) -> dict[str, object]:
    counted: dict[str, int] = {}
    for effect in written:
        name = ListEffectKind(effect.effect).name
        counted[name] = counted.get(name, 0) + 1
    return {"effects": counted, **replay_people(actor, written, reason_of(kept), at=at)}


def _carried_out(
    actor: Actor, kept: DepartmentList, plan: Sequence[Planned], people: dict[int, Person], at: datetime
) -> list[ListEffect]:
    """Writes each effect, person by person in the order of their ids, and what was done in the list's own record."""
    rows = {row.number: row for row in kept.rows.filter(number__gt=0)}
    ended = iter(kept.rows.filter(number=0).order_by("id"))
    with_rows = [(p, rows[p.row] if p.row else next(ended)) for p in plan]
    due = [(p, row) for p, row in with_rows if p.effect is not None]
    written = []
    for planned, row in sorted(due, key=lambda pair: (pair[0].matched.person_id or 0, pair[0].row)):
        person = people[planned.matched.person_id or 0]
        target_id, before, after = _written(actor, kept, planned, row, person, at)
        written.append(_effect(actor, row, planned, person, target_id, before, after))
    return written


def _effect(
    actor: Actor,
    row: ListRow,
    planned: Planned,
    person: Person,
    target_id: int,
    before: dict[str, object],
    after: dict[str, object],
) -> ListEffect:
    assert planned.effect is not None, "only what has an effect is written"
    return ListEffect.objects.create(  # type: ignore[no-any-return]
        row=row,
        person=person,
        effect=planned.effect,
        target_id=target_id,
        before=canonical(before),
        after=canonical(after),
        actor=actor.name,
        recorded_at=timezone.now(),
    )


def _written(
    actor: Actor, kept: DepartmentList, planned: Planned, row: ListRow, person: Person, at: datetime
) -> tuple[int, dict[str, object], dict[str, object]]:
    """Does what a row comes to; the id of what it was done to, and its facts before and after."""
    reason = reason_of(kept)
    today = timezone.localdate(at)
    days: dict[str, object] = {"first_day": planned.first_day, "last_day": planned.last_day}
    if planned.effect is ListEffectKind.TAG_GIVEN:
        assert planned.first_day is not None, "a certification begins on a day"
        order = Recognition(
            person_id=person.pk,
            category=int(planned.code),
            certified_by=Department(kept.department),
            first_day=planned.first_day,
            last_day=planned.last_day,
            reason=reason,
            document_no=planned.document_no,
        )
        return recognise_within(actor, person, order, today=today), {}, {**days, "category": order.category}
    if planned.effect is ListEffectKind.TAG_ENDED:
        tag = CategoryTag.objects.get(pk=planned.target_id)
        assert planned.last_day is not None, "an end has a day"
        end_category_within(actor, person, tag, planned.last_day, reason, kept.document_no)
        before = {"last_day": tag.last_day, "category": tag.category}
        return tag.pk, before, {**before, "last_day": planned.last_day}
    if planned.effect is ListEffectKind.DISEASE_GIVEN:
        given = Certification.objects.create(
            person=person, kind=VisitKind.TWO_DISEASES, disease_code=planned.code, **days
        )
        note(actor, "certify", person.county_code, f"person:{person.pk}", reason, certification=given.pk)
        return given.pk, {}, {**days, "disease": planned.code}
    if planned.effect is ListEffectKind.DISEASE_ENDED:
        held = Certification.objects.get(pk=planned.target_id)
        Certification.objects.filter(pk=held.pk).update(last_day=planned.last_day)
        note(
            actor,
            "end_certification",
            person.county_code,
            f"person:{person.pk}",
            reason,
            certification=held.pk,
        )
        return held.pk, {"last_day": held.last_day}, {"last_day": planned.last_day}
    if planned.effect is ListEffectKind.CROSS_COVER_FOUND:
        facts = facts_of(kept, row, today)
        return propose_elsewhere_within(actor, person, facts, row, planned.target_id, today), {}, days
    return _life(actor, kept, planned, person, today)


def _life(
    actor: Actor, kept: DepartmentList, planned: Planned, person: Person, today: date
) -> tuple[int, dict[str, object], dict[str, object]]:
    """A death or a suspension; after it the person's version says whether anything has been done since."""
    assert planned.first_day is not None, "an event happens on a day"
    before: dict[str, object] = standing_of(person)
    died = planned.effect is ListEffectKind.DEATH_RECORDED
    order = LifeOrder(
        person_id=person.pk,
        happened_on=planned.first_day,
        reason=reason_of(kept),
        document_no=planned.document_no,
        cause=StopCause.DIED if died else StopCause.ASKED,
    )
    if died:
        stop_within(actor, person, order, ON_THE_DAY, today=today)
    else:
        area = policies().area(person.county_code)
        entry = area.entry("enrolment", "life_cycle", planned.first_day)
        suspend_within(actor, person, order, params(LifeCycleParams, entry, area), today=today)
    return person.pk, before, {"version": person.version, "happened_on": planned.first_day}


def _changed(kept: DepartmentList, plan: Sequence[Planned]) -> list[int]:
    """The rows of which something else would be written than the dry run said, by their number."""
    before = dict(kept.rows.filter(number__gt=0).values_list("number", "verdict"))
    return [p.row for p in plan if p.row and before.get(p.row) != p.verdict]


def _keep_state(kept: DepartmentList, actor: Actor, at: datetime) -> None:
    kept.state = ListState.COMMITTED
    kept.committed_at = at
    kept.committed_by = actor.name
    try:
        with transaction.atomic():
            kept.save(update_fields=["state", "committed_at", "committed_by"])
    except IntegrityError as refused:
        if "enrolment_list_once" not in str(refused) and "departmentlist.file_hash" not in str(refused):
            raise
        raise ListTaken(kept.pk) from None
