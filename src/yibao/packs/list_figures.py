"""Every figure of the national benefit list (待遇清单逐项核对) against what an area has, on every day it promises.

Each figure is compared with the area's entries, or it is said why it cannot be: the area has nothing on file, the list
says "about" with no line to hold to, or no entry carries such a figure at all. `CHECKS` accounts for every figure of the
national pack; one that is in neither table is an error of `policy check`, so that a figure added to the list is never passed
over. A figure of the list that is itself assumed gives a hint, never a deviation.

What a reader would get wrong: the list is read from the national pack alone. An area that overrides a list entry does
not change what it is measured by.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from yibao.kernel.findings import Finding
from yibao.kernel.standing import Standing
from yibao.packs import list_assistance, list_benefits, list_schemes
from yibao.packs.entries import Entry, PolicyFailure
from yibao.packs.list_segments import Checker, Compared, Segment, category_words
from yibao.packs.policies import NATIONAL, Area, Policies
from yibao.packs.provenance import finding, is_to_fill
from yibao.packs.spans import promised_days
from yibao.policy_list.terms import DEVIATION_WORDS, Deviation

SECTION = "policy_list"
ONE_DAY = timedelta(days=1)


class State(StrEnum):
    """What came of one figure of the list in one area over one span of days."""

    AGREES = "agrees"
    DEVIATES = "deviates"
    HINT = "hint"
    SHOWN = "shown"
    NOT_ON_FILE = "not_on_file"
    NOT_DUE = "not_due"
    NOT_CHECKABLE = "not_checkable"


STATE_WORDS: dict[State, tuple[str, str]] = {
    State.AGREES: ("核对无出入", "agrees"),
    State.DEVIATES: ("有出入", "deviates"),
    State.HINT: ("提示（清单数字本身待核）", "a hint: the list's own figure is assumed"),
    State.SHOWN: ("只列数字", "shown, no line to hold to"),
    State.NOT_ON_FILE: ("地区数字不在册", "the area has no figure on file"),
    State.NOT_DUE: ("未到期限", "not due yet"),
    State.NOT_CHECKABLE: ("不能由条目核对", "no entry carries it"),
}


class Unchecked(NamedTuple):
    """A figure that no entry can be compared with, and why."""

    reason: str


class FigureCheck(NamedTuple):
    """One figure of the list against one area over one span: what the list says, what was found, what comes of it."""

    area_code: str
    rule: Entry
    figure: str
    listed: str
    first_day: date
    last_day: date
    state: State
    found: str
    deviation: Deviation
    reason: str
    entry: Entry | None


CHECKS: dict[tuple[str, str], Checker | Unchecked] = {
    ("schemes", "basic"): list_schemes.schemes("basic"),
    ("schemes", "supplementary"): list_schemes.schemes("supplementary"),
    ("schemes", "assistance"): list_schemes.schemes("assistance"),
    ("schemes", "local_schemes_allowed"): list_schemes.local_schemes,
    ("framework_unified", "by"): list_schemes.framework_by,
    ("catastrophic_rate_floor", "at_least"): list_benefits.catastrophic_rate,
    ("catastrophic_deductible_ceiling", "at_most"): list_benefits.catastrophic_deductible,
    ("catastrophic_preference", "deductible_cut"): list_benefits.preference_cut,
    ("catastrophic_preference", "rate_rise"): list_benefits.preference_rise,
    ("catastrophic_preference", "cap_lifted"): list_benefits.preference_cap,
    ("catastrophic_preference", "categories"): list_benefits.preference_categories,
    ("basic_and_catastrophic_cap", "about_times"): list_benefits.caps_together,
    ("assistance_rate_floor", "at_least"): list_assistance.assistance_rate,
    ("assistance_rate_floor", "categories"): Unchecked("是 at_least 一项的对象，随它核对"),
    ("assistance_deductible_ceiling", "none_in_principle"): list_assistance.assistance_no_deductible,
    ("assistance_deductible_ceiling", "at_most"): list_assistance.assistance_deductible,
    ("assistance_deductible_ceiling", "subsistence_margin_about"): list_assistance.assistance_about(
        "subsistence_margin_about", "SUBSISTENCE_MARGIN"
    ),
    ("assistance_deductible_ceiling", "illness_poverty_about"): list_assistance.assistance_about(
        "illness_poverty_about", "ILLNESS_POVERTY"
    ),
    ("basic_rate_target", "about"): Unchecked(
        "是统筹地区全年住院支付的总体水平，要由结算数据计算（年度报告的指标），条目里没有这个数"
    ),
    ("outpatient_rate_floor", "at_least"): list_benefits.outpatient_rate,
    ("exclusions", "list"): list_schemes.exclusions,
    ("exclusions", "third_party_advance"): Unchecked("先行支付和追偿是经办事项，没有条目写它"),
}
"""Entry of the list and figure → what compares it, or why nothing does."""

NOT_OF_THE_LIST = (
    "progress",
    "chronic_lists",
    "chronic_diseases_employee",
    "adjustment_fund",
    "change_workflow",
    "scheme_merge",
    "scorecard",
    "income_per_head",
)
"""Entries of the section that are the notices' demands on the work, or facts the list is compared by."""

