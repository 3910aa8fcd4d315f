"""Parameters of financing: one NamedTuple an entry of policy."""

from typing import Annotated, NamedTuple

from yibao.assistance.terms import Category
from yibao.financing.terms import CollectionStep
from yibao.kernel.shapes import CATEGORIES, NOT_ON_FILE, TIERS, Keyed, Members

COLLECTION_STEPS = 5
ByCategory = Annotated[tuple[int, ...], Keyed(Category, CATEGORIES, missing=0)]


class SubsidyParams(NamedTuple):
    """Fiscal subsidy (财政补助) of one person and year: the standard and each level's part, printed or as a share.

    A level's part is its `_fen` where printed, else its `_bp` of the standard; what is left is the rest on no file.
    """

    standard_fen: int
    central_fen: int = 0
    central_bp: int = 0
    provincial_fen: int = 0
    provincial_bp: int = 0
    municipal_fen: int = 0
    municipal_bp: int = 0
    county_fen: int = 0
    county_bp: int = 0
    municipal_and_county_fen: int = 0
    municipal_and_county_bp: int = 0


class ContributionParams(NamedTuple):
    """Individual contribution (个人缴费标准) by tier, for residents and for students."""

    resident_fen: Annotated[tuple[int, ...], Keyed("contribution_tiers", TIERS)]
    student_fen: Annotated[tuple[int, ...], Keyed("contribution_tiers", TIERS)]


class EnrolmentAidParams(NamedTuple):
    """Enrolment aid (资助参保): what each payer gives toward the contribution of each category.

    Each table holds, by category, the fixed amount printed; `order` the place in the notice, for a tie. Members of a
    household that a category is certified for get the amounts of its `household_category`; ORDINARY is none.
    """

    assistance_fund_fen: ByCategory
    municipal_fen: ByCategory
    county_fen: ByCategory
    order: ByCategory
    household_category: ByCategory = (0,) * CATEGORIES


class CatastrophicFundingParams(NamedTuple):
    """Catastrophic funding (大病保险筹资): the share of the year's financing that goes to it."""

    rate_bp: int


class CatastrophicFundingFloorParams(NamedTuple):
    """The floor per person that catastrophic funding never falls below: an entry of its own, with its own standing."""

    floor_fen: int


class IncomeLinkedParams(NamedTuple):
    """Dynamic financing (动态筹资机制): how standards follow disposable income per resident in a scenario.

    `passed_on_bp` of the income's rise is passed on, at most `most_rise_bp` of a standard in one year, in whole steps.
    Without `may_fall` a falling income leaves the standards as they are.
    """

    passed_on_bp: int
    most_rise_bp: int
    step_fen: int
    may_fall: int


class FullFinancingTerms(NamedTuple):
    """The full financing (筹资标准全额) of one person and year, personal and fiscal part: two entries, in this order."""

    contribution: ContributionParams
    subsidy: SubsidyParams


class CatastrophicFundingTerms(NamedTuple):
    """Catastrophic funding with its floor: two entries, in this order."""

    funding: CatastrophicFundingParams
    floor: CatastrophicFundingFloorParams


class SubsidyFloorParams(NamedTuple):
    """The national floor (国家最低标准) of the fiscal subsidy per person and year."""

    standard_fen: int


class SubsidyFloorTerms(NamedTuple):
    """A subsidy and the floor it may not fall below: two entries, in this order."""

    subsidy: SubsidyParams
    floor: SubsidyFloorParams


class SubsidyArrivalParams(NamedTuple):
    """Arrival (到位) of a fund year's subsidy: the last day to pay it in, and the last day to report what arrived."""

    due_day: int
    report_by_day: int = NOT_ON_FILE


class CashDepositParams(NamedTuple):
    """Cash taken by agents (代收现金): days, counted from the one after it was taken, to pay it into the transit account."""

    deposit_days: int


class RepeatedPaymentParams(NamedTuple):
    """A second payment (重复缴费) for one person and period: whether it is barred, and whether it may be set off."""

    once_a_period: int
    may_set_off: int


class FiscalAccountParams(NamedTuple):
    """Unified collection and payment (统收统支): whether all money lies in the pooling area's fiscal account."""

    unified: int


class CollectionModeParams(NamedTuple):
    """The mode of collection (征收模式): the steps that the tax bureau does; the agency does the others."""

    by_tax: Annotated[tuple[int, ...], Members(CollectionStep, COLLECTION_STEPS)]
