"""The facts of a claim as the database knows them today (结算事实): covered, certified, designated, as which category.

The same questions that `simulate.facts` answers for a whole year in columns, answered for one bill; a bill's own facts come
from whoever sends it. Read while the person's row is locked, so that nothing changes in between.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from yibao.assistance.rules.category import settlement_category
from yibao.benefits.models import Attachment, Certification
from yibao.benefits.terms import AttachmentKind, VisitKind
from yibao.engine.terms import CHRONIC_SLOTS, OLDEST, Claim
from yibao.enrolment.models import Coverage, Person
from yibao.enrolment.queries import category_tags_on, coverage_on
from yibao.financing.terms import ContributionGroup
from yibao.kernel.days import age_on, day_number
from yibao.kernel.shapes import NOT_ON_FILE
from yibao.packs.benefit_years import BenefitYear, NoBenefitYear, benefit_year
from yibao.packs.policies import Area
from yibao.packs.settlement import SettlementTerms
from yibao.payment.models import Institution
from yibao.settlement.checks import disease_place, totals_of
from yibao.settlement.failures import BillWrong
from yibao.settlement.orders import Bill

OUTSIDE_PROVINCE = "省外"


@dataclass(frozen=True)
class Known:
    """A claim, the benefit year it belongs to, and the institution."""

    claim: Claim
    year: BenefitYear
    academic: bool
    institution: Institution


def known_facts(person: Person, bill: Bill, terms: SettlementTerms) -> Known:
    """The claim of a bill by the facts of today. Raises BillWrong where institution or class is not known."""
    day, area = bill.served_on, terms.area
    institution = Institution.objects.filter(code=bill.institution_code).first()
    if institution is None:
        raise BillWrong([f"没有机构 {bill.institution_code}"])
    codes = area.codes("institution_classes")
    if institution.class_code not in codes:
        raise BillWrong([f"机构 {bill.institution_code} 的类别不在 {area.name} 的目录内"])
    at_class = codes.index(institution.class_code)
    cover = coverage_on(person.pk, day)
    year, academic = _year(area, day, cover)
    slots = list(
        _on(Certification.objects.filter(person=person), day)
        .order_by("slot")
        .values_list("kind", "disease_code", "slot")
    )
    slot = next((s for kind, code, s in slots if (kind, code) == (bill.kind, bill.disease_code)), None)
    attached = list(_on(Attachment.objects.filter(person=person), day).values_list("kind", "institution_id"))
    totals = totals_of(bill)
    claim = Claim(
        kind=bill.kind,
        day=day_number(day),
        month=year.month(day),
        institution_class=at_class,
        care_path=bill.care_path,
        category=settlement_category(terms.ranking, tags=category_tags_on(person.pk, day)),
        covered=int(cover is not None),
        waiting=int(
            cover is not None and cover.waiting_last_day is not None and day <= cover.waiting_last_day
        ),
        exclusion=bill.exclusion,
        designated=int(_designated(institution, bill, terms, at_class)),
        in_county=int(institution.county_code == person.county_code),
        first_choice=int((AttachmentKind.FIRST_CHOICE, institution.pk) in attached),
        certified=int(slot is not None),
        contracted=int(any(kind == AttachmentKind.FAMILY_DOCTOR for kind, _ in attached)),
        continues_episode=int(bill.continues_episode),
        properly_referred=int(bill.properly_referred and not _outside(area, institution, at_class)),
        disease=disease_place(bill, area) or 0,
        slot=(slot or 0) if bill.kind is VisitKind.CHRONIC else 0,
        delivery=bill.delivery,
        own_expense_fen=totals.own_expense_fen,
        over_standard_fen=totals.over_standard_fen,
        initial_self_pay_fen=totals.initial_self_pay_fen,
        class_a_fen=totals.class_a_fen,
        class_b_fen=totals.class_b_fen,
        tier=0 if cover is None else cover.tier,
        age=min(age_on(person.born_on, day), OLDEST),
        disease_tags=_disease_tags(area, slots),
        special_fund=bill.special_fund,
    )
    return Known(claim, year, academic, institution)


def _year(area: Area, day: date, cover: Coverage | None) -> tuple[BenefitYear, bool]:
    """The benefit year of a day of care: a student's own where the coverage of that day is a student's."""
    if cover is None or cover.group != ContributionGroup.STUDENT:
        return benefit_year(area, day), False
    try:
        return benefit_year(area, day, student=True), True
    except NoBenefitYear:
        return benefit_year(area, day, student=True, graduating=True), True


def _designated(institution: Institution, bill: Bill, terms: SettlementTerms, at_class: int) -> bool:
    """Designated on the day; for an outpatient visit also where the institution gives pooling, if its class may."""
    if not _on(institution.designations, bill.served_on).exists():
        return False
    may = terms.params.pooling.class_a_rate_bp[at_class] != NOT_ON_FILE
    return not (bill.kind is VisitKind.OUTPATIENT and may and not institution.gives_pooling)


def _outside(area: Area, institution: Institution, at_class: int) -> bool:
    row = area.listed("institution_classes")[at_class]
    elsewhere = bool(institution.county_code) and institution.county_code[:2] != area.code[:2]
    return elsewhere or row.get("administrative_level") == OUTSIDE_PROVINCE


def _disease_tags(area: Area, slots: list[tuple[int, str, int]]) -> int:
    codes = area.codes("chronic_diseases")
    tags = 0
    for kind, code, slot in slots:
        if kind == VisitKind.CHRONIC and code in codes and slot < CHRONIC_SLOTS:
            tags |= 1 << codes.index(code)
    return tags


def _on(rows, day: date):  # type: ignore[no-untyped-def]
    """Rows with first_day and last_day that hold on a day, both inside."""
    return rows.filter(Q(last_day=None) | Q(last_day__gte=day), first_day__lte=day)
