"""Policies with changes laid over them (叠加方案): the same packs with some figures different, each of them assumed.

Nothing is written to a folder: the changed entries stand in the area's own pack, where they override those of a parent,
and everything else is what is on file. What a reader would get wrong: a county with an entry of its own keeps it.
"""

import copy
import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from yibao.kernel.standing import Standing
from yibao.packs.build import params, yaml_keys
from yibao.packs.change_text import Change, ChangesUnfit, Read
from yibao.packs.entries import Entry, PolicyFailure
from yibao.packs.kinds import kind_of
from yibao.packs.policies import SECTIONS, Area, Pack, Policies

ONE_DAY = timedelta(days=1)


class Changed(NamedTuple):
    """One figure of one block: what it was (None where it was not there) and what it is; `after` is the new block."""

    name: str
    path: tuple[str, ...]
    before: Any
    value: Any
    was: Entry
    after: Entry


@dataclass(frozen=True)
class Overlay:
    """Policies with changes: the area under them, every figure that changed, and counties that keep entries of their own."""

    policies: Policies
    area: Area
    changed: tuple[Changed, ...]
    kept_by: dict[str, tuple[str, ...]]


def overlay(policies: Policies, area: Area, read: Read, first_day: date, last_day: date) -> Overlay:
    """The policies with these changes in the days of a benefit year, both inside. Raises ChangesUnfit with every problem."""
    problems = list(read.problems)
    packs = dict(policies.packs)
    changed: list[Changed] = []
    by_area: dict[str, list[Change]] = {}
    for change in read.changes:
        by_area.setdefault(change.area_code or area.code, []).append(change)
    for code, of_area in by_area.items():
        if code not in (area.code, *area.codes("counties")):
            problems.append(_unknown_county(area, of_area[0], code))
            continue
        figures, pack = _changed_pack(policies, policies.area(code), of_area, (first_day, last_day), problems)
        changed += figures
        packs |= {code: pack} if figures else {}
    if problems:
        raise ChangesUnfit(list(dict.fromkeys(problems)))
    found = Policies(policies.folder, packs)
    entries = {(of.after.section, of.after.key) for of in changed if of.after.area_code == area.code}
    reached = {(of.after.area_code, of.after.section, of.after.key) for of in changed}
    return Overlay(
        found, found.area(area.code), tuple(changed), _kept_by(found, area, sorted(entries), reached)
    )


def _changed_pack(
    policies: Policies, area: Area, changes: list[Change], days: tuple[date, date], problems: list[str]
) -> tuple[list[Changed], Pack]:
    """An area's own pack with changes made, and the figures; what is wrong is added to the problems."""
    by_entry: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        wrong = _unknown_entry(area, change)
        if wrong:
            problems.append(wrong)
        else:
            by_entry.setdefault((change.section, change.key), []).append(change)
    own = dict(policies.packs[area.code].entries) if area.code in policies.packs else {}
    changed: list[Changed] = []
    for (section, key), of_entry in by_entry.items():
        try:
            blocks, figures = _changed_blocks(area, section, key, of_entry, days)
        except ChangesUnfit as unfit:
            problems += unfit.problems
        else:
            own[section, key] = blocks
            changed += figures
    return changed, _own_pack(policies, area, own)


def _unknown_county(area: Area, change: Change, code: str) -> str:
    counties = "、".join(f"{c['code']} {c['name']}" for c in area.listed("counties")) or "无"
    return f"{change.name}：{code!r} 不是 {area.code} {area.name}或它的县（市、区）；可用：{counties} (no such county)"


def _unknown_entry(area: Area, change: Change) -> str:
    """What is wrong with the section and key of a change; nothing where they are there or a rule would read them."""
    if change.section not in SECTIONS:
        return (
            f"{change.name}：没有部分 {change.section!r}{_near(change.section, SECTIONS)} (no such section)"
        )
    keys = area.keys(change.section)
    if change.key in keys or (
        change.first_day is not None and kind_of(change.section, change.key) is not None
    ):
        return ""
    return f"{change.name}：{area.code} {change.section} 没有条目 {change.key!r}{_near(change.key, keys)} (no such entry)"


