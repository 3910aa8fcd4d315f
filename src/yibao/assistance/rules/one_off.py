"""One-off assistance (一次性救助): an amount paid on application toward what three layers left in scope in the year.

It has a deductible and a cap of its own; what was paid so before in the year uses the cap, and burden that was assisted so
before does not count again.

carries_out: AID-04
"""

from typing import Annotated, NamedTuple

from yibao.assistance.params import OneOffParams
from yibao.kernel.money import share_fen


class OneOff(NamedTuple):
    """The working of one payment on application."""

    above_deductible_fen: Annotated[int, "超过一次性救助起付标准的部分"]
    at_rate_fen: Annotated[int, "按一次性救助比例计算"]
    cap_left_fen: Annotated[int, "一次性救助限额余额"]
    pays_fen: Annotated[int, "一次性救助金额"]


def one_off(params: OneOffParams, *, burden_in_scope_fen: int, paid_before_fen: int) -> OneOff:
    """What is paid once toward a year's in-scope burden that was not yet assisted on application."""
    above_fen = max(burden_in_scope_fen - params.deductible_fen, 0)
    at_rate_fen = share_fen(above_fen, params.rate_bp)
    cap_left_fen = max(params.annual_cap_fen - paid_before_fen, 0)
    return OneOff(
        above_deductible_fen=above_fen,
        at_rate_fen=at_rate_fen,
        cap_left_fen=cap_left_fen,
        pays_fen=min(at_rate_fen, cap_left_fen),
    )
