"""What a one-stop settlement reads and leaves: the claim, the year so far and the parameters of three layers."""

from typing import Annotated, NamedTuple

from yibao.assistance.params import DirectParams, TopUpParams
from yibao.benefits.params import (
    TWO_DISEASES,
    BasicCapParams,
    CapScopeParams,
    CatastrophicParams,
    ChronicParams,
    HospitalParams,
    MaternityParams,
    PoolingParams,
    SpecialFundsParams,
    TwoDiseasesParams,
)
from yibao.benefits.terms import SpecialFund
from yibao.kernel.shapes import CATEGORIES, Places

MONTHS = 12
CHRONIC_SLOTS = 4
"""Chronic diseases of one person whose months are kept."""

QUOTA_CELLS = CHRONIC_SLOTS * MONTHS + TWO_DISEASES
"""Cells of quotas used: twelve months for each of four chronic diseases, then a year for each of the two diseases."""

NO_CELL = QUOTA_CELLS
"""The cell of a claim that uses no quota: kept at zero."""

OLDEST = 127
"""The age of anybody older still, and of a claim where nobody asked: above every line of age."""


class SettlementParams(NamedTuple):
    """Every parameter of one settlement for an area and a day; `catastrophic` and `direct` have a place a category."""

    hospital: HospitalParams
    basic_cap: BasicCapParams
    cap_scope: CapScopeParams
    pooling: PoolingParams
    two_diseases: TwoDiseasesParams
    chronic: ChronicParams
    maternity: MaternityParams
    catastrophic: Annotated[tuple[CatastrophicParams, ...], Places(CATEGORIES)]
    direct: Annotated[tuple[DirectParams, ...], Places(CATEGORIES)]
    top_up: TopUpParams
    special_funds: SpecialFundsParams


class ReversalParams(NamedTuple):
    """Reversals (结算撤销): whether an earlier settlement may be reversed while later ones of the year stand."""

    allows_earlier: int


class Claim(NamedTuple):
    """One visit or stay to be settled, in whole numbers only.

    `kind`, `care_path`, `exclusion`, `category` hold members of the enums of those names; `delivery` of Delivery;
    `disease` is the chronic disease's place in the pack's list, or the TwoDisease. `slot` is which of the person's
    four chronic diseases it is. `month` is 0–11 in the benefit year. Yes/no facts are 1 or 0. `class_a_fen` and
    `class_b_fen` together are the in-scope cost (政策范围内费用).

    The last four have defaults, for places that do not ask them: `tier` is the contribution tier's place in the pack's
    list, `age` whole years on the day, at most OLDEST; bit n of `disease_tags` is the n-th chronic disease of the pack's
    list, set where the person is certified for it; `special_fund` is the SpecialFund the bill belongs to.
    """

    kind: int
    day: int
    month: int
    institution_class: int
    care_path: int
    category: int
    covered: int
    waiting: int
    exclusion: int
    designated: int
    in_county: int
    first_choice: int
    certified: int
    contracted: int
    continues_episode: int
    properly_referred: int
    disease: int
    slot: int
    delivery: int
    own_expense_fen: int
    over_standard_fen: int
    initial_self_pay_fen: int
    class_a_fen: int
    class_b_fen: int
    tier: int = 0
    age: int = OLDEST
    disease_tags: int = 0
    special_fund: int = SpecialFund.NONE


class YearSoFar(NamedTuple):
    """The year so far (年度累计) of one person: what settled claims have added up to. All zero at the start."""

    stays: int
    episode_deductible_fen: int
    basic_capped_fen: int
    pooling_class_a_fen: int
    pooling_class_b_fen: int
    pooling_paid_fen: int
    pooling_day: int
    pooling_day_paid_fen: int
    two_diseases_counted_fen: int
    chronic_deductible_fen: int
    chronic_paid_fen: int
    special_cost_fen: int
    special_deductible_fen: int
    catastrophic_base_fen: int
    catastrophic_paid_fen: int
    self_pay_inpatient_fen: int
    self_pay_outpatient_fen: int
    assistance_paid_fen: int
    top_up_base_fen: int
    top_up_paid_fen: int
    total_fen: int
    in_scope_fen: int
    basic_paid_fen: int
    burden_in_scope_fen: int
    quota_paid_fen: Annotated[tuple[int, ...], Places(QUOTA_CELLS + 1)]


class YearChange(NamedTuple):
    """What one settlement adds to the year so far: the same fields, and one quota cell with its amount."""

    stays: int
    episode_deductible_fen: int
    basic_capped_fen: int
    pooling_class_a_fen: int
    pooling_class_b_fen: int
    pooling_paid_fen: int
    pooling_day: int
    pooling_day_paid_fen: int
    two_diseases_counted_fen: int
    chronic_deductible_fen: int
    chronic_paid_fen: int
    special_cost_fen: int
    special_deductible_fen: int
    catastrophic_base_fen: int
    catastrophic_paid_fen: int
    self_pay_inpatient_fen: int
    self_pay_outpatient_fen: int
    assistance_paid_fen: int
    top_up_base_fen: int
    top_up_paid_fen: int
    total_fen: int
    in_scope_fen: int
    basic_paid_fen: int
    burden_in_scope_fen: int
    quota_cell: int
    quota_fen: int


class Payers(NamedTuple):
    """Who pays what of one claim, in fen; the seven add up to the total."""

    basic_fen: int
    catastrophic_fen: int
    assistance_fen: int
    top_up_fen: int
    hospital_fen: int
    special_fund_fen: int
    person_fen: int


NOTHING_YET = YearSoFar._make([0] * (len(YearSoFar._fields) - 1) + [(0,) * (QUOTA_CELLS + 1)])
"""The year so far of a person with no settled claim."""
