"""Comparing policies: what differs between two areas, or between two days of one area, entry by entry and figure by figure.

Figures are compared as what they mean, not as they are written: `60000 元` is `6 万元`. Sources, notes and standing do not
make two entries differ; they are what a reader looks at next.
"""

from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from yibao.kernel.money import AmountUnreadable, fen_of
from yibao.kernel.rates import RateUnreadable, bp_of
from yibao.packs.entries import Entry, NoSuchEntry, NotOnFile
from yibao.packs.policies import SECTIONS, Area

Path = tuple[str, ...]
"""Where a figure stands in its entry: `("rate", "grass_roots")`."""

CATEGORIES: Path = ("categories",)
"""Whom an entry is for: its order says nothing."""


class Side(NamedTuple):
    """One side of a comparison: an area on a day."""

    area: Area
    day: date


class Kind(StrEnum):
    """How an entry stands in two sides."""

    DIFFERS = "differs"
    ONLY_LEFT = "only_left"
    ONLY_RIGHT = "only_right"
    EQUAL = "equal"


class Figure(NamedTuple):
    """One figure of an entry on each side, as its file has it; None where a side does not give it."""

    path: Path
    left: Any
    right: Any
    differs: bool


class EntryPair(NamedTuple):
    """An entry with the block in force on each side, None where there is none, and its figures side by side."""

    section: str
    key: str
    kind: Kind
    left: Entry | None
    right: Entry | None
    figures: tuple[Figure, ...]

    @property
    def label(self) -> str:
        """What the entry is called, by the side that has it."""
        block = self.left or self.right
        assert block is not None
        return block.label


def entry_pairs(left: Side, right: Side) -> list[EntryPair]:
    """Every entry in force on either side, in the order of the files."""
    found = []
    for section in SECTIONS:
        for key in dict.fromkeys([*left.area.keys(section), *right.area.keys(section)]):
            here, there = _block(left, section, key), _block(right, section, key)
            if here is not None or there is not None:
                figures = _figures(here, there)
                found.append(EntryPair(section, key, _kind(here, there, figures), here, there, figures))
    return found


def _kind(here: Entry | None, there: Entry | None, figures: tuple[Figure, ...]) -> Kind:
    if there is None:
        return Kind.ONLY_LEFT
    if here is None:
        return Kind.ONLY_RIGHT
    return Kind.DIFFERS if any(figure.differs for figure in figures) else Kind.EQUAL


def _figures(here: Entry | None, there: Entry | None) -> tuple[Figure, ...]:
    left, right = _flat(here), _flat(there)
    return tuple(
        Figure(path, left.get(path), right.get(path), _differ(path, left.get(path), right.get(path)))
        for path in dict.fromkeys([*left, *right])
    )


def _differ(path: Path, left: Any, right: Any) -> bool:
    if path == CATEGORIES and left is not None and right is not None:
        return set(left) != set(right)
    return bool(_meant(left) != _meant(right))


def _flat(block: Entry | None) -> dict[Path, Any]:
    """The figures of a block by their path; a list is one figure."""
    if block is None:
        return {}
    found: dict[Path, Any] = {CATEGORIES: list(block.categories)} if block.categories else {}
    waiting: list[tuple[Path, Any]] = [((str(name),), value) for name, value in block.values.items()]
    while waiting:
        path, value = waiting.pop(0)
        if isinstance(value, dict):
            waiting[:0] = [((*path, str(name)), inner) for name, inner in value.items()]
        else:
            found[path] = value
    return found


def _meant(value: Any) -> Any:
    """What a figure means, however it is written."""
    if isinstance(value, dict):
        return tuple((str(name), _meant(inner)) for name, inner in sorted(value.items(), key=str))
    if isinstance(value, list):
        return tuple(_meant(inner) for inner in value)
    if isinstance(value, str):
        try:
            return bp_of(value), "rate"
        except RateUnreadable:
            pass
        if value.rstrip().endswith("元"):
            try:
                return fen_of(value), "fen"
            except AmountUnreadable:
                pass
    return value


def _block(side: Side, section: str, key: str) -> Entry | None:
    try:
        return side.area.block(section, key, side.day)
    except (NoSuchEntry, NotOnFile):
        return None
