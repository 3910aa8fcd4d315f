"""Person-years that look for trouble: every code, lines of every cap and deductible, amounts from 0 to far above them."""

from datetime import date

import numpy as np
import pyarrow as pa

from yibao.engine.batch import Period
from yibao.engine.terms import Claim, SettlementParams
from yibao.kernel.days import day_number
from yibao.kernel.money import UNREACHED_FEN
from yibao.kernel.shapes import NOT_ON_FILE
from yibao.packs.policies import Area, policies
from yibao.packs.settlement import settlement_periods

FIRST, LAST = date(2022, 1, 1), date(2023, 12, 31)
EDGES_FEN = np.array(
    [0, 1, 2, 99, 5_000, 5_001, 8_333, 10_000, 30_000, 100_000, 274_300, 1_000_000, 7_000_000, 10**9]
)
AGES = np.array([0, 5, 13, 14, 15, 17, 18, 59, 60, 127])
TAIYUAN = "140100"


def taiyuan_periods() -> list[Period]:
    """The terms of Taiyuan over the two years on file, as the batch takes them."""
    return periods_of(policies().area(TAIYUAN))


def settling_codes() -> list[str]:
    """Every area with terms of its own; one that takes all of them from its parent settles as its parent does."""
    return [
        code
        for code, pack in policies().packs.items()
        if policies().area(code).listed("institution_classes")
        and any(section in ("benefits", "assistance") for section, _ in pack.entries)
    ]


def periods_of(area: Area) -> list[Period]:
    """The terms of an area over the two years on file, as the batch takes them."""
    return [
        Period(day_number(max(p.first_day, FIRST)), day_number(min(p.last_day, LAST)), p.params)
        for p in settlement_periods(area, FIRST, LAST)
    ]


def contrary(params: SettlementParams) -> SettlementParams:
    """The same terms with every option turned the other way, and limits so low that a few claims reach them."""
    return params._replace(
        hospital=params.hospital._replace(
            referral_keeps_deductible=1 - params.hospital.referral_keeps_deductible,
            tier_bonus_bp=(700, 4_500),
            child_below_age=15,
            child_bonus_bp=1_300,
            child_deductible_bp=3_333,
            repeat_bp=(10_000, 5_000, 2_500, 0),
            repeat_class=(0, 1) * 6,
            path_cut_bp=(0, 700, 0, 1_100, 9_500),
        ),
        basic_cap=params.basic_cap._replace(annual_cap_fen=(1_500_000, 1_700_000)),
        cap_scope=params.cap_scope._replace(
            counts_chronic=1 - params.cap_scope.counts_chronic,
            counts_maternity=1 - params.cap_scope.counts_maternity,
        ),
        pooling=params.pooling._replace(
            deductible_fen=(3_000, 0) * 6, daily_cap_fen=6_001, annual_cap_fen=(19_999, 33_333)
        ),
        two_diseases=params.two_diseases._replace(
            deductible_fen=6_000,
            class_a_rate_bp=(6_001, 0, 3_333, 8_000, 10_000),
            class_b_rate_bp=(5_000, 4_999, 0, 6_667, 1),
            annual_quota_fen=(26_000, 48_000, 36_000, 777, 0),
            rest_to_pooling=1 - max(params.two_diseases.rest_to_pooling, 0),
        ),
        chronic=params.chronic._replace(
            class_rate_bp=(3_333, 6_667, -1, 5_000) * 3,
            monthly_quota_fen=(30_000, UNREACHED_FEN, 12_345, 7) * 16,
            annual_quota_fen=(90_000, 50_000, 110_000, -1) * 16,
            further_quota_fen=NOT_ON_FILE if params.chronic.further_quota_fen >= 0 else 10_000,
            most_quota_fen=125_000,
            deductible_fen=20_000,
            as_hospital=(0, 0, 0, 1, 0) * 12 + (0, 0, 0, 1),
        ),
        maternity=params.maternity._replace(quota_fen=(70_000, 160_000, -1), excess_to_hospital=1),
        catastrophic=tuple(
            terms._replace(
                deductible_fen=300_000,
                band_from_fen=(0, 100_000, 400_000, 900_000) + (UNREACHED_FEN,) * 4,
                band_rate_bp=(5_555, 6_000, 7_001) + (8_000,) * 5,
                bands_from_zero=1 - terms.bands_from_zero,
                annual_cap_fen=500_000,
                counts_initial_self_pay=1 - terms.counts_initial_self_pay,
                counts_chronic=1 - terms.counts_chronic,
                counts_outpatient=1 - terms.counts_outpatient,
                counts_maternity=1 - terms.counts_maternity,
            )
            for terms in params.catastrophic
        ),
        direct=tuple(
            terms._replace(
                deductible_fen=terms.deductible_fen // 3 + at * 1_000,
                annual_cap_fen=min(terms.annual_cap_fen, 400_000),
                counts_outpatient=1 - max(terms.counts_outpatient, 0),
                outpatient_rate_bp=(NOT_ON_FILE, 3_333)[at % 2],
                outpatient_bears_deductible=at // 2 % 2,
            )
            for at, terms in enumerate(params.direct)
        ),
        top_up=params.top_up._replace(
            deductible_fen=50_000,
            annual_cap_fen=200_000,
            uses_assistance_cap=1 - params.top_up.uses_assistance_cap,
        ),
        special_funds=params.special_funds._replace(share_bp=(-1, 3_333, 9_999), layers_first=(1, 0, 1)),
    )


