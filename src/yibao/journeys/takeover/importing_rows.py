"""What every file of a move has (接管行): rows with their number in the file, the people they are about, and problems by row.

A problem names its row and column and never a name or an identity number: messages reach logs.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

from yibao.kernel.findings import Finding
from yibao.rights.actors import Actor
from yibao.rights.areas import covers
from yibao.rights.terms import Deed, Matter
from yibao.tables.bulk import selected_among
from yibao.tables.rows import day_read
from yibao.takeover.models import ImportRun

SHOWN = 5


class Document(NamedTuple):
    """A document as a key: `kind` an IdentityKind, `country` empty for China."""

    kind: int
    country: str
    number: str


class Who(NamedTuple):
    """The person of a row: by what the system before called them, else by a document."""

    former: str
    document: Document | None


class Found(NamedTuple):
    """A person that a row is about."""

    person_id: int
    county_code: str
    state: int
    born_on: Any


class Looked(NamedTuple):
    """What looking at some rows before writing them yields: the problems, and the person of each row without one."""

    problems: list[Finding]
    people: dict[int, Found]


class RowsRefused(ValueError):
    """Rows that cannot be taken over; all of them at once, and none of the batch was written."""

    def __init__(self, problems: Sequence[Finding]) -> None:
        self.problems = list(problems)
        told = "；".join(f"第 {p.row} 行 {p.column}：{p.message}" for p in problems[:SHOWN])
        more = f"等共 {len(problems)} 处" if len(problems) > SHOWN else ""
        super().__init__(f"{told}{more}。本批未写入任何行，请改正文件后重新导入 (rows refused)")


def problem(row: Any, column: str, message: str, remedy: str) -> Finding:
    """A problem of a row; whoever knows the file puts its name in."""
    return Finding("", int(row.row), column, "", message, remedy)


def repeated(
    rows: Sequence[Any], key: Callable[[Any], Hashable | None], column: str, words: str
) -> list[Finding]:
    """Rows of a batch that share a key which none may share."""
    times = Counter(key(row) for row in rows)
    return [
        problem(row, column, f"{words}在文件中出现 {times[key(row)]} 次 (given twice)", "请只保留一行")
        for row in rows
        if key(row) is not None and times[key(row)] > 1
    ]


def may_act(actor: Actor, run: ImportRun, matter: Matter, county_code: str) -> bool:
    """Whether a county lies in the move's area and in the actor's."""
    return covers(run.moving_in.area_code, county_code) and actor.may(matter, Deed.DO, county_code)


def documents_held(documents: Sequence[Document]) -> dict[Document, int]:
    """Which of some documents identify somebody, and whom."""
    by_kind: dict[tuple[int, str], list[str]] = {}
    for document in documents:
        by_kind.setdefault((document.kind, document.country), []).append(document.number)
    held: dict[Document, int] = {}
    for (kind, country), numbers in by_kind.items():
        rows = selected_among(
            "enrolment_identity", ("number", "person_id"), "number", numbers, kind=kind, country=country
        )
        held |= {Document(kind, country, number): int(person_id) for number, person_id in rows}
    return held


def former_held(run: ImportRun, numbers: Sequence[str]) -> dict[str, int]:
    """The people whom the system before called by some numbers."""
    rows = selected_among(
        "takeover_formerperson", ("number", "person_id"), "number", numbers, moving_in_id=run.moving_in_id
    )
    return {number: int(person_id) for number, person_id in rows}


def people_of(actor: Actor, run: ImportRun, matter: Matter, rows: Sequence[Any], *, lock: bool) -> Looked:
    """The person of each row (`row.who`), locked in order of id where asked; a row without one is a problem."""
    former = former_held(run, sorted({row.who.former for row in rows if row.who.former}))
    held = documents_held([row.who.document for row in rows if not row.who.former and row.who.document])
    ids = {
        row.row: former.get(row.who.former) if row.who.former else held.get(row.who.document) for row in rows
    }
    known = _people(sorted({i for i in ids.values() if i is not None}), lock=lock)
    problems, people = [], {}
    for row in rows:
        found = known.get(ids[row.row] or 0)
        if found is None or not may_act(actor, run, matter, found.county_code):
            column = "person_no" if row.who.former else "identity_no"
            message = "没有这个人员，或不在您的管辖地区 (no such person)"
            problems.append(
                problem(row, column, message, "请先导入人员文件，或核对编号 (import people first)")
            )
        else:
            people[row.row] = found
    return Looked(problems, people)


def _people(ids: Sequence[int], *, lock: bool) -> dict[int, Found]:
    columns = ("id", "county_code", "state", "born_on")
    rows = selected_among("enrolment_person", columns, "id", ids, sql_type="bigint", locked=lock)
    return {int(row[0]): Found(int(row[0]), row[1], int(row[2]), day_read(row[3])) for row in rows}
