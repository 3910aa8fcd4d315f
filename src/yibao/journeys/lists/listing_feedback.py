"""What a department gets back (名单反馈) and what a list changed (差异清单): added, ended, unchanged, row by row.

Which rows go back is the area's own rule (`enrolment.rules.list_verdict`). What a reader would get wrong: these pages hold
names and numbers, so whoever takes them is written down, and a cell that a spreadsheet would run is kept as text.

carries_out: ENR-11, AID-03
"""

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yibao.enrolment.list_failures import NoSuchList
from yibao.enrolment.models import DepartmentList, Identity, ListRow
from yibao.enrolment.params import ListFeedbackParams
from yibao.enrolment.rules.list_verdict import list_row
from yibao.enrolment.terms import (
    DEPARTMENT_WORDS,
    LIST_STATE_WORDS,
    ROW_VERDICT_WORDS,
    Department,
    IdentityKind,
    ListKind,
    ListState,
    ListVerdict,
    RowVerdict,
    Scheme,
)
from yibao.journeys.lists.listing_plan import Register, register_of
from yibao.kernel.days import day_number, day_of
from yibao.packs.build import params
from yibao.packs.policies import policies
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.terms import Deed, Matter

LIST_VERDICT_WORDS: dict[ListVerdict, tuple[str, str]] = {
    ListVerdict.CONFIRMED: ("一致", "confirmed"),
    ListVerdict.WRONG_DATA: ("信息有误", "wrong data"),
    ListVerdict.DIED: ("已死亡", "died"),
    ListVerdict.JOINED_EMPLOYEE: ("参加职工医保", "joined employees' insurance"),
    ListVerdict.NOT_ENROLLED: ("未参保", "not enrolled"),
}

WRONG = frozenset(
    {
        RowVerdict.WRONG_NUMBER,
        RowVerdict.UNREADABLE_ROW,
        RowVerdict.FORMULA_CELL,
        RowVerdict.FUTURE_DAY,
        RowVerdict.AMBIGUOUS,
    }
)
"""Rows that say nothing sure of anybody."""

ASKS_COVER = (ListKind.CATEGORY_LIST, ListKind.TWO_DISEASE_LIST, ListKind.COMPARED_LIST)
"""Kinds whose department wants to know who is covered; on a list of deaths a death is what it says."""

DIFFERENCES = {RowVerdict.NEW: "新增", RowVerdict.ENDED: "终止", RowVerdict.ALREADY: "不变"}
HEADINGS = ("行号", "姓名", "身份证号", "比对结果", "名单行结果", "问题与处理", "是否反馈")
_WIDTHS = (8, 14, 22, 16, 20, 60, 10)
_FORMULA = re.compile(r"^[=+@\t\r]|^-(?:[^0-9]|$)")


@dataclass(frozen=True)
class FeedbackRow:
    """One row as the department gets it back; `number` 0 is somebody the list no longer names."""

    number: int
    name: str
    identity_no: str
    verdict: ListVerdict
    row_verdict: RowVerdict
    problems: tuple[tuple[str, str, str], ...]
    sent_back: bool


@dataclass(frozen=True)
class Feedback:
    """All of a list: what it was, each row, and the day on which the next list is due."""

    list_id: int
    department: Department
    as_of: date
    state: ListState
    next_list_on: date
    rows: tuple[FeedbackRow, ...]

    def counted(self) -> dict[str, int]:
        """How many rows were added, ended and unchanged, and how many go back."""
        found = {words: sum(r.row_verdict is v for r in self.rows) for v, words in DIFFERENCES.items()}
        return found | {"反馈": sum(row.sent_back for row in self.rows)}


def feedback_of(actor: Actor, list_id: int, *, reason: str) -> Feedback:
    """What goes back to the department of a list; taking it is written down.

    Raises NoSuchList, and the failures of `packs` where the area has no rule on what goes back.
    """
    kept = DepartmentList.objects.filter(pk=list_id).first()
    if kept is None or not actor.may(Matter.ENROLMENT_MATTER, Deed.LOOK, kept.area_code):
        raise NoSuchList(list_id)
    area = policies().area(kept.area_code)
    terms = params(ListFeedbackParams, area.entry("enrolment", "list_feedback", kept.as_of), area)
    stored = list(kept.rows.order_by("number", "id"))
    register = register_of({row.person_id for row in stored if row.person_id is not None})
    numbers = _numbers({row.person_id for row in stored if row.number == 0})
    rows = tuple(_row(kept, row, terms, register, numbers) for row in stored)
    due = list_row(
        terms,
        identity_valid=1,
        name_matches=1,
        died=0,
        in_employee_insurance=0,
        enrolled=1,
        list_day=day_number(kept.as_of),
    )
    note(actor, "take_feedback", kept.area_code, f"list:{kept.pk}", reason, rows=len(rows))
    return Feedback(
        list_id=kept.pk,
        department=Department(kept.department),
        as_of=kept.as_of,
        state=ListState(kept.state),
        next_list_on=day_of(due.next_list_day),
        rows=rows,
    )


