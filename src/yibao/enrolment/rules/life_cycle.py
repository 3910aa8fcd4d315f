"""The life of an enrolment (参保管理): which event is allowed in which state, and from which day the new state holds.

A stopped enrolment is registered anew and never resumed; a change of facts leaves the state as it is. What an area lets take
effect at the end of a month holds from the first day of the next, except that a death ends cover after its own day.

carries_out: ENR-01
"""

from typing import Annotated, NamedTuple

from yibao.enrolment.params import LifeCycleParams
from yibao.enrolment.rules.months import month_first_day, month_number
from yibao.enrolment.terms import EnrolmentState, LifeEvent


class LifeCycle(NamedTuple):
    """What an event does; where it is not allowed the state stays and holds from the day itself."""

    allowed: Annotated[int, "是否可以办理"]
    state: Annotated[int, "办理后的参保状态"]
    from_day: Annotated[int, "新状态首日"]


def life_cycle(params: LifeCycleParams, *, state: int, event: int, died: int, day: int) -> LifeCycle:
    """The state after a LifeEvent that happens on a day, and its first day. `died`: the event is a stop for death."""
    if is_allowed(state=state, event=event) == 0:
        return LifeCycle(allowed=0, state=state, from_day=day)
    from_day = day
    if event == LifeEvent.STOP and died == 1:
        from_day = day + 1
    elif params.at_month_end[event] == 1:
        from_day = month_first_day(month=month_number(day=day) + 1)
    return LifeCycle(allowed=1, state=state_after(state=state, event=event), from_day=from_day)


def is_allowed(*, state: int, event: int) -> int:
    """Whether an event may happen in a state."""
    if event == LifeEvent.REGISTER:
        return 1 if state == EnrolmentState.NOT_REGISTERED or state == EnrolmentState.STOPPED else 0
    if event == LifeEvent.SUSPEND:
        return 1 if state == EnrolmentState.ACTIVE else 0
    if event == LifeEvent.RESUME:
        return 1 if state == EnrolmentState.SUSPENDED else 0
    return 1 if state == EnrolmentState.ACTIVE or state == EnrolmentState.SUSPENDED else 0


def state_after(*, state: int, event: int) -> int:
    """The state that an allowed event leads to."""
    if event == LifeEvent.REGISTER or event == LifeEvent.RESUME:
        return EnrolmentState.ACTIVE
    if event == LifeEvent.SUSPEND:
        return EnrolmentState.SUSPENDED
    if event == LifeEvent.STOP:
        return EnrolmentState.STOPPED
    return state
