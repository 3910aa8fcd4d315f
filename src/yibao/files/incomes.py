"""The incomes file (收入文件): disposable income a head and household of each person, where somebody knows them.

Only for breaking differences down; nothing is settled by it. Who is not in the file is unknown.
"""

from pathlib import Path
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from yibao.files.cells import money_or_none, parts_of
from yibao.files.columns import Column, Layout
from yibao.files.log import FindingLog
from yibao.files.source import file_name, open_source
from yibao.files.tables import joined, repeated

INCOME_LAYOUT = Layout(
    "收入文件 (incomes)",
    (
        Column("person_id", "人员编号", ("个人编号", "参保人编号"), "人员文件中的编号"),
        Column("income", "人均可支配收入", ("收入", "年收入"), "元；不知道的空着"),
        Column("income_fen", "人均可支配收入分", (), "整数，分；与上一列二选一"),
        Column("household", "家庭编号", ("户编号", "家庭"), "同一家庭写同一编号；不知道的空着"),
    ),
    needed=(("person_id",), ("income", "income_fen", "household")),
    either=(("income", "income_fen"),),
)


class Incomes(NamedTuple):
    """By row of PEOPLE: income a head in fen and household, null where unknown; None where the file has no such column."""

    income_fen: pa.ChunkedArray | None
    household: pa.ChunkedArray | None


def read_incomes(path: Path, people: pa.Table, log: FindingLog) -> Incomes:
    """The incomes of these people. What is wrong is in the log; a person who is not in PEOPLE is a finding."""
    source = open_source(path, INCOME_LAYOUT, log)
    known = pl.Series(people.column("person_id").to_pylist(), dtype=pl.String)
    parts = []
    for part in parts_of(source, log):
        person_id = part.text("person_id")
        part.refuse(person_id.is_null(), "person_id", "没有填写 (empty)", "请填上 (fill it in)")
        strange = person_id.is_not_null() & ~person_id.is_in(known.implode())
        part.refuse(strange, "person_id", "人员文件中没有这个人 (no such person)", "请核对编号，或去掉这一行")
        income = (
            money_or_none(part, "income")
            if part.has("income") or part.has("income_fen")
            else pl.repeat(None, len(part), dtype=pl.Int64, eager=True)
        )
        part.refuse(income < 0, "income", "收入小于零 (below zero)", "请核对；不知道的空着")
        cells = {"row": part.numbers, "person_id": person_id, "income_fen": income}
        parts.append(pl.DataFrame({**cells, "household": part.text("household")}))
    frame = joined(parts)
    if source is None or frame is None:
        return Incomes(None, None)
    repeated(frame, "person_id", file_name(path), log, source.headings["person_id"])
    found = pl.DataFrame({"person_id": known}).join(
        frame.unique("person_id", keep="first"), on="person_id", how="left", maintain_order="left"
    )
    return Incomes(
        _column(found["income_fen"]) if {"income", "income_fen"} & set(source.headings) else None,
        _column(found["household"].cast(pl.String)) if "household" in source.headings else None,
    )


def _column(values: pl.Series) -> pa.ChunkedArray:
    column = values.to_arrow()
    return pa.chunked_array([column.cast(pa.string()) if values.dtype == pl.String else column])