WORDLESS = ("of",)
"""Keys that say what a figure is a share of."""


def unaccounted(found: Policies) -> list[Finding]:
    """Figures of the list that nothing compares and nobody has said why: errors of `policy check`."""
    wrong = []
    for rule in _rules(found.packs.get(NATIONAL)):
        for figure in _figures(rule):
            if (rule.key, figure) not in CHECKS:
                wrong.append(
                    finding(
                        rule,
                        figure,
                        "清单的这个数字没有核对办法",
                        "在 packs/list_figures.py 写明怎么核对，或为什么不能核对 (figure not accounted for)",
                    )
                )
    return wrong


def figure_checks(area: Area) -> list[FigureCheck]:
    """Every figure of the list against an area, in the order of the list. Raises PolicyFailure where an entry is broken."""
    found: list[FigureCheck] = []
    for rule in _rules(area.chain[-1]):
        for figure, listed in _figures(rule).items():
            checker = CHECKS.get((rule.key, figure))
            if checker is not None:
                found += _one(area, rule, figure, listed, checker)
    return found


def departures_of(checks: list[FigureCheck]) -> list[Finding]:
    """The deviations and hints among these checks as findings, each on the area's own entry."""
    found = []
    for check in checks:
        if check.state in (State.DEVIATES, State.HINT):
            rests = f"；清单这一数字的依据：{check.rule.source}" if check.state == State.HINT else ""
            remedy = f"{DEVIATION_WORDS[check.deviation][0]}，核对文件{rests} (off the national list)"
            found.append(finding(check.entry or check.rule, check.found, check.reason, remedy))
    return found


def _one(
    area: Area, rule: Entry, figure: str, listed: str, checker: Checker | Unchecked
) -> Iterator[FigureCheck]:
    first_day, last_day = _span(area, rule)
    if first_day > last_day:
        return
    if isinstance(checker, Unchecked):
        compared = Compared(first_day, last_day, None, "", Deviation.NONE, checker.reason)
        yield _check(area, rule, figure, listed, compared, State.NOT_CHECKABLE)
        return
    for compared in checker(area, rule, lambda *names: segments(area, first_day, last_day, *names)):
        yield _check(area, rule, figure, listed, compared, _state(rule, compared))


def _check(
    area: Area, rule: Entry, figure: str, listed: str, compared: Compared, state: State
) -> FigureCheck:
    return FigureCheck(
        area_code=area.code,
        rule=rule,
        figure=figure,
        listed=listed,
        first_day=compared.first_day,
        last_day=compared.last_day,
        state=state,
        found=compared.found,
        deviation=compared.deviation,
        reason=compared.reason,
        entry=compared.entry,
    )


def _state(rule: Entry, compared: Compared) -> State:
    if compared.is_early:
        return State.NOT_DUE
    if compared.is_shown:
        return State.SHOWN
    if compared.is_missing:
        return State.NOT_ON_FILE
    if compared.deviation == Deviation.NONE:
        return State.AGREES
    return State.HINT if rule.standing == Standing.ASSUMED else State.DEVIATES


def segments(area: Area, first_day: date, last_day: date, *names: tuple[str, str]) -> list[Segment]:
    """A span cut wherever one of the named entries changes, with the filled block of each in force, or None."""
    blocks = [_filled(area, *name) for name in names]
    starts = {first_day}
    for of_name in blocks:
        for block in of_name:
            starts.add(block.first_day)
            if block.last_day is not None:
                starts.add(block.last_day + ONE_DAY)
    inside = sorted(day for day in starts if first_day <= day <= last_day)
    ends = [day - ONE_DAY for day in inside[1:]] + [last_day]
    return [
        Segment(
            start, end, tuple(next((b for b in of_name if b.holds_on(start)), None) for of_name in blocks)
        )
        for start, end in zip(inside, ends, strict=True)
    ]


def _filled(area: Area, section: str, key: str) -> list[Entry]:
    try:
        blocks = area.blocks(section, key)
    except PolicyFailure:
        return []
    return [block for block in blocks if not block.refuses and not is_to_fill(block)]


def _rules(national: Any) -> Iterator[Entry]:
    """The filled blocks of the list, from the national pack; nothing where there is none."""
    for (section, key), blocks in (national.entries if national is not None else {}).items():
        if section == SECTION and key not in NOT_OF_THE_LIST:
            yield from (block for block in blocks if not block.refuses and not is_to_fill(block))


def _figures(rule: Entry) -> dict[str, str]:
    found = {name: _words(value) for name, value in rule.values.items() if name not in WORDLESS}
    if rule.categories:
        found["categories"] = category_words(rule.categories)
    return found


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(value)


def _span(area: Area, rule: Entry) -> tuple[date, date]:
    promised = promised_days(area) or (rule.first_day, date.max - ONE_DAY)
    return max(rule.first_day, promised[0]), min(rule.last_day or date.max, promised[1])
