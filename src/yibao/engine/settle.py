"""One-stop settlement (“一站式”结算): basic, catastrophic, assistance, top-up, in the order of the notice, in one call.

Each layer starts from the rounded amount of the one before. The same function answers pre-settlement, settles one claim
with its working, and is compiled for a hundred million (`engine/compiled.py`); it reads the year so far and says what it
adds to it, and changes nothing itself. A bill that belongs to a special fund goes through the layers first, or past them,
as the fund's entry says; the fund is a payer of its own.

carries_out: BEN-02, BEN-06, BEN-07, BEN-08, BEN-09, BEN-11, BEN-12, BEN-13, AID-01, AID-02, FND-05
"""

from typing import Annotated, NamedTuple

from yibao.assistance.rules.direct import DirectAssistance, direct_assistance, shares_deductible
from yibao.assistance.rules.top_up import TopUp, top_up
from yibao.benefits.rules.catastrophic import CatastrophicBenefit, catastrophic_benefit
from yibao.benefits.rules.refusal import refusal_of_person, refusal_of_special_fund
from yibao.benefits.rules.special_funds import SpecialFundPayment, pays_alone, special_fund_payment
from yibao.benefits.terms import Refusal, SpecialFund, VisitKind
from yibao.engine.basic import Basic, basic_layer, no_basic, quota_cell, refusal_of_visit
from yibao.engine.nothing import no_catastrophic, no_direct, no_top_up
from yibao.engine.terms import NO_CELL, Claim, Payers, SettlementParams, YearChange, YearSoFar
from yibao.kernel.money import share_fen
from yibao.kernel.shapes import NOT_ON_FILE


class Settlement(NamedTuple):
    """The whole working of one claim (计算过程): every layer's own working, who pays, and what the year gains."""

    refusal: Annotated[int, "不予支付原因"]
    total_fen: Annotated[int, "医疗费总额"]
    in_scope_fen: Annotated[int, "政策范围内费用"]
    basic: Basic
    left_by_basic_fen: Annotated[int, "基本医保支付后政策范围内个人负担"]
    catastrophic: CatastrophicBenefit
    left_by_catastrophic_fen: Annotated[int, "大病保险支付后政策范围内个人负担"]
    direct: DirectAssistance
    top_up: TopUp
    left_in_scope_fen: Annotated[int, "三重制度支付后政策范围内个人负担"]
    special_fund: SpecialFundPayment
    payers: Payers
    change: YearChange


def settle_claim(params: SettlementParams, so_far: YearSoFar, claim: Claim) -> Settlement:
    """Settles one claim after the year so far. Parts add up: seven payers are the total, always."""
    alone = pays_alone(params.special_funds, fund=claim.special_fund)
    refusal = refusal_of_claim(params, claim, alone=alone)
    if refusal != Refusal.NONE or alone == 1:
        return without_layers(params, claim, refusal=refusal)
    in_scope_fen = claim.class_a_fen + claim.class_b_fen
    basic = basic_layer(params, so_far, claim)
    left_fen = in_scope_fen - basic.pays_fen - basic.hospital_bears_fen
    catastrophic = catastrophic_layer(params, so_far, claim, left_fen=left_fen, year_stay=basic.year_stay)
    self_pay_fen = max(left_fen - catastrophic.pays_fen, 0)
    direct = direct_layer(params, so_far, claim, self_pay_fen=self_pay_fen)
    after_direct_fen = self_pay_fen - direct.pays_fen
    raised = top_up_layer(
        params, so_far, claim, left_fen=after_direct_fen, cap_left_fen=direct.cap_left_fen - direct.pays_fen
    )
    total_fen = claim.own_expense_fen + claim.over_standard_fen + claim.initial_self_pay_fen + in_scope_fen
    left_by_layers_fen = (
        total_fen
        - basic.pays_fen
        - catastrophic.pays_fen
        - direct.pays_fen
        - raised.pays_fen
        - basic.hospital_bears_fen
    )
    special_fund = special_fund_payment(
        params.special_funds, fund=claim.special_fund, would_bear_fen=left_by_layers_fen
    )
    payers = Payers(
        basic_fen=basic.pays_fen,
        catastrophic_fen=catastrophic.pays_fen,
        assistance_fen=direct.pays_fen,
        top_up_fen=raised.pays_fen,
        hospital_fen=basic.hospital_bears_fen,
        special_fund_fen=special_fund.pays_fen,
        person_fen=left_by_layers_fen - special_fund.pays_fen,
    )
    left_in_scope_fen = after_direct_fen - raised.pays_fen
    return Settlement(
        refusal=refusal,
        total_fen=total_fen,
        in_scope_fen=in_scope_fen,
        basic=basic,
        left_by_basic_fen=left_fen,
        catastrophic=catastrophic,
        left_by_catastrophic_fen=self_pay_fen,
        direct=direct,
        top_up=raised,
        left_in_scope_fen=left_in_scope_fen,
        special_fund=special_fund,
        payers=payers,
        change=year_change(
            params,
            so_far,
            claim,
            basic=basic,
            payers=payers,
            catastrophic=catastrophic,
            self_pay_fen=self_pay_fen,
            after_direct_fen=after_direct_fen,
            burden_fen=left_in_scope_fen - share_fen(left_in_scope_fen, special_fund.share_bp),
        ),
    )


