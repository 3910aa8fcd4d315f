"""Entries: dated blocks of policy, each with the notice it quotes or the source and standing it has.

What a reader would get wrong: a locality overrides its parent *entry by entry*, never block by block; and outside the
days an entry has on file nothing is guessed, `NotOnFile` names the first day there is. A block with only `note:` (and
`cite:`) is a refusal: the policy for those days is known to be unknown. Where it cites nothing either, no document stands
behind it, so its standing is assumed without being written.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from yibao.kernel.standing import Standing
from yibao.packs.quotes import LONGEST_QUOTE

META = ("last_day", "cite", "quote", "source", "standing", "note", "carries_out", "categories")


@dataclass(frozen=True)
class Entry:
    """One dated block: the figures in the notice's own units, and what they rest on."""

    area_code: str
    section: str
    key: str
    label: str
    first_day: date
    last_day: date | None
    values: dict[str, Any] = field(hash=False)
    cite: str = ""
    quotes: tuple[str, ...] = ()
    source: str = ""
    standing: Standing = Standing.NOTICE
    note: str = ""
    carries_out: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    file: str = ""

    @property
    def id(self) -> str:
        """How results name it: `990100 assistance.direct_monitored 2022-01-01`."""
        return f"{self.area_code} {self.section}.{self.key} {self.first_day.isoformat()}"

    @property
    def refuses(self) -> bool:
        """Whether the block only says why there is no figure."""
        return not self.values

    def holds_on(self, day: date) -> bool:
        """Whether the block is in force on a day."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


class PolicyFailure(ValueError):
    """What keeps a policy from being read or applied; the message says what to do."""


class NotOnFile(PolicyFailure):
    """No block of an entry is in force on a day."""

    def __init__(self, area_code: str, section: str, key: str, day: date, blocks: tuple[Entry, ...]) -> None:
        self.key = f"{section}.{key}"
        spans = "、".join(f"{b.first_day}—{b.last_day or '……'}" for b in blocks) or "无"
        super().__init__(
            f"{area_code} 的 {section}.{key} 在 {day} 没有在册规定；在册日期：{spans}。"
            f"请补充该日的条目，或改用在册日期 (no entry on file for that day)"
        )


class NoSuchEntry(PolicyFailure):
    """An area and its parents have no entry of that name."""

    def __init__(self, area_code: str, section: str, key: str) -> None:
        self.key = f"{section}.{key}"
        super().__init__(
            f"{area_code} 及其上级都没有 {section}.{key}。请在该地区的 {section}.yaml 中写入 (no such entry)"
        )


class EntryRefuses(PolicyFailure):
    """The entry in force only says why there is no figure."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        super().__init__(f"{entry.id}：{entry.note}。请把文件给出的数字写进 {entry.file} (refused by a note)")


def blocks_of(area_code: str, section: str, key: str, body: dict[Any, Any], file: str) -> tuple[Entry, ...]:
    """The dated blocks of one entry, by first day; an earlier block ends the day before the next begins.

    Raises PolicyFailure where a block has no readable date or standing.
    """
    starts = sorted(k for k in body if isinstance(k, date))
    strays = [k for k in body if not isinstance(k, date) and k != "label"]
    if strays or not starts:
        raise PolicyFailure(
            f"{file}：{key} 下只能有 label 和以日期为名的块，发现 {strays or '没有日期'} (bad entry)"
        )
    found = []
    for at, first_day in enumerate(starts):
        block = body[first_day]
        if not isinstance(block, dict):
            raise PolicyFailure(f"{file}：{key} {first_day} 应是一组键值 (block is not a mapping)")
        next_first = starts[at + 1] if at + 1 < len(starts) else None
        found.append(
            _entry(area_code, section, key, str(body.get("label", key)), first_day, next_first, block, file)
        )
    return tuple(found)


def _entry(
    area_code: str,
    section: str,
    key: str,
    label: str,
    first_day: date,
    next_first: date | None,
    block: dict[str, Any],
    file: str,
) -> Entry:
    last_day = block.get("last_day")
    if last_day is None and next_first is not None:
        last_day = next_first - timedelta(days=1)
    quote = block.get("quote", ())
    quotes = tuple(quote) if isinstance(quote, list) else ((str(quote),) if quote else ())
    cite = str(block.get("cite", ""))
    return Entry(
        area_code=area_code,
        section=section,
        key=key,
        label=label,
        first_day=first_day,
        last_day=last_day,
        values={k: v for k, v in block.items() if k not in META},
        cite=cite,
        quotes=quotes,
        source=str(block.get("source", "")),
        standing=_standing(block, cite, f"{file}：{key} {first_day}"),
        note=str(block.get("note", "")),
        carries_out=tuple(_listed(block.get("carries_out", ()))),
        categories=tuple(_listed(block.get("categories", ()))),
        file=file,
    )


def _standing(block: dict[str, Any], cite: str, where: str) -> Standing:
    word = block.get("standing")
    if word is None:
        if cite:
            return Standing.NOTICE
        if block.get("note") and set(block) <= set(META):
            return Standing.ASSUMED  # a refusal that cites nothing
        raise PolicyFailure(
            f"{where} 既没有 cite 也没有 standing。请按数字的来处补上其中一组：在册通知写 cite（文号和节）与 quote（不超过"
            f"{LONGEST_QUOTE}字的原文）；其他文件或报道写 source 与 standing（official、press 或 secondary）；没有文件的写 source、"
            "standing: assumed 与 note；暂不规定的只留 note，说明为什么没有数字 (no source)"
        )
    try:
        return Standing[str(word).upper()]
    except KeyError:
        words = "、".join(s.name.lower() for s in Standing)
        raise PolicyFailure(f"{where} 的 standing 是 {word!r}，只能是 {words} (unknown standing)") from None


def _listed(value: object) -> list[str]:
    return [str(v) for v in value] if isinstance(value, (list, tuple)) else [str(value)]
