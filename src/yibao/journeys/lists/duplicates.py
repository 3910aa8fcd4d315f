"""Duplicate enrolments (重复参保): found within the area and from lists of cover elsewhere, with what the table proposes.

What each record is goes to `enrolment.rules.duplicates` as facts and is kept beside the proposal, so that a later choice is
judged by the same facts. What a reader would get wrong: the first record is always ours; within the area the second is
another record that may be of the same person, and nobody with two valid numbers is one person.

carries_out: ENR-01, ENR-05, ENR-11, FIN-20
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from yibao.enrolment.models import (
    Address,
    Coverage,
    DuplicateEnrolment,
    DuplicateStep,
    Identity,
    ListRow,
    Person,
)
from yibao.enrolment.params import DuplicateParams
from yibao.enrolment.rules.duplicates import Duplicate, duplicate_enrolment
from yibao.enrolment.terms import (
    DUPLICATE_STATE_WORDS,
    KEEP_WORDS,
    AddressKind,
    DuplicateCase,
    DuplicateState,
    EnrolmentRecord,
    IdentityKind,
    Keep,
    Scheme,
)
from yibao.financing.models import ContributionBill
from yibao.financing.terms import ContributionGroup
from yibao.journeys.lists.listing_rows import RowFacts
from yibao.kernel.codes import identity_problem
from yibao.kernel.days import day_number
from yibao.packs.build import params
from yibao.packs.policies import policies
from yibao.rights.actors import Actor
from yibao.rights.areas import covers, rows_inside
from yibao.rights.audit import note
from yibao.rights.requests import canonical, once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.models import Settlement
from yibao.settlement.versions import pooling_area

CASE_WORDS: dict[DuplicateCase, tuple[str, str]] = {
    DuplicateCase.NONE: ("没有重复的日子", "no overlap"),
    DuplicateCase.EMPLOYEE_TWICE: ("职工与职工", "employee twice"),
    DuplicateCase.RESIDENT_TWICE: ("居民与居民", "resident twice"),
    DuplicateCase.STUDENT_TWICE: ("在校学生", "student twice"),
    DuplicateCase.ACROSS_SCHEMES: ("职工与居民", "across schemes"),
    DuplicateCase.ACROSS_SCHEMES_FLEXIBLE: ("灵活就业与居民", "across schemes, flexible"),
    DuplicateCase.AIDED_TWICE: ("受资助的与其他", "aided"),
}

OPEN = (DuplicateState.PROPOSED, DuplicateState.NOTIFIED, DuplicateState.CHOSEN)
"""States in which something is still to be done."""


@dataclass(frozen=True)
class FindOrder:
    """An area whose records are to be looked through for two that are of one person, on a day."""

    area_code: str
    day: date


def find_duplicates(actor: Actor, key: str, order: FindOrder) -> str:
    """Looks through an area for two records of one person; `{"found": …, "new": […]}`. What is known is not proposed again.

    Raises NotAllowed, KeyReused, and the failures of `packs`.
    """
    from yibao.journeys.lists.matching import described_people, pairs_within

    def do() -> dict[str, object]:
        actor.require(Matter.ENROLMENT_MATTER, Deed.DO, order.area_code)
        people = described_people(order.area_code)
        numbered = {p.key for p in people if p.number and not identity_problem(p.number)}
        pairs = [p for p in pairs_within(people) if not (p.left in numbered and p.right in numbered)]
        new = []
        for pair in sorted(pairs, key=lambda p: (min(p.left, p.right), max(p.left, p.right))):
            made = _propose_pair(actor, pair.left, pair.right, pair.score_bp, order.day)
            new += [] if made is None else [made]
        note(actor, "find_duplicates", order.area_code, f"area:{order.area_code}", new=len(new))
        return {"found": len(pairs), "new": new}

    return once(actor.name, key, "find_duplicates", order, do)


def propose_elsewhere_within(
    actor: Actor, person: Person, facts: RowFacts, row: ListRow, coverage_id: int, today: date
) -> int:
    """Proposes what to do about a cover elsewhere of a locked person, as part of a journey; the duplicate's id."""
    elsewhere = facts.elsewhere
    assert elsewhere is not None and facts.last_day is not None, "a row without them is not readable"
    coverage = Coverage.objects.get(pk=coverage_id)
    theirs = EnrolmentRecord(
        scheme=elsewhere.scheme,
        first_day=day_number(facts.first_day),
        last_day=day_number(facts.last_day),
        at_place=max(elsewhere.student, elsewhere.lives_there),
        aided=elsewhere.aided,
        gives_benefit=elsewhere.gives_benefit,
    )
    ours = record_of(person, coverage)
    given = {
        "first": ours._asdict(),
        "second": theirs._asdict(),
        "student": max(elsewhere.student, int(coverage.group == ContributionGroup.STUDENT)),
        "flexible_worker": elsewhere.flexible,
        "employee_months": elsewhere.employee_months,
    }
    found = judged(person.county_code, given, today)
    made = DuplicateEnrolment.objects.create(
        person=person,
        row=row,
        county_code=person.county_code,
        area_code=elsewhere.area_code,
        scheme=elsewhere.scheme,
        first_day=facts.first_day,
        last_day=facts.last_day,
        facts=canonical(given),
        case=found.case,
        keep=found.keep,
    )
    step_within(actor, made, DuplicateState.PROPOSED, today)
    return int(made.pk)


def judged(
    county_code: str, given: dict[str, Any], day: date, statement: Keep = Keep.PERSON_CHOOSES
) -> Duplicate:
    """What the table says of the facts of two records, by the entry in force on a day."""
    area = policies().area(county_code)
    return duplicate_enrolment(
        params(DuplicateParams, area.entry("enrolment", "duplicate_enrolment", day), area),
        first=EnrolmentRecord(**given["first"]),
        second=EnrolmentRecord(**given["second"]),
        student=given["student"],
        flexible_worker=given["flexible_worker"],
        employee_months=given["employee_months"],
        statement=statement,
    )


