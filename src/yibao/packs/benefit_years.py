"""Benefit years (待遇年度): which one a day of care belongs to, for residents and for students with an academic year.

A year is named by the year it ends: the academic year from September 2022 to August 2023 is 2023. What a reader would get
wrong: caps and deductibles of a student run over that year, not over the calendar's, and somebody who graduates in it may
stay covered beyond its end; those months still belong to it.
"""

from datetime import date
from typing import NamedTuple

from yibao.enrolment.params import CoverageParams, StudentParams
from yibao.kernel.days import day_of
from yibao.packs.build import params
from yibao.packs.entries import PolicyFailure
from yibao.packs.policies import Area

MONTHS = 12


class BenefitYear(NamedTuple):
    """A benefit year: the calendar year that names it, its first and last day, both inside."""

    name: int
    first_day: date
    last_day: date

    def month(self, day: date) -> int:
        """The month of a day in the year, 0–11; a month past the twelfth counts with its like of a year before."""
        return ((day.year - self.first_day.year) * MONTHS + day.month - self.first_day.month) % MONTHS


class NoBenefitYear(PolicyFailure):
    """A day that no benefit year on file holds."""

    def __init__(self, area: Area, day: date, group: str, years: list[BenefitYear]) -> None:
        known = "、".join(f"{y.name}（{y.first_day}—{y.last_day}）" for y in years) or "无"
        super().__init__(
            f"{area.code} {area.name}的{group}在 {day} 不属于在册的任何待遇年度；在册：{known} (no benefit year on file)"
        )


def benefit_year(area: Area, day: date, *, student: bool = False, graduating: bool = False) -> BenefitYear:
    """The benefit year that a day of care belongs to. `graduating`: a student who graduates in the year asked about.

    Raises NoBenefitYear.
    """
    known = [
        year
        for name in (day.year - 1, day.year, day.year + 1)
        for year in years_named(area, name, student=student, graduating=graduating)
    ]
    for year in known:
        if year.first_day <= day <= year.last_day:
            return year
    raise NoBenefitYear(area, day, "学生" if student else "居民", known)


def years_named(
    area: Area, name: int, *, student: bool = False, graduating: bool = False
) -> list[BenefitYear]:
    """The year of that name, as a list of one; an empty one where no entry gives its days."""
    key = "student" if student else "coverage"
    try:
        entry = area.entry("enrolment", key, date(name, 1, 1))
    except PolicyFailure:
        return []
    if not student:
        coverage = params(CoverageParams, entry, area)
        return [BenefitYear(name, day_of(coverage.starts_day), day_of(coverage.ends_day))]
    terms = params(StudentParams, entry, area)
    ends_day = terms.graduate_ends_day if graduating else terms.ends_day
    return [BenefitYear(name, day_of(terms.starts_day), day_of(ends_day))]
