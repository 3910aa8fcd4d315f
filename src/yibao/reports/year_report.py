"""The report of a benefit year (年度运行报告) as one plain structure: every number that HTML, Excel and the terminal show.

Nothing is computed on the way to a page. Amounts are fen, shares exact fractions; what a figure rests on travels with it.

carries_out: BEN-02, BEN-03, AID-02, AID-03, FIN-09, FIN-21, FND-03, FND-06, ORG-02
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from yibao.assessment.burden import Burden
from yibao.assessment.indicators import Indicator
from yibao.benefits.refusals import REFUSAL_WORDS
from yibao.benefits.terms import Refusal
from yibao.fund.statement import Statement
from yibao.kernel.standing import Standing
from yibao.packs.entries import Entry
from yibao.reports.year_tables import INSURING, LAYERS, Cross, Words
from yibao.simulate.calibration import CalibrationRow


class OpeningReserve(NamedTuple):
    """What the basic fund began with, and whether somebody gave it or it is borrowed from the national ratio."""

    amount_fen: int
    given: bool
    national_months: Fraction
    source: str


class FundMoney(NamedTuple):
    """Income, expense and what is left of a fund whose statement is not filed in the statutory form."""

    words: Words
    income_fen: int
    expense_fen: int

    @property
    def balance_fen(self) -> int:
        """Income less expense of the year."""
        return self.income_fen - self.expense_fen


class StandingMoney(NamedTuple):
    """Money of one layer that rests on figures of one standing; `raised` is financing, else a layer that pays."""

    layer: Words
    raised: bool
    standing: Standing
    amount_fen: int


class Refused(NamedTuple):
    """Claims refused for one reason."""

    words: Words
    clause: str
    claims: int
    amount_fen: int


class Reproduction(NamedTuple):
    """How to get the same report again: `seed` is -1 where the tables were brought by a user."""

    command: str
    seed: int
    kernel_hash: str
    version: str
    input_name: str


class Adjusted(NamedTuple):
    """Differences after late events (补差), paid to people or due from them beside the settlements."""

    records: int
    payable_fen: int
    due_fen: int


class OffListInstitution(NamedTuple):
    """A county institution with its out-of-catalogue cost."""

    institution_code: str
    name: str
    visits: int
    own_expense_fen: int
    total_fen: int


@dataclass(frozen=True)
class YearReport:
    """Everything a year's report says."""

    area_code: str
    area: Words
    year: int
    generated: bool
    people: int
    covered: int
    claims: int
    settled: int
    refused: tuple[Refused, ...]
    financing: tuple[tuple[Words, int], ...]
    by_county: Cross
    by_kind: Cross
    by_class: Cross
    by_category: Cross
    statement: Statement
    opening: OpeningReserve
    other_funds: tuple[FundMoney, ...]
    funding_on_file: bool
    indicators: tuple[Indicator, ...]
    unmeasured: tuple[Entry, ...]
    off_list: tuple[OffListInstitution, ...]
    adjusted: Adjusted
    burden: Burden
    warning: Entry | None
    standing: tuple[StandingMoney, ...]
    entries: tuple[Entry, ...]
    calibration: tuple[CalibrationRow, ...]
    assumptions: tuple[str, ...]
    balances: pa.Table
    reproduction: Reproduction

    @property
    def financing_fen(self) -> int:
        """All money raised for the year."""
        return sum(amount_fen for _, amount_fen in self.financing)

    @property
    def billed_fen(self) -> int:
        """The bills of all settlements that stand."""
        return self.by_kind.sum.total

    @property
    def paid_fen(self) -> int:
        """What the layers paid toward bills, hospitals' own share and people's left out."""
        return self.by_kind.of_columns(*(LAYERS[layer] for layer in INSURING))

    def standing_share(self, *standings: Standing, raised: bool) -> Fraction:
        """How much of the money raised, or of the money paid, rests on figures of these standings; 0 where there is none."""
        rows = [row for row in self.standing if row.raised == raised]
        whole_fen = sum(row.amount_fen for row in rows)
        part_fen = sum(row.amount_fen for row in rows if row.standing in standings)
        return Fraction(part_fen, whole_fen) if whole_fen else Fraction(0)

    @property
    def assumed_entries(self) -> tuple[Entry, ...]:
        """The entries in use that no document gives."""
        return tuple(entry for entry in self.entries if entry.standing == Standing.ASSUMED)

    @property
    def refused_claims(self) -> int:
        """Claims refused for any reason."""
        return sum(reason.claims for reason in self.refused)


def refused_claims(settlements: pa.Table) -> tuple[Refused, ...]:
    """Refused claims by reason, the most frequent first."""
    frame = pl.from_arrow(settlements)
    assert isinstance(frame, pl.DataFrame)
    counted = (
        frame.filter(pl.col("refusal") != Refusal.NONE.value)
        .group_by("refusal")
        .agg(pl.len(), pl.col("total_fen").sum())
        .sort("len", "refusal", descending=[True, False])
    )
    found = []
    for refusal, claims, amount_fen in counted.iter_rows():
        words = REFUSAL_WORDS[Refusal(refusal)]
        found.append(Refused((words.chinese, words.english), words.clause, claims, amount_fen))
    return tuple(found)
