"""Time limits (办理时限): whether something is done in time, when nothing but whole days are counted.

The caller counts the days, calendar days or working days as the entry says, to the day it was done and else to today; so a
rule needs neither a clock nor a table of holidays. The last day of a limit is inside it.
"""

from enum import IntEnum
from typing import Annotated, NamedTuple

from yibao.kernel.shapes import NOT_ON_FILE


class Timeliness(IntEnum):
    """How something stands to its time limit (时限状态)."""

    NOT_ASKED = 0
    RUNNING = 1
    IN_TIME = 2
    LATE = 3
    OVERDUE = 4


class TimeLimit(NamedTuple):
    """The working of one look at a time limit."""

    days_left: Annotated[int, "剩余天数"]
    days_late: Annotated[int, "超期天数"]
    state: Annotated[int, "时限状态"]


def time_limit(*, limit_days: int, used_days: int, done: int) -> TimeLimit:
    """How days used so far stand to a limit; a limit that is not on file asks nothing. `done` is 1 or 0."""
    if limit_days == NOT_ON_FILE:
        return TimeLimit(days_left=0, days_late=0, state=Timeliness.NOT_ASKED)
    days_late = max(used_days - limit_days, 0)
    if done == 1:
        state: int = Timeliness.LATE if days_late > 0 else Timeliness.IN_TIME
        return TimeLimit(days_left=0, days_late=days_late, state=state)
    state = Timeliness.OVERDUE if days_late > 0 else Timeliness.RUNNING
    return TimeLimit(days_left=max(limit_days - used_days, 0), days_late=days_late, state=state)
