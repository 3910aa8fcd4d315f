"""Rows of a department's list as they were given (名单原文), and the facts in them: everything wrong with a row at once.

A row is text, whether it came from a workbook, a CSV file or another system. What a reader would get wrong: a wrong identity
number does not end a row, for the person may still be found by the rest; what cannot be read at all does.
"""

import re
import unicodedata
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import NamedTuple

from yibao.assistance.terms import Category
from yibao.enrolment.terms import Department, ListKind, RowVerdict
from yibao.journeys.lists.listing_words import SCHEMES, SEXES, YES_NO, category_of, disease_of
from yibao.kernel.codes import identity_problem, is_division_code
from yibao.reports.slip_words import TWO_DISEASE_WORDS

LARGEST_LIST = 50_000
"""Rows of one list: they are carried out in one transaction, so a longer one is cut by county."""

COLUMN_WORDS = {
    "name": "姓名",
    "identity_no": "身份证号",
    "sex": "性别",
    "born_on": "出生日期",
    "county": "县区代码",
    "address": "地址",
    "householder_no": "户主身份证号",
    "category": "身份类别",
    "disease": "病种",
    "first_day": "认定起始日",
    "last_day": "认定终止日",
    "happened_on": "发生日期",
    "document_no": "认定文号",
    "scheme": "险种",
    "elsewhere": "参保地",
    "employee_months": "职工连续参保月数",
    "flexible": "灵活就业",
    "student": "在校学生",
    "aided": "受资助",
    "gives_benefit": "正在享受待遇",
    "lives_there": "常住该地",
}
"""The columns of a list and their headings; which of them a list has depends on its kind."""

LONGEST_CELL = 200
LONGEST_DOCUMENT_NO = 64
_DAY = re.compile(r"([0-9]{4})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})日?(?:[T ].*)?")
_DAY_REMEDY = "请写成 2023-01-31 (write it like 2023-01-31)"
_FORMULA = re.compile(r"^[=+@\t\r]|^-(?:[^0-9]|$)")


@dataclass(frozen=True)
class GivenRow:
    """A row as the department wrote it, all text; `formulas` are the columns whose cell holds a formula."""

    number: int
    name: str = ""
    identity_no: str = ""
    sex: str = ""
    born_on: str = ""
    county: str = ""
    address: str = ""
    householder_no: str = ""
    category: str = ""
    disease: str = ""
    first_day: str = ""
    last_day: str = ""
    happened_on: str = ""
    document_no: str = ""
    scheme: str = ""
    elsewhere: str = ""
    employee_months: str = ""
    flexible: str = ""
    student: str = ""
    aided: str = ""
    gives_benefit: str = ""
    lives_there: str = ""
    formulas: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListOrder:
    """A list to be looked at: who gave it, what it says, the day it is of, and its rows.

    `full`: who is not on it is no longer certified. `category` or `disease` holds for rows that give none.
    """

    area_code: str
    department: Department
    kind: ListKind
    as_of: date
    rows: tuple[GivenRow, ...]
    file_name: str
    file_hash: str
    full: bool = False
    category: Category | None = None
    disease: str = ""
    document_no: str = ""


class Problem(NamedTuple):
    """What is wrong with a row: the heading of the column, what, and what to do. No value of a cell."""

    column: str
    message: str
    remedy: str


@dataclass(frozen=True)
class Elsewhere:
    """A cover elsewhere as a list tells it, flags 1 or 0."""

    scheme: int
    area_code: str
    employee_months: int
    flexible: int
    student: int
    aided: int
    gives_benefit: int
    lives_there: int


@dataclass(frozen=True)
class RowFacts:
    """What a row says. `number` is "" where it is missing or wrong; `wrong` is a verdict that ends the row, if any."""

    row: int
    name: str
    number: str
    number_given: str
    sex: int
    born_on: date | None
    county: str
    address: str
    householder_no: str
    category: int | None
    disease: str
    first_day: date
    last_day: date | None
    happened_on: date | None
    document_no: str
    elsewhere: Elsewhere | None
    wrong: RowVerdict | None
    problems: tuple[Problem, ...]


