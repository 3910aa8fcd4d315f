"""Settlements and adjustments as files: Parquet for programs (English names, fen), CSV and Excel for people (Chinese, yuan)."""

from collections.abc import Callable, Mapping
from enum import IntEnum
from pathlib import Path

import polars as pl
import pyarrow as pa

from yibao.assistance.terms import CATEGORY_WORDS, Category
from yibao.benefits.refusals import REFUSAL_WORDS
from yibao.benefits.terms import VISIT_WORDS, Refusal, VisitKind
from yibao.engine.year import Payer
from yibao.kernel.standing import STANDING_WORDS, Standing
from yibao.simulate.standing import LAYER_WORDS, PAYING

EXCEL_ROWS = 1_000_000
"""Rows up to which an Excel workbook is written too."""

AT_ONCE = 200_000
"""Rows put into words at a time: text takes far more memory than codes."""

PARQUET, CSV, EXCEL = "settlements.parquet", "settlements.csv", "settlements.xlsx"
ADJUSTMENTS_PARQUET, ADJUSTMENTS_CSV = "adjustments.parquet", "adjustments.csv"
OURS = frozenset({PARQUET, CSV, EXCEL, ADJUSTMENTS_PARQUET, ADJUSTMENTS_CSV})
"""Every file of results that may be written."""

NAMES: dict[str, type[IntEnum]] = {
    "kind": VisitKind,
    "category": Category,
    "refusal": Refusal,
    "standing": Standing,
}

WORDS: dict[str, Mapping[int, str | None]] = {
    "kind": {kind: words[0] for kind, words in VISIT_WORDS.items()},
    "category": {category: words[0] for category, words in CATEGORY_WORDS.items()},
    "refusal": {0: None} | {int(refusal): words.chinese for refusal, words in REFUSAL_WORDS.items()},
    "standing": {standing: words[0] for standing, words in STANDING_WORDS.items()},
}

HEADINGS = {
    "claim_id": "结算号",
    "reverses": "冲销结算号",
    "person_id": "人员编号",
    "institution_code": "机构代码",
    "kind": "医疗类别",
    "category": "结算身份",
    "served_on": "就医日期",
    "settled_at": "结算时间",
    "refusal": "不予支付原因",
    "remedy": "可以怎么办",
    "total_fen": "医疗费总额",
    "own_expense_fen": "全自费",
    "in_scope_fen": "政策范围内",
    "basic_fen": "基本医保支付",
    "catastrophic_fen": "大病保险支付",
    "assistance_fen": "医疗救助支付",
    "top_up_fen": "倾斜救助支付",
    "hospital_fen": "医疗机构负担",
    "special_fund_fen": "专项资金支付",
    "person_fen": "个人负担",
    "standing": "依据效力",
    "year_incomplete": "年度累计不全",
}
"""Columns of the files for people, in their order."""

PAYERS: dict[int, str] = {
    **{int(Payer[layer.upper()]): LAYER_WORDS[layer][0] for layer in PAYING},
    int(Payer.HOSPITAL): "医疗机构",
}

ADJUSTMENT_HEADINGS = {
    "claim_id": "结算号",
    "person_id": "人员编号",
    "payer": "支付方",
    "difference_fen": "差额",
    "direction": "补付或收回",
}
"""Columns of the adjustments for people. A difference above zero is payable to the person."""


def named(settlements: pa.Table, people: pa.Table, institutions: pa.Table) -> pl.DataFrame:
    """SETTLEMENTS (with `year_incomplete`) with the ids of people and institutions in the place of their rows."""
    frame = _frame(settlements)
    ids = _series(people.column("person_id")).gather(frame["person"])
    codes = _series(institutions.column("institution_code")).gather(frame["institution"])
    place = frame.columns.index("person")
    rest = frame.drop("person", "institution", "row")
    return rest.insert_column(place, ids.alias("person_id")).insert_column(
        place + 1, codes.alias("institution_code")
    )


def named_adjustments(adjustments: pa.Table, people: pa.Table) -> pl.DataFrame:
    """ADJUSTMENTS with the ids of people in the place of their rows."""
    frame = _frame(adjustments)
    ids = _series(people.column("person_id")).gather(frame["person"])
    return frame.select("claim_id", ids.alias("person_id"), "payer", "difference_fen")


