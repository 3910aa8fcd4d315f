"""Settles the claims of files: by county and benefit year, some hundred thousand at a time, cut between persons.

The benefit year is the calendar year of the day of service; a new one begins with nothing so far. Days of cover come from
the people file, or from the rules of enrolment where it says when each person paid.
"""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yibao.benefits.terms import VisitKind
from yibao.engine.batch import FEW, Period, settle_events
from yibao.engine.terms import Payers
from yibao.files.behind import entries_behind
from yibao.files.days import counties_on_file, reversal_in
from yibao.kernel.days import day_number
from yibao.packs.entries import Entry
from yibao.packs.policies import Area
from yibao.packs.settlement import SettlementTerms
from yibao.simulate.facts import claim_facts, numbers
from yibao.simulate.standing import layer_standings, settlement_standing
from yibao.simulate.tables import ENROLLED, SETTLEMENTS

if TYPE_CHECKING:
    from yibao.files.source import Progress

AT_ONCE = 1 << 19

RESULTS = pa.schema(
    [*SETTLEMENTS, ("reverses", pa.string()), ("row", pa.int64()), ("year_incomplete", pa.bool_())]
)
"""SETTLEMENTS, with the claim that a reversal takes back, the row of the file and whether the year lacks a bad row."""

ADJUSTMENTS = pa.schema(
    [
        ("claim_id", pa.string()),
        ("person", pa.int32()),
        ("payer", pa.int8()),  # engine.year.Payer
        ("difference_fen", pa.int64()),  # above zero payable to the person, below zero due from the person
        ("row", pa.int64()),
    ]
)
"""What a reversal changed in a settlement that stood: one row for each payer, event by event."""

PAID = Payers._fields


class Settled(NamedTuple):
    """What the claims came to: RESULTS, and ADJUSTMENTS, which stand beside them and are not in their amounts."""

    results: pa.Table
    adjustments: pa.Table


class Group(NamedTuple):
    """Counties that settle by the same terms: the terms, and the standing of each layer by period, kind and category."""

    terms: list[SettlementTerms]
    periods: list[Period]
    standings: np.ndarray


def settle_claims(
    area: Area, people: pa.Table, institutions: pa.Table, claims: pa.Table, told: "Progress"
) -> Settled:
    """RESULTS, one row for each row of the claims (`files.claims.READ`), and ADJUSTMENTS, in the order of the file."""
    groups, of_person = _groups(area, people)
    enrolled = _enrolled(area, people, claims)
    parts, adjustments = [], []
    for begin, end in _cuts(numbers(claims, "person")):
        part = claims.slice(begin, end - begin)
        few = claims.num_rows <= FEW
        for settled in _part(groups, of_person, people, institutions, enrolled, part, one_by_one=few):
            parts.append(settled.results)
            adjustments.append(settled.adjustments)
        told("结算 (settling)", end, claims.num_rows)
    found = pa.concat_tables(parts) if parts else RESULTS.empty_table()
    del parts
    order = pc.sort_indices(found.column("row"))
    columns = {}
    for name in RESULTS.names:  # one by one: a large table never stands twice
        columns[name] = found.column(name).take(order)
        found = found.drop_columns([name])
    adjusted = pa.concat_tables(adjustments) if adjustments else ADJUSTMENTS.empty_table()
    in_order = pa.array(np.argsort(numbers(adjusted, "row"), kind="stable"))
    return Settled(pa.table(columns, schema=RESULTS), adjusted.take(in_order))


def entries_used(area: Area, people: pa.Table, results: pa.Table) -> list[Entry]:
    """The entries of policy that these settlements rest on, by the days, kinds and categories there are, once each."""
    days = np.unique(numbers(results, "served_on"))
    kinds = [VisitKind(code) for code in np.unique(numbers(results, "kind"))]
    categories = np.unique(numbers(results, "category")).tolist()
    reversed_any = results.column("reverses").null_count < results.num_rows
    found: dict[str, Entry] = {}
    for group in _groups(area, people)[0]:
        for terms, period in zip(group.terms, group.periods, strict=True):
            if ((days >= period.first_day) & (days <= period.last_day)).any():
                entries = entries_behind(terms, kinds, categories)
                if reversed_any:
                    entries.append(terms.sources["reversal"])
                found |= {entry.id: entry for entry in entries}
    return [found[key] for key in sorted(found)]


