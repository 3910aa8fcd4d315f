"""Formulas (公式) in files that come from elsewhere: a cell that a spreadsheet would work out is no text to be kept.

In a workbook the formula stands beside the value it had; the value alone would be read without a word, so the sheet itself
is looked through, and a workbook with a formula is not read at all. In any file a text that begins like a formula is
refused, full-width marks too.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from yibao.files.cells import Part
from yibao.files.log import FindingLog, Where
from yibao.kernel.findings import Finding

BEGINS = r"^\s*[=+\-@＝＋－＠]"
REMEDY = "请改成普通文字或数值：在表格软件里“选择性粘贴—值”，并去掉开头的 = + - @ (write a plain value)"
SAVE_AS = "请另存为 .xlsx，或“CSV UTF-8（逗号分隔）” (save it as .xlsx or CSV)"
MOST = 10_000
"""Formulas of a sheet that are named one by one."""

_BLOCK = 1 << 20
_LONGEST_CELL = 4_096
_FORMULA = re.compile(rb"(?:<(?:\w+:)?c\b([^>]*)>\s*)?<(?:\w+:)?f[ />]")
_PLACE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_SHEET = re.compile(rb'<(?:\w+:)?sheet\b[^>]*?\br:id="([^"]+)"')
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")


def refuse_formula_texts(part: Part, names: Sequence[str]) -> None:
    """Finds the texts of some columns that begin like a formula; a finding does not show them, they may be names."""
    nothing = pl.repeat("", len(part), eager=True)
    for name in names:
        if part.has(name) and part.raw(name).dtype == pl.String:
            begins = part.raw(name).str.contains(BEGINS)
            part.refuse(begins, name, "内容像公式 (looks like a formula)", REMEDY, values=nothing)


def refuse_formula_cells(path: Path, file: str, log: FindingLog) -> None:
    """Finds the cells of a workbook's first sheet that hold a formula; a workbook with one is not read.

    Nor is one of an older form, of which nobody can say. What is no workbook, or a broken one, is left to its reader.
    """
    with path.open("rb") as stream:
        mark = stream.read(4)
    if mark == b"\xd0\xcf\x11\xe0":
        log.stop(Finding(file, 0, "", "", "旧式 Excel 文件，看不出有没有公式 (old workbook)", SAVE_AS))
        return
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as packed:
            sheet = first_sheet(packed)
            if not sheet.endswith(".xml"):
                log.stop(
                    Finding(file, 0, "", "", "二进制 Excel 文件，看不出有没有公式 (binary workbook)", SAVE_AS)
                )
                return
            found = [place for place, _ in zip(formulas_of(packed, sheet), range(MOST), strict=False)]
    except (zipfile.BadZipFile, OSError, KeyError, ValueError, NotImplementedError):
        return
    log.stopped = log.stopped or bool(found)
    words = "单元格是公式 (cell holds a formula)"
    for column in sorted({column for column, _ in found}):
        rows = pl.Series([row for at, row in found if at == column], dtype=pl.Int64)
        where = Where(file, f"{column} 列", rows, pl.repeat("", len(rows), eager=True))
        log.many(where, words, REMEDY, kind=words)


def formulas_of(packed: zipfile.ZipFile, sheet: str) -> Iterator[tuple[str, int]]:
    """Column and row of each formula of a sheet, a megabyte at a time; row 0 where the cell does not say."""
    with packed.open(sheet) as stream:
        kept = b""
        while block := stream.read(_BLOCK):
            kept += block
            ends = 0
            for formula in _FORMULA.finditer(kept):
                place = _PLACE.search(formula[1] or b"")
                yield ("?", 0) if place is None else (place[1].decode(), int(place[2]))
                ends = formula.end()
            kept = kept[max(ends, len(kept) - _LONGEST_CELL) :]


def first_sheet(packed: zipfile.ZipFile) -> str:
    """The file of the sheet that stands first."""
    if "xl/workbook.xml" not in packed.namelist():
        return "xl/workbook.bin"
    sheet = _SHEET.search(packed.read("xl/workbook.xml"))
    wanted = b"" if sheet is None else sheet[1]
    for relation in _RELATION.findall(packed.read("xl/_rels/workbook.xml.rels")):
        named = re.search(rb'\bId="([^"]+)"', relation)
        target = re.search(rb'\bTarget="/?(?:xl/)?([^"]+)"', relation)
        if named and target and named[1] == wanted:
            return f"xl/{target[1].decode()}"
    return "xl/worksheets/sheet1.xml"
