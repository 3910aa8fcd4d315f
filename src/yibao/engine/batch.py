"""Many claims at once: columns in, columns out, by the compiled kernel; equal to the scalar path to the fen.

Claims stand sorted by person and order of settlement. A person's year is independent of everyone else's, so a batch is
cut between persons and the cuts run side by side. Codes are checked for range and amounts for size *before* the scan: a
compiled load has no bounds check, and int64 wraps without a word.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from yibao.benefits.params import TWO_DISEASES
from yibao.benefits.terms import CarePath, Delivery, Exclusion, SpecialFund, VisitKind
from yibao.engine.compiled import Kernel, Recipe, kernel
from yibao.engine.enrol_terms import GROUPS, UNIVERSITIES
from yibao.engine.flat import flatten
from yibao.engine.recipes import SETTLE_ALL, SETTLE_PAYERS
from yibao.engine.terms import CHRONIC_SLOTS, MONTHS, OLDEST, Claim, ReversalParams, SettlementParams
from yibao.engine.year import Adjustment, Filed, Year, opened, reverse, settle
from yibao.kernel.money import LARGEST_FEN
from yibao.kernel.shapes import CATEGORIES, CHRONIC_DISEASES, INSTITUTION_CLASSES, NOT_ON_FILE, TIERS

THREADS = 2

RANGES: dict[str, tuple[int, int]] = {
    "kind": (0, len(VisitKind) - 1),
    "month": (0, MONTHS - 1),
    "institution_class": (0, INSTITUTION_CLASSES - 1),
    "care_path": (0, len(CarePath) - 1),
    "category": (0, CATEGORIES - 1),
    "exclusion": (0, len(Exclusion) - 1),
    "disease": (0, CHRONIC_DISEASES - 1),
    "slot": (0, CHRONIC_SLOTS - 1),
    "delivery": (0, len(Delivery) - 1),
    "group": (0, GROUPS - 1),
    "university": (0, UNIVERSITIES - 1),
    "tier": (0, TIERS - 1),
    "category_tags": (0, 2**CATEGORIES - 1),
    "household_tags": (0, 2**CATEGORIES - 1),
    "disease_tags": (0, 2 ** (CHRONIC_DISEASES - 1) - 1),
    "age": (0, OLDEST),
    "special_fund": (0, len(SpecialFund) - 1),
}
"""What a code of a claim or a person may be; yes/no facts are 0 or 1, amounts 0 to LARGEST_FEN, days any number."""


class Period(NamedTuple):
    """Days (as day numbers, both inside) for which one set of params holds."""

    first_day: int
    last_day: int
    params: SettlementParams


class Ready(NamedTuple):
    """Columns fit for a kernel: by name, the person and benefit year of each row, its place in the params' rows."""

    columns: dict[str, np.ndarray]
    person: np.ndarray
    year: np.ndarray
    period: np.ndarray
    rows: np.ndarray