def _changed_blocks(
    area: Area, section: str, key: str, changes: list[Change], days: tuple[date, date]
) -> tuple[tuple[Entry, ...], list[Changed]]:
    """All blocks of an entry with its changes made, and the figures that they changed."""
    blocks = list(area.blocks(section, key)) if key in area.keys(section) else []
    problems: list[str] = []
    if any(change.first_day is None for change in changes):
        blocks = _cut(_cut(blocks, days[0]), days[1] + ONE_DAY)
    for day in sorted({change.first_day for change in changes if change.first_day is not None}):
        if blocks and not any(block.holds_on(day) for block in blocks):
            problems.append(
                f"{changes[0].origin}：{section}.{key} 在 {day} 没有在册规定，不能从这一天改起 (no block on that day)"
            )
        blocks = _cut(blocks, day) if blocks else [_new(area, section, key, day)]
    found: list[Changed] = []
    for at, block in enumerate(blocks):
        here = [change for change in changes if _is_of(change, block, days)]
        if here:
            now, figures, wrong = _changed(area, block, here)
            problems += wrong
            blocks[at] = now
            found += figures
    reached = {id(change) for block in blocks for change in changes if _is_of(change, block, days)}
    problems += [
        f"{change.name}：{section}.{key} 在 {days[0]}—{days[1]} 没有在册规定 (no block in the year)"
        for change in changes
        if id(change) not in reached and not problems
    ]
    if problems:
        raise ChangesUnfit(problems)
    return tuple(blocks), found


def _is_of(change: Change, block: Entry, days: tuple[date, date]) -> bool:
    """Whether a change is one of a block: that of its day and those after it, or every block of the year."""
    first_day, last_day = days
    if change.first_day is not None:
        return block.first_day >= change.first_day
    return block.first_day <= last_day and (block.last_day is None or block.last_day >= first_day)


def _cut(blocks: list[Entry], day: date) -> list[Entry]:
    """The blocks with one that begins on a day."""
    found = []
    for block in blocks:
        if block.first_day < day and block.holds_on(day):
            found += [replace(block, last_day=day - ONE_DAY), replace(block, first_day=day)]
        else:
            found.append(block)
    return found


def _new(area: Area, section: str, key: str, day: date) -> Entry:
    """An entry that the area has not had."""
    return Entry(area.code, section, key, key, day, None, {}, standing=Standing.ASSUMED)


def _changed(area: Area, block: Entry, changes: list[Change]) -> tuple[Entry, list[Changed], list[str]]:
    """A block with changes made: the new block, the figures, and what is wrong."""
    now, figures, problems = _written(area, block, changes)
    misfits = _misfits(area, now, figures)
    if misfits and block.values:
        for change in changes:
            alone, own, wrong = _written(area, block, [change])
            problems += [] if wrong else _misfits(area, alone, own)
    problems = problems or misfits
    return now, [Changed(c.name, c.path, before, c.value, block, now) for c, before in figures], problems


def _written(
    area: Area, block: Entry, changes: list[Change]
) -> tuple[Entry, list[tuple[Change, Any]], list[str]]:
    """A block with changes written into it, each with the figure that stood there, and what could not be written."""
    problems: list[str] = []
    values = copy.deepcopy(block.values)
    if block.categories:
        values["categories"] = list(block.categories)
    figures: list[tuple[Change, Any]] = []
    for change in changes:
        wrong, before = _set(block, values, change)
        if wrong:
            problems.append(wrong)
        else:
            figures.append((change, before))
    categories = tuple(str(name) for name in values.pop("categories", ()) or ())
    words = "；".join(_said(change, before) for change, before in figures)
    now = replace(
        block,
        area_code=area.code,
        values=values,
        categories=categories,
        cite="",
        quotes=(),
        source=f"改革方案（{'、'.join(dict.fromkeys(change.origin for change in changes))}）",
        standing=Standing.ASSUMED,
        note=f"测算用的改动，不是现行规定：{words}；其余沿用 {block.id}",
        file=changes[0].origin,
    )
    return now, figures, problems


def _set(block: Entry, values: dict[str, Any], change: Change) -> tuple[str, Any]:
    """Puts a figure into the values of a block: what is wrong, and what stood there before."""
    *above, last = change.path
    at: Any = values
    for depth, part in enumerate(above):
        inner = at.get(part) if isinstance(at, dict) else None
        if inner is None and isinstance(at, dict) and _may_have(block, change.path[: depth + 1]):
            inner = at[part] = {}
        if isinstance(at, list):
            inner = _of_list(at, part)
        if not isinstance(inner, (dict, list)):
            upto = change.path[: depth + (1 if inner is None else 2)]
            return _no_such(block, change, upto, at if inner is None else inner), None
        at = inner
    if isinstance(at, list):
        if _of_list(at, last) is None:
            return _no_such(block, change, change.path, at), None
        before, at[int(last) - 1] = at[int(last) - 1], change.value
        return "", before
    known = _key_of(at, last)
    if known is None and not _may_have(block, change.path):
        return _no_such(block, change, change.path, at), None
    name = last if known is None else known
    before = at.get(name)
    if isinstance(before, dict) and not isinstance(change.value, dict):
        inside = "、".join(f"{change.name}.{inner}" for inner in list(before)[:4])
        return (
            f"{change.name} 不是一个数字，是一张表；请写到其中一项，如 {inside} (a table, not a figure)",
            None,
        )
    if change.value is None:
        at.pop(name, None)
    else:
        at[name] = change.value
    return "", before


