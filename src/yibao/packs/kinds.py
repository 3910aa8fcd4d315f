"""Kinds of entries: which params NamedTuple an entry of policy fills, so that a slip of the pen in YAML is found.

An entry that no rule reads (a condition, a target, the national list) has no kind; it is checked for its source and its
days all the same.
"""

from typing import Any

from yibao.assistance.params import DirectParams, EarlyWarningParams, RankingParams, TopUpParams
from yibao.benefits.params import (
    BasicCapParams,
    CatastrophicParams,
    ChronicParams,
    HospitalParams,
    MaternityParams,
    PoolingParams,
    SpecialFundsParams,
    TwoDiseasesParams,
)
from yibao.enrolment.params import (
    CoverageParams,
    DuplicateParams,
    FlexibleWorkerParams,
    NewbornParams,
    RecognitionParams,
    ResidencePermitParams,
    StudentParams,
    WaitingParams,
    WindowParams,
)
from yibao.financing.params import (
    CatastrophicFundingFloorParams,
    CatastrophicFundingParams,
    ContributionParams,
    EnrolmentAidParams,
    IncomeLinkedParams,
    SubsidyParams,
)
from yibao.packs.financing import COUNTY_LIST_KEY

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
    ("financing", "residence_permit"): ResidencePermitParams,
    ("financing", "flexible_worker"): FlexibleWorkerParams,
    ("enrolment", "window"): WindowParams,
    ("enrolment", "coverage"): CoverageParams,
    ("enrolment", "student"): StudentParams,
    ("enrolment", "waiting_period"): WaitingParams,
    ("enrolment", "newborn"): NewbornParams,
    ("enrolment", "recognition_of_years"): RecognitionParams,
    ("enrolment", "duplicate_enrolment"): DuplicateParams,
    ("benefits", "hospital"): HospitalParams,
    ("benefits", "basic_cap"): BasicCapParams,
    ("benefits", "outpatient_pooling"): PoolingParams,
    ("benefits", "two_diseases"): TwoDiseasesParams,
    ("benefits", "chronic_special"): ChronicParams,
    ("benefits", "maternity"): MaternityParams,
    ("benefits", "special_funds"): SpecialFundsParams,
    ("benefits", "catastrophic"): CatastrophicParams,
    ("benefits", "catastrophic_preferential"): CatastrophicParams,
    ("assistance", "ranking"): RankingParams,
    ("assistance", "top_up"): TopUpParams,
    ("assistance", "early_warning"): EarlyWarningParams,
}
"""Section and key of an entry → the params it fills."""


def kind_of(section: str, key: str) -> type[Any] | None:
    """The params an entry fills; None where no rule reads it."""
    if section == "assistance" and key.startswith("direct_"):
        return DirectParams
    if section == "financing" and key.startswith(COUNTY_LIST_KEY):
        return SubsidyParams
    return KINDS.get((section, key))
