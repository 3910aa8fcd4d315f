"""`yibao ledger …`: trial balance, statements, the books for Beancount, and balances rebuilt, from the agency's database.

carries_out: FND-06
"""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yibao.cli.agency import agency_database, fail, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from yibao.cli.written_table import WrittenTable
    from yibao.fund.sheets import SheetLine
    from yibao.ledger.accounts import Fund
    from yibao.ledger.periods import Span
    from yibao.packs.policies import Area

ledger_app = typer.Typer(
    help="基金账簿：科目余额、报表、导出、重建 (the books: balances, statements, export, rebuilding).",
    no_args_is_help=True,
    rich_markup_mode=None,
)

AreaOption = Annotated[str, typer.Option("--area", metavar="CODE", help="统筹地区 (pooling area)")]
PeriodOption = Annotated[
    str, typer.Option("--period", metavar="PERIOD", help="月份 2023-03，或年度 2023 (a month or a year)")
]
FundOption = Annotated[
    str,
    typer.Option(
        "--fund",
        metavar="FUND",
        help="只看一个基金：basic、catastrophic、assistance、special (one fund only)",
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="另存为 .csv 或 .xlsx 文件 (also write a file)"),
]


@ledger_app.command("trial-balance")
def trial_balance(
    area: AreaOption, period: PeriodOption, fund: FundOption = "", out: OutOption = None
) -> None:
    """科目余额表：期初、借方、贷方、期末 (trial balance of a month or a year)."""
    from yibao.packs.policies import policies

    place = policies().area(area)
    with _books():
        from yibao.cli.written_table import Row, WrittenTable
        from yibao.ledger.accounts import ACCOUNTS, FUND_WORDS
        from yibao.ledger.periods import period_balance

        span = _span(period)
        funds = _funds(fund)
        rows = period_balance(place.code, span).to_pylist()
        heads = ("期初余额 opening", "借方 debit", "贷方 credit", "期末余额 closing")
        names = ("opening_fen", "debit_fen", "credit_fen", "closing_fen")
        tables = []
        for one in funds:
            own = [row for row in rows if row["fund"] == one]
            if own:
                listed = [
                    Row(_words(ACCOUNTS[row["account"]][2:]), tuple(int(row[name]) for name in names))
                    for row in own
                ]
                sums = tuple(sum(row.amounts_fen[at] for row in listed) for at in range(len(names)))
                listed.append(Row(("合计 sum",), sums, True))
                title = f"科目余额表 {place.name} {FUND_WORDS[one][0]} {span.name}（元，借正贷负）"
                tables.append(WrittenTable(title, ("科目 account",), heads, listed))
        _shown(tables, out)


@ledger_app.command("statement")
def statement(
    area: AreaOption,
    period: PeriodOption,
    fund: FundOption = "",
    by_county: Annotated[
        bool, typer.Option("--by-county", help="另列各县（市、区）收支 (also by county)")
    ] = False,
    out: OutOption = None,
) -> None:
    """资产负债表、收支表、预决算表，与上年比较 (statements of each fund, beside the year before)."""
    from yibao.packs.policies import policies

    place = policies().area(area)
    with _books():
        span = _span(period)
        tables: list[WrittenTable] = []
        for one in _funds(fund):
            tables += _statements(place, one, span)
            if by_county:
                tables += _county_table(place, one, span)
        _shown(tables, out)


@ledger_app.command("beancount")
def beancount(
    area: AreaOption,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="写到哪个文件 (file to write)")],
    period: Annotated[
        str,
        typer.Option("--period", metavar="PERIOD", help="到哪个月份或年度为止 (up to this month or year)"),
    ] = "",
) -> None:
    """把全部凭证导出为 Beancount 文本，供外部核对 (the books as Beancount text)."""
    from yibao.packs.policies import policies

    place = policies().area(area)
    with _books():
        from yibao.cli.written_table import write_whole
        from yibao.ledger.beancount import beancount_text

        through = _span(period).last_day if period else None
        seen = {"transactions": 0}

        def written() -> "Iterator[bytes]":
            for line in beancount_text(place.code, place.name, through=through):
                seen["transactions"] += line[10:13] == " * "
                yield f"{line}\n".encode()

        try:
            write_whole(out, written())
        except OSError as failure:
            fail(str(failure))
        typer.echo(
            f"已导出 {seen['transactions']} 张凭证：{out}；可用 bean-check 核对 (exported; check it with bean-check)"
        )


@ledger_app.command("replay")
def replay() -> None:
    """由来源记录重建全部余额与年度累计，与账上比较 (rebuild all balances and years so far, and compare)."""
    with _books():
        from yibao.journeys.books.replaying import rebuilt, replay_findings
        from yibao.journeys.verifying.database import replayed_findings
        from yibao.ledger.accounts import MEMO_WORDS
        from yibao.settlement.models import YearRow

        built = rebuilt()
        rows = [(f"{words[0]} {words[1]}", times) for words, times in built.records.items() if times]
        rows += [
            (f"直接入账：{' '.join(MEMO_WORDS.get(memo, (memo, 'entered directly')))}", times)
            for memo, times in built.direct.items()
        ]
        _sources_shown(rows)
        found = [*replay_findings(built), *replayed_findings()]
        months = len({key[:2] for key in built.balances})
        typer.echo(
            f"{months} 个会计月份、{len(built.balances)} 个科目余额由来源重建，"
            f"{YearRow.objects.count()} 人年的年度累计由结算重放 (rebuilt)"
        )
        report(found)


def _sources_shown(rows: list[tuple[str, int]]) -> None:
    from rich.console import Console
    from rich.table import Table

    shown = Table(title="重建所依据的来源 (what balances are rebuilt from)", title_justify="left")
    shown.add_column("来源 source")
    shown.add_column("笔数 records", justify="right")
    for words, times in rows:
        shown.add_row(words, f"{times:,}")
    Console().print(shown)


