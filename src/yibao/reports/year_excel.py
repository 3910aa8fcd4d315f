"""A year report as a workbook: the same numbers in yuan to the fen, with what each rests on.

Money cells are numbers of yuan; a workbook holds fifteen digits, so every fen of a fund under ten trillion yuan is exact.

carries_out: ORG-02, BEN-03
"""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import xlsxwriter

from yibao.assessment.terms import Unit, Verdict
from yibao.assistance.terms import CATEGORY_WORDS
from yibao.fund.statement import FormLine, decimals, expense_lines, income_lines
from yibao.kernel.standing import STANDING_WORDS, Standing
from yibao.ledger.accounts import ACCOUNTS, FUND_WORDS, Fund
from yibao.reports.year_charts import band_name
from yibao.reports.year_report import YearReport
from yibao.reports.year_tables import Cross
from yibao.reports.year_words import indicator_row, percent, tiles

SHEETS = ("摘要", "筹资", "待遇", "基金收支", "指标", "重负担", "依据", "科目余额")
"""The sheets, in order."""

MONEY, COUNT, SHARE = "#,##0.00", "#,##0", "0.00%"


class Sheet:
    """One sheet written from the top down; a table: rows that travel together with the place of the next."""

    def __init__(self, book: Any, name: str, widths: Sequence[int]) -> None:
        self.sheet = book.add_worksheet(name)
        self.row = 0
        self.head = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom"})
        self.title_format = book.add_format({"bold": True, "font_size": 13})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.formats = {
            kind: book.add_format({"num_format": kind, "valign": "top"}) for kind in (MONEY, COUNT, SHARE)
        }
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    def title(self, text: str) -> None:
        """A heading, with a blank line above unless it is the first."""
        self.row += 1 if self.row else 0
        self.sheet.write_string(self.row, 0, text, self.title_format)
        self.row += 1

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[object]], kinds: Sequence[str]) -> None:
        """A table: `kinds` says of each column how its numbers are shown, "" for text."""
        for column, head in enumerate(heads):
            self.sheet.write_string(self.row, column, head, self.head)
        for cells in rows:
            self.row += 1
            for column, (cell, kind) in enumerate(zip(cells, kinds, strict=True)):
                if isinstance(cell, (int, float)) and kind:
                    self.sheet.write_number(self.row, column, cell, self.formats[kind])
                else:
                    self.sheet.write_string(self.row, column, str(cell), self.text)
        self.row += 1


def write_year_excel(report: YearReport, path: Path) -> None:
    """Writes the workbook."""
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        for name, write in zip(
            SHEETS,
            (_summary, _financing, _benefits, _fund, _indicators, _burden, _sources, _accounts),
            strict=True,
        ):
            widths = {"指标": (10, 36, 14, 18, 12, 60, 28, 22, 46), "依据": (34, 46, 18, 60, 60)}
            write(report, Sheet(book, name, widths.get(name, (44, *[18] * 12))))


def _summary(report: YearReport, sheet: Sheet) -> None:
    sheet.title(f"{report.area[0]} {report.year} 年度城乡居民医保运行报告")
    origin = (
        f"生成数据，种子 {report.reproduction.seed}，不是真实记录"
        if report.generated
        else f"用户数据 {report.reproduction.input_name}"
    )
    rows = [(tile.chinese, tile.value, tile.unit, tile.note) for tile in tiles(report)]
    rows += [
        ("数据", origin, "", ""),
        ("命令", report.reproduction.command, "", ""),
        ("规则文本哈希", report.reproduction.kernel_hash, "", ""),
        ("程序版本", report.reproduction.version, "", ""),
    ]
    sheet.table(("项目", "数值", "单位", "说明"), rows, ("", "", "", ""))
    sheet.title("金额按依据效力（元）")
    standing = [
        (row.layer[0], STANDING_WORDS[row.standing][0], _yuan(row.amount_fen)) for row in report.standing
    ]
    sheet.table(("资金", "效力", "金额"), standing, ("", "", MONEY))
    if report.generated:
        sheet.title("生成数据的校准")
        calibration = [
            (
                c.words[0],
                c.shown(c.generated),
                c.shown(c.published),
                "生成时对准" if c.aimed else "由政策得出",
                c.source,
            )
            for c in report.calibration
        ]
        sheet.table(("指标", "生成", "公布", "性质", "来源"), calibration, ("",) * 5)


