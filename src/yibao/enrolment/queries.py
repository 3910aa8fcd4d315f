"""What only looks at enrolment (参保查询). Whoever looks at a person is written down; lists hold nobody outside the area."""

from datetime import date
from typing import Any

from django.db.models import Q

from yibao.enrolment.failures import NoSuchPerson
from yibao.enrolment.models import CategoryTag, Coverage, Event, Person
from yibao.enrolment.terms import IdentityKind, Scheme
from yibao.rights.actors import Actor
from yibao.rights.areas import rows_inside
from yibao.rights.audit import note
from yibao.rights.terms import Matter


def people(actor: Actor) -> Any:
    """The people an actor may look at, as a query: the area filter is applied here and nowhere else."""
    return rows_inside(Person.objects, actor.areas_of(Matter.ENROLMENT_MATTER), "county_code")


def person_of(actor: Actor, person_id: int, *, reason: str) -> Person:
    """One person, and a record that the actor looked. Raises NoSuchPerson, also where the person is outside the area."""
    person = people(actor).filter(pk=person_id).first()
    if person is None:
        raise NoSuchPerson(person_id)
    note(actor, "look_at_person", person.county_code, f"person:{person_id}", reason)
    return person  # type: ignore[no-any-return]


def person_with(
    actor: Actor, number: str, *, reason: str, kind: IdentityKind = IdentityKind.IDENTITY_NUMBER
) -> Person | None:
    """The person that a document identifies, and a record that the actor looked; None where there is none in the area."""
    found = people(actor).filter(identities__kind=kind, identities__number=number.upper()).first()
    if found is not None:
        note(actor, "look_at_person", found.county_code, f"person:{found.pk}", reason)
    return found  # type: ignore[no-any-return]


def history_of(actor: Actor, person_id: int, *, reason: str) -> list[Event]:
    """What happened to a person's enrolment, in order; looking is written down."""
    person_of(actor, person_id, reason=reason)
    return list(Event.objects.filter(person_id=person_id).order_by("id"))


def coverage_on(person_id: int, day: date, *, scheme: Scheme = Scheme.RESIDENT) -> Coverage | None:
    """The coverage of a person on a day; None where there is none."""
    return Coverage.objects.filter(
        person_id=person_id, scheme=scheme, void=False, first_day__lte=day, last_day__gte=day
    ).first()  # type: ignore[no-any-return]


def category_tags_on(person_id: int, day: date) -> int:
    """The categories that a person is certified as on a day, bit n for Category n."""
    held = CategoryTag.objects.filter(
        Q(last_day=None) | Q(last_day__gte=day), person_id=person_id, first_day__lte=day
    )
    tags = 0
    for category in held.values_list("category", flat=True):
        tags |= 1 << category
    return tags
