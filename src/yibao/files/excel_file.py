"""Excel workbooks: the first sheet, every cell as the text it shows; days and times as ISO text."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import fastexcel
import polars as pl

from yibao.files.source import FileBroken, Opened, Rows

LARGEST_UNPACKED = 2 * 1024**3
"""Bytes a workbook may unpack to: a million rows of thirty columns need less."""

REMEDY = "请用表格软件打开后另存为 .xlsx，或另存为“CSV UTF-8（逗号分隔）” (save it again)"


def opened(path: Path) -> Opened:
    """A workbook's first sheet, ready to be read. Raises FileBroken."""
    _refuse_bomb(path)
    sheet = _sheet(path)
    written = sheet.select(pl.any_horizontal(pl.all().str.strip_chars() != "").fill_null(False)).to_series()
    at = written.arg_max() if written.any() else None
    if at is None:
        raise FileBroken("第一个工作表是空的 (empty sheet)", "请把数据放在第一个工作表，第一行写列名")
    headings = [text or "" for text in sheet.row(at)]
    return Opened(headings, sheet.height - at - 1, lambda found: _rows(sheet, at, found))


def _rows(sheet: pl.DataFrame, at: int, found: dict[str, int]) -> Iterator[Rows]:
    names = sheet.columns
    cells = sheet.slice(at + 1).select(pl.col(names[place]).alias(name) for name, place in found.items())
    numbers = pl.Series(range(at + 2, at + 2 + cells.height), dtype=pl.Int64)
    written = cells.select(pl.any_horizontal(pl.all().str.strip_chars() != "").fill_null(False)).to_series()
    yield Rows(numbers.filter(written), cells.filter(written))


def _sheet(path: Path) -> pl.DataFrame:
    try:
        reader = fastexcel.read_excel(path)
        return reader.load_sheet(0, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except (fastexcel.FastExcelError, OSError, ValueError) as broken:
        what = str(broken).splitlines()[0] if str(broken) else type(broken).__name__
        raise FileBroken(f"不是完好的 Excel 文件：{what} (broken workbook)", REMEDY) from None
    except BaseException as panic:
        # A panic of the Rust reader is no Exception; its class can only be told by its name.
        if type(panic).__name__ != "PanicException":
            raise
        raise FileBroken("不是完好的 Excel 文件 (broken workbook)", REMEDY) from None


def _refuse_bomb(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as broken:
        raise FileBroken(f"不是完好的 Excel 文件：{broken} (broken workbook)", REMEDY) from None
    if unpacked > LARGEST_UNPACKED:
        message = f"解开后有 {unpacked / 1024**3:.1f} GB，超过 {LARGEST_UNPACKED // 1024**3} GB (workbook too large)"
        raise FileBroken(message, "请改用 CSV 或 Parquet (use CSV or Parquet)")
