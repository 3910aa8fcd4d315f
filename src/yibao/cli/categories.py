"""Categories of people as somebody types them: the English name in any case, the Chinese term, or a notice's wording."""

from yibao.assistance.terms import CATEGORY_WORDS, Category
from yibao.packs.entries import PolicyFailure

NOTICE_WORDS: dict[str, Category] = {
    "特困": Category.EXTREME_POVERTY,
    "城市三无人员": Category.EXTREME_POVERTY,
    "农村五保户": Category.EXTREME_POVERTY,
    "孤儿": Category.EXTREME_POVERTY,
    "事实无人抚养儿童": Category.EXTREME_POVERTY,
    "低保": Category.SUBSISTENCE_ALLOWANCE,
    "城乡低保对象": Category.SUBSISTENCE_ALLOWANCE,
    "在乡不享受公费医疗待遇的重点优抚对象": Category.ENTITLED_GROUP,
    "享受40%救济": Category.RELIEF_40,
    "脱贫不稳定人口": Category.UNSTABLE_EXIT,
    "边缘易致贫人口": Category.EDGE_OF_POVERTY,
    "返贫致贫": Category.FELL_INTO_POVERTY,
    "突发严重困难人口": Category.SUDDEN_HARDSHIP,
    "低保边缘": Category.SUBSISTENCE_MARGIN,
    "重度残疾": Category.SEVERELY_DISABLED,
    "低收入家庭60岁以上的老年人": Category.LOW_INCOME_ELDERLY,
    "低收入家庭的未成年人": Category.LOW_INCOME_MINOR,
    "计划生育特殊困难家庭": Category.FAMILY_PLANNING,
    "稳定脱贫": Category.STABLE_EXIT,
    "严重精神障碍": Category.SEVERE_MENTAL_DISORDER,
}
"""Words of the notices beside the terms of the glossary. 易返贫致贫人口 is two categories, so the person's own is asked for."""


class NoSuchCategory(PolicyFailure):
    """A word that names no category."""

    def __init__(self, text: str) -> None:
        known = "、".join(f"{words[0]} {category.name}" for category, words in CATEGORY_WORDS.items())
        super().__init__(f"没有人员身份类别 {text!r}；可用：{known} (unknown category)")


def category_named(text: str) -> Category:
    """The category of a word such as `low_income_minor`, `SUBSISTENCE_ALLOWANCE` or `低保对象`. Raises NoSuchCategory."""
    plain = text.strip()
    name = plain.upper().replace("-", "_").replace(" ", "_")
    if name in Category.__members__:
        return Category[name]
    for category, words in CATEGORY_WORDS.items():
        if plain == words[0]:
            return category
    if plain in NOTICE_WORDS:
        return NOTICE_WORDS[plain]
    raise NoSuchCategory(text)


def tags_of(categories: list[Category]) -> int:
    """Categories as the tag bits that rules read: bit n is Category n."""
    tags = 0
    for category in categories:
        tags |= 1 << category
    return tags
