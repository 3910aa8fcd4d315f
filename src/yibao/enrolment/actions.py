"""What changes enrolment (参保业务): register, change, suspend, resume, stop, certify, cover.

Each is one transaction under the caller's key: it asks for the right, locks the person, writes what changes, the event with
reason and actor, and the audit. Whatever a person's facts decide is decided while the person's row is locked.

carries_out: ENR-01
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from yibao.enrolment.checks import (
    change_problems,
    document_problems,
    recognition_problems,
    registration_problems,
)
from yibao.enrolment.documents import take_document
from yibao.enrolment.failures import (
    CoverageOverlaps,
    EventNotAllowed,
    FactsWrong,
    NoSuchHousehold,
    NoSuchPerson,
    NothingToResume,
    StaleEdit,
)
from yibao.enrolment.models import Address, CategoryTag, Coverage, Event, Household, Person
from yibao.enrolment.orders import (
    Change,
    Cover,
    CoverOrder,
    LifeOrder,
    NewDocument,
    Place,
    Recognition,
    Registration,
)
from yibao.enrolment.params import LifeCycleParams
from yibao.enrolment.rules.life_cycle import LifeCycle, life_cycle
from yibao.enrolment.terms import EnrolmentState, LifeEvent, StopCause
from yibao.kernel.days import day_number, day_of
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import canonical, once
from yibao.rights.terms import Deed, Matter

ONE_DAY = timedelta(days=1)


def register(actor: Actor, key: str, order: Registration, *, today: date) -> str:
    """Registers a person; `{"person_id": …}`. Raises NotAllowed, KeyReused and the failures of enrolment."""

    def do() -> dict[str, int]:
        actor.require(Matter.ENROLMENT_MATTER, Deed.DO, order.county_code)
        _refuse(registration_problems(order, today))
        person = Person.objects.create(
            household=_household(order),
            name=order.name,
            sex=order.sex,
            born_on=order.born_on,
            county_code=order.county_code,
            state=EnrolmentState.ACTIVE,
        )
        for document in order.documents:
            take_document(person, document)
        Address.objects.bulk_create(_address(person, place) for place in order.addresses)
        for cover in order.covers:
            _give_cover(person, cover)
        record_event(actor, person, LifeEvent.REGISTER, "register", order, after=_facts(person))
        return {"person_id": person.pk}

    return once(actor.name, key, "register", order, do)


def change(actor: Actor, key: str, order: Change, *, today: date) -> str:
    """Changes facts of a person that are not older than the officer saw; `{"version": …}`. Raises StaleEdit and others."""

    def do(person: Person) -> dict[str, int]:
        if person.version != order.version:
            raise StaleEdit(person.pk, order.version, person.version)
        _refuse(change_problems(order, person.born_on, person.died_on, today))
        _refuse_event(person, LifeEvent.CHANGE)
        before = _facts(person)
        for name in ("name", "sex", "born_on", "county_code"):
            value = getattr(order, name)
            if value is not None:
                setattr(person, name, value)
        actor.require(Matter.ENROLMENT_MATTER, Deed.DO, person.county_code)
        if order.address is not None:
            _move(person, order.address)
        _save(person)
        record_event(actor, person, LifeEvent.CHANGE, "change", order, before=before, after=_facts(person))
        return {"version": person.version}

    return _upon(actor, key, "change", order.person_id, order, do)


def identify(actor: Actor, key: str, order: NewDocument, *, today: date) -> str:
    """Takes one more document of a person, such as the identity number of a newborn; `{"version": …}`.

    The documents on file stay, so that the birth certificate still leads to the same person. Raises IdentityTaken, FactsWrong.
    """

    def do(person: Person) -> dict[str, int]:
        _refuse_event(person, LifeEvent.CHANGE)
        _refuse(document_problems(order, person.born_on, person.sex, today))
        take_document(person, order.document)
        _save(person)
        record_event(actor, person, LifeEvent.CHANGE, "identify", order, after={"kind": order.document.kind})
        return {"version": person.version}

    return _upon(actor, key, "identify", order.person_id, order, do)


def register_again(actor: Actor, key: str, order: LifeOrder, params: LifeCycleParams, *, today: date) -> str:
    """Registers a person anew whose enrolment was stopped (重新参保登记); raises EventNotAllowed in any other state."""

    def do(person: Person) -> dict[str, str]:
        if person.died_on is not None:
            raise EventNotAllowed(person.pk, person.state, LifeEvent.REGISTER)
        reached = _reached(person, LifeEvent.REGISTER, order, params, today)
        return _entered(actor, person, LifeEvent.REGISTER, "register_again", order, reached)

    return _upon(actor, key, "register_again", order.person_id, order, do)


def suspend(actor: Actor, key: str, order: LifeOrder, params: LifeCycleParams, *, today: date) -> str:
    """Suspends an enrolment (停保): coverage ends the day before it takes effect."""

    def do(person: Person) -> dict[str, str]:
        return suspend_within(actor, person, order, params, today=today)

    return _upon(actor, key, "suspend", order.person_id, order, do)


def suspend_within(
    actor: Actor, person: Person, order: LifeOrder, params: LifeCycleParams, *, today: date
) -> dict[str, str]:
    """Suspends a locked person as part of a journey that has asked for its own right."""
    reached = _reached(person, LifeEvent.SUSPEND, order, params, today)
    _end_cover(person, day_of(reached.from_day) - ONE_DAY)
    return _entered(actor, person, LifeEvent.SUSPEND, "suspend", order, reached)


def resume(actor: Actor, key: str, order: LifeOrder, params: LifeCycleParams, *, today: date) -> str:
    """Resumes a suspended enrolment (续保): covered again up to the end that was planned. Raises NothingToResume."""

    def do(person: Person) -> dict[str, str]:
        reached = _reached(person, LifeEvent.RESUME, order, params, today)
        first_day = day_of(reached.from_day)
        last = person.coverages.order_by("-planned_last_day", "-id").first()
        if last is None or last.planned_last_day < first_day:
            raise NothingToResume(person.pk, first_day)
        names = ("benefit_year", "area_code", "scheme", "waiting_last_day", "group", "tier")
        kept: dict[str, Any] = {name: getattr(last, name) for name in names}
        _give_cover(person, Cover(first_day=first_day, last_day=last.planned_last_day, **kept))
        return _entered(actor, person, LifeEvent.RESUME, "resume", order, reached)

    return _upon(actor, key, "resume", order.person_id, order, do)


def stop(actor: Actor, key: str, order: LifeOrder, params: LifeCycleParams, *, today: date) -> str:
    """Stops an enrolment (终止参保); a death ends cover after its own day, and the day is kept."""

    def do(person: Person) -> dict[str, str]:
        return stop_within(actor, person, order, params, today=today)

    return _upon(actor, key, "stop", order.person_id, order, do)


def stop_within(
    actor: Actor, person: Person, order: LifeOrder, params: LifeCycleParams, *, today: date
) -> dict[str, str]:
    """Stops a locked person as part of a journey that has asked for its own right."""
    reached = _reached(person, LifeEvent.STOP, order, params, today)
    if order.cause == StopCause.DIED:
        person.died_on = order.happened_on
    _end_cover(person, day_of(reached.from_day) - ONE_DAY)
    return _entered(actor, person, LifeEvent.STOP, "stop", order, reached)


def recognise_category(actor: Actor, key: str, order: Recognition, *, today: date) -> str:
    """Records that a department certifies a person as of a category; `{"tag_id": …}`."""

    def do(person: Person) -> dict[str, int]:
        return {"tag_id": recognise_within(actor, person, order, today=today)}

    return _upon(actor, key, "recognise_category", order.person_id, order, do)


def recognise_within(actor: Actor, person: Person, order: Recognition, *, today: date) -> int:
    """Certifies a locked person as part of a journey that has asked for its own right; the tag's id."""
    _refuse(recognition_problems(order, person.born_on, today))
    fields = asdict(order)
    del fields["reason"]
    tag = CategoryTag.objects.create(**fields, recorded_at=timezone.now())
    record_event(
        actor,
        person,
        LifeEvent.CHANGE,
        "recognise_category",
        order,
        effective_on=order.first_day,
        after={"category": order.category, "first_day": order.first_day, "last_day": order.last_day},
    )
    return int(tag.pk)


