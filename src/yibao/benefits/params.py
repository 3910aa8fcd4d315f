"""Parameters of benefits: one NamedTuple an entry of policy. What no notice fixes is a parameter all the same."""

from typing import Annotated, NamedTuple

from yibao.benefits.terms import CarePath, Delivery, DrugKind, TwoDisease
from yibao.kernel.shapes import (
    BANDS,
    CHRONIC_DISEASES,
    INSTITUTION_CLASSES,
    NOT_ON_FILE,
    Bands,
    Keyed,
    Listed,
    Members,
)

CARE_PATHS = 5
TWO_DISEASES = 3
DELIVERIES = 3
DRUG_KINDS = 6
STAYS = 4

ByClass = Annotated[tuple[int, ...], Keyed("institution_classes", INSTITUTION_CLASSES)]
BandsByClass = INSTITUTION_CLASSES * BANDS


class HospitalParams(NamedTuple):
    """Hospital benefit (住院待遇): a table by institution class, then what the n-th stay and the care path change.

    `band_*` hold 8 bands for each class, the class's first at 8 × class. `repeat_bp` is the share of the deductible that
    the first, second, … stay of the year bears. `path_rate_bp` replaces the table's rate and `path_class` the class
    whose deductible counts, where not NOT_ON_FILE; `path_cut_bp` is taken off the rate.
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


class BasicCapParams(NamedTuple):
    """The basic fund's annual cap (基本医保年度最高支付限额)."""

    annual_cap_fen: int


class CapScopeParams(NamedTuple):
    """Which kinds of visit besides hospital use the basic fund's annual cap (计入基本医保限额的待遇)."""

    counts_chronic: int
    counts_maternity: int


class PoolingParams(NamedTuple):
    """Outpatient pooling (门诊统筹): rates by institution class for class A and B items, limits of day and year.

    A class with no rate may not give pooling. `contract_bonus_bp` is added with a contracted family doctor.
    `county_only` refuses care outside the county of enrolment; `first_choice_only` asks for the chosen institution.
    """

    class_a_rate_bp: ByClass
    class_b_rate_bp: ByClass
    contract_bonus_bp: Annotated[
        tuple[int, ...], Keyed("institution_classes", INSTITUTION_CLASSES, missing=0)
    ]
    deductible_fen: Annotated[tuple[int, ...], Keyed("institution_classes", INSTITUTION_CLASSES, missing=0)]
    daily_cap_fen: int
    annual_cap_fen: int
    county_only: int
    first_choice_only: int


class TwoDiseasesParams(NamedTuple):
    """The two diseases' drugs (“两病”门诊用药): one deductible a year, rates by item class, a yearly quota each."""

    deductible_fen: int
    class_a_rate_bp: int
    class_b_rate_bp: int
    annual_quota_fen: Annotated[tuple[int, ...], Keyed(TwoDisease, TWO_DISEASES)]
    rest_to_pooling: int


class ChronicParams(NamedTuple):
    """Chronic and special diseases (门诊慢特病): rate and monthly quota by disease of the pack's list."""

    rate_bp: Annotated[tuple[int, ...], Keyed("chronic_diseases", CHRONIC_DISEASES)]
    monthly_quota_fen: Annotated[tuple[int, ...], Keyed("chronic_diseases", CHRONIC_DISEASES)]


class MaternityParams(NamedTuple):
    """Maternity (生育医疗费用): a fixed amount by kind of delivery, and who bears what lies above it."""

    quota_fen: Annotated[tuple[int, ...], Keyed(Delivery, DELIVERIES)]
    excess_to_hospital: int


class CatastrophicParams(NamedTuple):
    """Catastrophic insurance (大病保险) for one category: deductible and bands over the year, cap, what counts.

    Bands lie on the year's cost from zero where `bands_from_zero`, else on what lies above the deductible.
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
