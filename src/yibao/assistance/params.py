"""Parameters of assistance: one NamedTuple an entry of policy."""

from typing import Annotated, NamedTuple

from yibao.assistance.terms import ApplicationStep, AssistanceService, Category, PoolingLevel
from yibao.enrolment.terms import Department
from yibao.kernel.money import UNREACHED_FEN
from yibao.kernel.shapes import CATEGORIES, NOT_ON_FILE, Keyed, Listed, Members, Ranked

APPLICATION_STEPS = 5
ASSISTANCE_SERVICES = 3
POOLING_LEVELS = 4
WARNING_BANDS = 4
DEPARTMENTS = 9


class DirectParams(NamedTuple):
    """Direct assistance (直接救助) of one category; one annual cap for outpatient and inpatient.

    `counts_outpatient`: outpatient care of a long illness is assisted too, at `outpatient_rate_bp` where it is on file,
    else at `rate_bp`. It shares the year's deductible with inpatient cost, or bears none where
    `outpatient_bears_deductible` is 0; then it does not fill up the deductible of stays either.
    """

    deductible_fen: int
    rate_bp: int
    annual_cap_fen: int
    counts_outpatient: int
    outpatient_rate_bp: int = NOT_ON_FILE
    outpatient_bears_deductible: int = 1


class TopUpParams(NamedTuple):
    """Top-up assistance (倾斜救助), after three layers, for people properly referred inside the province."""

    deductible_fen: int
    rate_bp: int
    annual_cap_fen: int
    uses_assistance_cap: int
    categories: Annotated[tuple[int, ...], Members(Category, CATEGORIES)]


class RankingParams(NamedTuple):
    """The ranked list (身份顺位) by which one category is chosen for all layers of a settlement."""

    ranked: Annotated[tuple[int, ...], Ranked(Category, CATEGORIES)]


class EarlyWarningParams(NamedTuple):
    """High-burden early warning (高额费用负担患者预警): lines on the year's in-scope burden by group.

    A line is the larger of an amount and a share of `income_fen`, last year's income a head; either may be left at 0.
    """

    low_income_line_fen: int
    other_line_fen: int
    low_income: Annotated[tuple[int, ...], Members(Category, CATEGORIES)]
    low_income_share_bp: int = 0
    other_share_bp: int = 0
    income_fen: int = 0


class WarningHandlingParams(NamedTuple):
    """What is done with the list of early warning (预警处置): who gets it, again when, and by when they answer.

    `band_bp` are shares of the line at which a burden enters a band; whoever rises a band is pushed again. A single
    settlement that leaves more than the `_single_line_fen` of the group puts a person on the list of its day by itself.
    """

    departments: Annotated[tuple[int, ...], Members(Department, DEPARTMENTS)]
    band_bp: Annotated[tuple[int, ...], Listed(WARNING_BANDS)]
    respond_working_days: int
    low_income_single_line_fen: int = UNREACHED_FEN
    other_single_line_fen: int = UNREACHED_FEN


class ApplicationParams(NamedTuple):
    """Assistance on application (依申请救助): whom it is for, working days of each step, days it hangs out in public.

    A category recognised on application holds from `back_months` before the application, though from no day before the
    benefit year. Whoever is refused may object for `objection_days`; where that is not on file, at any time.
    """

    groups: Annotated[tuple[int, ...], Members(Category, CATEGORIES)]
    working_days: Annotated[tuple[int, ...], Keyed(ApplicationStep, APPLICATION_STEPS)]
    publicity_days: int
    back_months: int = 0
    objection_days: int = NOT_ON_FILE


class HouseholdIncomeParams(NamedTuple):
    """Income check (家庭经济状况核对): the year's income a head up to which a category may be recognised on application.

    A category without a line is certified by another department, and no income is asked. `burden_share_bp` is the share of
    the household's income that the year's burden must reach.
    """

    per_head_line_fen: Annotated[tuple[int, ...], Keyed(Category, CATEGORIES)]
    burden_share_bp: int = 0


class OneOffParams(NamedTuple):
    """One-off assistance (一次性救助) on application, for categories that are not settled again instead."""

    deductible_fen: int
    rate_bp: int
    annual_cap_fen: int
    categories: Annotated[tuple[int, ...], Members(Category, CATEGORIES)]


class HandOverParams(NamedTuple):
    """Handing over (衔接) after three layers: whether to temporary relief, to charity; the line is that of early warning."""

    to_temporary_relief: int
    to_charitable_relief: int


class HandOverTerms(NamedTuple):
    """Handing over and the line from which a burden counts as heavy: two entries, in this order."""

    hand_over: HandOverParams
    early_warning: EarlyWarningParams


class FundPoolingParams(NamedTuple):
    """Pooling levels (统筹层次) of basic insurance and of assistance, each a list of one; left out where not on file."""

    basic: Annotated[tuple[int, ...], Members(PoolingLevel, POOLING_LEVELS)]
    assistance: Annotated[tuple[int, ...], Members(PoolingLevel, POOLING_LEVELS)] = (0,) * POOLING_LEVELS


class FundUseParams(NamedTuple):
    """Use of the assistance fund (资金使用效率): the share of a year's money that is to be spent."""

    at_least_bp: int


class ServiceLimitsParams(NamedTuple):
    """Time limits of handling (经办时限): working days by item of the service list; an item left out has none on file."""

    working_days: Annotated[tuple[int, ...], Keyed(AssistanceService, ASSISTANCE_SERVICES)]


class CoveredGroupsParams(NamedTuple):
    """Who is to be covered by help (帮扶政策覆盖范围): categories, and rural people who meet the chronic conditions."""

    groups: Annotated[tuple[int, ...], Members(Category, CATEGORIES)]
    rural_chronic: int