def take_in_within(
    actor: Actor, person: Person, county_code: str, order: LifeOrder, params: LifeCycleParams, *, today: date
) -> None:
    """Registers a locked person here who has left another area, as part of a transfer. Raises EventNotAllowed."""
    before = _facts(person)
    reached = _reached(person, LifeEvent.REGISTER, order, params, today)
    person.county_code, person.state = county_code, reached.state
    _save(person)
    effective_on = day_of(reached.from_day)
    after = _facts(person)
    record_event(
        actor,
        person,
        LifeEvent.REGISTER,
        "take_in",
        order,
        effective_on=effective_on,
        before=before,
        after=after,
    )


def cover(actor: Actor, key: str, order: CoverOrder) -> str:
    """Gives a registered person a coverage; `{"coverage_id": …}`. Raises CoverageOverlaps."""

    def do(person: Person) -> dict[str, int]:
        return {"coverage_id": cover_within(actor, person, order)}

    return _upon(actor, key, "cover", order.person_id, order, do)


def cover_within(actor: Actor, person: Person, order: CoverOrder) -> int:
    """Gives a locked person a coverage as part of a journey that has asked for its own right; the coverage's id."""
    _refuse_event(person, LifeEvent.CHANGE)
    given = _give_cover(person, order.cover)
    record_event(actor, person, LifeEvent.CHANGE, "cover", order, after=asdict(order.cover))
    return int(given.pk)


