"""Collection (征缴): money taken by all channels is somewhere, and cash taken by agents is paid in by its day.

Every fen that was taken lies with an agent, in the bank transit account (待报解) or in the treasury, or was refunded. Setting
an overpayment off against another period moves no money, so it stands in none of these places; it shows only in what is
credited to people.

carries_out: FIN-19
"""

from typing import Annotated, NamedTuple

from yibao.financing.params import CashDepositParams
from yibao.kernel.time_limits import TimeLimit, time_limit


class Collection(NamedTuple):
    """One day's or one year's collection; what was taken is found, missing, or both sides agree."""

    collected_fen: Annotated[int, "各渠道收缴合计"]
    found_fen: Annotated[int, "代办、待报解、国库与退费合计"]
    missing_fen: Annotated[int, "去向不明金额"]
    unexplained_fen: Annotated[int, "来源不明金额"]
    uncredited_fen: Annotated[int, "未记到个人的金额"]
    overcredited_fen: Annotated[int, "多记到个人的金额"]
    conserved: Annotated[int, "资金是否平衡"]


def collection(
    *,
    online_fen: int,
    counter_fen: int,
    agents_cash_fen: int,
    with_agents_fen: int,
    transit_fen: int,
    treasury_fen: int,
    refunded_fen: int,
    credited_fen: int,
) -> Collection:
    """Whether a collection is conserved: taken online, at counters and by agents, against where it lies and whose it is."""
    collected_fen = online_fen + counter_fen + agents_cash_fen
    found_fen = with_agents_fen + transit_fen + treasury_fen + refunded_fen
    kept_fen = collected_fen - refunded_fen
    return Collection(
        collected_fen=collected_fen,
        found_fen=found_fen,
        missing_fen=max(collected_fen - found_fen, 0),
        unexplained_fen=max(found_fen - collected_fen, 0),
        uncredited_fen=max(kept_fen - credited_fen, 0),
        overcredited_fen=max(credited_fen - kept_fen, 0),
        conserved=1 if collected_fen == found_fen and kept_fen == credited_fen else 0,
    )


def cash_deposit(params: CashDepositParams, *, taken_day: int, deposited: int, day: int) -> TimeLimit:
    """Whether cash taken by an agent is paid in by its day; `day` is that of the deposit, else today."""
    return time_limit(limit_days=params.deposit_days, used_days=day - taken_day, done=deposited)