def _key_of(at: dict[Any, Any], part: str) -> Any:
    """The key of a mapping that is written so; a code in quotes and a bare number are told apart by nobody."""
    return next((key for key in at if str(key) == part), None)


def _of_list(at: list[Any], part: str) -> Any:
    """An element of a list by its number, counted from one; None where there is none."""
    return at[int(part) - 1] if part.isdigit() and 1 <= int(part) <= len(at) else None


def _may_have(block: Entry, path: tuple[str, ...]) -> bool:
    """Whether a rule would read a figure that the block does not give: a known key, or a code inside one."""
    if path == ("categories",):
        return bool(block.categories) or not block.values
    kind = kind_of(block.section, block.key)
    known = kind is not None and path[0] in yaml_keys(kind)
    return known and (len(path) > 1 or path[0] not in block.values)


def _no_such(block: Entry, change: Change, path: tuple[str, ...], at: Any) -> str:
    above = ".".join((block.section, block.key, *path[:-1]))
    if isinstance(at, list):
        return f"{change.name}：{above} 只有 1—{len(at)} 项，没有 {path[-1]!r} (no such element)"
    if not isinstance(at, dict):
        return f"{change.name}：{above} 是一个数字（{at}），下面没有 {path[-1]!r} (a figure, not a table)"
    names = [str(name) for name in at]
    kind = kind_of(block.section, block.key)
    if len(path) == 1 and kind is not None:
        names = list(dict.fromkeys([*names, *sorted(yaml_keys(kind))]))
    return f"{change.name}：{above} 没有 {path[-1]!r}{_near(path[-1], names)} (no such figure)"


def _misfits(area: Area, block: Entry, figures: list[tuple[Change, Any]]) -> list[str]:
    """What does not fit in the changed block; where several changes meet, each is tried alone so that all are named."""
    kind = kind_of(block.section, block.key)
    if kind is None:
        return []
    strays = sorted(set(map(str, block.values)) - yaml_keys(kind))
    if strays:
        return [
            f"{block.section}.{block.key} 没有键 {'、'.join(strays)}{_near(strays[0], yaml_keys(kind))} (unknown key)"
        ]
    try:
        params(kind, block, area)
    except PolicyFailure as bad:
        names = "、".join(dict.fromkeys(change.name for change, _ in figures))
        return [f"{names}：{str(bad).removeprefix(f'{block.file} ')}"]
    return []


def _said(change: Change, before: Any) -> str:
    return f"{'.'.join(change.path)} {'无' if before is None else before} → {'删去' if change.value is None else change.value}"


def _near(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), 3, 0.5)
    shown = near or sorted(known)[:12]
    return f"；{'相近的' if near else '可用'}：{'、'.join(shown)}" if shown else ""


def _own_pack(policies: Policies, area: Area, entries: dict[tuple[str, str], tuple[Entry, ...]]) -> Pack:
    """The area's own pack with these entries; one made for it where it reads its city's."""
    pack = policies.packs.get(area.code)
    if pack is not None:
        return replace(pack, entries=entries)
    above = area.chain[0]
    return Pack(area.code, above.names | {"zh": area.name}, above.code, {}, entries, above.folder)


def _kept_by(
    policies: Policies, area: Area, entries: Iterable[tuple[str, str]], reached: set[tuple[str, str, str]]
) -> dict[str, tuple[str, ...]]:
    """By changed entry, the counties that have one of their own and are not reached by any change."""
    found = {}
    for section, key in entries:
        counties = [
            str(county["name"])
            for county in area.listed("counties")
            if county["code"] != area.code
            and (section, key) in getattr(policies.packs.get(county["code"]), "entries", {})
            and (str(county["code"]), section, key) not in reached
        ]
        if counties:
            found[f"{section}.{key}"] = tuple(counties)
    return found
