"""Taking a list back (名单撤回): what this list did and only that, refused where something later stands on it.

Every effect of the list is taken back by a record of its own; the years it had changed are replayed again, so that the
adjustments it led to are turned. What later rests on it is all named at once, and nothing is changed then.

carries_out: ENR-11
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from yibao.assistance.terms import CATEGORY_WORDS, Category
from yibao.benefits.models import Certification
from yibao.engine.enrol_terms import PersonFacts
from yibao.enrolment.list_failures import LONGEST_REASON, ListWrong, NoSuchList, NotInState, StandsOnIt, unfit
from yibao.enrolment.models import CategoryTag, DepartmentList, DuplicateEnrolment, ListEffect, Person
from yibao.enrolment.orders import LifeOrder
from yibao.enrolment.taking_back import (
    reopen_category_within,
    restore_within,
    take_category_back_within,
)
from yibao.enrolment.terms import DUPLICATE_STATE_WORDS, DuplicateState, ListEffectKind, ListState
from yibao.financing.models import ContributionBill
from yibao.journeys.lists.duplicates import step_within
from yibao.journeys.lists.listing import locked_list
from yibao.journeys.lists.listing_commit import locked_people, reason_of, replay_people
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import canonical, once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.vectors import unpacked


@dataclass(frozen=True)
class UndoOrder:
    """A list to be taken back, and why."""

    list_id: int
    reason: str


def undo_list(actor: Actor, key: str, order: UndoOrder, *, at: datetime) -> str:
    """Takes back what a list did; `{"list_id", "taken_back", "years_replayed", "difference_fen"}`.

    Raises NoSuchList, NotInState, StandsOnIt, and ListWrong where no reason is given.
    """

    def do() -> dict[str, object]:
        if unfit(order.reason):
            raise ListWrong([f"请写明撤回事由，最多 {LONGEST_REASON} 个字符"])
        kept = locked_list(actor, order.list_id, lambda: NoSuchList(order.list_id))
        if kept.state != ListState.COMMITTED:
            raise NotInState(kept.pk, ListState(kept.state), ListState.COMMITTED)
        done = ListEffect.objects.filter(row__department_list=kept, undoes=None)
        effects = list(done.order_by("-id"))
        people = locked_people(effect.person_id for effect in effects)
        reasons = [r for effect in effects for r in _stands_on(actor, effect, people[effect.person_id])]
        if reasons:
            raise StandsOnIt(kept.pk, list(dict.fromkeys(reasons)))
        for effect in effects:
            _take_back(actor, kept, effect, people[effect.person_id], order.reason, at)
        kept.state, kept.undone_at = ListState.UNDONE, at
        kept.undone_by, kept.undo_reason = actor.name, order.reason
        kept.save(update_fields=["state", "undone_at", "undone_by", "undo_reason"])
        note(actor, "undo_list", kept.area_code, f"list:{kept.pk}", order.reason, taken_back=len(effects))
        replayed = replay_people(actor, effects, f"撤回{reason_of(kept)}", at=at)
        return {"list_id": kept.pk, "taken_back": len(effects), **replayed}

    return once(actor.name, key, "undo_list", order, do)


def _stands_on(actor: Actor, effect: ListEffect, person: Person) -> Iterator[str]:
    """What has been done since that rests on an effect, in words."""
    who = f"人员 {person.pk}"
    if not actor.may(Matter.ENROLMENT_MATTER, Deed.DO, person.county_code):
        yield f"{who} 已转到其他地区"
        return
    kind, after = ListEffectKind(effect.effect), json.loads(effect.after)
    if kind is ListEffectKind.TAG_GIVEN:
        tag = CategoryTag.objects.filter(pk=effect.target_id).first()
        if tag is None or (tag.first_day, tag.last_day) != _days(after):
            yield f"{who} 的身份认定 {effect.target_id} 已被后来的办理改动"
        yield from _billed(effect, person, int(after["category"]))
    elif kind is ListEffectKind.TAG_ENDED:
        tag = CategoryTag.objects.filter(pk=effect.target_id).first()
        if tag is None or tag.last_day != _day(after["last_day"]):
            yield f"{who} 的身份认定 {effect.target_id} 已被后来的办理改动"
        later = CategoryTag.objects.filter(
            person=person, category=after["category"], recorded_at__gt=effect.recorded_at
        )
        for again in later.order_by("id"):
            yield f"{who} 后来又重新认定（认定 {again.pk}）"
    elif kind is ListEffectKind.DISEASE_GIVEN:
        held = Certification.objects.filter(pk=effect.target_id).first()
        if held is None or (held.first_day, held.last_day) != _days(after):
            yield f"{who} 的病种认定 {effect.target_id} 已被后来的办理改动"
    elif kind is ListEffectKind.DISEASE_ENDED:
        held = Certification.objects.filter(pk=effect.target_id).first()
        if held is None or held.last_day != _day(after["last_day"]):
            yield f"{who} 的病种认定 {effect.target_id} 已被后来的办理改动"
    elif kind is ListEffectKind.CROSS_COVER_FOUND:
        state = DuplicateState(DuplicateEnrolment.objects.get(pk=effect.target_id).state)
        if state is not DuplicateState.PROPOSED:
            yield f"{who} 的重复参保 {effect.target_id} {DUPLICATE_STATE_WORDS[state][0]}"
    elif person.version != after["version"]:
        yield f"{who} 的参保登记之后又有变更（第 {person.version} 版）"


def _billed(effect: ListEffect, person: Person, category: int) -> Iterator[str]:
    """Bills that were reckoned with the category since it was given."""
    bills = ContributionBill.objects.filter(person=person, void=False, recorded_at__gte=effect.recorded_at)
    for bill in bills.order_by("id"):
        if unpacked(PersonFacts, bill.facts).category_tags >> category & 1:
            name = CATEGORY_WORDS[Category(category)][0]
            yield f"人员 {person.pk} 的应缴 {bill.pk} 已按“{name}”核定"


def _take_back(
    actor: Actor,
    kept: DepartmentList,
    effect: ListEffect,
    person: Person,
    reason: str,
    at: datetime,
) -> None:
    kind, before = ListEffectKind(effect.effect), json.loads(effect.before)
    if kind is ListEffectKind.TAG_GIVEN:
        take_category_back_within(actor, person, CategoryTag.objects.get(pk=effect.target_id), reason)
    elif kind is ListEffectKind.TAG_ENDED:
        tag = CategoryTag.objects.get(pk=effect.target_id)
        reopen_category_within(actor, person, tag, _day(before["last_day"]), reason)
    elif kind is ListEffectKind.DISEASE_GIVEN:
        Certification.objects.filter(pk=effect.target_id).delete()
        note(actor, "take_certification_back", person.county_code, f"person:{person.pk}", reason)
    elif kind is ListEffectKind.DISEASE_ENDED:
        held = Certification.objects.filter(pk=effect.target_id)
        held.update(last_day=_day(before["last_day"]))
        note(actor, "reopen_certification", person.county_code, f"person:{person.pk}", reason)
    elif kind is ListEffectKind.CROSS_COVER_FOUND:
        duplicate = DuplicateEnrolment.objects.get(pk=effect.target_id)
        step_within(actor, duplicate, DuplicateState.DISMISSED, timezone.localdate(at), reason=reason)
    else:
        order = LifeOrder(person.pk, _day(json.loads(effect.after)["happened_on"]) or kept.as_of, reason)
        restore_within(actor, person, before, order)
    ListEffect.objects.create(
        row_id=effect.row_id,
        person=person,
        effect=kind,
        target_id=effect.target_id,
        before=effect.after,
        after=canonical(before),
        undoes=effect,
        actor=actor.name,
        recorded_at=timezone.now(),
    )


def _days(told: dict[str, Any]) -> tuple[date | None, date | None]:
    return _day(told["first_day"]), _day(told["last_day"])


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
