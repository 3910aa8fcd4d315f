"""The way of a change of policy (重大政策调整): draft → effect shown → reported → approved → in force.

A step counts once it was done, and only after the one before it: a report that went out before the effect was reckoned
told the superior nothing. Nothing takes effect unapproved, and nothing before its own day; what was approved after the day
it names begins on the day of approval, and reaches back only by recomputing what was settled since.

carries_out: LST-03, BEN-01
"""

from typing import Annotated, NamedTuple

from yibao.policy_list.params import ChangeWorkflowParams
from yibao.policy_list.terms import ChangeLack, ChangeStage


class ChangeStanding(NamedTuple):
    """Where a change stands on a day."""

    stage: Annotated[int, "所处阶段"]
    lacks: Annotated[int, "还缺的步骤"]
    in_force: Annotated[int, "可以执行"]


def change_standing(
    params: ChangeWorkflowParams,
    *,
    effect_day: int,
    reported_day: int,
    approved_day: int,
    begins_day: int,
    day: int,
) -> ChangeStanding:
    """Where a change stands on a day; a step that was not done has a negative day number."""
    if params.effect_first == 1 and not is_done(step_day=effect_day, after_day=0, day=day):
        return ChangeStanding(stage=ChangeStage.DRAFT, lacks=ChangeLack.EFFECT, in_force=0)
    shown_day = max(effect_day, 0)
    if params.report_first == 1 and not is_done(step_day=reported_day, after_day=shown_day, day=day):
        return ChangeStanding(stage=ChangeStage.EFFECT_SHOWN, lacks=ChangeLack.REPORT, in_force=0)
    told_day = max(reported_day, shown_day)
    if params.approval_first == 1 and not is_done(step_day=approved_day, after_day=told_day, day=day):
        return ChangeStanding(stage=ChangeStage.REPORTED, lacks=ChangeLack.APPROVAL, in_force=0)
    if day < begins_day:
        return ChangeStanding(stage=ChangeStage.APPROVED, lacks=ChangeLack.ITS_DAY, in_force=0)
    return ChangeStanding(stage=ChangeStage.IN_FORCE, lacks=ChangeLack.NOTHING, in_force=1)


def is_done(*, step_day: int, after_day: int, day: int) -> int:
    """Whether a step was done by a day, and not before the step it follows."""
    return 1 if step_day >= after_day and step_day <= day else 0