class _Reader:
    """Reads the cells of one row and keeps what is wrong with them."""

    def __init__(self, row: GivenRow) -> None:
        self.row = row
        self.problems: list[Problem] = []
        self.verdicts: list[RowVerdict] = []

    def cell(self, column: str) -> str:
        return unicodedata.normalize("NFKC", str(getattr(self.row, column))).strip()

    def wrong(
        self, column: str, message: str, remedy: str, verdict: RowVerdict = RowVerdict.UNREADABLE_ROW
    ) -> None:
        self.problems.append(Problem(COLUMN_WORDS[column], message, remedy))
        self.verdicts.append(verdict)

    def day(self, column: str, today: date) -> date | None:
        text = self.cell(column)
        if not text:
            return None
        found = _DAY.fullmatch(text)
        try:
            day = date(*(int(group) for group in found.groups())) if found else None
        except ValueError:
            day = None
        if day is None:
            self.wrong(column, "读不懂这个日期 (not a day)", _DAY_REMEDY)
        elif day > today and column != "last_day":
            self.wrong(
                column, "日期在今天之后 (a day to come)", "请核对日期 (check the day)", RowVerdict.FUTURE_DAY
            )
        return day

    def word(self, column: str, words: dict[str, int]) -> int | None:
        text = self.cell(column).casefold()
        if text and text not in words:
            shown = (
                "、".join(dict.fromkeys(word for word in words if word)) if len(words) < 12 else "名称或代码"
            )
            self.wrong(column, "不认识这个内容 (unknown word)", f"可用：{shown} (use one of these)")
        return words.get(text)


def row_facts(row: GivenRow, order: ListOrder, today: date) -> RowFacts:
    """The facts of a row, and everything wrong with it."""
    reader = _Reader(row)
    _formulas(reader)
    number = _number(reader)
    if not reader.cell("name"):
        reader.wrong("name", "没有填写 (empty)", "请填上姓名 (fill in the name)")
    county = reader.cell("county")
    if county and not _is_place(county):
        reader.wrong("county", "不是区划代码 (not a division code)", "请写 6、9 或 12 位区划代码")
    sex, born_on = reader.word("sex", SEXES), reader.day("born_on", today)
    category = _category(reader, order)
    disease = _disease(reader, order)
    first_day = reader.day("first_day", today) or order.as_of
    last_day = reader.day("last_day", today)
    if last_day is not None and last_day < first_day:
        reader.wrong("last_day", "早于起始日 (before the first day)", "请核对两个日期 (check both days)")
    happened_on = reader.day("happened_on", today)
    needed = order.kind in (ListKind.DEATH_LIST, ListKind.SUSPENSION_LIST)
    if needed and not reader.cell("happened_on"):
        reader.wrong("happened_on", "没有填写 (empty)", "请写明发生日期 (fill it in)")
    elsewhere = _elsewhere(reader) if order.kind is ListKind.COVER_ELSEWHERE_LIST else None
    return RowFacts(
        row=row.number,
        name=plain_name(reader.cell("name")),
        number=number,
        number_given=reader.cell("identity_no").upper(),
        sex=_sex_of(number) or sex or 0,
        born_on=_born_of(number) or born_on,
        county=county,
        address=reader.cell("address"),
        householder_no=reader.cell("householder_no").upper(),
        category=category,
        disease=disease,
        first_day=first_day,
        last_day=last_day,
        happened_on=happened_on,
        document_no=reader.cell("document_no") or order.document_no,
        elsewhere=elsewhere,
        wrong=_gravest(reader.verdicts),
        problems=tuple(reader.problems),
    )


def plain_name(name: str) -> str:
    """A name as it is compared: half-width, without blanks and the dots inside it."""
    text = unicodedata.normalize("NFKC", name)
    return "".join(c for c in text if not c.isspace() and c not in "·•・.").casefold()


def given_text(row: GivenRow) -> dict[str, object]:
    """A row as it is kept: only the cells that are written."""
    return {name: value for name, value in asdict(row).items() if value}


def given_row(kept: dict[str, object]) -> GivenRow:
    """The row that `given_text` kept."""
    known = {field.name for field in fields(GivenRow)}
    cells = {name: value for name, value in kept.items() if name in known and name != "formulas"}
    return GivenRow(**cells, formulas=tuple(kept.get("formulas", ())))  # type: ignore[arg-type,call-overload]


