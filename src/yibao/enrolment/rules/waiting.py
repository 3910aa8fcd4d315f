"""The waiting period (待遇享受等待期): days after a late payment on which nothing is paid yet, and who has none.

Whoever pays in the enrolment window has none. The exemptions are of people, and the first that holds is named, so that a
counter can say why. "Within three months" of leaving employee insurance are calendar months, the last day inside.

carries_out: ENR-06
"""

from typing import Annotated, NamedTuple

from yibao.enrolment.params import WaitingParams
from yibao.enrolment.rules.months import months_later
from yibao.enrolment.terms import NEVER_DAY, WaitingExemption
from yibao.kernel.shapes import CATEGORIES


class Waiting(NamedTuple):
    """The working of one person's waiting period; `to_day` is its last day, -1 where there is none."""

    exemption: Annotated[int, "不设等待期的情形"]
    days: Annotated[int, "等待期天数"]
    to_day: Annotated[int, "等待期末日"]


def waiting_period(
    params: WaitingParams,
    *,
    paid_in_window: int,
    newborn: int,
    enrolled_day: int,
    paid_day: int,
    employee_cover_ended_day: int,
    category_tags: int,
) -> Waiting:
    """The waiting period that runs from the day of payment; bit n of `category_tags` is Category n."""
    exemption = exemption_of(
        params,
        paid_in_window=paid_in_window,
        newborn=newborn,
        enrolled_day=enrolled_day,
        employee_cover_ended_day=employee_cover_ended_day,
        category_tags=category_tags,
    )
    if exemption != WaitingExemption.NONE or params.days == 0:
        return Waiting(exemption=exemption, days=0, to_day=NEVER_DAY)
    return Waiting(exemption=exemption, days=params.days, to_day=paid_day + params.days - 1)


def exemption_of(
    params: WaitingParams,
    *,
    paid_in_window: int,
    newborn: int,
    enrolled_day: int,
    employee_cover_ended_day: int,
    category_tags: int,
) -> int:
    """Why there is no waiting period (不设等待期的情形), or NONE."""
    if paid_in_window == 1:
        return WaitingExemption.PAID_IN_WINDOW
    if newborn == 1 and params.newborn_exempt == 1:
        return WaitingExemption.NEWBORN
    if employee_cover_ended_day != NEVER_DAY and enrolled_day <= months_later(
        day=employee_cover_ended_day, months=params.employee_break_months
    ):
        return WaitingExemption.LEFT_EMPLOYEE_INSURANCE
    for category in range(CATEGORIES):
        if params.exempt[category] == 1 and (category_tags >> category) & 1 == 1:
            return WaitingExemption.EXEMPT_CATEGORY
    return WaitingExemption.NONE
