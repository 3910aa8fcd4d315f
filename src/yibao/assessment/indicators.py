"""The notices' indicators (考核指标) of one benefit year: what was measured, against the targets that policy entries state.

A target names its measure; `MEASURES` says what answers it. A target that a benefit year's tables cannot answer (how many
items were procured, which hospitals are paid by DRG) gives no indicator here. Fixed here: an "about" is met within five
points either way, our reading, since no notice says how near is near.

carries_out: BEN-02, BEN-03, AID-02, FIN-09, ORG-02
"""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from yibao.assessment import measures
from yibao.assessment.measures import Measured, YearTables
from yibao.assessment.terms import Comparison, Target, Unit, Verdict

ABOUT = Fraction(5, 100)
"""How far from an "about" still meets it."""

FLOORS = ("subsidy_per_person",)
"""Measures whose printed standard must be reached: the standard of a later year may lie above it."""

CEILINGS = ("pooling_annual_cap", "pooling_daily_cap", "assistance_annual_cap")
"""Measures of a limit, which what was really paid must not pass."""

ROUNDED = ("catastrophic_transfer_share",)
"""Measures whose numerator is itself the target's share, rounded to the fen: half a fen below it is not missed."""


class Indicator(NamedTuple):
    """One target with what the year gave."""

    target: Target
    measured: Measured
    verdict: Verdict

    @property
    def comparison(self) -> Comparison:
        """How value and target were compared: a standard is reached, and a limit kept, whatever word its entry has."""
        return _comparison(self.target)

    @property
    def value(self) -> Fraction:
        """The value, a share or fen; 0 where there was nothing to measure."""
        return Fraction(self.measured.numerator, self.measured.denominator or 1)


Measure = Callable[[YearTables, Target], Measured]

MEASURES: dict[str, tuple[Measure, ...]] = {
    "subsidy_per_person": (measures.subsidy_per_person,),
    "contribution_per_person": (measures.contribution_per_person,),
    "catastrophic_transfer_share": (measures.catastrophic_transfer_share,),
    "aid_per_person": (measures.aid_per_person,),
    "aided_share": (measures.aided_share,),
    "enrolled_share": (measures.enrolled_share,),
    "in_scope_share": (measures.in_scope_share,),
    "in_county_in_scope_share": (measures.in_county_in_scope_share,),
    "in_county_off_list_share": (measures.in_county_off_list_share,),
    "combined_share": (measures.combined_share_of_people, measures.combined_share_of_cost),
    "pooling_annual_cap": (measures.pooling_paid_in_year,),
    "pooling_daily_cap": (measures.pooling_paid_in_day,),
    "assistance_annual_cap": (measures.assistance_paid_in_year,),
}
"""What answers a target, by the `measure` its entry names."""


def indicators(of: YearTables, targets: list[Target]) -> list[Indicator]:
    """Every target that a benefit year's tables can answer, measured, in the order of the targets."""
    found = []
    for target in targets:
        for measure in MEASURES.get(target.measure, ()):
            measured = measure(of, target)
            found.append(Indicator(target, measured, _verdict(target, measured)))
    return found


def _verdict(target: Target, measured: Measured) -> Verdict:
    if measured.denominator == 0:
        return Verdict.NOTHING_TO_MEASURE
    value = Fraction(measured.numerator, measured.denominator)
    if target.measure in ROUNDED:
        value += Fraction(1, 2 * measured.denominator)
    met = {
        Comparison.EQUALS: value == target.wanted,
        Comparison.AT_LEAST: value >= target.wanted,
        Comparison.AT_MOST: value <= target.wanted,
        Comparison.ABOUT: abs(value - target.wanted) <= (ABOUT if target.unit == Unit.SHARE else 0),
    }[_comparison(target)]
    return Verdict.MET if met else Verdict.NOT_MET


def _comparison(target: Target) -> Comparison:
    if target.measure in FLOORS:
        return Comparison.AT_LEAST
    return Comparison.AT_MOST if target.measure in CEILINGS else target.comparison
