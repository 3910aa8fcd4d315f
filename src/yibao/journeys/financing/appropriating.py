"""The subsidy by level (分级补助资金): due for the people covered, budgeted, appropriated, arrived, and what is overdue.

What is due follows from the people covered on the day it is asked for and the county's split; the rest are records, each
with its document. Only what arrived is in the books. No status is stored: each look reckons it from the records up to a day.
A second record that names the first corrects it, in the books as well.

carries_out: FIN-07, FIN-21, FIN-23
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from yibao.financing.fund_models import Appropriation, ArrivalReport
from yibao.financing.rules.arrival import arrival_report, subsidy_arrival
from yibao.financing.terms import AppropriationStep, SubsidyLevel
from yibao.journeys.financing.contribution_failures import ContributionFailure
from yibao.journeys.financing.financed import subsidy_due
from yibao.kernel.days import day_number
from yibao.kernel.time_limits import TimeLimit, Timeliness
from yibao.ledger.accounts import Fund
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line
from yibao.packs.collecting import arrival_params
from yibao.packs.policies import policies
from yibao.rights.actors import Actor
from yibao.rights.areas import covers
from yibao.rights.audit import note
from yibao.rights.requests import canonical, once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.versions import pooling_area

REPORTED_LEVELS = (
    SubsidyLevel.MUNICIPAL,
    SubsidyLevel.COUNTY,
    SubsidyLevel.MUNICIPAL_AND_COUNTY,
    SubsidyLevel.LOCAL,
)
"""Levels whose arrival an area reports to the level above: its own money, and what no document shares out."""


@dataclass(frozen=True)
class AppropriationOrder:
    """A step of a level's subsidy for a county; negative where it corrects an earlier record."""

    county_code: str
    benefit_year: int
    level: SubsidyLevel
    step: AppropriationStep
    amount_fen: int
    happened_on: date
    document_no: str
    corrects_id: int = 0


@dataclass(frozen=True)
class ArrivalReportOrder:
    """A report of arrival to the level above, as the records stand on a day."""

    area_code: str
    benefit_year: int
    as_of: date
    reported_on: date
    document_no: str


class NotAppropriated(ContributionFailure):
    """A step of the subsidy, or a report of it, that is not recorded; nothing was changed."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"{problem}。未登记，请核对 (not recorded)")


class LevelStanding(NamedTuple):
    """How one level's part for a county stands on a day."""

    county_code: str
    level: SubsidyLevel
    people: int
    due_fen: int
    budgeted_fen: int
    appropriated_fen: int
    arrived_fen: int
    budget_short_fen: int
    outstanding_fen: int
    above_due_fen: int
    days_late: int
    state: Timeliness


class ReportStanding(NamedTuple):
    """Whether the report of a year's arrival is in time, and the days on which it was sent."""

    limit: TimeLimit
    reported_on: list[date]


def record_appropriation(actor: Actor, key: str, order: AppropriationOrder) -> str:
    """Records a step of a level's subsidy, and books it where it arrived; `{"appropriation_id": …}`.

    Raises NotAllowed, NotAppropriated, and NoSuchArea where no pack knows the county.
    """

    def do() -> dict[str, int]:
        books_code = pooling_area(order.county_code)
        actor.require(Matter.FUND_MATTER, Deed.DO, order.county_code, Fund.BASIC)
        _refuse(order, books_code)
        try:
            with transaction.atomic():
                row = Appropriation.objects.create(
                    books_code=books_code,
                    county_code=order.county_code,
                    benefit_year=order.benefit_year,
                    level=order.level,
                    step=order.step,
                    amount_fen=order.amount_fen,
                    happened_on=order.happened_on,
                    document_no=order.document_no,
                    corrects_id=order.corrects_id or None,
                    entry_id=_booked(order, books_code),
                    recorded_at=timezone.now(),
                    actor=actor.name,
                )
        except IntegrityError as refused:
            if "financing_appropriated_once" not in str(refused) and "document_no" not in str(refused):
                raise
            raise NotAppropriated(f"文号 {order.document_no} 的同一环节已经登记") from None
        note(
            actor,
            "record_appropriation",
            order.county_code,
            f"appropriation:{row.pk}",
            order.document_no,
        )
        return {"appropriation_id": row.pk}

    return once(actor.name, key, "record_appropriation", order, do)


