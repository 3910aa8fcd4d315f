"""What a change of benefits does to the fund (以收定支、收支平衡、略有结余): the year's balance and reserve before and after.

The reserve does not excuse a deficit of the year: spending it down is what the principle forbids. A change that makes a
deficit smaller is not refused for what it leaves, and is told apart from one that balances.

carries_out: BEN-01
"""

from typing import Annotated, NamedTuple

from yibao.benefits.params import BalanceParams
from yibao.benefits.terms import BalanceVerdict
from yibao.kernel.money import share_fen


class BalanceEffect(NamedTuple):
    """The year before and after the change."""

    surplus_before_fen: Annotated[int, "调整前当年结余"]
    surplus_fen: Annotated[int, "调整后当年结余"]
    effect_fen: Annotated[int, "对基金的影响"]
    reserve_before_fen: Annotated[int, "调整前年末滚存结余"]
    reserve_fen: Annotated[int, "调整后年末滚存结余"]
    least_surplus_fen: Annotated[int, "应留的结余"]
    verdict: Annotated[int, "是否符合以收定支"]


def balance_effect(
    params: BalanceParams,
    *,
    opening_reserve_fen: int,
    income_before_fen: int,
    income_fen: int,
    expense_before_fen: int,
    expense_fen: int,
) -> BalanceEffect:
    """The effect of a change on one year's fund; `…_before_fen` is the year without the change."""
    surplus_before_fen = income_before_fen - expense_before_fen
    surplus_fen = income_fen - expense_fen
    least_fen = share_fen(income_fen, params.least_surplus_bp)
    return BalanceEffect(
        surplus_before_fen=surplus_before_fen,
        surplus_fen=surplus_fen,
        effect_fen=surplus_fen - surplus_before_fen,
        reserve_before_fen=opening_reserve_fen + surplus_before_fen,
        reserve_fen=opening_reserve_fen + surplus_fen,
        least_surplus_fen=least_fen,
        verdict=balance_verdict(
            surplus_before_fen=surplus_before_fen, surplus_fen=surplus_fen, least_surplus_fen=least_fen
        ),
    )


def balance_verdict(*, surplus_before_fen: int, surplus_fen: int, least_surplus_fen: int) -> int:
    """The BalanceVerdict of a year's surplus after a change."""
    if surplus_fen >= least_surplus_fen and surplus_fen >= 0:
        return BalanceVerdict.ALLOWED
    if surplus_fen > surplus_before_fen:
        return BalanceVerdict.STILL_SHORT_BUT_BETTER
    return BalanceVerdict.DEFICIT if surplus_fen < 0 else BalanceVerdict.SURPLUS_TOO_THIN