class ColumnsUnfit(ValueError):
    """Columns that a kernel must not see: out of range, of another length, or not sorted. Lists every problem."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


def settle_table(
    periods: Sequence[Period], claims: pa.Table, *, all_steps: bool = False, threads: int = THREADS
) -> pa.Table:
    """Settles claims: columns `person` (int32, ascending runs) and every field of `engine.terms.Claim`.

    A field with a default may be left out where no terms of the periods ask for it. Gives, row for row, `refusal`,
    `basic_fen`, `catastrophic_fen`, `assistance_fen`, `top_up_fen`, `hospital_fen`, `special_fund_fen`, `person_fen`,
    and `period` (the place in `periods`); with `all_steps`, every step by its dotted path instead. The year so far
    starts again where the person or the calendar year of `day` changes; a column `benefit_year` (int16) replaces the
    calendar year. Raises ColumnsUnfit.
    """
    recipe = SETTLE_ALL if all_steps else SETTLE_PAYERS
    fit = ready(recipe, periods, claims)
    outputs = run(recipe, fit, threads=threads)
    names = [path if all_steps else path.removeprefix("payers.") for path in recipe.outputs]
    return pa.table({**dict(zip(names, outputs, strict=True)), "period": fit.period})


def settle_events(
    periods: Sequence[Period], reversal: ReversalParams, claims: pa.Table, *, threads: int = THREADS
) -> tuple[pa.Table, pa.Table]:
    """Settles claims among which some reverse earlier ones; the columns of settle_table and `claim_id`, `reverses`.

    `reverses` holds the claim_id of an earlier claim of the same person, or null. A person with a reversal is settled on
    the scalar path (docs/decisions/reversals-by-replay.md), everyone else by the kernel. Gives the settled rows in the
    order given, a reversal with its amounts turned, and the adjustments: `claim_id`, `payer` (engine.year.Payer) and
    `difference_fen`. Raises ColumnsUnfit, and engine.year's failures for a reversal that cannot be.
    """
    person = _numpy(claims, "person", "int32")
    reverses = claims.column("reverses").combine_chunks()
    has_one = np.asarray(reverses.is_valid())
    late = np.isin(person, np.unique(person[has_one]))
    usual = settle_table(periods, claims.filter(pa.array(~late)), threads=threads)
    if not late.any():
        return usual, _adjustment_table([])
    facts = claims.filter(pa.array(late))
    fit = ready(SETTLE_PAYERS, periods, facts)
    rows, adjustments = _by_replay(reversal, periods, facts, fit)
    merged = {}
    for at, name in enumerate(usual.column_names):
        whole = np.empty(len(person), usual.column(name).to_numpy().dtype)
        whole[~late] = usual.column(name).to_numpy()
        whole[late] = [row[at] for row in rows]
        merged[name] = whole
    return pa.table(merged), _adjustment_table(adjustments)


def _by_replay(
    reversal: ReversalParams, periods: Sequence[Period], facts: pa.Table, fit: Ready
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
            years[key] = reverse(reversal, terms_of, before, reverses, reversal_id=claim_id)
        else:
            years[key] = settle(terms_of, before, Filed(claim_id, Claim._make(record)))
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


def ready(recipe: Recipe, periods: Sequence[Period], claims: pa.Table) -> Ready:
    """The columns of claims as the kernel takes them, read and checked. Raises ColumnsUnfit with every problem."""
    columns = {name: _column(recipe, claims, name) for name in recipe.columns}
    _refuse_left_out(periods, claims)
    person = _numpy(claims, "person", "int32")
    year = _benefit_year(claims, columns["day"])
    period = _period(periods, columns["day"])
    _refuse_unfit(columns, person, year, period)
    return Ready(columns, person, year, period, rows_of([p.params for p in periods]))


def run(recipe: Recipe, fit: Ready, *, threads: int = THREADS) -> list[np.ndarray]:
    """Runs a kernel over columns that are known to be fit; one output array for each of the recipe's outputs."""
    loaded = kernel(recipe)
    count = len(fit.person)
    outputs = [np.empty(count, np.dtype(kind)) for kind in recipe.outputs.values()]
    given = [fit.columns[name] for name in recipe.columns]
    edges = _edges(fit.person, threads)

    def part(begin: int, end: int) -> None:
        loaded.scan(
            begin, end, fit.person, fit.year, fit.period, fit.rows, _fresh_state(loaded), *given, *outputs
        )

    if threads == 1 or count < 10_000:
        part(0, count)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(part, edges, edges[1:]))
    return outputs


def run_records(
    recipe: Recipe, params: Sequence[Any], columns: dict[str, np.ndarray], period: np.ndarray
) -> pa.Table:
    """Runs a composition without a year so far (enrolment and bills): one row a person, `period` picks its params.

    Columns are cast to the recipe's types, and facts with a default may be left out; gives one column for each output,
    named by its path.
    """
    count = len(period)
    defaults = getattr(recipe.record, "_field_defaults", {})
    whole = {name: np.full(count, default) for name, default in defaults.items()} | columns
    fit = {name: np.ascontiguousarray(whole[name], dtype=kind) for name, kind in recipe.columns.items()}
    short = [
        f"{name} 有 {len(c)} 行，应为 {count} 行 (wrong length)" for name, c in fit.items() if len(c) != count
    ]
    if count and (period.min() < 0 or period.max() >= len(params)):
        short.append(f"period 应在 0–{len(params) - 1} 之间 (out of range)")
    short += _out_of_range(fit)
    if short:
        raise ColumnsUnfit(short)
    ready_columns = Ready(
        columns=fit,
        person=np.arange(count, dtype=np.int32),
        year=np.zeros(count, np.int16),
        period=np.ascontiguousarray(period, dtype=np.int16),
        rows=rows_of(params),
    )
    outputs = run(recipe, ready_columns)
    return pa.table(dict(zip(recipe.outputs, outputs, strict=True)))


def rows_of(params: Sequence[Any]) -> np.ndarray:
    """Params as flat int64 rows, one after the other."""
    return np.array([number for p in params for number in flatten(p)], np.int64)


def _out_of_range(columns: dict[str, np.ndarray]) -> list[str]:
    problems = []
    for name, values in columns.items():
        if name.endswith("day") or not len(values):
            continue
        low, high = (0, LARGEST_FEN) if name.endswith("_fen") else RANGES.get(name, (0, 1))
        if values.min() < low or values.max() > high:
            row = int(np.argmax((values < low) | (values > high)))
            problems.append(f"第 {row} 行 {name} = {values[row]}，应在 {low} 与 {high} 之间 (out of range)")
    return problems + _wrong_disease(columns)


