"""What a fact of a claim or a person may be: the ranges that columns are checked against before a scan."""

from yibao.benefits.terms import CarePath, Delivery, Exclusion, SpecialFund, VisitKind
from yibao.engine.enrol_terms import GROUPS, UNIVERSITIES
from yibao.engine.terms import CHRONIC_SLOTS, MONTHS, OLDEST
from yibao.kernel.money import LARGEST_FEN
from yibao.kernel.shapes import CATEGORIES, CHRONIC_DISEASES, INSTITUTION_CLASSES, TIERS

LARGEST_YEAR_FEN = 10**14
"""The largest total of one person's year that a frozen kernel is written for (a trillion yuan)."""

RANGES: dict[str, tuple[int, int]] = {
    "kind": (0, len(VisitKind) - 1),
    "month": (0, MONTHS - 1),
    "institution_class": (0, INSTITUTION_CLASSES - 1),
    "care_path": (0, len(CarePath) - 1),
    "category": (0, CATEGORIES - 1),
    "exclusion": (0, len(Exclusion) - 1),
    "disease": (0, CHRONIC_DISEASES - 1),
    "slot": (0, CHRONIC_SLOTS - 1),
    "delivery": (0, len(Delivery) - 1),
    "group": (0, GROUPS - 1),
    "university": (0, UNIVERSITIES - 1),
    "tier": (0, TIERS - 1),
    "category_tags": (0, 2**CATEGORIES - 1),
    "household_tags": (0, 2**CATEGORIES - 1),
    "disease_tags": (0, 2 ** (CHRONIC_DISEASES - 1) - 1),
    "age": (0, OLDEST),
    "special_fund": (0, len(SpecialFund) - 1),
}
"""What a code of a claim or a person may be; yes/no facts are 0 or 1, amounts 0 to LARGEST_FEN, days any number
of 32 bits."""


def range_of(name: str) -> tuple[int, int]:
    """The range of a fact of a claim or a person."""
    if name.endswith("day"):
        return -(2**31), 2**31 - 1
    return (0, LARGEST_FEN) if name.endswith("_fen") else RANGES.get(name, (0, 1))
