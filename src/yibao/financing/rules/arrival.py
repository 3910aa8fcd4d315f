"""Arrival of the subsidy (补助资金到位): what a level owes, has budgeted and has paid in, and how late it is.

One call looks at one level of one area and fund year. Money is late from the day after the entry's last day; what arrived in
parts is late by the day of the last part. Whoever reports arrival to the level above has a day of its own, and where no
document asks for the report, or names a last day, there is none.

carries_out: FIN-07, FIN-21
"""

from typing import Annotated, NamedTuple

from yibao.financing.params import SubsidyArrivalParams
from yibao.kernel.shapes import NOT_ON_FILE
from yibao.kernel.time_limits import TimeLimit, Timeliness, time_limit


class SubsidyArrival(NamedTuple):
    """One level's part: outstanding and arrived add up to what is due and what came above it."""

    due_fen: Annotated[int, "应负担补助"]
    budget_short_fen: Annotated[int, "预算安排缺口"]
    outstanding_fen: Annotated[int, "未到位金额"]
    above_due_fen: Annotated[int, "超过应负担的金额"]
    limit: TimeLimit


def subsidy_arrival(
    params: SubsidyArrivalParams,
    *,
    due_fen: int,
    budgeted_fen: int,
    arrived_fen: int,
    last_arrival_day: int,
    day: int,
) -> SubsidyArrival:
    """How one level's part stands on a day: short in the budget, outstanding, late or overdue."""
    outstanding_fen = max(due_fen - arrived_fen, 0)
    reached_day = day if outstanding_fen > 0 else last_arrival_day
    limit = time_limit(
        limit_days=0, used_days=reached_day - params.due_day, done=1 if outstanding_fen == 0 else 0
    )
    if due_fen == 0 or params.due_day == NOT_ON_FILE:
        limit = TimeLimit(days_left=0, days_late=0, state=Timeliness.NOT_ASKED)
    return SubsidyArrival(
        due_fen=due_fen,
        budget_short_fen=max(due_fen - budgeted_fen, 0),
        outstanding_fen=outstanding_fen,
        above_due_fen=max(arrived_fen - due_fen, 0),
        limit=limit,
    )


def arrival_report(params: SubsidyArrivalParams, *, reported: int, day: int) -> TimeLimit:
    """Whether the report of arrival (到位情况报送) is in time; `day` is that of the report, else today."""
    if params.report_by_day == NOT_ON_FILE:
        return TimeLimit(days_left=0, days_late=0, state=Timeliness.NOT_ASKED)
    return time_limit(limit_days=0, used_days=day - params.report_by_day, done=reported)
