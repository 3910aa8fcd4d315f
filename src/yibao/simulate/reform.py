"""The reform bench (改革测算): the same people and claims under today's policy and under a changed one, side by side.

    from yibao.packs.policies import policies
    from yibao.simulate.reform import generated, reform

    area = policies().area("990100")
    found = reform(area, 2023, generated(area, 2023, people=20_000, seed=1), ["benefits.hospital.rate.first_rate=65%"])
    found.breakdown          # a Polars frame: by class, kind, category, county, income; by payer; in fen
    found.reached.winners    # who pays less

Both sides are settled in one process by the compiled rules. What changes is assumed and says so; everything else is the
policy on file. Nobody goes to a doctor more or less often unless a `Response` is given.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
import pyarrow as pa

from yibao.benefits.params import BalanceParams
from yibao.benefits.rules.balance_effect import BalanceEffect, balance_effect
from yibao.engine.rule_set import TODAY, RuleSet
from yibao.fund.params import NationalReserveParams
from yibao.fund.statement import assumed_opening_reserve_fen
from yibao.kernel.days import day_of
from yibao.packs.build import params
from yibao.packs.change_text import Read, read_changes
from yibao.packs.enrolment import enrol_terms
from yibao.packs.entries import Entry, EntryRefuses, NoSuchEntry, NotOnFile
from yibao.packs.overlay import Overlay, overlay
from yibao.packs.policies import Area, Policies, policies
from yibao.simulate.assumptions import assumptions
from yibao.simulate.claims import claims as generated_claims
from yibao.simulate.facts import numbers
from yibao.simulate.institutions import institutions as generated_institutions
from yibao.simulate.population import population
from yibao.simulate.reform_breakdown import breakdown, by_fund, deciles_of
from yibao.simulate.reform_check import settled_alike
from yibao.simulate.reform_income import Incomes, Linked, income_linked_changes
from yibao.simulate.reform_people import Reached, household_numbers, reached
from yibao.simulate.reform_response import Factor, Response, responded
from yibao.simulate.reform_side import Funds, Side, funds_of, side_of
from yibao.simulate.tables import ENROLLED
from yibao.simulate.year import run_year

STAGES: dict[str, tuple[str, str]] = {
    "before": ("现行政策结算", "Settled as today"),
    "after": ("改革方案结算", "Settled after the reform"),
    "response": ("按就医反应重算", "Settled again with the response"),
    "compare": ("比较", "Compared"),
}
"""The stages of a reform, with the words a progress bar shows."""


@dataclass(frozen=True)
class Data:
    """The tables of a year: PEOPLE, INSTITUTIONS, CLAIMS (`simulate.tables`), and what is known beside them.

    `people` may have `covered_from`, `covered_to`, `waiting_to` of its own: then nobody is enrolled or billed, and the
    fund has no income. `income_fen` (disposable income a head) and `household` have a row a person, null where unknown.
    """

    people: pa.Table
    institutions: pa.Table
    claims: pa.Table
    generated: bool = False
    assumptions: tuple[str, ...] = ()
    income_fen: pa.ChunkedArray | None = None
    household: pa.ChunkedArray | None = None


@dataclass(frozen=True)
class Reform:
    """What a reform changes.

    `read` are the changes as they were written, `overlay` the policies with them; `factors` what a response multiplied bills
    by. `same_care` is the side after the reform with no response: whom it reaches is judged by that, for who pays less
    because they go to a doctor less has gained nothing. `breakdown` has the columns of `reform_breakdown.BREAKDOWN`,
    `funds_before` and `funds_after` the money of each fund, with one opening reserve that was given or is assumed
    (`opening_given`); `balance` the working of 以收定支, None where no policy gives it. `deciles` are the income deciles of
    people, None where nobody knows them. `unread` are changed entries that nothing in the year reads; `checked` is how many
    claims a replaced rule was held to one by one; `linked` what income-linked financing came to,
    `assume_lists` whether counties on no list were given the ordinary split.
    """

    area: Area
    year: int
    first_day: date
    last_day: date
    read: Read
    overlay: Overlay
    rules: RuleSet
    response: Response | None
    factors: tuple[Factor, ...]
    data: Data
    before: Side
    after: Side
    same_care: Side
    breakdown: pl.DataFrame
    funds_before: Funds
    funds_after: Funds
    opening_given: bool
    balance: BalanceEffect | None
    balance_entry: Entry | None
    reached: Reached
    deciles: np.ndarray | None
    unread: tuple[str, ...]
    checked: int = 0
    linked_income: Incomes | None = None
    linked: Linked | None = None
    assume_lists: bool = False

    @property
    def by_fund(self) -> pl.DataFrame:
        """What each fund, the hospitals and people bear, before and after."""
        return by_fund(self.breakdown)

    def by(self, name: str) -> pl.DataFrame:
        """One breakdown: `kind`, `institution_class`, `category`, `county`, `income_decile` or `all`."""
        return self.breakdown.filter(pl.col("by") == name)


def generated(area: Area, year: int, *, people: int, seed: int) -> Data:
    """People, institutions and claims from the generator; the same for the same seed."""
    places = generated_institutions(area, seed, year)
    persons = population(area, people, seed, year, places)
    return Data(
        persons,
        places,
        generated_claims(area, persons, places, seed, year),
        generated=True,
        assumptions=tuple(assumptions().lines()),
    )


def reform(
    area: Area,
    year: int,
    data: Data,
    changes: Iterable[str] | Read = (),
    *,
    rules: RuleSet = TODAY,
    response: Response | None = None,
    linked_income: Incomes | None = None,
    opening_reserve_fen: int | None = None,
    before: Side | None = None,
    among: Policies | None = None,
    assume_lists: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Reform:
    """What changes of policy, of a rule, or of both, do to a benefit year of an area.

    `changes` are `key=value` texts or names of YAML files (`packs.change_text`). With `linked_income` contributions and
    subsidies follow it by the entry `financing.income_linked`. Amounts are fen. `before` is today's side
    where it is known already, `among` the policies on file where they are not those of the area's folder, `assume_lists`
    as in `packs.financing.financing_terms`. Raises ChangesUnfit with every problem, and what `run_year` raises.
    """
    tell = progress or _quiet
    on_file = among or policies(area.chain[0].folder.parent)
    first_day, last_day = year_days(area, year)
    read = changes if isinstance(changes, Read) else read_changes(area, list(changes))
    laid = overlay(on_file, area, read, first_day, last_day)
    linked = None
    if linked_income is not None:
        linked = income_linked_changes(laid.policies, laid.area, year, linked_income)
        laid = overlay(on_file, area, Read([*read.changes, *linked.changes], []), first_day, last_day)
    tell("before", 0, 1)
    was = before or settled_side(area, year, data, on_file, assume_lists=assume_lists)
    tell("before", 1, 1)
    tell("after", 0, 1)
    now = settled_side(laid.area, year, data, laid.policies, rules, assume_lists=assume_lists)
    tell("after", 1, 1)
    checked = 0
    if rules.replaced:
        checked = settled_alike(now.year, rules, laid.policies, assume_lists=assume_lists)
    same_care = now
    factors: tuple[Factor, ...] = ()
    if response is not None:
        tell("response", 0, 1)
        more, factors = responded(was.year.claims, was, now, response)
        now = settled_side(laid.area, year, data, laid.policies, rules, more, assume_lists=assume_lists)
        tell("response", 1, 1)
    tell("compare", 0, 1)
    deciles = _deciles(data)
    reserve_fen = opening_reserve_fen
    if reserve_fen is None:
        reserve_fen = _assumed_reserve_fen(area, last_day, funds_of(was).statement.expense_total_fen)
    funds = [funds_of(side, opening_reserve_fen=reserve_fen) for side in (was, now)]
    effect, entry = _balance(laid.area, first_day, *funds)
    households = None if data.household is None else household_numbers(data.household)
    found = Reform(
        area=area,
        year=year,
        first_day=first_day,
        last_day=last_day,
        read=read,
        overlay=laid,
        rules=rules,
        response=response,
        factors=factors,
        data=data,
        before=was,
        after=now,
        same_care=same_care,
        breakdown=breakdown(was, now, deciles),
        funds_before=funds[0],
        funds_after=funds[1],
        opening_given=opening_reserve_fen is not None,
        balance=effect,
        balance_entry=entry,
        reached=reached(was, same_care, households),
        deciles=deciles,
        unread=_unread(laid, now, [entry, linked.entry if linked else None]),
        linked_income=linked_income,
        linked=linked,
        checked=checked,
        assume_lists=assume_lists,
    )
    tell("compare", 1, 1)
    return found


def settled_side(
    area: Area,
    year: int,
    data: Data,
    among: Policies,
    rules: RuleSet = TODAY,
    claims: pa.Table | None = None,
    *,
    assume_lists: bool = False,
) -> Side:
    """The year of these people and claims under one policy."""
    return side_of(
        run_year(
            area,
            year,
            data.people,
            data.institutions,
            data.claims if claims is None else claims,
            among=among,
            rules=rules,
            enrolled=_given_cover(data.people),
            assume_lists=assume_lists,
        )
    )


def year_days(area: Area, year: int) -> tuple[date, date]:
    """The first and last day of a benefit year, both inside. Raises as `packs.enrolment`."""
    coverage = enrol_terms(area, year).params.coverage.year
    return day_of(coverage.starts_day), day_of(coverage.ends_day)


def _given_cover(people: pa.Table) -> pa.Table | None:
    """ENROLLED where people come with their days of cover; None where they enrol by the day of payment."""
    if "covered_from" not in people.column_names:
        return None
    count = people.num_rows
    columns = {
        field.name: pa.array(np.zeros(count, np.int8)).cast(field.type)
        for field in ENROLLED
        if not pa.types.is_date(field.type)
    }
    columns |= {name: people.column(name) for name in ("covered_from", "covered_to", "waiting_to")}
    columns["eligible"] = people.column("covered_from").is_valid().cast(pa.int8())
    return pa.table({name: columns[name] for name in ENROLLED.names}, schema=ENROLLED)


def _deciles(data: Data) -> np.ndarray | None:
    if data.income_fen is None:
        return None
    known = np.asarray(data.income_fen.is_valid())
    return deciles_of(numbers(pa.table({"income": data.income_fen.fill_null(0)}), "income"), known)


def _assumed_reserve_fen(area: Area, day: date, expense_fen: int) -> int:
    """An opening reserve by the national months of today's expense: one for both sides."""
    national = params(NationalReserveParams, area.entry("fund", "national_reserve", day), area)
    return assumed_opening_reserve_fen(national, expense_fen)


