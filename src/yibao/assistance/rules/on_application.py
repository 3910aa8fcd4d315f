"""Assistance on application (依申请救助): accept, check, hang out in public, decide, pay; and what is decided.

Limits are working days that the caller counts since the step began. The time in public is the other way round, days that must
have passed. A decision names the first thing in its way; the amount is that of the category's direct assistance and is
reckoned there.

carries_out: AID-04
"""

from typing import Annotated, NamedTuple

from yibao.assistance.params import ApplicationParams
from yibao.assistance.terms import ApplicationOutcome, ApplicationStep
from yibao.kernel.shapes import NOT_ON_FILE
from yibao.kernel.time_limits import TimeLimit, time_limit


class ApplicationProgress(NamedTuple):
    """Where an application stands after this look at it."""

    next_step: Annotated[int, "当前或下一环节"]
    publicity_days_left: Annotated[int, "公示剩余天数"]
    limit: TimeLimit


class Decision(NamedTuple):
    """What is decided, and on which in-scope burden the category's assistance is reckoned."""

    outcome: Annotated[int, "审批结果"]
    burden_fen: Annotated[int, "计入救助的政策范围内负担"]


def application_progress(
    params: ApplicationParams, *, step: int, done: int, working_days: int, days_in_public: int
) -> ApplicationProgress:
    """How a step stands to its limit, and the step that comes next; a publicity that is too short stays where it is."""
    if step == ApplicationStep.CLOSED:
        nothing = time_limit(limit_days=NOT_ON_FILE, used_days=0, done=1)
        return ApplicationProgress(next_step=step, publicity_days_left=0, limit=nothing)
    days_left = 0
    if step == ApplicationStep.PUBLICISE:
        days_left = max(params.publicity_days - days_in_public, 0)
    over = 1 if done == 1 and days_left == 0 else 0
    return ApplicationProgress(
        next_step=step + over,
        publicity_days_left=days_left,
        limit=time_limit(limit_days=params.working_days[step], used_days=working_days, done=over),
    )


def application_decision(
    params: ApplicationParams,
    *,
    category: int,
    certified: int,
    days_in_public: int,
    objection_upheld: int,
    burden_in_scope_fen: int,
) -> Decision:
    """The ApplicationOutcome for somebody whom a department has certified, or has not, as a Category."""
    outcome: int = ApplicationOutcome.GRANTED
    if certified == 0:
        outcome = ApplicationOutcome.NOT_CERTIFIED
    elif params.groups[category] == 0:
        outcome = ApplicationOutcome.OTHER_CATEGORY
    elif days_in_public < params.publicity_days:
        outcome = ApplicationOutcome.NOT_PUBLICISED
    elif objection_upheld == 1:
        outcome = ApplicationOutcome.OBJECTED
    elif burden_in_scope_fen <= 0:
        outcome = ApplicationOutcome.NOTHING_LEFT_TO_PAY
    return Decision(
        outcome=outcome, burden_fen=burden_in_scope_fen if outcome == ApplicationOutcome.GRANTED else 0
    )
