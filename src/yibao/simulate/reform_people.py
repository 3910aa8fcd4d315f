"""Whom a reform reaches (受益与受损): what each person or household pays before and after, and whose burden is heavy.

What a person pays is the bill left to them and the contribution. A burden is heavy as the early-warning list has it: the
year's in-scope burden over the line of the person's category, each side by its own policy; a household's is the sum of
its members', against the lowest of their lines.
"""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl
import pyarrow as pa

from yibao.assessment.burden import personal_burden
from yibao.assistance.params import EarlyWarningParams
from yibao.assistance.rules.early_warning import early_warning
from yibao.kernel.money import UNREACHED_FEN
from yibao.kernel.shapes import CATEGORIES
from yibao.packs.build import params
from yibao.packs.entries import Entry, EntryRefuses, NoSuchEntry, NotOnFile
from yibao.packs.policies import Area
from yibao.simulate.facts import numbers, settlement_category
from yibao.simulate.reform_side import Side

BAND_STARTS_FEN = (1, *(100 * yuan for yuan in (100, 500, 1_000, 5_000, 10_000)))
"""Where the bands of the distribution begin: a fen, then 100, 500, 1,000, 5,000 and 10,000 yuan."""

PERSON, HOUSEHOLD = "person", "household"
QUANTILES = (0.5, 0.9, 0.99)


@dataclass(frozen=True)
class Reached:
    """Whom a reform reaches. `unit` says what one row of `units` is; `warning` the entry of the lines before.

    `units`: `unit`, `pays_before_fen`, `pays_after_fen`, `difference_fen` (below zero: pays less), `burden_before_fen`,
    `burden_after_fen` (in scope), `heavy_before`, `heavy_after`. `bands` is the distribution of the differences.
    """

    unit: str
    units: pl.DataFrame
    bands: pl.DataFrame
    warning: Entry | None

    @property
    def winners(self) -> pl.DataFrame:
        """The units that pay less."""
        return self.units.filter(pl.col("difference_fen") < 0)

    @property
    def losers(self) -> pl.DataFrame:
        """The units that pay more."""
        return self.units.filter(pl.col("difference_fen") > 0)

    @property
    def heavy_before(self) -> int:
        """Units over the heavy-burden line before the reform."""
        return int(self.units["heavy_before"].sum())

    @property
    def heavy_after(self) -> int:
        """Units over it after the reform."""
        return int(self.units["heavy_after"].sum())

    def moved(self) -> tuple[int, int]:
        """How many units leave the heavy-burden list, and how many come on it."""
        was, now = self.units["heavy_before"], self.units["heavy_after"]
        return int((was & ~now).sum()), int((~was & now).sum())


def reached(before: Side, after: Side, households: np.ndarray | None) -> Reached:
    """Whom a reform reaches; `households` has the household of each person, None where there are none."""
    persons = pl.DataFrame(
        {
            "unit": np.arange(before.year.people.num_rows) if households is None else households,
            **_paid(before, "before"),
            **_paid(after, "after"),
            **_burden(before, "before"),
            **_burden(after, "after"),
        }
    )
    amounts = [name for name in persons.columns if name.endswith("_fen") and not name.startswith("line")]
    units = (
        persons.group_by("unit", maintain_order=True)
        .agg(pl.col(amounts).sum(), pl.col("line_before_fen", "line_after_fen").min())
        .with_columns(
            difference_fen=pl.col("pays_after_fen") - pl.col("pays_before_fen"),
            heavy_before=pl.col("burden_before_fen") > pl.col("line_before_fen"),
            heavy_after=pl.col("burden_after_fen") > pl.col("line_after_fen"),
        )
        .drop("line_before_fen", "line_after_fen")
    )
    warning = warning_entry(before.year.area, before.year.first_day)
    return Reached(PERSON if households is None else HOUSEHOLD, units, _bands(units), warning)


def warning_entry(area: Area, day: date) -> Entry | None:
    """The early-warning entry of a day; None where no policy of the area gives a line."""
    try:
        return area.entry("assistance", "early_warning", day)
    except (NoSuchEntry, NotOnFile, EntryRefuses):
        return None


def warning_lines(area: Area, day: date) -> np.ndarray:
    """The heavy-burden line of each category in fen; one that nobody passes where no policy gives a line."""
    entry = warning_entry(area, day)
    if entry is None:
        return np.full(CATEGORIES, UNREACHED_FEN)
    terms = params(EarlyWarningParams, entry, area)
    lines = [early_warning(terms, category=c, burden_in_scope_fen=0).line_fen for c in range(CATEGORIES)]
    return np.array(lines, np.int64)


def _paid(side: Side, when: str) -> dict[str, np.ndarray]:
    """What each person pays in the year: bills and contribution."""
    bills = np.zeros(side.year.people.num_rows, np.int64)
    np.add.at(bills, numbers(side.year.claims, "person"), side.column("person"))
    return {f"pays_{when}_fen": bills + side.people_pay()}


def _burden(side: Side, when: str) -> dict[str, np.ndarray]:
    """The in-scope burden of each person, and the line of their category."""
    year = side.year
    category = settlement_category(
        year.settlement_terms[-1].ranking, numbers(year.people, "category_tags")
    ).astype(np.int64)
    borne = personal_burden(side.settlements())
    who = borne["person"].to_numpy()
    category[who] = borne["category"].to_numpy()
    burden = np.zeros(year.people.num_rows, np.int64)
    burden[who] = borne["in_scope_fen"].to_numpy()
    lines = warning_lines(year.area, year.first_day)
    return {f"burden_{when}_fen": burden, f"line_{when}_fen": lines[category]}


def _bands(units: pl.DataFrame) -> pl.DataFrame:
    """Units and money by how much they pay less or more."""
    rows = []
    for sign, name in ((-1, "less"), (1, "more")):
        change = units["difference_fen"] * sign
        for start_fen, end_fen in pairwise((*BAND_STARTS_FEN, UNREACHED_FEN)):
            inside = change.filter((change >= start_fen) & (change < end_fen))
            rows.append((name, start_fen, end_fen, inside.len(), sign * int(inside.sum())))
    unchanged = int((units["difference_fen"] == 0).sum())
    rows.append(("same", 0, 1, unchanged, 0))
    schema = {
        "pays": pl.String,
        "from_fen": pl.Int64,
        "to_fen": pl.Int64,
        "units": pl.Int64,
        "difference_fen": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def quantiles_fen(units: pl.DataFrame) -> list[tuple[float, int]]:
    """How large the change is among those it reaches, without its sign: the median, the ninth tenth, the last hundredth."""
    size = units["difference_fen"].abs()
    return [(q, int(size.quantile(q, "nearest") or 0)) for q in QUANTILES] if size.len() else []


def household_numbers(names: pa.ChunkedArray) -> np.ndarray:
    """A number for each household name; a person without one is a household alone."""
    series = pl.Series(names.to_pylist(), dtype=pl.String)
    alone = pl.Series([f"\0{at}" for at in range(series.len())])
    return series.fill_null(alone).rank("dense").to_numpy().astype(np.int64)
