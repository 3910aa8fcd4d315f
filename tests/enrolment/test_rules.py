"""What holds of every rule of enrolment, whatever the facts.

carries_out: FIN-08, FIN-17, FIN-20, ENR-01, ENR-04, ENR-05, ENR-06, ENR-07
"""

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.enrolment.params import (
    CoverageParams,
    CoverageTerms,
    DuplicateParams,
    EligibilityTerms,
    FlexibleWorkerParams,
    NewbornParams,
    RecognitionParams,
    ResidencePermitParams,
    StudentParams,
    WaitingParams,
    WindowParams,
)
from yibao.enrolment.refusals import REFUSAL_WORDS
from yibao.enrolment.rules.coverage import coverage
from yibao.enrolment.rules.duplicates import duplicate_enrolment
from yibao.enrolment.rules.eligibility import eligibility
from yibao.enrolment.rules.months import months_later
from yibao.enrolment.rules.recognition import recognised_years
from yibao.enrolment.rules.waiting import waiting_period
from yibao.enrolment.rules.window import enrolment_window
from yibao.enrolment.terms import (
    NEVER_DAY,
    DuplicateCase,
    EnrolmentRecord,
    EnrolmentRefusal,
    Ground,
    Keep,
    WaitingExemption,
    WindowState,
)
from yibao.kernel.days import day_number, day_of
from yibao.kernel.shapes import CATEGORIES

pytestmark = pytest.mark.property

FLAG = st.integers(0, 1)
DAYS = st.integers(18_000, 21_000)
TAGS = st.integers(0, 2**CATEGORIES - 1)
MONTHS = st.integers(0, 60)
STUDENTS = st.builds(StudentParams, FLAG, DAYS, DAYS, DAYS)
WAITING = st.builds(
    WaitingParams, st.integers(0, 400), st.integers(0, 12), FLAG, st.tuples(*[FLAG] * CATEGORIES)
)
RECORDS = st.builds(EnrolmentRecord, FLAG, DAYS, DAYS, FLAG, FLAG, FLAG)
SPANS = st.tuples(DAYS, DAYS).map(sorted)
FACTS = (
    "in_employee_insurance",
    "enrolled_elsewhere",
    "newborn",
    "student",
    "studies_elsewhere",
    "hukou_local",
    "parent_hukou_local",
    "residence_permit",
    "flexible_worker",
)


