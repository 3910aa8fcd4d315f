"""The daily list of early warning (高额费用负担患者预警): who has borne more in the insured year than the line of the group.

A county is one transaction, so that a run that was cut short goes on where it stopped; a day is run once, and asked for again
it adds only who has passed a line since. Nobody is taken off the list of a day.

carries_out: AID-03
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from django.db.models import Q
from django.utils import timezone

from yibao.assistance.failures import DayNotOver
from yibao.assistance.models import Warned, WarningRun
from yibao.assistance.orders import RunOrder
from yibao.assistance.params import EarlyWarningParams, RankingParams, WarningHandlingParams
from yibao.assistance.rules.category import settlement_category
from yibao.assistance.rules.early_warning import early_warning, warning_band
from yibao.assistance.terms import Category, WarningReason
from yibao.enrolment.models import CategoryTag, Person
from yibao.journeys.assistance.burdens import ASKED, Burdens, burdens_of, over_since, totals_of
from yibao.journeys.settlement.facts import year_of_care
from yibao.packs.benefit_years import BenefitYear, NoBenefitYear
from yibao.packs.build import params
from yibao.packs.entries import Entry
from yibao.packs.policies import Area, policies
from yibao.rights.actors import Actor
from yibao.rights.areas import rows_inside
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter


@dataclass(frozen=True)
class WarningTerms:
    """The lines of a county on a day, by group, and the entry they come from."""

    lines: EarlyWarningParams
    handling: WarningHandlingParams
    ranking: RankingParams
    entry: Entry

    def line_fen(self, category: int) -> int:
        """The line of a category on the year's burden."""
        return early_warning(self.lines, category=category, burden_in_scope_fen=0).line_fen

    def single_line_fen(self, category: int) -> int:
        """The line of a category on what one settlement leaves."""
        low_income = self.lines.low_income[category] == 1
        return self.handling.low_income_single_line_fen if low_income else self.handling.other_single_line_fen


def warning_terms(county_code: str, day: date) -> WarningTerms:
    """What the county's list goes by on a day. Raises the failures of `packs` where the day is not on file."""
    area = policies().area(county_code)
    entry = area.entry("assistance", "early_warning", day)
    handling = area.entry("assistance", "early_warning_handling", day)
    ranking = area.entry("assistance", "ranking", day)
    return WarningTerms(
        params(EarlyWarningParams, entry, area),
        params(WarningHandlingParams, handling, area),
        params(RankingParams, ranking, area),
        entry,
    )


def run_warning(actor: Actor, key: str, order: RunOrder, *, at: datetime) -> str:
    """Runs a county's list of a day; `{"run_id", "added", "people"}`. Raises NotAllowed, DayNotOver."""

    def do() -> dict[str, object]:
        actor.require(Matter.ASSISTANCE_MATTER, Deed.DO, order.county_code)
        today = timezone.localdate(at)
        if order.day > today:
            raise DayNotOver(order.day, today)
        terms = warning_terms(order.county_code, order.day)
        run = _run(actor, order)
        before = Warned.objects.filter(run=run).count()
        listed = set(Warned.objects.filter(run=run).values_list("year_id", flat=True))
        for year, academic in _years(policies().area(order.county_code), order.day):
            borne = burdens_of(order.county_code, year.name, order.day, academic=academic)
            Warned.objects.bulk_create(
                _warned(run, terms, borne, listed), ignore_conflicts=True, batch_size=ASKED
            )
        people = Warned.objects.filter(run=run).count()
        added = people - before
        note(actor, "run_warning", order.county_code, f"warning_run:{run.pk}", added=added)
        return {
            "run_id": run.pk,
            "county_code": order.county_code,
            "day": order.day,
            "added": added,
            "people": people,
        }

    return once(actor.name, key, "run_warning", order, do)


def counties_to_run(actor: Actor, area_code: str) -> list[str]:
    """The counties inside an area that have people, where the actor may run the list."""
    mine = rows_inside(Person.objects, actor.areas_of(Matter.ASSISTANCE_MATTER, Deed.DO), "county_code")
    return sorted(set(rows_inside(mine, [area_code], "county_code").values_list("county_code", flat=True)))


