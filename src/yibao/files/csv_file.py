"""CSV files in UTF-8 (with or without its mark) or GB 18030, read some megabytes at a time.

The encoding is decided over the whole file before a row is read: UTF-8 where all of it is, else GB 18030, else a finding.
"""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
from pyarrow import csv as arrow_csv

from yibao.files.log import FindingLog, Where
from yibao.files.source import FileBroken, Opened, Rows

BLOCK = 16 * 1024 * 1024
HEADER_CHARACTERS = 100_000
ENCODINGS = ("utf-8", "gb18030")


class Shape(NamedTuple):
    """What has to be known before the rows are read."""

    encoding: str
    headings: list[str]
    lines_before_data: int


def opened(path: Path, file: str, log: FindingLog) -> Opened:
    """A CSV file ready to be read. Raises FileBroken."""
    encoding = _encoding(path)
    shape = _shape(path, encoding)
    return Opened(shape.headings, 0, lambda found: _rows(path, file, shape, found, log))


def _encoding(path: Path) -> str:
    """The first encoding that the whole file can be read in. Raises FileBroken with the line that no one fits."""
    failed_in_line = 0
    for encoding in ENCODINGS:
        failed_in_line = _line_that_fails(path, encoding)
        if failed_in_line == 0:
            return encoding
    raise FileBroken(
        "文字编码既不是 UTF-8 也不是 GB 18030 (encoding not understood)",
        "请另存为“CSV UTF-8（逗号分隔）” (save as CSV UTF-8)",
        failed_in_line,
    )


def _line_that_fails(path: Path, encoding: str) -> int:
    """The first line that is not of an encoding, 0 where all of them are. Raises FileBroken for a zero byte."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            if b"\x00" in block:
                row = lines + block[: block.index(b"\x00")].count(b"\n")
                raise FileBroken(
                    "含有空字节（NUL），不是文本文件 (NUL bytes)",
                    "请用表格软件打开后另存为“CSV UTF-8（逗号分隔）”；UTF-16 的文件也会这样 (save as CSV UTF-8)",
                    row,
                )
            try:
                decoder.decode(block)
            except UnicodeDecodeError as bad:
                return lines + block[: max(bad.start, 0)].count(b"\n")
            lines += block.count(b"\n")
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return lines
    return 0


def _shape(path: Path, encoding: str) -> Shape:
    """The headings, in the first row that is not blank, and how many lines they end on."""
    with path.open(encoding=encoding.replace("utf-8", "utf-8-sig"), newline="") as stream:
        reader = csv.reader(_lines(stream))
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    if not any(line.strip() for line in _lines(stream)):
                        raise FileBroken(
                            "只有列名，没有数据行 (no rows)", "请在列名之下写入数据 (write rows)"
                        )
                    return Shape(encoding, cells, reader.line_num)
        except csv.Error as bad:
            message = f"第一行列名读不了：{bad} (header not readable)"
            raise FileBroken(message, "请检查引号和逗号 (check quotes and commas)", 1) from None
    raise FileBroken("没有内容 (empty file)", "请重新导出，第一行写列名 (export it again)")


def _lines(stream: IO[str]) -> Iterator[str]:
    while line := stream.readline(HEADER_CHARACTERS):
        if len(line) == HEADER_CHARACTERS:
            raise FileBroken(
                f"一行超过 {HEADER_CHARACTERS:,} 个字符，不像是 CSV 文件 (line too long)",
                "请重新导出，一条记录一行 (one record a line)",
                1,
            )
        yield line


def _rows(path: Path, file: str, shape: Shape, found: dict[str, int], log: FindingLog) -> Iterator[Rows]:
    misshapen: list[tuple[int, int]] = []

    def skip(row: Any) -> str:
        misshapen.append((row.number, row.actual_columns))
        return "skip"

    names = {f"c{place}": name for name, place in found.items()}
    all_columns = [f"c{place}" for place in range(len(shape.headings))]
    following = shape.lines_before_data + 1
    try:
        reader = arrow_csv.open_csv(
            path,
            read_options=arrow_csv.ReadOptions(
                block_size=BLOCK,
                encoding=shape.encoding,
                skip_rows=shape.lines_before_data,
                column_names=all_columns,
                use_threads=False,  # only then are rows numbered
            ),
            parse_options=arrow_csv.ParseOptions(
                newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=skip
            ),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=list(names),
                column_types=dict.fromkeys(all_columns, pa.string()),
                strings_can_be_null=False,
            ),
        )
        for batch in reader:
            numbers = _numbers(following, batch.num_rows, [number for number, _ in misshapen])
            following = int(numbers[-1]) + 1 if len(numbers) else following
            _tell(file, shape, [m for m in misshapen if m[0] < following], log)
            misshapen = [m for m in misshapen if m[0] >= following]
            yield _without_blank(numbers, batch, names)
        _tell(file, shape, misshapen, log)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as broken:
        _tell(file, shape, misshapen, log)
        what = str(broken).splitlines()[0] if str(broken) else type(broken).__name__
        message = f"第 {following} 行之后读不下去：{what} (broken file)"
        raise FileBroken(message, "请检查引号是否成对、一条记录是否过长 (check quotes)", following) from None


def _numbers(following: int, count: int, left_out: list[int]) -> np.ndarray:
    """The numbers of the next `count` rows, after those that were left out."""
    gaps = [number for number in left_out if number >= following]
    numbers = np.arange(following, following + count + len(gaps), dtype=np.int64)
    return numbers[~np.isin(numbers, gaps)][:count] if gaps else numbers


def _tell(file: str, shape: Shape, misshapen: list[tuple[int, int]], log: FindingLog) -> None:
    if misshapen:
        frame = pl.DataFrame(misshapen, schema={"row": pl.Int64, "cells": pl.Int64}, orient="row")
        log.many(
            Where(file, "", frame["row"], pl.select(pl.format("{} 列", frame["cells"])).to_series()),
            f"列数与列名不符，应有 {len(shape.headings)} 列 (wrong number of cells)",
            "请检查这一行的逗号和引号；内容里有逗号的，整格用引号括起来 (check commas and quotes)",
            kind="列数与列名不符 (wrong number of cells)",
        )


def _without_blank(numbers: np.ndarray, batch: pa.RecordBatch, names: dict[str, str]) -> Rows:
    # Column by column: imported as one, a batch would stay in memory for the sake of its ids.
    cells = pl.DataFrame({name: pl.from_arrow(batch.column(column)) for column, name in names.items()})
    written = cells.select(pl.any_horizontal(pl.all().str.strip_chars() != "")).to_series()
    return Rows(pl.Series(numbers).filter(written), cells.filter(written))