def _balance(area: Area, day: date, before: Funds, after: Funds) -> tuple[BalanceEffect | None, Entry | None]:
    """Whether the change keeps to what comes in (以收定支), by the entry of the principle where there is one."""
    try:
        entry = area.entry("benefits", "balance", day)
    except (NoSuchEntry, NotOnFile, EntryRefuses):
        return None, None
    was, now = before.statement, after.statement
    effect = balance_effect(
        params(BalanceParams, entry, area),
        opening_reserve_fen=was.brought_forward_fen,
        income_before_fen=was.income_total_fen,
        income_fen=now.income_total_fen,
        expense_before_fen=was.expense_total_fen,
        expense_fen=now.expense_total_fen,
    )
    return effect, entry


def _unread(laid: Overlay, now: Side, others: list[Entry | None]) -> tuple[str, ...]:
    """Changed entries that nothing in the year reads: a change of them can make no difference."""
    used = {(entry.section, entry.key) for entry in now.year.entries()}
    used |= {("assistance", "early_warning"), ("fund", "national_reserve")}
    used |= {(entry.section, entry.key) for entry in others if entry is not None}
    changed = {(of.after.section, of.after.key) for of in laid.changed}
    return tuple(f"{section}.{key}" for section, key in sorted(changed - used))


def _quiet(stage: str, done: int, of: int) -> None:
    """Progress told to nobody."""
