"""The glossary is a table of four cells a line, names each thing once, and has every member of the areas' enums."""

import csv
import importlib
from collections import Counter
from enum import Enum
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEADINGS = ["section", "chinese", "english", "identifier"]
AREAS = sorted(path.parent.name for path in (ROOT / "src" / "yibao").glob("*/terms.py"))


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    with (ROOT / "docs" / "glossary.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def identifiers(rows: list[list[str]]) -> set[str]:
    """Every identifier, `Name.A, .B` as `Name.A` and `Name.B`, without a remark in brackets."""
    found = set()
    for *_, cell in rows[1:]:
        owner = ""
        for word in (part.strip().split(" (")[0] for part in cell.split(",")):
            if word.startswith("."):
                word = owner + word
            owner = word.partition(".")[0]
            found.add(word)
    return found


def enums_of(area: str) -> list[type[Enum]]:
    module = importlib.import_module(f"yibao.{area}.terms")
    return [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Enum) and thing.__module__ == module.__name__
    ]


def test_every_line_has_four_cells_and_none_is_empty(rows):
    assert rows[0] == HEADINGS
    assert [row for row in rows if len(row) != len(HEADINGS) or not all(cell.strip() for cell in row)] == []


def test_no_row_stands_twice(rows):
    assert [row for row, times in Counter(map(tuple, rows)).items() if times > 1] == []
    named = Counter((section, chinese) for section, chinese, *_ in rows[1:])
    assert [name for name, times in named.items() if times > 1] == []


@pytest.mark.parametrize("area", AREAS)
def test_every_member_of_an_enum_has_a_row(rows, area):
    known = identifiers(rows)
    missing = [
        f"{enum.__name__}.{member.name}"
        for enum in enums_of(area)
        for member in enum
        if not {member.name, f"{enum.__name__}.{member.name}"} & known
    ]
    assert missing == [], "a new noun is a new row of docs/glossary.csv"
