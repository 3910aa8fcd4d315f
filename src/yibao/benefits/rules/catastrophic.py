"""Catastrophic insurance (大病保险): what it pays toward in-scope cost that the basic fund left, over the year.

It goes by what the basic fund did not pay, whatever the disease, so its deductible (起付标准) is of the year and not of
the stay. Payment is a difference: what the year's cost now yields less what it yielded before, within the cap.

carries_out: BEN-04, BEN-11, BEN-13
"""

from typing import Annotated, NamedTuple

from yibao.benefits.params import CatastrophicParams
from yibao.kernel.money import rounded_fen
from yibao.kernel.shapes import BANDS


class CatastrophicBenefit(NamedTuple):
    """The working of one payment, in the order it is reached."""

    base_fen: Annotated[int, "本次计入大病保险的费用"]
    above_deductible_fen: Annotated[int, "超过大病起付标准的部分"]
    at_rate_fen: Annotated[int, "按分段比例计算"]
    cap_left_fen: Annotated[int, "大病保险年度限额余额"]
    pays_fen: Annotated[int, "大病保险支付"]


def catastrophic_benefit(
    params: CatastrophicParams, *, base_before_fen: int, base_fen: int, paid_before_fen: int
) -> CatastrophicBenefit:
    """What catastrophic insurance pays toward one claim's base (合规医疗费用 left by the basic fund)."""
    after_fen = base_before_fen + base_fen
    before_yield_fen = yielded_fen(params, base_fen=base_before_fen)
    at_rate_fen = yielded_fen(params, base_fen=after_fen) - before_yield_fen
    cap_left_fen = max(params.annual_cap_fen - paid_before_fen, 0)
    return CatastrophicBenefit(
        base_fen=base_fen,
        above_deductible_fen=max(after_fen - params.deductible_fen, 0)
        - max(base_before_fen - params.deductible_fen, 0),
        at_rate_fen=at_rate_fen,
        cap_left_fen=cap_left_fen,
        pays_fen=min(at_rate_fen, cap_left_fen),
    )


def yielded_fen(params: CatastrophicParams, *, base_fen: int) -> int:
    """What a year's cost yields before the cap: each band of it at its rate, rounded once after they are added."""
    if base_fen <= params.deductible_fen:
        return 0
    origin_fen = 0 if params.bands_from_zero == 1 else params.deductible_fen
    weighted = 0
    for band in range(BANDS):
        from_fen = max(params.band_from_fen[band] + origin_fen, params.deductible_fen)
        to_fen = base_fen
        if band + 1 < BANDS:
            to_fen = min(base_fen, max(params.band_from_fen[band + 1] + origin_fen, params.deductible_fen))
        weighted += max(to_fen - from_fen, 0) * params.band_rate_bp[band]
    return rounded_fen(weighted)