@contextmanager
def _books() -> "Iterator[None]":
    """The database; books that were altered are one line and exit code 1."""
    with agency_database():
        from yibao.ledger.books import BooksDoNotBalance

        try:
            yield
        except BooksDoNotBalance as failure:
            fail(f"{failure}；请运行 yibao verify 查明 (run yibao verify)")


def _statements(place: "Area", fund: "Fund", span: "Span") -> "list[WrittenTable]":
    """What one fund has to show for a period: nothing where it has no entry."""
    from datetime import timedelta

    from yibao.fund.sheets import balance_sheet, final_account, income_and_expense
    from yibao.ledger.accounts import FUND_WORDS, Fund
    from yibao.ledger.periods import balances_at, statement_balances

    to_date, before = span.year_to_date, span.year_before.year_to_date
    spans = [span, to_date, before] if span.is_month else [span, before]
    heads: tuple[str, ...] = ("本年 year", "上年 year before")
    if span.is_month:
        heads = ("本月 month", "本年累计 year to date", "上年同期累计 year before")
    columns = [statement_balances(place.code, one) for one in spans]
    begins = balances_at(place.code, to_date.first_day - timedelta(days=1), opened_by=to_date.last_day)
    sheet = balance_sheet(fund, [begins, balances_at(place.code, span.last_day)])
    moved = income_and_expense(fund, columns)
    if not any(any(line.amounts_fen) for line in (*sheet, *moved)):
        return []
    name = f"{place.name} {FUND_WORDS[fund][0]} {span.name}（元）"
    tables = [
        _table(f"资产负债表 {name}", ("年初余额 opening", "期末余额 closing"), sheet),
        _table(f"收支表 {name}", heads, moved),
    ]
    if fund is Fund.BASIC:
        heads, columns = heads[-2:], columns[-2:]
        income, expense = final_account(columns)
        tables.append(_table(f"预决算表·收入 {name}", heads, income))
        tables.append(_table(f"预决算表·支出 {name}{_reserve(span, columns)}", heads, expense))
    return tables


def _reserve(span: "Span", columns: "list[pa.Table]") -> str:
    """Months of reserve, this year and the year before; nothing for a part of a year, whose expense says nothing of them."""
    from yibao.fund.statement import decimals
    from yibao.fund.statement import statement as form

    if span.is_month:
        return ""
    this, before = (decimals(form(column).reserve_months) for column in columns)
    return f"；可支付月数 {this}，上年 {before}"


def _county_table(place: "Area", fund: "Fund", span: "Span") -> "list[WrittenTable]":
    """Counties one below the other, each with its sums: there are too many of them for columns."""
    from yibao.cli.written_table import Row, WrittenTable
    from yibao.journeys.books.county_books import county_amounts
    from yibao.ledger.accounts import ACCOUNTS, FUND_WORDS, AccountKind

    rows = []
    for code, amounts in county_amounts(place.code, fund, span).items():
        name, sums = _county_name(code), [0, 0]
        for account in (ACCOUNTS[named] for named in ACCOUNTS if amounts[named]):
            income = account.kind is AccountKind.INCOME
            sides = (-amounts[account.name], 0) if income else (0, amounts[account.name])
            sums = [sums[0] + sides[0], sums[1] + sides[1]]
            rows.append(Row((name, *_words((account.chinese, account.english))), sides))
        rows.append(Row((name, "合计 sum"), tuple(sums), True))
    title = f"分县收支 {place.name} {FUND_WORDS[fund][0]} {span.name}（元）"
    heads = ("收入 income", "支出 expense")
    return [WrittenTable(title, ("县（市、区） county", "项目 item"), heads, rows)] if rows else []


def _county_name(code: str) -> str:
    from yibao.journeys.books.county_books import UNKNOWN
    from yibao.packs.policies import NoSuchArea, policies

    if code == UNKNOWN:
        return "未分县 no county"
    try:
        return f"{policies().area(code).name} {code}"
    except NoSuchArea:
        return code


def _table(title: str, heads: tuple[str, ...], lines: "list[SheetLine]") -> "WrittenTable":
    from yibao.cli.written_table import Row, WrittenTable

    numbered = any(line.number for line in lines)
    rows = []
    for line in lines:
        words = _words((line.chinese, line.english))
        rows.append(Row((line.number, *words) if numbered else words, line.amounts_fen, line.total))
    return WrittenTable(title, ("行", "项目 item") if numbered else ("项目 item",), heads, rows)


def _words(words: tuple[str, str]) -> tuple[str]:
    return (f"{words[0]} {words[1]}",)


def _span(period: str) -> "Span":
    from yibao.ledger.periods import PeriodUnreadable, span_of

    try:
        return span_of(period)
    except PeriodUnreadable as failure:
        fail(str(failure))
        raise


def _funds(named: str) -> "list[Fund]":
    from yibao.ledger.accounts import Fund

    if not named:
        return list(Fund)
    if named not in {fund.value for fund in Fund}:
        fail(f"没有基金 {named!r}；可用：{'、'.join(fund.value for fund in Fund)} (no such fund)")
    return [Fund(named)]


def _shown(tables: "list[WrittenTable]", out: Path | None) -> None:
    from yibao.cli.written_table import FileKindUnknown, print_tables, write_tables

    if not tables:
        typer.echo("账簿中没有凭证 (the books are empty)")
        return
    print_tables(tables)
    if out is not None:
        try:
            write_tables(tables, out)
        except (FileKindUnknown, OSError) as failure:
            fail(str(failure))
        typer.echo(f"已写入 Written: {out}")
