"""What may stand in a file of a move once (文件内查重), found over all of its rows with some bytes a row.

A key is eight bytes of a hash: two rows of a million share one by chance once in tens of millions of files.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from yibao.files.cells import Part
from yibao.files.columns import Layout
from yibao.packs.policies import Area


class Shape(NamedTuple):
    """What a kind of file is: its columns, how a part is read, the record of a row, and what may not stand twice.

    `once` names the column that a finding shows and the fields of the key; with `spans` a key may stand more than once on
    days that do not overlap.
    """

    layout: Layout
    read: Callable[[Part, Area, date], dict[str, pl.Series]]
    record: Callable[..., Any]
    once: tuple[tuple[str, tuple[str, ...]], ...]
    spans: tuple[str, str] | None = None


class Seen:
    """The keys of the rows seen so far."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._rows: list[np.ndarray] = []
        self._spans: list[np.ndarray] = []
        self._keys: list[list[np.ndarray]] = [[] for _ in shape.once]

    def add(self, rows: pl.DataFrame) -> None:
        """Takes some rows; those that are bad count as well."""
        self._rows.append(rows["row"].cast(pl.Int32).to_numpy())
        for (_, fields), keys in zip(self._shape.once, self._keys, strict=True):
            keys.append(_hashed(rows, fields).to_numpy())
        if self._shape.spans is not None:
            days = [rows[name].cast(pl.Int32).fill_null(0).to_numpy() for name in self._shape.spans]
            self._spans.append(np.stack(days))

    def twice(self) -> Iterator[tuple[str, pl.Series]]:
        """Each column with the rows whose key another row has too, in the order of the file. Keys are given up as it goes."""
        for (column, _), keys in zip(self._shape.once, self._keys, strict=True):
            if keys:
                found = np.concatenate(keys)
                keys.clear()
                spans = np.concatenate(self._spans, axis=1) if self._spans else None
                bad = _equal(found) if spans is None else _overlapping(found, *spans)
                if bad.any():
                    yield column, pl.Series(np.concatenate(self._rows)[bad].astype(np.int64))


def _equal(keys: np.ndarray) -> np.ndarray:
    """Which keys stand more than once; 0 is no key."""
    in_order = np.sort(keys)
    same = in_order[1:][(in_order[1:] == in_order[:-1]) & (in_order[1:] != 0)]
    return np.isin(keys, np.unique(same)) if len(same) else np.zeros(len(keys), bool)


def _overlapping(keys: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Which rows share a day with an earlier one of the same key, and that earlier one."""
    order = np.lexsort((first, keys))
    bad = np.zeros(len(keys), bool)
    same = (keys[order][1:] == keys[order][:-1]) & (keys[order][1:] != 0)
    ends: int | None = None
    for at in np.flatnonzero(same):
        before, after = order[at], order[at + 1]
        if ends is None or at == 0 or not same[at - 1]:
            ends = int(last[before])
        if first[after] <= ends:
            bad[[before, after]] = True
        ends = max(ends, int(last[after]))
    return bad


def _hashed(rows: pl.DataFrame, fields: Sequence[str]) -> pl.Series:
    """A key of each row as eight bytes; 0 where none of its texts is given."""
    texts = [name for name in fields if rows.schema[name] == pl.String]
    given = pl.any_horizontal(pl.col(*texts) != "")
    return rows.select(pl.when(given).then(pl.struct(*fields).hash(seed=1)).otherwise(0)).to_series()
