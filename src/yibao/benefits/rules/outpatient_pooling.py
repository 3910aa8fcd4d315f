"""Outpatient pooling (门诊统筹): what the pooled fund pays toward one outpatient visit.

The limit of a day is over all visits of that day, not for each; the limit of a year over all days. Both are limits on
what the fund pays, not on the cost. Class A and B items have rates of their own and share both limits; who pays a higher
contribution may have a higher limit of the year.

carries_out: BEN-05, BEN-06
"""

from typing import Annotated, NamedTuple

from yibao.benefits.params import PoolingParams
from yibao.kernel.money import rounded_fen


class PoolingBenefit(NamedTuple):
    """The working of one visit, in the order it is reached."""

    class_a_rate_bp: Annotated[int, "甲类项目支付比例"]
    class_b_rate_bp: Annotated[int, "乙类项目支付比例"]
    at_rate_fen: Annotated[int, "按比例计算"]
    day_left_fen: Annotated[int, "当日限额余额"]
    year_left_fen: Annotated[int, "年度限额余额"]
    pays_fen: Annotated[int, "门诊统筹支付"]


def outpatient_pooling(
    params: PoolingParams,
    *,
    institution_class: int,
    tier: int,
    contracted: int,
    class_a_fen: int,
    class_b_fen: int,
    class_a_before_fen: int,
    class_b_before_fen: int,
    paid_today_fen: int,
    paid_before_fen: int,
) -> PoolingBenefit:
    """What pooling pays toward one visit's class A and B cost, after the year's and the day's earlier visits."""
    bonus_bp = params.contract_bonus_bp[institution_class] if contracted == 1 else 0
    a_bp = params.class_a_rate_bp[institution_class] + bonus_bp
    b_bp = params.class_b_rate_bp[institution_class] + bonus_bp
    deductible_fen = params.deductible_fen[institution_class]
    before_fen = pooled_fen(
        class_a_fen=class_a_before_fen,
        class_b_fen=class_b_before_fen,
        a_bp=a_bp,
        b_bp=b_bp,
        deductible_fen=deductible_fen,
    )
    after_fen = pooled_fen(
        class_a_fen=class_a_before_fen + class_a_fen,
        class_b_fen=class_b_before_fen + class_b_fen,
        a_bp=a_bp,
        b_bp=b_bp,
        deductible_fen=deductible_fen,
    )
    at_rate_fen = max(after_fen - before_fen, 0)
    day_left_fen = max(params.daily_cap_fen - paid_today_fen, 0)
    year_left_fen = max(params.annual_cap_fen[tier] - paid_before_fen, 0)
    return PoolingBenefit(
        class_a_rate_bp=a_bp,
        class_b_rate_bp=b_bp,
        at_rate_fen=at_rate_fen,
        day_left_fen=day_left_fen,
        year_left_fen=year_left_fen,
        pays_fen=min(min(at_rate_fen, day_left_fen), year_left_fen),
    )


def pooled_fen(*, class_a_fen: int, class_b_fen: int, a_bp: int, b_bp: int, deductible_fen: int) -> int:
    """The year's class A and B cost at today's rates; the deductible is borne by class A cost first. Rounded once."""
    a_fen = max(class_a_fen - deductible_fen, 0)
    b_fen = max(class_b_fen - max(deductible_fen - class_a_fen, 0), 0)
    return rounded_fen(a_fen * a_bp + b_fen * b_bp)
