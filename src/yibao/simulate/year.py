"""A benefit year (待遇年度) from end to end as one pure pipeline: enrol, bill, settle in order, and say what it rests on.

What a reader would get wrong: a county may have terms of its own (Yangqu's subsidy split is not Xiaodian's), so people
are enrolled by the terms of their county, and settled by them too where they differ.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yibao.engine.batch import settle_events
from yibao.engine.rule_set import TODAY, RuleSet
from yibao.engine.terms import Payers
from yibao.financing.rules.catastrophic_funding import CatastrophicFunding, catastrophic_funding
from yibao.kernel.days import day_number, day_of
from yibao.packs.enrolment import EnrolTerms
from yibao.packs.entries import Entry, PolicyFailure
from yibao.packs.policies import Area, Policies
from yibao.packs.settlement import SettlementTerms
from yibao.simulate.enrol import CountyTerms, county_terms, enrol_people
from yibao.simulate.facts import claim_facts, in_order, numbers
from yibao.simulate.standing import (
    PAYING,
    StandingShare,
    layer_standings,
    paid_shares,
    raised_shares,
    refusal_standings,
    settlement_standing,
)
from yibao.simulate.tables import ENROLLED, SETTLEMENTS

Progress = Callable[[str, int, int], None]
"""Called as `progress(stage, done, of)`; `stage` is one of STAGES, and `done == of` ends it."""

STAGES: dict[str, tuple[str, str]] = {
    "enrol": ("参保与应缴", "Enrolment and bills"),
    "settle": ("一站式结算", "One-stop settlement"),
    "standing": ("核对依据效力", "Standing of figures"),
}
"""The stages of a year in their order, with the words a progress bar shows. `done` counts people, claims, layers."""

CLAIMS_AT_ONCE = 250_000
"""Claims settled before progress is told; cut between persons."""

PAYERS = Payers._fields
"""The seven amounts of SETTLEMENTS that add up to the total."""


class ClaimsOutsideYear(PolicyFailure):
    """Claims whose day of service or discharge is not in the benefit year."""

    def __init__(self, count: int, claim_id: str, day: date, first_day: date, last_day: date) -> None:
        super().__init__(
            f"{count} 笔就诊不在待遇年度 {first_day}—{last_day} 内，第一笔 {claim_id}（{day}）；"
            f"请去掉，或换一个年度 (claims outside the year)"
        )


@dataclass(frozen=True)
class YearResult:
    """What a benefit year of an area came to. Tables have the schemas of `simulate.tables`, to the column.

    `people` and `institutions` are those given. `claims` are those given, sorted by person and settled_at; `settlements`
    has one row for each row of `claims`, in the same order, refused claims and reversals included: a refused claim has the
    person bearing all, a reversal has the amounts of what it reverses with their sign turned. `enrolled` has one row for
    each row of `people`. `adjustments` (`claim_id`, `payer` as engine.year.Payer, `difference_fen`, above zero payable to
    the person) stand beside the settlements and are not inside their amounts.

    `first_day` and `last_day` are the benefit year, both inside. `settlement_terms` are the terms used, in the order of
    their days, county by county where a county has its own; `enrol_terms` those of each county people enrolled in, by
    division code. `catastrophic_funding` is the working of the transfer out of the year's financing (all `on_file` 0
    where the rate is not). `standing` has the money of each layer by standing, in the order of
    `simulate.standing.LAYER_WORDS`, then surest first; layers without money are left out.
    """

    area: Area
    year: int
    first_day: date
    last_day: date
    people: pa.Table
    institutions: pa.Table
    claims: pa.Table
    enrolled: pa.Table
    settlements: pa.Table
    adjustments: pa.Table
    settlement_terms: tuple[SettlementTerms, ...]
    enrol_terms: dict[str, EnrolTerms]
    catastrophic_funding: CatastrophicFunding
    standing: tuple[StandingShare, ...]

    def entries(self) -> list[Entry]:
        """Every entry of policy the year rests on, once each, in the order of their ids."""
        settlement = [entry for of in self.settlement_terms for entry in of.entries()]
        enrolment = [entry for of in self.enrol_terms.values() for entry in of.entries()]
        found = {entry.id: entry for entry in (*settlement, *enrolment)}
        return [found[key] for key in sorted(found)]


def run_year(
    area: Area,
    year: int,
    people: pa.Table,
    institutions: pa.Table,
    claims: pa.Table,
    progress: Progress | None = None,
    *,
    among: Policies | None = None,
    rules: RuleSet = TODAY,
    enrolled: pa.Table | None = None,
    assume_lists: bool = False,
) -> YearResult:
    """Runs a benefit year of an area: tables of `simulate.tables` in, a YearResult out; nothing is read but policies.

    Claims may come in any order. `among` are policies that are not those of the area's folder, `rules` rules that are not
    those on file, `enrolled` (ENROLLED) what was decided about cover and bills elsewhere, `assume_lists` as in
    `packs.financing.financing_terms`. Raises ClaimsOutsideYear where a day of service is not in the year, the failures of
    `packs` where the year's policy is not on file, and ColumnsUnfit where a table cannot be settled.
    """
    tell = progress or _quiet
    terms = county_terms(area, year, people, among, assume_lists=assume_lists)
    tell("enrol", 0, people.num_rows)
    enrolled = enrol_people(terms, people, rules) if enrolled is None else enrolled
    tell("enrol", people.num_rows, people.num_rows)
    ordered = in_order(claims)
    _refuse_outside(ordered, terms)
    settled, adjustments = _settle(terms, rules, people, institutions, enrolled, ordered, tell)
    tell("standing", 0, len(PAYING))
    layers = _layers(terms, ordered, settled)
    settlements = _settlements(terms, ordered, settled, layers)
    paid = {name: numbers(settlements, name) for name in PAYERS}
    enrol = [of.enrol for of in terms.counties]
    raised = raised_shares(enrol, terms.county, numbers(people, "university"), enrolled)
    tell("standing", len(PAYING), len(PAYING))
    return YearResult(
        area=area,
        year=year,
        first_day=terms.first_day,
        last_day=terms.last_day,
        people=people,
        institutions=institutions,
        claims=ordered,
        enrolled=enrolled,
        settlements=settlements,
        adjustments=adjustments,
        settlement_terms=tuple(of for group in terms.groups for of in group),
        enrol_terms={of.code: of.enrol for of in terms.counties},
        catastrophic_funding=_funding(enrol[0], enrolled),
        standing=(*raised, *paid_shares(layers, paid)),
    )


def _settle(
    terms: CountyTerms,
    rules: RuleSet,
    people: pa.Table,
    institutions: pa.Table,
    enrolled: pa.Table,
    claims: pa.Table,
    tell: Progress,
) -> tuple[pa.Table, pa.Table]:
    """The claims settled in order, part by part, with `category`, `group` and `period`; and the adjustments."""
    parts, adjusted = [], []
    for begin, end in _parts(numbers(claims, "person")):
        tell("settle", begin, claims.num_rows)
        part = claims.slice(begin, end - begin)
        group = terms.group[numbers(part, "person")]
        rows, places = [], []
        for at, of_group in enumerate(terms.groups):
            here = np.flatnonzero(group == at)
            if len(here) or (at == 0 and not len(group)):
                own = part if len(here) == len(group) else part.take(pa.array(here))
                facts = claim_facts(of_group, people, institutions, enrolled, own, first_day=terms.first_day)
                periods, reversal = terms.periods(at), of_group[-1].reversal
                settled, adjustments = settle_events(periods, reversal, facts, rules=rules)
                more = {"category": facts.column("category"), "group": np.full(len(here), at, np.int16)}
                rows.append(
                    pa.table({**dict(zip(settled.column_names, settled.columns, strict=True)), **more})
                )
                places.append(here)
                adjusted.append(adjustments)
        parts.append(pa.concat_tables(rows).take(pa.array(np.argsort(np.concatenate(places)))))
    tell("settle", claims.num_rows, claims.num_rows)
    return pa.concat_tables(parts), pa.concat_tables(adjusted)


def _parts(person: np.ndarray) -> Iterator[tuple[int, int]]:
    """Where to cut claims sorted by person so that nobody is cut in two; one empty part where there are none."""
    begin = 0
    while True:
        end = min(begin + CLAIMS_AT_ONCE, len(person))
        if end < len(person):
            end = int(np.searchsorted(person, person[end - 1], side="right"))
        yield begin, end
        begin = end
        if begin >= len(person):
            return


def _layers(terms: CountyTerms, claims: pa.Table, settled: pa.Table) -> np.ndarray:
    """The standing of each layer's money for each settlement: a row a settlement, a column a layer of PAYING."""
    table = np.concatenate([layer_standings(of) for of in terms.groups])
    starts = np.cumsum([0, *(len(of) for of in terms.groups)])
    period = starts[numbers(settled, "group")] + numbers(settled, "period")
    return table[period, numbers(claims, "kind"), numbers(settled, "category")]


