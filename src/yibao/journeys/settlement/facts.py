"""The facts of a claim as the database knows them today (结算事实): covered, certified, designated, as which category.

The same questions that `simulate.facts` answers for a whole year in columns, answered for one bill; a bill's own facts come
from whoever sends it. All of them are read in one query, after the person's row is locked: every action that changes a fact
of a person takes that lock first.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db import connection

from yibao.assistance.rules.category import settlement_category
from yibao.benefits.terms import AttachmentKind, CarePath, FilingKind, VisitKind
from yibao.engine.terms import CHRONIC_SLOTS, OLDEST, Claim
from yibao.enrolment.terms import Scheme
from yibao.financing.terms import ContributionGroup
from yibao.kernel.days import age_on, day_number
from yibao.kernel.shapes import NOT_ON_FILE
from yibao.packs.benefit_years import BenefitYear, NoBenefitYear, benefit_year
from yibao.packs.policies import Area, policies
from yibao.packs.settlement import SettlementTerms
from yibao.rights.areas import covers
from yibao.settlement.checks import disease_place, totals_of
from yibao.settlement.failures import BillWrong
from yibao.settlement.orders import Bill
from yibao.tables.rows import day_read, selected

OUTSIDE_PROVINCE = "省外"

FILED_PATHS = {
    FilingKind.LIVES_OUTSIDE: CarePath.FILED,
    FilingKind.REFERRED_OUTSIDE: CarePath.REFERRED,
    FilingKind.EMERGENCY_OUTSIDE: CarePath.EMERGENCY,
    FilingKind.OTHER_OUTSIDE: CarePath.UNFILED,
    FilingKind.AUTOMATIC_OUTSIDE: CarePath.UNFILED,
}
"""What care is settled as under each kind of filing; care neither urgent nor referred stays what it is."""

_INSURED = "SELECT id, born_on, county_code FROM enrolment_person WHERE id = %s"

_HOLDS = "first_day <= %s AND (last_day IS NULL OR last_day >= %s)"
_FACTS = f"""
SELECT 'institution', i.id, CASE WHEN i.gives_pooling THEN 1 ELSE 0 END, i.class_code, i.county_code,
    (SELECT count(*) FROM payment_designation WHERE institution_id = i.id AND {_HOLDS})
FROM payment_institution i WHERE i.code = %s
UNION ALL
SELECT 'coverage', "group", tier, CAST(waiting_last_day AS varchar(10)), '', 0
FROM enrolment_coverage WHERE person_id = %s AND scheme = %s AND NOT void AND {_HOLDS}
UNION ALL
SELECT 'category', category, 0, '', '', 0 FROM enrolment_categorytag WHERE person_id = %s AND {_HOLDS}
UNION ALL
SELECT 'certified', kind, slot, disease_code, '', 0 FROM benefits_certification WHERE person_id = %s AND {_HOLDS}
UNION ALL
SELECT 'filed', kind, 0, to_code, '', 0 FROM benefits_filing f WHERE person_id = %s AND {_HOLDS}
    AND NOT EXISTS (SELECT 1 FROM settlement_filingend WHERE filing_id = f.id AND void)