def _wrong_disease(columns: dict[str, np.ndarray]) -> list[str]:
    """`disease` is a place in one of two lists, of which the two diseases' is the shorter."""
    if "disease" not in columns or not len(columns["disease"]):
        return []
    wrong = (columns["kind"] == VisitKind.TWO_DISEASES) & (columns["disease"] >= TWO_DISEASES)
    if not wrong.any():
        return []
    row = int(np.argmax(wrong))
    return [
        f"第 {row} 行是“两病”用药，disease = {columns['disease'][row]}，应小于 {TWO_DISEASES} (out of range)"
    ]


def _fresh_state(loaded: Kernel) -> np.ndarray:
    state = np.zeros(loaded.state_width, np.int64)
    state[0] = -1
    return state


def _edges(person: np.ndarray, parts: int) -> list[int]:
    count = len(person)
    found = [0]
    for part in range(1, parts):
        at = part * count // parts
        if 0 < at < count:
            at += (
                int(np.searchsorted(person[at:] != person[at - 1], True))
                if person[at] == person[at - 1]
                else 0
            )
        found.append(at)
    return [*found, count]


def _column(recipe: Recipe, claims: pa.Table, name: str) -> np.ndarray:
    """A column as the kernel takes it; the record's default where it may be left out and is."""
    default = getattr(recipe.record, "_field_defaults", {}).get(name)
    if default is not None and name not in claims.column_names:
        return np.full(claims.num_rows, default, recipe.columns[name])
    return _numpy(claims, name, recipe.columns[name])


def _refuse_left_out(periods: Sequence[Period], claims: pa.Table) -> None:
    """A fact with a default is left out only where no terms ask for it: children and tiers must not be paid by default."""
    asked = set()
    for period in periods:
        params = period.params
        by_tier = (
            params.hospital.tier_bonus_bp,
            params.basic_cap.annual_cap_fen,
            params.pooling.annual_cap_fen,
        )
        if params.hospital.child_below_age > 0:
            asked.add("age")
        if any(
            figures[tier] not in (figures[0], NOT_ON_FILE) for figures in by_tier for tier in range(TIERS)
        ):
            asked.add("tier")
        if params.chronic.further_quota_fen != NOT_ON_FILE:
            asked.add("disease_tags")
    left_out = sorted(asked - set(claims.column_names))
    if left_out:
        raise ColumnsUnfit([f"缺少列 {name}：该地区的待遇因它而不同 (missing column)" for name in left_out])


def _numpy(claims: pa.Table, name: str, kind: str) -> np.ndarray:
    if name not in claims.column_names:
        raise ColumnsUnfit([f"缺少列 {name}；现有 {'、'.join(claims.column_names)} (missing column)"])
    column = claims.column(name)
    if column.null_count:
        raise ColumnsUnfit([f"列 {name} 有 {column.null_count} 个空值 (nulls)"])
    values = column.combine_chunks().to_numpy(zero_copy_only=False)
    if values.dtype.kind == "M":
        values = values.astype("datetime64[D]").astype(np.int32)
    limits = np.iinfo(kind)
    if values.dtype == kind:
        return np.ascontiguousarray(values)
    if len(values) and (values.min() < limits.min or values.max() > limits.max):
        raise ColumnsUnfit([f"列 {name} 的值超出 {kind} 的范围 (out of range)"])
    return np.ascontiguousarray(values, dtype=kind)


def _benefit_year(claims: pa.Table, day: np.ndarray) -> np.ndarray:
    if "benefit_year" in claims.column_names:
        return _numpy(claims, "benefit_year", "int16")
    return (day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970).astype(np.int16)


def _period(periods: Sequence[Period], day: np.ndarray) -> np.ndarray:
    found = np.full(len(day), -1, np.int16)
    for place, period in enumerate(periods):
        found[(day >= period.first_day) & (day <= period.last_day)] = place
    return found


def _refuse_unfit(
    columns: dict[str, np.ndarray], person: np.ndarray, year: np.ndarray, period: np.ndarray
) -> None:
    problems = []
    if len(period) and period.min() < 0:
        row = int(np.argmin(period))
        problems.append(
            f"第 {row} 行的日期 {columns['day'][row].astype('datetime64[D]')} 不在政策在册日期内 (day not on file)"
        )
    problems += _out_of_range(columns)
    if len(person) > 1:
        seen = person[np.r_[True, person[1:] != person[:-1]]]
        if len(np.unique(seen)) != len(seen):
            problems.append("同一人的就诊没有排在一起；请按人和结算时间排序 (rows of a person are apart)")
        backwards = (person[1:] == person[:-1]) & (year[1:] < year[:-1])
        if backwards.any():
            problems.append(
                f"第 {int(np.argmax(backwards)) + 1} 行的待遇年度早于同一人的上一行 (benefit years out of order)"
            )
    if problems:
        raise ColumnsUnfit(problems)