def write_feedback(feedback: Feedback, path: Path) -> None:
    """Writes a workbook (.xlsx) with what goes back and what changed, or else one CSV of all rows."""
    if path.suffix.lower() != ".xlsx":
        write_rows(HEADINGS, [_cells(row) for row in feedback.rows], path)
        return
    import xlsxwriter

    from yibao.reports.year_excel import Sheet

    title = f"{DEPARTMENT_WORDS[feedback.department][0]}部门名单 {feedback.list_id}（{feedback.as_of}）"
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        back = Sheet(book, "反馈", _WIDTHS)
        back.title(f"{title}：{LIST_STATE_WORDS[feedback.state][0]}；下次报送 {feedback.next_list_on}")
        back.table(HEADINGS, [_cells(row) for row in feedback.rows if row.sent_back], ("",) * len(HEADINGS))
        changed = Sheet(book, "差异", (10, *_WIDTHS))
        changed.title("、".join(f"{words} {count}" for words, count in feedback.counted().items()))
        rows = [
            (DIFFERENCES[row.row_verdict], *_cells(row))
            for row in feedback.rows
            if row.row_verdict in DIFFERENCES
        ]
        changed.table(("变化", *HEADINGS), rows, ("",) * (len(HEADINGS) + 1))


def write_rows(headings: Sequence[str], rows: Sequence[Sequence[object]], path: Path) -> None:
    """A CSV that a spreadsheet opens as it is: with the mark of UTF-8, and nothing in it that would be run."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(headings)
        writer.writerows([harmless(str(cell)) for cell in row] for row in rows)


def harmless(text: str) -> str:
    """A text that a spreadsheet would run as a formula gets an apostrophe before it."""
    return f"'{text}" if _FORMULA.match(text) else text


def _row(
    kept: DepartmentList,
    row: ListRow,
    terms: ListFeedbackParams,
    register: Register,
    numbers: dict[int, str],
) -> FeedbackRow:
    given = json.loads(row.given) if row.given else {}
    verdict = RowVerdict(row.verdict)
    person = register.people.get(row.person_id or 0)
    asked = kept.kind in ASKS_COVER or person is None
    covers = [c.scheme for c in register.coverages.get(row.person_id or 0, ()) if _on(c, kept.as_of)]
    found = list_row(
        terms,
        identity_valid=int(verdict not in WRONG),
        name_matches=int(verdict is not RowVerdict.WRONG_NAME),
        died=int(asked and verdict is RowVerdict.DEAD),
        in_employee_insurance=int(asked and Scheme.EMPLOYEE in covers),
        enrolled=int(not asked or Scheme.RESIDENT in covers),
        list_day=day_number(kept.as_of),
    )
    problems = tuple(tuple(problem) for problem in json.loads(row.problems or "[]"))
    return FeedbackRow(
        number=row.number,
        name=str(given.get("name", "")) or (person.name if person is not None and row.number == 0 else ""),
        identity_no=str(given.get("identity_no", "")) or numbers.get(row.person_id or 0, ""),
        verdict=ListVerdict(found.verdict),
        row_verdict=verdict,
        problems=problems,
        sent_back=row.number > 0 and bool(found.sent_back or problems),
    )


def _on(coverage: object, day: date) -> bool:
    return bool(coverage.first_day <= day <= coverage.last_day)  # type: ignore[attr-defined]


def _numbers(person_ids: set[int | None]) -> dict[int, str]:
    held = Identity.objects.filter(
        person_id__in={i for i in person_ids if i is not None}, kind=IdentityKind.IDENTITY_NUMBER
    )
    return dict(held.order_by("-id").values_list("person_id", "number"))


def _cells(row: FeedbackRow) -> tuple[str, ...]:
    told = "；".join(f"{column}：{message}。{remedy}" for column, message, remedy in row.problems)
    return (
        str(row.number) if row.number else "",
        row.name,
        row.identity_no,
        LIST_VERDICT_WORDS[row.verdict][0],
        ROW_VERDICT_WORDS[row.row_verdict][0],
        told,
        "是" if row.sent_back else "否",
    )
