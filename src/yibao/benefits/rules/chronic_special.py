"""Chronic and special diseases (门诊慢特病): certified outpatient diseases, in one of two ways.

A quota disease, settled here, has a rate, a quota of the month of service (what one month leaves unused is gone), a limit of
the year, and may bear a deductible once a year. A disease that the entry settles as a stay is one stay that lasts the year:
see hospital_benefit.

carries_out: BEN-07, BEN-09
"""

from typing import Annotated, NamedTuple

from yibao.benefits.params import ChronicParams
from yibao.kernel.money import share_fen
from yibao.kernel.shapes import CHRONIC_DISEASES, NOT_ON_FILE


class ChronicBenefit(NamedTuple):
    """The working of one claim, in the order it is reached."""

    deductible_used_fen: Annotated[int, "实际支付起付线"]
    rate_bp: Annotated[int, "支付比例"]
    at_rate_fen: Annotated[int, "按比例计算"]
    quota_left_fen: Annotated[int, "当月定额余额"]
    year_left_fen: Annotated[int, "慢特病年度限额余额"]
    cap_left_fen: Annotated[int, "基本医保年度限额余额"]
    pays_fen: Annotated[int, "慢特病统筹支付"]


def chronic_benefit(
    params: ChronicParams,
    *,
    disease: int,
    disease_tags: int,
    institution_class: int,
    in_scope_fen: int,
    deductible_before_fen: int,
    paid_in_month_fen: int,
    paid_in_year_fen: int,
    paid_for_all_fen: int,
    cap_left_fen: int,
) -> ChronicBenefit:
    """What the pooled fund pays toward one chronic-disease claim, in what is left of the month and of the year.

    `paid_in_year_fen` is what the year has paid for this disease, `paid_for_all_fen` for all with a quota.
    """
    deductible_left_fen = max(params.deductible_fen - deductible_before_fen, 0)
    deductible_used_fen = min(deductible_left_fen, in_scope_fen)
    rate_bp = chronic_rate_bp(params, disease=disease, institution_class=institution_class)
    at_rate_fen = share_fen(in_scope_fen - deductible_used_fen, rate_bp)
    quota_left_fen = max(params.monthly_quota_fen[disease] - paid_in_month_fen, 0)
    limit_fen = yearly_limit_fen(params, disease=disease, disease_tags=disease_tags)
    paid_fen = paid_in_year_fen if params.further_quota_fen == NOT_ON_FILE else paid_for_all_fen
    year_left_fen = max(limit_fen - paid_fen, 0)
    return ChronicBenefit(
        deductible_used_fen=deductible_used_fen,
        rate_bp=rate_bp,
        at_rate_fen=at_rate_fen,
        quota_left_fen=quota_left_fen,
        year_left_fen=year_left_fen,
        cap_left_fen=cap_left_fen,
        pays_fen=min(min(at_rate_fen, quota_left_fen), min(year_left_fen, cap_left_fen)),
    )


def chronic_rate_bp(params: ChronicParams, *, disease: int, institution_class: int) -> int:
    """The disease's own rate, else that of the institution class; NOT_ON_FILE where there is neither."""
    if params.rate_bp[disease] != NOT_ON_FILE:
        return params.rate_bp[disease]
    return params.class_rate_bp[institution_class]


def yearly_limit_fen(params: ChronicParams, *, disease: int, disease_tags: int) -> int:
    """The limit of the year: the disease's own, or the one for all that a person is certified for (`disease_tags`)."""
    limit_fen = params.annual_quota_fen[disease]
    if params.further_quota_fen == NOT_ON_FILE:
        return limit_fen
    further_fen = 0
    for other in range(CHRONIC_DISEASES):
        if other != disease and params.as_hospital[other] == 0 and (disease_tags >> other) & 1 == 1:
            limit_fen = max(limit_fen, params.annual_quota_fen[other])
            if params.annual_quota_fen[other] != NOT_ON_FILE:
                further_fen = further_fen + params.further_quota_fen
    return min(limit_fen + further_fen, params.most_quota_fen)
