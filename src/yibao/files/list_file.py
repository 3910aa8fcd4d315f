"""A list as a file for somebody else (名单文件): Excel or CSV by the ending of its name, every cell the text it shows.

No cell is a formula, whatever its text begins with: Excel gets text cells, CSV an apostrophe before what a spreadsheet would
run. CSV is UTF-8 with its mark, so that it opens rightly in the usual programs.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

from yibao.kernel.findings import Finding

ENDINGS = (".xlsx", ".csv")
_FORMULA = re.compile(r"[=+@\t\r]|-(?![0-9])")
WIDTHS = (8, 40)
"""The narrowest and the widest column."""


class ListUnwritable(ValueError):
    """A list that cannot be written to the file named."""

    def __init__(self, path: Path, why: str, remedy: str) -> None:
        super().__init__(Finding(str(path), 0, "", "", why, remedy).sentence())


def check_ending(path: Path) -> None:
    """Raises ListUnwritable where the file's name has another ending than .xlsx or .csv."""
    if path.suffix.lower() not in ENDINGS:
        raise ListUnwritable(path, "文件名应以 .xlsx 或 .csv 结尾 (unknown ending)", "请改文件名")


def write_list(path: Path, title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Writes a list under a title. Raises ListUnwritable."""
    check_ending(path)
    write = _excel if path.suffix.lower() == ".xlsx" else _csv
    try:
        write(path, title, headings, list(rows))
    except (OSError, xlsxwriter.exceptions.FileCreateError) as failed:
        raise ListUnwritable(path, f"不能写入：{failed} (cannot be written)", "请检查文件夹和权限") from None


def harmless(cell: str) -> str:
    """A cell's text with an apostrophe before it where a spreadsheet would run it."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _csv(path: Path, title: str, headings: Sequence[str], rows: list[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(headings)
        writer.writerows([harmless(cell) for cell in row] for row in rows)


def _excel(path: Path, title: str, headings: Sequence[str], rows: list[Sequence[str]]) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet("名单")
        sheet.write_string(0, 0, title, book.add_format({"bold": True}))
        head = book.add_format({"bold": True, "bottom": 1})
        for column, heading in enumerate(headings):
            longest = max([2 * len(heading), *(len(row[column]) + 2 for row in rows)])
            sheet.set_column(column, column, min(max(longest, WIDTHS[0]), WIDTHS[1]))
            sheet.write_string(2, column, heading, head)
        for at, row in enumerate(rows, start=3):
            for column, cell in enumerate(row):
                sheet.write_string(at, column, cell)
        sheet.freeze_panes(3, 0)
