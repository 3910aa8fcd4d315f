"""A generated register of institutions (定点医疗机构登记): as many of each class as the assumptions say, none of them real.

Names and codes say that they are examples. A few are designated only from some day of the year, or only to some day, so
that "designated on the day" is asked for in earnest.
"""

from datetime import date, timedelta
from itertools import cycle
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from yibao.packs.policies import Area
from yibao.simulate.assumptions import Assumptions, assumptions
from yibao.simulate.tables import INSTITUTIONS

STREAM = 1
"""The generators draw from streams of their own, so that one more draw in one leaves the others as they were."""

LONG_AGO_YEARS = 6
"""Institutions that are designated all year have been so for up to so many years."""


class Place(NamedTuple):
    """Where one institution stands: its class's place in the pack's list, what it is called, its county."""

    at: int
    figures: dict[str, Any]
    county: str


def institutions(area: Area, seed: int, year: int, given: Assumptions | None = None) -> pa.Table:
    """A register for an area and a year: INSTITUTIONS, the same for the same seed. Raises NotCalibrated."""
    figures = (given or assumptions()).area(area)
    listed = area.listed("institution_classes")
    codes = area.codes("institution_classes")
    places = [
        Place(codes.index(code), of_class, county)
        for code, of_class in figures["classes"].items()
        for county in _counties(area, figures, of_class)
    ]
    first_days, last_days = _designation(np.random.default_rng((seed, STREAM)), places, figures, codes, year)
    columns = {
        "institution_code": [f"EX{place.county}{n:04d}" for n, place in enumerate(places, 1)],
        "name": [f"示例第{n:03d}{place.figures['name']}" for n, place in enumerate(places, 1)],
        "institution_class": [place.at for place in places],
        **{
            name: [str(listed[place.at].get(name, "")) for place in places]
            for name in ("level", "price_class", "administrative_level")
        },
        "county_code": [place.county for place in places],
        "designated_from": first_days,
        "designated_to": last_days,
        "gives_pooling": [int(place.figures["pooling"]) for place in places],
    }
    return pa.table(columns).cast(INSTITUTIONS)


def _counties(area: Area, figures: dict[str, Any], of_class: dict[str, Any]) -> list[str]:
    """The county of each institution of a class: so many a county, so many in the city, or outside the area."""
    if "outside" in of_class:
        return [str(code) for code in of_class["outside"]]
    if "per_city" in of_class:
        round_robin = cycle(figures["city_counties"])
        return [str(next(round_robin)) for _ in range(of_class["per_city"])]
    return [code for code in area.codes("counties") for _ in range(of_class["per_county"])]


def _designation(
    rng: np.random.Generator, places: list[Place], figures: dict[str, Any], codes: list[str], year: int
) -> tuple[list[date], list[date | None]]:
    """First and last day of each designation; only classes named `irregular` begin or end within the year."""
    begins, ends = figures["starts_in_year"], figures["ends_in_year"]
    first_days: list[date] = []
    last_days: list[date | None] = []
    for place in places:
        irregular = codes[place.at] in figures["irregular"]
        which, in_year, ago = rng.random(), int(rng.integers(60, 300)), int(rng.integers(1, LONG_AGO_YEARS))
        day = date(year, 1, 1) + timedelta(days=in_year)
        starts_late = irregular and which < begins
        ends_early = irregular and begins <= which < begins + ends
        first_days.append(day if starts_late else date(year - ago, 1, 1))
        last_days.append(day if ends_early else None)
    return first_days, last_days
