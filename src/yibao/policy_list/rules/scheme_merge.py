"""Merging a supplementary scheme into one of the list (并转): its money goes along, and nobody loses what was left to him.

A scheme's balance may be a deficit; it goes along with its sign, and so does what the scheme still owes for settled care.
In the benefit year of the merge a person keeps what the old scheme had left for him beside what the new one gives.

carries_out: LST-04
"""

from typing import Annotated, NamedTuple

from yibao.policy_list.params import SchemeMergeParams


class MergedBalance(NamedTuple):
    """The money of both schemes after the merge; what stays and what is held add up to what both had."""

    carried_fen: Annotated[int, "转入资金"]
    owed_carried_fen: Annotated[int, "转入的待付待遇"]
    stays_fen: Annotated[int, "留在原制度的资金"]
    held_fen: Annotated[int, "并入后资金"]
    free_fen: Annotated[int, "并入后扣除待付的资金"]


class MergedBenefit(NamedTuple):
    """What a person has left in the benefit year after the merge."""

    old_left_fen: Annotated[int, "原制度剩余限额（衔接）"]
    new_left_fen: Annotated[int, "并入制度剩余限额"]
    left_fen: Annotated[int, "可享受余额"]


def merged_balance(
    params: SchemeMergeParams, *, old_balance_fen: int, old_owed_fen: int, new_balance_fen: int
) -> MergedBalance:
    """The money after a merge; balances are before what is still owed."""
    carried_fen = old_balance_fen if params.money_carried == 1 else 0
    owed_fen = old_owed_fen if params.money_carried == 1 else 0
    return MergedBalance(
        carried_fen=carried_fen,
        owed_carried_fen=owed_fen,
        stays_fen=old_balance_fen - carried_fen,
        held_fen=new_balance_fen + carried_fen,
        free_fen=new_balance_fen + carried_fen - owed_fen,
    )


def merged_benefit(
    params: SchemeMergeParams,
    *,
    old_cap_fen: int,
    old_paid_fen: int,
    new_cap_fen: int,
    new_paid_fen: int,
    is_year_of_merge: int,
) -> MergedBenefit:
    """What one person has left under both caps of the year, after what each scheme has paid."""
    old_left_fen = 0
    if params.benefits_kept == 1 and is_year_of_merge == 1:
        old_left_fen = max(old_cap_fen - old_paid_fen, 0)
    new_left_fen = max(new_cap_fen - new_paid_fen, 0)
    return MergedBenefit(
        old_left_fen=old_left_fen, new_left_fen=new_left_fen, left_fen=old_left_fen + new_left_fen
    )
