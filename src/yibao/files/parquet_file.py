"""Parquet files, read some rows at a time; only the columns that are wanted."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from yibao.files.source import LARGEST_ROWS, FileBroken, Opened, Rows
from yibao.kernel.days import day_number

ROWS = 200_000
LARGEST_UNPACKED = 16 * 1024**3

FIRST_DAY = day_number(date(1, 1, 2))
LAST_DAY = day_number(date(9999, 12, 30))
SIXTY_THREE_BITS = 2**63 - 1

REMEDY = "请重新导出，并核对文件是否传完整 (export it again, or copy it whole)"


def opened(path: Path) -> Opened:
    """A Parquet file ready to be read. Raises FileBroken."""
    try:
        file = parquet.ParquetFile(path, pre_buffer=False)
        schema = file.schema_arrow
    except (pa.ArrowException, OSError, ValueError) as broken:
        raise FileBroken(f"不是完好的 Parquet 文件：{_first_line(broken)} (broken file)", REMEDY) from None
    meta = file.metadata
    unpacked = sum(meta.row_group(at).total_byte_size for at in range(meta.num_row_groups))
    if meta.num_rows > LARGEST_ROWS or unpacked > LARGEST_UNPACKED:
        message = f"有 {meta.num_rows:,} 行、{unpacked / 1024**3:.1f} GB，一次处理不了 (file too large)"
        raise FileBroken(message, "请按人切成几个文件，同一人的行放在同一个文件里 (cut it between persons)")
    return Opened(list(schema.names), meta.num_rows, lambda found: _rows(file, schema, found))


def _rows(file: parquet.ParquetFile, schema: pa.Schema, found: dict[str, int]) -> Iterator[Rows]:
    unfit = [schema.names[place] for place in found.values() if not _fit(schema.types[place])]
    if unfit:
        remedy = "请写成文本、整数、小数、日期或时间 (write text, numbers, days or moments)"
        raise FileBroken(f"列 {'、'.join(unfit)} 的类型不能用，或是嵌套类型 (unfit column types)", remedy)
    following = 1
    try:
        batches = file.iter_batches(
            batch_size=ROWS, columns=[schema.names[place] for place in found.values()]
        )
        for batch in batches:
            # Column by column: imported as one, a batch would stay in memory for the sake of its ids.
            cells = pl.DataFrame(
                {name: _series(batch.column(schema.names[place])) for name, place in found.items()}
            )
            numbers = pl.Series(range(following, following + cells.height), dtype=pl.Int64)
            following += cells.height
            yield Rows(numbers, cells)
    except (pa.ArrowException, OSError, ValueError, pl.exceptions.PolarsError) as broken:
        message = f"第 {following} 行之后读不下去：{_first_line(broken)} (broken file)"
        raise FileBroken(message, REMEDY, following) from None


def _fit(kind: pa.DataType) -> bool:
    """Whether cells of a type can be read as words, numbers, days or moments."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    names = "null boolean integer floating decimal date timestamp string large_string string_view binary large_binary"
    return any(getattr(pa.types, f"is_{name}")(kind) for name in names.split())


def _series(column: pa.Array) -> pl.Series:
    """A column for Polars, which panics at days that no calendar has and at a few types: those become text."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return _days(column)
    if pa.types.is_decimal(kind):
        column = column.cast(pa.string())
    if pa.types.is_float16(kind):
        column = column.cast(pa.float32())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        texts = [None if cell is None else cell.decode("utf-8", "replace") for cell in column.to_pylist()]
        return pl.Series(texts, dtype=pl.String)
    series = pl.from_arrow(column)
    assert isinstance(series, pl.Series)
    return series


def _days(column: pa.Array) -> pl.Series:
    """Days or moments; as text where one of them lies outside the years 1 to 9999."""
    if pa.types.is_date(column.type):
        a_day, column = 1, column.cast(pa.date32())
        numbers = pl.from_arrow(column.cast(pa.int32()).cast(pa.int64()))
    else:
        a_day = 86_400 * {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[column.type.unit]
        numbers = pl.from_arrow(column.cast(pa.int64()))
    assert isinstance(numbers, pl.Series)
    first, last = max(FIRST_DAY * a_day, -SIXTY_THREE_BITS), min(LAST_DAY * a_day, SIXTY_THREE_BITS)
    outside = (numbers < first) | (numbers > last)
    if not outside.any():
        series = pl.from_arrow(column)
        assert isinstance(series, pl.Series)
        return series
    within = pl.from_arrow(pc.if_else(pa.array(outside.fill_null(False).to_numpy()), None, column))
    assert isinstance(within, pl.Series)
    words = pl.select(pl.format("日历之外的日期 {}", numbers)).to_series()
    return pl.select(pl.when(outside).then(words).otherwise(within.cast(pl.String))).to_series()


def _first_line(broken: BaseException) -> str:
    return str(broken).splitlines()[0] if str(broken) else type(broken).__name__
