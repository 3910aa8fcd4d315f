"""From a case to what the engine settles: claims in whole numbers, the terms of each day, the year so far.

A case with any problem gives only its findings, all of them at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from yibao.assistance.rules.category import settlement_category
from yibao.assistance.terms import Category
from yibao.benefits.terms import VisitKind
from yibao.cli.case import Bill, Case, Institution, Line, Person, SoFar, Visit
from yibao.cli.case_checks import (
    Fees,
    check_county,
    check_institution_county,
    check_person,
    check_tier,
    check_visit,
    class_at,
    disease_at,
    fees_of,
)
from yibao.cli.case_file import Key, Reading, read_case
from yibao.engine.terms import CHRONIC_SLOTS, MONTHS, NOTHING_YET, OLDEST, Claim, SettlementParams, YearSoFar
from yibao.engine.year import Filed
from yibao.kernel.codes import is_division_code
from yibao.kernel.days import age_on, day_number, day_of
from yibao.kernel.findings import Finding
from yibao.packs.entries import PolicyFailure
from yibao.packs.policies import Area, Policies
from yibao.packs.settlement import SettlementTerms, settlement_terms
from yibao.reports.slip import LineShown, SlipFacts
from yibao.reports.slip_words import ITEM_CLASS_WORDS

TermsOn = Callable[[date], SettlementTerms]
WITH_DISEASE = {VisitKind.CHRONIC, VisitKind.TWO_DISEASES}


@dataclass(frozen=True)
class Prepared:
    """A sound case, ready to be settled: earlier claims in order, then the one it is about."""

    case: Case
    area: Area
    terms: SettlementTerms
    categories: tuple[Category, ...]
    claim: Claim
    fees: Fees
    start: YearSoFar
    earlier: tuple[Filed, ...]
    terms_on: TermsOn

    def params_on(self, day: int) -> SettlementParams:
        """The parameters in force on a day number, as the engine asks for them."""
        return self.terms_on(day_of(day)).params

    def facts(self) -> SlipFacts:
        """What the slip prints beside the claim's numbers."""
        visit, institution = self.case.visit, self.case.institution
        lines = tuple(
            LineShown(line.item, ITEM_CLASS_WORDS[line.item_class][0], line.amount_fen, *split)
            for line, split in zip(self.case.lines, self.fees.splits, strict=True)
        )
        return SlipFacts(
            claim_id=self.case.claim_id,
            person_name=self.case.person.name,
            institution_name=institution.name or institution.code,
            categories=self.categories,
            admitted_on=visit.admitted_on,
            settled_on=self.case.settled_on,
            lines=lines,
            county_code=self.case.person.county_code,
            referred_outside=visit.properly_referred and self.claim.properly_referred == 0,
        )


def prepare(path: Path, policies: Policies) -> Prepared | list[Finding]:
    """A case file as claims, or everything that is wrong with it."""
    case, reading = read_case(path)
    if case is None and not reading.parts:
        return reading.findings
    area = _area(reading, policies)
    person: Person | None = reading.parts.get(("person",))
    check_person(reading, person)
    check_county(reading, person, area)
    check_tier(reading, person, area)
    certified = [
        disease_at(
            reading, ("person", "chronic", at, "disease"), VisitKind.CHRONIC, certificate.disease, area
        )
        for at, certificate in enumerate(person.chronic if person else ())
    ]
    parts = reading.parts
    now = _Part((), parts.get(("visit",)), parts.get(("institution",)))
    _check_settled_on(reading, case)
    fees = fees_of(
        reading, (), _sound_lines(reading), parts.get(("totals",)), case.total_fen if case else None
    )
    numbers = _check_bill(reading, now, person, area)
    terms_on = cache(lambda day: settlement_terms(area, day)) if area else None
    terms = _terms(reading, now, terms_on)
    bills = [(key, part) for key, part in parts.items() if key[0] == "earlier"]
    before = [_check_earlier(reading, key, bill, now.visit, person, area, terms_on) for key, bill in bills]
    start = _start(reading, parts.get(("year_so_far",)), certified, area)
    if reading.findings or case is None or area is None or terms is None or terms_on is None:
        return reading.findings
    return Prepared(
        case=case,
        area=area,
        terms=terms,
        categories=_held(case.person, case.visit.day),
        claim=_claim(case, case.person, area, numbers, fees, terms),
        fees=fees,
        start=start,
        earlier=tuple(
            Filed(bill.claim_id or f"earlier-{at}", _claim(bill, case.person, area, *ready))
            for at, (bill, ready) in enumerate(zip(case.earlier, before, strict=True), start=1)
            if ready is not None
        ),
        terms_on=terms_on,
    )


