"""People over the interface (人员): look, find, register, change, certify. An identity number travels in bodies alone."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Body, Router, Schema

from yibao.enrolment.actions import change, recognise_category, register
from yibao.enrolment.failures import NoSuchDocument
from yibao.enrolment.models import Coverage, Person
from yibao.enrolment.orders import Change, Document, LifeOrder, Place, Recognition, Registration
from yibao.enrolment.queries import history_of, people, person_of, person_with
from yibao.enrolment.terms import Department, IdentityKind, LifeEvent, StopCause
from yibao.journeys.enrolment.living import live
from yibao.rights.audit import note
from yibao.rights.requests import canonical
from yibao.web.api.answers import day, failures, kept, page
from yibao.web.api.asking import After, Key, Limit, Number, Reason, actor_of_request

router = Router(tags=["人员 people"])
NATION = "000000"


@dataclass(frozen=True)
class PersonBody:
    """A person to be registered; cover comes from a bill and its payment."""

    name: str
    sex: int
    born_on: date
    county_code: str
    documents: tuple[Document, ...]
    happened_on: date
    reason: str
    addresses: tuple[Place, ...] = ()
    household_id: int | None = None
    document_no: str = ""


@dataclass(frozen=True)
class ChangeBody:
    """Facts to be changed; null leaves a fact as it is, `version` is the one that was read."""

    version: int
    happened_on: date
    reason: str
    name: str | None = None
    sex: int | None = None
    born_on: date | None = None
    county_code: str | None = None
    address: Place | None = None
    document_no: str = ""


@dataclass(frozen=True)
class CategoryBody:
    """A department's certification of a person as of a category."""

    category: int
    certified_by: Department
    first_day: date
    reason: str
    last_day: date | None = None
    document_no: str = ""


@dataclass(frozen=True)
class FindBody:
    """A document by which a person is looked for, and why."""

    number: str
    reason: str
    kind: IdentityKind = IdentityKind.IDENTITY_NUMBER


@dataclass(frozen=True)
class LifeBody:
    """A suspension, resumption or stop of an enrolment; `cause` is why it is stopped."""

    happened_on: date
    reason: str
    document_no: str = ""
    cause: StopCause = StopCause.ASKED


class PersonShown(Schema):
    """A person; `state` is an EnrolmentState, `version` what a change is asked with."""

    person_id: int
    name: str
    sex: int
    born_on: date
    died_on: date | None
    county_code: str
    state: int
    version: int


class PeoplePage(Schema):
    """One page of people."""

    items: list[PersonShown]
    next_after: int | None


class CoverageShown(Schema):
    """Days on which a person is covered, both inside."""

    coverage_id: int
    scheme: int
    benefit_year: int
    first_day: date
    last_day: date
    waiting_last_day: date | None


class EventShown(Schema):
    """Something that happened to an enrolment."""

    event_id: int
    action: str
    happened_on: date
    effective_on: date
    reason: str
    actor: str


class PersonMade(Schema):
    """The number of a new person."""

    person_id: int


class Changed(Schema):
    """The version after a change."""

    version: int


class Reached(Schema):
    """From which day an event holds."""

    effective_on: date


class Recognised(Schema):
    """The number of a certification."""

    tag_id: int


@router.get("", response={200: PeoplePage, **failures()}, summary="管辖地区内的人员 (people of the area)")
def people_page(request: HttpRequest, after: After = 0, limit: Limit = 50) -> HttpResponse:
    """People in order of number; that the page was looked at is written down."""
    actor = actor_of_request(request)
    note(actor, "look_at_people", NATION, f"people:{after}", limit=limit)
    return page(people(actor), after, limit, _shown)


@router.post("/find", response={200: PersonShown, **failures(404)}, summary="按证件查找 (by a document)")
def found(request: HttpRequest, order: Annotated[FindBody, Body()]) -> HttpResponse:
    """The person whom a document identifies; looking is written down."""
    actor = actor_of_request(request)
    person = person_with(actor, order.number, reason=order.reason, kind=order.kind)
    if person is None:
        raise NoSuchDocument
    return kept(canonical(_shown(person)))