UNION ALL
SELECT 'attached', kind, institution_id, '', '', 0 FROM benefits_attachment WHERE person_id = %s AND {_HOLDS}
"""  # noqa: S608


@dataclass(frozen=True)
class Insured:
    """A person as settlement knows one."""

    person_id: int
    born_on: date
    county_code: str


@dataclass(frozen=True)
class Known:
    """A claim, the benefit year it belongs to, and the institution."""

    claim: Claim
    year: BenefitYear
    academic: bool
    institution_id: int


def insured(person_id: int, *, lock: bool) -> Insured | None:
    """A person, locked until the transaction ends where asked; None where there is none."""
    locking = " FOR UPDATE" if lock and connection.features.has_select_for_update else ""
    rows = selected(_INSURED + locking, [person_id])
    if not rows:
        return None
    found, born_on, county_code = rows[0]
    return Insured(found, day_read(born_on) or date.min, county_code)


def known_facts(person: Insured, bill: Bill, terms: SettlementTerms) -> Known:
    """The claim of a bill by the facts of today. Raises BillWrong where institution or class is not known."""
    day, area = bill.served_on, terms.area
    told = _told(person.person_id, bill)
    institution_id, gives_pooling, class_code, county_code, designated = _institution(bill, told)
    codes = area.codes("institution_classes")
    if class_code not in codes:
        raise BillWrong([f"机构 {bill.institution_code} 的类别不在 {area.name} 的目录内"])
    at_class = codes.index(class_code)
    cover = next(iter(told.get("coverage", ())), None)
    waits_to = None if cover is None else day_read(cover[2] or None)
    student = cover is not None and cover[0] == ContributionGroup.STUDENT
    year, academic = year_of_care(area.code, day, student=student)
    certified = sorted((slot, kind, code) for kind, slot, code, *_ in told.get("certified", ()))
    slot = next((s for s, kind, code in certified if (kind, code) == (bill.kind, bill.disease_code)), None)
    attached = [(kind, at) for kind, at, *_ in told.get("attached", ())]
    may_pool = terms.params.pooling.class_a_rate_bp[at_class] != NOT_ON_FILE
    no_pooling = bill.kind is VisitKind.OUTPATIENT and may_pool and not gives_pooling
    totals = totals_of(bill)
    claim = Claim(
        kind=bill.kind,
        day=day_number(day),
        month=year.month(day),
        institution_class=at_class,
        care_path=_care_path(bill, county_code, told),
        category=settlement_category(terms.ranking, tags=sum({1 << c for c, *_ in told.get("category", ())})),
        covered=int(cover is not None),
        waiting=int(waits_to is not None and day <= waits_to),
        exclusion=bill.exclusion,
        designated=int(designated > 0 and not no_pooling),
        in_county=int(county_code == person.county_code),
        first_choice=int((AttachmentKind.FIRST_CHOICE, institution_id) in attached),
        certified=int(slot is not None),
        contracted=int(any(kind == AttachmentKind.FAMILY_DOCTOR for kind, _ in attached)),
        continues_episode=int(bill.continues_episode),
        properly_referred=int(bill.properly_referred and not _outside(area, county_code, at_class)),
        disease=disease_place(bill, area) or 0,
        slot=(slot or 0) if bill.kind is VisitKind.CHRONIC else 0,
        delivery=bill.delivery,
        own_expense_fen=totals.own_expense_fen,
        over_standard_fen=totals.over_standard_fen,
        initial_self_pay_fen=totals.initial_self_pay_fen,
        class_a_fen=totals.class_a_fen,
        class_b_fen=totals.class_b_fen,
        tier=0 if cover is None else cover[1],
        age=min(age_on(person.born_on, day), OLDEST),
        disease_tags=_disease_tags(area, certified),
        special_fund=bill.special_fund,
    )
    return Known(claim, year, academic, institution_id)


@cache
def year_of_care(area_code: str, day: date, *, student: bool) -> tuple[BenefitYear, bool]:
    """The benefit year of a day of care, and whether it is a student's: asked of those covered as students on that day.

    Raises NoBenefitYear.
    """
    area = policies().area(area_code)
    if not student:
        return benefit_year(area, day), False
    try:
        return benefit_year(area, day, student=True), True
    except NoBenefitYear:
        return benefit_year(area, day, student=True, graduating=True), True


def _told(person_id: int, bill: Bill) -> dict[str, list[tuple[Any, ...]]]:
    """What the database says of person and institution on the day, by what it is."""
    on = [bill.served_on, bill.served_on]
    values = [*on, bill.institution_code, person_id, Scheme.RESIDENT, *on]
    values += [person_id, *on] * 4
    told: dict[str, list[tuple[Any, ...]]] = {}
    for what, *facts in selected(_FACTS, values):
        told.setdefault(what, []).append(tuple(facts))
    return told


def _care_path(bill: Bill, county_code: str, told: dict[str, list[tuple[Any, ...]]]) -> int:
    """How the person came: as the institution says, and where it knows of no filing, as the person has filed.

    The best of several filings counts: who lives there before who was referred there, and that before an emergency.
    """
    if bill.care_path is not CarePath.UNFILED:
        return bill.care_path
    filed = [
        FilingKind(kind) for kind, _, to_code, *_ in told.get("filed", ()) if covers(to_code, county_code)
    ]
    return FILED_PATHS[min(filed)] if filed else CarePath.UNFILED


def _institution(bill: Bill, told: dict[str, list[tuple[Any, ...]]]) -> tuple[Any, ...]:
    if "institution" not in told:
        raise BillWrong([f"没有机构 {bill.institution_code}"])
    return told["institution"][0]


def _outside(area: Area, county_code: str, at_class: int) -> bool:
    row = area.listed("institution_classes")[at_class]
    elsewhere = bool(county_code) and county_code[:2] != area.code[:2]
    return elsewhere or row.get("administrative_level") == OUTSIDE_PROVINCE


def _disease_tags(area: Area, certified: list[tuple[int, int, str]]) -> int:
    codes = area.codes("chronic_diseases")
    tags = 0
    for slot, kind, code in certified:
        if kind == VisitKind.CHRONIC and code in codes and slot < CHRONIC_SLOTS:
            tags |= 1 << codes.index(code)
    return tags
