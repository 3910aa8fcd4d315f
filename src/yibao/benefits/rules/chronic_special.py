"""Chronic and special diseases (门诊慢特病): certified outpatient diseases with a rate and a quota for each month.

The quota goes by the month of service, and what one month leaves unused is gone. Taiyuan's diabetes with severe
complications has had 300 yuan a month since 2022-10-01; dialysis has no quota.

carries_out: BEN-07, BEN-09
"""

from typing import Annotated, NamedTuple

from yibao.benefits.params import ChronicParams
from yibao.kernel.money import share_fen


class ChronicBenefit(NamedTuple):
    """The working of one claim, in the order it is reached."""

    rate_bp: Annotated[int, "支付比例"]
    at_rate_fen: Annotated[int, "按比例计算"]
    quota_left_fen: Annotated[int, "当月定额余额"]
    cap_left_fen: Annotated[int, "基本医保年度限额余额"]
    pays_fen: Annotated[int, "慢特病统筹支付"]


def chronic_benefit(
    params: ChronicParams, *, disease: int, in_scope_fen: int, paid_in_month_fen: int, cap_left_fen: int
) -> ChronicBenefit:
    """What the pooled fund pays toward one chronic-disease claim, in what is left of the month and of the year."""
    rate_bp = params.rate_bp[disease]
    at_rate_fen = share_fen(in_scope_fen, rate_bp)
    quota_left_fen = max(params.monthly_quota_fen[disease] - paid_in_month_fen, 0)
    return ChronicBenefit(
        rate_bp=rate_bp,
        at_rate_fen=at_rate_fen,
        quota_left_fen=quota_left_fen,
        cap_left_fen=cap_left_fen,
        pays_fen=min(min(at_rate_fen, quota_left_fen), cap_left_fen),
    )