def _financing(report: YearReport, sheet: Sheet) -> None:
    sheet.title("按出资方（元）")
    rows = [(words[0], _yuan(fen)) for words, fen in report.financing]
    sheet.table(("出资方", "金额"), [*rows, ("合计", _yuan(report.financing_fen))], ("", MONEY))
    _cross(sheet, "按县（市、区）和出资方（元）", report.by_county)


def _benefits(report: YearReport, sheet: Sheet) -> None:
    _cross(sheet, "按医疗机构类别（元）", report.by_class)
    _cross(sheet, "按医疗类别（元）", report.by_kind)
    _cross(sheet, "按结算身份（元）", report.by_category)
    sheet.title("不予支付（元）")
    refused = [(row.words[0], row.clause, row.claims, _yuan(row.amount_fen)) for row in report.refused]
    sheet.table(("原因", "依据", "笔数", "金额"), refused, ("", "", COUNT, MONEY))


def _fund(report: YearReport, sheet: Sheet) -> None:
    of = report.statement
    for title, lines in (("收入（元）", income_lines(of)), ("支出（元）", expense_lines(of))):
        sheet.title(title)
        sheet.table(("项目", "行次", "金额"), [_form_row(line) for line in lines], ("", "", MONEY))
    sheet.title("结余")
    opening = "给定" if report.opening.given else "假定：全国居民医保2022年末可支付月数×本年月均支出"
    sheet.table(
        ("项目", "数值", "说明"),
        [
            ("可支付月数", decimals(of.reserve_months), "年末滚存结余÷（本年支出÷12）"),
            ("期初结余", decimals(Fraction(report.opening.amount_fen, 100)), opening),
        ],
        ("", "", ""),
    )
    sheet.title("另两项资金（元）")
    others = [
        (f.words[0], _yuan(f.income_fen), _yuan(f.expense_fen), _yuan(f.balance_fen))
        for f in report.other_funds
    ]
    sheet.table(("资金", "收入", "支出", "本年结余"), others, ("", MONEY, MONEY, MONEY))


def _indicators(report: YearReport, sheet: Sheet) -> None:
    sheet.title("可由年度数据计算的指标")
    rows = []
    for indicator in report.indicators:
        row = indicator_row(indicator)
        empty = indicator.verdict == Verdict.NOTHING_TO_MEASURE
        kind = "%" if indicator.target.unit == Unit.SHARE else "元"
        value = (
            "" if empty else decimals(indicator.value * 100 if kind == "%" else indicator.value / 100) + kind
        )
        rows.append(
            (
                row["id"],
                row["chinese"],
                value,
                row["target"],
                row["verdict_words"][0],
                row["definition"],
                row["cite"],
                "、".join(row["clauses"]),
                row["entry_id"],
            )
        )
    heads = ("编号", "指标", "数值", "目标", "评价", "口径", "依据", "条款", "条目")
    sheet.table(heads, rows, ("",) * len(heads))
    sheet.title("县域内机构目录外费用占比（BEN-03，元）")
    off_list = [
        (
            o.institution_code,
            o.name,
            o.visits,
            _yuan(o.own_expense_fen),
            _yuan(o.total_fen),
            o.own_expense_fen / o.total_fen,
        )
        for o in report.off_list
    ]
    sheet.table(
        ("机构代码", "机构", "笔数", "目录外", "医疗费", "占比"),
        off_list,
        ("", "", COUNT, MONEY, MONEY, SHARE),
    )
    sheet.title("不由结算数据计算的目标")
    others = [
        (str(e.values.get("id", "")), e.label, str(e.values.get("asks", "")), e.cite or e.source, e.id)
        for e in report.unmeasured
    ]
    sheet.table(("编号", "目标", "要求", "依据", "条目"), others, ("",) * 5)