def hostile_claims(people: int, seed: int, area: Area | None = None) -> pa.Table:
    """Claims of `people` over two years: sorted by person and day, about five a person and up to eighty.

    Codes are those of the area's lists, and one past the end of its institution classes.
    """
    place = area or policies().area(TAIYUAN)
    draw = np.random.default_rng(seed)
    each = np.where(draw.random(people) < 0.05, draw.integers(20, 80, people), draw.poisson(5, people))
    person = np.repeat(np.arange(people, dtype=np.int32), each)
    count = len(person)
    day = draw.integers(day_number(FIRST), day_number(LAST) + 1, count).astype(np.int32)
    day = np.where(draw.random(count) < 0.3, np.roll(day, 1), day)
    day = day[np.lexsort((day, person))]
    kind = draw.choice(5, count, p=[0.3, 0.3, 0.18, 0.18, 0.04]).astype(np.int8)
    yes = {"covered": 0.98, "designated": 0.98, "in_county": 0.9, "first_choice": 0.8, "certified": 0.95}
    maybe = {"waiting": 0.01, "contracted": 0.5, "continues_episode": 0.2, "properly_referred": 0.4}
    diseases = max(len(place.codes("chronic_diseases")), 1)
    columns = {
        "person": person,
        "kind": kind,
        "day": day,
        "month": (day.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12).astype(np.int8),
        "institution_class": draw.integers(0, len(place.codes("institution_classes")) + 1, count),
        "care_path": draw.integers(0, 5, count).astype(np.int8),
        "category": _category(draw, people, person),
        "exclusion": np.where(draw.random(count) < 0.02, draw.integers(0, 7, count), 0).astype(np.int8),
        "disease": np.where(kind == 3, draw.integers(0, 5, count), draw.integers(0, diseases, count)),
        "slot": draw.integers(0, 4, count).astype(np.int8),
        "delivery": draw.integers(0, 3, count).astype(np.int8),
        "tier": draw.integers(0, max(len(place.codes("contribution_tiers")), 1), people)[person],
        "age": draw.choice(AGES, people)[person],
        "disease_tags": draw.integers(0, 2 ** min(diseases, 62), people)[person],
        "special_fund": np.where(draw.random(count) < 0.03, draw.integers(0, 3, count), 0).astype(np.int8),
        **{name: (draw.random(count) < share).astype(np.int8) for name, share in {**yes, **maybe}.items()},
        **{name: _amounts(draw, count) for name in Claim._fields if name.endswith("_fen")},
    }
    return pa.table({name: columns[name] for name in ("person", *Claim._fields)})


def _category(draw: np.random.Generator, people: int, person: np.ndarray) -> np.ndarray:
    usual = draw.integers(0, 19, people)[person]
    return np.where(draw.random(len(person)) < 0.1, draw.integers(0, 19, len(person)), usual).astype(np.int8)


def _amounts(draw: np.random.Generator, count: int) -> np.ndarray:
    common = draw.lognormal(10.5, 2.0, count).astype(np.int64)
    at_edge = draw.choice(EDGES_FEN, count) + draw.integers(0, 2, count)
    return np.where(draw.random(count) < 0.3, at_edge, common).astype(np.int64)
