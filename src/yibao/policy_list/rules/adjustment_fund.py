"""The provincial adjustment fund (省级调剂金): areas with a surplus pay in, areas with a deficit receive by share.

What an area overspent against its budget is its own to bear (分级管理、预算考核), so it does not count toward what it asks.
Where the fund holds less than is asked, each area gets the same share of what it asks, to the fen: its part is the
difference of two running shares, so that the parts add up to what is given. Amounts of whole provinces multiply beyond 64
bits, so this rule runs as Python and is no part of the compiled text.

carries_out: LST-02
"""

from typing import Annotated, NamedTuple

from yibao.kernel.money import share_fen
from yibao.policy_list.params import AdjustmentFundParams


class AdjustmentAccount(NamedTuple):
    """One area's side of the fund: at most one of what it pays in and what it asks is above zero."""

    pays_in_fen: Annotated[int, "上解调剂金"]
    asks_fen: Annotated[int, "可申请调剂的缺口"]
    bears_fen: Annotated[int, "本地自行负担的缺口"]


def adjustment_account(
    params: AdjustmentFundParams, *, balance_fen: int, over_budget_fen: int
) -> AdjustmentAccount:
    """What an area pays in or asks for, from the year's balance (a deficit is negative) and its overspending."""
    deficit_fen = max(-balance_fen, 0)
    asks_fen = share_fen(max(deficit_fen - over_budget_fen, 0), params.covered_bp)
    return AdjustmentAccount(
        pays_in_fen=share_fen(max(balance_fen, 0), params.pay_in_bp),
        asks_fen=asks_fen,
        bears_fen=deficit_fen - asks_fen,
    )


def adjustment_received(*, held_fen: int, asked_before_fen: int, asks_fen: int, asked_total_fen: int) -> int:
    """What an area receives from what the fund holds; `asked_before_fen` is what the areas listed before it ask."""
    if asked_total_fen == 0:
        return 0
    given_fen = min(held_fen, asked_total_fen)
    up_to_fen = given_fen * (asked_before_fen + asks_fen) // asked_total_fen
    return up_to_fen - given_fen * asked_before_fen // asked_total_fen
