"""What a kernel must not see: columns that are missing, empty in places, of another type, or out of range.

A compiled load has no bounds check and int64 wraps without a word, so every code and amount is checked *before* a scan.
All problems of a table are found at once, each with its rows.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from yibao.benefits.params import TWO_DISEASES
from yibao.benefits.terms import VisitKind
from yibao.engine.ranges import range_of

Numbers = np.ndarray


class Unfit(NamedTuple):
    """One thing that is wrong in a column: the rows of the table (from 0) and the values there; no row: the whole column."""

    column: str
    message: str
    rows: Numbers = np.empty(0, np.int64)
    values: Numbers = np.empty(0, np.int64)

    def sentence(self) -> str:
        """The first row, its value and what is wrong with it."""
        if not len(self.rows):
            return self.message
        return f"第 {self.rows[0]} 行 {self.column} = {self.values[0]}，{self.message}"


class ColumnsUnfit(ValueError):
    """Columns that a kernel must not see: out of range, of another length, or not sorted. Lists every problem."""

    def __init__(self, unfit: list[Unfit]) -> None:
        self.unfit = unfit
        self.problems = [problem.sentence() for problem in unfit]
        super().__init__("；".join(self.problems))


def numbers_of(table: pa.Table, name: str, kind: str, wrong: list[Unfit]) -> Numbers | None:
    """A column as the kernel takes it, without a copy where its type is the kernel's; None where it cannot be read."""
    if name not in table.column_names:
        there = "、".join(table.column_names)
        wrong.append(Unfit(name, f"缺少列 {name}；现有 {there} (missing column)"))
        return None
    column = table.column(name)
    if column.null_count:
        rows = np.flatnonzero(column.is_null().to_numpy())
        wrong.append(Unfit(name, "是空值 (null)", rows, np.full(len(rows), "")))
        return None
    whole = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    values = whole.to_numpy(zero_copy_only=False)
    if values.dtype.kind == "M":
        values = values.astype("datetime64[D]").astype(np.int64)
    if values.dtype.kind not in "biu":
        wrong.append(Unfit(name, f"列 {name} 应是整数，而不是 {column.type} (not whole numbers)"))
        return None
    if values.dtype == kind:
        return np.ascontiguousarray(values)
    limits = np.iinfo(kind)
    beyond = column_wrong(name, values, int(limits.min), int(limits.max))
    if beyond is not None:
        wrong.append(beyond)
        return None
    return np.ascontiguousarray(values, dtype=kind)


def limits_of(columns: dict[str, Numbers]) -> dict[str, tuple[int, int]]:
    """The least and the most of each column; nought where there is no row."""
    return {n: (int(v.min()), int(v.max())) if len(v) else (0, 0) for n, v in columns.items()}


def largest_year_fen(limits: dict[str, tuple[int, int]], person: Numbers) -> int:
    """A total that no person's year is above: the largest bill there could be, as often as anybody has one."""
    begins = np.flatnonzero(np.r_[True, person[1:] != person[:-1], True][: len(person) + 1])
    longest = int(np.diff(begins).max()) if len(person) else 0
    return longest * sum(high for name, (_, high) in limits.items() if name.endswith("_fen"))


def out_of_range(columns: dict[str, Numbers], limits: dict[str, tuple[int, int]]) -> list[Unfit]:
    """Every code, amount and yes/no fact outside what it may be; `limits` as `limits_of` the columns."""
    found = []
    for name, values in columns.items():
        low, high = range_of(name)
        if limits[name][0] < low or limits[name][1] > high:
            beyond = column_wrong(name, values, low, high)
            found += [beyond] if beyond is not None else []
    return found + _wrong_disease(columns, limits)


def column_wrong(name: str, values: Numbers, low: int, high: int) -> Unfit | None:
    """The rows of a column outside a range; None where there are none."""
    if not len(values) or (values.min() >= low and values.max() <= high):
        return None
    rows = np.flatnonzero((values < low) | (values > high))
    return Unfit(name, f"应在 {low} 与 {high} 之间 (out of range)", rows, values[rows])


def _wrong_disease(columns: dict[str, Numbers], limits: dict[str, tuple[int, int]]) -> list[Unfit]:
    """`disease` is a place in one of two lists, of which the two diseases' is the shorter."""
    if "disease" not in columns or "kind" not in columns or limits["disease"][1] < TWO_DISEASES:
        return []
    disease = columns["disease"]
    rows = np.flatnonzero((columns["kind"] == VisitKind.TWO_DISEASES) & (disease >= TWO_DISEASES))
    message = f"应小于 {TWO_DISEASES}：这一笔是“两病”用药 (out of range)"
    return [Unfit("disease", message, rows, disease[rows])] if len(rows) else []
