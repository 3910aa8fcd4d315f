"""Where generated visits go (就医机构): a class by its share, then one of its institutions near the person.

A few visits go where they will be refused, outside the county or to an institution that gives no pooling, since an
agency sees those too.
"""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yibao.benefits.terms import CarePath, VisitKind
from yibao.packs.policies import Area
from yibao.simulate.assumptions import Assumptions
from yibao.simulate.facts import designated, numbers
from yibao.simulate.visits import Visits

SHARES = {
    VisitKind.HOSPITAL: "stays",
    VisitKind.OUTPATIENT: "outpatient",
    VisitKind.CHRONIC: "chronic",
    VisitKind.TWO_DISEASES: "outpatient",
    VisitKind.MATERNITY: "deliveries",
}
"""Kind of visit → the name of its shares by class."""


class Register(NamedTuple):
    """INSTITUTIONS ready to choose from.

    `rows` lists the institutions of each class and county one after the other: those of class c and county k begin at
    `starts[c, k]` and are `counts[c, k]`; the last county stands for all of them. `level` is by class.
    """

    table: pa.Table
    rows: np.ndarray
    starts: np.ndarray
    counts: np.ndarray
    level: np.ndarray
    outside: np.ndarray
    pooling: np.ndarray
    shares: dict[str, np.ndarray]

    @property
    def counties(self) -> int:
        """How many counties there are, and the place that stands for all."""
        return self.counts.shape[1] - 1


class Placed(NamedTuple):
    """Where each visit goes, and how: rows of INSTITUTIONS, classes, care paths."""

    institution: np.ndarray
    at_class: np.ndarray
    care_path: np.ndarray


def register(area: Area, of: Assumptions, institutions: pa.Table, counties: pa.Array) -> Register:
    """The institutions by class and county; `counties` are the counties of PEOPLE in their order."""
    classes = area.codes("institution_classes")
    figures = [of.area(area)["classes"].get(code, {}) for code in classes]
    at_class = numbers(institutions, "institution_class").astype(np.int64)
    names = institutions.column("county_code").combine_chunks().cast(pa.string())
    county = np.asarray(pc.fill_null(pc.index_in(names, counties), -1))
    rows: list[np.ndarray] = []
    counts = np.zeros((len(classes), len(counties) + 1), np.int64)
    for c in range(len(classes)):
        own = [np.flatnonzero((at_class == c) & (county == k)) for k in range(len(counties))]
        own.append(np.flatnonzero(at_class == c))
        counts[c] = [len(part) for part in own]
        rows += own
    starts = np.concatenate([[0], np.cumsum(counts.ravel())[:-1]]).reshape(counts.shape)
    there = counts[:, -1] > 0
    return Register(
        table=institutions,
        rows=np.concatenate(rows),
        starts=starts,
        counts=counts,
        level=np.array([int(row.get("level", 1)) for row in figures]),
        outside=np.array(["outside" in row for row in figures]),
        pooling=np.array([bool(row.get("pooling", False)) for row in figures]),
        shares={name: np.array([row.get(name, 0.0) for row in figures]) * there for name in SHARES.values()},
    )


def placed(
    rng: np.random.Generator, of: Assumptions, at: Register, visits: Visits, county: np.ndarray
) -> Placed:
    """A class and an institution for each visit of one kind; `county` is that of each visit's person."""
    kind = VisitKind(int(visits.kind[0])) if len(visits.kind) else VisitKind.OUTPATIENT
    conduct, count = of.of("conduct"), len(visits.person)
    at_class = _drawn(rng, at.shares[SHARES[kind]], count)
    whose = county
    if kind == VisitKind.OUTPATIENT:
        draw = rng.random(count)
        nowhere = at.counts[at_class, county] == 0
        at_class = np.where(nowhere, int(np.argmax(at.shares["outpatient"])), at_class)
        away = draw < conduct["outside_county"]
        elsewhere = (county + rng.integers(1, max(at.counties, 2), count)) % max(at.counties, 1)
        whose = np.where(away, elsewhere, county)
        refused = ~at.pooling & ~at.outside
        wrong = (draw >= 1 - conduct["not_allowed"]) & refused.any()
        at_class = np.where(wrong, _drawn(rng, refused.astype(float), count), at_class)
    institution = _picked(rng, at, at_class, whose)
    again = ~designated(at.table, institution, visits.day)
    again &= rng.random(count) < conduct["avoids_undesignated"]
    institution = np.where(again, _picked(rng, at, at_class, whose), institution)
    return Placed(institution, at_class, _care_path(rng, conduct, at, at_class, kind))


def _care_path(
    rng: np.random.Generator, conduct: dict[str, Any], at: Register, at_class: np.ndarray, kind: VisitKind
) -> np.ndarray:
    """Stays outside the province by their shares; at level three inside, some were referred; the rest is local."""
    count = len(at_class)
    found = np.full(count, int(CarePath.LOCAL), np.int8)
    if kind != VisitKind.HOSPITAL:
        return found
    names = list(conduct["outside_paths"])
    outside = np.array([int(CarePath[name]) for name in names])[
        _drawn(rng, np.array([conduct["outside_paths"][name] for name in names]), count)
    ]
    referred = (at.level[at_class] == 3) & (rng.random(count) < conduct["local_referred"])
    found = np.where(referred, int(CarePath.REFERRED), found)
    return np.where(at.outside[at_class], outside, found)


def _picked(rng: np.random.Generator, at: Register, at_class: np.ndarray, county: np.ndarray) -> np.ndarray:
    """An institution of the class in the county, or anywhere where the county has none."""
    where = np.where(at.counts[at_class, county] > 0, county, at.counties)
    count = at.counts[at_class, where]
    return at.rows[at.starts[at_class, where] + (rng.random(len(at_class)) * count).astype(np.int64)]


def _drawn(rng: np.random.Generator, weights: np.ndarray, count: int) -> np.ndarray:
    """Places drawn by weight."""
    if not weights.any():
        return np.zeros(count, np.int64)
    edges = np.cumsum(weights) / weights.sum()
    return np.minimum(np.searchsorted(edges, rng.random(count), side="right"), len(weights) - 1)
