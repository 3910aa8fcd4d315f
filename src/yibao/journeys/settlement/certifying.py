"""Certifying a disease and choosing an institution (病种认定、首诊与签约): what later settlements ask about a person."""

from dataclasses import dataclass
from datetime import date

from yibao.benefits.models import Attachment, Certification
from yibao.benefits.terms import AttachmentKind, VisitKind
from yibao.engine.terms import CHRONIC_SLOTS
from yibao.enrolment.failures import NoSuchPerson
from yibao.enrolment.models import Person
from yibao.payment.models import Institution
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter


@dataclass(frozen=True)
class Certify:
    """A person to be certified for a disease from a day on. `kind` is CHRONIC or TWO_DISEASES."""

    person_id: int
    kind: VisitKind
    disease_code: str
    first_day: date
    last_day: date | None
    reason: str


@dataclass(frozen=True)
class Attach:
    """An institution that a person chooses or signs with from a day on; a family doctor may be without one."""

    person_id: int
    kind: AttachmentKind
    institution_code: str
    first_day: date
    last_day: date | None
    reason: str


class NotCertified(ValueError):
    """A certification or a choice that cannot be recorded; nothing was changed."""


def certify(actor: Actor, key: str, order: Certify) -> str:
    """Certifies a person for a disease; `{"slot": …}`. Raises NotCertified, NoSuchPerson.

    A disease keeps its slot when it is certified again, so that what was used of its quota in the year goes on.
    """

    def do() -> dict[str, int]:
        person = _locked(actor, order.person_id)
        if order.last_day is not None and order.last_day < order.first_day:
            raise NotCertified(f"认定终止日 {order.last_day} 早于起始日；请改正 (ends before it begins)")
        slot = _slot(person, order) if order.kind is VisitKind.CHRONIC else 0
        row = Certification.objects.create(
            person=person,
            kind=order.kind,
            disease_code=order.disease_code,
            slot=slot,
            first_day=order.first_day,
            last_day=order.last_day,
        )
        note(actor, "certify", person.county_code, f"person:{person.pk}", order.reason, certification=row.pk)
        return {"slot": slot}

    return once(actor.name, key, "certify", order, do)


def attach(actor: Actor, key: str, order: Attach) -> str:
    """Records the institution that a person chose or signed with. Raises NotCertified, NoSuchPerson."""

    def do() -> dict[str, int]:
        person = _locked(actor, order.person_id)
        institution = Institution.objects.filter(code=order.institution_code).first()
        if institution is None and (order.institution_code or order.kind is AttachmentKind.FIRST_CHOICE):
            raise NotCertified(f"没有机构 {order.institution_code}；请核对机构代码 (no such institution)")
        row = Attachment.objects.create(
            person=person,
            kind=order.kind,
            institution=institution,
            first_day=order.first_day,
            last_day=order.last_day,
        )
        note(actor, "attach", person.county_code, f"person:{person.pk}", order.reason, attachment=row.pk)
        return {"attachment_id": row.pk}

    return once(actor.name, key, "attach", order, do)


def _slot(person: Person, order: Certify) -> int:
    held = Certification.objects.filter(person=person, kind=VisitKind.CHRONIC)
    slots = dict(held.order_by("id").values_list("disease_code", "slot"))
    if order.disease_code in slots:
        return int(slots[order.disease_code])
    free = set(range(CHRONIC_SLOTS)) - set(slots.values())
    if not free:
        raise NotCertified(
            f"人员 {person.pk} 已认定 {CHRONIC_SLOTS} 个慢特病病种，不能再加；请核对认定记录 (no slot is free)"
        )
    return min(free)


def _locked(actor: Actor, person_id: int) -> Person:
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None or not actor.may(Matter.SETTLEMENT_MATTER, Deed.DO, person.county_code):
        raise NoSuchPerson(person_id)
    return person  # type: ignore[no-any-return]