def report_arrival(actor: Actor, key: str, order: ArrivalReportOrder) -> str:
    """Keeps a report of arrival as it is sent; `{"report_id": …, "due_fen": …, "arrived_fen": …}`.

    Raises NotAllowed, NotAppropriated, and the failures of `packs` where a split is not on file.
    """

    def do() -> dict[str, int]:
        actor.require(Matter.FUND_MATTER, Deed.DO, order.area_code, Fund.BASIC)
        if order.as_of > order.reported_on:
            raise NotAppropriated(f"截至日期 {order.as_of} 晚于报送日期 {order.reported_on}")
        rows = standing_of(order.area_code, order.benefit_year, order.as_of, levels=REPORTED_LEVELS)
        if not rows:
            raise NotAppropriated(f"{order.area_code} {order.benefit_year} 年度没有应报送的市县补助")
        try:
            with transaction.atomic():
                row = ArrivalReport.objects.create(
                    area_code=order.area_code,
                    benefit_year=order.benefit_year,
                    as_of=order.as_of,
                    reported_on=order.reported_on,
                    document_no=order.document_no,
                    due_fen=sum(one.due_fen for one in rows),
                    arrived_fen=sum(one.arrived_fen for one in rows),
                    body=canonical([one._asdict() for one in rows]),
                    recorded_at=timezone.now(),
                    actor=actor.name,
                )
        except IntegrityError:
            raise NotAppropriated(f"文号 {order.document_no} 已经报送") from None
        note(actor, "report_arrival", order.area_code, f"report:{row.pk}", order.document_no)
        return {"report_id": row.pk, "due_fen": row.due_fen, "arrived_fen": row.arrived_fen}

    return once(actor.name, key, "report_arrival", order, do)


def arrivals(
    actor: Actor,
    *,
    area_code: str,
    benefit_year: int,
    day: date,
    levels: tuple[SubsidyLevel, ...] = tuple(SubsidyLevel),
) -> list[LevelStanding]:
    """How the subsidy of an area stands on a day, by county and level. Raises NotAllowed."""
    actor.require(Matter.FUND_MATTER, Deed.LOOK, area_code, Fund.BASIC)
    return standing_of(area_code, benefit_year, day, levels=levels)


def standing_of(
    area_code: str, benefit_year: int, day: date, *, levels: tuple[SubsidyLevel, ...] = tuple(SubsidyLevel)
) -> list[LevelStanding]:
    """How each level's part inside an area stands on a day, reckoned from the records up to that day."""
    books_code = pooling_area(area_code)
    due = {(one.county_code, one.level): one for one in subsidy_due(books_code, benefit_year)}
    sums: Counter[tuple[str, SubsidyLevel, AppropriationStep]] = Counter()
    last: dict[tuple[str, SubsidyLevel], date] = {}
    rows = Appropriation.objects.filter(
        books_code=books_code, benefit_year=benefit_year, happened_on__lte=day
    ).order_by("happened_on", "id")
    for row in rows:
        place = (row.county_code, SubsidyLevel(row.level))
        sums[(*place, AppropriationStep(row.step))] += row.amount_fen
        if row.step == AppropriationStep.ARRIVED and row.amount_fen > 0:
            last[place] = row.happened_on
    places = sorted({*due, *(place[:2] for place in sums)})
    found = []
    for county_code, level in places:
        if level not in levels or not covers(area_code, county_code):
            continue
        owed = due.get((county_code, level))
        amounts = [sums[county_code, level, step] for step in AppropriationStep]
        found.append(
            _standing(
                county_code,
                level,
                benefit_year,
                people=owed.people if owed else 0,
                due_fen=owed.due_fen if owed else 0,
                amounts=amounts,
                last_arrival=last.get((county_code, level), day),
                day=day,
            )
        )
    return found


