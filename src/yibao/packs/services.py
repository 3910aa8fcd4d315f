"""What an area's entries say of applications and transfers: items, steps, limits, and which days are worked.

Days after the last arrangement of holidays on file count as worked from Monday to Friday; `is_on_file` says which those are.
"""

from datetime import date, timedelta
from typing import Any, TypeVar

from yibao.enrolment.params import (
    AccountBalanceParams,
    JointHandlingParams,
    LifeCycleParams,
    OneApplicationParams,
    RecognitionParams,
    TransferParams,
)
from yibao.packs.build import params
from yibao.packs.entries import EntryRefuses, NoSuchEntry, NotOnFile
from yibao.packs.policies import Area
from yibao.public_services.params import ItemParams
from yibao.public_services.terms import ApplicationKind

ITEM_KEYS = {
    ApplicationKind.ENROL_AT_ONE_GO: "enrol_at_one_go",
    ApplicationKind.BIRTH_AT_ONE_GO: "birth_at_one_go",
}
WORK_WEEK = 5
ONE_DAY = timedelta(days=1)
T = TypeVar("T", bound=tuple[Any, ...])


def item_params(area: Area, kind: ApplicationKind, day: date) -> ItemParams:
    """Papers and time limit of an item on a day. Raises NotOnFile, NoSuchEntry, EntryRefuses."""
    return _asked(ItemParams, area, "public_services", ITEM_KEYS[kind], day)


def step_params(area: Area, day: date) -> OneApplicationParams:
    """The steps of one application on a day. Raises NotOnFile, NoSuchEntry, EntryRefuses."""
    return _asked(OneApplicationParams, area, "enrolment", "one_application", day)


def joint_params(area: Area, day: date) -> JointHandlingParams:
    """The departments that decide a registration together. Raises NotOnFile, NoSuchEntry, EntryRefuses."""
    return _asked(JointHandlingParams, area, "enrolment", "joint_handling", day)


def life_cycle_params(area: Area, day: date) -> LifeCycleParams:
    """From which day an event of an enrolment holds. Raises NotOnFile, NoSuchEntry, EntryRefuses."""
    return _asked(LifeCycleParams, area, "enrolment", "life_cycle", day)


def transfer_params(area: Area, day: date) -> TransferParams:
    """The limits of a transfer on a day. Raises NotOnFile, NoSuchEntry, EntryRefuses."""
    return _asked(TransferParams, area, "enrolment", "transfer", day)


def balance_params(area: Area, day: date) -> AccountBalanceParams:
    """Where a balance goes on a transfer. Raises NotOnFile, NoSuchEntry, EntryRefuses."""
    return _asked(AccountBalanceParams, area, "enrolment", "balance_on_transfer", day)


def recognition_or_none(area: Area, day: date) -> RecognitionParams | None:
    """Recognition of years on a day; None where the area has no such rule on file."""
    try:
        return _asked(RecognitionParams, area, "enrolment", "recognition_of_years", day)
    except (NotOnFile, NoSuchEntry, EntryRefuses):
        return None


def is_on_file(area: Area, day: date) -> bool:
    """Whether the arrangement of holidays of a day is on file."""
    return _rest(area, day) is not None


def is_worked(area: Area, day: date) -> bool:
    """Whether a day is a working day (工作日): by the arrangement on file, else Monday to Friday."""
    rest = _rest(area, day)
    if rest is not None:
        if day in rest["worked"]:
            return True
        if any(span["first"] <= day <= span["last"] for span in rest["holidays"]):
            return False
    return day.isoweekday() <= WORK_WEEK


def working_days(area: Area, after: date, to: date) -> int:
    """Working days after a day, up to and with another; none where that is no later."""
    return sum(is_worked(area, after + ONE_DAY * n) for n in range(1, (to - after).days + 1))


def due_day(area: Area, after: date, limit_working_days: int) -> date:
    """The last day of a limit of so many working days that begins the day after a day."""
    day = after
    while limit_working_days > 0:
        day += ONE_DAY
        limit_working_days -= is_worked(area, day)
    return day


def _rest(area: Area, day: date) -> dict[str, Any] | None:
    try:
        return area.entry("public_services", "rest_days", day).values
    except (NotOnFile, NoSuchEntry, EntryRefuses):
        return None


def _asked(kind: type[T], area: Area, section: str, key: str, day: date) -> T:
    return params(kind, area.entry(section, key, day), area)
