"""The basic layer (基本医保) of a settlement: the claim's kind of visit decides which of five benefits pays.

A two-disease claim may go on to outpatient pooling with what its quota no longer reaches, so two of them may pay. A special
disease that the entry settles as a stay has its working in the hospital benefit, with no number of a stay.

carries_out: BEN-08, BEN-09
"""

from typing import Annotated, NamedTuple

from yibao.benefits.rules.chronic_special import ChronicBenefit, chronic_benefit
from yibao.benefits.rules.hospital import HospitalBenefit, hospital_benefit
from yibao.benefits.rules.maternity import MaternityBenefit, maternity_benefit
from yibao.benefits.rules.outpatient_pooling import PoolingBenefit, outpatient_pooling
from yibao.benefits.rules.refusal import (
    refusal_of_chronic,
    refusal_of_hospital,
    refusal_of_maternity,
    refusal_of_pooling,
    refusal_of_two_diseases,
)
from yibao.benefits.rules.two_diseases import TwoDiseasesBenefit, two_diseases_benefit
from yibao.benefits.terms import Refusal, VisitKind
from yibao.engine.nothing import no_chronic, no_hospital, no_maternity, no_pooling, no_two_diseases
from yibao.engine.terms import CHRONIC_SLOTS, MONTHS, NO_CELL, Claim, SettlementParams, YearSoFar
from yibao.kernel.money import UNREACHED_FEN


class Basic(NamedTuple):
    """The basic layer's working: the benefits that paid, and what the year so far has to know of them."""

    year_stay: Annotated[int, "是否按全年一次住院结算"]
    hospital: HospitalBenefit
    pooling: PoolingBenefit
    two_diseases: TwoDiseasesBenefit
    chronic: ChronicBenefit
    maternity: MaternityBenefit
    pays_fen: Annotated[int, "基本医保支付"]
    hospital_bears_fen: Annotated[int, "医院承担"]
    capped_fen: Annotated[int, "计入基本医保年度限额"]
    pooled: Annotated[int, "是否使用门诊统筹"]
    pooled_class_a_fen: Annotated[int, "计入门诊统筹的甲类费用"]
    pooled_class_b_fen: Annotated[int, "计入门诊统筹的乙类费用"]


def basic_layer(params: SettlementParams, so_far: YearSoFar, claim: Claim) -> Basic:
    """What the basic fund pays toward one claim that is not refused."""
    kind = claim.kind
    year_stay = is_year_stay(params, claim)
    hospital = no_hospital()
    if kind == VisitKind.HOSPITAL or year_stay == 1:
        hospital = hospital_part(params, so_far, claim, year_stay=year_stay)
    drugs = two_diseases_part(params, so_far, claim) if kind == VisitKind.TWO_DISEASES else no_two_diseases()
    of_quota = kind == VisitKind.CHRONIC and year_stay == 0
    chronic = chronic_part(params, so_far, claim) if of_quota else no_chronic()
    maternity = maternity_part(params, so_far, claim) if kind == VisitKind.MATERNITY else no_maternity()
    class_a_fen = claim.class_a_fen if kind == VisitKind.OUTPATIENT else drugs.class_a_rest_fen
    class_b_fen = claim.class_b_fen if kind == VisitKind.OUTPATIENT else drugs.class_b_rest_fen
    pooled = is_pooled(params, claim, rest_fen=class_a_fen + class_b_fen)
    pooling = no_pooling()
    if pooled == 1:
        pooling = pooling_part(params, so_far, claim, class_a_fen=class_a_fen, class_b_fen=class_b_fen)
    capped_fen = hospital.pays_fen
    if params.cap_scope.counts_chronic == 1:
        capped_fen = capped_fen + chronic.pays_fen
    if params.cap_scope.counts_maternity == 1:
        capped_fen = capped_fen + maternity.pays_fen
    return Basic(
        year_stay=year_stay,
        hospital=hospital,
        pooling=pooling,
        two_diseases=drugs,
        chronic=chronic,
        maternity=maternity,
        pays_fen=hospital.pays_fen
        + pooling.pays_fen
        + drugs.pays_fen
        + chronic.pays_fen
        + maternity.pays_fen,
        hospital_bears_fen=maternity.hospital_bears_fen,
        capped_fen=capped_fen,
        pooled=pooled,
        pooled_class_a_fen=class_a_fen if pooled == 1 else 0,
        pooled_class_b_fen=class_b_fen if pooled == 1 else 0,
    )


