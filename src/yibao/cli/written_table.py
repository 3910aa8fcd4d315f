"""A table of amounts as the terminal, a CSV file or a workbook shows it: the same cells each time, yuan to the fen.

A CSV begins with the mark that table software knows UTF-8 by; amounts there have no grouping. A file stands whole or not
at all: it is written under another name and then renamed.
"""

import csv
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from yibao.kernel.money import yuan, yuan_grouped

SUFFIXES = (".csv", ".xlsx")


class FileKindUnknown(ValueError):
    """A file to write whose name ends in nothing that is written here."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} 的文件类型不支持；请以 .csv 或 .xlsx 结尾 (name a .csv or .xlsx file)")


class Row(NamedTuple):
    """A row: words first, then amounts in fen; a strong one is a sum."""

    words: tuple[str, ...]
    amounts_fen: tuple[int, ...]
    strong: bool = False


class WrittenTable(NamedTuple):
    """A titled table: headings of the words, headings of the amounts, and rows."""

    title: str
    word_heads: tuple[str, ...]
    amount_heads: tuple[str, ...]
    rows: list[Row]


def refuse_kind(path: Path) -> None:
    """Raises FileKindUnknown before any work is done."""
    if path.suffix.lower() not in SUFFIXES:
        raise FileKindUnknown(path)


def print_tables(tables: Sequence[WrittenTable]) -> None:
    """Shows tables on the terminal; a terminal too narrow folds words, never an amount."""
    from rich.console import Console
    from rich.table import Table

    screen = Console()
    if not screen.is_terminal:
        screen = Console(width=200)
    for written in tables:
        shown = Table(title=written.title, title_justify="left", title_style="bold")
        for head in written.word_heads:
            shown.add_column(head)
        for head in written.amount_heads:
            shown.add_column(head, justify="right", no_wrap=True)
        for row in written.rows:
            cells = (*row.words, *(yuan_grouped(amount) for amount in row.amounts_fen))
            shown.add_row(*cells, style="bold" if row.strong else None)
        screen.print(shown)


def write_tables(tables: Sequence[WrittenTable], path: Path) -> None:
    """Writes tables to a CSV, one below the other, or a workbook, a sheet each. Raises FileKindUnknown."""
    refuse_kind(path)
    written = _workbook(tables) if path.suffix.lower() == ".xlsx" else _csv(tables)
    write_whole(path, [written])


def write_whole(path: Path, parts: Iterable[bytes]) -> None:
    """Writes a file, part after part, whole or not at all."""
    draft = path.with_name(f".{path.name}.partial-{os.getpid()}")
    try:
        with draft.open("wb") as stream:
            stream.writelines(parts)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _csv(tables: Sequence[WrittenTable]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    for at, table in enumerate(tables):
        if at:
            writer.writerow([])
        writer.writerow([table.title])
        writer.writerow([*table.word_heads, *table.amount_heads])
        writer.writerows([*row.words, *map(yuan, row.amounts_fen)] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def _workbook(tables: Sequence[WrittenTable]) -> bytes:
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        money = {
            strong: book.add_format({"num_format": "#,##0.00", "bold": strong}) for strong in (False, True)
        }
        text = {strong: book.add_format({"bold": strong}) for strong in (False, True)}
        for number, table in enumerate(tables, start=1):
            sheet = book.add_worksheet(f"{number} {table.title}"[:31].replace("/", "-"))
            for column, head in enumerate(table.word_heads):
                longest = max(len(word) for word in (head, *(row.words[column] for row in table.rows)))
                sheet.set_column(column, column, min(longest + 12, 60) if longest > 6 else 8)
            sheet.set_column(len(table.word_heads), len(table.word_heads) + len(table.amount_heads) - 1, 18)
            sheet.write_string(0, 0, table.title, text[True])
            for column, head in enumerate((*table.word_heads, *table.amount_heads)):
                sheet.write_string(1, column, head, text[True])
            for place, row in enumerate(table.rows, start=2):
                for column, word in enumerate(row.words):
                    sheet.write_string(place, column, word, text[row.strong])
                for column, amount in enumerate(row.amounts_fen, start=len(row.words)):
                    sheet.write_number(place, column, amount / 100, money[row.strong])
            sheet.freeze_panes(2, len(table.word_heads))
    return content.getvalue()
