"""Maternity (生育医疗费用): a fixed amount by kind of delivery, never more than the in-scope cost.

carries_out: BEN-12
"""

from typing import Annotated, NamedTuple

from yibao.benefits.params import MaternityParams


class MaternityBenefit(NamedTuple):
    """The working of one delivery, in the order it is reached."""

    quota_fen: Annotated[int, "生育定额"]
    cap_left_fen: Annotated[int, "基本医保年度限额余额"]
    pays_fen: Annotated[int, "生育医疗费用支付"]
    hospital_bears_fen: Annotated[int, "医院承担"]


def maternity_benefit(
    params: MaternityParams, *, delivery: int, in_scope_fen: int, cap_left_fen: int
) -> MaternityBenefit:
    """What the pooled fund pays toward one delivery, and what the hospital bears where the package is closed."""
    quota_fen = params.quota_fen[delivery]
    over_fen = max(in_scope_fen - quota_fen, 0)
    return MaternityBenefit(
        quota_fen=quota_fen,
        cap_left_fen=cap_left_fen,
        pays_fen=min(min(in_scope_fen, quota_fen), cap_left_fen),
        hospital_bears_fen=over_fen if params.excess_to_hospital == 1 else 0,
    )
