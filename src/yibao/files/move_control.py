"""The control file of a move (接管控制文件): what the system before says the area comes to, in YAML.

    people: 1000
    covered: 980
    years:
      2023: {count: 300, total: 90000 元, in_scope: 80000 元, …}
    settlements:
      2023: {count: 2, total: 3000 元, basic: 1800 元, …}

A student's year is written `2023学年`. Counts are whole numbers, amounts are yuan.
"""

import re
from pathlib import Path
from typing import Any

from yibao.kernel.money import AmountUnreadable, fen_of
from yibao.packs.entries import PolicyFailure
from yibao.packs.policies import read_yaml

COUNTS = ("people", "covered", "categories")
BY_YEAR = ("years", "settlements")
_YEAR = re.compile(r"([0-9]{4})(学年)?")


class ControlUnreadable(ValueError):
    """A control file that cannot be read; the message says where."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"控制文件读不懂：{what}；写法见 docs/how-to/opening.md (control file not understood)"
        )


def read_control(path: Path) -> dict[str, int]:
    """The totals by name: `people`, `years/2023/total_fen`. Raises ControlUnreadable."""
    try:
        whole = read_yaml(path)
    except (OSError, PolicyFailure) as broken:
        raise ControlUnreadable(str(broken)) from None
    if not isinstance(whole, dict) or not whole:
        raise ControlUnreadable("没有内容")
    found: dict[str, int] = {}
    for name, value in whole.items():
        if name in COUNTS:
            found[name] = _count(name, value)
        elif name in BY_YEAR and isinstance(value, dict):
            found |= _years(str(name), value)
        else:
            raise ControlUnreadable(f"{name!r} 不是 {'、'.join((*COUNTS, *BY_YEAR))} 之一")
    return found


def _years(name: str, value: dict[Any, Any]) -> dict[str, int]:
    found = {}
    for year, sums in value.items():
        named = _YEAR.fullmatch(str(year))
        if named is None or not isinstance(sums, dict):
            raise ControlUnreadable(f"{name} 之下应是年度，如 2023 或 2023学年，现为 {year!r}")
        place = f"{name}/{named[1]}{'s' if named[2] else ''}"
        for field, amount in sums.items():
            if field in ("count", "stays"):
                found[f"{place}/{field}"] = _count(f"{place}/{field}", amount)
            else:
                found[f"{place}/{field}_fen"] = _fen(f"{place}/{field}", amount)
    return found


def _count(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ControlUnreadable(f"{name} 应是整数，现为 {value!r}")
    return value


def _fen(name: str, value: object) -> int:
    try:
        return fen_of(str(value))
    except AmountUnreadable:
        raise ControlUnreadable(f"{name} 应是金额，如 90000 元，现为 {value!r}") from None
