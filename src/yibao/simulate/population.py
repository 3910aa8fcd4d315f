"""A generated population (模拟人口) of a pooling area: who is registered, what they are certified for, when they paid.

Nobody in it is real. Ages follow the national make-up, everything else the assumptions (`calibration.yaml`). People may
hold several categories at once, some pay late or never, some were born in the year, some came from employee insurance:
what enrolment decides by is all there.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from yibao.assistance.terms import Category
from yibao.benefits.terms import TwoDisease
from yibao.engine.enrol_terms import EnrolParams
from yibao.engine.terms import CHRONIC_SLOTS
from yibao.financing.terms import ContributionGroup, University
from yibao.packs.enrolment import enrol_terms
from yibao.packs.policies import Area
from yibao.simulate.assumptions import Assumptions, assumptions
from yibao.simulate.facts import numbers, two_diseases_listed
from yibao.simulate.tables import PEOPLE

STREAM = 2
NONE = -1
GROWN_UP = 18
DIABETES = "diabetes_with_complications"
"""A chronic disease that takes the place of the two-disease certification for diabetes."""

EXCLUDED_BY = {
    TwoDisease.DIABETES_OTHER: TwoDisease.DIABETES_TYPE_1,
    TwoDisease.GRADE_TWO: TwoDisease.GRADE_ONE,
}
"""A certification nobody has beside the other one."""


class Ages(NamedTuple):
    """Age by people: day of birth, age reached in the year, place in the bands of `ages`, whether born in the year."""

    born_day: np.ndarray
    age: np.ndarray
    band: np.ndarray
    newborn: np.ndarray


class Payments(NamedTuple):
    """Days of registration and payment, and of the end of employee insurance; NONE where there is none."""

    enrolled_day: np.ndarray
    paid_day: np.ndarray
    employee_cover_ended_day: np.ndarray


def population(
    area: Area,
    n: int,
    seed: int,
    year: int,
    institutions: pa.Table | None = None,
    given: Assumptions | None = None,
) -> pa.Table:
    """PEOPLE of an area for a benefit year, the same for the same seed; first choices where `institutions` are given.

    Raises NotCalibrated where the area has no assumptions, and the failures of `packs` where the year's enrolment
    window is not on file.
    """
    of = given or assumptions()
    rng = np.random.default_rng((seed, STREAM))
    ages = _ages(rng, of.of("ages"), n, year)
    county, rural = _counties(rng, of.area(area), n)
    student = _chosen(rng, np.array([band["students"] for band in of.of("ages")["bands"]])[ages.band])
    tags = _tags(rng, of.of("categories"), ages, rural)
    chronic = _chronic(rng, of.of("chronic"), area.codes("chronic_diseases"), ages.band)
    listed = two_diseases_listed(area, year)
    two = _two_diseases(
        rng, of.of("two_diseases"), listed, ages.band, chronic, area.codes("chronic_diseases")
    )
    payments = _payments(rng, of.of("enrolment"), enrol_terms(area, year).params, ages, tags)
    certified = chronic.any(axis=1) | (two > 0)
    doctor = of.of("family_doctor")
    contracted = _chosen(rng, np.where(certified, doctor["contracted_certified"], doctor["contracted"]))
    columns = {
        "person_id": pl.select(pl.format("P{}", pl.int_range(1, n + 1).cast(pl.String).str.zfill(9)))
        .to_series()
        .to_arrow(),
        "born_on": pa.array(ages.born_day.astype(np.int32)).cast(pa.date32()),
        "sex": np.where(_chosen(rng, np.full(n, of.of("ages")["male"])), 1, 2),
        "county_code": pa.DictionaryArray.from_arrays(
            pa.array(county.astype(np.int16)), pa.array(area.codes("counties"))
        ),
        "group": np.where(student, int(ContributionGroup.STUDENT), int(ContributionGroup.RESIDENT)),
        **_residence(rng, of.of("residence"), student),
        "tier": _tiers(np.random.default_rng((seed, STREAM, 1)), area, of.area(area), n),
        "category_tags": tags,
        "rural": rural,
        "contracted": contracted,
        **_slots(chronic),
        "two_diseases": two,
        "first_choice": _first_choice(rng, area, county, institutions),
        "employee_cover_ended_on": _day_column(payments.employee_cover_ended_day),
        "enrolled_on": _day_column(payments.enrolled_day),
        "paid_on": _day_column(payments.paid_day),
    }
    return pa.table(
        [
            values
            if isinstance(values, pa.Array)
            else pa.array(values.astype(of_field.type.to_pandas_dtype()))
            for of_field, values in ((field, columns[field.name]) for field in PEOPLE)
        ],
        schema=PEOPLE,
    )


def _ages(rng: np.random.Generator, ages: dict[str, Any], n: int, year: int) -> Ages:
    """Ages by band, newborns fewer than older infants, the last band thinning out; birthdays all over the year."""
    bands = ages["bands"]
    band = rng.choice(len(bands), n, p=_shares([row["share"] for row in bands]))
    low = np.array([row["from"] for row in bands])[band]
    width = np.array([row["to"] - row["from"] + 1 for row in bands])[band]
    draw = rng.random(n)
    age = low + (draw * width).astype(np.int64)
    infants = band == 0
    share = ages["newborns"]
    older = 1 + ((draw - share) / (1 - share) * (width - 1)).astype(np.int64)
    age[infants] = np.where(draw < share, 0, older)[infants]
    oldest = band == len(bands) - 1
    thin = -np.log1p(-draw * (1 - np.exp(-ages["oldest_decay"] * width))) / ages["oldest_decay"]
    age[oldest] = (low + thin.astype(np.int64))[oldest]
    first_day = (year - age - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    born_day = first_day + rng.integers(0, 365, n)
    return Ages(born_day, age, band.astype(np.int8), age == 0)


def _counties(rng: np.random.Generator, figures: dict[str, Any], n: int) -> tuple[np.ndarray, np.ndarray]:
    """The place of each person's county in the pack's list, and whether they live in the countryside."""
    rows = list(figures["counties"].values())
    county = rng.choice(len(rows), n, p=_shares([row["weight"] for row in rows]))
    return county, _chosen(rng, np.array([row["rural"] for row in rows])[county])


def _tags(rng: np.random.Generator, figures: dict[str, Any], ages: Ages, rural: np.ndarray) -> np.ndarray:
    """Certified categories as bits: one of each list that excludes one another, and others beside them."""
    n = len(rural)
    everyone = np.ones(n, bool)
    tags = _one_of(rng, figures["ladder"], everyone)
    poor = (tags & (_bit("EXTREME_POVERTY") | _bit("SUBSISTENCE_ALLOWANCE"))) != 0
    tags |= _one_of(rng, figures["rural"], rural)
    low_income = tags != 0
    tags |= _one_of(rng, figures["elderly"], (ages.age >= figures["elderly_from"]) & ~low_income)
    tags |= _one_of(rng, figures["minor"], (ages.age < GROWN_UP) & ~low_income)
    tags |= _one_of(rng, figures["from_49"], ages.age >= figures["family_planning_from"])
    for name, share in figures["others"].items():
        among_poor = (
            share * figures["poor_factor"]
            if name in ("SEVERELY_DISABLED", "SEVERE_MENTAL_DISORDER")
            else share
        )
        tags |= np.where(_chosen(rng, np.where(poor, among_poor, share)), _bit(name), 0)
    return tags


def _one_of(rng: np.random.Generator, shares: dict[str, float], among: np.ndarray) -> np.ndarray:
    """At most one of several categories for each person among those it is about."""
    edges = np.cumsum(list(shares.values()))
    bits = np.array([*(_bit(name) for name in shares), 0])
    place = np.searchsorted(edges, rng.random(len(among)), side="right")
    return np.where(among, bits[place], 0)


def _chronic(
    rng: np.random.Generator, figures: dict[str, Any], codes: list[str], band: np.ndarray
) -> np.ndarray:
    """Certified chronic diseases: a row a person, a column a disease of the pack's list; at most four each."""
    held = np.zeros((len(band), len(codes)), bool)
    for at, code in enumerate(codes):
        of = figures.get(code, figures["other"])
        held[:, at] = _chosen(rng, np.array(of["shares"])[band])
    held &= np.cumsum(held, axis=1) <= CHRONIC_SLOTS
    return held


