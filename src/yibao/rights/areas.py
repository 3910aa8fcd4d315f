"""The area filter (地区范围): which division codes lie inside an area. The one place that decides it.

A code covers itself and everything below it: a province's `xx0000` all that begins with its two digits, a city's `xxxx00`
its counties, a county its townships (9 digits) and villages (12), the nation's `000000` everything.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

_LEVELS = (2, 4, 6, 9, 12)


def prefix_of(area_code: str) -> str:
    """What every code inside an area begins with."""
    ends = [0, *(end for end in _LEVELS if end <= len(area_code))]
    for begin, end in zip(reversed(ends[:-1]), reversed(ends[1:]), strict=True):
        if area_code[begin:end].strip("0"):
            return area_code[:end]
    return ""


def covers(area_code: str, division_code: str) -> bool:
    """Whether a division lies inside an area."""
    return division_code.startswith(prefix_of(area_code))


def inside(area_codes: Iterable[str], field: str) -> Q:
    """The condition that rows lie inside one of some areas; none where there are no areas."""
    condition = Q(pk__in=())
    for code in set(area_codes):
        condition |= Q(**{f"{field}__startswith": prefix_of(code)})
    return condition


def rows_inside(rows: Any, area_codes: Iterable[str], field: str) -> Any:
    """The rows of a query that lie inside one of some areas."""
    return rows.filter(inside(area_codes, field))
