"""Top-up assistance (倾斜救助): after three layers, for people properly referred and treated inside the province.

It has a deductible and a cap of its own; only where the entry says so does it also use the assistance cap.

carries_out: AID-02
"""

from typing import Annotated, NamedTuple

from yibao.assistance.params import TopUpParams
from yibao.kernel.money import share_fen


class TopUp(NamedTuple):
    """The working of one top-up payment."""

    above_deductible_fen: Annotated[int, "超过倾斜救助起付标准的部分"]
    at_rate_fen: Annotated[int, "按倾斜救助比例计算"]
    cap_left_fen: Annotated[int, "倾斜救助限额余额"]
    pays_fen: Annotated[int, "本次倾斜救助支付"]


def top_up(
    params: TopUpParams,
    *,
    base_before_fen: int,
    base_fen: int,
    paid_before_fen: int,
    assistance_cap_left_fen: int,
) -> TopUp:
    """What top-up pays toward the in-scope cost that basic, catastrophic and direct assistance left."""
    above_before_fen = max(base_before_fen - params.deductible_fen, 0)
    above_after_fen = max(base_before_fen + base_fen - params.deductible_fen, 0)
    at_rate_fen = share_fen(above_after_fen, params.rate_bp) - share_fen(above_before_fen, params.rate_bp)
    cap_left_fen = max(params.annual_cap_fen - paid_before_fen, 0)
    if params.uses_assistance_cap == 1:
        cap_left_fen = min(cap_left_fen, assistance_cap_left_fen)
    return TopUp(
        above_deductible_fen=above_after_fen - above_before_fen,
        at_rate_fen=at_rate_fen,
        cap_left_fen=cap_left_fen,
        pays_fen=min(at_rate_fen, cap_left_fen),
    )