def _slots(held: np.ndarray) -> dict[str, np.ndarray]:
    """The columns `chronic_1` … of who holds what, in the order of the pack's list."""
    order = np.cumsum(held, axis=1)
    found = {}
    for slot in range(CHRONIC_SLOTS):
        here = held & (order == slot + 1)
        found[f"chronic_{slot + 1}"] = np.where(here.any(axis=1), here.argmax(axis=1), NONE)
    return found


def _two_diseases(
    rng: np.random.Generator,
    figures: dict[str, Any],
    listed: Sequence[TwoDisease],
    band: np.ndarray,
    chronic: np.ndarray,
    codes: list[str],
) -> np.ndarray:
    """Two-disease certifications as bits; who is certified for diabetes as a chronic disease has no second one."""
    severe = chronic[:, codes.index(DIABETES)] if DIABETES in codes else np.zeros(len(band), bool)
    found = np.zeros(len(band), np.int8)
    for disease in listed:
        held = _chosen(rng, np.array(figures[disease.name])[band])
        if disease in EXCLUDED_BY:
            held &= (found >> EXCLUDED_BY[disease]) & 1 == 0
        if disease in (TwoDisease.DIABETES_TYPE_1, TwoDisease.DIABETES_OTHER):
            held &= ~severe
        found |= (held.astype(np.int8) << int(disease)).astype(np.int8)
    return found


