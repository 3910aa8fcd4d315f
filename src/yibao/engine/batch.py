"""Many claims at once: columns in, columns out, by the compiled kernel; equal to the scalar path to the fen.

Claims stand sorted by person and order of settlement. A person's year is independent of everyone else's, so a batch is
cut between persons and the cuts run side by side. Codes are checked for range and amounts for size *before* the scan: a
compiled load has no bounds check, and int64 wraps without a word.
"""

from collections.abc import Collection, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from yibao.engine.compiled import Frozen, Recipe
from yibao.engine.fit import (
    ColumnsUnfit,
    Unfit,
    column_wrong,
    largest_year_fen,
    limits_of,
    numbers_of,
    out_of_range,
)
from yibao.engine.flat import flatten
from yibao.engine.ranges import LARGEST_YEAR_FEN
from yibao.engine.recipes import SETTLE_ALL, SETTLE_PAYERS
from yibao.engine.rule_set import TODAY, RuleSet
from yibao.engine.scan import THREADS, Ready, frozen, run
from yibao.engine.terms import Claim, ReversalParams, SettlementParams
from yibao.engine.year import Adjustment, Filed, Year, opened
from yibao.kernel.days import day_number
from yibao.kernel.shapes import NOT_ON_FILE, TIERS

NEVER_ENDS = day_number(date.max)
"""The last day of terms without an end."""

FEW = 5_000
"""Claims up to which the rules settle all of a file one by one sooner than a kernel is loaded."""

MOST_DAYS = 200_000
"""Days between the first and the last claim of a table, up to which their years are looked up."""

ANYWHERE = 0
"""The division of terms that hold whatever the claims' division."""


class Period(NamedTuple):
    """Days (as day numbers, both inside) for which one set of params holds, in one division or ANYWHERE.

    `division` is the six digits of a division code as a number: claims with a column `division` are settled by the
    periods of theirs, so that one table may hold several areas.
    """

    first_day: int
    last_day: int
    params: SettlementParams
    division: int = ANYWHERE


Facts = dict[str, int]
"""Facts of `engine.terms.Claim` by name, that hold for every claim whose table has no such column."""

NO_FACTS: Facts = {}


class OnFile(NamedTuple):
    """Periods laid out for look-up, once for many tables: their params' rows, and the place of each in `places`.

    `places` has a row for each of `divisions` (ascending codes) and a column for each day from `first_day` on; the last
    column holds for every later day, the first for every earlier one. -1 is no period. `frozen`
    is the recipe of a kernel for these terms and facts alone, used wherever it holds of the claims (see frozen_for).
    """

    rows: np.ndarray
    divisions: np.ndarray
    first_day: int
    places: np.ndarray
    asked: tuple[str, ...]
    facts: Facts = NO_FACTS
    frozen: Recipe | None = None


def settle_table(
    periods: Sequence[Period],
    claims: pa.Table,
    *,
    all_steps: bool = False,
    threads: int = THREADS,
    rules: RuleSet = TODAY,
    freeze: bool = False,
) -> pa.Table:
    """Settles claims: columns `person` (int32, ascending runs) and every field of `engine.terms.Claim`.

    A field with a default may be left out where no terms of the periods ask for it. A column `division` (int32) picks
    among periods that name one. Gives, row for row, `refusal`,
    `basic_fen`, `catastrophic_fen`, `assistance_fen`, `top_up_fen`, `hospital_fen`, `special_fund_fen`, `person_fen`,
    and `period` (the place in `periods`); with `all_steps`, every step by its dotted path instead. The year so far
    starts again where the person or the calendar year of `day` changes; a column `benefit_year` (int16) replaces the
    calendar year. `rules` are those on file, or some of them replaced; with `freeze`, by a kernel for these terms and
    claims alone (see frozen). Raises ColumnsUnfit.
    """
    recipe = rules.settle_payers._replace(outputs=SETTLE_ALL.outputs) if all_steps else rules.settle_payers
    fit = ready(recipe, periods, claims)
    if freeze:
        recipe = frozen(recipe, fit)
    outputs = run(recipe, fit, threads=threads)
    names = [path if all_steps else path.removeprefix("payers.") for path in recipe.outputs]
    return pa.table({**dict(zip(names, outputs, strict=True)), "period": fit.period})


