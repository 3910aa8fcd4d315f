"""`yibao financing …`: the tax bureau's file, arrival of the subsidy, aid claimed from its payers; a table, and a file of it.

Each acts as an officer of the database, named by `--officer`: what that officer may not do or see is refused.

carries_out: FIN-07, FIN-19, FIN-20
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from yibao.cli.agency import agency_database, fail
from yibao.cli.screen import print_findings

if TYPE_CHECKING:
    from datetime import date

    from rich.table import Table

    from yibao.files.tax import TaxFileRead
    from yibao.journeys.financing.tax_files import TaxRow
    from yibao.reports.money_table import MoneyTable
    from yibao.rights.actors import Actor

UNSOUND = 1
SHOWN = 40
"""Rows of a table that the terminal shows; all of them are in the file."""

UNBOUNDED = 240
"""Characters a line may have where the output goes into a pipe or a file."""

financing_app = typer.Typer(
    help="筹资业务：税务对账、补助到位、资助申领 (financing in operation).",
    no_args_is_help=True,
    rich_markup_mode=None,
)
AreaOption = Annotated[str, typer.Option("--area", metavar="CODE", help="地区，6 位代码 (area)")]
YearOption = Annotated[int, typer.Option("--year", help="待遇年度 (benefit year)")]
OfficerOption = Annotated[str, typer.Option("--officer", metavar="NAME", help="办理人登录名 (who acts)")]
OutOption = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="写到 .csv 或 .xlsx 文件 (also to a file)")
]


@financing_app.command("tax-file")
def tax_file(
    file: Annotated[Path, typer.Argument(help="税务日对账文件：CSV 或 Excel (the tax bureau's file)")],
    area: AreaOption,
    day: Annotated[str, typer.Option("--day", help="对账日期，如 2022-11-01 (the file's day)")],
    officer: OfficerOption,
    out: OutOption = None,
) -> None:
    """核对并入账一份税务日对账文件，输出反馈 (book a tax file, and what to feed back)."""
    from yibao.kernel.days import day_from

    of_day = day_from(day)
    read = _read(file)
    with _acting(officer) as actor:
        from yibao.journeys.financing.financing_tables import changes_table, feedback_table, totals_table
        from yibao.journeys.financing.reconciling import reconciled
        from yibao.journeys.financing.tax_files import TaxFileOrder, import_tax_file

        order = TaxFileOrder(area, of_day, file.name, read.content_hash, _tax_rows(read))
        said = import_tax_file(actor, f"tax-file-{uuid4()}", order)
        found = reconciled(actor, said["file_id"])
        if said["again"]:
            typer.echo("这份文件此前已经收到，没有重复入账 (this file was received before)")
        from yibao.financing.terms import TAX_VERDICT_WORDS

        counted = found.counts()
        typer.echo(
            "　".join(f"{TAX_VERDICT_WORDS[one][0]} {counted[one]}" for one in sorted(counted))
            or "没有行 (no rows)"
        )
        tables = [feedback_table(found), totals_table(found)]
        if found.changes:
            tables.append(changes_table(found))
        _tell(tables, out)


@financing_app.command("arrivals")
def arrivals(
    area: AreaOption,
    year: YearOption,
    officer: OfficerOption,
    day: Annotated[str, typer.Option("--day", help="截至日期；不写为今天 (as of a day)")] = "",
    december: Annotated[
        bool, typer.Option("--december", help="市县资金的到位情况报告 (the December report)")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="写到 .csv、.xlsx 或报告的 .txt (also to a file)"),
    ] = None,
) -> None:
    """财政补助到位情况：应负担、预算、拨付、到位、逾期 (the subsidy by county and level as it stands)."""
    with _acting(officer) as actor:
        from yibao.financing.terms import SubsidyLevel
        from yibao.journeys.financing.appropriating import REPORTED_LEVELS, report_standing
        from yibao.journeys.financing.appropriating import arrivals as standing_of
        from yibao.journeys.financing.arrival_letter import arrival_letter
        from yibao.journeys.financing.financing_tables import arrivals_table, county_name

        as_of = _day_or_today(day)
        levels = REPORTED_LEVELS if december else tuple(SubsidyLevel)
        rows = standing_of(actor, area_code=area, benefit_year=year, day=as_of, levels=levels)
        table = arrivals_table(f"{county_name(area)} {year} 年度财政补助到位情况（截至 {as_of}）", rows)
        if not december:
            _tell([table], out)
            return
        letter = arrival_letter(
            area, year, as_of=as_of, standing=rows, report=report_standing(area, year, as_of)
        )
        typer.echo(letter)
        if out is not None and out.suffix.lower() == ".txt":
            out.write_text(letter, "utf-8")
            typer.echo(f"已写入 {out} (written)")
            return
        _tell([table], out)


@financing_app.command("aid-claims")
def aid_claims(
    area: AreaOption,
    year: YearOption,
    officer: OfficerOption,
    claim: Annotated[
        int, typer.Option("--claim", metavar="NO", help="只列一项申领的明细 (the list of one claim)")
    ] = 0,
    out: OutOption = None,
) -> None:
    """资助参保申领：各支付方申领、到账、差额，和尚未申领的 (aid claimed from each payer, and what came)."""
    with _acting(officer) as actor:
        from yibao.journeys.financing.claiming_aid import aid_claims as claims_of
        from yibao.journeys.financing.claiming_aid import claim_lines, unclaimed
        from yibao.journeys.financing.financing_tables import (
            claim_list,
            claims_table,
            county_name,
            unclaimed_table,
        )

        if claim:
            _tell([claim_list(f"申领 {claim} 明细", claim_lines(actor, claim))], out)
            return
        title = f"{county_name(area)} {year} 年度资助参保申领"
        rows = claims_of(actor, area_code=area, benefit_year=year)
        open_rows = [one for one in unclaimed(actor, area_code=area) if one.benefit_year == year]
        _tell([claims_table(title, rows), unclaimed_table(open_rows)], out)


@financing_app.command("agents-cash")
def agents_cash(
    officer: OfficerOption,
    day: Annotated[str, typer.Option("--day", help="截至日期；不写为今天 (as of a day)")] = "",
    out: OutOption = None,
) -> None:
    """代办人手中没有缴存的现金，逾期的在前 (cash that agents still hold, the most overdue first)."""
    with _acting(officer) as actor:
        from yibao.journeys.financing.agents_cash import batches_in_transit, cash_by_agent
        from yibao.journeys.financing.financing_tables import cash_table, transit_table

        as_of = _day_or_today(day)
        _tell([cash_table(cash_by_agent(actor, as_of)), transit_table(batches_in_transit(actor, as_of))], out)


@financing_app.command("overpayments")
def overpayments(officer: OfficerOption, out: OutOption = None) -> None:
    """多缴而没有退费、抵缴的款项 (overpayments that are neither given back nor set off)."""
    with _acting(officer) as actor:
        from yibao.journeys.financing.financing_tables import held_table
        from yibao.journeys.financing.giving_back import held_overpayments

        _tell([held_table(held_overpayments(actor))], out)


@contextmanager
def _acting(officer: str) -> "Iterator[Actor]":
    """The database, and the officer who acts; what is refused is one line and exit code 1."""
    with agency_database():
        from django.utils import timezone

        from yibao.journeys.financing.contribution_failures import ContributionFailure
        from yibao.reports.money_table import FileKindUnknown
        from yibao.rights.actors import NotAllowed, actor_of
        from yibao.rights.models import Officer
        from yibao.rights.requests import TryAgain

        found = Officer.objects.filter(username=officer, is_active=True).first()
        if found is None:
            fail(f"没有在用的人员 {officer!r}；请核对登录名 (no such officer)")
        assert found is not None
        try:
            yield actor_of(found, timezone.localdate(), "cli")
        except (ContributionFailure, NotAllowed, TryAgain, FileKindUnknown) as failure:
            fail(str(failure))


def _read(file: Path) -> "TaxFileRead":
    """A tax file without a problem; else all problems are told and written beside it."""
    from rich.console import Console

    from yibao.files.log import FindingLog
    from yibao.files.tax import read_tax_file

    beside = file.with_name(f"{file.stem}-findings.csv")
    log = FindingLog(beside)
    read = read_tax_file(file, log)
    log.finish()
    if read is None:
        print_findings(log, beside, Console(stderr=True))
        fail("文件有问题，没有入账任何一行；请改正后重新提交 (nothing was booked)")
    beside.unlink()
    assert read is not None
    return read


def _tax_rows(read: "TaxFileRead") -> "tuple[TaxRow, ...]":
    from yibao.financing.terms import CollectionChannel
    from yibao.journeys.financing.tax_files import TaxRow

    return tuple(
        TaxRow(
            **{
                **row,
                "channel": CollectionChannel(row["channel"]),
                "taken_back": bool(row["taken_back"]),
            }
        )
        for row in read.rows.iter_rows(named=True)
    )


def _day_or_today(text: str) -> "date":
    from django.utils import timezone

    from yibao.kernel.days import day_from

    return day_from(text) if text else timezone.localdate()


def _tell(tables: "list[MoneyTable]", out: Path | None) -> None:
    """Tables on the terminal, and all of them in a file where one is named."""
    from rich.console import Console

    from yibao.reports.money_table import write_tables

    screen = Console()
    if not screen.is_terminal and "COLUMNS" not in os.environ:
        screen = Console(width=UNBOUNDED)
    for told in tables:
        screen.print(_drawn(told))
        if len(told.rows) > SHOWN:
            typer.echo(f"另有 {len(told.rows) - SHOWN} 行，用 --out 写到文件查看 (more rows: see --out)")
    if out is not None:
        write_tables(out, tables)
        typer.echo(f"已写入 {out} (written)")


def _drawn(told: "MoneyTable") -> "Table":
    """A table for the terminal: where it is narrow texts are folded and amounts stay whole."""
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    from yibao.reports.money_table import Kind, shown_cells

    unit = "，单位：元" if any(kind is Kind.FEN for _, kind in told.columns) else ""
    table = Table(
        title=escape(f"{told.title}{unit}"), title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    for heading, kind in told.columns:
        text = kind is Kind.TEXT
        table.add_column(
            heading.removesuffix("（元）"),
            justify="left" if text else "right",
            no_wrap=not text,
            overflow="fold",
        )
    for row in shown_cells(told)[:SHOWN]:
        table.add_row(*(escape(cell) for cell in row))
    return table
