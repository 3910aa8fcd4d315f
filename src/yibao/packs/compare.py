"""Comparing policies: what differs between two areas, or between two days of one area, entry by entry."""

from datetime import date
from typing import NamedTuple

from yibao.packs.entries import Entry, NoSuchEntry, NotOnFile
from yibao.packs.policies import SECTIONS, Area


class Side(NamedTuple):
    """One side of a comparison: an area on a day."""

    area: Area
    day: date


class Difference(NamedTuple):
    """An entry that differs: the block in force on each side, None where there is none."""

    section: str
    key: str
    left: Entry | None
    right: Entry | None


def differences(left: Side, right: Side) -> list[Difference]:
    """The entries whose figures or categories differ, in the order of the files; sources and notes do not count."""
    found = []
    for section in SECTIONS:
        for key in dict.fromkeys([*left.area.keys(section), *right.area.keys(section)]):
            here, there = _block(left, section, key), _block(right, section, key)
            if _figures(here) != _figures(there):
                found.append(Difference(section, key, here, there))
    return found


def _block(side: Side, section: str, key: str) -> Entry | None:
    try:
        return side.area.block(section, key, side.day)
    except (NoSuchEntry, NotOnFile):
        return None


def _figures(block: Entry | None) -> object:
    return None if block is None else (block.values, block.categories)
