"""A block carried on (沿用): last year's figures written again for a new year, assumed and saying so.

What a reader would get wrong: a day inside a block moves with the year only where the entry's days belong to a benefit year
(when collection opens, when cover begins). A day that a notice fixed once (by when a framework is unified) stays.
"""

import re
from datetime import date, timedelta
from typing import Any, NamedTuple

import yaml

from yibao.kernel.standing import Standing
from yibao.packs.entries import Entry

OF_A_BENEFIT_YEAR = ("financing", "enrolment")
"""Sections whose blocks are dated by the benefit year they are for, days inside and all."""

_CARRIED_SOURCE = re.compile(r"沿用\d{4}年：")
_CARRIED_NOTE = re.compile(r"\d{4}年没有文件在册，[^；]*(?:；原注：)?")


class MovedDay(NamedTuple):
    """A day inside a block that moves with the year."""

    figure: str
    was: date
    becomes: date


class Carried(NamedTuple):
    """One block carried on: its file and entry, the block it comes from, its figures and the days that move.

    Without figures the block refuses, as the one before it did.
    """

    file: str
    entry: str
    from_day: date
    figures: list[str]
    moved: list[MovedDay]


class _Dumper(yaml.SafeDumper):
    """Writes every figure out: an anchor would tie one year's figures to another's."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def carried(block: Entry, before: Entry | None, year: int) -> tuple[str, Carried]:
    """The text of a block for a year, and what was carried; `before` is the block ahead of the last one."""
    moved = _moved_days(block, before, year)
    values = {**block.values, **{day.figure: day.becomes for day in moved}}
    written = {**values, **_rests_on(block, moved, year)}
    lines = f"  {opens_on(block, year)}:\n" + "".join(_lines(name, value) for name, value in written.items())
    return lines, Carried(block.file, block.key, block.first_day, list(block.values), moved)


def opens_on(block: Entry, year: int) -> date:
    """The first day of the block that follows one into a year."""
    assert block.last_day is not None
    return max(date(year, 1, 1), block.last_day + timedelta(days=1))


def _lines(name: str, value: Any) -> str:
    """A key of a block as YAML; a table that holds no other stands on one line."""
    style = None if isinstance(value, (dict, list)) else False
    text = yaml.dump(
        {name: value},
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=style,
        width=10**6,
    )
    return "".join(f"    {line}\n" for line in text.splitlines())


def _rests_on(block: Entry, moved: list[MovedDay], year: int) -> dict[str, Any]:
    """What a carried block says of itself beside its figures; the notice's words are not quoted for another year."""
    assert block.last_day is not None
    found: dict[str, Any] = {"categories": list(block.categories)} if block.categories else {}
    found["last_day"] = date(year, 12, 31)
    if block.values:
        cite = "" if block.cite in block.source else block.cite
        source = "；".join(words for words in (cite, block.source) if words)
        is_carried = _CARRIED_SOURCE.match(source)
        found["source"] = source if is_carried else f"沿用{block.last_day.year}年：{source}"
    found["standing"] = Standing.ASSUMED.name.lower()
    found["note"] = _note(block, moved, year)
    if block.carries_out:
        found["carries_out"] = list(block.carries_out)
    return found


def _note(block: Entry, moved: list[MovedDay], year: int) -> str:
    how = f"沿用{block.first_day}起的一块" if block.values else f"{block.first_day}起的一块也没有数字"
    days = "，日期随年度顺延" if moved else ""
    own = _CARRIED_NOTE.sub("", block.note, count=1)
    return f"{year}年没有文件在册，{how}{days}" + (f"；原注：{own}" if own else "")


def _moved_days(block: Entry, before: Entry | None, year: int) -> list[MovedDay]:
    assert block.last_day is not None
    years = year - block.last_day.year
    return [
        MovedDay(name, value, _later(value, years))
        for name, value in block.values.items()
        if isinstance(value, date) and _moves(block, before, name)
    ]


def _moves(block: Entry, before: Entry | None, name: str) -> bool:
    """Whether a day belongs to its year: as it did from the block before to this one, else as its section does."""
    earlier = before.values.get(name) if before is not None else None
    return block.section in OF_A_BENEFIT_YEAR if earlier is None else earlier != block.values[name]


def _later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return date(day.year + years, 2, 28)
