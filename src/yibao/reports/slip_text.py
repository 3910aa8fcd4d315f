"""A slip for the terminal: what the bill is, who pays, each step with its source. Chinese first, English beside it."""

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from yibao.kernel.money import yuan_grouped
from yibao.kernel.rates import percent
from yibao.kernel.standing import Standing
from yibao.reports.slip import Slip
from yibao.reports.slip_layers import NO_LIMIT_FEN, Cap, Layer, SlipStep, Source

DOUBTFUL = "yellow"
QUIET = "dim"
FRAME = box.SIMPLE_HEAD


def slip_text(slip: Slip) -> RenderableType:
    """Everything a slip says, as renderables of Rich."""
    return Group(*_parts(slip))


def _parts(slip: Slip) -> Iterator[RenderableType]:
    title = "不予支付通知 (refused)" if slip.refusal else "医疗费用结算单 (settlement slip)"
    yield Rule(Text(title, style="bold"))
    yield _pairs((f"{chinese} {english}", value) for chinese, english, value in slip.header)
    if slip.facts.lines:
        yield _lines(slip)
    yield _amounts("费用四分 (the bill, split)", slip.split)
    if slip.refusal is not None:
        yield from _refusal(slip)
    for layer in slip.layers:
        yield _layer(layer)
        for chinese, english in layer.remarks:
            yield Padding(Text.assemble(f"· {chinese} ", (f"({english})", QUIET)), (0, 2))
        for source in layer.sources:
            yield _source(source)
    if slip.skipped:
        told = "；".join(f"{one.chinese}（{one.why_chinese}）" for one in slip.skipped)
        yield Padding(Text(f"不涉及：{told}", style=QUIET), (1, 0, 0, 0))
    yield _amounts("谁来付 (who pays)", [*slip.payers, ("合计", "Total", slip.total_fen)])
    if slip.caps:
        yield _caps(slip.caps)
    if slip.doubtful:
        yield Padding(
            Text("以下标准不是通知原文 (figures that no notice gives)", style=f"bold {DOUBTFUL}"),
            (1, 0, 0, 0),
        )
        doubts = ((f"· {source.label}", f"{source.words[0]}。{source.remark}") for source in slip.doubtful)
        yield _pairs(doubts)


def _refusal(slip: Slip) -> Iterator[RenderableType]:
    words = slip.refusal
    assert words is not None
    yield Padding(Text(f"不予支付：{words.chinese} ({words.english})", style="bold red"), (1, 0, 0, 0))
    yield Text(f"依据：{words.clause}")
    yield Text(f"可以怎么办：{words.remedy}")
    if slip.refusal_source is not None:
        if slip.refusal_source.note:
            yield Text(f"条目说明：{slip.refusal_source.note}")
        yield _source(slip.refusal_source)


def _layer(layer: Layer) -> Table:
    table = Table(
        title=f"{layer.chinese} ({layer.english})",
        title_justify="left",
        title_style="bold",
        box=FRAME,
        expand=True,
    )
    table.add_column("步骤", ratio=5, overflow="fold")
    table.add_column("Step", ratio=4, overflow="fold", style=QUIET)
    table.add_column("数值", ratio=3, justify="right", overflow="fold")
    for step in layer.steps:
        last = step.name == "pays_fen"
        table.add_row(step.chinese, step.english, shown(step), style="bold" if last else "")
    table.add_section()
    table.add_row("支付后政策范围内个人负担", "Left to the person in scope", yuan_grouped(layer.left_fen))
    return table


def _source(source: Source) -> Padding:
    style = DOUBTFUL if source.standing > Standing.OFFICIAL else QUIET
    text = Text(f"{source.words[0]} ({source.words[1]})：{source.rests_on} [{source.entry_id}]", style=style)
    for quote in source.quotes:
        text.append(f"\n“{quote}”")
    return Padding(text, (0, 2))


def shown(step: SlipStep) -> str:
    """A step's value as people read it."""
    if step.told:
        return step.told
    if step.unit == "bp":
        return percent(step.value)
    if step.unit == "number":
        return str(step.value)
    return "不设限额" if step.value >= NO_LIMIT_FEN else yuan_grouped(step.value)


def _lines(slip: Slip) -> Table:
    table = Table(
        title="费用明细 (fee lines)", title_justify="left", title_style="bold", box=FRAME, expand=True
    )
    table.add_column("项目", ratio=4, overflow="fold")
    for heading in ("目录", "金额", "全自费", "超限价", "先行自付", "范围内"):
        table.add_column(heading, justify="right", ratio=2)
    for line in slip.facts.lines:
        amounts = (
            line.amount_fen,
            line.own_expense_fen,
            line.over_standard_fen,
            line.initial_self_pay_fen,
            line.in_scope_fen,
        )
        table.add_row(line.item, line.item_class, *(yuan_grouped(fen) for fen in amounts))
    return table


def _amounts(title: str, rows: "tuple[tuple[str, str, int], ...] | list[tuple[str, str, int]]") -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", show_header=False, box=FRAME, expand=True
    )
    table.add_column(ratio=5)
    table.add_column(ratio=4, style=QUIET)
    table.add_column(ratio=3, justify="right", no_wrap=True)
    for chinese, english, fen in rows:
        table.add_row(chinese, english, yuan_grouped(fen))
    return table


def _caps(caps: tuple[Cap, ...]) -> Table:
    table = Table(
        title="限额还剩 (left of each limit)",
        title_justify="left",
        title_style="bold",
        box=FRAME,
        expand=True,
    )
    table.add_column("限额", ratio=5)
    for heading in ("标准", "已用", "还剩"):
        table.add_column(heading, ratio=3, justify="right", no_wrap=True)
    for cap in caps:
        limit, left = (
            ("不设", "不设") if cap.unlimited else (yuan_grouped(cap.limit_fen), yuan_grouped(cap.left_fen))
        )
        table.add_row(f"{cap.chinese} ({cap.english})", limit, yuan_grouped(cap.used_fen), left)
    return table


def _pairs(rows: Iterator[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(style=QUIET, no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for name, value in rows:
        table.add_row(name, value)
    return table
