"""Kinds of entries: which params NamedTuple an entry of policy fills, so that a slip of the pen in YAML is found.

An entry that no rule reads (a condition, a target, the national list) has no kind; it is checked for its source and its
days all the same.
"""

from typing import Any

from yibao.assistance.params import (
    ApplicationParams,
    CoveredGroupsParams,
    DirectParams,
    EarlyWarningParams,
    FundPoolingParams,
    FundUseParams,
    HandOverParams,
    HouseholdIncomeParams,
    OneOffParams,
    RankingParams,
    ServiceLimitsParams,
    TopUpParams,
    WarningHandlingParams,
)
from yibao.benefits.params import (
    BalanceParams,
    BasicCapParams,
    CapScopeParams,
    CatastrophicParams,
    ChronicParams,
    DrugScopeParams,
    HospitalParams,
    MaternityParams,
    PoolingParams,
    ReasonableUseParams,
    SpecialFundsParams,
    TwoDiseasesParams,
    UseLineParams,
)
from yibao.engine.terms import ReversalParams
from yibao.enrolment.params import (
    AccountBalanceParams,
    CoverageParams,
    DuplicateParams,
    FlexibleWorkerParams,
    JointHandlingParams,
    KeyGroupsParams,
    LifeCycleParams,
    ListFeedbackParams,
    NewbornParams,
    OneApplicationParams,
    RecognitionParams,
    ResidencePermitParams,
    StudentFilingParams,
    StudentParams,
    TransferParams,
    WaitingParams,
    WindowParams,
)
from yibao.financing.params import (
    CashDepositParams,
    CatastrophicFundingFloorParams,
    CatastrophicFundingParams,
    CollectionModeParams,
    ContributionParams,
    EnrolmentAidParams,
    FiscalAccountParams,
    IncomeLinkedParams,
    RepeatedPaymentParams,
    SubsidyArrivalParams,
    SubsidyFloorParams,
    SubsidyParams,
)
from yibao.fund.params import NationalReserveParams
from yibao.packs.financing import COUNTY_LIST_KEY
from yibao.policy_list.params import (
    AdjustmentFundParams,
    ChangeWorkflowParams,
    ListProgressParams,
    SchemeMergeParams,
    ScorecardParams,
)
from yibao.public_services.params import ItemParams

KINDS: dict[tuple[str, str], type[Any]] = {
    ("financing", "subsidy"): SubsidyParams,
    ("financing", "subsidy_student_ministry"): SubsidyParams,
    ("financing", "subsidy_student_province"): SubsidyParams,
    ("financing", "subsidy_student_city"): SubsidyParams,
    ("financing", "contribution"): ContributionParams,
    ("financing", "enrolment_aid"): EnrolmentAidParams,
    ("financing", "enrolment_aid_student"): EnrolmentAidParams,
    ("financing", "catastrophic_funding"): CatastrophicFundingParams,
    ("financing", "catastrophic_funding_floor"): CatastrophicFundingFloorParams,
    ("financing", "income_linked"): IncomeLinkedParams,
    ("financing", "subsidy_floor"): SubsidyFloorParams,
    ("financing", "subsidy_arrival"): SubsidyArrivalParams,
    ("financing", "cash_deposit"): CashDepositParams,
    ("financing", "repeated_payment"): RepeatedPaymentParams,
    ("financing", "fiscal_account"): FiscalAccountParams,
    ("financing", "collection_steps"): CollectionModeParams,
    ("financing", "residence_permit"): ResidencePermitParams,
    ("financing", "flexible_worker"): FlexibleWorkerParams,
    ("enrolment", "window"): WindowParams,
    ("enrolment", "coverage"): CoverageParams,
    ("enrolment", "student"): StudentParams,
    ("enrolment", "waiting_period"): WaitingParams,
    ("enrolment", "newborn"): NewbornParams,
    ("enrolment", "recognition_of_years"): RecognitionParams,
    ("enrolment", "duplicate_enrolment"): DuplicateParams,
    ("enrolment", "life_cycle"): LifeCycleParams,
    ("enrolment", "one_application"): OneApplicationParams,
    ("enrolment", "key_groups"): KeyGroupsParams,
    ("enrolment", "transfer"): TransferParams,
    ("enrolment", "balance_on_transfer"): AccountBalanceParams,
    ("enrolment", "list_feedback"): ListFeedbackParams,
    ("enrolment", "joint_handling"): JointHandlingParams,
    ("enrolment", "student_filing"): StudentFilingParams,
    ("benefits", "hospital"): HospitalParams,
    ("benefits", "reversal"): ReversalParams,
    ("benefits", "basic_cap"): BasicCapParams,
    ("benefits", "basic_cap_scope"): CapScopeParams,
    ("benefits", "outpatient_pooling"): PoolingParams,
    ("benefits", "two_diseases"): TwoDiseasesParams,
    ("benefits", "chronic_special"): ChronicParams,
    ("benefits", "maternity"): MaternityParams,
    ("benefits", "special_funds"): SpecialFundsParams,
    ("benefits", "catastrophic"): CatastrophicParams,
    ("benefits", "catastrophic_preferential"): CatastrophicParams,
    ("benefits", "balance"): BalanceParams,
    ("benefits", "use_lines"): UseLineParams,
    ("benefits", "reasonable_use"): ReasonableUseParams,
    ("benefits", "drug_scope"): DrugScopeParams,
    ("policy_list", "progress"): ListProgressParams,
    ("policy_list", "change_workflow"): ChangeWorkflowParams,
    ("policy_list", "scheme_merge"): SchemeMergeParams,
    ("policy_list", "adjustment_fund"): AdjustmentFundParams,
    ("policy_list", "scorecard"): ScorecardParams,
    ("assistance", "ranking"): RankingParams,
    ("assistance", "top_up"): TopUpParams,
    ("assistance", "early_warning"): EarlyWarningParams,
    ("assistance", "early_warning_handling"): WarningHandlingParams,
    ("assistance", "on_application"): ApplicationParams,
    ("assistance", "household_income"): HouseholdIncomeParams,
    ("assistance", "one_off"): OneOffParams,
    ("assistance", "hand_over"): HandOverParams,
    ("assistance", "fund_pooling"): FundPoolingParams,
    ("assistance", "fund_use"): FundUseParams,
    ("assistance", "service_limits"): ServiceLimitsParams,
    ("assistance", "covered_groups"): CoveredGroupsParams,
    ("fund", "national_reserve"): NationalReserveParams,
    ("public_services", "enrol_at_one_go"): ItemParams,
    ("public_services", "birth_at_one_go"): ItemParams,
}
"""Section and key of an entry → the params it fills."""


def kind_of(section: str, key: str) -> type[Any] | None:
    """The params an entry fills; None where no rule reads it."""
    if section == "assistance" and key.startswith("direct_"):
        return DirectParams
    if section == "financing" and key.startswith(COUNTY_LIST_KEY):
        return SubsidyParams
    return KINDS.get((section, key))
