"""Pooling with an adjustment fund (省级统筹调剂金) as a reform: the counties of an area, or areas, sharing surplus and deficit.

Each has its own year of the basic fund: what was raised for its people and what was paid for them, with the transfer to
catastrophic insurance by covered heads. Those with a surplus pay in, those with a deficit receive by share; what one
overspent against its budget is its own to bear.

carries_out: LST-02
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from yibao.packs.build import params
from yibao.packs.entries import Entry
from yibao.packs.policies import Area
from yibao.policy_list.params import AdjustmentFundParams
from yibao.policy_list.rules.adjustment_fund import adjustment_account, adjustment_received
from yibao.simulate.facts import county_codes, numbers
from yibao.simulate.posting import LEVELS
from yibao.simulate.reform_side import Side

RAISED = (
    "person_pays_fen",
    "aid_assistance_fund_fen",
    "aid_municipal_fen",
    "aid_county_fen",
    *(f"subsidy_{level}_fen" for level in LEVELS),
)


class Account(NamedTuple):
    """The year of one county or area in the basic fund."""

    code: str
    covered: int
    income_fen: int
    expense_fen: int

    @property
    def balance_fen(self) -> int:
        """What the year left; below zero a deficit."""
        return self.income_fen - self.expense_fen


class Pooled(NamedTuple):
    """Everybody's side of the adjustment fund, a row each, and the entry that its shares come from.

    `rows`: `code`, `covered`, `income_fen`, `expense_fen`, `balance_fen`, `over_budget_fen`, `pays_in_fen`, `asks_fen`,
    `receives_fen`, `after_fen` (the balance with the fund). `left_fen` is what the fund holds in the end.
    """

    rows: pl.DataFrame
    left_fen: int
    entry: Entry


def county_accounts(side: Side) -> list[Account]:
    """The year of each county of enrolment, in the order of the people's list; they add up to the area's fund."""
    year = side.year
    counties = county_codes(year.people)
    place = np.asarray(counties.indices.fill_null(-1))
    codes = counties.dictionary.to_pylist()
    enrolled = year.enrolled
    covered = (numbers(enrolled, "eligible") == 1) & np.asarray(enrolled["covered_from"].is_valid())
    raised = sum(numbers(enrolled, name) for name in RAISED) * covered
    of_claim = place[numbers(year.claims, "person")]
    heads = [int((covered & (place == at)).sum()) for at in range(len(codes))]
    transfers = _shared(year.catastrophic_funding.funding_fen, heads)
    basic = side.column("basic")
    return [
        Account(
            code=codes[at],
            covered=heads[at],
            income_fen=int(raised[place == at].sum()),
            expense_fen=int(basic[of_claim == at].sum()) + transfers[at],
        )
        for at in range(len(codes))
    ]


def pooled(
    area: Area, accounts: Sequence[Account], side: Side, budget_fen: Mapping[str, int] | None = None
) -> Pooled:
    """The adjustment fund of a year, by the entry of the area. `budget_fen` has each one's budget of expense, where known.

    Raises NoSuchEntry, NotOnFile, EntryRefuses.
    """
    entry = area.entry("policy_list", "adjustment_fund", side.year.first_day)
    terms = params(AdjustmentFundParams, entry, area)
    budgets = budget_fen or {}
    over = [max(of.expense_fen - budgets.get(of.code, of.expense_fen), 0) for of in accounts]
    sides = [
        adjustment_account(terms, balance_fen=of.balance_fen, over_budget_fen=over_fen)
        for of, over_fen in zip(accounts, over, strict=True)
    ]
    held_fen, asked_fen = sum(of.pays_in_fen for of in sides), sum(of.asks_fen for of in sides)
    rows, before_fen = [], 0
    for of, own, over_fen in zip(accounts, sides, over, strict=True):
        receives_fen = adjustment_received(
            held_fen=held_fen,
            asked_before_fen=before_fen,
            asks_fen=own.asks_fen,
            asked_total_fen=asked_fen,
        )
        before_fen += own.asks_fen
        after_fen = of.balance_fen - own.pays_in_fen + receives_fen
        rows.append((*of, of.balance_fen, over_fen, own.pays_in_fen, own.asks_fen, receives_fen, after_fen))
    names = ("balance_fen", "over_budget_fen", "pays_in_fen", "asks_fen", "receives_fen", "after_fen")
    schema = {name: pl.String if name == "code" else pl.Int64 for name in (*Account._fields, *names)}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return Pooled(frame, held_fen - int(frame["receives_fen"].sum()), entry)


def _shared(amount_fen: int, heads: Sequence[int]) -> list[int]:
    """An amount by heads, to the fen: each part is the difference of two running shares."""
    whole, running, parts = max(sum(heads), 1), 0, []
    for count in heads:
        before = amount_fen * running // whole
        running += count
        parts.append(amount_fen * running // whole - before)
    return parts