def report_standing(area_code: str, benefit_year: int, day: date) -> ReportStanding:
    """Whether the report of a year's arrival is in time on a day, by its first sending."""
    params, _ = arrival_params(policies().area(area_code), benefit_year)
    sent = ArrivalReport.objects.filter(
        area_code=area_code, benefit_year=benefit_year, reported_on__lte=day
    ).order_by("reported_on", "id")
    days = list(sent.values_list("reported_on", flat=True))
    looked_at = days[0] if days else day
    limit = arrival_report(params, reported=1 if days else 0, day=day_number(looked_at))
    return ReportStanding(limit, days)


def _standing(
    county_code: str,
    level: SubsidyLevel,
    benefit_year: int,
    *,
    people: int,
    due_fen: int,
    amounts: list[int],
    last_arrival: date,
    day: date,
) -> LevelStanding:
    budgeted_fen, appropriated_fen, arrived_fen = amounts
    params, _ = arrival_params(policies().area(county_code), benefit_year)
    working = subsidy_arrival(
        params,
        due_fen=due_fen,
        budgeted_fen=budgeted_fen,
        arrived_fen=arrived_fen,
        last_arrival_day=day_number(last_arrival),
        day=day_number(day),
    )
    return LevelStanding(
        county_code=county_code,
        level=level,
        people=people,
        due_fen=due_fen,
        budgeted_fen=budgeted_fen,
        appropriated_fen=appropriated_fen,
        arrived_fen=arrived_fen,
        budget_short_fen=working.budget_short_fen,
        outstanding_fen=working.outstanding_fen,
        above_due_fen=working.above_due_fen,
        days_late=working.limit.days_late,
        state=Timeliness(working.limit.state),
    )


def _refuse(order: AppropriationOrder, books_code: str) -> None:
    area = policies().area(order.county_code)
    if order.county_code == books_code and area.listed("counties"):
        raise NotAppropriated(f"{order.county_code} 下有县（市、区），补助资金请按县（市、区）登记")
    if order.amount_fen == 0:
        raise NotAppropriated("金额为零")
    if not order.document_no.strip():
        raise NotAppropriated("缺少文号或凭证号")
    if order.corrects_id == 0:
        if order.amount_fen < 0:
            raise NotAppropriated("负数只用于更正，请写明更正哪一笔")
        return
    first = Appropriation.objects.select_for_update().filter(
        pk=order.corrects_id,
        corrects=None,
        county_code=order.county_code,
        benefit_year=order.benefit_year,
        level=order.level,
        step=order.step,
    )
    corrected = first.first()
    if corrected is None:
        raise NotAppropriated(f"没有同县同级同环节的记录 {order.corrects_id} 可更正")
    changed = Appropriation.objects.filter(corrects=corrected).aggregate(sum_fen=Sum("amount_fen"))
    if corrected.amount_fen + int(changed["sum_fen"] or 0) + order.amount_fen < 0:
        raise NotAppropriated(f"更正后记录 {corrected.pk} 的金额为负")


def _booked(order: AppropriationOrder, books_code: str) -> int | None:
    """The entry of what arrived in the pooling area's fiscal account; None for a step before that."""
    if order.step is not AppropriationStep.ARRIVED:
        return None
    income = f"subsidy_{order.level.name.lower()}"
    reference = f"county:{order.county_code}"
    lines = [
        Line(1, order.happened_on, "fiscal_account", Fund.BASIC, order.amount_fen, "subsidy", reference),
        Line(1, order.happened_on, income, Fund.BASIC, -order.amount_fen, "subsidy", reference),
    ]
    return post_entry(books_code, lines)
