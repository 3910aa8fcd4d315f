"""The basic layer (基本医保) of a settlement: the claim's kind of visit decides which of five benefits pays.

A two-disease claim may go on to outpatient pooling with what its quota no longer reaches, so two of them may pay.

carries_out: BEN-08
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
    hospital = hospital_part(params, so_far, claim) if kind == VisitKind.HOSPITAL else no_hospital()
    drugs = two_diseases_part(params, so_far, claim) if kind == VisitKind.TWO_DISEASES else no_two_diseases()
    chronic = chronic_part(params, so_far, claim) if kind == VisitKind.CHRONIC else no_chronic()
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
        return refusal_of_chronic(params.chronic, disease=claim.disease, certified=claim.certified)
    return refusal_of_maternity(params.maternity, delivery=claim.delivery)


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


def cap_left_fen(params: SettlementParams, so_far: YearSoFar, *, counts: int) -> int:
    """What is left of the basic fund's annual cap for a kind of visit that counts; no limit for one that does not."""
    return max(params.basic_cap.annual_cap_fen - so_far.basic_capped_fen, 0) if counts == 1 else UNREACHED_FEN


def hospital_part(params: SettlementParams, so_far: YearSoFar, claim: Claim) -> HospitalBenefit:
    """The hospital benefit of a stay."""
    return hospital_benefit(
        params.hospital,
        institution_class=claim.institution_class,
        care_path=claim.care_path,
        stays_before=so_far.stays,
        continues_episode=claim.continues_episode,
        episode_deductible_fen=so_far.episode_deductible_fen,
        in_scope_fen=claim.class_a_fen + claim.class_b_fen,
        cap_left_fen=cap_left_fen(params, so_far, counts=1),
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
        in_scope_fen=claim.class_a_fen + claim.class_b_fen,
        paid_in_month_fen=so_far.quota_paid_fen[quota_cell(claim)],
        cap_left_fen=cap_left_fen(params, so_far, counts=params.cap_scope.counts_chronic),
    )


def maternity_part(params: SettlementParams, so_far: YearSoFar, claim: Claim) -> MaternityBenefit:
    """The maternity benefit of a delivery."""
    return maternity_benefit(
        params.maternity,
        delivery=claim.delivery,
        in_scope_fen=claim.class_a_fen + claim.class_b_fen,
        cap_left_fen=cap_left_fen(params, so_far, counts=params.cap_scope.counts_maternity),
    )


def pooling_part(
    params: SettlementParams, so_far: YearSoFar, claim: Claim, *, class_a_fen: int, class_b_fen: int
) -> PoolingBenefit:
    """Outpatient pooling of a visit, or of what two-disease drugs left."""
    return outpatient_pooling(
        params.pooling,
        institution_class=claim.institution_class,
        contracted=claim.contracted,
        class_a_fen=class_a_fen,
        class_b_fen=class_b_fen,
        class_a_before_fen=so_far.pooling_class_a_fen,
        class_b_before_fen=so_far.pooling_class_b_fen,
        paid_today_fen=so_far.pooling_day_paid_fen if so_far.pooling_day == claim.day else 0,
        paid_before_fen=so_far.pooling_paid_fen,
    )
