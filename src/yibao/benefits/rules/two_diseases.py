"""The two diseases' outpatient drugs (“两病”门诊用药): hypertension and diabetes, a yearly quota for each kind.

A listed drug uses its quota while it lasts; the cost that the quota no longer reaches goes on to outpatient pooling where
the entry allows it. Rates may differ by the kind of disease or the patient's grade; the deductible may be zero.

carries_out: BEN-08
"""

from typing import Annotated, NamedTuple

from yibao.benefits.params import TwoDiseasesParams
from yibao.kernel.money import WHOLE_BP, rounded_fen, share_fen


class TwoDiseasesBenefit(NamedTuple):
    """The working of one purchase, in the order it is reached."""

    deductible_used_fen: Annotated[int, "实际支付起付线"]
    at_rate_fen: Annotated[int, "按比例计算"]
    quota_left_fen: Annotated[int, "本病种年度限额余额"]
    pays_fen: Annotated[int, "“两病”用药支付"]
    class_a_rest_fen: Annotated[int, "转门诊统筹的甲类费用"]
    class_b_rest_fen: Annotated[int, "转门诊统筹的乙类费用"]


def two_diseases_benefit(
    params: TwoDiseasesParams,
    *,
    disease: int,
    class_a_fen: int,
    class_b_fen: int,
    counted_before_fen: int,
    paid_before_fen: int,
) -> TwoDiseasesBenefit:
    """What the two-disease quota pays toward listed drugs, and the cost it leaves to outpatient pooling."""
    a_bp = params.class_a_rate_bp[disease]
    b_bp = params.class_b_rate_bp[disease]
    deductible_left_fen = max(params.deductible_fen - counted_before_fen, 0)
    a_used_fen = min(class_a_fen, deductible_left_fen)
    b_used_fen = min(class_b_fen, deductible_left_fen - a_used_fen)
    a_fen = class_a_fen - a_used_fen
    b_fen = class_b_fen - b_used_fen
    at_rate_fen = rounded_fen(a_fen * a_bp + b_fen * b_bp)
    quota_left_fen = max(params.annual_quota_fen[disease] - paid_before_fen, 0)
    a_rest_fen = 0
    b_rest_fen = 0
    if at_rate_fen > quota_left_fen and params.rest_to_pooling == 1:
        a_rest_fen = unreached_fen(cost_fen=a_fen, rate_bp=a_bp, quota_fen=quota_left_fen)
        a_paid_fen = share_fen(a_fen - a_rest_fen, a_bp)
        b_quota_fen = max(quota_left_fen - a_paid_fen, 0)
        b_rest_fen = unreached_fen(cost_fen=b_fen, rate_bp=b_bp, quota_fen=b_quota_fen)
    return TwoDiseasesBenefit(
        deductible_used_fen=a_used_fen + b_used_fen,
        at_rate_fen=at_rate_fen,
        quota_left_fen=quota_left_fen,
        pays_fen=min(at_rate_fen, quota_left_fen),
        class_a_rest_fen=a_rest_fen,
        class_b_rest_fen=b_rest_fen,
    )


def unreached_fen(*, cost_fen: int, rate_bp: int, quota_fen: int) -> int:
    """The cost a quota no longer reaches: all but the least cost whose share at the rate uses the quota up."""
    if rate_bp == 0:
        return cost_fen
    reached_fen = (quota_fen * WHOLE_BP + rate_bp - 1) // rate_bp
    return max(cost_fen - reached_fen, 0)
