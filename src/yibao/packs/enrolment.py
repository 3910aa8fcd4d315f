"""The terms of enrolment: params for an area and a benefit year, and the entry behind each; and all that `enrol_and_bill` asks.

Blocks are dated by the benefit year they are for, so the window of 2023 stands at 2023-01-01 although it opens in 2022.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from yibao.engine.enrol_terms import EnrolParams
from yibao.enrolment.params import (
    CoverageParams,
    CoverageTerms,
    DuplicateParams,
    EligibilityTerms,
    FlexibleWorkerParams,
    NewbornParams,
    RecognitionParams,
    ResidencePermitParams,
    StudentParams,
    WaitingParams,
    WindowParams,
)
from yibao.packs.build import absent, params
from yibao.packs.entries import Entry
from yibao.packs.financing import FinancingTerms, financing_terms, first_day_of
from yibao.packs.policies import Area

ENTRIES: dict[str, tuple[str, str, type[Any]]] = {
    "residence_permit": ("financing", "residence_permit", ResidencePermitParams),
    "flexible_worker": ("financing", "flexible_worker", FlexibleWorkerParams),
    "student": ("enrolment", "student", StudentParams),
    "window": ("enrolment", "window", WindowParams),
    "waiting_period": ("enrolment", "waiting_period", WaitingParams),
    "coverage": ("enrolment", "coverage", CoverageParams),
    "newborn": ("enrolment", "newborn", NewbornParams),
}
"""What enrolling somebody asks: name → section, key and params of its entry."""

T = TypeVar("T", bound=tuple[Any, ...])


@dataclass(frozen=True)
class EnrolmentTerms:
    """The terms by which people of an area are enrolled for a benefit year, and the entry of each."""

    area: Area
    year: int
    eligibility: EligibilityTerms
    window: WindowParams
    waiting: WaitingParams
    coverage: CoverageTerms
    sources: dict[str, Entry] = field(hash=False)


@dataclass(frozen=True)
class EnrolTerms:
    """Enrolment and financing of a benefit year together: `params` for `enrol_and_bill`, and what they rest on."""

    area: Area
    year: int
    params: EnrolParams
    financing: FinancingTerms
    sources: dict[str, Entry] = field(hash=False)

    def entries(self) -> list[Entry]:
        """Every entry these terms rest on, once each."""
        return list({entry.id: entry for entry in self.sources.values()}.values())


def enrolment_terms(area: Area, year: int, *, window_needed: bool = True) -> EnrolmentTerms:
    """The terms of enrolment of a benefit year. Raises NotOnFile, NoSuchEntry, EntryRefuses naming what is missing.

    Without `window_needed`, which is for somebody born in the year, a window that is not on file is one that is closed.
    """
    day = first_day_of(year)
    sources = {
        name: (area.entry if window_needed or name != "window" else area.block)(section, key, day)
        for name, (section, key, _) in ENTRIES.items()
    }
    built: dict[str, Any] = {
        name: absent(ENTRIES[name][2]) if entry.refuses else params(ENTRIES[name][2], entry, area)
        for name, entry in sources.items()
    }
    return EnrolmentTerms(
        area=area,
        year=year,
        eligibility=EligibilityTerms(
            residence_permit=built["residence_permit"],
            flexible_worker=built["flexible_worker"],
            student=built["student"],
        ),
        window=built["window"],
        waiting=built["waiting_period"],
        coverage=CoverageTerms(year=built["coverage"], student=built["student"], newborn=built["newborn"]),
        sources=sources,
    )


def enrol_terms(
    area: Area, year: int, *, assume_lists: bool = False, window_needed: bool = True
) -> EnrolTerms:
    """All that enrolling and billing the people of an area for a benefit year asks. Raises as its two halves.

    `assume_lists` as in `financing_terms`, `window_needed` as in `enrolment_terms`.
    """
    enrolment = enrolment_terms(area, year, window_needed=window_needed)
    financing = financing_terms(area, year, assume_lists=assume_lists)
    return EnrolTerms(
        area=area,
        year=year,
        params=EnrolParams(
            eligibility=enrolment.eligibility,
            window=enrolment.window,
            waiting=enrolment.waiting,
            coverage=enrolment.coverage,
            full_financing=financing.full_financing,
            subsidy=financing.subsidy,
            aid=financing.aid,
        ),
        financing=financing,
        sources=enrolment.sources | financing.sources,
    )


def recognition_params(area: Area, day: date) -> tuple[RecognitionParams, Entry]:
    """Recognition of years on a day and its entry. Raises NotOnFile, NoSuchEntry, EntryRefuses."""
    return _asked(RecognitionParams, area, "recognition_of_years", day)


def duplicate_params(area: Area, day: date) -> tuple[DuplicateParams, Entry]:
    """What decides between duplicate records on a day, and its entry. Raises NotOnFile, NoSuchEntry, EntryRefuses."""
    return _asked(DuplicateParams, area, "duplicate_enrolment", day)


def _asked(kind: type[T], area: Area, key: str, day: date) -> tuple[T, Entry]:
    entry = area.entry("enrolment", key, day)
    return params(kind, entry, area), entry
