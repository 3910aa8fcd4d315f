"""Whether a stay outside the area is settled directly (异地就医直接结算): by what was filed, and when.

Filed before, or made up before the bill is settled at discharge, it is settled directly at the rates of the filing. Who has
paid the whole bill and files afterwards claims by hand. Nothing is changed by asking.

carries_out: SVC-05
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from yibao.benefits.models import Filing
from yibao.benefits.terms import CarePath, FilingKind
from yibao.enrolment.failures import NoSuchPerson
from yibao.enrolment.models import Person
from yibao.journeys.settlement.facts import FILED_PATHS
from yibao.packs.entries import NoSuchEntry, NotOnFile
from yibao.packs.policies import Area, policies
from yibao.rights.actors import Actor
from yibao.rights.areas import covers
from yibao.rights.audit import note
from yibao.rights.terms import Deed, Matter
from yibao.settlement.terms import OutsideWay


@dataclass(frozen=True)
class StayOutside:
    """A stay at a place outside; `self_paid` where the person has paid the whole bill at discharge."""

    person_id: int
    at_code: str
    discharged_on: date
    asked_on: date
    self_paid: bool = False


@dataclass(frozen=True)
class DirectAnswer:
    """How a stay is settled, as what kind of care, and the filing that says so."""

    way: OutsideWay
    path: CarePath
    filing_id: int | None


def direct_settlement(actor: Actor, order: StayOutside) -> DirectAnswer:
    """How a stay outside is settled as things stand; looking is written down.

    Raises NoSuchPerson, and NotOnFile or NoSuchEntry where the area has no rule for who has paid already.
    """
    person = Person.objects.filter(pk=order.person_id).first()
    if person is None or not actor.may(Matter.SETTLEMENT_MATTER, Deed.DO, person.county_code):
        raise NoSuchPerson(order.person_id)
    note(actor, "ask_direct_settlement", person.county_code, f"person:{person.pk}")
    area = policies().area(person.county_code)
    filing = _best(person, order)
    path = CarePath.UNFILED if filing is None else FILED_PATHS[FilingKind(filing.kind)]
    filing_id = None if filing is None else filing.pk
    if order.self_paid:
        by_hand = area.entry("public_services", "filing_after_self_paid", order.discharged_on)
        assert by_hand.values["claimed_by_hand"], "the one way there is for who has paid"
        return DirectAnswer(OutsideWay.BY_HAND, path, filing_id)
    if filing is not None:
        return DirectAnswer(OutsideWay.SETTLED_DIRECTLY, path, filing_id)
    way = OutsideWay.FILE_FIRST if _may_be_made_up(area, order.discharged_on) else OutsideWay.BY_HAND
    return DirectAnswer(way, path, None)


def _best(person: Person, order: StayOutside) -> Filing | None:
    """The filing that counts on the day of discharge, among those made by the day it is asked."""
    day = order.discharged_on
    held = Filing.objects.filter(
        Q(last_day=None) | Q(last_day__gte=day),
        person=person,
        first_day__lte=day,
        filed_on__lte=order.asked_on,
    ).exclude(ending__void=True)
    there = [filing for filing in held if covers(filing.to_code, order.at_code)]
    return min(there, key=lambda filing: (filing.kind, filing.pk), default=None)


def _may_be_made_up(area: Area, day: date) -> bool:
    try:
        entry = area.entry("public_services", "late_filing", day)
    except (NotOnFile, NoSuchEntry):
        return False
    return bool(entry.values["before_discharge_settlement"])