def _settlements(terms: CountyTerms, claims: pa.Table, settled: pa.Table, layers: np.ndarray) -> pa.Table:
    """SETTLEMENTS: a reversal takes total and scope of what it reverses, with the sign of its payers."""
    sign = np.where(np.asarray(claims.column("reverses").is_valid()), -1, 1)
    stated = _stated(claims)
    paid = {name: numbers(settled, name) for name in PAYERS}
    total = sum(paid.values(), np.zeros(claims.num_rows, np.int64))
    in_scope = numbers(claims, "class_a_fen")[stated] + numbers(claims, "class_b_fen")[stated]
    columns = {name: claims.column(name) for name in ("claim_id", "person", "institution", "kind")}
    columns |= {name: claims.column(name) for name in ("served_on", "settled_at")}
    columns |= {name: settled.column(name) for name in ("category", "refusal", *PAYERS)}
    columns |= {
        "total_fen": total,
        "own_expense_fen": sign * numbers(claims, "own_expense_fen")[stated],
        "in_scope_fen": sign * in_scope,
        "standing": _standing(terms, claims, numbers(settled, "refusal"), layers, paid),
    }
    return pa.table({name: columns[name] for name in SETTLEMENTS.names}).cast(SETTLEMENTS)


def _standing(
    terms: CountyTerms, claims: pa.Table, refusal: np.ndarray, layers: np.ndarray, paid: dict[str, np.ndarray]
) -> np.ndarray:
    found = settlement_standing(layers, paid)
    county = terms.county[numbers(claims, "person")]
    by_county = [refusal_standings(of.enrol) for of in terms.counties]
    for reason in by_county[0]:
        here = refusal == reason
        found[here] = np.array([of[reason] for of in by_county], np.int8)[county[here]]
    return found


