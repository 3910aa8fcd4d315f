"""What is done about a duplicate enrolment (重复参保处理): the person is told, confirms or chooses, and the other is closed.

One record is closed at the end of a month by the area's own entry, and what was settled on it stays: nothing is
replayed. What a reader would get wrong: a record elsewhere is closed there, and here only the answer is kept.

carries_out: ENR-01, FIN-20
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from yibao.enrolment.actions import stop_within
from yibao.enrolment.gap_failures import ChoiceNotOpen, NoSuchDuplicate, StepNotOpen
from yibao.enrolment.list_failures import unfit
from yibao.enrolment.models import DuplicateEnrolment, Person
from yibao.enrolment.orders import LifeOrder
from yibao.enrolment.params import LifeCycleParams
from yibao.enrolment.terms import (
    DuplicateCase,
    DuplicateState,
    EnrolmentState,
    Keep,
    StopCause,
)
from yibao.journeys.lists.duplicates import judged, step_within
from yibao.journeys.lists.listing_commit import locked_people
from yibao.packs.build import params
from yibao.packs.policies import policies
from yibao.rights.actors import Actor
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter

ENROLLED = (EnrolmentState.ACTIVE, EnrolmentState.SUSPENDED)

Do = Callable[[DuplicateEnrolment, dict[int, Person]], object]


@dataclass(frozen=True)
class StepOrder:
    """A step of a duplicate on a day: `document_no` names the notice, the statement or the answer from elsewhere."""

    duplicate_id: int
    done_on: date
    document_no: str = ""
    reason: str = ""


@dataclass(frozen=True)
class ChoiceOrder:
    """What the person confirmed or chose; a choice of another than what was proposed is in writing."""

    duplicate_id: int
    keep: Keep
    done_on: date
    document_no: str = ""
    reason: str = ""


def notify_duplicate(actor: Actor, key: str, order: StepOrder, *, today: date) -> str:
    """Writes down that the person was told of the proposal. Raises NoSuchDuplicate, StepNotOpen."""

    def do(duplicate: DuplicateEnrolment, people: dict[int, Person]) -> object:
        _needs(duplicate, (DuplicateState.PROPOSED,), "只有刚提出建议的可以通知")
        _refuse(duplicate, not order.document_no.strip(), "请写明通知编号")
        return _stepped(actor, duplicate, DuplicateState.NOTIFIED, order)

    return _upon(actor, key, "notify_duplicate", order.duplicate_id, order, today, do)


def choose_duplicate(actor: Actor, key: str, order: ChoiceOrder, *, today: date) -> str:
    """Writes down which record the person keeps; `{"keep": …}`. Raises StepNotOpen, ChoiceNotOpen."""

    def do(duplicate: DuplicateEnrolment, people: dict[int, Person]) -> object:
        _needs(duplicate, (DuplicateState.NOTIFIED, DuplicateState.CHOSEN), "通知本人之后才能确认或选择")
        _refuse(duplicate, order.keep not in (Keep.FIRST, Keep.SECOND), "请选定保留哪一条")
        written = order.document_no.strip()
        _refuse(duplicate, order.keep != duplicate.keep and not written, "本人另行选择的，请写明书面声明编号")
        if duplicate.case != DuplicateCase.NONE:
            given = json.loads(duplicate.facts)
            found = judged(duplicate.county_code, given, order.done_on, statement=order.keep)
            if found.keep != order.keep:
                raise ChoiceNotOpen(duplicate.pk, Keep(found.keep))
        duplicate.keep = order.keep
        return _stepped(actor, duplicate, DuplicateState.CHOSEN, order)

    return _upon(actor, key, "choose_duplicate", order.duplicate_id, order, today, do)


def close_duplicate(actor: Actor, key: str, order: StepOrder, *, today: date) -> str:
    """Closes the record that is not kept; `{"state", "effective_on"}`. What was settled on it stays.

    Raises NoSuchDuplicate, StepNotOpen, and the failures of `packs` where the area does not say when a stop takes effect.
    """

    def do(duplicate: DuplicateEnrolment, people: dict[int, Person]) -> object:
        _needs(duplicate, (DuplicateState.CHOSEN,), "本人确认或选择之后才能终止")
        ours = duplicate.keep == Keep.SECOND
        loser_id = duplicate.person_id if ours else duplicate.other_id
        if loser_id is None:
            _refuse(duplicate, not order.document_no.strip(), "请写明对方终止的回执编号")
            return _stepped(actor, duplicate, DuplicateState.CLOSED_THERE, order)
        effective_on = _stop(actor, people[loser_id], order, today)
        return {
            **_stepped(actor, duplicate, DuplicateState.CLOSED_HERE, order),
            "effective_on": effective_on,
        }

    return _upon(actor, key, "close_duplicate", order.duplicate_id, order, today, do)


def dismiss_duplicate(actor: Actor, key: str, order: StepOrder, *, today: date) -> str:
    """Writes down that it is no duplicate after all, and why. Raises NoSuchDuplicate, StepNotOpen."""

    def do(duplicate: DuplicateEnrolment, people: dict[int, Person]) -> object:
        _needs(duplicate, (DuplicateState.PROPOSED, DuplicateState.NOTIFIED), "已确认的不能再撤销")
        _refuse(duplicate, not order.reason.strip(), "请写明事由")
        return _stepped(actor, duplicate, DuplicateState.DISMISSED, order)

    return _upon(actor, key, "dismiss_duplicate", order.duplicate_id, order, today, do)


def locked_duplicate(actor: Actor, duplicate_id: int) -> tuple[DuplicateEnrolment, dict[int, Person]]:
    """A duplicate with its people, all locked, the people first; what is outside the area does not exist."""
    found = DuplicateEnrolment.objects.filter(pk=duplicate_id).first()
    if found is None:
        raise NoSuchDuplicate(duplicate_id)
    people = locked_people(p for p in (found.person_id, found.other_id) if p is not None)
    counties = {found.county_code, *(person.county_code for person in people.values())}
    if not all(actor.may(Matter.ENROLMENT_MATTER, Deed.DO, county) for county in counties):
        raise NoSuchDuplicate(duplicate_id)
    return DuplicateEnrolment.objects.select_for_update().get(pk=duplicate_id), people


def _upon(
    actor: Actor,
    key: str,
    action: str,
    duplicate_id: int,
    order: StepOrder | ChoiceOrder,
    today: date,
    do: Do,
) -> str:
    def locked() -> object:
        duplicate, people = locked_duplicate(actor, duplicate_id)
        _refuse(duplicate, order.done_on > today, "办理日期不得在今天之后")
        _refuse(duplicate, unfit(order.reason or "-", order.document_no), "事由或编号过长")
        return do(duplicate, people)

    return once(actor.name, key, action, order, locked)


def _stepped(
    actor: Actor, duplicate: DuplicateEnrolment, state: DuplicateState, order: StepOrder | ChoiceOrder
) -> dict[str, object]:
    step_within(actor, duplicate, state, order.done_on, document_no=order.document_no, reason=order.reason)
    return {"duplicate_id": duplicate.pk, "state": int(state), "keep": int(duplicate.keep)}


def _stop(actor: Actor, person: Person, order: StepOrder, today: date) -> str:
    """Stops the record that is not kept; "" where it had stopped already."""
    if person.state not in ENROLLED:
        return ""
    area = policies().area(person.county_code)
    entry = area.entry("enrolment", "life_cycle", order.done_on)
    stopped = LifeOrder(
        person_id=person.pk,
        happened_on=order.done_on,
        reason=order.reason or f"重复参保 {order.duplicate_id}",
        document_no=order.document_no,
        cause=StopCause.DUPLICATE_CLOSED,
    )
    found = stop_within(actor, person, stopped, params(LifeCycleParams, entry, area), today=today)
    return found["effective_on"]


def _needs(duplicate: DuplicateEnrolment, states: tuple[DuplicateState, ...], words: str) -> None:
    _refuse(duplicate, duplicate.state not in states, words)


def _refuse(duplicate: DuplicateEnrolment, wrong: bool, words: str) -> None:
    if wrong:
        raise StepNotOpen(duplicate.pk, DuplicateState(duplicate.state), words)
