"""Reversing a settlement of the system before (撤销原系统结算): what it added is taken off the opening, and the year replayed.

Its money was spent in the books of the system before; what comes back comes back here, as an entry of its own with the
sign turned. Settlements of here that were reckoned after it are adjusted.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from yibao.benefits.terms import VisitKind
from yibao.engine.terms import Payers, YearSoFar
from yibao.engine.year import recompute
from yibao.journeys.settlement.facts import insured
from yibao.journeys.settlement.reversing import terms_of
from yibao.ledger.actions import post_entry
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.accounts import settlement_lines
from yibao.settlement.actions import keep_year, locked_year, write_late_event
from yibao.settlement.openings import less
from yibao.settlement.queries import year_of
from yibao.settlement.terms import LateCause
from yibao.settlement.vectors import unpacked
from yibao.settlement.versions import pooling_area
from yibao.takeover.models import FormerReversal, OpenSettlement

MEMO = "former_settlement"
"""What entries of these reversals are called in the books."""


@dataclass(frozen=True)
class ReverseFormer:
    """A settlement of the system before, by its number there in the move of an area, and why it is reversed."""

    area_code: str
    reference: str
    reason: str


class NoSuchFormer(ValueError):
    """A settlement that was not taken over, or not where the actor may act."""

    def __init__(self, reference: str) -> None:
        super().__init__(
            f"没有接管原系统结算 {reference}，或不在您的管辖地区；请核对结算号 (no such settlement)"
        )


class FormerReversed(ValueError):
    """A settlement of the system before that is reversed already."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"原系统结算 {reference} 已经撤销，不能再撤销；请刷新后核对 (reversed already)")


def reverse_former(actor: Actor, key: str, order: ReverseFormer, *, at: datetime) -> str:
    """Reverses a settlement of the system before; the payers with their sign turned, and the adjustments.

    Raises NoSuchFormer, FormerReversed, and MoreThanTakenOver where the year was taken over with less.
    """

    def do() -> dict[str, object]:
        found = OpenSettlement.objects.filter(
            moving_in__area_code=order.area_code, reference=order.reference
        ).first()
        person = None if found is None else insured(found.person_id, lock=True)
        if (
            found is None
            or person is None
            or not actor.may(Matter.SETTLEMENT_MATTER, Deed.DO, person.county_code)
        ):
            raise NoSuchFormer(order.reference)
        row = locked_year(found.person_id, found.benefit_year, academic=found.academic)
        if FormerReversal.objects.filter(settlement=found).exists():
            raise FormerReversed(order.reference)
        before = year_of(row)
        start = less(before.start, unpacked(YearSoFar, found.change))
        after = recompute(terms_of(person), before._replace(start=start), {})
        made = after.adjustments[len(before.adjustments) :]
        area_code = pooling_area(person.county_code)
        event = write_late_event(
            row,
            LateCause.EARLIER_REVERSED,
            order.reason,
            so_far=after.so_far,
            claims_now={},
            adjustments=made,
            area_code=area_code,
            at=at,
            actor=actor.name,
        )
        keep_year(row, after.so_far, replayed_to=after.replayed_to)
        payers = turned_payers(found)
        FormerReversal.objects.create(
            settlement=found,
            late_event=event,
            entry_id=_posted(found, payers, area_code, at),
            reason=order.reason,
            posted_on=timezone.localdate(at),
            actor=actor.name,
            recorded_at=timezone.now(),
        )
        note(
            actor,
            "reverse_former",
            person.county_code,
            f"open_settlement:{found.pk}",
            order.reason,
            adjustments=len(made),
        )
        return {**payers._asdict(), "late_event_id": event.pk, "adjustments": len(made)}

    return once(actor.name, key, "reverse_former", order, do)


def turned_payers(settlement: OpenSettlement) -> Payers:
    """Who gets back what."""
    return Payers(*(-getattr(settlement, name) for name in Payers._fields))


def _posted(found: OpenSettlement, payers: Payers, area_code: str, at: datetime) -> int | None:
    lines = settlement_lines(payers, VisitKind(found.kind), timezone.localdate(at), f"former:{found.pk}")
    return post_entry(area_code, [line._replace(memo=MEMO) for line in lines]) if lines else None
