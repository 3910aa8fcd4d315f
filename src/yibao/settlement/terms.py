"""Nouns of settlement that others may use: why a year is recomputed."""

from enum import StrEnum


class LateCause(StrEnum):
    """Why a person's year is replayed (迟到事项)."""

    EARLIER_REVERSED = "earlier_reversed"
    CATEGORY_BACK_DATED = "category_back_dated"
    CERTIFICATION_BACK_DATED = "certification_back_dated"
    COVERAGE_BACK_DATED = "coverage_back_dated"
    FILING_LATE = "filing_late"


LATE_WORDS: dict[LateCause, tuple[str, str]] = {
    LateCause.EARLIER_REVERSED: ("撤销较早的结算", "an earlier settlement was reversed"),
    LateCause.CATEGORY_BACK_DATED: ("补认定人员身份", "a category was back-dated"),
    LateCause.CERTIFICATION_BACK_DATED: ("补认定病种", "a certification was back-dated"),
    LateCause.COVERAGE_BACK_DATED: ("补登记参保期", "coverage was back-dated"),
    LateCause.FILING_LATE: ("补办异地就医备案", "a filing came late"),
}