@dataclass(frozen=True)
class _Part:
    key: Key
    visit: Visit | None
    institution: Institution | None


@dataclass(frozen=True)
class _Numbers:
    institution_class: int
    disease: int


def _area(reading: Reading, policies: Policies) -> Area | None:
    code = str(reading.raw.get("area", ""))
    if not is_division_code(code):
        return None  # said already, by the form of the file
    try:
        return policies.area(code)
    except PolicyFailure as unknown:
        reading.find(("area",), code, str(unknown), "请核对代码，或补充该地区的政策")
        return None


def _check_bill(reading: Reading, part: _Part, person: Person | None, area: Area | None) -> _Numbers:
    check_visit(reading, part.key, part.visit, person)
    check_institution_county(reading, part.key, part.institution, part.visit)
    visit = part.visit
    place = (*part.key, "visit", "disease")
    return _Numbers(
        class_at(reading, part.key, part.institution, area),
        disease_at(reading, place, visit.kind, visit.disease, area)
        if visit and visit.kind in WITH_DISEASE
        else 0,
    )


def _terms(reading: Reading, part: _Part, terms_on: TermsOn | None) -> SettlementTerms | None:
    if part.visit is None or part.visit.day is None or terms_on is None:
        return None
    try:
        return terms_on(part.visit.day)
    except PolicyFailure as not_on_file:
        name = "discharged_on" if part.visit.discharged_on else "served_on"
        reading.find(
            (*part.key, "visit", name), part.visit.day, str(not_on_file), "请改用在册日期，或补充政策条目"
        )
        return None


def _check_earlier(
    reading: Reading,
    key: Key,
    bill: Bill,
    visit: Visit | None,
    person: Person | None,
    area: Area | None,
    terms_on: TermsOn | None,
) -> tuple[_Numbers, Fees, SettlementTerms] | None:
    part = _Part(key, bill.visit, bill.institution)
    numbers = _check_bill(reading, part, person, area)
    fees = fees_of(reading, key, bill.lines, bill.totals, bill.total_fen)
    terms = _terms(reading, part, terms_on)
    day = bill.visit.day
    if visit and visit.day and day and day.year != visit.day.year:
        message = f"不在同一待遇年度 {visit.day.year} (not in the same benefit year)"
        reading.find((*key, "visit"), day, message, "只写本年度的就医")
    return (numbers, fees, terms) if terms is not None else None


def _held(person: Person, day: date | None) -> tuple[Category, ...]:
    """Every category the person holds on a day, by its number."""
    return tuple(sorted({tag.category for tag in person.categories if day and tag.holds_on(day)}))


def _category_on(person: Person, terms: SettlementTerms, day: date) -> int:
    return settlement_category(terms.ranking, tags=sum(1 << category for category in _held(person, day)))