def _burden(report: YearReport, sheet: Sheet) -> None:
    b = report.burden
    sheet.title("全年政策范围内个人负担分布（元）")
    bands = [(band_name(band), band.people, _yuan(band.burden_fen)) for band in b.bands]
    sheet.table(
        ("负担", "人数", "金额"), [*bands, ("合计", b.people, _yuan(b.in_scope_fen))], ("", COUNT, MONEY)
    )
    sheet.title("高额费用预警名单人数（元）")
    warned = [
        (
            CATEGORY_WORDS[w.category][0],
            _yuan(w.line_fen),
            w.people,
            _yuan(w.burden_fen),
            _yuan(w.over_line_fen),
        )
        for w in b.warned
    ]
    sheet.table(("身份", "预警线", "人数", "负担", "超线"), warned, ("", MONEY, COUNT, MONEY, MONEY))
    sheet.title("其他")
    share = Fraction(b.heaviest_fen, b.in_scope_fen or 1)
    sheet.table(
        ("项目", "数值"),
        [
            ("负担最重的1%人数", str(b.heaviest_people)),
            ("承担占比", percent(share)),
            ("政策范围外个人负担（元）", decimals(Fraction(b.outside_fen, 100))),
        ],
        ("", ""),
    )


def _sources(report: YearReport, sheet: Sheet) -> None:
    sheet.title("使用中的政策条目，效力最弱的在前")
    rows = [
        (e.label, e.id, STANDING_WORDS[e.standing][0], e.cite or e.source, e.note)
        for e in sorted(report.entries, key=lambda e: (-e.standing, e.id))
    ]
    sheet.table(("条目", "编号", "效力", "依据", "说明"), rows, ("",) * 5)
    counts = [(STANDING_WORDS[s][0], sum(e.standing == s for e in report.entries)) for s in Standing]
    sheet.title("条目数")
    sheet.table(("效力", "条目数"), counts, ("", COUNT))
    if report.assumptions:
        sheet.title("生成数据时的假定")
        sheet.table(("假定",), [(line,) for line in report.assumptions], ("",))


def _accounts(report: YearReport, sheet: Sheet) -> None:
    sheet.title("科目余额表，年终结转前（元；余额正为借、负为贷）")
    rows = [
        (
            ACCOUNTS[r["account"]].chinese,
            FUND_WORDS[Fund(r["fund"])][0],
            r["account"],
            _yuan(r["debit_fen"]),
            _yuan(r["credit_fen"]),
            _yuan(r["balance_fen"]),
        )
        for r in report.balances.to_pylist()
    ]
    sheet.table(("科目", "基金", "代号", "借方", "贷方", "余额"), rows, ("", "", "", MONEY, MONEY, MONEY))


def _cross(sheet: Sheet, title: str, cross: Cross) -> None:
    sheet.title(title)
    rows = [
        (row.head[0], row.counted, *map(_yuan, row.cells), _yuan(row.total))
        for row in (*cross.rows, cross.sum)
    ]
    heads = (cross.of[0], cross.counted[0], *(head[0] for head in cross.columns), "合计")
    sheet.table(heads, rows, ("", COUNT, *[MONEY] * (len(cross.columns) + 1)))


def _form_row(line: FormLine) -> tuple[str, str, float]:
    return ("　" + line.chinese if line.part else line.chinese, line.number, _yuan(line.amount_fen))


def _yuan(amount_fen: int) -> float:
    """Fen as the number of yuan a cell holds; the nearest double of a whole fen prints back as that fen."""
    return amount_fen / 100
