"""Nouns of taking over that others may use: what a file holds."""

from enum import StrEnum


class ImportKind(StrEnum):
    """What a file of the system before holds (接管文件的内容)."""

    PEOPLE = "people"
    CATEGORIES = "categories"
    COVERAGE = "coverage"
    YEARS = "years"
    SETTLEMENTS = "settlements"


IMPORT_WORDS: dict[ImportKind, tuple[str, str]] = {
    ImportKind.PEOPLE: ("人员", "people"),
    ImportKind.CATEGORIES: ("身份类别", "categories"),
    ImportKind.COVERAGE: ("参保期", "coverage"),
    ImportKind.YEARS: ("年度累计", "years so far"),
    ImportKind.SETTLEMENTS: ("可撤销的结算", "open settlements"),
}
