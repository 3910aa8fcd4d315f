"""Who carries heavy burdens (高额费用负担): the year's in-scope cost left to each person after all layers.

The early-warning list (预警名单) names people whose burden has passed the line of their group; here it is counted by
category, and no name or number of a person leaves this module. Lines come from the rule `early_warning` and its entry, a
line for each category, handed in by the caller.

What a reader would get wrong: burden here is *in scope*. What is outside the catalogues is shown beside it, because a
family pays both, but the notices judge by the first.

carries_out: AID-03
"""

from itertools import pairwise
from typing import NamedTuple

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from yibao.assistance.terms import Category
from yibao.benefits.terms import Refusal
from yibao.kernel.money import UNREACHED_FEN

BAND_STARTS_FEN = (1, *(100 * yuan for yuan in (1_000, 3_000, 5_000, 10_000, 20_000, 50_000)))
"""Where the bands of the distribution begin: a fen, then 1,000, 3,000, 5,000, 10,000, 20,000 and 50,000 yuan."""

PAYERS = ("basic_fen", "catastrophic_fen", "assistance_fen", "top_up_fen", "hospital_fen")


class BurdenBand(NamedTuple):
    """People whose burden lies from `from_fen` up to, not including, `to_fen`, and what they bear together."""

    from_fen: int
    to_fen: int
    people: int
    burden_fen: int


class Warned(NamedTuple):
    """The early-warning list of one category: its line, how many are on it, what they bear and how far over the line."""

    category: Category
    line_fen: int
    people: int
    burden_fen: int
    over_line_fen: int


class Burden(NamedTuple):
    """The burdens of a year; `heaviest_*` are the heaviest hundredth of covered people."""

    people: int
    bands: tuple[BurdenBand, ...]
    warned: tuple[Warned, ...]
    in_scope_fen: int
    outside_fen: int
    refused_fen: int
    heaviest_people: int
    heaviest_fen: int


def personal_burden(settlements: pa.Table) -> pl.DataFrame:
    """One row a person with a settlement that stands: `person`, last `category`, `in_scope_fen` left, `outside_fen` paid.

    Where catastrophic insurance paid toward initial self-pay too, nothing in scope is left, and never less than nothing;
    a reversal takes back what its settlement left.
    """
    frame = pl.from_arrow(settlements)
    assert isinstance(frame, pl.DataFrame)
    left = _left_in_scope()
    kept = (
        pl.when(pl.col("total_fen") < 0)
        .then(pl.min_horizontal(left, 0))
        .otherwise(pl.max_horizontal(left, 0))
    )
    return (
        frame.lazy()
        .filter(pl.col("refusal") == Refusal.NONE.value)
        .with_columns(left_fen=kept)
        .group_by("person")
        .agg(
            category=pl.col("category").sort_by("settled_at").last(),
            in_scope_fen=pl.col("left_fen").sum(),
            outside_fen=(pl.col("person_fen") - pl.col("left_fen")).sum(),
        )
        .sort("person")
        .collect()
    )


def _left_in_scope() -> pl.Expr:
    """What the layers and the hospital left in scope, less the special fund's share of what the person would bear."""
    left = pl.col("in_scope_fen") - pl.sum_horizontal(*PAYERS)
    fund, would_bear = pl.col("special_fund_fen"), pl.col("special_fund_fen") + pl.col("person_fen")
    rest = left.abs().cast(pl.Int128) * pl.col("person_fen").abs() // would_bear.abs()
    return pl.when(fund == 0).then(left).otherwise(left.sign() * rest.cast(pl.Int64))


def burden(settlements: pa.Table, *, people: int, lines_fen: tuple[int, ...]) -> Burden:
    """The year's burdens of `people` covered; `lines_fen` holds the early-warning line of each category."""
    persons = personal_burden(settlements)
    borne = persons["in_scope_fen"]
    heaviest_people = min(people // 100, persons.height)
    refused = pl.Series(settlements["person_fen"].filter(_refused(settlements)).to_pylist(), dtype=pl.Int64)
    return Burden(
        people=people,
        bands=_bands(borne, people),
        warned=_warned(persons, lines_fen),
        in_scope_fen=int(borne.sum()),
        outside_fen=int(persons["outside_fen"].sum()),
        refused_fen=int(refused.sum()),
        heaviest_people=heaviest_people,
        heaviest_fen=int(borne.sort(descending=True).head(heaviest_people).sum()),
    )


def _bands(borne: pl.Series, people: int) -> tuple[BurdenBand, ...]:
    found = []
    for start_fen, end_fen in pairwise((*BAND_STARTS_FEN, UNREACHED_FEN)):
        inside = borne.filter((borne >= start_fen) & (borne < end_fen))
        found.append(BurdenBand(start_fen, end_fen, inside.len(), int(inside.sum())))
    nothing = BurdenBand(0, BAND_STARTS_FEN[0], people - sum(band.people for band in found), 0)
    return (nothing, *found)


def _warned(persons: pl.DataFrame, lines_fen: tuple[int, ...]) -> tuple[Warned, ...]:
    lines = pl.Series(lines_fen, dtype=pl.Int64)
    lined = persons.with_columns(line_fen=lines.gather(persons["category"].cast(pl.Int32)))
    over = lined.with_columns(over_fen=pl.col("in_scope_fen") - pl.col("line_fen")).filter(
        pl.col("over_fen") > 0
    )
    counted = (
        over.group_by("category")
        .agg(pl.len(), pl.col("line_fen").first(), pl.col("in_scope_fen", "over_fen").sum())
        .sort("category")
    )
    return tuple(
        Warned(Category(category), line_fen, people, burden_fen, over_fen)
        for category, people, line_fen, burden_fen, over_fen in counted.iter_rows()
    )


def _refused(settlements: pa.Table) -> pa.ChunkedArray:
    return pc.not_equal(settlements["refusal"], pa.scalar(Refusal.NONE.value, pa.int8()))
