"""The enrolment window (集中参保期): the days on which contributions of the next benefit year are collected together.

Both of its days are inside. An extension is a figure of the entry with its reason beside it, never a habit of the
program: where the tax and insurance bureaus agreed on none, the window closes on the printed day.

carries_out: FIN-17, FIN-18
"""

from typing import Annotated, NamedTuple

from yibao.enrolment.params import WindowParams
from yibao.enrolment.terms import WindowState


class Window(NamedTuple):
    """The window as it is in force, and where a day lies to it."""

    opens_day: Annotated[int, "集中参保期首日"]
    closes_day: Annotated[int, "集中参保期末日（含延长）"]
    extension_days: Annotated[int, "延长天数"]
    state: Annotated[int, "当日状态"]


def enrolment_window(params: WindowParams, *, day: int) -> Window:
    """Where a day lies to the enrolment window (集中参保期), with the extension that is on record."""
    closes_day = params.closes_day
    if params.may_extend == 1:
        closes_day = max(params.closes_day, params.extended_to_day)
    state = WindowState.OPEN
    if day < params.opens_day:
        state = WindowState.NOT_OPEN
    elif day > closes_day:
        state = WindowState.CLOSED
    elif day > params.closes_day:
        state = WindowState.EXTENDED
    return Window(
        opens_day=params.opens_day,
        closes_day=closes_day,
        extension_days=closes_day - params.closes_day,
        state=state,
    )
