"""Who goes for care, how often and when (就医次数): one row a visit of each kind, before place and cost.

Rates are relative to one another by age, certification and a frailty that makes some people go again and again; they are
then scaled so that the visits of *covered* people meet the published number for each enrolled person. What a reader would
get wrong: visits that will be refused come on top, because published numbers count settled ones.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from yibao.assistance.terms import Category
from yibao.benefits.terms import Delivery, TwoDisease, VisitKind
from yibao.engine.enrol_terms import EnrolParams
from yibao.engine.terms import CHRONIC_SLOTS
from yibao.enrolment.terms import NEVER_DAY
from yibao.financing.terms import ContributionGroup
from yibao.simulate.assumptions import Assumptions
from yibao.simulate.facts import days, numbers

NONE = -1
FEMALE = 2
DAYS_OF_A_YEAR = 365


class Persons(NamedTuple):
    """What use of care depends on, a row a person. `weight` is how much of a full year's care they seek, `insured` the
    part of that which falls on days of cover; `frailty` has a mean of one."""

    band: np.ndarray
    from_day: np.ndarray
    to_day: np.ndarray
    weight: np.ndarray
    insured: np.ndarray
    frailty: np.ndarray
    woman: np.ndarray
    tags: np.ndarray
    chronic: np.ndarray
    two_diseases: np.ndarray

    @property
    def covered(self) -> int:
        """How many people have any cover."""
        return int((self.insured > 0).sum())


class Visits(NamedTuple):
    """Visits of one kind, a row each; `disease` and `delivery` are -1 where there is none."""

    person: np.ndarray
    kind: np.ndarray
    day: np.ndarray
    disease: np.ndarray
    delivery: np.ndarray


def persons(rng: np.random.Generator, of: Assumptions, people: pa.Table, terms: EnrolParams) -> Persons:
    """What use of care depends on, from PEOPLE and the days of the benefit year."""
    starts_day, ends_day = terms.coverage.year.starts_day, terms.coverage.year.ends_day
    born_day = days(people, "born_on", starts_day - 40 * DAYS_OF_A_YEAR)
    from_day = np.clip(born_day, starts_day, ends_day)
    student = numbers(people, "group") == int(ContributionGroup.STUDENT)
    # What lies after a student's academic year belongs to the next one.
    to_day = np.where(student, np.minimum(ends_day, terms.coverage.student.ends_day), ends_day)
    exposed = (to_day - from_day + 1) / DAYS_OF_A_YEAR
    paid_day, enrolled_day = days(people, "paid_on", NEVER_DAY), days(people, "enrolled_on", NEVER_DAY)
    free = born_day >= starts_day
    pays_day = np.where(free & (enrolled_day != NEVER_DAY), enrolled_day, paid_day)
    late = ~free & (pays_day > terms.window.closes_day)
    covered_from = np.where(late, np.maximum(pays_day, from_day), from_day)
    insured = np.clip((to_day - covered_from + 1) / np.maximum(to_day - from_day + 1, 1), 0, 1)
    insured = np.where(pays_day == NEVER_DAY, 0, insured)
    local = (numbers(people, "hukou_local") == 1) | (numbers(people, "residence_permit") == 1)
    insured = np.where(local | student, insured, 0)
    use = of.of("use")
    frailty = np.minimum(
        rng.gamma(use["frailty_shape"], 1 / use["frailty_shape"], len(from_day)), use["frailty_cap"]
    )
    return Persons(
        band=_band(of, born_day, starts_day),
        from_day=from_day,
        to_day=to_day,
        weight=exposed * (insured + (1 - insured) * use["uncovered_factor"]),
        insured=insured,
        frailty=frailty,
        woman=numbers(people, "sex") == FEMALE,
        tags=numbers(people, "category_tags"),
        chronic=np.stack([numbers(people, f"chronic_{slot + 1}") for slot in range(CHRONIC_SLOTS)]),
        two_diseases=numbers(people, "two_diseases"),
    )


def hospital_stays(rng: np.random.Generator, of: Assumptions, who: Persons, codes: list[str]) -> Visits:
    """Stays but deliveries: the published rate less the deliveries expected."""
    shape = np.array([band["stays"] for band in of.of("ages")["bands"]])[who.band]
    factor = tag_factor(of.of("use")["stays_factor"], who.tags) * chronic_factor(of, who, codes, "stays")
    target = of.target("stays") * who.covered - float((_delivery_rate(of, who) * who.insured).sum())
    kept = 1 - of.of("conduct")["excluded"]["HOSPITAL"]
    rate = _scaled(who, shape * _even(who, factor * who.frailty), target / kept)
    return _visits(rng, who, rate, VisitKind.HOSPITAL)


def deliveries(rng: np.random.Generator, of: Assumptions, who: Persons) -> Visits:
    """Deliveries, at most one a woman."""
    person = np.flatnonzero(rng.random(len(who.band)) < _delivery_rate(of, who))
    caesarean = rng.random(len(person)) < of.of("deliveries")["caesarean"]
    delivery = np.where(caesarean, int(Delivery.CAESAREAN), int(Delivery.NATURAL))
    found = _of_people(rng, who, person, VisitKind.MATERNITY)
    return found._replace(delivery=delivery)


def chronic_visits(rng: np.random.Generator, of: Assumptions, who: Persons, codes: list[str]) -> Visits:
    """Visits for certified chronic diseases, and a few for diseases nobody certified."""
    figures = of.of("chronic")
    times = np.array([*(figures.get(code, figures["other"])["visits"] for code in codes), 0.0])
    by_slot = times[who.chronic]
    kept = 1 - of.of("conduct")["excluded"]["CHRONIC"]
    scale = of.target("chronic_visits") * who.covered / kept
    scale /= max(float((by_slot.sum(axis=0) * who.weight * who.insured).sum()), 1e-9)
    found = []
    for slot in range(CHRONIC_SLOTS):
        visits = _visits(rng, who, by_slot[slot] * who.weight * scale, VisitKind.CHRONIC)
        found.append(visits._replace(disease=who.chronic[slot][visits.person].astype(np.int64)))
    count = int(sum(len(visits.person) for visits in found) * figures["uncertified"])
    strangers = rng.integers(0, max(len(who.band), 1), count if len(who.band) else 0)
    more = _of_people(rng, who, strangers, VisitKind.CHRONIC)
    found.append(more._replace(disease=rng.integers(0, max(len(codes), 1), len(more.person))))
    return joined(found)


def two_disease_purchases(
    rng: np.random.Generator, of: Assumptions, who: Persons, listed: Sequence[TwoDisease]
) -> Visits:
    """Purchases of two-disease drugs by certified people, and a few by people who are not."""
    figures = of.of("two_diseases")
    found = []
    for disease in listed:
        held = (who.two_diseases >> int(disease)) & 1 == 1
        visits = _visits(
            rng, who, held * who.weight * figures["visits"][disease.name], VisitKind.TWO_DISEASES
        )
        found.append(visits._replace(disease=np.full(len(visits.person), int(disease))))
    count = int(sum(len(visits.person) for visits in found) * figures["uncertified"])
    strangers = rng.integers(0, max(len(who.band), 1), count if len(who.band) else 0)
    more = _of_people(rng, who, strangers, VisitKind.TWO_DISEASES)
    which = rng.integers(0, len(listed), len(more.person))
    found.append(more._replace(disease=np.array([int(one) for one in listed])[which]))
    return joined(found)


def outpatient_visits(rng: np.random.Generator, of: Assumptions, who: Persons) -> Visits:
    """Outpatient visits: the published number less the two-disease purchases, which it counts in."""
    figures, conduct = of.of("two_diseases")["visits"], of.of("conduct")
    shape = np.array(of.of("ages")["outpatient"])[who.band]
    drugs = sum(
        ((who.two_diseases >> int(disease)) & 1) * figures[disease.name] for disease in TwoDisease
    ) + np.zeros(len(shape))
    target = of.target("outpatient_visits") * who.covered - float((drugs * who.weight * who.insured).sum())
    kept = 1 - conduct["outside_county"] - conduct["not_allowed"] - conduct["excluded"]["OUTPATIENT"]
    rate = _scaled(who, shape * np.sqrt(who.frailty), target / kept)
    return _visits(rng, who, rate, VisitKind.OUTPATIENT)


def vaccination_visits(rng: np.random.Generator, who: Persons, each: float) -> Visits:
    """So many vaccinations for each full year of a person."""
    return _visits(rng, who, np.full(len(who.band), each) * who.weight, VisitKind.OUTPATIENT)


def joined(parts: list[Visits]) -> Visits:
    """Several lots of visits as one."""
    return Visits(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def tag_factor(factors: dict[str, float], tags: np.ndarray) -> np.ndarray:
    """The largest factor of the categories each person holds; one where they hold none that has one."""
    found = np.ones(len(tags))
    for name, factor in factors.items():
        held = (tags >> int(Category[name])) & 1 == 1
        found = np.where(held, np.maximum(found, factor), found)
    return found


def chronic_factor(of: Assumptions, who: Persons, codes: list[str], name: str) -> np.ndarray:
    """The largest factor (`stays` or `stay_cost`) of the chronic diseases each person is certified for."""
    figures = of.of("chronic")
    factors = np.array([*(figures.get(code, figures["other"])[name] for code in codes), 1.0])
    return np.asarray(factors[who.chronic].max(axis=0))


def _scaled(who: Persons, shape: np.ndarray, target: float) -> np.ndarray:
    """Rates in proportion to a shape, such that what is expected on days of cover is the target."""
    rate = shape * who.weight
    expected = float((rate * who.insured).sum())
    return rate * (max(target, 0.0) / expected) if expected > 0 else rate * 0


def _even(who: Persons, factor: np.ndarray) -> np.ndarray:
    """A factor with a mean of one among the covered people of each age band, so that it leaves use by age as it is."""
    mean = np.ones(len(factor))
    for band in np.unique(who.band):
        here = who.band == band
        part = (who.weight * who.insured)[here]
        expected = float((factor[here] * part).sum())
        mean[here] = expected / max(float((part > 0).sum()), 1.0) or 1.0
    return factor / mean


def _delivery_rate(of: Assumptions, who: Persons) -> np.ndarray:
    return np.array(of.of("deliveries")["rates"])[who.band] * who.woman * who.weight


def _visits(rng: np.random.Generator, who: Persons, rate: np.ndarray, kind: VisitKind) -> Visits:
    return _of_people(rng, who, np.repeat(np.arange(len(rate)), rng.poisson(rate)), kind)


def _of_people(rng: np.random.Generator, who: Persons, person: np.ndarray, kind: VisitKind) -> Visits:
    first = who.from_day[person]
    day = first + (rng.random(len(person)) * (who.to_day[person] - first + 1)).astype(np.int64)
    none = np.full(len(person), NONE, np.int64)
    return Visits(person, np.full(len(person), int(kind), np.int8), day, none, none)


def _band(of: Assumptions, born_day: np.ndarray, starts_day: int) -> np.ndarray:
    """The place in the bands of `ages` by the age reached in the year."""
    edges: list[Any] = [band["from"] for band in of.of("ages")["bands"]]
    year = np.datetime64(int(starts_day), "D").astype("datetime64[Y]").astype(np.int64)
    born = born_day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)
    return np.clip(np.searchsorted(edges, year - born, side="right") - 1, 0, len(edges) - 1)