def write_adjustments(frame: pl.DataFrame, folder: Path) -> None:
    """For programs with the payer's English name and fen, for people in Chinese and yuan."""
    payers = {int(payer): payer.name for payer in Payer}
    member = pl.col("payer").replace_strict(payers, return_dtype=pl.String).cast(pl.Categorical)
    frame.with_columns(member).write_parquet(folder / ADJUSTMENTS_PARQUET)
    direction = pl.when(pl.col("difference_fen") > 0).then(pl.lit("应付给个人"))
    worded = frame.with_columns(
        pl.col("payer").replace_strict(PAYERS, return_dtype=pl.String),
        _yuan(pl.col("difference_fen")).alias("difference_fen"),
        direction=direction.otherwise(pl.lit("应向个人收回")),
    ).rename(ADJUSTMENT_HEADINGS)
    worded.write_csv(folder / ADJUSTMENTS_CSV, include_bom=True)


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """For programs: members by their English names, amounts in whole fen."""
    columns = [
        pl.col(name)
        .replace_strict({int(m): m.name for m in members}, return_dtype=pl.String)
        .cast(pl.Categorical)
        for name, members in NAMES.items()
    ]
    frame.with_columns(columns).write_parquet(path, compression="zstd", compression_level=1)


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """For people: Chinese words, amounts in yuan with two decimals, and a mark by which Excel knows UTF-8."""
    amounts = [_yuan(pl.col(name)).alias(name) for name in HEADINGS if name.endswith("_fen")]
    with path.open("wb") as stream:
        for part in frame.iter_slices(AT_ONCE):
            first = stream.tell() == 0
            worded = _worded(part).with_columns(amounts).rename(HEADINGS)
            worded.write_csv(stream, include_bom=first, include_header=first)


def write_excel(frame: pl.DataFrame, path: Path, progress: Callable[[int], None]) -> None:
    """The same as a workbook; ids stay text and amounts are numbers that show two decimals."""
    import xlsxwriter

    kinds = [name.endswith("_fen") for name in HEADINGS]
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("结算结果")
    bold, amount = book.add_format({"bold": True}), book.add_format({"num_format": "0.00"})
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(kinds) - 1, 14)
    for at, heading in enumerate(HEADINGS.values()):
        sheet.write_string(0, at, heading, bold)
    rows = (row for part in frame.iter_slices(AT_ONCE) for row in _worded(part).iter_rows())
    for number, row in enumerate(rows, start=1):
        for at, (value, in_fen) in enumerate(zip(row, kinds, strict=True)):
            if in_fen:
                sheet.write_number(number, at, value / 100, amount)
            elif value:
                sheet.write_string(number, at, value)
        if number % 10_000 == 0:
            progress(number)
    book.close()


def _worded(frame: pl.DataFrame) -> pl.DataFrame:
    remedies: dict[int, str | None] = {0: None} | {int(r): words.remedy for r, words in REFUSAL_WORDS.items()}
    columns = [
        pl.col(name).replace_strict({int(k): w for k, w in words.items()}, return_dtype=pl.String)
        for name, words in WORDS.items()
    ]
    return frame.with_columns(
        *columns,
        pl.col("refusal").replace_strict(remedies, return_dtype=pl.String).alias("remedy"),
        pl.col("served_on").cast(pl.String),
        pl.col("settled_at").dt.strftime("%Y-%m-%d %H:%M:%S"),
        pl.when("year_incomplete").then(pl.lit("是")).alias("year_incomplete"),
    ).select(list(HEADINGS))


def _yuan(fen: pl.Expr) -> pl.Expr:
    whole, rest = (fen.abs() // 100).cast(pl.String), (fen.abs() % 100).cast(pl.String).str.zfill(2)
    return pl.when(fen < 0).then(pl.lit("-")).otherwise(pl.lit("")) + whole + "." + rest


def _frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _series(column: pa.ChunkedArray) -> pl.Series:
    series = pl.from_arrow(column)
    assert isinstance(series, pl.Series)
    return series
