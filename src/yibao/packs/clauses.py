"""Clauses (依据条款): what a refusal rests on in one place and on one day.

Words of refusals are the same everywhere, clauses are not: the cite of the entry in force is the clause, and where the
entry has none, the words that stand beside the refusal.
"""

from datetime import date
from typing import Protocol

from yibao.packs.entries import PolicyFailure
from yibao.packs.policies import Area


class Words(Protocol):
    """Words of a refusal, of whichever area: its clause in general, and the entry that has it in particular."""

    @property
    def clause(self) -> str:
        """The clause in general."""

    @property
    def entry(self) -> tuple[str, str] | None:
        """Section and key of the entry that a refusal rests on."""


def clause_of(words: Words, area: Area, day: date) -> str:
    """The clause that a refusal rests on in an area on a day, as a page prints it."""
    if words.entry is None:
        return words.clause
    try:
        entry = area.block(*words.entry, day)
    except PolicyFailure:
        return words.clause
    return entry.cite or words.clause
