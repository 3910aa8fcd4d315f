"""`yibao policy diff`: two areas or two days side by side, as a table, as JSON or as a page; or their disease lists.

carries_out: BEN-10, LST-02
"""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yibao.cli.policy import JsonOption, PoliciesOption, entry_facts, print_json, print_table, table_of

if TYPE_CHECKING:
    from yibao.packs.compare import EntryPair, Side
    from yibao.packs.disease_lists import Disease, DiseaseRow
    from yibao.packs.entries import Entry
    from yibao.packs.policies import Area

LISTS = ("chronic_diseases",)
NAMED = 12
"""Entries that only one side has and that the terminal names; the JSON and the page name them all."""


def diff_command(
    left: Annotated[str, typer.Argument(help="地区代码，或地区代码@日期（2022-06-30） (area or area@day)")],
    right: Annotated[str | None, typer.Argument(help="另一个地区；比较两天时不写 (another area)")] = None,
    day: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="哪一天；不写为在册的最后一天 (day of both, or of the first)"
        ),
    ] = None,
    and_day: Annotated[
        datetime | None,
        typer.Option("--and", formats=["%Y-%m-%d"], help="与哪一天比较 (day of the second)"),
    ] = None,
    of_list: Annotated[
        str | None, typer.Option("--list", help="比较目录：chronic_diseases 门诊慢特病病种 (a list instead)")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="写成一个网页文件 (write a page to this file)")
    ] = None,
    policies: PoliciesOption = None,
    as_json: JsonOption = False,
) -> None:
    """比较两个地区，或一个地区的两天 (what differs between two areas or two days)."""
    from yibao.packs.policies import policies as read

    found = read(policies)
    if of_list is not None and of_list not in LISTS:
        raise typer.BadParameter(f"没有目录 {of_list}；可比较：{'、'.join(LISTS)} (no such list)")
    if right is None and and_day is None and of_list is None:
        raise typer.BadParameter(
            "请再写一个地区，或用 --and 写另一天 (name a second area, or --and another day)"
        )
    sides = (
        _side(found.area, left, day),
        _side(found.area, right or left.partition("@")[0], and_day or day),
    )
    if of_list is not None:
        return _diseases(*sides, is_alone=right is None, as_json=as_json)
    if html is not None:
        _write_page(html, *sides)
    if as_json:
        return print_json(_facts(*sides))
    return None if html is not None else _print_pairs(*sides)


def _side(area_of: Any, named: str, day: datetime | None) -> "Side":
    from yibao.kernel.days import DayUnreadable, day_from
    from yibao.packs.compare import Side
    from yibao.packs.spans import last_promised_day

    code, _, written = named.partition("@")
    area: Area = area_of(code)
    try:
        on: date | None = day_from(written) if written else (day.date() if day else None)
    except DayUnreadable as bad:
        raise typer.BadParameter(str(bad)) from None
    return Side(area, on or last_promised_day(area))


