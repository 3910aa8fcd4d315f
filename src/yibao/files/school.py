"""A school's list of students (学校参保名单) from Excel or CSV: every problem of the file at once, and the good rows.

Unlike the files that are settled, this one carries names and identity numbers, since the students are registered by it.
Findings show no number whole.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from yibao.files.cells import Part, parts_of, word, yes_no
from yibao.files.columns import Column, Layout
from yibao.files.formulas import refuse_formula_cells, refuse_formula_texts
from yibao.files.identity import identity_problems
from yibao.files.log import FindingLog, masked
from yibao.files.source import file_name, open_source
from yibao.files.tables import joined, repeated
from yibao.files.words import SEXES, tiers
from yibao.kernel.findings import Finding
from yibao.packs.policies import Area

LONGEST_NAME = 64

SCHOOL_LAYOUT = Layout(
    "学校参保名单 (school list)",
    (
        Column("student_no", "学号", ("学生编号", "学籍号"), "一人一个，不重复"),
        Column("name", "姓名", ("学生姓名",), "与身份证一致"),
        Column("identity_no", "身份证号", ("公民身份号码", "身份证号码", "证件号码"), "18 位"),
        Column("sex", "性别", (), "可不写；写了须与身份证号一致"),
        Column("tier", "缴费档次", ("档次",), "本地区档次的代码或名称；不写为第一档"),
        Column("hukou_local", "本地户籍", ("是否本地户籍",), "是、否；不写为否"),
        Column("graduating", "当年毕业", ("毕业生", "是否毕业班"), "是、否；不写为否"),
    ),
    needed=(("student_no",), ("name",), ("identity_no",)),
)


class StudentRow(NamedTuple):
    """One good row of a list; day of birth and sex come from the identity number."""

    row_no: int
    student_no: str
    name: str
    sex: int
    born_on: date
    identity_no: str
    tier: int
    hukou_local: bool
    graduating: bool


def read_school_list(path: Path, area: Area) -> tuple[list[StudentRow], list[Finding]]:
    """The good rows of a list, in the order of the file, and everything that is wrong with it."""
    log, file = FindingLog(), file_name(path)
    refuse_formula_cells(path, file, log)
    if log.stopped:
        return [], log.findings(file)
    source = open_source(path, SCHOOL_LAYOUT, log)
    frame = joined([_part(part, area) for part in parts_of(source, log)])
    if source is None or frame is None:
        return [], log.findings(file)
    bad = frame["bad"] | repeated(frame, "student_no", file, log, source.headings["student_no"])
    bad |= _twice(frame, file, log, source.headings["identity_no"])
    return list(_students(frame.filter(~bad))), log.findings(file)


def _part(part: Part, area: Area) -> pl.DataFrame:
    texts = ("student_no", "name", "identity_no")
    for name in texts:
        part.refuse(part.text(name).is_null(), name, "没有填写 (empty)", "请填上 (fill it in)")
    refuse_formula_texts(part, texts)
    names, numbers = part.text("name"), part.text("identity_no").str.to_uppercase()
    part.refuse(
        names.str.len_chars() > LONGEST_NAME,
        "name",
        "姓名过长 (name too long)",
        "请核对姓名 (check the name)",
    )
    problems = identity_problems(numbers)
    part.refuse(
        problems.is_not_null(),
        "identity_no",
        problems.fill_null(""),
        "请核对身份证号；表格里请设为文本，以免变成科学计数 (check the number; keep it as text)",
        kind="身份证号有误 (identity number)",
        values=masked(numbers),
    )
    sex = word(part, "sex", SEXES, empty=0)
    told = numbers.str.slice(16, 1).cast(pl.Int64, strict=False) % 2
    differs = (sex != 0) & problems.is_null() & ((sex == 1) != (told == 1))
    part.refuse(differs, "sex", "与身份证号不一致 (not as in the number)", "请核对性别 (check)")
    cells = {
        "row": part.numbers,
        "student_no": part.text("student_no"),
        "name": names,
        "identity_no": numbers,
        "tier": word(part, "tier", tiers(area), empty=0),
        "hukou_local": yes_no(part, "hukou_local", empty=0),
        "graduating": yes_no(part, "graduating", empty=0),
    }
    return pl.DataFrame({**cells, "bad": part.bad})


def _twice(frame: pl.DataFrame, file: str, log: FindingLog, heading: str) -> pl.Series:
    """Rows of one identity number: each is a finding that names the first of them, and shows no number."""
    numbers = frame["identity_no"]
    twice = numbers.is_duplicated() & numbers.is_not_null()
    first: dict[str, int] = {}
    for row, number, again in zip(frame["row"], numbers, twice, strict=True):
        if again:
            at = first.setdefault(number, row)
            message = f"同一身份证号出现多次，首次在第 {at} 行 (given twice)"
            log.one(Finding(file, row, heading, "", message, "请只保留一行 (keep one row)"))
    return twice


def _students(good: pl.DataFrame) -> Iterator[StudentRow]:
    for row in good.iter_rows(named=True):
        number = row["identity_no"]
        yield StudentRow(
            row_no=row["row"],
            student_no=row["student_no"],
            name=row["name"],
            sex=1 if int(number[16]) % 2 else 2,
            born_on=date(int(number[6:10]), int(number[10:12]), int(number[12:14])),
            identity_no=number,
            tier=row["tier"],
            hukou_local=bool(row["hukou_local"]),
            graduating=bool(row["graduating"]),
        )
