"""A table of money as a file (台账文件): rows of text, counts and fen, as CSV or as a workbook, in yuan to the fen."""

import csv
from enum import Enum
from pathlib import Path
from typing import NamedTuple

import xlsxwriter

from yibao.kernel.money import yuan, yuan_grouped
from yibao.reports.year_excel import COUNT, MONEY, Sheet

WIDEST = 60
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Kind(Enum):
    """What a column holds: text, a whole number, or fen."""

    TEXT = ""
    COUNT = COUNT
    FEN = MONEY


class MoneyTable(NamedTuple):
    """A table: its title, headings with what each column holds, and its rows; an int in a column of FEN is fen."""

    title: str
    columns: tuple[tuple[str, Kind], ...]
    rows: list[tuple[object, ...]]


class FileKindUnknown(ValueError):
    """A file name that says neither CSV nor workbook."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} 不是 .csv 或 .xlsx；请改文件名 (write .csv or .xlsx)")


def write_tables(path: Path, tables: list[MoneyTable]) -> None:
    """Writes tables one after the other, by the file's name as CSV or as a workbook of a sheet each. Raises FileKindUnknown."""
    if path.suffix.lower() == ".csv":
        _write_csv(path, tables)
    elif path.suffix.lower() == ".xlsx":
        _write_workbook(path, tables)
    else:
        raise FileKindUnknown(path)


def shown_cells(table: MoneyTable) -> list[list[str]]:
    """The cells of a table as a person reads them."""
    return [
        [_shown(cell, kind) for cell, (_, kind) in zip(row, table.columns, strict=True)] for row in table.rows
    ]


def _write_csv(path: Path, tables: list[MoneyTable]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        for place, table in enumerate(tables):
            if place:
                writer.writerow([])
            if len(tables) > 1:
                writer.writerow([table.title])
            writer.writerow([heading for heading, _ in table.columns])
            for row in table.rows:
                writer.writerow(
                    [_written(cell, kind) for cell, (_, kind) in zip(row, table.columns, strict=True)]
                )


def _write_workbook(path: Path, tables: list[MoneyTable]) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        for place, table in enumerate(tables, start=1):
            widths = [min(max(2 * len(heading) + 4, 14), WIDEST) for heading, _ in table.columns]
            sheet = Sheet(book, f"表{place}", widths)
            sheet.title(table.title)
            rows = [
                tuple(_number(cell, kind) for cell, (_, kind) in zip(row, table.columns, strict=True))
                for row in table.rows
            ]
            sheet.table(
                [heading for heading, _ in table.columns], rows, [kind.value for _, kind in table.columns]
            )


def _shown(cell: object, kind: Kind) -> str:
    if kind is Kind.FEN and isinstance(cell, int):
        return yuan_grouped(cell)
    return str(cell)


def _written(cell: object, kind: Kind) -> str:
    """A cell of a CSV file; text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if kind is Kind.FEN and isinstance(cell, int):
        return yuan(cell)
    text = str(cell)
    return f"'{text}" if kind is Kind.TEXT and text.startswith(FORMULA) else text


def _number(cell: object, kind: Kind) -> object:
    return cell / 100 if kind is Kind.FEN and isinstance(cell, int) else cell