def uncover_within(actor: Actor, person: Person, coverage_id: int, order: CoverOrder) -> None:
    """Takes a coverage back as part of a journey, its payment having been given back."""
    Coverage.objects.filter(pk=coverage_id, person=person).update(void=True)
    record_event(actor, person, LifeEvent.CHANGE, "uncover", order, before=asdict(order.cover))


def _upon(
    actor: Actor, key: str, action: str, person_id: int, order: object, do: Callable[[Person], object]
) -> str:
    """Does something to a person whose row is locked, once under a key."""

    def locked() -> object:
        person = Person.objects.select_for_update().filter(pk=person_id).first()
        if person is None or not actor.may(Matter.ENROLMENT_MATTER, Deed.DO, person.county_code):
            raise NoSuchPerson(person_id)
        return do(person)

    return once(actor.name, key, action, order, locked)


def _reached(
    person: Person, event: LifeEvent, order: LifeOrder, params: LifeCycleParams, today: date
) -> LifeCycle:
    problems = [] if order.happened_on <= today else [f"发生日期 {order.happened_on} 在今天之后"]
    if order.happened_on < person.born_on:
        problems.append(f"发生日期 {order.happened_on} 在出生之前")
    _refuse(problems)
    reached = life_cycle(
        params,
        state=person.state,
        event=event,
        died=int(order.cause == StopCause.DIED),
        day=day_number(order.happened_on),
    )
    if reached.allowed == 0:
        raise EventNotAllowed(person.pk, person.state, event)
    return reached


def _entered(
    actor: Actor, person: Person, event: LifeEvent, action: str, order: LifeOrder, reached: LifeCycle
) -> dict[str, str]:
    """The person in the new state, and what is answered."""
    before = {"state": person.state}
    person.state = reached.state
    _save(person)
    effective_on = day_of(reached.from_day)
    after = {"state": person.state, "cause": order.cause}
    record_event(actor, person, event, action, order, effective_on=effective_on, before=before, after=after)
    return {"effective_on": effective_on.isoformat()}


def _refuse_event(person: Person, event: LifeEvent) -> None:
    if person.state not in (EnrolmentState.ACTIVE, EnrolmentState.SUSPENDED):
        raise EventNotAllowed(person.pk, person.state, event)


def _refuse(problems: list[str]) -> None:
    if problems:
        raise FactsWrong(problems)


def _household(order: Registration) -> Household:
    if order.household_id is None:
        return Household.objects.create(division_code=order.county_code)
    found = Household.objects.filter(pk=order.household_id).first()
    if found is None:
        raise NoSuchHousehold(order.household_id)
    return found


def _address(person: Person, place: Place) -> Address:
    return Address(
        person=person,
        kind=place.kind,
        division_code=place.division_code,
        text=place.text,
        first_day=place.first_day,
    )


def _move(person: Person, place: Place) -> None:
    standing = person.addresses.filter(kind=place.kind, last_day=None, first_day__lt=place.first_day)
    standing.update(last_day=place.first_day - ONE_DAY)
    _address(person, place).save()


def _give_cover(person: Person, given: Cover) -> Coverage:
    try:
        with transaction.atomic():
            return Coverage.objects.create(person=person, planned_last_day=given.last_day, **asdict(given))  # type: ignore[no-any-return]
    except IntegrityError as refused:
        if "enrolment_coverage_once" not in str(refused):
            raise
        raise CoverageOverlaps(person.pk, given.first_day, given.last_day) from None


def _end_cover(person: Person, last_day: date) -> None:
    """No day of cover after a day: what begins later is void, what runs over it is cut."""
    standing = Coverage.objects.filter(person=person, void=False)
    standing.filter(first_day__gt=last_day).update(void=True)
    standing.filter(Q(first_day__lte=last_day) & Q(last_day__gt=last_day)).update(last_day=last_day)


def _save(person: Person) -> None:
    person.version += 1
    person.save()


def _facts(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in ("name", "sex", "born_on", "county_code", "state")}


def record_event(
    actor: Actor,
    person: Person,
    event: LifeEvent,
    action: str,
    order: Registration | Change | LifeOrder | Recognition | CoverOrder | NewDocument,
    *,
    effective_on: date | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Writes what happened to a person, with the audit record of it; a part of every change of enrolment."""
    happened_on = order.first_day if isinstance(order, Recognition) else order.happened_on
    Event.objects.create(
        person=person,
        event=event,
        action=action,
        happened_on=happened_on,
        effective_on=effective_on or happened_on,
        reason=order.reason,
        document_no=order.document_no,
        actor=actor.name,
        recorded_at=timezone.now(),
        before=canonical(before) if before else "",
        after=canonical(after) if after else "",
    )
    note(actor, action, person.county_code, f"person:{person.pk}", order.document_no, event=int(event))