def settle_events(
    periods: Sequence[Period],
    reversal: ReversalParams,
    claims: pa.Table,
    *,
    threads: int = THREADS,
    rules: RuleSet = TODAY,
    one_by_one: bool = False,
) -> tuple[pa.Table, pa.Table]:
    """Settles claims among which some reverse earlier ones; the columns of settle_table and `claim_id`, `reverses`.

    `reverses` holds the claim_id of an earlier claim of the same person, or null. A person with a reversal is settled on
    the scalar path (docs/decisions/reversals-by-replay.md), everyone else by the kernel; all are settled on the scalar path
    with `one_by_one`, which is sooner done than a kernel is loaded where claims are FEW. Gives the settled rows in the
    order given, a reversal with its amounts turned, and the adjustments: `claim_id`, `payer` (engine.year.Payer) and
    `difference_fen`. Raises ColumnsUnfit, and engine.year's failures for a reversal that cannot be.
    """
    person = _numpy(claims, "person", "int32")
    reverses = claims.column("reverses").combine_chunks()
    has_one = np.asarray(reverses.is_valid())
    late = np.isin(person, np.unique(person[has_one])) | one_by_one
    if not late.any() and not one_by_one:
        return settle_table(periods, claims, threads=threads, rules=rules), _adjustment_table([])
    facts = claims.filter(pa.array(late))
    fit = ready(rules.settle_payers, periods, facts)
    rows, adjustments = _by_replay(rules, reversal, periods, facts, fit)
    kinds = {path.removeprefix("payers."): kind for path, kind in rules.settle_payers.outputs.items()}
    merged = {name: np.empty(len(person), kind) for name, kind in {**kinds, "period": "int16"}.items()}
    for name, column in zip(merged, zip(*rows, strict=True), strict=bool(rows)):
        merged[name][late] = column
    if not late.all():
        usual = settle_table(periods, claims.filter(pa.array(~late)), threads=threads, rules=rules)
        for name, whole in merged.items():
            whole[~late] = usual.column(name).to_numpy()
    return pa.table(merged), _adjustment_table(adjustments)


def _by_replay(
    rules: RuleSet, reversal: ReversalParams, periods: Sequence[Period], facts: pa.Table, fit: Ready
) -> tuple[list[tuple[int, ...]], list[Adjustment]]:
    def terms_of(day: int) -> SettlementParams:
        return next(p.params for p in periods if p.first_day <= day <= p.last_day)

    years: dict[tuple[int, int], Year] = {}
    year_of: dict[str, tuple[int, int]] = {}
    rows: list[tuple[int, ...]] = []
    names = [facts.column(name).to_pylist() for name in ("claim_id", "reverses")]
    records = zip(*(fit.columns[name].tolist() for name in Claim._fields), strict=True)
    whose = zip(fit.person.tolist(), fit.year.tolist(), fit.period.tolist(), *names, records, strict=True)
    for person, benefit_year, period, claim_id, reverses, record in whose:
        key = year_of.get(reverses, (person, benefit_year)) if reverses else (person, benefit_year)
        year_of[claim_id] = key
        before = years.get(key, opened())
        if reverses:
            years[key] = rules.reverse(reversal, terms_of, before, reverses, reversal_id=claim_id)
        else:
            years[key] = rules.settle(terms_of, before, Filed(claim_id, Claim._make(record)))
        posting = years[key].postings[-1]
        rows.append((posting.refusal, *posting.payers, period))
    return rows, [a for year in years.values() for a in year.adjustments]


def _adjustment_table(adjustments: list[Adjustment]) -> pa.Table:
    return pa.table(
        {
            "claim_id": pa.array([a.claim_id for a in adjustments], pa.string()),
            "payer": pa.array([int(a.payer) for a in adjustments], pa.int8()),
            "difference_fen": pa.array([a.difference_fen for a in adjustments], pa.int64()),
        }
    )


def on_file(periods: Sequence[Period], facts: Facts = NO_FACTS) -> OnFile:
    """Lays periods out for look-up. Where two hold for the same day and division, the later in the list does."""
    edges = {p.first_day for p in periods} | {p.last_day + 1 for p in periods if p.last_day < NEVER_ENDS}
    first, last = (min(edges) - 1, max(edges)) if edges else (0, 0)
    divisions = np.unique(np.array([p.division for p in periods], np.int64))
    places = np.full((max(len(divisions), 1), last - first + 1), -1, np.int16)
    for place, period in enumerate(periods):
        row = int(np.searchsorted(divisions, period.division))
        places[row, period.first_day - first : period.last_day + 1 - first] = place
    asked = sorted({name for p in periods for name in _asked(p.params)})
    return OnFile(rows_of([p.params for p in periods]), divisions, first, places, tuple(asked), facts)


