"""Person-years that look for trouble: every code, lines of every cap and deductible, amounts from 0 to far above them."""

from datetime import date

import numpy as np
import pyarrow as pa

from yibao.engine.batch import Period
from yibao.engine.terms import Claim
from yibao.kernel.days import day_number
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


def periods_of(area: Area) -> list[Period]:
    """The terms of an area over the two years on file, as the batch takes them."""
    return [
        Period(day_number(max(p.first_day, FIRST)), day_number(min(p.last_day, LAST)), p.params)
        for p in settlement_periods(area, FIRST, LAST)
    ]


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
