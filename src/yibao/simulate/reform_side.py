"""One side of a reform (改革测算的一方): the year that one policy makes of the same people and claims.

Late events count where they belong: an adjustment of a claim is in the amounts of that claim, so that what the payers,
the hospital and the person bear is the bill in every row, and a fund's payments are what its books show.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from yibao.benefits.terms import Refusal, VisitKind
from yibao.engine.year import Payer
from yibao.fund.statement import Statement
from yibao.simulate.facts import numbers
from yibao.simulate.posting import LEVELS, covered_people
from yibao.simulate.tables import PAYER_WORDS
from yibao.simulate.year import YearResult

FUND_WORDS: dict[str, tuple[tuple[str, ...], tuple[str, str]]] = {
    "basic_fund": (("basic",), ("居民基本医保基金", "Residents' basic fund")),
    "catastrophic_fund": (("catastrophic",), ("大病保险资金", "Catastrophic insurance")),
    "assistance_fund": (("assistance", "top_up"), ("医疗救助基金", "Assistance fund")),
    "special_fund": (("special_fund",), ("专项资金", "Special funds")),
    "hospital": (("hospital",), ("医疗机构", "Hospitals")),
    "person": (("person",), ("个人", "People")),
}
"""Whose money it is: the payers that each fund stands for."""

INPATIENT = (VisitKind.HOSPITAL, VisitKind.MATERNITY)


@dataclass(frozen=True)
class Side:
    """A year under one policy. `paid` has a row for each claim and a column for each of PAYER_WORDS, in fen."""

    year: YearResult
    paid: np.ndarray

    def column(self, payer: str) -> np.ndarray:
        """What one payer bears, claim by claim."""
        return self.paid[:, list(PAYER_WORDS).index(payer)]

    @property
    def bill(self) -> np.ndarray:
        """The bill of each claim; a reversal's is below zero."""
        return self.paid.sum(axis=1)

    def settlements(self) -> pa.Table:
        """SETTLEMENTS of the year, with what late events changed in the amounts of their claims."""
        table = self.year.settlements
        for payer in PAYER_WORDS:
            at = table.column_names.index(f"{payer}_fen")
            table = table.set_column(at, table.schema.field(at), pa.array(self.column(payer)))
        return table

    def settled(self) -> np.ndarray:
        """Which claims were not refused."""
        return numbers(self.year.settlements, "refusal") == Refusal.NONE

    def people_pay(self) -> np.ndarray:
        """The contribution that each person pays; nothing where there is no cover."""
        enrolled = self.year.enrolled
        covered = (numbers(enrolled, "eligible") == 1) & np.asarray(enrolled["covered_from"].is_valid())
        return np.where(covered, numbers(enrolled, "person_pays_fen"), 0)


def side_of(year: YearResult) -> Side:
    """The side that a year makes."""
    count = year.settlements.num_rows
    paid = {payer: numbers(year.settlements, f"{payer}_fen").copy() for payer in PAYER_WORDS}
    adjusted = year.adjustments
    if adjusted.num_rows:
        rows = np.asarray(pc.index_in(adjusted["claim_id"], year.settlements["claim_id"].combine_chunks()))
        difference = numbers(adjusted, "difference_fen")
        for payer in Payer:
            here = numbers(adjusted, "payer") == payer
            np.add.at(paid[payer.name.lower()], rows[here], difference[here])
        np.subtract.at(paid["person"], rows, difference)
    return Side(
        year, np.stack(list(paid.values()), axis=1) if count else np.zeros((0, len(PAYER_WORDS)), np.int64)
    )


@dataclass(frozen=True)
class Funds:
    """The year's money under one policy: the basic fund's statement, and the two other funds' income and expense."""

    statement: Statement
    catastrophic_income_fen: int
    catastrophic_expense_fen: int
    assistance_expense_fen: int

    @property
    def catastrophic_balance_fen(self) -> int:
        """What catastrophic insurance has left of the year's transfer."""
        return self.catastrophic_income_fen - self.catastrophic_expense_fen

    @property
    def reserve_months(self) -> Fraction:
        """Months of reserve (可支付月数) at the year's end."""
        return self.statement.reserve_months


def funds_of(side: Side, *, opening_reserve_fen: int = 0) -> Funds:
    """The funds of a year: the same sums that its books post, without the books."""
    year = side.year
    covered = covered_people(year.people, year.enrolled)
    inpatient = np.isin(numbers(year.settlements, "kind"), INPATIENT)
    basic = side.column("basic")
    aid_fen = _sum(covered, "aid_assistance_fund_fen")
    funding_fen = year.catastrophic_funding.funding_fen
    return Funds(
        statement=Statement(
            contribution_person_fen=_sum(covered, "person_pays_fen"),
            contribution_assistance_fen=aid_fen,
            contribution_finance_fen=_sum(covered, "aid_municipal_fen", "aid_county_fen"),
            subsidy_standard_fen=_sum(covered, *(f"subsidy_{level}_fen" for level in LEVELS)),
            benefit_inpatient_fen=int(basic[inpatient].sum()),
            benefit_outpatient_fen=int(basic[~inpatient].sum()),
            catastrophic_fen=funding_fen,
            brought_forward_fen=opening_reserve_fen,
        ),
        catastrophic_income_fen=funding_fen,
        catastrophic_expense_fen=int(side.column("catastrophic").sum()),
        assistance_expense_fen=aid_fen + int(side.column("assistance").sum() + side.column("top_up").sum()),
    )


def _sum(covered: pl.DataFrame, *columns: str) -> int:
    return sum(int(covered[column].sum()) for column in columns)