def record_of(person: Person, coverage: Coverage) -> EnrolmentRecord:
    """One of our records as the table sees it."""
    student = coverage.group == ContributionGroup.STUDENT
    lives_at = Address.objects.filter(person=person, kind=AddressKind.LIVES_AT, last_day=None)
    here = pooling_area(person.county_code)
    bill = ContributionBill.objects.filter(
        person=person, void=False, benefit_year=coverage.benefit_year, aid_category__gt=0
    )
    settled = Settlement.objects.filter(
        visit__person=person, served_on__gte=coverage.first_day, served_on__lte=coverage.last_day, refusal=0
    )
    return EnrolmentRecord(
        scheme=coverage.scheme,
        first_day=day_number(coverage.first_day),
        last_day=day_number(coverage.last_day),
        at_place=int(student or any(covers(here, a.division_code) for a in lives_at)),
        aided=int(bill.exists()),
        gives_benefit=int(settled.filter(reverses=None, settlement=None).exists()),
    )


def step_within(
    actor: Actor,
    duplicate: DuplicateEnrolment,
    state: DuplicateState,
    done_on: date,
    *,
    document_no: str = "",
    reason: str = "",
) -> None:
    """Brings a duplicate to a state and writes the step down, as part of a journey."""
    duplicate.state = state
    duplicate.save(update_fields=["state", "keep"])
    DuplicateStep.objects.create(
        duplicate=duplicate,
        state=state,
        keep=duplicate.keep,
        done_on=done_on,
        document_no=document_no,
        reason=reason,
        actor=actor.name,
        recorded_at=timezone.now(),
    )
    note(
        actor,
        "duplicate_step",
        duplicate.county_code,
        f"duplicate:{duplicate.pk}",
        reason,
        state=int(state),
        keep=int(duplicate.keep),
    )


def duplicates(actor: Actor, area_code: str, *, only_open: bool = True) -> list[DuplicateEnrolment]:
    """The duplicates of an area, in order; those that still want something done, or all. Raises NotAllowed."""
    actor.require(Matter.ENROLMENT_MATTER, Deed.LOOK, area_code)
    rows = rows_inside(DuplicateEnrolment.objects, (area_code,), "county_code").select_related(
        "person", "other"
    )
    return list((rows.filter(state__in=OPEN) if only_open else rows).order_by("county_code", "id"))


def write_duplicates(actor: Actor, area_code: str, path: Path, *, reason: str) -> int:
    """Writes the open duplicates of an area to a CSV, with names and numbers; how many. Taking it is written down."""
    from yibao.journeys.lists.listing_feedback import write_rows

    found = duplicates(actor, area_code)
    numbers = _numbers(found)
    headings = (
        *(
            "编号",
            "参保县（市、区）",
            "人员编号",
            "姓名",
            "身份证号",
            "另一条",
            "另一条起始日",
            "另一条终止日",
        ),
        *("情形", "建议", "办理状态"),
    )
    rows = [
        (
            str(row.pk),
            row.county_code,
            str(row.person_id),
            row.person.name,
            numbers.get(row.person_id, ""),
            f"人员 {row.other_id}" if row.other_id else f"{row.area_code} {_scheme(row.scheme)}",
            str(row.first_day),
            str(row.last_day),
            CASE_WORDS[DuplicateCase(row.case)][0],
            KEEP_WORDS[Keep(row.keep)][0],
            DUPLICATE_STATE_WORDS[DuplicateState(row.state)][0],
        )
        for row in found
    ]
    write_rows(headings, rows, path)
    note(actor, "take_duplicates", area_code, f"area:{area_code}", reason, rows=len(rows))
    return len(rows)


def _propose_pair(actor: Actor, left: int, right: int, score_bp: int, day: date) -> int | None:
    """Proposes what to do about two records that may be of one person; None where it is known, or one has no cover."""
    first_id, second_id = sorted((left, right))
    covered = {
        person_id: Coverage.objects.filter(person_id=person_id, void=False, scheme=Scheme.RESIDENT)
        .order_by("-last_day", "id")
        .first()
        for person_id in (first_id, second_id)
    }
    ours, other = covered[first_id], covered[second_id]
    if ours is None or other is None:
        return None
    person, twin = Person.objects.get(pk=first_id), Person.objects.get(pk=second_id)
    given = {
        "first": record_of(person, ours)._asdict(),
        "second": record_of(twin, other)._asdict(),
        "student": int(ContributionGroup.STUDENT in (ours.group, other.group)),
        "flexible_worker": 0,
        "employee_months": 0,
    }
    found = judged(person.county_code, given, day)
    made, is_new = DuplicateEnrolment.objects.get_or_create(
        person=person,
        other=twin,
        defaults={
            "county_code": person.county_code,
            "area_code": twin.county_code,
            "scheme": other.scheme,
            "first_day": other.first_day,
            "last_day": other.last_day,
            "facts": canonical(given),
            "score_bp": score_bp,
            "case": found.case,
            "keep": found.keep,
        },
    )
    if not is_new:
        return None
    step_within(actor, made, DuplicateState.PROPOSED, day)
    return int(made.pk)


def _numbers(found: Sequence[DuplicateEnrolment]) -> dict[int, str]:
    held = Identity.objects.filter(
        person_id__in=[row.person_id for row in found], kind=IdentityKind.IDENTITY_NUMBER
    )
    return dict(held.order_by("-id").values_list("person_id", "number"))


def _scheme(scheme: int) -> str:
    return "职工医保" if scheme == Scheme.EMPLOYEE else "居民医保"
