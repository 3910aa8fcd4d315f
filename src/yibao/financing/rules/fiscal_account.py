"""Unified collection and payment (统收统支): city and county money lies in the pooling area's fiscal account (财政专户).

A balance that a county keeps is to be moved, never netted against what the county owes. Money that was paid and is in neither
place is a question of its own.

carries_out: FIN-23
"""

from typing import Annotated, NamedTuple

from yibao.financing.params import FiscalAccountParams


class FiscalAccount(NamedTuple):
    """Where one county's money lies; in the account, kept and untraced add up to what was paid, unless more lies there."""

    to_move_fen: Annotated[int, "县级结存应上划金额"]
    untraced_fen: Annotated[int, "已拨付未入账金额"]
    above_paid_fen: Annotated[int, "账户多于拨付的金额"]
    in_order: Annotated[int, "是否符合统收统支"]


def fiscal_account(
    params: FiscalAccountParams, *, paid_fen: int, in_account_fen: int, kept_by_county_fen: int
) -> FiscalAccount:
    """Whether what city and county paid in lies in the pooling area's account, with no balance left in the county."""
    to_move_fen = kept_by_county_fen if params.unified == 1 else 0
    untraced_fen = max(paid_fen - in_account_fen - kept_by_county_fen, 0)
    above_paid_fen = max(in_account_fen + kept_by_county_fen - paid_fen, 0)
    return FiscalAccount(
        to_move_fen=to_move_fen,
        untraced_fen=untraced_fen,
        above_paid_fen=above_paid_fen,
        in_order=1 if to_move_fen == 0 and untraced_fen == 0 and above_paid_fen == 0 else 0,
    )
