"""Opens a file, whatever its form, as headings and parts: some rows at a time, each with its number as a person counts it.

The header is row 1 of a CSV or Excel file, so its first data row is row 2; a Parquet file has no header and its first
row is row 1. A row is a record: a cell with a line break inside does not move the count.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl

from yibao.files.columns import Layout, match_headers
from yibao.files.log import FindingLog
from yibao.kernel.findings import Finding

LARGEST_ROWS = 20_000_000
"""Rows one file may have; more are cut into files of whole persons."""

EXCEL_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
EXCEL_NAMES = (".xlsx", ".xlsm", ".xls", ".xlsb")
PARQUET_NAMES = (".parquet", ".pq")

Progress = Callable[[str, int, int], None]
"""Told the file, rows read so far, and rows in all (0 where that is not known)."""


class FileBroken(ValueError):
    """A file that cannot be read to its end, with what to do about it."""

    def __init__(self, message: str, remedy: str, row: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.row = row


class Rows(NamedTuple):
    """Some rows: their numbers and their cells, columns by the names of the layout."""

    numbers: pl.Series
    cells: pl.DataFrame


class Opened(NamedTuple):
    """An open file: its headings, how many rows it has (0: not known), and a reader of chosen columns by place."""

    headings: list[str]
    total: int
    read: Callable[[dict[str, int]], Iterator[Rows]]


class Source(NamedTuple):
    """A file whose headings are understood: the heading of each column there is, and its rows."""

    file: str
    headings: dict[str, str]
    parts: Iterator[Rows]


def quiet(file: str, rows: int, total: int) -> None:
    """Progress told to nobody."""


def file_name(path: Path) -> str:
    """A path as findings name it; what no text can hold is shown as a question mark."""
    return str(path).encode("utf-8", "replace").decode()


def open_source(path: Path, layout: Layout, log: FindingLog, progress: Progress = quiet) -> Source | None:
    """A file ready to be read part by part; None, with findings, where it is no such file."""
    file = file_name(path)
    try:
        opened = _opened(path, file, log)
    except FileBroken as broken:
        log.stop(Finding(file, broken.row, "", "", broken.message, broken.remedy))
        return None
    stopped_before, log.stopped = log.stopped, False
    found = match_headers(opened.headings, layout, file, log)
    unusable, log.stopped = log.stopped, log.stopped or stopped_before
    if unusable:
        return None
    headings = {name: opened.headings[place] for name, place in found.items()}
    return Source(file, headings, _guarded(file, opened, found, log, progress))


def _guarded(
    file: str, opened: Opened, found: dict[str, int], log: FindingLog, progress: Progress
) -> Iterator[Rows]:
    """The parts, until the end or until the file breaks or grows too large: then a finding, and no more."""
    count = 0
    try:
        for rows in opened.read(found):
            if len(rows.numbers):
                count += len(rows.numbers)
                progress(file, count, opened.total)
                if count > LARGEST_ROWS:
                    raise FileBroken(
                        f"超过 {LARGEST_ROWS:,} 行，一次处理不了 (too many rows)",
                        "请按人切成几个文件，同一人的行放在同一个文件里 (cut it between persons)",
                    )
                yield rows
    except FileBroken as broken:
        log.stop(Finding(file, broken.row, "", "", broken.message, broken.remedy))
        return
    if count == 0:
        log.stop(
            Finding(
                file, 0, "", "", "没有数据行 (no rows)", "请在列名之下写入数据 (write rows below the header)"
            )
        )


def _opened(path: Path, file: str, log: FindingLog) -> Opened:
    from yibao.files import csv_file, excel_file, parquet_file

    if not path.exists():
        raise FileBroken("没有这个文件 (no such file)", "请检查路径和文件名 (check the path)")
    if not path.is_file():
        raise FileBroken("不是文件 (not a file)", "请给出 CSV、Excel 或 Parquet 文件 (give a file)")
    try:
        with path.open("rb") as stream:
            mark = stream.read(4)
    except OSError as failed:
        raise FileBroken(
            f"读不了：{failed.strerror} (cannot be read)", "请检查权限，或复制一份再试"
        ) from None
    if not mark:
        raise FileBroken("是空文件，没有内容 (empty file)", "请重新导出，第一行写列名 (export it again)")
    suffix = path.suffix.lower()
    if mark == b"PAR1" or suffix in PARQUET_NAMES:
        return parquet_file.opened(path)
    if mark in EXCEL_MARKS or suffix in EXCEL_NAMES:
        return excel_file.opened(path)
    return csv_file.opened(path, file, log)
