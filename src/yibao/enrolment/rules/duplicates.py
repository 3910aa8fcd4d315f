"""Duplicate enrolment (重复参保): two records of one person that overlap, and which is proposed to be kept.

The table says what holds in principle; the person confirms before the other record is closed at the end of a month, and
what was already settled on it stays. Where the table does not decide (both or neither record lies at the place it names,
employee insurance for less than the asked months, aid on either side) the person chooses, in writing.

carries_out: ENR-01, ENR-05, FIN-20
"""

from typing import Annotated, NamedTuple

from yibao.enrolment.params import DuplicateParams
from yibao.enrolment.terms import DuplicateCase, EnrolmentRecord, Keep, Scheme


class Duplicate(NamedTuple):
    """What two records are to each other, and the proposal."""

    overlap_days: Annotated[int, "重复天数"]
    case: Annotated[int, "重复参保情形"]
    keep: Annotated[int, "建议保留"]


def duplicate_enrolment(
    params: DuplicateParams,
    *,
    first: EnrolmentRecord,
    second: EnrolmentRecord,
    student: int,
    flexible_worker: int,
    employee_months: int,
    statement: int,
) -> Duplicate:
    """Which of two records to keep. `employee_months`: without a break in employee insurance; `statement`: a Keep."""
    overlap_days = min(first.last_day, second.last_day) - max(first.first_day, second.first_day) + 1
    if overlap_days <= 0:
        return Duplicate(overlap_days=0, case=DuplicateCase.NONE, keep=Keep.BOTH)
    case = case_of(first=first, second=second, student=student, flexible_worker=flexible_worker)
    keep: int = Keep.PERSON_CHOOSES
    if case == DuplicateCase.ACROSS_SCHEMES and employee_months >= params.employee_months:
        keep = Keep.FIRST if first.scheme == Scheme.EMPLOYEE else Keep.SECOND
    elif case == DuplicateCase.ACROSS_SCHEMES_FLEXIBLE:
        keep = only_one(first=first.gives_benefit, second=second.gives_benefit)
    elif case == DuplicateCase.EMPLOYEE_TWICE or case == DuplicateCase.STUDENT_TWICE:
        keep = only_one(first=first.at_place, second=second.at_place)
    elif case == DuplicateCase.RESIDENT_TWICE:
        keep = only_one(first=first.at_place, second=second.at_place)
        if params.may_choose == 1 and (statement == Keep.FIRST or statement == Keep.SECOND):
            keep = statement
    if keep == Keep.PERSON_CHOOSES and (statement == Keep.FIRST or statement == Keep.SECOND):
        keep = statement
    return Duplicate(overlap_days=overlap_days, case=case, keep=keep)


def case_of(*, first: EnrolmentRecord, second: EnrolmentRecord, student: int, flexible_worker: int) -> int:
    """The row of the decision table that two overlapping records fall under."""
    if first.scheme != second.scheme:
        return DuplicateCase.ACROSS_SCHEMES_FLEXIBLE if flexible_worker == 1 else DuplicateCase.ACROSS_SCHEMES
    if first.scheme == Scheme.EMPLOYEE:
        return DuplicateCase.EMPLOYEE_TWICE
    if student == 1:
        return DuplicateCase.STUDENT_TWICE
    if first.aided == 1 or second.aided == 1:
        return DuplicateCase.AIDED_TWICE
    return DuplicateCase.RESIDENT_TWICE


def only_one(*, first: int, second: int) -> int:
    """The record for which alone something holds; where it holds for both or neither, the person chooses."""
    if first == 1 and second == 0:
        return Keep.FIRST
    if second == 1 and first == 0:
        return Keep.SECOND
    return Keep.PERSON_CHOOSES
