"""What assistance paid in a month (医疗救助月度统计): settlements, people and amounts by county and category.

At settlement counts what the assistance fund paid there and then, reversals taken back; by adjustment what late events
changed, under the category that the late event knows. On application counts decisions, granted or not, and what they came
to. The three amounts of an area are what its books spent on direct and top-up assistance in the month.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, F, Sum
from django.utils import timezone

from yibao.assistance.models import AssistanceDecision
from yibao.assistance.terms import ApplicationOutcome
from yibao.engine.terms import Claim
from yibao.journeys.assistance.burdens import end_of
from yibao.journeys.settlement.reversing import BY_ASSISTANCE_FUND
from yibao.rights.actors import Actor
from yibao.rights.areas import rows_inside
from yibao.rights.terms import Matter
from yibao.settlement.models import AdjustmentRow, ClaimNow, Settlement
from yibao.settlement.vectors import unpacked


@dataclass
class Month:
    """What one county's people of one category were assisted in a month."""

    county_code: str
    category: int
    settlements: int = 0
    settled_fen: int = 0
    adjusted_fen: int = 0
    decisions: int = 0
    granted: int = 0
    applied_fen: int = 0
    people: int = 0
    ids: set[int] = field(default_factory=set, repr=False)


def assistance_of_month(actor: Actor, area_code: str, first_day: date, last_day: date) -> list[Month]:
    """One row for each county and category that was assisted or decided on, inside the area and the actor's own."""
    areas = actor.areas_of(Matter.ASSISTANCE_MATTER)
    found: dict[tuple[str, int], Month] = {}

    def inside(rows: Any, name: str) -> Any:
        return rows_inside(rows_inside(rows, areas, name), [area_code], name)

    def at(county_code: str, category: int) -> Month:
        return found.setdefault((county_code, category), Month(county_code, category))

    _settled(inside(Settlement.objects, "visit__person__county_code"), at, first_day, last_day)
    adjusted = AdjustmentRow.objects.filter(payer__in=BY_ASSISTANCE_FUND)
    _adjusted(inside(adjusted, "settlement__visit__person__county_code"), at, first_day, last_day)
    _decided(inside(AssistanceDecision.objects, "application__county_code"), at, first_day, last_day)
    for month in found.values():
        month.people = len(month.ids)
    return [found[key] for key in sorted(found)]


def _settled(rows: Any, at: Any, first_day: date, last_day: date) -> None:
    paid = rows.filter(posted_on__range=(first_day, last_day)).annotate(
        paid=F("assistance_fen") + F("top_up_fen")
    )
    named = ("visit__person__county_code", "category")
    paid = paid.exclude(paid=0)
    for county_code, category, amount_fen, times in (
        paid.order_by().values_list(*named).annotate(amount=Sum("paid"), times=Count("id"))
    ):
        month = at(county_code, category)
        month.settled_fen += amount_fen
        month.settlements += times
    for county_code, category, person_id in (
        paid.order_by().values_list(*named, "visit__person_id").distinct()
    ):
        at(county_code, category).ids.add(person_id)


def _adjusted(rows: Any, at: Any, first_day: date, last_day: date) -> None:
    """Adjustments of late events that no application led to."""
    begins = timezone.make_aware(datetime.combine(first_day, time.min))
    rows = rows.filter(
        late_event__recorded_at__gte=begins,
        late_event__recorded_at__lt=end_of(last_day),
        late_event__assistancepayment=None,
    ).select_related("settlement__visit__person")
    for row in rows.order_by("id"):
        now = ClaimNow.objects.filter(settlement=row.settlement, late_event=row.late_event_id).first()
        category = row.settlement.category if now is None else unpacked(Claim, now.claim).category
        month = at(row.settlement.visit.person.county_code, category)
        month.adjusted_fen += row.difference_fen
        month.ids.add(row.settlement.visit.person_id)


def _decided(rows: Any, at: Any, first_day: date, last_day: date) -> None:
    rows = rows.filter(decided_on__range=(first_day, last_day)).select_related("application", "payment")
    for decision in rows.order_by("id"):
        month = at(decision.application.county_code, decision.category)
        month.decisions += 1
        if decision.outcome == ApplicationOutcome.GRANTED:
            month.granted += 1
            month.applied_fen += decision.payment.amount_fen
            month.ids.add(decision.application.person_id)