@router.post("", response={200: PersonMade, **failures(404)}, summary="参保登记 (register)")
def registered(request: HttpRequest, key: Key, order: Annotated[PersonBody, Body()]) -> HttpResponse:
    """Registers a person."""
    asked = Registration(**vars(order))
    return kept(register(actor_of_request(request), key, asked, today=timezone.localdate()))


@router.get("/{person_id}", response={200: PersonShown, **failures(404)}, summary="一个人 (one person)")
def one_person(request: HttpRequest, person_id: Number, reason: Reason) -> HttpResponse:
    """One person; looking is written down with its reason."""
    person = person_of(actor_of_request(request), person_id, reason=unquote(reason))
    return kept(canonical(_shown(person)))


@router.get(
    "/{person_id}/coverages",
    response={200: list[CoverageShown], **failures(404)},
    summary="参保期 (coverages)",
)
def coverages(request: HttpRequest, person_id: Number, reason: Reason) -> HttpResponse:
    """The days on which a person is covered."""
    person = person_of(actor_of_request(request), person_id, reason=unquote(reason))
    rows = Coverage.objects.filter(person=person, void=False).order_by("first_day")
    return kept(canonical([_coverage(row) for row in rows]))


@router.get(
    "/{person_id}/history", response={200: list[EventShown], **failures(404)}, summary="业务记录 (history)"
)
def history(request: HttpRequest, person_id: Number, reason: Reason) -> HttpResponse:
    """What happened to a person's enrolment, in order."""
    rows = history_of(actor_of_request(request), person_id, reason=unquote(reason))
    return kept(canonical([_event(row) for row in rows]))


@router.post("/{person_id}/change", response={200: Changed, **failures(404)}, summary="参保变更 (change)")
def changed(
    request: HttpRequest, person_id: Number, key: Key, order: Annotated[ChangeBody, Body()]
) -> HttpResponse:
    """Changes facts of a person that are not older than the caller saw."""
    asked = Change(person_id=person_id, **vars(order))
    return kept(change(actor_of_request(request), key, asked, today=timezone.localdate()))


@router.post(
    "/{person_id}/categories", response={200: Recognised, **failures(404)}, summary="身份类别认定 (certify)"
)
def recognised(
    request: HttpRequest, person_id: Number, key: Key, order: Annotated[CategoryBody, Body()]
) -> HttpResponse:
    """Records that a department certifies a person as of a category."""
    asked = Recognition(person_id=person_id, **vars(order))
    return kept(recognise_category(actor_of_request(request), key, asked, today=timezone.localdate()))


@router.post(
    "/{person_id}/{event}",
    response={200: Reached, **failures(404)},
    summary="停保、续保、终止 (suspend, resume, stop)",
)
def lived(
    request: HttpRequest,
    person_id: Number,
    event: Literal["suspend", "resume", "stop"],
    key: Key,
    order: Annotated[LifeBody, Body()],
) -> HttpResponse:
    """Suspends, resumes or stops an enrolment by the entry of the person's area."""
    asked = LifeOrder(person_id=person_id, **vars(order))
    actor, happened = actor_of_request(request), LifeEvent[event.upper()]
    return kept(live(actor, key, happened, asked, today=timezone.localdate()))


def _shown(person: Person) -> dict[str, Any]:
    return {
        "person_id": person.pk,
        "name": person.name,
        "sex": person.sex,
        "born_on": day(person.born_on),
        "died_on": day(person.died_on),
        "county_code": person.county_code,
        "state": person.state,
        "version": person.version,
    }


def _coverage(row: Coverage) -> dict[str, Any]:
    return {
        "coverage_id": row.pk,
        "scheme": row.scheme,
        "benefit_year": row.benefit_year,
        "first_day": day(row.first_day),
        "last_day": day(row.last_day),
        "waiting_last_day": day(row.waiting_last_day),
    }


def _event(row: Any) -> dict[str, Any]:
    return {
        "event_id": row.pk,
        "action": row.action,
        "happened_on": day(row.happened_on),
        "effective_on": day(row.effective_on),
        "reason": row.reason,
        "actor": row.actor,
    }
