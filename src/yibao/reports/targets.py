"""The targets (目标) of an area for a benefit year, read from the policy section `assessment`.

A number stands in its entry under how it is compared (`equals`, `at_least`, `at_most`, `about`); `since` and `by` are the
days between which it is to be met. Targets without a `measure` ask for a deed or a report and are only counted here.

carries_out: ORG-02
"""

from datetime import date
from fractions import Fraction
from typing import NamedTuple

from yibao.assessment.indicators import MEASURES
from yibao.assessment.terms import ANYBODY, Comparison, Target, Unit
from yibao.financing.terms import ContributionGroup
from yibao.kernel.money import fen_of
from yibao.kernel.rates import bp_of
from yibao.packs.entries import Entry
from yibao.packs.policies import Area

SECTION = "assessment"


class TargetsOfYear(NamedTuple):
    """Targets that a benefit year's tables can answer, and the entries of the others in force."""

    measured: list[Target]
    others: list[Entry]


def targets_of(area: Area, first_day: date, last_day: date) -> TargetsOfYear:
    """The targets of the area and its parents that are in force on a day of the year. Nearest area first."""
    measured, others = [], []
    for key in area.keys(SECTION):
        for entry in area.blocks(SECTION, key):
            if entry.refuses or not _in_force(entry, first_day, last_day):
                continue
            if entry.values.get("measure") in MEASURES:
                measured.append(target_of(entry, area))
            else:
                others.append(entry)
    return TargetsOfYear(measured, others)


def target_of(entry: Entry, area: Area) -> Target:
    """The target an entry with a `measure` states; its `tier` is a code of the area, its `group` a word."""
    comparison = next(kind for kind in Comparison if kind.value in entry.values)
    text = str(entry.values[comparison.value])
    share = text.endswith(("%", "个百分点"))
    return Target(
        key=entry.key,
        id=str(entry.values.get("id", "")),
        label=entry.label,
        measure=str(entry.values["measure"]),
        comparison=comparison,
        unit=Unit.SHARE if share else Unit.FEN,
        wanted=Fraction(bp_of(text), 10_000) if share else Fraction(fen_of(text)),
        clauses=entry.carries_out,
        entry_id=entry.id,
        cite=entry.cite or entry.source,
        standing=int(entry.standing),
        tier=area.codes("contribution_tiers").index(entry.values["tier"])
        if "tier" in entry.values
        else ANYBODY,
        group=int(ContributionGroup[entry.values["group"].upper()]) if "group" in entry.values else ANYBODY,
    )


def _in_force(entry: Entry, first_day: date, last_day: date) -> bool:
    begins = max(entry.first_day, entry.values.get("since") or entry.first_day)
    ends = min(entry.last_day or last_day, entry.values.get("by") or last_day)
    return bool(begins <= last_day and ends >= first_day)
