"""One application for enrolment (参保一件事): which step comes next, and when everything asked for is done.

Steps are done in their order, but one done early is not asked for again. Who owes nothing, since aid pays all of it or a
newborn is free, has no payment to make.

carries_out: ENR-02
"""

from typing import Annotated, NamedTuple

from yibao.enrolment.params import ONE_APPLICATION_STEPS, OneApplicationParams
from yibao.enrolment.terms import OneApplicationStep


class OneApplication(NamedTuple):
    """Where an application stands; `next_step` is a OneApplicationStep, -1 where nothing is left."""

    asked: Annotated[int, "应办环节数"]
    left: Annotated[int, "未办环节数"]
    next_step: Annotated[int, "下一环节"]
    complete: Annotated[int, "是否办结"]


def one_application(params: OneApplicationParams, *, done_steps: int, person_pays_fen: int) -> OneApplication:
    """How far an application is; bit n of `done_steps` is OneApplicationStep n."""
    asked = 0
    left = 0
    next_step = -1
    for step in range(ONE_APPLICATION_STEPS):
        free = step == OneApplicationStep.PAYMENT and person_pays_fen == 0
        if params.steps[step] == 1 and not free:
            asked += 1
            if (done_steps >> step) & 1 == 0:
                left += 1
                if next_step == -1:
                    next_step = step
    return OneApplication(asked=asked, left=left, next_step=next_step, complete=1 if left == 0 else 0)
