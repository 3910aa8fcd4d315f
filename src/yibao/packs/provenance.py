"""Provenance (出处): whether every figure says where it comes from, and whether the notice really says it.

A figure of a notice needs the notice's number and a quote; any other needs its source; an assumed one a note that says
so. A quote is looked up only where the text is at hand: what could not be looked up is counted, never passed over.
"""

from collections import Counter
from typing import NamedTuple

from yibao.kernel.findings import Finding
from yibao.kernel.standing import Standing
from yibao.packs.entries import Entry
from yibao.packs.notices import Notice, NoticeText
from yibao.packs.quotes import LONGEST_QUOTE, normalised

UNQUOTED = {"id", "kind", "asks", "clauses"}
"""Keys of a target that carry no figure of the notice: a target in our own words needs a cite and no quote."""

TO_FILL = "待填"
"""What a new year's figures say until somebody fills them in."""


class Provenance(NamedTuple):
    """What was found, how many quotes a text confirmed, and how many could not be looked up, by notice."""

    findings: list[Finding]
    verified: int
    unverified: dict[str, int]


def provenance(entries: list[Entry], notices: dict[str, Notice], texts: dict[str, NoticeText]) -> Provenance:
    """The findings on sources and quotes of these entries."""
    found: list[Finding] = []
    verified = 0
    unverified: Counter[str] = Counter()
    for entry in entries:
        if is_to_fill(entry):
            found.append(
                finding(entry, TO_FILL, "还有没填的数字", "照文件填好数字、文号和引文 (figures to fill in)")
            )
            continue
        found += _source(entry) + _cite(entry, notices)
        for quote in entry.quotes:
            if len(quote) > LONGEST_QUOTE:
                found.append(
                    finding(
                        entry,
                        quote,
                        f"引文 {len(quote)} 字，最多 {LONGEST_QUOTE} 字",
                        "只留带数字的几个字，或拆成几条 (quote too long)",
                    )
                )
            text = texts.get(notice_no_of(entry))
            if text is None:
                unverified[notice_no_of(entry)] += 1
            elif normalised(quote) in text.text:
                verified += 1
            else:
                found.append(
                    finding(
                        entry,
                        quote,
                        f"{text.notice.notice_no} 里找不到这句引文",
                        "照原文改引文，或改文号 (quote not in the notice)",
                    )
                )
    return Provenance(found, verified, dict(unverified))


def notice_no_of(entry: Entry) -> str:
    """The number of the notice an entry cites, without the section."""
    return entry.cite.split(" ")[0]


def is_to_fill(entry: Entry) -> bool:
    """Whether an entry still has figures that a new year left open."""
    return (
        entry.cite == TO_FILL or entry.note == TO_FILL or any(_open(value) for value in entry.values.values())
    )


def finding(entry: Entry, value: str, message: str, remedy: str) -> Finding:
    """A finding on one dated block."""
    return Finding(entry.file, 0, f"{entry.key} {entry.first_day}", value, message, remedy)


def _open(value: object) -> bool:
    if isinstance(value, dict):
        return any(_open(inner) for inner in value.values())
    return value == TO_FILL


def _source(entry: Entry) -> list[Finding]:
    if entry.refuses:
        lacks_note = [
            finding(entry, "", "没有数字也没有 note", "写上数字，或用 note 说明为什么没有 (empty block)")
        ]
        return [] if entry.note else lacks_note
    if entry.standing == Standing.NOTICE:
        figures = set(entry.values) - UNQUOTED
        lacks_quote = [finding(entry, "", "有文号没有引文", "加 quote：带数字的几个字 (no quote)")]
        return lacks_quote if figures and not entry.quotes else []
    found = []
    if not entry.source:
        found.append(finding(entry, "", "没有 source", "写明数字出自哪里 (no source)"))
    if entry.standing == Standing.ASSUMED and not entry.note:
        found.append(
            finding(entry, "", "假定值没有 note", "用 note 写明没有文件、替代数字从何而来 (no note)")
        )
    return found


def _cite(entry: Entry, notices: dict[str, Notice]) -> list[Finding]:
    if not entry.cite:
        lacks_cite = (
            [finding(entry, entry.quotes[0], "有引文没有文号", "加 cite：文号和节 (quote without cite)")]
            if entry.quotes
            else []
        )
        return lacks_cite
    if notices and notice_no_of(entry) not in notices:
        return [
            finding(
                entry,
                entry.cite,
                "文号不在 notices.yaml 里",
                "先登记这份通知（yibao notice register），或改文号 (unknown notice)",
            )
        ]
    if " " not in entry.cite:
        return [
            finding(entry, entry.cite, "cite 没有写到节", "写成如 医保发〔2022〕20号 二(二) (no section)")
        ]
    return []