def _stated(claims: pa.Table) -> np.ndarray:
    """The row whose amounts a row states: its own, or for a reversal that of the claim it reverses."""
    rows = np.arange(claims.num_rows)
    reverses = claims.column("reverses").combine_chunks()
    late = np.asarray(reverses.is_valid())
    if late.any():
        rows[late] = np.asarray(
            pc.index_in(reverses.filter(late), claims.column("claim_id").combine_chunks())
        )
    return rows


def _funding(terms: EnrolTerms, enrolled: pa.Table) -> CatastrophicFunding:
    """The transfer to catastrophic insurance out of contributions, aid and subsidies of covered people."""
    covered = enrolled.filter(pc.and_(pc.equal(enrolled["eligible"], 1), enrolled["covered_from"].is_valid()))
    raised = ["contribution_fen", *(name for name in ENROLLED.names if name.startswith("subsidy_"))]
    financing_fen = sum(int(numbers(covered, name).sum()) for name in raised)
    return catastrophic_funding(
        terms.financing.catastrophic_funding, financing_fen=financing_fen, people=covered.num_rows
    )


def _refuse_outside(claims: pa.Table, terms: CountyTerms) -> None:
    day = numbers(claims, "served_on")
    outside = (day < day_number(terms.first_day)) | (day > day_number(terms.last_day))
    if outside.any():
        at = int(np.argmax(outside))
        claim_id = claims.column("claim_id")[at].as_py()
        raise ClaimsOutsideYear(
            int(outside.sum()), claim_id, day_of(int(day[at])), terms.first_day, terms.last_day
        )


def _quiet(stage: str, done: int, of: int) -> None:
    """Progress told to nobody."""
