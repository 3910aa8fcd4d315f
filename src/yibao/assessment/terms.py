"""Nouns of assessment that other areas may use: targets, verdicts, and the groups that targets are about."""

from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from yibao.assistance.terms import Category

ANYBODY = -1
"""No tier or group that a target is about."""


class Comparison(StrEnum):
    """How a value is compared with a target (比较方式), by the key that carries the number in the policy."""

    EQUALS = "equals"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOUT = "about"


class Unit(StrEnum):
    """What a target's number is: a share of one, or fen."""

    SHARE = "share"
    FEN = "fen"


class Verdict(StrEnum):
    """What comes out of a comparison (评价)."""

    MET = "met"
    NOT_MET = "not_met"
    NOTHING_TO_MEASURE = "nothing_to_measure"


class Target(NamedTuple):
    """One target of a notice (目标) as its entry states it; `wanted` is a share or fen.

    `tier` and `group` (the place of a contribution tier, a ContributionGroup) narrow whom it is about; ANYBODY does not.
    """

    key: str
    id: str
    label: str
    measure: str
    comparison: Comparison
    unit: Unit
    wanted: Fraction
    clauses: tuple[str, ...]
    entry_id: str
    cite: str
    standing: int
    tier: int = ANYBODY
    group: int = ANYBODY


COMPARISON_WORDS: dict[Comparison, tuple[str, str]] = {
    Comparison.EQUALS: ("等于", "equal to"),
    Comparison.AT_LEAST: ("不低于", "at least"),
    Comparison.AT_MOST: ("不超过", "at most"),
    Comparison.ABOUT: ("左右", "about"),
}

VERDICT_WORDS: dict[Verdict, tuple[str, str]] = {
    Verdict.MET: ("达到", "met"),
    Verdict.NOT_MET: ("未达到", "not met"),
    Verdict.NOTHING_TO_MEASURE: ("没有可计算的数据", "nothing to measure"),
}

MONITORED = (Category.UNSTABLE_EXIT, Category.EDGE_OF_POVERTY, Category.SUDDEN_HARDSHIP)
"""Monitored people (监测对象, “三类户”)."""

LOW_INCOME = (
    Category.EXTREME_POVERTY,
    Category.SUBSISTENCE_ALLOWANCE,
    Category.FELL_INTO_POVERTY,
    *MONITORED,
    Category.SUBSISTENCE_MARGIN,
    Category.ILLNESS_POVERTY,
)
"""Low-income people (低收入人口): the groups that the notices put under the safety net."""
