"""A new year (新年度): a folder of policies of one's own, with next year's figures left open and a list of them.

Nothing is carried over as if it were known: each entry that ends gets a block for the new year whose every figure says
`待填`. Such a block reads, refuses to settle, and `policy check` names it until somebody has written the figure, the
notice and the quote. Asked to assume, it writes last year's figures there instead, each block `standing: assumed` with a
source that says so. Files are edited as text, so comments and layout stay.
"""

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from yibao.packs.carried_block import Carried, carried, opens_on
from yibao.packs.entries import Entry, PolicyFailure
from yibao.packs.policies import SECTIONS, Area, Pack, Policies
from yibao.packs.provenance import TO_FILL
from yibao.packs.spans import TARGETS, promised_years

_TOP_KEY = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*:", re.MULTILINE)


class ToFill(NamedTuple):
    """One figure left open: the file, the entry and the figure's place in it."""

    file: str
    entry: str
    figure: str


class FolderThere(PolicyFailure):
    """A folder for the new year that exists."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} 已经存在，没有改动。请换一个文件夹 (folder exists, nothing was written)")


class YearThere(PolicyFailure):
    """A year that every entry of the area holds for."""

    def __init__(self, area: Area, year: int) -> None:
        super().__init__(
            f"{area.name} 的条目都已覆盖 {year} 年，没有要填的 (nothing to fill in for that year)"
        )


def new_year(found: Policies, code: str, year: int, folder: Path) -> list[ToFill]:
    """Writes a copy of all policies to a folder, with the year left open for an area, its parents and its counties.

    Returns what is to be filled in. Raises FolderThere, YearThere, NoSuchArea.
    """
    blocks = _copied(found, code, year, folder, lambda block: _open_block(block, year))
    return [ToFill(block.file, block.key, figure) for block in blocks for figure in _figures(block)]


def assumed_year(found: Policies, code: str, year: int, folder: Path) -> list[Carried]:
    """Writes the same copy with last year's figures carried on, each block assumed.

    Returns what was carried. Raises FolderThere, YearThere, NoSuchArea.
    """
    carried_on: list[Carried] = []

    def text_of(block: Entry) -> str:
        ahead = found.packs[block.area_code].entries[block.section, block.key][:-1]
        text, one = carried(block, ahead[-1] if ahead else None, year)
        carried_on.append(one)
        return text

    _copied(found, code, year, folder, text_of)
    return carried_on


def _copied(
    found: Policies, code: str, year: int, folder: Path, text_of: Callable[[Entry], str]
) -> list[Entry]:
    """A copy of all policies with one more block behind each entry that ends; the blocks that it follows."""
    if folder.exists():
        raise FolderThere(folder)
    area = found.area(code)
    packs = [
        pack
        for pack in found.packs.values()
        if pack in area.chain or area.chain[0] in found.area(pack.code).chain
    ]
    blocks = [block for pack in packs for block in _ending(pack, year)]
    if not blocks:
        raise YearThere(area, year)
    shutil.copytree(found.folder, folder)
    for pack in packs:
        _write(folder, pack, [block for block in blocks if block.area_code == pack.code], text_of)
    _promise(folder / area.chain[0].folder.name / "pack.yaml", promised_years(area), year)
    return blocks


def _ending(pack: Pack, year: int) -> list[Entry]:
    """The last blocks of a pack's entries that end before the year is over; targets belong to their own notice."""
    last = [blocks[-1] for (section, _), blocks in pack.entries.items() if section != TARGETS]
    return [block for block in last if block.last_day is not None and block.last_day < date(year, 12, 31)]


def _write(folder: Path, pack: Pack, blocks: list[Entry], text_of: Callable[[Entry], str]) -> None:
    for section in SECTIONS:
        path = folder / pack.folder.name / f"{section}.yaml"
        of_section = [block for block in blocks if block.section == section]
        if of_section:
            text = path.read_text(encoding="utf-8")
            for block in of_section:
                text = _with_block(text, block.key, text_of(block))
            path.write_text(text, encoding="utf-8")


def _with_block(text: str, key: str, block: str) -> str:
    """The text of a file with a block set behind the last line of an entry."""
    starts = [match.start() for match in _TOP_KEY.finditer(text)]
    at = next(start for start in starts if text.startswith(f"{key}:", start))
    ends = next((start for start in starts if start > at), len(text))
    body = text[at:ends].rstrip("\n").split("\n")
    while body and (not body[-1].strip() or body[-1].startswith("#")):
        body.pop()  # blank lines and comments before the next entry belong to that one
    entry = "\n".join(body)
    return text[:at] + entry + "\n" + block + text[at + len(entry) + 1 :]


def _open_block(block: Entry, year: int) -> str:
    lines = [f"  {opens_on(block, year).isoformat()}:"]
    for name, value in block.values.items():
        lines += _open_value(name, value)
    if block.categories:
        lines.append(f"    categories: [{', '.join(block.categories)}]")
    lines.append(f"    last_day: {year}-12-31")
    lines.append(f"    cite: {TO_FILL}")
    lines.append(f"    quote: {TO_FILL}" if block.values else f"    note: {TO_FILL}")
    if block.carries_out:
        lines.append(f"    carries_out: [{', '.join(block.carries_out)}]")
    return "\n".join(lines) + "\n"


def _open_value(name: str, value: Any) -> list[str]:
    if not isinstance(value, dict):
        return [f"    {name}: {TO_FILL}"]
    return [f"    {name}:", *(f"      {_quoted(key)}: {TO_FILL}" for key in value)]


def _figures(block: Entry) -> list[str]:
    """The places of a block's figures: a key, or a key and the code inside it."""
    found = []
    for name, value in block.values.items():
        found += [f"{name}.{key}" for key in value] if isinstance(value, dict) else [name]
    return found or ["note"]


def _quoted(key: object) -> str:
    return f'"{key}"' if str(key).isdigit() else str(key)


def _promise(path: Path, years: list[int], year: int) -> None:
    """Adds the year to those that the area promises to hold for; other areas of the folder promise what they did."""
    text = path.read_text(encoding="utf-8")
    promised = f"years: [{', '.join(map(str, sorted({*years, year})))}]"
    text, written = re.subn(r"^years: \[.*\]$", promised, text, count=1, flags=re.MULTILINE)
    if not written:
        text = f"{text.rstrip()}\n\n# The years that this pack promises to hold for, beside its parents'.\n{promised}\n"
    path.write_text(text, encoding="utf-8")
