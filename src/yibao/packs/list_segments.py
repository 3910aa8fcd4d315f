"""Spans and verdicts that every comparison with the national benefit list shares.

Every verdict goes through one rule, `policy_list.rules.deviation`. Fixed here: an "about" that is a share is met within five
points either way, our reading, as `assessment.indicators` reads it.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from yibao.assistance.terms import CATEGORY_WORDS, Category
from yibao.kernel.money import fen_of
from yibao.packs.entries import Entry
from yibao.packs.policies import Area
from yibao.policy_list.rules.deviation import deviation
from yibao.policy_list.terms import Bound, Deviation

ABOUT_BP = 500
"""How far from an "about" still meets it, in basis points."""

INCOME = ("policy_list", "income_per_head")
"""The entry that says what the list's ceilings are shares of: `amount`, income per head of the year before."""


class Segment(NamedTuple):
    """A span of days on which the named entries do not change; None where one has no figure on file."""

    first_day: date
    last_day: date
    entries: tuple[Entry | None, ...]


class Compared(NamedTuple):
    """What one comparison found over one span; missing, shown and early ones are no verdict."""

    first_day: date
    last_day: date
    entry: Entry | None
    found: str
    deviation: Deviation
    reason: str
    is_missing: bool = False
    is_shown: bool = False
    is_early: bool = False


Cut = Callable[..., list[Segment]]
Checker = Callable[[Area, Entry, Cut], Iterator[Compared]]


def category_words(names: Iterable[str]) -> str:
    """Categories as people call them, in the order of their codes."""
    return "、".join(
        CATEGORY_WORDS[member][0] for member in sorted(Category[name] for name in dict.fromkeys(names))
    )


def bounded(
    segment: Segment, entry: Entry | None, bound: Bound, listed: int, found: int, words: str, said: str
) -> Compared:
    verdict = Deviation(deviation(bound=bound, listed=listed, found=found, near=ABOUT_BP))
    reason = said if verdict != Deviation.NONE else ""
    return Compared(segment.first_day, segment.last_day, entry, words, verdict, reason)


def missing(segment: Segment, reason: str) -> Compared:
    return Compared(segment.first_day, segment.last_day, None, "", Deviation.NONE, reason, is_missing=True)


def income_fen(income: Entry) -> int:
    return fen_of(income.values["amount"])
