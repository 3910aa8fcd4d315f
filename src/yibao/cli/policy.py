"""`yibao policy …`: look at, check and carry on the policies. Nothing here decides anything; `yibao.packs` does."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from yibao.kernel.findings import Finding
    from yibao.packs.check import Report
    from yibao.packs.entries import Entry
    from yibao.packs.policies import Area

policy_app = typer.Typer(help="政策：查看、核对、新年度、新地区 (policies)", no_args_is_help=True)

PoliciesOption = Annotated[Path | None, typer.Option("--policies", help="政策文件夹 (folder of policies)")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON (print JSON)")]
TextsOption = Annotated[
    Path | None, typer.Option("--texts", help="通知原文文件夹，核对引文用 (folder of notice texts)")
]
DayOption = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="哪一天，如 2023-06-30；不写为在册的最后一天 (day)"),
]
WRONG = 1
"""Exit code where a check found errors; what cannot be read at all is translated in `cli.main`."""


def print_json(value: Any) -> None:
    """Prints a value as JSON, days as 2023-01-31, Chinese as it is."""
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def table_of(*headings: str, title: str) -> "Table":
    """A table whose cells fold and never lose a character."""
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def print_table(table: "Table") -> None:
    """Prints a table, as wide as the terminal."""
    from rich.console import Console

    Console().print(table)


@policy_app.command("check")
def check_command(
    policies: PoliciesOption = None, texts: TextsOption = None, as_json: JsonOption = False
) -> None:
    """核对政策：结构、出处、引文、日期、国家标准、待遇清单、身份顺位 (check the policies)."""
    from yibao.packs.check import check
    from yibao.packs.policies import policies as read

    report = check(read(policies), texts)
    if as_json:
        print_json(_report_facts(report))
    else:
        _print_report(report)
    if report.errors:
        raise typer.Exit(WRONG)


@policy_app.command("list")
def list_command(policies: PoliciesOption = None, as_json: JsonOption = False) -> None:
    """列出在册地区 (areas on file)."""
    from yibao.packs.policies import policies as read

    found = read(policies)
    rows = [
        {
            "code": pack.code,
            "name": pack.names["zh"],
            "name_en": pack.names.get("en", ""),
            "entries": len(pack.entries),
            "counties": len(pack.facts.get("counties", ())),
        }
        for pack in found.packs.values()
    ]
    if as_json:
        return print_json(rows)
    table = table_of("代码", "地区", "English", "条目", "所辖县（市、区）", title=f"政策：{found.folder}")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    return print_table(table)


@policy_app.command("show")
def show_command(
    area: Annotated[str, typer.Argument(help="6 位地区代码 (area)")],
    entry: Annotated[str | None, typer.Argument(help="条目，如 benefits.hospital (entry)")] = None,
    day: DayOption = None,
    policies: PoliciesOption = None,
    as_json: JsonOption = False,
) -> None:
    """一个地区某日的政策，或一个条目的各块 (an area's entries on a day, or all blocks of one entry)."""
    from yibao.packs.policies import policies as read
    from yibao.packs.spans import last_promised_day

    place = read(policies).area(area)
    on = day.date() if day else last_promised_day(place)
    blocks = _blocks_of(place, entry) if entry else _in_force(place, on)
    if as_json:
        print_json([entry_facts(block) for block in blocks])
    elif entry:
        for block in blocks:
            _print_block(block)
    else:
        _print_blocks(place, blocks)


def _print_report(report: "Report") -> None:
    _print_findings("错误 (errors)", report.errors)
    _print_findings(
        "与国家清单的出入、无人负担的部分 (departures from the national frame)", report.departures
    )
    for number in report.other_texts:
        typer.echo(f"注意：手头的 {number} 与编制政策时的文本不同，引文仍按它核对 (another copy of the text)")
    missing = "、".join(f"{number}（{count} 条）" for number, count in report.unverified.items())
    typer.echo(
        f"{report.areas} 个地区，{report.blocks} 块条目；引文核实 {report.verified} 条，"
        f"未能核实 {sum(report.unverified.values())} 条 "
        f"({report.verified} quotes verified, {sum(report.unverified.values())} could not be verified)"
    )
    if missing:
        typer.echo(f"手头没有原文：{missing}。有原文的请运行 yibao notice add FILE (text not at hand)")
    if report.list_figures:
        counts = "，".join(f"{words} {count}" for words, count in report.list_figures.items())
        typer.echo(
            f"待遇清单逐项：{counts}；逐项见 yibao policy list-check (the benefit list, figure by figure)"
        )
    typer.echo(f"错误 {len(report.errors)} 项，出入 {len(report.departures)} 项 (errors, departures)")


def _print_findings(title: str, findings: "list[Finding]") -> None:
    if not findings:
        return
    table = table_of("文件", "位置", "值", "问题", "怎么办", title=f"{title}：{len(findings)}")
    for found in findings:
        table.add_row(found.file, found.column, found.value, found.message, found.remedy)
    print_table(table)


def _report_facts(report: "Report") -> dict[str, Any]:
    return {
        "errors": [found._asdict() for found in report.errors],
        "departures": [found._asdict() for found in report.departures],
        "quotes_verified": report.verified,
        "quotes_unverified": report.unverified,
        "other_texts": report.other_texts,
        "list_figures": report.list_figures,
        "areas": report.areas,
        "blocks": report.blocks,
    }


def _blocks_of(place: "Area", entry: str) -> "list[Entry]":
    from yibao.packs.entries import NoSuchEntry

    section, _, key = entry.partition(".")
    if not key:
        raise NoSuchEntry(place.code, entry, "（请写成 benefits.hospital）")
    return list(place.blocks(section, key))


def _in_force(place: "Area", day: date) -> "list[Entry]":
    from yibao.packs.policies import SECTIONS

    found = []
    for section in SECTIONS:
        for key in place.keys(section):
            found += [block for block in place.blocks(section, key) if block.holds_on(day)]
    return found


def entry_facts(block: "Entry") -> dict[str, Any]:
    """A block as JSON: its figures and what they rest on."""
    from yibao.kernel.standing import STANDING_WORDS

    return {
        "entry": block.id,
        "label": block.label,
        "first_day": block.first_day,
        "last_day": block.last_day,
        "figures": block.values,
        "cite": block.cite,
        "quotes": list(block.quotes),
        "source": block.source,
        "standing": block.standing.name.lower(),
        "standing_words": STANDING_WORDS[block.standing][0],
        "note": block.note,
        "categories": list(block.categories),
        "carries_out": list(block.carries_out),
    }


def _print_blocks(place: "Area", blocks: "list[Entry]") -> None:
    from yibao.kernel.standing import STANDING_WORDS

    table = table_of("条目", "名称", "数字", "依据", "效力", title=f"{place.name} {place.code}")
    for block in blocks:
        words = _figures_of(block)
        table.add_row(
            f"{block.section}.{block.key}",
            block.label,
            words,
            block.cite or block.source,
            STANDING_WORDS[block.standing][0],
        )
    print_table(table)


def _print_block(block: "Entry") -> None:
    table = table_of("", block.label, title=block.id)
    for name, value in entry_facts(block).items():
        if value not in ("", [], None, {}):
            words = "\n".join(map(str, value)) if isinstance(value, list) else str(value)
            table.add_row(name, figures_in_words(value, "\n") if isinstance(value, dict) else words)
    print_table(table)


def _figures_of(block: "Entry | None") -> str:
    if block is None:
        return "没有规定"
    return f"没有数字：{block.note}" if block.refuses else figures_in_words(block.values)


def figures_in_words(values: dict[str, Any], between: str = "；") -> str:
    """The figures of a block on one line, or one a line: `deductible 2743 元；rate 70%`."""
    return between.join(f"{name} {_in_words(value)}" for name, value in values.items())


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} {_in_words(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "、".join(_in_words(inner) for inner in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)
