"""Cross tables (交叉表) of a year report: who raised the money, and what each layer paid for whom and where.

Rows and columns carry Chinese and English heads; cells are whole fen or whole numbers, and rows add up to their total.
"""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from yibao.assistance.terms import CATEGORY_WORDS, Category
from yibao.benefits.terms import VISIT_WORDS, Refusal, VisitKind
from yibao.simulate.tables import PAYER_WORDS

Words = tuple[str, str]

LAYERS: dict[str, Words] = {f"{payer}_fen": words for payer, words in PAYER_WORDS.items()}
"""Who pays a bill, in the order of the notice; the seven add up to the bill."""

INSURING = ("basic_fen", "catastrophic_fen", "assistance_fen", "top_up_fen")
"""The layers of insurance and assistance among them."""

SOURCES: dict[str, Words] = {
    "person_pays_fen": ("个人缴费", "People"),
    "aid_assistance_fund_fen": ("救助资助", "Aid: assistance"),
    "aid_municipal_fen": ("市级资助", "Aid: city"),
    "aid_county_fen": ("县级资助", "Aid: county"),
    "subsidy_central_fen": ("中央补助", "Subsidy: central"),
    "subsidy_provincial_fen": ("省级补助", "Subsidy: provincial"),
    "subsidy_municipal_fen": ("市级补助", "Subsidy: city"),
    "subsidy_county_fen": ("县级补助", "Subsidy: county"),
    "subsidy_municipal_and_county_fen": ("市县补助（未分列）", "Subsidy: city and county"),
    "subsidy_local_fen": ("地方补助（分担不在册）", "Subsidy: local, not split"),
}
"""Who raises a year's money, by the column of ENROLLED."""


class Row(NamedTuple):
    """One row: its head, how many it counts, and its cells."""

    head: Words
    counted: int
    cells: tuple[int, ...]

    @property
    def total(self) -> int:
        """The cells added up."""
        return sum(self.cells)


class Cross(NamedTuple):
    """A cross table: what rows are, what is counted in each, the columns, the rows, and their sum."""

    of: Words
    counted: Words
    columns: tuple[Words, ...]
    rows: tuple[Row, ...]

    @property
    def sum(self) -> Row:
        """All rows added up."""
        cells = [tuple(row.cells) for row in self.rows]
        added = (
            tuple(sum(column) for column in zip(*cells, strict=True)) if cells else (0,) * len(self.columns)
        )
        return Row(("合计", "Total"), sum(row.counted for row in self.rows), added)

    def of_columns(self, *columns: Words) -> int:
        """The sum of some columns; one that is left out is nothing."""
        return sum(cell for words, cell in zip(self.columns, self.sum.cells, strict=True) if words in columns)


def financing_by_county(covered: pl.DataFrame, counties: dict[str, Words]) -> Cross:
    """Money raised by county of enrolment and payer; payers that gave nothing anywhere are left out."""
    sums = covered.group_by("county_code").agg(pl.len(), pl.col(*SOURCES).sum()).sort("county_code")
    used = [column for column in SOURCES if sums.height and int(sums[column].sum()) != 0]
    rows = [
        Row(
            counties.get(row["county_code"], (str(row["county_code"]), "")),
            row["len"],
            tuple(row[c] for c in used),
        )
        for row in sums.iter_rows(named=True)
    ]
    return Cross(
        ("县（市、区）", "County"), ("参保人数", "Covered"), tuple(SOURCES[c] for c in used), tuple(rows)
    )


def financing_by_source(covered: pl.DataFrame) -> list[tuple[Words, int]]:
    """Money raised by payer, those that gave nothing left out."""
    return [
        (words, int(covered[column].sum()))
        for column, words in SOURCES.items()
        if int(covered[column].sum()) != 0
    ]


def benefits_by_kind(settled: pl.DataFrame) -> Cross:
    """What each layer paid by kind of visit."""
    words = {int(kind): VISIT_WORDS[kind] for kind in VisitKind}
    return _by(settled, "kind", words, ("医疗类别", "Kind of visit"))


def benefits_by_class(settled: pl.DataFrame, institutions: pa.Table, classes: Sequence[Words]) -> Cross:
    """What each layer paid by class of institution."""
    own = pl.Series(institutions["institution_class"].to_pylist(), dtype=pl.Int64)
    placed = settled.with_columns(institution_class=own.gather(settled["institution"]))
    return _by(placed, "institution_class", dict(enumerate(classes)), ("医疗机构类别", "Institution class"))


def benefits_by_category(settled: pl.DataFrame) -> Cross:
    """What each layer paid by the category people were settled as."""
    words = {int(category): CATEGORY_WORDS[category] for category in Category}
    return _by(settled, "category", words, ("结算身份", "Settled as"))


def standing_claims(settlements: pa.Table) -> pl.DataFrame:
    """Settlements that were not refused, as a frame."""
    frame = pl.from_arrow(settlements)
    assert isinstance(frame, pl.DataFrame)
    return frame.filter(pl.col("refusal") == Refusal.NONE.value)


def _by(settled: pl.DataFrame, key: str, words: dict[int, Words], of: Words) -> Cross:
    """A cross table by payer; payers that paid nothing anywhere are left out."""
    sums = settled.group_by(key).agg(pl.len(), pl.col(*LAYERS).sum()).sort(key)
    used = [layer for layer in LAYERS if sums.height and sums.select((pl.col(layer) != 0).any()).item()]
    rows = [
        Row(words.get(row[key], (str(row[key]), "")), row["len"], tuple(row[layer] for layer in used))
        for row in sums.iter_rows(named=True)
    ]
    return Cross(of, ("结算笔数", "Settlements"), tuple(LAYERS[layer] for layer in used), tuple(rows))