def _run(actor: Actor, order: RunOrder) -> WarningRun:
    """The one row of a county and a day; of two who run it at once the second waits for the first."""
    WarningRun.objects.bulk_create(
        [
            WarningRun(
                county_code=order.county_code, day=order.day, actor=actor.name, recorded_at=timezone.now()
            )
        ],
        ignore_conflicts=True,
    )
    return WarningRun.objects.select_for_update().get(county_code=order.county_code, day=order.day)  # type: ignore[no-any-return]


def _years(area: Area, day: date) -> Iterable[tuple[BenefitYear, bool]]:
    """The benefit years that are running: residents', and students' where the area has one."""
    for student in (False, True):
        try:
            yield year_of_care(area.code, day, student=student)
        except NoBenefitYear:
            if not student:
                raise


def _warned(run: WarningRun, terms: WarningTerms, borne: Burdens, listed: set[int]) -> list[Warned]:
    lowest_fen = min(terms.line_fen(category) for category in Category)
    lowest_single_fen = min(terms.single_line_fen(category) for category in Category)
    over = np.flatnonzero((borne.in_scope_fen > lowest_fen) | (borne.single_fen > lowest_single_fen))
    places = [place for place in over.tolist() if int(borne.year_ids[place]) not in listed]
    categories = _categories([int(borne.person_ids[place]) for place in places], run.day, terms.ranking)
    found = []
    for place in places:
        category = categories[int(borne.person_ids[place])]
        burden_fen, single_fen = int(borne.in_scope_fen[place]), int(borne.single_fen[place])
        if burden_fen > terms.line_fen(category) or single_fen > terms.single_line_fen(category):
            found.append(_row(run, terms, borne, place, category))
    return _dated(found, run.day)


def _row(run: WarningRun, terms: WarningTerms, borne: Burdens, place: int, category: int) -> Warned:
    burden_fen = int(borne.in_scope_fen[place])
    looked = early_warning(terms.lines, category=category, burden_in_scope_fen=burden_fen)
    over = looked.over_line_fen > 0
    return Warned(
        run=run,
        person_id=int(borne.person_ids[place]),
        household_id=int(borne.household_ids[place]) or None,
        year_id=int(borne.year_ids[place]),
        category=category,
        low_income=terms.lines.low_income[category] == 1,
        reason=WarningReason.YEAR_OVER_LINE if over else WarningReason.SINGLE_OVER_LINE,
        burden_in_scope_fen=burden_fen,
        single_fen=int(borne.single_fen[place]),
        line_fen=looked.line_fen,
        single_line_fen=terms.single_line_fen(category),
        over_line_fen=looked.over_line_fen,
        band=warning_band(terms.handling, line_fen=looked.line_fen, burden_in_scope_fen=burden_fen),
        entry=terms.entry.id,
        standing=terms.entry.standing.name.lower(),
    )


def _dated(rows: list[Warned], day: date) -> list[Warned]:
    """The rows with what was borne in all, and since when."""
    totals = totals_of([row.year_id for row in rows], day)
    over = [row.year_id for row in rows if row.over_line_fen > 0]
    since = over_since(over, {row.year_id: row.line_fen for row in rows}, day)
    for row in rows:
        row.burden_total_fen = totals[row.year_id]
        row.since = since.get(row.year_id, day)
    return rows


def _categories(person_ids: list[int], day: date, ranking: RankingParams) -> dict[int, int]:
    tags: dict[int, int] = dict.fromkeys(person_ids, 0)
    for at in range(0, len(person_ids), ASKED):
        held = CategoryTag.objects.filter(
            Q(last_day=None) | Q(last_day__gte=day),
            person_id__in=person_ids[at : at + ASKED],
            first_day__lte=day,
        )
        for person_id, category in held.values_list("person_id", "category"):
            tags[person_id] |= 1 << category
    return {person_id: settlement_category(ranking, tags=held) for person_id, held in tags.items()}