def _part(
    groups: list[Group],
    of_person: np.ndarray,
    people: pa.Table,
    institutions: pa.Table,
    enrolled: pa.Table,
    claims: pa.Table,
    *,
    one_by_one: bool,
) -> Iterator[Settled]:
    """The claims of some people, settled a benefit year and a group of counties at a time."""
    years = (
        numbers(claims, "served_on").astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    )
    group = of_person[numbers(claims, "person")]
    for year in np.unique(years).tolist():
        for at in np.unique(group):
            here = (years == year) & (group == at)
            if here.any():
                own = claims if here.all() else claims.filter(pa.array(here))
                terms = groups[at].terms
                facts = claim_facts(terms, people, institutions, enrolled, own, first_day=date(year, 1, 1))
                settled, adjustments = settle_events(
                    groups[at].periods, reversal_in(terms, year), facts, one_by_one=one_by_one
                )
                yield Settled(_results(groups[at], own, facts, settled), _adjustments(own, adjustments))


def _results(group: Group, claims: pa.Table, facts: pa.Table, settled: pa.Table) -> pa.Table:
    """One row a claim: what was settled, and how sure the figures behind it are."""
    layers = group.standings[
        settled.column("period").to_numpy(),
        numbers(facts, "kind"),
        numbers(facts, "category"),
    ]
    paid = {name: settled.column(name).to_numpy() for name in PAID}
    sign = np.where(np.asarray(claims.column("reverses").is_valid()), -1, 1)
    columns = {
        **{name: claims.column(name) for name in RESULTS.names if name in claims.column_names},
        **paid,
        "category": facts.column("category"),
        "refusal": settled.column("refusal"),
        "own_expense_fen": sign * numbers(claims, "own_expense_fen"),
        "in_scope_fen": sign * (numbers(claims, "class_a_fen") + numbers(claims, "class_b_fen")),
        "total_fen": sum(paid.values()),
        "standing": settlement_standing(layers, paid),
    }
    return pa.table({name: columns[name] for name in RESULTS.names}).cast(RESULTS)


def _adjustments(claims: pa.Table, adjustments: pa.Table) -> pa.Table:
    """Adjustments with the person and the row of the claim that each of them is of."""
    if not adjustments.num_rows:
        return ADJUSTMENTS.empty_table()
    at = pc.index_in(adjustments.column("claim_id"), claims.column("claim_id").combine_chunks())
    whose = {name: claims.column(name).take(at) for name in ("person", "row")}
    columns = {**{name: adjustments.column(name) for name in adjustments.column_names}, **whose}
    return pa.table({name: columns[name] for name in ADJUSTMENTS.names}).cast(ADJUSTMENTS)


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
    counties, of_person = counties_on_file(area, people)
    return [_group(county.on_file()) for county in counties], of_person


def _group(terms: list[SettlementTerms]) -> Group:
    periods = [Period(day_number(of.first_day), day_number(of.last_day), of.params) for of in terms]
    return Group(terms, periods, layer_standings(terms))


def _enrolled(area: Area, people: pa.Table, claims: pa.Table) -> pa.Table:
    """ENROLLED for each person: the days of cover of the people file, else what the rules of enrolment say."""
    if "covered_from" not in people.column_names:
        from yibao.simulate.enrol import county_terms, enrol_people

        year = pc.year(claims.column("served_on")).combine_chunks()[0].as_py()
        few = people.num_rows <= FEW
        return enrol_people(county_terms(area, year, people), people, one_by_one=few)
    count = people.num_rows
    columns = {
        field.name: pa.array(np.zeros(count, np.int8)).cast(field.type)
        for field in ENROLLED
        if not pa.types.is_date(field.type)
    }
    columns |= {name: people.column(name) for name in ("covered_from", "covered_to", "waiting_to")}
    columns["eligible"] = pc.is_valid(people.column("covered_from")).cast(pa.int8())
    return pa.table({name: columns[name] for name in ENROLLED.names}, schema=ENROLLED)
