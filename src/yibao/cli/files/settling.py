"""Settles the claims of files: by county and benefit year, some hundred thousand at a time, cut between persons.

The benefit year is the calendar year of the day of service; a new one begins with nothing so far. Days of cover come from
the people file, or from the rules of enrolment where it says when each person paid.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yibao.benefits.terms import VisitKind
from yibao.cli.files.days import SECTIONS, days_on_file
from yibao.cli.files.source import Progress
from yibao.engine.batch import Period, settle_table
from yibao.kernel.days import day_number
from yibao.packs.entries import Entry
from yibao.packs.policies import Area, policies
from yibao.packs.settlement import SettlementTerms, basic_entries
from yibao.simulate.facts import claim_facts, numbers
from yibao.simulate.standing import PAYING, layer_standings, settlement_standing
from yibao.simulate.tables import ENROLLED, SETTLEMENTS

AT_ONCE = 500_000

RESULTS = pa.schema([*SETTLEMENTS, ("row", pa.int64()), ("year_incomplete", pa.bool_())])
"""SETTLEMENTS, with the row of the claims file and whether the person's year lacks a bad row."""

PAID = tuple(f"{payer}_fen" for payer in (*PAYING, "hospital", "person"))


class Group(NamedTuple):
    """Counties that settle by the same terms: the terms, and the standing of each layer by period, kind and category."""

    terms: list[SettlementTerms]
    periods: list[Period]
    standings: np.ndarray


def settle_claims(
    area: Area, people: pa.Table, institutions: pa.Table, claims: pa.Table, told: Progress
) -> pa.Table:
    """RESULTS, one row for each row of the claims (`files.claims.READ`), in the order of the file."""
    groups, of_person = _groups(area, people)
    enrolled = _enrolled(area, people, claims)
    parts = []
    for begin, end in _cuts(numbers(claims, "person")):
        part = claims.slice(begin, end - begin)
        parts.append(_part(groups, of_person, people, institutions, enrolled, part))
        told("结算 (settling)", end, claims.num_rows)
    found = pa.concat_tables(parts) if parts else RESULTS.empty_table()
    del parts
    order = pc.sort_indices(found.column("row"))
    columns = {}
    for name in RESULTS.names:  # one by one: a large table never stands twice
        columns[name] = found.column(name).take(order)
        found = found.drop_columns([name])
    return pa.table(columns, schema=RESULTS)


def entries_used(area: Area, people: pa.Table, results: pa.Table) -> list[Entry]:
    """The entries of policy that these settlements rest on, by the days, kinds and categories there are, once each."""
    days = np.unique(numbers(results, "served_on"))
    kinds = [VisitKind(code) for code in np.unique(numbers(results, "kind"))]
    categories = np.unique(numbers(results, "category")).tolist()
    found: dict[str, Entry] = {}
    for group in _groups(area, people)[0]:
        for terms, period in zip(group.terms, group.periods, strict=True):
            if ((days >= period.first_day) & (days <= period.last_day)).any():
                entries = [entry for kind in kinds for entry in basic_entries(terms, kind)]
                entries.append(terms.sources["ranking"])
                entries += [terms.catastrophic_sources[at] for at in categories]
                entries += [direct for at in categories if (direct := terms.direct_sources[at]) is not None]
                if any(terms.params.top_up.categories[at] == 1 for at in categories):
                    entries.append(terms.sources["top_up"])
                found |= {entry.id: entry for entry in entries}
    return [found[key] for key in sorted(found)]


def _part(
    groups: list[Group],
    of_person: np.ndarray,
    people: pa.Table,
    institutions: pa.Table,
    enrolled: pa.Table,
    claims: pa.Table,
) -> pa.Table:
    years = (
        numbers(claims, "served_on").astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    )
    group = of_person[numbers(claims, "person")]
    found = []
    for year in np.unique(years):
        for at in np.unique(group):
            here = (years == year) & (group == at)
            if here.any():
                own = claims if here.all() else claims.filter(pa.array(here))
                facts = claim_facts(
                    groups[at].terms, people, institutions, enrolled, own, first_day=date(int(year), 1, 1)
                )
                found.append(_results(groups[at], own, facts))
    return pa.concat_tables(found)


def _results(group: Group, claims: pa.Table, facts: pa.Table) -> pa.Table:
    """One row a claim: what was settled, and how sure the figures behind it are."""
    settled = settle_table(group.periods, facts)
    layers = group.standings[
        settled.column("period").to_numpy(),
        numbers(facts, "kind"),
        numbers(facts, "category"),
    ]
    paid = {name: settled.column(name).to_numpy() for name in PAID}
    in_scope = numbers(claims, "class_a_fen") + numbers(claims, "class_b_fen")
    columns = {
        **{name: claims.column(name) for name in RESULTS.names if name in claims.column_names},
        **paid,
        "category": facts.column("category"),
        "refusal": settled.column("refusal"),
        "in_scope_fen": in_scope,
        "total_fen": sum(paid.values()),
        "standing": settlement_standing(layers, paid),
    }
    return pa.table({name: columns[name] for name in RESULTS.names}).cast(RESULTS)


def _cuts(person: np.ndarray) -> Iterator[tuple[int, int]]:
    """Where to cut claims sorted by person so that nobody is cut in two."""
    begin = 0
    while begin < len(person):
        end = min(begin + AT_ONCE, len(person))
        if end < len(person):
            end = int(np.searchsorted(person, person[end - 1], side="right"))
        yield begin, end
        begin = end


def _groups(area: Area, people: pa.Table) -> tuple[list[Group], np.ndarray]:
    """The terms people settle by, and which of them is each person's; a county without its own has the area's."""
    groups = [_group(area)]
    of_county = people.column("county_code").combine_chunks()
    places = []
    for code in of_county.dictionary.to_pylist():
        local = policies(area.chain[0].folder.parent).area(code)
        own = local.chain[0]
        if own.code == code and code != area.code and any(section in SECTIONS for section, _ in own.entries):
            places.append(len(groups))
            groups.append(_group(local))
        else:
            places.append(0)
    index = np.asarray(of_county.indices)
    return groups, np.array(places or [0], np.int16)[index]


def _group(area: Area) -> Group:
    terms = days_on_file(area).on_file()
    periods = [Period(day_number(of.first_day), day_number(of.last_day), of.params) for of in terms]
    return Group(terms, periods, layer_standings(terms))


def _enrolled(area: Area, people: pa.Table, claims: pa.Table) -> pa.Table:
    """ENROLLED for each person: the days of cover of the people file, else what the rules of enrolment say."""
    if "covered_from" not in people.column_names:
        from yibao.simulate.enrol import county_terms, enrol_people

        year = pc.year(claims.column("served_on")).combine_chunks()[0].as_py()
        return enrol_people(county_terms(area, year, people), people)
    count = people.num_rows
    columns = {
        field.name: pa.array(np.zeros(count, np.int8)).cast(field.type)
        for field in ENROLLED
        if not pa.types.is_date(field.type)
    }
    columns |= {name: people.column(name) for name in ("covered_from", "covered_to", "waiting_to")}
    columns["eligible"] = pc.is_valid(people.column("covered_from")).cast(pa.int8())
    return pa.table({name: columns[name] for name in ENROLLED.names}, schema=ENROLLED)