def refusal_of_claim(params: SettlementParams, claim: Claim, *, alone: int) -> int:
    """The first reason not to settle: the person, the visit, then terms of the category that no document gives.

    A bill that a special fund pays alone is no visit of insurance.
    """
    refusal = refusal_of_person(
        covered=claim.covered, waiting=claim.waiting, exclusion=claim.exclusion, designated=claim.designated
    )
    if refusal == Refusal.NONE:
        refusal = refusal_of_special_fund(params.special_funds, fund=claim.special_fund)
    if refusal != Refusal.NONE or alone == 1:
        return refusal
    refusal = refusal_of_visit(params, claim)
    if refusal == Refusal.NONE and params.direct[claim.category].rate_bp == NOT_ON_FILE:
        refusal = Refusal.TERMS_REFUSED
    return refusal


def catastrophic_layer(
    params: SettlementParams, so_far: YearSoFar, claim: Claim, *, left_fen: int, year_stay: int
) -> CatastrophicBenefit:
    """The catastrophic layer on what basic left, where the kind of visit counts for it."""
    terms = params.catastrophic[claim.category]
    base_fen = left_fen
    if terms.counts_initial_self_pay == 1:
        base_fen = left_fen + claim.initial_self_pay_fen
    counts = 1
    if claim.kind == VisitKind.CHRONIC and year_stay == 0:
        counts = terms.counts_chronic
    if claim.kind == VisitKind.MATERNITY:
        counts = terms.counts_maternity
    if claim.kind == VisitKind.OUTPATIENT or claim.kind == VisitKind.TWO_DISEASES:
        counts = terms.counts_outpatient
    return catastrophic_benefit(
        terms,
        base_before_fen=so_far.catastrophic_base_fen,
        base_fen=base_fen if counts == 1 else 0,
        paid_before_fen=so_far.catastrophic_paid_fen,
    )


def direct_layer(
    params: SettlementParams, so_far: YearSoFar, claim: Claim, *, self_pay_fen: int
) -> DirectAssistance:
    """Direct assistance on what two layers left; outpatient cost counts only where the category's entry says so."""
    terms = params.direct[claim.category]
    outpatient = is_long_outpatient(claim)
    before_fen = so_far.self_pay_outpatient_fen if outpatient == 1 else so_far.self_pay_inpatient_fen
    if shares_deductible(terms) == 1:
        before_fen = so_far.self_pay_inpatient_fen + so_far.self_pay_outpatient_fen
    counts = is_inpatient(claim) == 1 or (terms.counts_outpatient == 1 and outpatient == 1)
    return direct_assistance(
        terms,
        outpatient=outpatient,
        self_pay_before_fen=before_fen,
        self_pay_fen=self_pay_fen if counts else 0,
        paid_before_fen=so_far.assistance_paid_fen,
    )


def top_up_layer(
    params: SettlementParams, so_far: YearSoFar, claim: Claim, *, left_fen: int, cap_left_fen: int
) -> TopUp:
    """Top-up on what three layers left of a properly referred stay of a person it is for."""
    base_fen = left_fen if counts_for_top_up(params, claim) == 1 else 0
    return top_up(
        params.top_up,
        base_before_fen=so_far.top_up_base_fen,
        base_fen=base_fen,
        paid_before_fen=so_far.top_up_paid_fen,
        assistance_cap_left_fen=cap_left_fen,
    )


def counts_for_top_up(params: SettlementParams, claim: Claim) -> int:
    """Whether a claim's rest counts for top-up assistance."""
    if claim.kind == VisitKind.HOSPITAL and claim.properly_referred == 1:
        return params.top_up.categories[claim.category]
    return 0


def is_inpatient(claim: Claim) -> int:
    """Whether a claim is of a stay: hospital or delivery."""
    return 1 if claim.kind == VisitKind.HOSPITAL or claim.kind == VisitKind.MATERNITY else 0


def is_long_outpatient(claim: Claim) -> int:
    """Whether a claim is outpatient care of a long or serious illness, which assistance may count (国办发〔2021〕42号)."""
    return 1 if claim.kind == VisitKind.CHRONIC or claim.kind == VisitKind.TWO_DISEASES else 0


