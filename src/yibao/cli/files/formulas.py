"""Formulas (公式) in files that come from elsewhere: a cell that a spreadsheet would work out is no text to be kept.

In a workbook the formula stands beside the value it had; the value alone would be read without a word, so the sheet itself
is looked through. In any file a text that begins like a formula is refused, full-width marks too.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from yibao.cli.files.cells import Part
from yibao.cli.files.log import FindingLog, Where

BEGINS = r"^\s*[=+\-@＝＋－＠]"
REMEDY = "请改成普通文字或数值：在表格软件里“选择性粘贴—值”，并去掉开头的 = + - @ (write a plain value)"
MOST = 100_000
"""Formulas of a sheet that are found one by one; more are no list of people."""

_BLOCK = 1 << 20
_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>\s*<f[ />]')
_SHEET = re.compile(rb'<sheet\b[^>]*?\br:id="([^"]+)"')
_TARGET = re.compile(rb"<Relationship\b[^>]*?>")
_LONGEST_CELL = 4_096


def refuse_formula_texts(part: Part, names: Sequence[str]) -> None:
    """Finds the texts of some columns that begin like a formula."""
    for name in names:
        if part.has(name) and part.raw(name).dtype == pl.String:
            begins = part.raw(name).str.contains(BEGINS)
            part.refuse(begins, name, "内容像公式 (looks like a formula)", REMEDY)


def refuse_formula_cells(path: Path, file: str, log: FindingLog) -> None:
    """Finds the cells of a workbook's first sheet that hold a formula, whatever the value beside it."""
    if not zipfile.is_zipfile(path):
        return
    found = []
    try:
        with zipfile.ZipFile(path) as packed:
            for column, row in _formulas(packed):
                found.append((column, row))
                if len(found) == MOST:
                    break
    except (zipfile.BadZipFile, OSError, KeyError, ValueError, NotImplementedError):
        return  # the reader of workbooks says what is broken
    for column in sorted({column for column, _ in found}):
        rows = pl.Series([row for at, row in found if at == column], dtype=pl.Int64)
        values = pl.repeat("", len(rows), eager=True)
        words = "单元格是公式 (cell holds a formula)"
        log.many(Where(file, f"{column} 列", rows, values), words, REMEDY, kind=words)


def _formulas(packed: zipfile.ZipFile) -> Iterator[tuple[str, int]]:
    """Column and row of each formula of the first sheet, a megabyte at a time."""
    with packed.open(_first_sheet(packed)) as stream:
        kept = b""
        while block := stream.read(_BLOCK):
            kept += block
            ends = 0
            for cell in _CELL.finditer(kept):
                yield cell[1].decode(), int(cell[2])
                ends = cell.end()
            kept = kept[max(ends, len(kept) - _LONGEST_CELL) :]


def _first_sheet(packed: zipfile.ZipFile) -> str:
    sheet = _SHEET.search(packed.read("xl/workbook.xml"))
    wanted = b"" if sheet is None else sheet[1]
    for relation in _TARGET.findall(packed.read("xl/_rels/workbook.xml.rels")):
        named = re.search(rb'\bId="([^"]+)"', relation)
        target = re.search(rb'\bTarget="/?(?:xl/)?([^"]+)"', relation)
        if named and target and named[1] == wanted:
            return f"xl/{target[1].decode()}"
    return "xl/worksheets/sheet1.xml"
