"""A grid of a reform (方案网格): one or two figures over a range, and what each cell does to the fund and to people.

`key=a..b:step` steps from a to b in the units they are printed in (`60%..80%:5%`, `5000 元..15000 元:1000 元`);
`key=a,b,c` takes a list. Today's side is settled once, each cell once.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import polars as pl

from yibao.packs.change_text import Change, ChangesUnfit, Read, change_of
from yibao.packs.overlay import overlay
from yibao.packs.policies import Area, policies
from yibao.simulate.reform import Data, Reform, reform, year_days
from yibao.simulate.tables import PAYER_WORDS

MOST_AXES = 2
MOST_CELLS = 400
_ENDS = re.compile(r"\s*(-?[0-9]+(?:\.[0-9]+)?)\s*([^\s0-9.]*)\s*")


class Axis(NamedTuple):
    """One figure of a grid and the values it takes, as they are printed."""

    name: str
    values: tuple[str, ...]


class Grid(NamedTuple):
    """The cells: a column for each axis, and what `CELL` names, in fen, months and units."""

    axes: tuple[Axis, ...]
    cells: pl.DataFrame


CELL = (
    *(f"{payer}_difference_fen" for payer in PAYER_WORDS),
    "people_pay_difference_fen",
    "surplus_fen",
    "surplus_difference_fen",
    "catastrophic_balance_fen",
    "funds_difference_fen",
    "reserve_months",
    "less_units",
    "more_units",
    "heavy_units",
    "heavy_difference",
)
"""What each cell has beside its place: differences are after less before; what people pay is bills and contributions,
what the funds gain the surplus of the basic fund and the balance of the catastrophic money together."""


def axes_of(written: Iterable[str]) -> tuple[Axis, ...]:
    """The axes of a grid. Raises ChangesUnfit with every problem."""
    found, problems = [], []
    for text in written:
        try:
            found.append(axis_of(text))
        except ChangesUnfit as unfit:
            problems += unfit.problems
    if len(found) > MOST_AXES:
        problems.append(f"--grid 最多 {MOST_AXES} 个数字，现有 {len(found)} 个 (too many axes)")
    cells = 1
    for axis in found:
        cells *= len(axis.values)
    if cells > MOST_CELLS:
        problems.append(f"--grid 共 {cells} 格，最多 {MOST_CELLS} 格；请放大步长 (too many cells)")
    if problems:
        raise ChangesUnfit(problems)
    return tuple(found)


def axis_of(text: str) -> Axis:
    """One axis. Raises ChangesUnfit."""
    name, equals, written = text.partition("=")
    change_of(f"{name}=0")
    if not equals or not written.strip():
        raise ChangesUnfit([f"--grid {text!r}：请写成 键=a..b:步长 或 键=a,b,c (no values)"])
    values = _stepped(text, written) if ".." in written else [one.strip() for one in written.split(",")]
    if len(set(values)) != len(values) or not all(values):
        raise ChangesUnfit([f"--grid {text!r}：有空的或重复的值 (an empty or repeated value)"])
    return Axis(name.strip(), tuple(values))


def _stepped(text: str, written: str) -> list[str]:
    ends, _, step = written.partition(":")
    low, _, high = ends.partition("..")
    read = [_ENDS.fullmatch(part) for part in (low, high, step)]
    if not all(read):
        raise ChangesUnfit([f"--grid {text!r}：请写成 键=60%..80%:5% (not a range with a step)"])
    numbers = [Decimal(of.group(1)) for of in read if of]
    units = {of.group(2) for of in read if of}
    if len(units) != 1 or numbers[2] <= 0 or numbers[1] < numbers[0]:
        raise ChangesUnfit([f"--grid {text!r}：三处单位要一样，步长大于零，从小到大 (units, step or order)"])
    unit = units.pop()
    values: list[str] = []
    at = numbers[0]
    while at <= numbers[1] and len(values) <= MOST_CELLS:
        values.append(f"{at:f} {unit}" if unit not in ("", "%") else f"{at:f}{unit}")
        at += numbers[2]
    return values


def grid(
    found: Reform,
    axes: Sequence[Axis],
    read: Read | None = None,
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> Grid:
    """The grid of a reform that is known: its changes, or those of `read`, stay in every cell.

    Raises ChangesUnfit with every problem of any cell.
    """
    others = found.read if read is None else read
    area, year, data = found.area, found.year, found.data
    places = _places(axes)
    reads = refuse_cells(area, year, others, axes)
    rows = []
    for at, (place, cell) in enumerate(zip(places, reads, strict=True)):
        if progress:
            progress("grid", at, len(places))
        rows.append((*place, *_cell(found, area, year, data, cell)))
    if progress:
        progress("grid", len(places), len(places))
    schema = {axis.name: pl.String for axis in axes} | {
        name: pl.Float64 if name == "reserve_months" else pl.Int64 for name in CELL
    }
    return Grid(tuple(axes), pl.DataFrame(rows, schema=schema, orient="row"))


def _places(axes: Sequence[Axis]) -> list[tuple[str, ...]]:
    places: list[tuple[str, ...]] = [()]
    for axis in axes:
        places = [(*place, value) for place in places for value in axis.values]
    return places


def _with(read: Read, axes: Sequence[Axis], place: tuple[str, ...]) -> Read:
    """The changes of a cell: a figure of the grid stands instead of the same figure among the other changes."""
    own: list[Change] = [change_of(f"{axis.name}={value}") for axis, value in zip(axes, place, strict=True)]
    names = {change.name for change in own}
    return Read([*(change for change in read.changes if change.name not in names), *own], read.problems)


def refuse_cells(area: Area, year: int, read: Read, axes: Sequence[Axis]) -> list[Read]:
    """The changes of every cell, in order. Raises ChangesUnfit with every problem of any of them."""
    on_file, days = policies(area.chain[0].folder.parent), year_days(area, year)
    reads = [_with(read, axes, place) for place in _places(axes)]
    problems: list[str] = []
    for cell in reads:
        try:
            overlay(on_file, area, cell, *days)
        except ChangesUnfit as unfit:
            problems += unfit.problems
    if problems:
        raise ChangesUnfit(list(dict.fromkeys(problems)))
    return reads


def _cell(found: Reform, area: Area, year: int, data: Data, cell: Read) -> tuple[Any, ...]:
    opening_fen = found.funds_before.statement.brought_forward_fen
    there = reform(
        area,
        year,
        data,
        cell,
        rules=found.rules,
        response=found.response,
        linked_income=found.linked_income,
        opening_reserve_fen=opening_fen,
        before=found.before,
        assume_lists=found.assume_lists,
    )
    was, now = there.funds_before.statement, there.funds_after.statement
    reach = there.reached
    return (
        *(int((there.after.column(p) - there.before.column(p)).sum()) for p in PAYER_WORDS),
        int(there.after.column("person").sum() - there.before.column("person").sum())
        + int(there.after.people_pay().sum() - there.before.people_pay().sum()),
        now.surplus_fen,
        now.surplus_fen - was.surplus_fen,
        there.funds_after.catastrophic_balance_fen,
        now.surplus_fen
        + there.funds_after.catastrophic_balance_fen
        - was.surplus_fen
        - there.funds_before.catastrophic_balance_fen,
        float(now.reserve_months),
        reach.winners.height,
        reach.losers.height,
        reach.heavy_after,
        reach.heavy_after - reach.heavy_before,
    )
