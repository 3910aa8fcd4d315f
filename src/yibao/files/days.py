"""The days an area has policy on file for, cut where any entry changes: found once, whatever days a file has."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from yibao.engine.terms import ReversalParams
from yibao.kernel.days import day_number, day_of
from yibao.packs.entries import NotOnFile, PolicyFailure
from yibao.packs.policies import Area, policies
from yibao.packs.settlement import SettlementTerms, settlement_terms

SECTIONS = ("benefits", "assistance")

BEFORE_ALL = day_number(date(1000, 1, 1))
"""A day before any that a file may have."""


class DaysOnFile(NamedTuple):
    """The terms in force, by day, and why there are none on other days. `starts` are day numbers, ascending.

    `terms[i]` and `reasons[i]` hold from `starts[i]` to the day before `starts[i + 1]`; one of the two is empty.
    """

    starts: list[int]
    terms: list[SettlementTerms | None]
    reasons: list[str]

    def reason(self, day: int) -> str:
        """Why a day is not on file; "" where it is."""
        at = bisect_right(self.starts, day) - 1
        return self.reasons[at]

    def on_file(self) -> list[SettlementTerms]:
        """All terms there are, in order of time."""
        return [terms for terms in self.terms if terms is not None]

    @property
    def words(self) -> str:
        """The spans of days on file, run together where they touch."""
        spans: list[list[date]] = []
        for terms in self.on_file():
            if spans and terms.first_day <= spans[-1][1] + timedelta(days=1):
                spans[-1][1] = terms.last_day
            else:
                spans.append([terms.first_day, terms.last_day])
        return (
            "、".join(f"{first} 至 {'今后' if last == date.max else last}" for first, last in spans) or "无"
        )


def days_on_file(area: Area) -> DaysOnFile:
    """Every stretch of days between two changes of an entry, with its terms or the reason why it has none."""
    starts = sorted({BEFORE_ALL, *_changes(area)})
    terms: list[SettlementTerms | None] = []
    reasons: list[str] = []
    for at, start in enumerate(starts):
        try:
            found = settlement_terms(area, day_of(start))
        except NotOnFile:
            terms.append(None)
            reasons.append("不在政策在册日期内 (day not on file)")
            continue
        except PolicyFailure as failure:
            terms.append(None)
            reasons.append(f"当日政策不能结算：{failure}")
            continue
        last = day_of(starts[at + 1] - 1) if at + 1 < len(starts) else date.max
        terms.append(replace(found, first_day=day_of(start), last_day=last))
        reasons.append("")
    return DaysOnFile(starts, terms, reasons)


def counties_on_file(area: Area, people: pa.Table) -> tuple[list[DaysOnFile], np.ndarray]:
    """The days on file of the area, then of each county with terms of its own; and which of them is each person's."""
    found = [days_on_file(area)]
    of_county = people.column("county_code").combine_chunks()
    places = []
    for code in of_county.dictionary.to_pylist():
        local = policies(area.chain[0].folder.parent).area(code)
        own = local.chain[0]
        if own.code == code and code != area.code and any(section in SECTIONS for section, _ in own.entries):
            places.append(len(found))
            found.append(days_on_file(local))
        else:
            places.append(0)
    return found, np.array(places or [0], np.int16)[np.asarray(of_county.indices)]


def reversal_in(terms: Sequence[SettlementTerms], year: int) -> ReversalParams:
    """How reversals (结算撤销) of a benefit year go: by its last terms on file, as in `simulate.year`."""
    return [of for of in terms if of.first_day.year <= year][-1].reversal


def _changes(area: Area) -> set[int]:
    """The days on which a block begins, or the day after one ends."""
    found = set()
    for section in SECTIONS:
        for key in area.keys(section):
            for block in area.blocks(section, key):
                found.add(day_number(block.first_day))
                if block.last_day is not None and block.last_day != date.max:
                    found.add(day_number(block.last_day) + 1)
    return found
