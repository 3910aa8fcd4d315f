"""Joint handling of registration (参保登记联办): an application is complete when every department needed has agreed.

One refusal returns it, whoever else agreed. A department that is not needed may say what it likes and changes nothing.

carries_out: ENR-12
"""

from typing import Annotated, NamedTuple

from yibao.enrolment.params import DEPARTMENTS, JointHandlingParams
from yibao.enrolment.terms import JointState


class JointHandling(NamedTuple):
    """Where an application stands; agreed, refused and waiting add up to needed."""

    needed: Annotated[int, "需出具意见的部门数"]
    agreed: Annotated[int, "已同意部门数"]
    refused: Annotated[int, "不同意部门数"]
    waiting: Annotated[int, "未答复部门数"]
    state: Annotated[int, "联办状态"]


def joint_handling(
    params: JointHandlingParams, *, agreed_departments: int, refused_departments: int
) -> JointHandling:
    """The JointState of an application; bit n of either set is Department n, and a refusal outweighs an agreement."""
    needed = 0
    agreed = 0
    refused = 0
    for department in range(DEPARTMENTS):
        if params.departments[department] == 1:
            needed += 1
            if (refused_departments >> department) & 1 == 1:
                refused += 1
            elif (agreed_departments >> department) & 1 == 1:
                agreed += 1
    state: int = JointState.WAITING
    if refused > 0:
        state = JointState.RETURNED
    elif agreed == needed:
        state = JointState.AGREED
    return JointHandling(
        needed=needed, agreed=agreed, refused=refused, waiting=needed - agreed - refused, state=state
    )
