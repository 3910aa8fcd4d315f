"""Parameters of benefits: one NamedTuple an entry of policy. What no notice fixes is a parameter all the same.

Fields with a default may be left out in YAML; the default is then what the policy says, not a guess: no second tier, no
terms for children, no yearly limit.
"""

from typing import Annotated, NamedTuple

from yibao.benefits.terms import CarePath, Delivery, DrugKind, SpecialFund, TwoDisease
from yibao.kernel.money import UNREACHED_FEN, WHOLE_BP
from yibao.kernel.shapes import (
    BANDS,
    CHRONIC_DISEASES,
    INSTITUTION_CLASSES,
    NOT_ON_FILE,
    TIERS,
    Bands,
    Keyed,
    Listed,
    Members,
)

CARE_PATHS = 5
TWO_DISEASES = 5
DELIVERIES = 3
DRUG_KINDS = 6
SPECIAL_FUNDS = 3
STAYS = 4

ByClass = Annotated[tuple[int, ...], Keyed("institution_classes", INSTITUTION_CLASSES)]
ByTier = Annotated[tuple[int, ...], Keyed("contribution_tiers", TIERS, scalar=True)]
ByDisease = Annotated[tuple[int, ...], Keyed("chronic_diseases", CHRONIC_DISEASES, scalar=True)]
ByTwoDisease = Annotated[tuple[int, ...], Keyed(TwoDisease, TWO_DISEASES, scalar=True)]
BandsByClass = INSTITUTION_CLASSES * BANDS


class HospitalParams(NamedTuple):
    """Hospital benefit (住院待遇): a table by institution class, then what tier, age, n-th stay and care path change.

    `band_*` hold 8 bands for each class, the class's first at 8 × class. `repeat_bp` is the share of the deductible that
    the first, second, … stay of the year bears, at the classes where `repeat_class` is 1. `path_rate_bp` replaces the
    table's rate, bonuses and all, and `path_class` the class whose deductible counts, where not NOT_ON_FILE;
    `path_cut_bp` is taken off the rate. `tier_bonus_bp` is added to the rate of a tier, `child_bonus_bp` to that of
    people younger than `child_below_age`, whose stays bear the share `child_deductible_bp` of the deductible: a child's
    later stay bears the smaller of the two shares.
    """

    deductible_fen: ByClass
    band_from_fen: Annotated[
        tuple[int, ...], Bands("rate", "from", "institution_classes", INSTITUTION_CLASSES)
    ]
    band_rate_bp: Annotated[
        tuple[int, ...], Bands("rate", "rate", "institution_classes", INSTITUTION_CLASSES)
    ]
    repeat_bp: Annotated[tuple[int, ...], Listed(STAYS)]
    path_rate_bp: Annotated[tuple[int, ...], Keyed(CarePath, CARE_PATHS)]
    path_cut_bp: Annotated[tuple[int, ...], Keyed(CarePath, CARE_PATHS, missing=0)]
    path_class: Annotated[tuple[int, ...], Keyed(CarePath, CARE_PATHS)]
    referral_keeps_deductible: int
    tier_bonus_bp: Annotated[tuple[int, ...], Keyed("contribution_tiers", TIERS, missing=0)] = (0,) * TIERS
    child_below_age: int = 0
    child_bonus_bp: int = 0
    child_deductible_bp: int = WHOLE_BP
    repeat_class: Annotated[tuple[int, ...], Keyed("institution_classes", INSTITUTION_CLASSES, missing=1)] = (
        1,
    ) * INSTITUTION_CLASSES


class BasicCapParams(NamedTuple):
    """The basic fund's annual cap (基本医保年度最高支付限额) by tier."""

    annual_cap_fen: ByTier


class CapScopeParams(NamedTuple):
    """Which kinds of visit besides hospital use the basic fund's annual cap (计入基本医保限额的待遇).

    What is settled as a stay (`ChronicParams.as_hospital`) always does.
    """

    counts_chronic: int
    counts_maternity: int


class PoolingParams(NamedTuple):
    """Outpatient pooling (门诊统筹): rates by institution class for class A and B items, limits of day and year.

    A class with no rate may not give pooling. `contract_bonus_bp` is added with a contracted family doctor.
    `county_only` refuses care outside the county of enrolment; `first_choice_only` asks for the chosen institution. The
    year's limit may differ by tier.
    """

    class_a_rate_bp: ByClass
    class_b_rate_bp: ByClass
    contract_bonus_bp: Annotated[
        tuple[int, ...], Keyed("institution_classes", INSTITUTION_CLASSES, missing=0)
    ]
    deductible_fen: Annotated[tuple[int, ...], Keyed("institution_classes", INSTITUTION_CLASSES, missing=0)]
    daily_cap_fen: int
    annual_cap_fen: ByTier
    county_only: int
    first_choice_only: int


