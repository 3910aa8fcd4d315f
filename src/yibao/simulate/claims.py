"""A generated year of claims (模拟就诊): visits, places and costs put together, in order of settlement.

Held to the published figures that `calibration.yaml` lists: visits and stays for each enrolled person, cost of a stay by
level, use by age. Costs have a heavy tail, so that caps and the catastrophic layer are reached; what an agency sees
seldom is there too: excluded causes, undesignated institutions, continued episodes, late and reversed settlements.
"""

from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from yibao.benefits.terms import CarePath, Delivery, Exclusion, SpecialFund, TwoDisease, VisitKind
from yibao.packs.enrolment import enrol_terms
from yibao.packs.policies import Area
from yibao.simulate.assumptions import Assumptions, assumptions
from yibao.simulate.costs import Split, heavy_tailed, lognormal, split_fen
from yibao.simulate.facts import county_codes, in_order, numbers, two_diseases_listed
from yibao.simulate.places import Placed, Register, placed, register
from yibao.simulate.special_funds import funds_on_file, treated, vaccinations
from yibao.simulate.tables import CLAIMS
from yibao.simulate.visits import (
    Persons,
    Visits,
    chronic_factor,
    chronic_visits,
    deliveries,
    hospital_stays,
    outpatient_visits,
    persons,
    tag_factor,
    two_disease_purchases,
    vaccination_visits,
)

STREAM = 3
LEVELS = (3, 2, 1)
SECONDS_OF_A_DAY = 86_400
OPENS, CLOSES = 8 * 3600, 18 * 3600
"""Seconds of the day between which settlements are made."""

CONTINUES_WITHIN = (3, 16)
"""Days after the stay before on which a continued one ends."""


class World(NamedTuple):
    """What every part of the generator reads."""

    rng: np.random.Generator
    of: Assumptions
    who: Persons
    county: np.ndarray
    at: Register
    codes: list[str]


def claims(
    area: Area,
    people: pa.Table,
    institutions: pa.Table,
    seed: int,
    year: int,
    given: Assumptions | None = None,
) -> pa.Table:
    """CLAIMS of a benefit year for PEOPLE and INSTITUTIONS, by person and order of settlement; the same for a seed.

    Raises NotCalibrated where the area has no assumptions, and the failures of `packs` where enrolment is not on file.
    """
    of = given or assumptions()
    rng = np.random.default_rng((seed, STREAM))
    who = persons(rng, of, people, enrol_terms(area, year).params)
    codes = area.codes("chronic_diseases")
    county = county_codes(people)
    at = register(area, of, institutions, county.dictionary)
    world = World(rng, of, who, np.asarray(county.indices), at, codes)
    lots = [
        _stays(world),
        _lot(world, outpatient_visits(rng, of, who)),
        _lot(world, chronic_visits(rng, of, who, codes)),
        _lot(world, two_disease_purchases(rng, of, who, two_diseases_listed(area, year))),
        _lot(world, deliveries(rng, of, who)),
    ]
    lots = _with_special_funds(world._replace(rng=np.random.default_rng((seed, STREAM, 1))), lots, area, year)
    ordered = _numbered(in_order(pa.concat_tables(lots)), f"C{year}")
    return in_order(pa.concat_tables([ordered, _reversals(world, ordered, year)]))


def _stays(world: World) -> pa.Table:
    """Stays, some of which go on with the one before."""
    visits = hospital_stays(world.rng, world.of, world.who, world.codes)
    where = placed(world.rng, world.of, world.at, visits, world.county[visits.person])
    order = np.lexsort((visits.day, visits.person))
    again = np.zeros(len(order), bool)
    again[1:] = visits.person[order][1:] == visits.person[order][:-1]
    again &= world.rng.random(len(order)) < world.of.of("conduct")["continues_episode"]
    before = order[np.maximum(np.flatnonzero(again) - 1, 0)]
    later = order[again]
    day = visits.day.copy()
    gap = world.rng.integers(*CONTINUES_WITHIN, len(later))
    day[later] = np.minimum(visits.day[before] + gap, world.who.to_day[visits.person[later]])
    path = where.care_path.copy()
    path[later] = int(CarePath.REFERRED)
    continues = np.zeros(len(day), np.int8)
    continues[later] = 1
    return _table(world, visits._replace(day=day), where._replace(care_path=path), continues)


def _with_special_funds(world: World, lots: list[pa.Table], area: Area, year: int) -> list[pa.Table]:
    """The lots, of which the first is stays, with what the special funds on file pay for."""
    funds, figures = funds_on_file(area, year), world.of.of("special_funds")
    stays, *others = lots
    if SpecialFund.COVID_TREATMENT in funds:
        stays = treated(world.rng, stays, figures["COVID_TREATMENT"]["of_stays"])
    if SpecialFund.COVID_VACCINATION in funds:
        of_vaccines = figures["COVID_VACCINATION"]
        visits = vaccination_visits(world.rng, world.who, of_vaccines["visits"])
        others.append(vaccinations(_lot(world, visits), of_vaccines))
    return [stays, *others]


def _lot(world: World, visits: Visits) -> pa.Table:
    where = placed(world.rng, world.of, world.at, visits, world.county[visits.person])
    return _table(world, visits, where, np.zeros(len(visits.person), np.int8))


