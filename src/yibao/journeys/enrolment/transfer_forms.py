"""What the information form of a transfer says (转移接续信息表), and what follows from one: months, recognition, progress.

Months are calendar months in which at least one day is covered. Years count only within a province.

carries_out: ENR-07, ENR-10
"""

import json
from datetime import date
from typing import Any

from yibao.engine.terms import YearSoFar
from yibao.enrolment.models import Coverage, Person
from yibao.enrolment.rules.recognition import recognised_years
from yibao.enrolment.rules.transfer import TransferProgress, transfer_progress
from yibao.enrolment.terms import RecognisedBenefit, Scheme
from yibao.packs.policies import policies
from yibao.packs.services import recognition_or_none, transfer_params, working_days
from yibao.public_services.models import Transfer
from yibao.settlement.models import YearRow
from yibao.settlement.vectors import unpacked
from yibao.settlement.versions import pooling_area

MONTHS = 12


def progress_of(row: Transfer, today: date) -> TransferProgress:
    """How a transfer stands to its limits today, in working days that each agency has had it."""
    area = policies().area(row.county_code)
    until = row.form_on or row.ended_on or today
    return transfer_progress(
        transfer_params(area, row.applied_on),
        leaving_working_days=working_days(area, row.applied_on, until),
        leaving_done=int(row.form_on is not None),
        arriving_working_days=0
        if row.form_on is None
        else working_days(area, row.form_on, row.ended_on or today),
        arriving_done=int(row.ended_on is not None),
    )


def form_facts(row: Transfer, person: Person, day: date) -> dict[str, Any]:
    """What the form of somebody who leaves says, by ids only."""
    spans = Coverage.objects.filter(person=person, void=False, scheme=Scheme.RESIDENT, first_day__lte=day)
    last_covered_day = max((span.last_day for span in spans), default=None)
    years = [
        unpacked(YearSoFar, year.so_far)
        for year in YearRow.objects.filter(person=person, benefit_year=day.year)
    ]
    return {
        "person_id": person.pk,
        "transfer_id": row.pk,
        "area_code": pooling_area(row.county_code),
        "other_code": row.other_code,
        "resident_months": covered_months(spans, day),
        "last_covered_day": last_covered_day,
        "in_scope_fen": sum(year.in_scope_fen for year in years),
        "fund_paid_fen": sum(
            year.basic_paid_fen + year.catastrophic_paid_fen + year.assistance_paid_fen + year.top_up_paid_fen
            for year in years
        ),
        "balance_fen": row.balance_fen,
        "balance_case": row.balance_case,
        "issued_on": day,
    }


def covered_months(spans: Any, day: date) -> int:
    """Calendar months up to a day in which at least one day is covered by one of some coverages."""
    months = set()
    for span in spans:
        last = min(span.last_day, day)
        months |= set(range(_month(span.first_day), _month(last) + 1))
    return len(months)


def _month(day: date) -> int:
    return day.year * MONTHS + day.month


def recognised(row: Transfer, day: date) -> dict[str, dict[str, int]]:
    """What the years told of by the form count for, where both areas lie in one province."""
    area = policies().area(row.county_code)
    params = recognition_or_none(area, day)
    if params is None or row.other_code[:2] != row.county_code[:2]:
        return {}
    form = json.loads(row.form)
    spans = Coverage.objects.filter(
        person_id=row.person_id, void=False, scheme=Scheme.RESIDENT, first_day__lte=day
    )
    here_months = covered_months(spans, day)
    found = {}
    for benefit in RecognisedBenefit:
        counted = recognised_years(
            params,
            benefit=benefit,
            here_months=here_months,
            resident_elsewhere_months=form["resident_months"],
            employee_elsewhere_months=form["employee_months"],
        )
        found[benefit.name] = {"counted_months": counted.counted_months, "reached": counted.reached}
    return found