def _write_page(path: Path, left: "Side", right: "Side") -> None:
    from yibao.reports.policy_diff_html import policy_diff_html

    command = (
        f"yibao policy diff {left.area.code}@{left.day} {right.area.code}@{right.day} --html {path.name}"
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(policy_diff_html(left, right, command), "utf-8")
    except OSError as bad:
        raise typer.BadParameter(f"写不了 {path}：{bad.strerror} (cannot write)") from None
    typer.echo(f"已写入 {path} (written)", err=True)


def _print_pairs(left: "Side", right: "Side") -> None:
    from yibao.packs.compare import Kind, entry_pairs
    from yibao.reports.policy_diff import figure_rows

    pairs = entry_pairs(left, right)
    differing = [pair for pair in pairs if pair.kind == Kind.DIFFERS]
    table = table_of(
        "条目",
        "数字",
        f"{left.area.name} {left.day}",
        f"{right.area.name} {right.day}",
        title=f"数字不同的条目：{len(differing)}",
    )
    for pair in differing:
        rows, _ = figure_rows(pair, left, right)
        for at, row in enumerate(rows):
            table.add_row(f"{pair.label}\n{pair.section}.{pair.key}" if at == 0 else "", *row)
        table.add_row("", "依据", _rest(pair.left), _rest(pair.right), end_section=True)
    print_table(table)
    for kind, side in ((Kind.ONLY_LEFT, left), (Kind.ONLY_RIGHT, right)):
        alone = [pair for pair in pairs if pair.kind == kind]
        if alone:
            typer.echo(f"只有 {side.area.name} {side.day} 有（{len(alone)}）：{_named(alone)} (only there)")
    equal = sum(pair.kind == Kind.EQUAL for pair in pairs)
    typer.echo(f"相同的条目：{equal}；逐条依据见 --html FILE 或 --json (equal entries)")


def _named(pairs: "list[EntryPair]") -> str:
    shown = "、".join(f"{pair.label} {pair.section}.{pair.key}" for pair in pairs[:NAMED])
    return shown if len(pairs) <= NAMED else f"{shown} 等，全部见 --json"


def _rest(block: "Entry | None") -> str:
    from yibao.kernel.standing import STANDING_WORDS

    if block is None:
        return "没有规定"
    words = f"{block.cite or block.source}（{STANDING_WORDS[block.standing][0]}）"
    return f"没有数字：{block.note}；{words}" if block.refuses else words


def _facts(left: "Side", right: "Side") -> dict[str, Any]:
    from yibao.packs.compare import Kind, entry_pairs

    by_kind: dict[Kind, list[EntryPair]] = {kind: [] for kind in Kind}
    for pair in entry_pairs(left, right):
        by_kind[pair.kind].append(pair)
    return {
        **{name: _side_facts(side) for name, side in (("left", left), ("right", right))},
        "differs": [_pair_facts(pair) for pair in by_kind[Kind.DIFFERS]],
        "only_left": [_alone_facts(pair) for pair in by_kind[Kind.ONLY_LEFT]],
        "only_right": [_alone_facts(pair) for pair in by_kind[Kind.ONLY_RIGHT]],
        "equal": [f"{pair.section}.{pair.key}" for pair in by_kind[Kind.EQUAL]],
    }


def _side_facts(side: "Side") -> dict[str, Any]:
    return {"area": side.area.code, "name": side.area.name, "day": side.day}


def _pair_facts(pair: "EntryPair") -> dict[str, Any]:
    return {
        "entry": f"{pair.section}.{pair.key}",
        "label": pair.label,
        "figures": [
            {"figure": ".".join(of.path), "left": of.left, "right": of.right}
            for of in pair.figures
            if of.differs
        ],
        "left": entry_facts(pair.left) if pair.left else None,
        "right": entry_facts(pair.right) if pair.right else None,
    }


def _alone_facts(pair: "EntryPair") -> dict[str, Any]:
    block = pair.left or pair.right
    assert block is not None
    return {"name": f"{pair.section}.{pair.key}", **entry_facts(block)}


def _diseases(left: "Side", right: "Side", *, is_alone: bool, as_json: bool) -> None:
    from yibao.kernel.rates import percent
    from yibao.packs.disease_lists import compared
    from yibao.policy_list.terms import MATCH_WORDS

    sides = (left,) if is_alone else (left, right)
    if as_json:
        return print_json(_disease_facts(left, right, is_alone=is_alone))
    if not is_alone:
        whole = compared(left.area, right.area)
        table = table_of("国家代码", "情形", left.area.name, right.area.name, title="门诊慢特病病种目录")
        for row in whole.rows:
            table.add_row(
                row.national_code,
                MATCH_WORDS[row.match][0],
                _disease_cell(row, row.left),
                _disease_cell(row, row.right),
            )
        print_table(table)
        agreement = whole.agreement
        typer.echo(
            f"合计 {agreement.diseases} 个病种，都有的 {agreement.shared} 个（{percent(agreement.agreement_bp)}），"
            f"{'范围统一' if agreement.unified else '范围没有统一'} (diseases in both)"
        )
        if whole.uncoded:
            typer.echo(
                f"没有国家代码、未比较：{'、'.join(of.label for of in whole.uncoded)} (no national code)"
            )
    for side in sides:
        _print_schemes(side)
    return None


def _disease_cell(row: "DiseaseRow", own: "Disease | None") -> str:
    if own is not None:
        return own.label
    return f"没有（同类：{'；'.join(row.near)}）" if row.near else "没有"


def _print_schemes(side: "Side") -> None:
    from yibao.reports.policy_diff import scheme_view

    view = scheme_view(side)
    if view.rest is None:
        typer.echo(f"{view.area}：职工医保的病种目录不在册 (the employees' list is not on file)")
        return
    table = table_of("国家代码", "居民医保病种", "职工医保", title=f"{view.area}：居民医保与职工医保")
    for code, label, is_known in view.rows:
        table.add_row(code or "—", label, "有" if is_known else "不明")
    print_table(table)
    typer.echo(f"依据：{view.rest.cite or view.rest.source}。{view.rest.note}")


def _disease_facts(left: "Side", right: "Side", *, is_alone: bool) -> dict[str, Any]:
    from yibao.packs.disease_lists import compared
    from yibao.reports.policy_diff import scheme_view

    sides = (left,) if is_alone else (left, right)
    facts: dict[str, Any] = {
        "schemes": [
            {
                "area": side.area.code,
                "on_file": (view := scheme_view(side)).rest is not None,
                "diseases": [
                    {"national_code": code, "label": label, "employees_too": True if known else None}
                    for code, label, known in view.rows
                ],
            }
            for side in sides
        ]
    }
    if not is_alone:
        whole = compared(left.area, right.area)
        facts["diseases"] = [
            {
                "national_code": row.national_code,
                "match": row.match.name.lower(),
                "left": row.left._asdict() if row.left else None,
                "right": row.right._asdict() if row.right else None,
                "near": row.near,
            }
            for row in whole.rows
        ]
        facts["agreement"] = whole.agreement._asdict()
        facts["uncoded"] = [of.label for of in whole.uncoded]
    return facts