def year_change(
    params: SettlementParams,
    so_far: YearSoFar,
    claim: Claim,
    *,
    basic: Basic,
    payers: Payers,
    catastrophic: CatastrophicBenefit,
    self_pay_fen: int,
    after_direct_fen: int,
    burden_fen: int,
) -> YearChange:
    """What a settled claim adds to the year so far."""
    in_cap_fen = payers.assistance_fen
    if params.top_up.uses_assistance_cap == 1:
        in_cap_fen = payers.assistance_fen + payers.top_up_fen
    same_day = so_far.pooling_day == claim.day
    pooled_today_fen = so_far.pooling_day_paid_fen if same_day else 0
    pooled = basic.pooled
    return YearChange(
        stays=1 if claim.kind == VisitKind.HOSPITAL else 0,
        episode_deductible_fen=episode_change_fen(so_far, claim, basic=basic),
        basic_capped_fen=basic.capped_fen,
        pooling_class_a_fen=basic.pooled_class_a_fen,
        pooling_class_b_fen=basic.pooled_class_b_fen,
        pooling_paid_fen=basic.pooling.pays_fen,
        pooling_day=claim.day - so_far.pooling_day if pooled == 1 else 0,
        pooling_day_paid_fen=(
            pooled_today_fen + basic.pooling.pays_fen - so_far.pooling_day_paid_fen if pooled == 1 else 0
        ),
        two_diseases_counted_fen=basic.two_diseases.deductible_used_fen,
        chronic_deductible_fen=basic.chronic.deductible_used_fen,
        chronic_paid_fen=basic.chronic.pays_fen,
        special_cost_fen=claim.class_a_fen + claim.class_b_fen if basic.year_stay == 1 else 0,
        special_deductible_fen=basic.hospital.deductible_used_fen if basic.year_stay == 1 else 0,
        catastrophic_base_fen=catastrophic.base_fen,
        catastrophic_paid_fen=catastrophic.pays_fen,
        self_pay_inpatient_fen=self_pay_fen if is_inpatient(claim) == 1 else 0,
        self_pay_outpatient_fen=self_pay_fen if is_long_outpatient(claim) == 1 else 0,
        assistance_paid_fen=in_cap_fen,
        top_up_base_fen=after_direct_fen if counts_for_top_up(params, claim) == 1 else 0,
        top_up_paid_fen=payers.top_up_fen,
        total_fen=payers.basic_fen
        + payers.catastrophic_fen
        + payers.assistance_fen
        + payers.top_up_fen
        + payers.hospital_fen
        + payers.special_fund_fen
        + payers.person_fen,
        in_scope_fen=claim.class_a_fen + claim.class_b_fen,
        basic_paid_fen=payers.basic_fen,
        burden_in_scope_fen=burden_fen,
        quota_cell=quota_cell(claim),
        quota_fen=basic.chronic.pays_fen + basic.two_diseases.pays_fen,
    )


def episode_change_fen(so_far: YearSoFar, claim: Claim, *, basic: Basic) -> int:
    """What a stay changes in the deductible that its episode has borne: added to it, or a new episode's own."""
    used_fen = basic.hospital.deductible_used_fen
    if claim.kind != VisitKind.HOSPITAL:
        return 0
    if claim.continues_episode == 1:
        return used_fen
    return used_fen - so_far.episode_deductible_fen


def without_layers(params: SettlementParams, claim: Claim, *, refusal: int) -> Settlement:
    """A claim that no layer pays for: refused, or paid by its special fund alone. The year so far gains nothing."""
    in_scope_fen = claim.class_a_fen + claim.class_b_fen
    total_fen = claim.own_expense_fen + claim.over_standard_fen + claim.initial_self_pay_fen + in_scope_fen
    special_fund = special_fund_payment(
        params.special_funds,
        fund=claim.special_fund if refusal == Refusal.NONE else SpecialFund.NONE,
        would_bear_fen=total_fen,
    )
    return Settlement(
        refusal=refusal,
        total_fen=total_fen,
        in_scope_fen=in_scope_fen,
        basic=no_basic(),
        left_by_basic_fen=in_scope_fen,
        catastrophic=no_catastrophic(),
        left_by_catastrophic_fen=in_scope_fen,
        direct=no_direct(),
        top_up=no_top_up(),
        left_in_scope_fen=in_scope_fen,
        special_fund=special_fund,
        payers=Payers(
            basic_fen=0,
            catastrophic_fen=0,
            assistance_fen=0,
            top_up_fen=0,
            hospital_fen=0,
            special_fund_fen=special_fund.pays_fen,
            person_fen=total_fen - special_fund.pays_fen,
        ),
        change=no_change(),
    )


def no_change() -> YearChange:
    """Nothing added to the year so far."""
    return YearChange(
        stays=0,
        episode_deductible_fen=0,
        basic_capped_fen=0,
        pooling_class_a_fen=0,
        pooling_class_b_fen=0,
        pooling_paid_fen=0,
        pooling_day=0,
        pooling_day_paid_fen=0,
        two_diseases_counted_fen=0,
        chronic_deductible_fen=0,
        chronic_paid_fen=0,
        special_cost_fen=0,
        special_deductible_fen=0,
        catastrophic_base_fen=0,
        catastrophic_paid_fen=0,
        self_pay_inpatient_fen=0,
        self_pay_outpatient_fen=0,
        assistance_paid_fen=0,
        top_up_base_fen=0,
        top_up_paid_fen=0,
        total_fen=0,
        in_scope_fen=0,
        basic_paid_fen=0,
        burden_in_scope_fen=0,
        quota_cell=NO_CELL,
        quota_fen=0,
    )
