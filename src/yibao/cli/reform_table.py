"""What `yibao reform` prints: what changed, who bears what, whom it reaches, what the fund is left with, the grid."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from yibao.reports.reform_report import Difference, ReformReport


def print_reform(report: "ReformReport", out: Path | None) -> None:
    """Prints a reform, and where its files are."""
    from rich.console import Console

    from yibao.benefits.terms import BalanceVerdict
    from yibao.reports.reform_files import PAGE
    from yibao.reports.reform_report import BALANCE_WORDS, fund_rows, layer_rows, notices

    reform, screen = report.reform, Console()
    made = "生成的人口，不是真实数据 (generated people)" if reform.data.generated else "用户数据 (your data)"
    typer.echo(f"{report.area[0]} {reform.year} 年度改革测算：{made}")
    _print_changes(report, screen)
    _print_sides(screen, "按资金（万元） By fund", fund_rows(reform))
    _print_sides(screen, "按支付方（万元） By payer", layer_rows(reform))
    _print_tiles(report, screen)
    if reform.balance is not None:
        words = BALANCE_WORDS[BalanceVerdict(reform.balance.verdict)]
        typer.echo(f"以收定支：{words[0]} ({words[1]})")
    for chinese, english in notices(reform):
        typer.echo(f"{chinese} ({english})")
    if report.pooled is not None:
        _print_pool(report, screen)
    if report.grid is not None:
        _print_grid(report, screen)
    if out is not None:
        typer.echo(f"报告 Report:      {out / PAGE}")
        typer.echo(f"数据 Data:        {'、'.join(sorted(path.name for path in out.iterdir()))}")


def _print_changes(report: "ReformReport", screen: "Console") -> None:
    """What is changed, and that it is assumed."""
    from rich.table import Table

    from yibao.reports.reform_report import change_rows

    reform = report.reform
    table = Table(
        "条目", "数字", "现行", "改为", title="改动，均为假定 Changes, all assumed", title_justify="left"
    )
    for row in change_rows(reform):
        table.add_row(f"{row.label}\n{row.entry}", row.figure, row.before, row.after)
    if table.row_count:
        screen.print(table)
    for rule in reform.rules.replaced:
        typer.echo(
            f"规则 {rule} 由文件中的同名规则代替；逐笔核对 {reform.checked:,} 笔，一分不差 (rule replaced)"
        )
    if not table.row_count and not reform.rules.replaced:
        typer.echo("没有改动 (nothing changed)")
    if reform.response is not None:
        typer.echo(f"就医反应（假定）：弹性 {reform.response.words()} (the response of care is assumed)")


def _print_sides(screen: "Console", title: str, rows: "list[Difference]") -> None:
    from rich.table import Table

    from yibao.reports.reform_report import signed
    from yibao.reports.year_words import wan

    table = Table("", "现行", "改革后", "差额", title=title, title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for of in rows:
        if of.before_fen or of.after_fen:
            name = f"{of.words[0]} [dim]{of.words[1]}[/dim]"
            table.add_row(name, wan(of.before_fen), wan(of.after_fen), signed(of.difference_fen))
    screen.print(table)


def _print_tiles(report: "ReformReport", screen: "Console") -> None:
    from rich.table import Table

    from yibao.reports.reform_report import tiles

    table = Table(title="主要数字 Key figures", title_justify="left", show_header=False)
    for of in tiles(report.reform):
        table.add_row(f"{of.chinese} [dim]{of.english}[/dim]", f"[bold]{of.value}[/bold] {of.unit}", of.note)
    screen.print(table)


def _print_pool(report: "ReformReport", screen: "Console") -> None:
    """The counties' sides of the adjustment fund, after the reform."""
    from rich.table import Table

    from yibao.kernel.standing import STANDING_WORDS
    from yibao.reports.reform_report import pool_rows
    from yibao.reports.year_words import wan

    assert report.pooled is not None
    now = report.pooled[1]
    words = f"{now.entry.id}，{STANDING_WORDS[now.entry.standing][0]}"
    table = Table(title=f"调剂金（万元；{words}） Adjustment fund", title_justify="left")
    for name in ("县（市、区）", "参保", "当年结余", "上解", "调剂", "调剂后"):
        table.add_column(name, justify="left" if name == "县（市、区）" else "right")
    for of in pool_rows(report):
        amounts = (of.balance_fen, of.pays_in_fen, of.receives_fen, of.after_fen)
        table.add_row(of.name, f"{of.covered:,}", *map(wan, amounts))
    screen.print(table)
    typer.echo(f"调剂金剩 {wan(now.left_fen)} 万元 (left in the fund)")


def _print_grid(report: "ReformReport", screen: "Console") -> None:
    """The cells of the grid: what each does to the fund and to people."""
    from rich.table import Table

    from yibao.reports.reform_report import signed
    from yibao.reports.year_words import wan

    assert report.grid is not None
    names = [".".join(axis.split(".")[-2:]) for axis in report.grid_axes]
    table = Table(title="方案网格（万元；少付、多付、重负担为人或户数） Grid", title_justify="left")
    for name in (*names, "基本医保", "大病", "个人付", "当年结余", "月数", "少付", "多付", "重负担"):
        table.add_column(name, justify="left" if name in names else "right", overflow="fold")
    for row in report.grid.iter_rows(named=True):
        payers = (signed(row[f"{payer}_difference_fen"]) for payer in ("basic", "catastrophic", "people_pay"))
        units = (f"{row[name]:,}" for name in ("less_units", "more_units", "heavy_units"))
        places = (row[axis].replace(" ", "") for axis in report.grid_axes)
        table.add_row(*places, *payers, wan(row["surplus_fen"]), f"{row['reserve_months']:.2f}", *units)
    screen.print(table)
