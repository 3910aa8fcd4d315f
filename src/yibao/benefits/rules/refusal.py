"""Refusals (不予支付): whether a claim is settled at all, asked before any amount is reckoned.

A refusal is an answer with a clause behind it, not an error: see `benefits/refusals.py` for its words. The first reason
found is the one given: cover, waiting period, the six national exclusions, then the institution and the disease.

carries_out: ENR-06, BEN-06, BEN-14, PAY-08, FND-05
"""

from yibao.benefits.params import (
    ChronicParams,
    HospitalParams,
    MaternityParams,
    PoolingParams,
    SpecialFundsParams,
    TwoDiseasesParams,
)
from yibao.benefits.rules.chronic_special import chronic_rate_bp
from yibao.benefits.terms import Exclusion, Refusal, SpecialFund
from yibao.kernel.shapes import INSTITUTION_CLASSES, NOT_ON_FILE


def refusal_of_person(*, covered: int, waiting: int, exclusion: int, designated: int) -> int:
    """Why the fund may not pay for this person or event at all; Refusal.NONE where it may."""
    if covered == 0:
        return Refusal.NOT_COVERED
    if waiting == 1:
        return Refusal.WAITING_PERIOD
    if exclusion != Exclusion.NONE:
        return Refusal.WORK_INJURY + exclusion - Exclusion.WORK_INJURY
    if designated == 0:
        return Refusal.NOT_DESIGNATED
    return Refusal.NONE


def refusal_of_hospital(params: HospitalParams, *, institution_class: int) -> int:
    """Why a stay at this class of institution is not settled: the area has no terms, or none for the class."""
    if params.referral_keeps_deductible == NOT_ON_FILE:
        return Refusal.NOT_ON_FILE
    if params.deductible_fen[institution_class] == NOT_ON_FILE:
        return Refusal.NOT_ALLOWED_HERE
    return Refusal.NONE


def refusal_of_pooling(
    params: PoolingParams, *, institution_class: int, in_county: int, first_choice: int
) -> int:
    """Why an outpatient visit is not paid by pooling: no terms, the institution, the county, or the first choice."""
    if params.county_only == NOT_ON_FILE:
        return Refusal.NOT_ON_FILE
    if params.class_a_rate_bp[institution_class] == NOT_ON_FILE:
        return Refusal.NOT_ALLOWED_HERE
    if params.class_b_rate_bp[institution_class] == NOT_ON_FILE:
        return Refusal.NOT_ALLOWED_HERE
    if params.county_only == 1 and in_county == 0:
        return Refusal.OUTSIDE_COUNTY
    if params.first_choice_only == 1 and first_choice == 0:
        return Refusal.NOT_ALLOWED_HERE
    return Refusal.NONE


def refusal_of_two_diseases(params: TwoDiseasesParams, *, disease: int, certified: int) -> int:
    """Why two-disease drugs are not settled."""
    if certified == 0:
        return Refusal.NOT_CERTIFIED
    if params.class_a_rate_bp[disease] == NOT_ON_FILE or params.class_b_rate_bp[disease] == NOT_ON_FILE:
        return Refusal.NOT_ON_FILE
    if params.annual_quota_fen[disease] == NOT_ON_FILE:
        return Refusal.NOT_ON_FILE
    return Refusal.NONE


def refusal_of_chronic(params: ChronicParams, *, disease: int, institution_class: int, certified: int) -> int:
    """Why a chronic-disease claim is not settled; one that is settled as a stay asks refusal_of_hospital as well."""
    if certified == 0:
        return Refusal.NOT_CERTIFIED
    if params.as_hospital[disease] == 1:
        return Refusal.NONE
    if params.monthly_quota_fen[disease] == NOT_ON_FILE or params.annual_quota_fen[disease] == NOT_ON_FILE:
        return Refusal.NOT_ON_FILE
    if chronic_rate_bp(params, disease=disease, institution_class=institution_class) != NOT_ON_FILE:
        return Refusal.NONE
    for other in range(INSTITUTION_CLASSES):
        if params.class_rate_bp[other] != NOT_ON_FILE:
            return Refusal.NOT_ALLOWED_HERE
    return Refusal.NOT_ON_FILE


def refusal_of_maternity(params: MaternityParams, *, delivery: int) -> int:
    """Why a delivery is not settled."""
    if params.quota_fen[delivery] == NOT_ON_FILE:
        return Refusal.NOT_ON_FILE
    return Refusal.NONE


def refusal_of_special_fund(params: SpecialFundsParams, *, fund: int) -> int:
    """Why a bill that belongs to a special fund is not settled: no entry says what the fund pays."""
    if fund != SpecialFund.NONE and params.share_bp[fund] == NOT_ON_FILE:
        return Refusal.NOT_ON_FILE
    return Refusal.NONE