def no_basic() -> Basic:
    """The basic layer of a claim that is refused."""
    return Basic(
        year_stay=0,
        hospital=no_hospital(),
        pooling=no_pooling(),
        two_diseases=no_two_diseases(),
        chronic=no_chronic(),
        maternity=no_maternity(),
        pays_fen=0,
        hospital_bears_fen=0,
        capped_fen=0,
        pooled=0,
        pooled_class_a_fen=0,
        pooled_class_b_fen=0,
    )


def refusal_of_visit(params: SettlementParams, claim: Claim) -> int:
    """Why the claim's kind of visit is not settled there; Refusal.NONE where it is."""
    if claim.kind == VisitKind.HOSPITAL:
        return refusal_of_hospital(params.hospital, institution_class=claim.institution_class)
    if claim.kind == VisitKind.OUTPATIENT:
        return pooling_refusal(params, claim)
    if claim.kind == VisitKind.TWO_DISEASES:
        return refusal_of_two_diseases(params.two_diseases, disease=claim.disease, certified=claim.certified)
    if claim.kind == VisitKind.CHRONIC:
        return chronic_refusal(params, claim)
    return refusal_of_maternity(params.maternity, delivery=claim.delivery)


def chronic_refusal(params: SettlementParams, claim: Claim) -> int:
    """Why a chronic-disease claim is not settled; a disease settled as a stay needs a class that takes stays."""
    refusal = refusal_of_chronic(
        params.chronic,
        disease=claim.disease,
        institution_class=claim.institution_class,
        certified=claim.certified,
    )
    if refusal == Refusal.NONE and is_year_stay(params, claim) == 1:
        return refusal_of_hospital(params.hospital, institution_class=claim.institution_class)
    return refusal


def is_year_stay(params: SettlementParams, claim: Claim) -> int:
    """Whether a claim is of a special disease that the entry settles at the hospital table."""
    return params.chronic.as_hospital[claim.disease] if claim.kind == VisitKind.CHRONIC else 0


def pooling_refusal(params: SettlementParams, claim: Claim) -> int:
    """Why outpatient pooling does not pay for a claim; Refusal.NONE where it does."""
    return refusal_of_pooling(
        params.pooling,
        institution_class=claim.institution_class,
        in_county=claim.in_county,
        first_choice=claim.first_choice,
    )


def is_pooled(params: SettlementParams, claim: Claim, *, rest_fen: int) -> int:
    """Whether outpatient pooling pays: an outpatient visit, or the rest of two-disease drugs where pooling is given."""
    if claim.kind == VisitKind.OUTPATIENT:
        return 1
    if (
        claim.kind == VisitKind.TWO_DISEASES
        and rest_fen > 0
        and pooling_refusal(params, claim) == Refusal.NONE
    ):
        return 1
    return 0


def quota_cell(claim: Claim) -> int:
    """The cell of the year so far that a claim's quota is kept in: a disease's month, or one of the two diseases."""
    if claim.kind == VisitKind.CHRONIC:
        return claim.slot * MONTHS + claim.month
    if claim.kind == VisitKind.TWO_DISEASES:
        return CHRONIC_SLOTS * MONTHS + claim.disease
    return NO_CELL


def cap_left_fen(params: SettlementParams, so_far: YearSoFar, claim: Claim, *, counts: int) -> int:
    """What is left of the tier's annual cap for a kind of visit that counts; no limit for one that does not."""
    if counts == 0:
        return UNREACHED_FEN
    return max(params.basic_cap.annual_cap_fen[claim.tier] - so_far.basic_capped_fen, 0)