def _table(world: World, visits: Visits, where: Placed, continues: np.ndarray) -> pa.Table:
    """One kind of visits as CLAIMS without ids."""
    rng, count = world.rng, len(visits.person)
    kind = VisitKind(int(visits.kind[0])) if count else VisitKind.OUTPATIENT
    level = world.at.level[where.at_class]
    settled = visits.day * SECONDS_OF_A_DAY + rng.integers(OPENS, CLOSES, count)
    conduct = world.of.of("conduct")
    if kind == VisitKind.HOSPITAL:
        by_hand = (rng.random(count) < conduct["settled_late"]) | (where.care_path == CarePath.UNFILED)
        settled += np.where(
            by_hand, rng.integers(1, conduct["settled_late_days"] + 1, count) * SECONDS_OF_A_DAY, 0
        )
    excluded = rng.random(count) < conduct["excluded"][kind.name]
    causes = np.array([int(Exclusion[name]) for name in conduct["exclusions"]])
    cause = rng.choice(causes, count, p=np.array(list(conduct["exclusions"].values())))
    columns = {
        "claim_id": pa.nulls(count, pa.string()),
        "person": visits.person,
        "institution": where.institution,
        "kind": visits.kind,
        "care_path": where.care_path,
        "served_on": visits.day,
        "settled_at": settled,
        "disease": visits.disease,
        "delivery": visits.delivery,
        "exclusion": np.where(excluded, cause, 0),
        "special_fund": np.zeros(count, np.int8),
        "continues_episode": continues,
        "properly_referred": where.care_path == CarePath.REFERRED,
        **_split(world, visits, kind, level)._asdict(),
        "reverses": pa.nulls(count, pa.string()),
    }
    return pa.table([_column(columns[field.name], field.type) for field in CLAIMS], schema=CLAIMS)


def _column(values: np.ndarray | pa.Array, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.Array):
        return values
    if pa.types.is_date32(kind):
        return pa.array(values.astype(np.int32)).cast(kind)
    if pa.types.is_timestamp(kind):
        return pa.array(values.astype(np.int64)).cast(kind)
    return pa.array(values.astype(kind.to_pandas_dtype()))


def _split(world: World, visits: Visits, kind: VisitKind, level: np.ndarray) -> Split:
    figures = world.of.of("split")
    if kind == VisitKind.HOSPITAL:
        rows = [figures[f"stay_level_{one}"] for one in sorted(LEVELS)]
        shares = {name: np.array([row[name] for row in rows])[level - 1] for name in rows[0]}
    else:
        named = {VisitKind.MATERNITY: "delivery"}.get(kind, kind.name.lower())
        shares = {name: np.full(len(level), share) for name, share in figures[named].items()}
    return split_fen(world.rng, _cost_yuan(world, visits, kind, level), shares, figures["concentration"])


def _cost_yuan(world: World, visits: Visits, kind: VisitKind, level: np.ndarray) -> np.ndarray:
    """The bill of each visit in yuan."""
    rng, of, count = world.rng, world.of, len(level)
    if kind == VisitKind.HOSPITAL:
        return _stay_cost(world, visits, level)
    if kind == VisitKind.OUTPATIENT:
        by_level = np.array([of.of("outpatient_cost")["by_level"][str(one)] for one in sorted(LEVELS)])
        return by_level[level - 1] * lognormal(rng, count, of.of("outpatient_cost")["spread"])
    if kind == VisitKind.MATERNITY:
        figures = of.of("deliveries")
        means = np.array([figures["cost"].get(one.name, 0) for one in Delivery])
        return means[visits.delivery] * lognormal(rng, count, figures["cost_spread"])
    if kind == VisitKind.TWO_DISEASES:
        figures = of.of("two_diseases")
        means = np.array([figures["cost"][one.name] for one in TwoDisease])
        return means[visits.disease] * lognormal(rng, count, figures["cost_spread"])
    figures = of.of("chronic")
    means = np.array([figures.get(code, figures["other"])["cost"] for code in world.codes])
    return means[visits.disease] * lognormal(rng, count, figures["cost_spread"])


def _stay_cost(world: World, visits: Visits, level: np.ndarray) -> np.ndarray:
    """A stay's bill: the published mean of its level, dearer for some ages and diseases, with a heavy tail."""
    of, who, figures = world.of, world.who, world.of.of("stay_cost")
    factor = np.array(figures["age_cost"])[who.band] * chronic_factor(of, who, world.codes, "stay_cost")
    factor = (factor * tag_factor(of.of("use")["stay_cost_factor"], who.tags))[visits.person]
    found = np.zeros(len(level))
    for one in LEVELS:
        here = np.flatnonzero(level == one)
        if len(here):
            mean = of.target(f"cost_per_stay_level_{one}") * factor[here] / factor[here].mean()
            found[here] = mean * heavy_tailed(world.rng, len(here), figures["spread"][str(one)], figures)
    return found


def _numbered(table: pa.Table, prefix: str) -> pa.Table:
    """Claims with ids in their order."""
    ids = pl.select(
        pl.format(f"{prefix}{{}}", pl.int_range(1, table.num_rows + 1).cast(pl.String).str.zfill(9))
    )
    return table.set_column(0, CLAIMS.field(0), ids.to_series().to_arrow().cast(pa.string()))


def _reversals(world: World, table: pa.Table, year: int) -> pa.Table:
    """Reversals of a few claims some days later: the same facts and amounts, naming the claim they reverse."""
    rng, conduct = world.rng, world.of.of("conduct")
    which = np.flatnonzero(rng.random(table.num_rows) < conduct["reversed"])
    chosen = table.take(pa.array(which))
    later = rng.integers(1, conduct["reversed_days"] + 1, len(which)) * SECONDS_OF_A_DAY
    moved = pa.array(numbers(chosen, "settled_at") + later).cast(pa.timestamp("s"))
    chosen = chosen.set_column(
        CLAIMS.get_field_index("reverses"), CLAIMS.field("reverses"), chosen.column("claim_id")
    )
    chosen = chosen.set_column(CLAIMS.get_field_index("settled_at"), CLAIMS.field("settled_at"), moved)
    return _numbered(chosen, f"R{year}")