class TwoDiseasesParams(NamedTuple):
    """The two diseases' drugs (“两病”门诊用药): one deductible a year, rates by item class, a yearly quota each.

    Rates may differ by the kind of disease, or by the patient's grade where a pack grades patients instead.
    """

    deductible_fen: int
    class_a_rate_bp: ByTwoDisease
    class_b_rate_bp: ByTwoDisease
    annual_quota_fen: Annotated[tuple[int, ...], Keyed(TwoDisease, TWO_DISEASES)]
    rest_to_pooling: int


class ChronicParams(NamedTuple):
    """Chronic and special diseases (门诊慢特病): rate, quota of the month, limit of the year, deductible of the year.

    A disease's own rate decides; where it has none, `class_rate_bp` of the institution class does. A disease that a
    table of quotas leaves out is refused; a table that is not written sets no limit. Without `further_quota_fen` each
    disease has its own limit of the year; with it a person has one limit for all of them, that of the disease with the
    highest, raised by it for each further disease, at most to `most_quota_fen`. `as_hospital` diseases are settled as one
    stay that lasts the year: the hospital table's bands and rates, its deductible borne once, the hospital's cap.
    """

    rate_bp: ByDisease = (NOT_ON_FILE,) * CHRONIC_DISEASES
    monthly_quota_fen: ByDisease = (UNREACHED_FEN,) * CHRONIC_DISEASES
    class_rate_bp: ByClass = (NOT_ON_FILE,) * INSTITUTION_CLASSES
    annual_quota_fen: ByDisease = (UNREACHED_FEN,) * CHRONIC_DISEASES
    further_quota_fen: int = NOT_ON_FILE
    most_quota_fen: int = UNREACHED_FEN
    deductible_fen: int = 0
    as_hospital: Annotated[tuple[int, ...], Members("chronic_diseases", CHRONIC_DISEASES)] = (
        0,
    ) * CHRONIC_DISEASES


class MaternityParams(NamedTuple):
    """Maternity (生育医疗费用): a fixed amount by kind of delivery, and who bears what lies above it."""

    quota_fen: Annotated[tuple[int, ...], Keyed(Delivery, DELIVERIES)]
    excess_to_hospital: int


class CatastrophicParams(NamedTuple):
    """Catastrophic insurance (大病保险) for one category: deductible and bands over the year, cap, what counts.

    Bands lie on the year's cost from zero where `bands_from_zero`, else on what lies above the deductible. A chronic
    disease that is settled as a stay counts as one.
    """

    deductible_fen: int
    band_from_fen: Annotated[tuple[int, ...], Bands("rate", "from")]
    band_rate_bp: Annotated[tuple[int, ...], Bands("rate", "rate")]
    bands_from_zero: int
    annual_cap_fen: int
    counts_initial_self_pay: int
    counts_chronic: int
    counts_outpatient: int
    counts_maternity: int


class BalanceParams(NamedTuple):
    """What a change of benefits must leave (以收定支、收支平衡、略有结余): the least surplus, as a share of the year's income."""

    least_surplus_bp: int


class UseLineParams(NamedTuple):
    """Lines of use (优先使用): own expense at most, in institutions of the county; procured products at least.

    A line that no document gives is NOT_ON_FILE: the share is shown and judged by nothing.
    """

    off_list_at_most_bp: int = NOT_ON_FILE
    procured_at_least_bp: int = NOT_ON_FILE


class ReasonableUseParams(NamedTuple):
    """Reasonable use (合理用药、合理检查、合理治疗): how many times its peers' mean an institution may reach."""

    peers_at_most_bp: int


class DrugScopeParams(NamedTuple):
    """The scope of drugs (用药范围): until when what a province had added is digested, and which kinds an area may add."""

    supplements_end_day: int
    local_kinds: Annotated[tuple[int, ...], Members(DrugKind, DRUG_KINDS)]


class SpecialFundsParams(NamedTuple):
    """Special funds (专项资金), each a payer of its own: the share it pays of what the person would bear.

    Where `layers_first` the three layers pay before it; else nothing of insurance is asked and the fund alone pays.
    """

    share_bp: Annotated[tuple[int, ...], Keyed(SpecialFund, SPECIAL_FUNDS)]
    layers_first: Annotated[tuple[int, ...], Keyed(SpecialFund, SPECIAL_FUNDS, missing=1)] = (
        1,
    ) * SPECIAL_FUNDS