def hospital_part(
    params: SettlementParams, so_far: YearSoFar, claim: Claim, *, year_stay: int
) -> HospitalBenefit:
    """The hospital benefit of a stay, or of a special disease that is settled as one over the year."""
    before_fen = so_far.special_deductible_fen if year_stay == 1 else so_far.episode_deductible_fen
    return hospital_benefit(
        params.hospital,
        institution_class=claim.institution_class,
        care_path=claim.care_path,
        tier=claim.tier,
        age=claim.age,
        stays_before=so_far.stays,
        continues_episode=claim.continues_episode,
        year_stay=year_stay,
        cost_before_fen=so_far.special_cost_fen if year_stay == 1 else 0,
        deductible_before_fen=before_fen,
        in_scope_fen=claim.class_a_fen + claim.class_b_fen,
        cap_left_fen=cap_left_fen(params, so_far, claim, counts=1),
    )


def two_diseases_part(params: SettlementParams, so_far: YearSoFar, claim: Claim) -> TwoDiseasesBenefit:
    """The two-disease benefit of a purchase."""
    return two_diseases_benefit(
        params.two_diseases,
        disease=claim.disease,
        class_a_fen=claim.class_a_fen,
        class_b_fen=claim.class_b_fen,
        counted_before_fen=so_far.two_diseases_counted_fen,
        paid_before_fen=so_far.quota_paid_fen[quota_cell(claim)],
    )


def chronic_part(params: SettlementParams, so_far: YearSoFar, claim: Claim) -> ChronicBenefit:
    """The benefit of a chronic-disease claim."""
    return chronic_benefit(
        params.chronic,
        disease=claim.disease,
        disease_tags=claim.disease_tags,
        institution_class=claim.institution_class,
        in_scope_fen=claim.class_a_fen + claim.class_b_fen,
        deductible_before_fen=so_far.chronic_deductible_fen,
        paid_in_month_fen=so_far.quota_paid_fen[quota_cell(claim)],
        paid_in_year_fen=paid_in_slot_fen(so_far, claim),
        paid_for_all_fen=so_far.chronic_paid_fen,
        cap_left_fen=cap_left_fen(params, so_far, claim, counts=params.cap_scope.counts_chronic),
    )


def paid_in_slot_fen(so_far: YearSoFar, claim: Claim) -> int:
    """What the year's twelve months have paid for the chronic disease of a claim."""
    paid_fen = 0
    for month in range(MONTHS):
        paid_fen = paid_fen + so_far.quota_paid_fen[claim.slot * MONTHS + month]
    return paid_fen


def maternity_part(params: SettlementParams, so_far: YearSoFar, claim: Claim) -> MaternityBenefit:
    """The maternity benefit of a delivery."""
    return maternity_benefit(
        params.maternity,
        delivery=claim.delivery,
        in_scope_fen=claim.class_a_fen + claim.class_b_fen,
        cap_left_fen=cap_left_fen(params, so_far, claim, counts=params.cap_scope.counts_maternity),
    )


def pooling_part(
    params: SettlementParams, so_far: YearSoFar, claim: Claim, *, class_a_fen: int, class_b_fen: int
) -> PoolingBenefit:
    """Outpatient pooling of a visit, or of what two-disease drugs left."""
    return outpatient_pooling(
        params.pooling,
        institution_class=claim.institution_class,
        tier=claim.tier,
        contracted=claim.contracted,
        class_a_fen=class_a_fen,
        class_b_fen=class_b_fen,
        class_a_before_fen=so_far.pooling_class_a_fen,
        class_b_before_fen=so_far.pooling_class_b_fen,
        paid_today_fen=so_far.pooling_day_paid_fen if so_far.pooling_day == claim.day else 0,
        paid_before_fen=so_far.pooling_paid_fen,
    )
