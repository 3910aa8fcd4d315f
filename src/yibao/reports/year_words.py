"""The words and figures of a year report that a page, a workbook and the terminal share: key figures, indicators, amounts."""

from fractions import Fraction
from typing import Any, NamedTuple

from yibao.assessment.indicators import Indicator
from yibao.assessment.terms import COMPARISON_WORDS, VERDICT_WORDS, Comparison, Unit, Verdict
from yibao.fund.statement import decimals
from yibao.kernel.standing import Standing
from yibao.reports.year_report import StandingMoney, YearReport

TEN_THOUSAND_YUAN = 1_000_000

SURENESS = {
    "assumed": (Standing.ASSUMED,),
    "secondary": (Standing.PRESS, Standing.SECONDARY),
    "official": (Standing.NOTICE, Standing.OFFICIAL),
}
"""Standings as the report's sentences put them together."""


class Tile(NamedTuple):
    """One of the key figures at the head of a report."""

    chinese: str
    english: str
    value: str
    unit: str
    note: str


def tiles(report: YearReport) -> list[Tile]:
    """The six figures a reader looks for first; the terminal prints the same."""
    of = report.statement
    met = sum(indicator.verdict == Verdict.MET for indicator in report.indicators)
    paid, raised = (report.standing_share(Standing.ASSUMED, raised=side) for side in (False, True))
    opening = "" if report.opening.given else "期初结余为假定值"
    return [
        Tile("参保人数", "People covered", f"{report.covered:,}", "人", f"登记 {report.people:,} 人"),
        Tile("基金收入", "Fund income", wan(of.income_total_fen), "万元", "城乡居民基本医保基金"),
        Tile(
            "基金支出", "Fund expense", wan(of.expense_total_fen), "万元", f"其中待遇 {wan(of.benefit_fen)}"
        ),
        Tile("滚存结余可支付", "Months of reserve", decimals(of.reserve_months), "个月", opening),
        Tile("指标达到", "Targets met", f"{met} / {len(report.indicators)}", "项", "可由年度数据计算的指标"),
        Tile(
            "待遇依据假定值", "Benefits on assumed figures", percent(paid), "", f"筹资中为 {percent(raised)}"
        ),
    ]


def indicator_row(indicator: Indicator) -> dict[str, Any]:
    """One indicator as a page, a sheet or a terminal shows it."""
    target, measured = indicator.target, indicator.measured
    empty = indicator.verdict == Verdict.NOTHING_TO_MEASURE
    return {
        "id": target.id,
        "chinese": measured.chinese,
        "english": measured.english,
        "value": "—" if empty else shown(indicator.value, target.unit),
        "target": target_words(indicator),
        "verdict": indicator.verdict.value,
        "verdict_words": VERDICT_WORDS[indicator.verdict],
        "definition": measured.definition,
        "definition_english": measured.definition_english,
        "cite": target.cite,
        "entry_id": target.entry_id,
        "clauses": target.clauses,
    }


def target_words(indicator: Indicator) -> str:
    """A target as people say it: `不超过 15%`, `75% 左右`."""
    word = COMPARISON_WORDS[indicator.comparison][0]
    number = shown(indicator.target.wanted, indicator.target.unit)
    return f"{number} {word}" if indicator.comparison == Comparison.ABOUT else f"{word} {number}"


def shown(value: Fraction, unit: Unit) -> str:
    """A value with its unit: a share as per cent, fen as yuan."""
    return percent(value) if unit == Unit.SHARE else f"{_grouped(value / 100)} 元"


def standing_rows(rows: tuple[StandingMoney, ...]) -> list[dict[str, Any]]:
    """Money by layer and standing in ten thousand yuan, with each one's part of the layer."""
    found = []
    for layer in dict.fromkeys(row.layer for row in rows):
        amounts = {row.standing: row.amount_fen for row in rows if row.layer == layer}
        whole = sum(amounts.values()) or 1
        cells = [
            f"{wan(amounts[s])}（{percent(Fraction(amounts[s], whole))}）" if amounts.get(s) else "—"
            for s in used_standings(rows)
        ]
        found.append({"layer": layer, "cells": cells})
    return found


def used_standings(rows: tuple[StandingMoney, ...]) -> list[Standing]:
    """The standings that some money has, surest first."""
    return [standing for standing in Standing if any(row.standing == standing for row in rows)]


def wan(amount_fen: int) -> str:
    """Fen as ten thousand yuan with two decimals and grouping."""
    return _grouped(Fraction(amount_fen, TEN_THOUSAND_YUAN))


def percent(share: Fraction) -> str:
    """A share as per cent with one decimal; what is there but would print as nothing is said to be less than 0.1 %."""
    return "<0.1%" if 0 < share < Fraction(1, 2000) else f"{decimals(share * 100, 1)}%"


def _grouped(value: Fraction) -> str:
    sign, digits = ("-", decimals(-value)) if value < 0 else ("", decimals(value))
    whole, rest = digits.split(".")
    return f"{sign}{int(whole):,}.{rest}"
