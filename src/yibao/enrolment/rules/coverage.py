"""Coverage (参保期): from which day to which day an enrolment of one benefit year covers a person.

A payment in the window covers the whole benefit year; a later one covers from the day it is made, and the waiting period
runs inside it. A newborn is covered from birth, in the year of birth without a contribution; one that was not registered
then is covered from birth after enrolling, or paying the full financing, for the next year, so its coverage spans both.

carries_out: ENR-01, ENR-03, ENR-04, ENR-05, FIN-03
"""

from typing import Annotated, NamedTuple

from yibao.enrolment.params import CoverageTerms
from yibao.enrolment.rules.months import MONTHS_OF_A_YEAR, months_later
from yibao.enrolment.terms import CoverageStart


class Coverage(NamedTuple):
    """The days covered, both inside; `last_day` lies before `first_day` where nothing is left of the year."""

    start: Annotated[int, "待遇起始依据"]
    first_day: Annotated[int, "参保期首日"]
    last_day: Annotated[int, "参保期末日"]


def coverage(
    params: CoverageTerms,
    *,
    born_day: int,
    paid_day: int,
    paid_in_window: int,
    newborn: int,
    late_newborn: int,
    student: int,
    graduating: int,
) -> Coverage:
    """The days an enrolment covers. `newborn`: born in this benefit year; `late_newborn`: in the one before, unregistered."""
    starts_day = params.student.starts_day if student == 1 else params.year.starts_day
    last_day = last_covered_day(params, student=student, graduating=graduating)
    if newborn == 1 and params.newborn.covered_from_birth == 1:
        return Coverage(start=CoverageStart.BIRTH, first_day=born_day, last_day=last_day)
    if late_newborn == 1 and params.newborn.late_path == 1:
        return Coverage(start=CoverageStart.BIRTH, first_day=born_day, last_day=last_day)
    if paid_in_window == 1:
        return Coverage(start=CoverageStart.YEAR_BEGINS, first_day=starts_day, last_day=last_day)
    return Coverage(start=CoverageStart.PAYMENT, first_day=max(paid_day, starts_day), last_day=last_day)


def last_covered_day(params: CoverageTerms, *, student: int, graduating: int) -> int:
    """The last day of the year somebody pays for; students, and those of them who graduate, may have their own."""
    if student == 1 and graduating == 1:
        return params.student.graduate_ends_day
    if student == 1:
        return params.student.ends_day
    return params.year.ends_day


def is_newborn(params: CoverageTerms, *, born_day: int) -> int:
    """Whether somebody was born in this benefit year (出生当年)."""
    return 1 if params.year.starts_day <= born_day and born_day <= params.year.ends_day else 0


def is_late_newborn(params: CoverageTerms, *, born_day: int, unregistered: int) -> int:
    """Whether somebody was born in the twelve months before this benefit year, unregistered, and may be registered now."""
    starts_day = params.year.starts_day
    born_last_year = (
        months_later(day=starts_day, months=-MONTHS_OF_A_YEAR) <= born_day and born_day < starts_day
    )
    return 1 if born_last_year and unregistered == 1 and params.newborn.late_path == 1 else 0
