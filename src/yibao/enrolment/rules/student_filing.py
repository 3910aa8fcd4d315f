"""Students treated in another province (大学生异地备案): what one is told, so that care is settled directly.

Filing oneself before leaving is the way; one that is made up before the bill is settled at discharge still counts. After
that the bill was paid in advance and is claimed by hand.

carries_out: ENR-13
"""

from typing import Annotated, NamedTuple

from yibao.enrolment.params import StudentFilingParams
from yibao.enrolment.terms import FilingAdvice


class StudentFiling(NamedTuple):
    """What a student is told, and whether the care is settled directly as things stand."""

    advice: Annotated[int, "备案引导"]
    settles_directly: Annotated[int, "是否可直接结算"]


def student_filing(
    params: StudentFilingParams,
    *,
    student: int,
    outside_province: int,
    filed: int,
    admitted: int,
    settled: int,
) -> StudentFiling:
    """The FilingAdvice for a student who goes, or lies in hospital, outside the province; all facts are 1 or 0."""
    if student == 0 or outside_province == 0 or params.led_to_file == 0:
        return StudentFiling(advice=FilingAdvice.NOTHING, settles_directly=0)
    if filed == 1:
        return StudentFiling(advice=FilingAdvice.SETTLE_DIRECTLY, settles_directly=1)
    if settled == 1:
        return StudentFiling(advice=FilingAdvice.CLAIM_BY_HAND, settles_directly=0)
    if admitted == 1:
        if params.before_discharge_settlement == 1:
            return StudentFiling(advice=FilingAdvice.FILE_BEFORE_SETTLING, settles_directly=0)
        return StudentFiling(advice=FilingAdvice.CLAIM_BY_HAND, settles_directly=0)
    return StudentFiling(advice=FilingAdvice.FILE_BY_ONESELF, settles_directly=0)
