"""What a year begins with (年初接转): what was taken over, less what has been reversed of it since.

The opening itself stays as it was written. Of a deductible of an episode and of what a day's outpatient pooling paid only so
much is taken back as is still there: both may have begun anew since.
"""

from typing import Any

from yibao.engine.terms import YearSoFar
from yibao.settlement.models import YearRow
from yibao.settlement.vectors import unpacked
from yibao.takeover.queries import reversed_changes

BEGIN_ANEW = ("episode_deductible_fen", "pooling_day_paid_fen")
QUOTAS = "quota_paid_fen"


class MoreThanTakenOver(ValueError):
    """A settlement of the system before that is more than the year was taken over with."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            f"原系统结算超过接管的年度累计（{'、'.join(names)}）；未作任何更改，请核对接管文件 (more than was taken over)"
        )


def opening_now(row: YearRow) -> YearSoFar:
    """What replays of a year begin with."""
    found: YearSoFar = unpacked(YearSoFar, row.opening)
    for change in reversed_changes(row.person_id, row.benefit_year, academic=row.academic):
        found = less(found, unpacked(YearSoFar, change))
    return found


def less(so_far: YearSoFar, change: YearSoFar) -> YearSoFar:
    """A year so far without what a settlement added to it. Raises MoreThanTakenOver."""
    values: dict[str, Any] = {}
    for name in YearSoFar._fields:
        had, added = getattr(so_far, name), getattr(change, name)
        if name == QUOTAS:
            values[name] = tuple(h - a for h, a in zip(had, added, strict=True))
        elif name == "pooling_day":
            values[name] = had
        elif name in BEGIN_ANEW:
            values[name] = max(had - added, 0)
        else:
            values[name] = had - added
    if so_far.pooling_day != change.pooling_day:
        values["pooling_day_paid_fen"] = so_far.pooling_day_paid_fen
    below = [name for name, value in values.items() if (min(value) if name == QUOTAS else value) < 0]
    if below:
        raise MoreThanTakenOver(below)
    return YearSoFar(**values)
