"""Years so far and open settlements of the system before (接管年度累计、可撤销的结算), on any day of the year.

A year is taken over once, before the first settlement here: later ones go on from it and replays begin with it. A settlement
that may still be reversed is kept with what it added to the year, so that a late event can be booked.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from yibao.engine.terms import Payers, YearSoFar
from yibao.journeys.takeover.importing_rows import (
    Document,
    Looked,
    RowsRefused,
    Who,
    people_of,
    problem,
    repeated,
)
from yibao.kernel.money import yuan
from yibao.rights.actors import Actor
from yibao.rights.terms import Matter
from yibao.settlement.models import YearRow
from yibao.settlement.vectors import layout_of, unpacked
from yibao.tables.bulk import insert_columns, new_ids, selected_among
from yibao.takeover.models import ImportRun, OpenSettlement, TakenYear

QUOTAS = "quota_paid_fen"
SUMMED = tuple(name for name in YearSoFar._fields if name != "pooling_day")
"""What the years of a move are added up by; the cells of the quotas together."""


class ImportedYear(NamedTuple):
    """One row of a file of years: whom, and the year so far as the engine's vector (`settlement.vectors`)."""

    row: int
    person_no: str
    kind: int
    country: str
    number: str
    so_far: bytes

    @property
    def who(self) -> Who:
        """The person of the row."""
        return Who(self.person_no, Document(self.kind, self.country, self.number))


class ImportedSettlement(NamedTuple):
    """One row of a file of open settlements; `change` is what it added to the year so far, as a vector of YearSoFar."""

    row: int
    person_no: str
    kind: int
    country: str
    number: str
    reference: str
    visit_kind: int
    served_on: date
    settled_on: date
    total_fen: int
    basic_fen: int
    catastrophic_fen: int
    assistance_fen: int
    top_up_fen: int
    hospital_fen: int
    special_fund_fen: int
    person_fen: int
    change: bytes

    @property
    def who(self) -> Who:
        """The person of the row."""
        return Who(self.person_no, Document(self.kind, self.country, self.number))


def look_at_years(actor: Actor, run: ImportRun, rows: Sequence[ImportedYear], *, lock: bool) -> Looked:
    """People who are not there, and years that have begun here."""
    looked = people_of(actor, run, Matter.SETTLEMENT_MATTER, rows, lock=lock)
    begun = _years(run, looked)
    problems = list(looked.problems)
    times = Counter(found.person_id for found in looked.people.values())
    for row in rows:
        found = looked.people.get(row.row)
        if found is None:
            continue
        if found.person_id in begun:
            message = f"{run.benefit_year} 年度已有累计，不能再接管 (the year has begun)"
            problems.append(
                problem(row, "person_no", message, "请核对；已在本系统结算的，不能接管 (take it out)")
            )
        if times[found.person_id] > 1:
            message = f"同一人在文件中有 {times[found.person_id]} 行 (given twice)"
            problems.append(problem(row, "person_no", message, "请合并成一行 (make it one row)"))
    return Looked(problems, looked.people)


def write_years(actor: Actor, run: ImportRun, rows: Sequence[ImportedYear], looked: Looked) -> dict[str, int]:
    """Begins the year of each person with what was taken over. Raises RowsRefused."""
    vectors = [row.so_far for row in rows]
    ids = new_ids(YearRow, len(rows))
    begun = insert_columns(
        YearRow,
        {
            "id": ids,
            "person_id": [looked.people[row.row].person_id for row in rows],
            "opening": vectors,
            "so_far": vectors,
        },
        benefit_year=run.benefit_year,
        academic=run.academic,
        layout=layout_of(YearSoFar),
        sequence=0,
        replayed_to=0,
    )
    if begun < len(rows):
        raise RowsRefused(look_at_years(actor, run, rows, lock=True).problems)
    insert_columns(TakenYear, {"year_id": ids}, run_id=run.pk)
    return sums_of(vectors)


def look_at_settlements(
    actor: Actor, run: ImportRun, rows: Sequence[ImportedSettlement], *, lock: bool
) -> Looked:
    """People or years that are not there, numbers that were taken over already, and payers that do not add up."""
    looked = people_of(actor, run, Matter.SETTLEMENT_MATTER, rows, lock=lock)
    begun = _years(run, looked)
    problems = list(looked.problems) + repeated(
        rows, lambda row: row.reference, "settlement_no", "原系统结算号"
    )
    taken = selected_among(
        "takeover_opensettlement",
        ("reference",),
        "reference",
        [row.reference for row in rows],
        moving_in_id=run.moving_in_id,
    )
    known = {reference for (reference,) in taken}
    for row in rows:
        if row.reference in known:
            message = "原系统结算号已接管 (taken over already)"
            problems.append(problem(row, "settlement_no", message, "请删去这一行 (take the row out)"))
        parts = sum(getattr(row, name) for name in Payers._fields)
        if parts != row.total_fen:
            message = f"七个支付方合计 {yuan(parts)} 元，总额 {yuan(row.total_fen)} 元 (does not add up)"
            problems.append(problem(row, "total", message, "请核对各项金额 (check the amounts)"))
        found = looked.people.get(row.row)
        if found is not None and found.person_id not in begun:
            message = f"没有接管此人 {run.benefit_year} 年度的累计 (no year so far)"
            problems.append(problem(row, "person_no", message, "请先导入年度累计文件 (import years first)"))
    return Looked(problems, looked.people)


def write_settlements(
    actor: Actor, run: ImportRun, rows: Sequence[ImportedSettlement], looked: Looked
) -> dict[str, int]:
    """Keeps what may still be reversed. Raises RowsRefused."""
    names = ("reference", "served_on", "settled_on", "total_fen", *Payers._fields, "change")
    kept = insert_columns(
        OpenSettlement,
        {
            "person_id": [looked.people[row.row].person_id for row in rows],
            "kind": [row.visit_kind for row in rows],
            **{name: [getattr(row, name) for row in rows] for name in names},
        },
        run_id=run.pk,
        moving_in_id=run.moving_in_id,
        benefit_year=run.benefit_year,
        academic=run.academic,
    )
    if kept < len(rows):
        raise RowsRefused(look_at_settlements(actor, run, rows, lock=True).problems)
    return {name: sum(getattr(row, name) for row in rows) for name in ("total_fen", *Payers._fields)}


def sums_of(vectors: Sequence[bytes | memoryview]) -> dict[str, int]:
    """What some years so far come to, by the fields of SUMMED, the cells of the quotas together."""
    found = dict.fromkeys(SUMMED, 0)
    for vector in vectors:
        so_far: Any = unpacked(YearSoFar, vector)
        for name in SUMMED:
            value = getattr(so_far, name)
            found[name] += sum(value) if name == QUOTAS else value
    return found


def _years(run: ImportRun, looked: Looked) -> set[int]:
    """The people whose year stands here."""
    ids = sorted({found.person_id for found in looked.people.values()})
    rows = selected_among(
        "settlement_yearrow",
        ("person_id",),
        "person_id",
        ids,
        sql_type="bigint",
        benefit_year=run.benefit_year,
        academic=run.academic,
    )
    return {int(person_id) for (person_id,) in rows}