def _claim(
    bill: Bill, person: Person, area: Area, numbers: _Numbers, fees: Fees, terms: SettlementTerms
) -> Claim:
    visit, institution = bill.visit, bill.institution
    day = visit.day
    assert day is not None  # noted and returned before
    slot = _slot(person, visit, numbers, area, day)
    certified = slot is not None
    if visit.kind is VisitKind.TWO_DISEASES:
        certified = numbers.disease in person.two_diseases
    return Claim(
        kind=visit.kind,
        day=day_number(day),
        month=day.month - 1,
        institution_class=numbers.institution_class,
        care_path=visit.care_path,
        category=_category_on(person, terms, day),
        covered=int(person.covered.holds_on(day)),
        waiting=int(person.waiting is not None and person.waiting.holds_on(day)),
        exclusion=visit.exclusion,
        designated=int(institution.designated),
        in_county=int(institution.county_code == person.county_code),
        first_choice=int(
            bool(person.first_choice) and person.first_choice in (institution.code, institution.name)
        ),
        certified=int(certified),
        contracted=int(person.family_doctor_contract),
        continues_episode=int(visit.continues_episode),
        properly_referred=int(visit.properly_referred and not outside_province(area, institution, numbers)),
        disease=numbers.disease,
        slot=slot or 0,
        delivery=int(visit.delivery or 0),
        own_expense_fen=fees.own_expense_fen,
        over_standard_fen=fees.over_standard_fen,
        initial_self_pay_fen=fees.initial_self_pay_fen,
        class_a_fen=fees.class_a_fen,
        class_b_fen=fees.class_b_fen,
        tier=_tier(person, area),
        age=OLDEST if person.born_on is None else min(age_on(person.born_on, day), OLDEST),
        disease_tags=_disease_tags(person, area, day),
        special_fund=visit.special_fund,
    )


def _tier(person: Person, area: Area) -> int:
    codes = area.codes("contribution_tiers")
    return codes.index(person.tier) if person.tier in codes else 0


def _disease_tags(person: Person, area: Area, day: date) -> int:
    """The chronic diseases that the person is certified for on a day, as bits by their place in the area's list."""
    held = (c.disease for c in person.chronic if c.holds_on(day))
    places = {disease_at(Reading("", {}), (), VisitKind.CHRONIC, disease, area) for disease in held}
    return sum(1 << place for place in places)


def outside_province(area: Area, institution: Institution, numbers: _Numbers) -> bool:
    """Whether an institution lies outside the area's province, by its county or by its class."""
    row = area.listed("institution_classes")[numbers.institution_class]
    elsewhere = institution.county_code is not None and institution.county_code[:2] != area.code[:2]
    return elsewhere or row.get("administrative_level") == "省外"


def _slot(person: Person, visit: Visit, numbers: _Numbers, area: Area, day: date) -> int | None:
    """Which of the person's chronic certificates a visit uses; None where none holds on the day."""
    if visit.kind is not VisitKind.CHRONIC:
        return None
    for slot, certificate in enumerate(person.chronic):
        at = disease_at(Reading("", {}), (), VisitKind.CHRONIC, certificate.disease, area)
        if at == numbers.disease and certificate.holds_on(day):
            return slot
    return None


def _start(reading: Reading, given: SoFar | None, certified: list[int], area: Area | None) -> YearSoFar:
    """The year so far as the case gives it; quotas go to the cells of the person's certificates."""
    if given is None or area is None:
        return NOTHING_YET
    cells = list(NOTHING_YET.quota_paid_fen)
    for at, quota in enumerate(given.quota_paid):
        place = ("year_so_far", "quota_paid", at, "disease")
        kind = VisitKind.TWO_DISEASES if quota.month is None else VisitKind.CHRONIC
        disease = disease_at(reading, place, kind, quota.disease, area)
        if quota.month is None:
            cells[CHRONIC_SLOTS * MONTHS + disease] += quota.paid_fen
        elif disease in certified:
            cells[certified.index(disease) * MONTHS + quota.month - 1] += quota.paid_fen
        else:
            reading.find(place, quota.disease, "没有这个病种的认定 (not certified)", "请写入 person.chronic")
    plain = given.model_dump(exclude={"quota_paid", "pooling_day"})
    day = day_number(given.pooling_day) if given.pooling_day else 0
    return YearSoFar(**plain, pooling_day=day, quota_paid_fen=tuple(cells))


def _sound_lines(reading: Reading) -> list[Line] | None:
    """The fee lines, or None where lines or totals were not readable, which has been said."""
    if any(f.column.startswith(("lines", "totals")) for f in reading.findings):
        return None
    return [part for key, part in reading.parts.items() if key[0] == "lines"]


def _check_settled_on(reading: Reading, case: Case | None) -> None:
    if case and case.settled_on and case.visit.day and case.settled_on < case.visit.day:
        message = f"结算早于就医 {case.visit.day} (settled before the visit)"
        reading.find(("settled_on",), case.settled_on, message, "请核对日期")
