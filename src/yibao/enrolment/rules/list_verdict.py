"""A row of a department's list (部门名单比对): what comparing it with the register yields, and whether it goes back.

Wrong data comes first, for a row that may be of somebody else says nothing about a death; then death, employees' insurance,
and last no enrolment at all. The next list is due so many months after this one.

carries_out: ENR-11
"""

from typing import Annotated, NamedTuple

from yibao.enrolment.params import ListFeedbackParams
from yibao.enrolment.rules.months import months_later
from yibao.enrolment.terms import ListVerdict


class ListRow(NamedTuple):
    """The verdict on one row, and what happens to it."""

    verdict: Annotated[int, "比对结果"]
    sent_back: Annotated[int, "是否反馈提供部门"]
    next_list_day: Annotated[int, "下次报送日"]


def list_row(
    params: ListFeedbackParams,
    *,
    identity_valid: int,
    name_matches: int,
    died: int,
    in_employee_insurance: int,
    enrolled: int,
    list_day: int,
) -> ListRow:
    """The ListVerdict on one row of the list of a day; all facts are 1 or 0."""
    verdict: int = ListVerdict.CONFIRMED
    if identity_valid == 0 or name_matches == 0:
        verdict = ListVerdict.WRONG_DATA
    elif died == 1:
        verdict = ListVerdict.DIED
    elif in_employee_insurance == 1:
        verdict = ListVerdict.JOINED_EMPLOYEE
    elif enrolled == 0:
        verdict = ListVerdict.NOT_ENROLLED
    return ListRow(
        verdict=verdict,
        sent_back=params.sent_back[verdict],
        next_list_day=months_later(day=list_day, months=params.every_months),
    )
