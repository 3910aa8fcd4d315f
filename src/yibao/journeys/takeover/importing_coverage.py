"""Coverage and categories of the system before (接管参保期、接管身份类别), for people who are taken over already.

Nobody is covered twice on a day: looked at under the lock of the person, and held by the database.
"""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from django.utils import timezone

from yibao.assistance.terms import CATEGORY_WORDS, Category
from yibao.enrolment.models import CategoryTag, Coverage
from yibao.enrolment.terms import EnrolmentState, LifeEvent, Scheme
from yibao.journeys.takeover.importing_people import write_events
from yibao.journeys.takeover.importing_rows import (
    Document,
    Found,
    Looked,
    RowsRefused,
    Who,
    people_of,
    problem,
)
from yibao.kernel.findings import Finding
from yibao.rights.actors import Actor
from yibao.rights.requests import canonical
from yibao.rights.terms import Matter
from yibao.settlement.versions import pooling_area
from yibao.tables.bulk import insert_columns, selected_among
from yibao.tables.rows import day_read
from yibao.takeover.models import ImportRun

CHECK_DAYS = "请核对起止日期 (check the days)"
Span = tuple[int, date, date]


class ImportedCover(NamedTuple):
    """One row of a coverage file: whom, both days inside, and what was reckoned for it."""

    row: int
    person_no: str
    kind: int
    country: str
    number: str
    first_day: date
    last_day: date
    benefit_year: int
    group: int
    tier: int
    waiting_last_day: date | None

    @property
    def who(self) -> Who:
        """The person of the row."""
        return Who(self.person_no, Document(self.kind, self.country, self.number))


class ImportedCategory(NamedTuple):
    """One row of a file of categories: whom, a Category, the Department that certifies it, and its days."""

    row: int
    person_no: str
    kind: int
    country: str
    number: str
    category: int
    certified_by: int
    certificate_no: str
    first_day: date
    last_day: date | None

    @property
    def who(self) -> Who:
        """The person of the row."""
        return Who(self.person_no, Document(self.kind, self.country, self.number))


def look_at_coverage(actor: Actor, run: ImportRun, rows: Sequence[ImportedCover], *, lock: bool) -> Looked:
    """People who are not there, who have left, and days that a person is covered on already."""
    looked = people_of(actor, run, Matter.ENROLMENT_MATTER, rows, lock=lock)
    problems = [*looked.problems, *_left(rows, looked.people)]
    for row in rows:
        found = looked.people.get(row.row)
        if found is not None and row.first_day < found.born_on:
            problems.append(problem(row, "covered_from", "早于出生日期 (before birth)", CHECK_DAYS))
    own = [(found.person_id, row) for row in rows if (found := looked.people.get(row.row))]
    standing: dict[int, list[tuple[date, date]]] = {}
    columns = ("person_id", "first_day", "last_day")
    ids = sorted({person_id for person_id, _ in own})
    for person_id, first_day, last_day in selected_among(
        "enrolment_coverage", columns, "person_id", ids, sql_type="bigint", void=False
    ):
        span = (day_read(first_day) or date.min, day_read(last_day) or date.max)
        standing.setdefault(int(person_id), []).append(span)
    for person_id, row in own:
        if any(
            row.first_day <= last and first <= row.last_day for first, last in standing.get(person_id, ())
        ):
            problems.append(_twice(row, "与已有的参保期重叠"))
    return Looked([*problems, *_overlaps(own)], looked.people)


def write_coverage(
    actor: Actor, run: ImportRun, rows: Sequence[ImportedCover], looked: Looked
) -> dict[str, int]:
    """Gives each person of a batch the cover of the row. Raises RowsRefused."""
    ids = [looked.people[row.row].person_id for row in rows]
    names = ("first_day", "last_day", "benefit_year", "group", "tier", "waiting_last_day")
    given = insert_columns(
        Coverage,
        {
            "person_id": ids,
            "area_code": [pooling_area(looked.people[row.row].county_code) for row in rows],
            "planned_last_day": [row.last_day for row in rows],
            **{name: [getattr(row, name) for row in rows] for name in names},
        },
        scheme=Scheme.RESIDENT,
        void=False,
    )
    if given < len(rows):
        raise RowsRefused(look_at_coverage(actor, run, rows, lock=True).problems)
    after = [canonical({name: getattr(row, name) for name in names}) for row in rows]
    write_events(actor, run, ids, LifeEvent.CHANGE, "take_over_cover", after)
    day = run.moving_in.taken_over_on
    return {"covered": sum(row.first_day <= day <= row.last_day for row in rows)}


def look_at_categories(
    actor: Actor, run: ImportRun, rows: Sequence[ImportedCategory], *, lock: bool
) -> Looked:
    """People who are not there, who have left, and categories that they hold from the same day already."""
    looked = people_of(actor, run, Matter.ENROLMENT_MATTER, rows, lock=lock)
    problems = [*looked.problems, *_left(rows, looked.people)]
    ids = sorted({found.person_id for found in looked.people.values()})
    columns = ("person_id", "category", "first_day")
    held = {
        (int(person_id), int(category), day_read(first_day))
        for person_id, category, first_day in selected_among(
            "enrolment_categorytag", columns, "person_id", ids, sql_type="bigint"
        )
    }
    for row in rows:
        found = looked.people.get(row.row)
        if found is None:
            continue
        if (found.person_id, row.category, row.first_day) in held:
            word = CATEGORY_WORDS[Category(row.category)][0]
            message = f"{row.first_day} 起的“{word}”已有记录 (held already)"
            problems.append(problem(row, "category", message, "请删去这一行 (take the row out)"))
        held.add((found.person_id, row.category, row.first_day))
    return Looked(problems, looked.people)


def write_categories(
    actor: Actor, run: ImportRun, rows: Sequence[ImportedCategory], looked: Looked
) -> dict[str, int]:
    """Records what each person of a batch is certified as."""
    ids = [looked.people[row.row].person_id for row in rows]
    names = ("category", "certified_by", "first_day", "last_day")
    insert_columns(
        CategoryTag,
        {
            "person_id": ids,
            "document_no": [row.certificate_no for row in rows],
            **{name: [getattr(row, name) for row in rows] for name in names},
        },
        recorded_at=timezone.now(),
    )
    after = [canonical({name: getattr(row, name) for name in names}) for row in rows]
    write_events(actor, run, ids, LifeEvent.CHANGE, "take_over_category", after)
    return {}


def _left(rows: Sequence[ImportedCover | ImportedCategory], people: dict[int, Found]) -> list[Finding]:
    message = "此人已终止参保 (enrolment has ended)"
    return [
        problem(row, "person_no", message, "请核对是否仍参保；不再参保的，删去这一行 (take the row out)")
        for row in rows
        if row.row in people and people[row.row].state == EnrolmentState.STOPPED
    ]


def _overlaps(own: Sequence[tuple[int, ImportedCover]]) -> list[Finding]:
    """Rows of the batch itself that cover a person on a day that an earlier row covers."""
    found = []
    in_order = sorted(own, key=lambda one: (one[0], one[1].first_day, one[1].row))
    for _, group in groupby(in_order, key=lambda one: one[0]):
        ends: date | None = None
        for _, row in group:
            if ends is not None and row.first_day <= ends:
                found.append(_twice(row, "与文件中另一行的参保期重叠"))
            ends = row.last_day if ends is None else max(ends, row.last_day)
    return found


def _twice(row: ImportedCover, words: str) -> Finding:
    message = f"{words}，同一天不能重复参保 (covered twice)"
    return problem(row, "covered_from", message, "请核对两段参保期，只保留一段 (keep one)")
