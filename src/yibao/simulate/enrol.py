"""Enrolling everybody of a year (参保与应缴): PEOPLE through `enrol_and_bill`, each by the terms of their county."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yibao.engine.batch import Period, run_records
from yibao.engine.enrol_terms import PersonFacts
from yibao.engine.rule_set import TODAY, RuleSet
from yibao.enrolment.terms import NEVER_DAY
from yibao.kernel.days import day_number, day_of
from yibao.packs.enrolment import EnrolTerms, enrol_terms
from yibao.packs.policies import Area, Policies, policies
from yibao.packs.settlement import SettlementTerms, settlement_periods
from yibao.simulate.facts import county_codes, days, numbers
from yibao.simulate.tables import ENROLLED

OF_PEOPLE = ("category_tags", "group", "university", "tier", "hukou_local", "residence_permit")
"""Facts of a person that PEOPLE has by the same name; what it has not is 0, as it is for most people."""


class County(NamedTuple):
    """A county and the terms by which its people enrol."""

    code: str
    enrol: EnrolTerms


@dataclass(frozen=True)
class CountyTerms:
    """The terms of a benefit year of an area, by county where they differ.

    `county` is the place in `counties` of each person, `group` the place in `groups` of the settlement terms of each
    person; most areas have one group. A county that the area does not list has the area's own terms.
    """

    first_day: date
    last_day: date
    counties: tuple[County, ...]
    groups: tuple[tuple[SettlementTerms, ...], ...]
    county: np.ndarray = field(repr=False)
    group: np.ndarray = field(repr=False)

    def periods(self, group: int) -> list[Period]:
        """A group's terms as the batch takes them: the part of each that lies in the year."""
        return [
            Period(
                day_number(max(of.first_day, self.first_day)),
                day_number(min(of.last_day, self.last_day)),
                of.params,
            )
            for of in self.groups[group]
        ]


def county_terms(
    area: Area, year: int, people: pa.Table, among: Policies | None = None, *, assume_lists: bool = False
) -> CountyTerms:
    """The terms for the people of an area; those of its counties `among` these policies, else those of its folder.

    `assume_lists` as in `packs.financing.financing_terms`. Raises NotOnFile, NoSuchEntry, EntryRefuses, CountyUnlisted
    naming what is missing.
    """
    own = enrol_terms(area, year)
    first_day = day_of(own.params.coverage.year.starts_day)
    last_day = day_of(own.params.coverage.year.ends_day)
    counties = [County(area.code, own)]
    groups = [tuple(settlement_periods(area, first_day, last_day))]
    of_county = county_codes(people)
    codes = of_county.dictionary.to_pylist()
    county, group = np.zeros(len(codes) + 1, np.int16), np.zeros(len(codes) + 1, np.int16)
    for at, code in enumerate(codes):
        if code in area.codes("counties") and code != area.code:
            local = (among or policies(area.chain[0].folder.parent)).area(code)
            settlement = tuple(settlement_periods(local, first_day, last_day))
            county[at], group[at] = len(counties), _place(groups, settlement)
            counties.append(County(code, enrol_terms(local, year, assume_lists=assume_lists)))
    index = np.asarray(pc.fill_null(of_county.indices, len(codes)))
    return CountyTerms(first_day, last_day, tuple(counties), tuple(groups), county[index], group[index])


def enrol_people(
    terms: CountyTerms, people: pa.Table, rules: RuleSet = TODAY, *, one_by_one: bool = False
) -> pa.Table:
    """ENROLLED: the answer for each row of PEOPLE; `one_by_one` as in `engine.batch.run_records`. Raises ColumnsUnfit."""
    answers = run_records(
        rules.enrol,
        [of.enrol.params for of in terms.counties],
        person_facts(people),
        terms.county,
        one_by_one=one_by_one,
    )
    columns = {}
    for of in ENROLLED:
        if pa.types.is_date32(of.type):
            day = answers.column(f"{of.name}_day").combine_chunks()
            missing = pc.equal(day, NEVER_DAY)
            columns[of.name] = pc.if_else(missing, None, day).cast(pa.int32()).cast(pa.date32())
        else:
            columns[of.name] = answers.column(of.name).cast(of.type)
    return pa.table(columns, schema=ENROLLED)


def person_facts(people: pa.Table) -> dict[str, np.ndarray]:
    """The facts of `engine.enrol_terms.PersonFacts`, a number a person; who is not said to have enrolled did when paying."""
    paid = days(people, "paid_on", NEVER_DAY)
    enrolled = days(people, "enrolled_on", NEVER_DAY)
    found = {
        "born_day": days(people, "born_on", NEVER_DAY),
        "enrolled_day": np.where(enrolled == NEVER_DAY, paid, enrolled),
        "paid_day": paid,
        "employee_cover_ended_day": days(people, "employee_cover_ended_on", NEVER_DAY),
        **{name: numbers(people, name) for name in OF_PEOPLE},
    }
    nothing = np.zeros(people.num_rows, np.int8)
    return {name: found.get(name, nothing) for name in PersonFacts._fields}


def _place(groups: list[tuple[SettlementTerms, ...]], terms: tuple[SettlementTerms, ...]) -> int:
    """The place of the group that settles by the same params on the same days; a new one where there is none."""
    for at, known in enumerate(groups):
        if _same(known, terms):
            return at
    groups.append(terms)
    return len(groups) - 1


def _same(one: tuple[SettlementTerms, ...], other: tuple[SettlementTerms, ...]) -> bool:
    def shown(of: SettlementTerms) -> tuple[object, ...]:
        return of.first_day, of.last_day, of.params, of.ranking, [entry.id for entry in of.entries()]

    return [shown(of) for of in one] == [shown(of) for of in other]
