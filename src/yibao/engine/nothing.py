"""The workings of benefits that a claim is not for: zero at every step."""

from yibao.assistance.rules.direct import DirectAssistance
from yibao.assistance.rules.top_up import TopUp
from yibao.benefits.rules.catastrophic import CatastrophicBenefit
from yibao.benefits.rules.chronic_special import ChronicBenefit
from yibao.benefits.rules.hospital import HospitalBenefit
from yibao.benefits.rules.maternity import MaternityBenefit
from yibao.benefits.rules.outpatient_pooling import PoolingBenefit
from yibao.benefits.rules.two_diseases import TwoDiseasesBenefit


def no_hospital() -> HospitalBenefit:
    """No stay."""
    return HospitalBenefit(
        stay_number=0,
        deductible_fen=0,
        deductible_used_fen=0,
        above_deductible_fen=0,
        rate_bp=0,
        at_rate_fen=0,
        cap_left_fen=0,
        pays_fen=0,
    )


def no_pooling() -> PoolingBenefit:
    """No outpatient visit."""
    return PoolingBenefit(
        class_a_rate_bp=0, class_b_rate_bp=0, at_rate_fen=0, day_left_fen=0, year_left_fen=0, pays_fen=0
    )


def no_two_diseases() -> TwoDiseasesBenefit:
    """No two-disease drugs."""
    return TwoDiseasesBenefit(
        deductible_used_fen=0,
        at_rate_fen=0,
        quota_left_fen=0,
        pays_fen=0,
        class_a_rest_fen=0,
        class_b_rest_fen=0,
    )


def no_chronic() -> ChronicBenefit:
    """No chronic-disease claim."""
    return ChronicBenefit(
        deductible_used_fen=0,
        rate_bp=0,
        at_rate_fen=0,
        quota_left_fen=0,
        year_left_fen=0,
        cap_left_fen=0,
        pays_fen=0,
    )


def no_maternity() -> MaternityBenefit:
    """No delivery."""
    return MaternityBenefit(quota_fen=0, cap_left_fen=0, pays_fen=0, hospital_bears_fen=0)


def no_catastrophic() -> CatastrophicBenefit:
    """Nothing from catastrophic insurance."""
    return CatastrophicBenefit(base_fen=0, above_deductible_fen=0, at_rate_fen=0, cap_left_fen=0, pays_fen=0)


def no_direct() -> DirectAssistance:
    """Nothing from direct assistance."""
    return DirectAssistance(above_deductible_fen=0, at_rate_fen=0, cap_left_fen=0, pays_fen=0)


def no_top_up() -> TopUp:
    """Nothing from top-up assistance."""
    return TopUp(above_deductible_fen=0, at_rate_fen=0, cap_left_fen=0, pays_fen=0)
