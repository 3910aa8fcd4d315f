"""The files of a reform (测算结果文件): the page, a workbook, JSON, and Parquet tables with every figure in fen.

Tables hold no time and no name of a machine. `units.parquet` names each person or household by the id that the data
have, so it is for those who hold the data; the page and the workbook name nobody.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import xlsxwriter
from pyarrow import parquet

from yibao.kernel.standing import STANDING_WORDS
from yibao.reports.reform_html import reform_html
from yibao.reports.reform_json import facts
from yibao.reports.reform_report import (
    Difference,
    ReformReport,
    band_rows,
    breakdowns,
    change_rows,
    fund_rows,
    layer_rows,
    notices,
    pool_rows,
    response_rows,
    statement_rows,
    tiles,
    unit_words,
)
from yibao.reports.year_excel import COUNT, MONEY, Sheet
from yibao.simulate.reform import Reform
from yibao.simulate.reform_breakdown import BY_WORDS
from yibao.simulate.reform_people import PERSON
from yibao.simulate.reform_pooling import Pooled
from yibao.simulate.tables import PAYER_WORDS

PAGE, WORKBOOK, JSON = "report.html", "reform.xlsx", "reform.json"
FILES: dict[str, tuple[str, str]] = {
    JSON: ("全部数字，金额以分为单位", "every figure, in fen"),
    WORKBOOK: ("各表，金额以元为单位", "every table, in yuan"),
    "breakdown.parquet": ("分项差额，一行一项一支付方（分）", "differences by row and payer, in fen"),
    "claims.parquet": ("逐笔：各支付方现行与改革后（分）", "claim by claim, both sides, in fen"),
    "units.parquet": ("逐人（户）：全年付的钱与负担（分）", "by person or household, in fen"),
    "grid.parquet": ("网格各格（分）", "the cells of the grid, in fen"),
    "pooling.parquet": ("调剂金：各县（市、区）上解与调剂（分）", "the adjustment fund by county, in fen"),
}
"""The files beside the page, and what each holds; `grid` and `pooling` only where they were asked for."""

OURS = frozenset({PAGE, *FILES})


def write_reform(report: ReformReport, folder: Path) -> None:
    """Writes all files into a folder."""
    left_out = {"grid.parquet"} if report.grid is None else set()
    left_out |= {"pooling.parquet"} if report.pooled is None else set()
    files = {name: words for name, words in FILES.items() if name not in left_out}
    _write(report.reform.breakdown.to_arrow(), folder / "breakdown.parquet")
    _write(claims_table(report.reform), folder / "claims.parquet")
    _write(units_table(report.reform), folder / "units.parquet")
    if report.grid is not None:
        _write(report.grid.to_arrow(), folder / "grid.parquet")
    if report.pooled is not None:
        _write(pooling_table(*report.pooled), folder / "pooling.parquet")
    (folder / JSON).write_text(json.dumps(facts(report), ensure_ascii=False, indent=1, default=str), "utf-8")
    _workbook(report, folder / WORKBOOK)
    (folder / PAGE).write_text(reform_html(report, files), "utf-8")


def claims_table(reform: Reform) -> pa.Table:
    """One row a claim: what each payer bears on both sides, `<payer>_before_fen` and `<payer>_after_fen`."""
    year = reform.before.year
    columns = {
        name: year.settlements[name] for name in ("claim_id", "person", "institution", "kind", "category")
    }
    columns["refusal_before"] = year.settlements["refusal"]
    columns["refusal_after"] = reform.after.year.settlements["refusal"]
    for when, side in (("before", reform.before), ("after", reform.after)):
        columns |= {f"{payer}_{when}_fen": pa.array(side.column(payer)) for payer in PAYER_WORDS}
    return pa.table(columns)


def units_table(reform: Reform) -> pa.Table:
    """One row a person or household under the id that the data have for it."""
    units = reform.reached.units
    ids = pl.Series(reform.data.people["person_id"].to_pylist(), dtype=pl.String)
    name = "person_id"
    if reform.reached.unit != PERSON and reform.data.household is not None:
        own = pl.Series(reform.data.household.to_pylist(), dtype=pl.String)
        ids, name = own.fill_null(ids), "household"
        first = np.unique(ids.to_numpy(), return_index=True)[1]
        ids = ids.gather(np.sort(first))
    found = units.drop("unit").insert_column(0, ids.alias(name))
    if reform.deciles is not None and name == "person_id":
        found = found.with_columns(income_decile=pl.Series(reform.deciles))
    return found.to_arrow()


def pooling_table(today: Pooled, after: Pooled) -> pa.Table:
    """The adjustment fund, a row a county: `side` is `before` or `after`."""
    frames = [of.rows.with_columns(side=pl.lit(when)) for when, of in (("before", today), ("after", after))]
    return pl.concat(frames).to_arrow()


def _write(table: pa.Table, path: Path) -> None:
    parquet.write_table(table, path, compression="zstd", compression_level=1)


def _workbook(report: ReformReport, path: Path) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        _summary(report, Sheet(book, "摘要", (44, 40, 18, 18, 40)))
        _payers(report, Sheet(book, "谁多付谁少付", (44, *[18] * 3)))
        _breakdowns(report, Sheet(book, "分项差额", (44, *[16] * 10)))
        _people(report, Sheet(book, "受益与受损", (30, *[18] * 3)))
        if report.pooled is not None:
            _pooling(report, Sheet(book, "调剂金", (30, *[18] * 6)))
        if report.grid is not None:
            _grid(report, report.grid, Sheet(book, "网格", (24, 24, *[18] * 14)))


def _summary(report: ReformReport, sheet: Sheet) -> None:
    reform = report.reform
    sheet.title(f"{report.area[0]} {reform.year} 年度改革测算")
    made = "生成数据，不是真实记录" if reform.data.generated else f"用户数据 {report.reproduction.input_name}"
    rows = [(tile.chinese, tile.value, tile.unit, tile.note, "") for tile in tiles(reform)]
    rows += [("数据", made, "", "", ""), ("命令", report.reproduction.command, "", "", "")]
    rows += [("说明", chinese, "", "", "") for chinese, _ in notices(reform)]
    sheet.table(("项目", "数值", "单位", "说明", ""), rows, ("",) * 5)
    sheet.title("改动，均为假定")
    changes = [(row.name, row.label, row.before, row.after, row.days) for row in change_rows(reform)]
    changes += [(rule, "规则", "在册规则", "文件中的规则", "") for rule in reform.rules.replaced]
    sheet.table(("数字", "条目", "现行", "改为", "日期"), changes, ("",) * 5)
    if reform.response is not None:
        sheet.title("就医反应，假定")
        response = [
            (kind[0], at[0], e, f"{was} → {now}", bills)
            for kind, at, e, was, now, bills in response_rows(reform)
        ]
        sheet.table(("医疗类别", "机构类别", "弹性", "个人负担比例", "医疗费变动"), response, ("",) * 5)
    sheet.title("改动的条目与它们所代替的")
    entries = {
        of.after.id: (
            of.after.id,
            of.after.note,
            STANDING_WORDS[of.after.standing][0],
            of.was.id,
            of.was.cite or of.was.source,
        )
        for of in reform.overlay.changed
    }
    sheet.table(("条目", "说明", "效力", "代替", "原依据"), list(entries.values()), ("",) * 5)


def _payers(report: ReformReport, sheet: Sheet) -> None:
    for title, rows in (
        ("按资金（元）", fund_rows(report.reform)),
        ("按支付方（元）", layer_rows(report.reform)),
        ("基金收支（元）", statement_rows(report.reform)),
    ):
        _sides(sheet, title, rows)


def _sides(sheet: Sheet, title: str, rows: Sequence[Difference]) -> None:
    sheet.title(title)
    cells = [(of.words[0], of.before_fen / 100, of.after_fen / 100, of.difference_fen / 100) for of in rows]
    sheet.table(("项目", "现行", "改革后", "差额"), cells, ("", MONEY, MONEY, MONEY))


def _breakdowns(report: ReformReport, sheet: Sheet) -> None:
    payers = [words[0] for words in PAYER_WORDS.values()]
    for by, rows in breakdowns(report.reform).items():
        sheet.title(f"按{BY_WORDS[by][0]}：差额（元）")
        cells = [
            (row.words[0], row.claims, row.people, *(cell / 100 for cell in row.cells), row.bill / 100)
            for row in rows
        ]
        heads = (BY_WORDS[by][0], "笔数", "人数", *payers, "医疗费")
        sheet.table(heads, cells, ("", COUNT, COUNT, *[MONEY] * (len(payers) + 1)))


def _people(report: ReformReport, sheet: Sheet) -> None:
    reform, unit = report.reform, unit_words(report.reform)[0]
    sheet.title("全年变动的分布（元）")
    bands = [(row.words, row.units, row.difference_fen / 100) for row in band_rows(reform)]
    sheet.table(("变动", f"{unit}数", "金额"), bands, ("", COUNT, MONEY))
    sheet.title("重负担（预警线以上）")
    left, joined = reform.reached.moved()
    heavy = [
        ("现行", reform.reached.heavy_before),
        ("改革后", reform.reached.heavy_after),
        ("退出", left),
        ("新进", joined),
    ]
    sheet.table(("项目", f"{unit}数"), heavy, ("", COUNT))


def _pooling(report: ReformReport, sheet: Sheet) -> None:
    sheet.title("调剂金，改革后（元）")
    rows = [
        (
            of.name,
            of.covered,
            of.balance_fen / 100,
            of.pays_in_fen / 100,
            of.receives_fen / 100,
            of.after_fen / 100,
        )
        for of in pool_rows(report)
    ]
    heads = ("县（市、区）", "参保人数", "当年结余", "上解", "调剂", "调剂后")
    sheet.table(heads, rows, ("", COUNT, *[MONEY] * 4))


def _grid(report: ReformReport, grid: pl.DataFrame, sheet: Sheet) -> None:
    sheet.title("网格（元）")
    names = [name for name in grid.columns if name not in report.grid_axes]
    rows = [
        (
            *(row[axis] for axis in report.grid_axes),
            *(row[n] / 100 if n.endswith("_fen") else row[n] for n in names),
        )
        for row in grid.iter_rows(named=True)
    ]
    kinds = [
        MONEY if name.endswith("_fen") else COUNT if name.endswith("_units") else MONEY for name in names
    ]
    sheet.table(
        (*report.grid_axes, *(name.removesuffix("_fen") for name in names)),
        rows,
        (*[""] * len(report.grid_axes), *kinds),
    )
