"""Words that departments write in a list (名单用语): categories, diseases, schemes, sexes, yes and no."""

from collections.abc import Mapping
from enum import IntEnum
from typing import TypeVar

from yibao.assistance.terms import CATEGORY_ALSO, CATEGORY_WORDS, Category
from yibao.enrolment.terms import Scheme
from yibao.reports.slip_words import TWO_DISEASE_WORDS

E = TypeVar("E", bound=IntEnum)

SEXES = {"1": 1, "2": 2, "男": 1, "女": 2, "male": 1, "female": 2, "m": 1, "f": 2}
YES_NO = {"": 0, "0": 0, "否": 0, "无": 0, "no": 0, "n": 0, "1": 1, "是": 1, "有": 1, "yes": 1, "y": 1}
SCHEMES = {
    "居民": Scheme.RESIDENT,
    "居民医保": Scheme.RESIDENT,
    "城乡居民": Scheme.RESIDENT,
    "390": Scheme.RESIDENT,
    "职工": Scheme.EMPLOYEE,
    "职工医保": Scheme.EMPLOYEE,
    "310": Scheme.EMPLOYEE,
}


def member_of(text: str, words: Mapping[E, tuple[str, str]]) -> E | None:
    """The member that a Chinese or English word or a name means; None where it is not known."""
    return _words(words).get(text.strip().casefold())


def category_of(text: str) -> Category | None:
    """The category that a word of a department means; None where it is not known."""
    return _CATEGORIES.get(text.strip().casefold())


def disease_of(text: str) -> str:
    """The name of the TwoDisease that a word of a department means; "" where it is not known."""
    found = _DISEASES.get(text.strip().casefold())
    return "" if found is None else found.name


def _words(known: Mapping[E, tuple[str, str]]) -> dict[str, E]:
    found: dict[str, E] = {}
    for member, (chinese, english) in known.items():
        found |= {chinese.casefold(): member, english.casefold(): member, member.name.casefold(): member}
    return found


_CATEGORIES = _words(CATEGORY_WORDS) | CATEGORY_ALSO
_DISEASES = _words(TWO_DISEASE_WORDS)