def frozen_for(terms: OnFile, there: Collection[str]) -> OnFile:
    """The terms with what a kernel for them may take for granted, where claims have the columns `there`.

    Its text holds the figures and the facts that are the same for all, and rests on nothing else, so that the next claims
    of the place find it compiled. Codes in columns may be whatever a column may hold.
    """
    alike = {n: (value, value) for n, value in _left_out(SETTLE_PAYERS, terms.facts, there).items()}
    taken = Frozen(tuple(terms.rows.tolist()), alike, LARGEST_YEAR_FEN)
    return terms._replace(frozen=SETTLE_PAYERS._replace(frozen=taken))


def ready(
    recipe: Recipe, periods: Sequence[Period] | OnFile, claims: pa.Table, *, ordered: bool = True
) -> Ready:
    """The columns of claims as the kernel takes them, read and checked. Raises ColumnsUnfit with every problem.

    `ordered` also asks that the rows of a person stand together and their benefit years do not go back.
    """
    terms = periods if isinstance(periods, OnFile) else on_file(periods)
    wrong = [
        Unfit(name, f"缺少列 {name}：该地区的待遇因它而不同 (missing column)")
        for name in terms.asked
        if name not in claims.column_names and name not in terms.facts
    ]
    left_out = _left_out(recipe, terms.facts, claims.column_names)
    read = {n: numbers_of(claims, n, kind, wrong) for n, kind in recipe.columns.items() if n not in left_out}
    there = {name: values for name, values in read.items() if values is not None}
    alike = {n: np.broadcast_to(_scalar(recipe, n, value), claims.num_rows) for n, value in left_out.items()}
    columns = there | alike
    person = numbers_of(claims, "person", "int32", wrong)
    year, period = None, None
    if "day" in columns:
        year = benefit_years(claims, columns["day"], wrong)
        period = _period(terms, claims, columns["day"], wrong)
    limits = limits_of(there) | {name: (value, value) for name, value in left_out.items()}
    wrong += out_of_range(columns, limits)
    if ordered and person is not None and year is not None:
        wrong += _out_of_order(person, year)
    if wrong:
        raise ColumnsUnfit(wrong)
    assert person is not None and year is not None and period is not None
    return Ready(columns, person, year, period, terms.rows, limits, largest_year_fen(limits, person))


def run_records(
    recipe: Recipe,
    params: Sequence[Any],
    columns: dict[str, np.ndarray],
    period: np.ndarray,
    *,
    one_by_one: bool = False,
) -> pa.Table:
    """Runs a composition without a year so far (enrolment and bills): one row a person, `period` picks its params.

    Columns are cast to the recipe's types, and facts with a default may be left out; gives one column for each output,
    named by its path. With `one_by_one` the composition itself runs and no kernel (see settle_events).
    """
    count = len(period)
    defaults = getattr(recipe.record, "_field_defaults", {})
    whole = {name: np.full(count, default) for name, default in defaults.items()} | columns
    fit = {name: np.ascontiguousarray(whole[name], dtype=kind) for name, kind in recipe.columns.items()}
    wrong = [
        Unfit(name, f"{name} 有 {len(c)} 行，应为 {count} 行 (wrong length)")
        for name, c in fit.items()
        if len(c) != count
    ]
    outside = column_wrong("period", period, 0, len(params) - 1)
    limits = limits_of(fit)
    wrong += ([outside] if outside else []) or ([] if wrong else out_of_range(fit, limits))
    if wrong:
        raise ColumnsUnfit(wrong)
    if one_by_one:
        return _records_one_by_one(recipe, params, fit, period)
    ready_columns = Ready(
        columns=fit,
        person=np.arange(count, dtype=np.int32),
        year=np.zeros(count, np.int16),
        period=np.ascontiguousarray(period, dtype=np.int16),
        rows=rows_of(params),
        limits=limits,
        year_fen=0,
    )
    outputs = run(recipe, ready_columns)
    return pa.table(dict(zip(recipe.outputs, outputs, strict=True)))


def _records_one_by_one(
    recipe: Recipe, params: Sequence[Any], columns: dict[str, np.ndarray], period: np.ndarray
) -> pa.Table:
    records = zip(*(values.tolist() for values in columns.values()), strict=True)
    found = [
        recipe.composition(params[at], recipe.record(**dict(zip(columns, record, strict=True))))
        for at, record in zip(period.tolist(), records, strict=True)
    ]
    outputs = {path: [attrgetter(path)(answer) for answer in found] for path in recipe.outputs}
    return pa.table({path: np.array(outputs[path], kind) for path, kind in recipe.outputs.items()})


def rows_of(params: Sequence[Any]) -> np.ndarray:
    """Params as flat int64 rows, one after the other."""
    return np.array([number for p in params for number in flatten(p)], np.int64)


