"""Ending and changing a filing (备案取消、变更): from a day that is yet to come, so that what was settled stays as it is.

A filing that has not begun is void; one that has begun keeps its days up to the last. Who lives outside may change or cancel
only so many months after the filing, as the area's entry says; temporary ones may be ended at any time.

carries_out: SVC-04
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from yibao.benefits.models import Filing
from yibao.benefits.terms import FilingKind
from yibao.enrolment.failures import NoSuchPerson
from yibao.enrolment.models import Person
from yibao.enrolment.rules.months import months_later
from yibao.journeys.settlement.filing import FileOrder, NotFiled, file_within, locked
from yibao.kernel.days import day_number, day_of
from yibao.packs.policies import policies
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Matter
from yibao.settlement.models import FilingEnd

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class EndFiling:
    """A filing to be ended: its last day, which is not before the day it is asked for."""

    filing_id: int
    last_day: date
    ended_on: date
    reason: str


@dataclass(frozen=True)
class ChangeFiling:
    """A filing to be changed to another place from a day on; the kind stays."""

    filing_id: int
    to_code: str
    first_day: date
    ended_on: date
    reason: str


class NoSuchFiling(NotFiled):
    """A filing that is not there, not where the actor may act, or ended already."""

    def __init__(self, filing_id: int) -> None:
        super().__init__(f"没有备案 {filing_id}，或不在您的管辖地区，或已终止；请核对编号 (no such filing)")


def end_filing(actor: Actor, key: str, order: EndFiling) -> str:
    """Ends a filing; `{"filing_id", "last_day"}`, no last day where none of it is left. Raises NoSuchFiling, NotFiled."""

    def do() -> dict[str, object]:
        filing, person = _held(actor, order.filing_id)
        _refuse(filing, person, order.last_day, order.ended_on)
        last_day = _ended(actor, filing, None, order.last_day, order.ended_on, order.reason)
        subject = f"person:{person.pk}"
        note(actor, "end_filing", person.county_code, subject, order.reason, filing=filing.pk)
        return {"filing_id": filing.pk, "last_day": last_day}

    return once(actor.name, key, "end_filing", order, do)


def change_filing(actor: Actor, key: str, order: ChangeFiling) -> str:
    """Ends a filing the day before another begins; `{"filing_id", "last_day"}` of the new one. Raises as `end_filing`."""

    def do() -> dict[str, object]:
        filing, person = _held(actor, order.filing_id)
        last_day = order.first_day - ONE_DAY
        _refuse(filing, person, last_day, order.ended_on, changing=True)
        told = FileOrder(
            person.pk, FilingKind(filing.kind), order.to_code, order.first_day, order.ended_on, order.reason
        )
        row = file_within(actor, person, told)
        _ended(actor, filing, row, last_day, order.ended_on, order.reason)
        subject = f"person:{person.pk}"
        note(actor, "change_filing", person.county_code, subject, order.reason, filing=filing.pk, to=row.pk)
        return {"filing_id": row.pk, "last_day": row.last_day}

    return once(actor.name, key, "change_filing", order, do)


def _held(actor: Actor, filing_id: int) -> tuple[Filing, Person]:
    """A filing that was not ended, its person locked. Raises NoSuchFiling."""
    owner = Filing.objects.filter(pk=filing_id).values_list("person_id", flat=True).first()
    if owner is None:
        raise NoSuchFiling(filing_id)
    try:
        person = locked(actor, owner, Matter.ENROLMENT_MATTER)
    except NoSuchPerson:
        raise NoSuchFiling(filing_id) from None
    if FilingEnd.objects.filter(filing_id=filing_id).exists():
        raise NoSuchFiling(filing_id)
    return Filing.objects.get(pk=filing_id), person


def _refuse(
    filing: Filing, person: Person, last_day: date, ended_on: date, *, changing: bool = False
) -> None:
    """Raises NotFiled where a filing may not end on a day that is asked for on another."""
    earliest = ended_on - ONE_DAY if changing else ended_on
    begun = filing.first_day <= ended_on
    if begun and last_day < earliest:
        raise NotFiled(f"终止日 {last_day} 早于办理日，已发生的就医不受影响；请改正 (reaches back)")
    if filing.last_day is not None and last_day >= filing.last_day:
        raise NotFiled(f"备案 {filing.pk} 到 {filing.last_day} 自行到期，不必终止 (ends by itself)")
    if filing.kind != FilingKind.LIVES_OUTSIDE:
        return
    area = policies().area(person.county_code)
    months = int(area.entry("public_services", "long_term_filing", ended_on).values["change_after_months"])
    first_allowed = day_of(months_later(day=day_number(filing.filed_on), months=months))
    if ended_on < first_allowed:
        why = f"备案 {filing.pk} 于 {filing.filed_on} 办理，满 {months} 个月（{first_allowed}）起可变更或取消"
        raise NotFiled(f"{why}；未作任何更改 (too early to change)")


def _ended(
    actor: Actor, filing: Filing, following: Filing | None, last_day: date, ended_on: date, reason: str
) -> date | None:
    void = last_day < filing.first_day
    FilingEnd.objects.create(
        filing=filing,
        followed_by=following,
        void=void,
        ended_on=ended_on,
        reason=reason,
        actor=actor.name,
        recorded_at=timezone.now(),
    )
    if void:
        return None
    filing.last_day = last_day
    filing.save(update_fields=["last_day"])
    return last_day