@given(st.dates(date(1900, 1, 1), date(2150, 1, 1)), st.integers(-30, 30))
def test_months_are_those_of_the_calendar(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    expected = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    assert day_of(months_later(day=day_number(day), months=months)) == expected


@given(
    st.builds(
        EligibilityTerms,
        st.builds(ResidencePermitParams, FLAG, FLAG),
        st.builds(FlexibleWorkerParams, FLAG),
        STUDENTS,
    ),
    st.fixed_dictionaries({fact: FLAG for fact in FACTS}),
)
def test_there_is_a_ground_or_a_refusal_and_never_both(params, facts):
    found = eligibility(params, **facts)
    assert (found.refusal == EnrolmentRefusal.NONE) == (found.ground != Ground.NONE)
    if facts["in_employee_insurance"] or facts["enrolled_elsewhere"]:
        assert found.refusal != EnrolmentRefusal.NONE
    if found.ground not in (Ground.NONE, Ground.RESIDENCE_PERMIT):
        assert found.same_subsidy == 1


@given(SPANS, FLAG, st.one_of(st.just(-1), DAYS), DAYS)
def test_an_extension_never_shortens_the_window_and_its_days_are_all_inside(
    span, may_extend, extended_to, day
):
    opens, closes = span
    printed = enrolment_window(WindowParams(opens, closes), day=day)
    window = enrolment_window(WindowParams(opens, closes, may_extend, extended_to), day=day)
    assert window.closes_day == max(closes, extended_to if may_extend else closes)
    assert window.extension_days == window.closes_day - closes
    inside = window.state in (WindowState.OPEN, WindowState.EXTENDED)
    assert inside == (opens <= day <= window.closes_day)
    if printed.state == WindowState.OPEN:
        assert window.state == WindowState.OPEN


@given(
    st.builds(
        CoverageTerms,
        st.builds(CoverageParams, DAYS, DAYS, FLAG),
        STUDENTS,
        st.builds(NewbornParams, FLAG, FLAG, FLAG),
    ),
    DAYS,
    DAYS,
    st.integers(0, 300),
    st.fixed_dictionaries({f: FLAG for f in ("newborn", "late_newborn", "student", "graduating")}),
)
def test_paying_earlier_never_covers_fewer_days(params, born, paid, later, facts):
    in_window = coverage(params, born_day=born, paid_day=paid, paid_in_window=1, **facts)
    late = coverage(params, born_day=born, paid_day=paid, paid_in_window=0, **facts)
    later_still = coverage(params, born_day=born, paid_day=paid + later, paid_in_window=0, **facts)
    assert in_window.first_day <= late.first_day <= later_still.first_day
    assert in_window.last_day == late.last_day == later_still.last_day


@given(STUDENTS, st.builds(CoverageParams, DAYS, DAYS, FLAG), DAYS)
def test_everyone_is_covered_to_the_end_of_the_year_they_pay_for(student, year, paid):
    terms = CoverageTerms(year, student, NewbornParams(1, 1, 1))

    def last_day(is_student: int, graduating: int) -> int:
        facts = {"newborn": 0, "late_newborn": 0, "student": is_student, "graduating": graduating}
        return coverage(terms, born_day=0, paid_day=paid, paid_in_window=1, **facts).last_day

    assert last_day(0, 0) == last_day(0, 1) == year.ends_day
    assert (last_day(1, 0), last_day(1, 1)) == (student.ends_day, student.graduate_ends_day)


@given(WAITING, FLAG, FLAG, DAYS, DAYS, st.one_of(st.just(NEVER_DAY), DAYS), TAGS, TAGS)
def test_a_waiting_period_has_the_days_of_the_entry_or_a_reason_why_not(
    params, in_window, newborn, enrolled, paid, ended, tags, more
):
    facts = {
        "paid_in_window": in_window,
        "newborn": newborn,
        "enrolled_day": enrolled,
        "paid_day": paid,
        "employee_cover_ended_day": ended,
    }
    waiting = waiting_period(params, category_tags=tags, **facts)
    if waiting.exemption == WaitingExemption.NONE and params.days > 0:
        assert waiting.to_day - paid + 1 == waiting.days == params.days
    else:
        assert (waiting.days, waiting.to_day) == (0, NEVER_DAY)
    with_more = waiting_period(params, category_tags=tags | more, **facts)
    assert with_more.days <= waiting.days
    assert waiting_period(params, category_tags=tags, **{**facts, "paid_in_window": 1}).days == 0


@given(
    st.builds(RecognitionParams, st.integers(0, 5), FLAG, st.tuples(FLAG, FLAG, FLAG)),
    st.integers(0, 2),
    MONTHS,
    MONTHS,
    MONTHS,
)
def test_years_elsewhere_only_ever_help(params, benefit, here, resident, employee):
    def reached(*months: int):
        here_months, resident_months, employee_months = months
        return recognised_years(
            params,
            benefit=benefit,
            here_months=here_months,
            resident_elsewhere_months=resident_months,
            employee_elsewhere_months=employee_months,
        )

    found = reached(here, resident, employee)
    assert here <= found.counted_months <= here + resident + employee
    assert found.reached == (found.counted_months >= params.years * 12)
    assert found.reached >= reached(here, 0, 0).reached
    if here >= params.years * 12:
        assert found.recognised_months == 0


@given(
    st.builds(DuplicateParams, st.integers(0, 36), FLAG),
    RECORDS,
    RECORDS,
    FLAG,
    FLAG,
    MONTHS,
    st.integers(0, 3),
)
def test_the_order_of_two_records_does_not_matter(
    params, first, second, student, flexible, months, statement
):
    swapped = {Keep.FIRST: Keep.SECOND, Keep.SECOND: Keep.FIRST}

    def decided(one: EnrolmentRecord, other: EnrolmentRecord, said: int):
        return duplicate_enrolment(
            params,
            first=one,
            second=other,
            student=student,
            flexible_worker=flexible,
            employee_months=months,
            statement=said,
        )

    here = decided(first, second, statement)
    there = decided(second, first, swapped.get(statement, statement))
    assert (here.overlap_days, here.case) == (there.overlap_days, there.case)
    assert here.keep == swapped.get(there.keep, there.keep)
    assert (here.case == DuplicateCase.NONE) == (here.keep == Keep.BOTH) == (here.overlap_days == 0)


def test_every_refusal_has_its_words():
    assert set(REFUSAL_WORDS) == set(EnrolmentRefusal) - {EnrolmentRefusal.NONE}