def _tiers(rng: np.random.Generator, area: Area, figures: dict[str, Any], n: int) -> np.ndarray:
    """The contribution tier each person chose, by the shares of the area; where it gives none, the first."""
    shares = figures.get("tiers", {})
    weights = [shares.get(str(code), 0.0) for code in area.codes("contribution_tiers")]
    if not any(weights):
        return np.zeros(n, np.int8)
    return rng.choice(len(weights), n, p=_shares(weights)).astype(np.int8)


def _residence(
    rng: np.random.Generator, figures: dict[str, Any], student: np.ndarray
) -> dict[str, np.ndarray]:
    n = len(student)
    local = _chosen(rng, np.where(student, figures["student_hukou_local"], figures["hukou_local"]))
    universities = [int(University[name]) for name in figures["university"]]
    runs = rng.choice(universities, n, p=_shares(list(figures["university"].values())))
    return {
        "university": np.where(student, runs, int(University.NONE)),
        "hukou_local": local,
        "residence_permit": ~local & ~student & _chosen(rng, np.full(n, figures["residence_permit"])),
    }


def _payments(
    rng: np.random.Generator, figures: dict[str, Any], terms: EnrolParams, ages: Ages, tags: np.ndarray
) -> Payments:
    """When people registered and paid: in the window, late or never; newborns register after birth and pay nothing."""
    n = len(tags)
    window, year_ends_day = terms.window, terms.coverage.year.ends_day
    early, late_shape = figures["window_shape"]
    length = window.closes_day - window.opens_day + 1
    paid = window.opens_day + (rng.beta(early, late_shape, n) * length).astype(np.int64)
    enrolled = np.maximum(paid - rng.integers(0, figures["registered_before_days"] + 1, n), window.opens_day)
    enrolled = np.maximum(enrolled, ages.born_day)
    which = rng.random(n)
    unpaid = (which < figures["unpaid"]) & (tags == 0)
    late = (which >= figures["unpaid"]) & (which < figures["unpaid"] + figures["late"]) & ~ages.newborn
    when = window.closes_day + 1 + rng.integers(0, figures["late_days"], n)
    paid, enrolled = np.where(late, when, paid), np.where(late, when, enrolled)
    too_young = (ages.born_day > window.opens_day) & ~ages.newborn
    paid = np.where(too_young, np.maximum(paid, enrolled), paid)
    registered = ages.born_day + rng.integers(0, figures["newborn_days"], n)
    enrolled = np.where(ages.newborn, np.minimum(registered, year_ends_day), enrolled)
    paid = np.where(unpaid | ages.newborn, NONE, paid)
    return Payments(enrolled, paid, _employee_cover(rng, figures, ages, enrolled, late))


def _employee_cover(
    rng: np.random.Generator, figures: dict[str, Any], ages: Ages, enrolled: np.ndarray, late: np.ndarray
) -> np.ndarray:
    """The day employee insurance ended: for some adults, and within three months for part of those who pay late."""
    n = len(enrolled)
    adult = ages.age > GROWN_UP + 2
    recent = late & adult & _chosen(rng, np.full(n, figures["late_after_employee_cover"]))
    earlier = adult & ~recent & _chosen(rng, np.full(n, figures["ended_employee_cover"]))
    ago = np.where(recent, rng.integers(1, 80, n), rng.integers(95, 730, n))
    return np.where(recent | earlier, enrolled - ago, NONE)


def _first_choice(
    rng: np.random.Generator, area: Area, county: np.ndarray, institutions: pa.Table | None
) -> np.ndarray:
    """The chosen institution for outpatient care: one of the first class of the pack in the person's county."""
    chosen = np.full(len(county), NONE, np.int64)
    if institutions is None:
        return chosen
    nearest = numbers(institutions, "institution_class") == 0
    codes = np.array(institutions.column("county_code").cast(pa.string()).to_pylist())
    draw = rng.random(len(county))
    for at, code in enumerate(area.codes("counties")):
        places = np.flatnonzero(nearest & (codes == code))
        here = county == at
        if len(places):
            chosen[here] = places[(draw[here] * len(places)).astype(np.int64)]
    return chosen


def _bit(name: str) -> int:
    return 1 << int(Category[name])


def _chosen(rng: np.random.Generator, chance: np.ndarray) -> np.ndarray:
    return rng.random(len(chance)) < chance


def _shares(weights: list[float]) -> np.ndarray:
    return np.array(weights) / sum(weights)


def _day_column(day: np.ndarray) -> pa.Array:
    return pa.array(day.astype(np.int32), mask=day == NONE).cast(pa.date32())