def _formulas(reader: _Reader) -> None:
    for column in COLUMN_WORDS:
        text = str(getattr(reader.row, column))
        if column in reader.row.formulas or _FORMULA.match(text):
            reader.wrong(
                column,
                "单元格是公式 (a formula)",
                "请改成数值后重新导出 (paste it as a value)",
                RowVerdict.FORMULA_CELL,
            )
        longest = LONGEST_DOCUMENT_NO if column == "document_no" else LONGEST_CELL
        if len(text) > longest or "\0" in text:
            reader.wrong(
                column, "内容过长或有空字节 (too long, or NUL)", f"最多 {longest} 个字符 (shorten it)"
            )


def _number(reader: _Reader) -> str:
    """The identity number where it is right, else "". A wrong one is told without the digit that would be right."""
    text = reader.cell("identity_no").upper()
    problem = identity_problem(text) if text else ""
    if not problem:
        return text
    message = f"{problem.split('，')[0] if '校验位' in problem else problem} (wrong number)"
    reader.problems.append(
        Problem(
            COLUMN_WORDS["identity_no"], message, "请对照证件核对身份证号 (check it against the document)"
        )
    )
    return ""


def _category(reader: _Reader, order: ListOrder) -> int | None:
    if order.kind is not ListKind.CATEGORY_LIST:
        return None
    text = reader.cell("category")
    if not text:
        if order.category is None:
            reader.wrong("category", "没有填写 (empty)", "请写明身份类别，或在导入时指定 (fill it in)")
        return order.category
    found = category_of(text)
    if found is None or found is Category.ORDINARY:
        reader.wrong(
            "category", "不认识的身份类别 (unknown category)", "请用身份类别的全称 (use its full name)"
        )
        return None
    return found


def _disease(reader: _Reader, order: ListOrder) -> str:
    if order.kind is not ListKind.TWO_DISEASE_LIST:
        return ""
    text = reader.cell("disease") or order.disease
    found = disease_of(text)
    if not found:
        reader.wrong(
            "disease",
            "不认识的病种 (unknown disease)" if text else "没有填写 (empty)",
            "可用：" + "、".join(words[0] for words in TWO_DISEASE_WORDS.values()),
        )
    return found


def _elsewhere(reader: _Reader) -> Elsewhere:
    place = reader.cell("elsewhere")
    if not _is_place(place):
        reader.wrong("elsewhere", "不是区划代码 (not a division code)", "请写参保地 6 位区划代码")
    scheme = reader.word("scheme", {word: int(scheme) for word, scheme in SCHEMES.items()})
    if scheme is None and not reader.cell("scheme"):
        reader.wrong("scheme", "没有填写 (empty)", "请写居民或职工 (fill it in)")
    for column in ("first_day", "last_day"):
        if not reader.cell(column):
            reader.wrong(column, "没有填写 (empty)", "请写明参保的起止日期 (fill it in)")
    months = reader.cell("employee_months") or "0"
    if not months.isdecimal():
        reader.wrong(
            "employee_months", "不是月数 (not a number of months)", "请写整数 (write a whole number)"
        )
    flags = {
        name: reader.word(name, YES_NO) or 0
        for name in ("flexible", "student", "aided", "gives_benefit", "lives_there")
    }
    return Elsewhere(
        scheme=scheme or 0,
        area_code=place,
        employee_months=int(months) if months.isdecimal() and len(months) < 5 else 0,
        **flags,
    )


def _gravest(verdicts: list[RowVerdict]) -> RowVerdict | None:
    for verdict in (RowVerdict.FORMULA_CELL, RowVerdict.UNREADABLE_ROW, RowVerdict.FUTURE_DAY):
        if verdict in verdicts:
            return verdict
    return None


def _born_of(number: str) -> date | None:
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14])) if number else None


def _is_place(code: str) -> bool:
    return len(code) in (6, 9, 12) and code.isdecimal() and is_division_code(code[:6])


def _sex_of(number: str) -> int:
    return (1 if int(number[16]) % 2 else 2) if number else 0
