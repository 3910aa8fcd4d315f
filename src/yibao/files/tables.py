"""Parts put together into an Arrow table of a fixed schema, with what can only be seen over the whole file."""

from collections.abc import Sequence

import polars as pl
import pyarrow as pa

from yibao.files.log import FindingLog, Where


def joined(parts: Sequence[pl.DataFrame]) -> pl.DataFrame | None:
    """All rows of a file; None where there are none."""
    return pl.concat(parts) if parts else None


def repeated(frame: pl.DataFrame, name: str, file: str, log: FindingLog, heading: str = "") -> pl.Series:
    """Which rows have an id that another row has too; each of them is a finding."""
    twice = frame[name].is_duplicated() & frame[name].is_not_null()
    if twice.any():
        again = frame.filter(twice).select("row", name)
        first = again.select(pl.col("row").min().over(name)).to_series()
        times = again.select(pl.len().over(name)).to_series()
        messages = pl.select(
            pl.format("编号出现 {} 次，首次在第 {} 行 (given twice)", times, first)
        ).to_series()
        log.many(
            Where(file, heading or name, again["row"], again[name]),
            messages,
            "请只保留一行，或改正编号 (keep one row)",
            kind="编号重复 (given twice)",
        )
    return twice


def as_table(frame: pl.DataFrame | None, schema: pa.Schema) -> pa.Table:
    """A frame as an Arrow table of a schema. Takes the frame's columns away one by one: a large one never stands twice."""
    if frame is None:
        return schema.empty_table()
    fitted = []
    for field in schema:
        column = frame.drop_in_place(field.name).rechunk().to_arrow().cast(_plain(field.type))
        fitted.append(
            column.dictionary_encode().cast(field.type) if pa.types.is_dictionary(field.type) else column
        )
    return pa.table(fitted, schema=schema)


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