def _left_out(recipe: Recipe, facts: Facts, there: Collection[str]) -> dict[str, int]:
    """The facts of a record that a table leaves out and may, with the value that each has for all of its rows."""
    defaults = getattr(recipe.record, "_field_defaults", {}) | facts
    return {name: defaults[name] for name in recipe.columns if name in defaults and name not in there}


def _scalar(recipe: Recipe, name: str, value: int) -> np.ndarray:
    return np.array(value, recipe.columns[name])


def _asked(params: SettlementParams) -> set[str]:
    """Facts with a default that these terms ask for: children and tiers must not be paid by default."""
    asked = set()
    by_tier = (
        params.hospital.tier_bonus_bp,
        params.basic_cap.annual_cap_fen,
        params.pooling.annual_cap_fen,
    )
    if params.hospital.child_below_age > 0:
        asked.add("age")
    if any(figures[tier] not in (figures[0], NOT_ON_FILE) for figures in by_tier for tier in range(TIERS)):
        asked.add("tier")
    if params.chronic.further_quota_fen != NOT_ON_FILE:
        asked.add("disease_tags")
    return asked


def _numpy(claims: pa.Table, name: str, kind: str) -> np.ndarray:
    wrong: list[Unfit] = []
    values = numbers_of(claims, name, kind, wrong)
    if values is None:
        raise ColumnsUnfit(wrong)
    return values


def benefit_years(claims: pa.Table, day: np.ndarray, wrong: list[Unfit]) -> np.ndarray | None:
    """The benefit year (待遇年度) of each row: as a column says it, else the calendar year of the day."""
    if "benefit_year" in claims.column_names:
        return numbers_of(claims, "benefit_year", "int16", wrong)
    if not len(day):
        return np.empty(0, np.int16)
    low, high = int(day.min()), int(day.max())
    if high - low > MOST_DAYS:  # days that no policy has, found by _period
        return _calendar_year(day)
    years = _calendar_year(np.arange(low, high + 1, dtype=np.int32))
    return np.take(years, day - low)


def _calendar_year(day: np.ndarray) -> np.ndarray:
    return (day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970).astype(np.int16)


def _period(terms: OnFile, claims: pa.Table, day: np.ndarray, wrong: list[Unfit]) -> np.ndarray:
    """The place of the period of each row, -1 where there is none; rows without one are put down as wrong."""
    column = np.clip(day, terms.first_day, terms.first_day + terms.places.shape[1] - 1) - terms.first_day
    if "division" in claims.column_names and terms.divisions.tolist() != [ANYWHERE]:
        division = numbers_of(claims, "division", "int32", wrong)
        if division is None:
            return np.full(len(day), -1, np.int16)
        row = np.minimum(np.searchsorted(terms.divisions, division), len(terms.divisions) - 1)
        strange = np.flatnonzero(terms.divisions[row] != division)
        if len(strange):
            wrong.append(Unfit("division", "不在所给的地区里 (another area)", strange, division[strange]))
        period = np.asarray(terms.places[row, column])
        period[strange] = 0
    elif terms.divisions.tolist() not in ([], [ANYWHERE]):
        wrong.append(Unfit("division", "缺少列 division：给了几个地区 (missing column)"))
        return np.full(len(day), -1, np.int16)
    else:
        period = np.take(terms.places[0], column)
    off = np.flatnonzero(period < 0)
    if len(off):
        days = day[off].astype("datetime64[D]")
        wrong.append(Unfit("day", "不在政策在册日期内 (day not on file)", off, days))
    return period


def _out_of_order(person: np.ndarray, year: np.ndarray) -> list[Unfit]:
    """Rows of a person that stand apart from the others, and benefit years that go back."""
    found = []
    starts = np.flatnonzero(person[1:] != person[:-1]) + 1
    seen = person[np.r_[0, starts]] if len(person) else person
    if not (seen[1:] > seen[:-1]).all() and len(np.unique(seen)) != len(seen):
        _, first = np.unique(seen, return_index=True)
        again = np.r_[0, starts][np.setdiff1d(np.arange(len(seen)), first)]
        message = "同一人的就诊没有排在一起；请按人和结算时间排序 (rows of a person are apart)"
        found.append(Unfit("person", message, again, person[again]))
    back = np.flatnonzero((person[1:] == person[:-1]) & (year[1:] < year[:-1])) + 1
    if len(back):
        message = "待遇年度早于同一人的上一行 (benefit years out of order)"
        found.append(Unfit("day", message, back, year[back]))
    return found
