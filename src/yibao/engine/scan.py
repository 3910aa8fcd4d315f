"""Running a kernel over columns that are known to be fit (内核扫描): on several threads, into given arrays, or frozen.

A person's year is independent of everyone else's, so rows are cut between persons and the cuts run side by side.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from yibao.engine.compiled import Frozen, Recipe, kernel
from yibao.engine.fit import ColumnsUnfit, Unfit
from yibao.engine.ranges import LARGEST_YEAR_FEN

THREADS = 2


class Ready(NamedTuple):
    """Columns fit for a kernel: by name, the person and benefit year of each row, its place in the params' rows.

    A column that is one number for all rows may be that number in memory once (a NumPy view without a step).
    `limits` are the least and the most of each column; no sum of amounts over a person's year is above `year_fen`.
    """

    columns: dict[str, np.ndarray]
    person: np.ndarray
    year: np.ndarray
    period: np.ndarray
    rows: np.ndarray
    limits: dict[str, tuple[int, int]]
    year_fen: int


def run(
    recipe: Recipe, fit: Ready, *, threads: int = THREADS, into: list[np.ndarray] | None = None
) -> list[np.ndarray]:
    """Runs a kernel over columns that are known to be fit; one output array for each of the recipe's outputs.

    `into` are the arrays to write, for a caller who runs many times and keeps them. Raises ColumnsUnfit where a frozen
    recipe was frozen for other terms or other claims.
    """
    if recipe.frozen is not None and not is_frozen_for(recipe.frozen, fit):
        raise ColumnsUnfit(
            [Unfit("", "内核是为另一组参数或另一批数据生成的 (frozen for other terms or claims)")]
        )
    loaded = kernel(recipe)
    count = len(fit.person)
    outputs = into or outputs_for(recipe, count)
    given = [np.ascontiguousarray(fit.columns[name]) for name in loaded.reads]
    written = [o for path, o in zip(recipe.outputs, outputs, strict=True) if path not in loaded.constant]
    edges = _edges(fit.person, threads)

    def part(begin: int, end: int) -> None:
        loaded.scan(
            np.uint64(begin), np.uint64(end), fit.person, fit.year, fit.period, fit.rows, *given, *written
        )

    if threads == 1 or count < 10_000:
        part(0, count)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(part, edges, edges[1:]))
    return outputs


def frozen(recipe: Recipe, fit: Ready) -> Recipe:
    """The recipe of a kernel for these terms and for claims like these alone: figures and plain facts stand in its text.

    Worth a few seconds of compiling where the same terms settle tens of millions of claims, or the same claims again and
    again. What the claims' codes rule out is not written, nor an amount that is nought for all. Where somebody's year
    could be above LARGEST_YEAR_FEN the recipe is given back as it is.
    """
    if not len(fit.person) or fit.year_fen > LARGEST_YEAR_FEN:
        return recipe
    ranges = {
        name: limits
        for name, limits in fit.limits.items()
        if recipe.columns[name] == "int8" or limits == (0, 0)
    }
    return recipe._replace(frozen=Frozen(tuple(fit.rows.tolist()), ranges, LARGEST_YEAR_FEN))


def is_frozen_for(taken: Frozen, fit: Ready) -> bool:
    """Whether what a frozen kernel takes for granted holds for these terms and claims."""
    within = all(
        low <= fit.limits[name][0] and fit.limits[name][1] <= high
        for name, (low, high) in taken.ranges.items()
    )
    return within and fit.year_fen <= taken.year_fen and taken.rows == tuple(fit.rows.tolist())


def outputs_for(recipe: Recipe, count: int) -> list[np.ndarray]:
    """Output arrays for so many rows; those that are one number whatever the claim already hold it."""
    constant = kernel(recipe).constant
    return [
        np.full(count, constant[path], kind) if path in constant else np.empty(count, np.dtype(kind))
        for path, kind in recipe.outputs.items()
    ]


def _edges(person: np.ndarray, parts: int) -> list[int]:
    count = len(person)
    found = [0]
    for part in range(1, parts):
        at = part * count // parts
        if 0 < at < count:
            at += (
                int(np.searchsorted(person[at:] != person[at - 1], True))
                if person[at] == person[at - 1]
                else 0
            )
        found.append(at)
    return [*found, count]
