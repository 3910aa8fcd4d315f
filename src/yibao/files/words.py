"""What a word in a file may be: the members of each choice by English name, Chinese words and what offices also write."""

import unicodedata
from collections.abc import Mapping
from enum import IntEnum
from typing import TypeVar

from yibao.assistance.terms import CATEGORY_ALSO, CATEGORY_WORDS
from yibao.benefits.terms import (
    PATH_WORDS,
    SPECIAL_FUND_WORDS,
    VISIT_WORDS,
    CarePath,
    Delivery,
    Exclusion,
    SpecialFund,
    TwoDisease,
    VisitKind,
)
from yibao.financing.terms import CHANNEL_WORDS, CollectionChannel, ContributionGroup, University
from yibao.packs.policies import Area
from yibao.reports.slip_words import DELIVERY_WORDS, EXCLUSION_WORDS, TWO_DISEASE_WORDS

E = TypeVar("E", bound=IntEnum)


class Vocabulary:
    """Words → small numbers, and the list of them that a finding shows."""

    def __init__(self, title: str, numbers: Mapping[str, int], shown: str) -> None:
        self.title = title
        self.shown = shown
        self._numbers = {key(word): number for word, number in numbers.items()}

    def number(self, word: str) -> int | None:
        """The number of a word; None where it is not known."""
        return self._numbers.get(key(word))

    def words(self) -> list[str]:
        """All words, as they are compared."""
        return list(self._numbers)


def key(word: str) -> str:
    """A word as it is compared: full-width as half-width, no blanks, no quotation marks, lower case."""
    text = unicodedata.normalize("NFKC", word).casefold()
    return "".join(c for c in text if not c.isspace() and c not in "\"'“”‘’")


def _of(title: str, words: Mapping[E, tuple[str, str]], also: Mapping[str, E]) -> Vocabulary:
    numbers: dict[str, int] = {}
    for member, (chinese, english) in words.items():
        numbers |= {member.name: int(member), chinese: int(member), english: int(member)}
    shown = "、".join(f"{member.name} {chinese}" for member, (chinese, _) in words.items())
    return Vocabulary(title, numbers | {word: int(member) for word, member in also.items()}, shown)


GROUP_WORDS: dict[ContributionGroup, tuple[str, str]] = {
    ContributionGroup.RESIDENT: ("居民", "resident"),
    ContributionGroup.STUDENT: ("学生", "student"),
}

UNIVERSITY_WORDS: dict[University, tuple[str, str]] = {
    University.NONE: ("无", "none"),
    University.MINISTRY: ("部属", "ministry"),
    University.PROVINCE: ("省属", "province"),
    University.CITY: ("市属", "city"),
}

TAKING_WORDS: dict[CollectionChannel, tuple[str, str]] = {
    channel: words for channel, words in CHANNEL_WORDS.items() if channel != CollectionChannel.SET_OFF
}
"""Channels that money comes by."""

KINDS = _of(
    "医疗类别",
    VISIT_WORDS,
    {
        "门诊": VisitKind.OUTPATIENT,
        "门诊统筹": VisitKind.OUTPATIENT,
        "慢特病": VisitKind.CHRONIC,
        "门诊慢性病": VisitKind.CHRONIC,
        "门诊慢病": VisitKind.CHRONIC,
        "门诊特病": VisitKind.CHRONIC,
        "两病": VisitKind.TWO_DISEASES,
        "两病门诊": VisitKind.TWO_DISEASES,
        "生育住院": VisitKind.MATERNITY,
    },
)
PATHS = _of(
    "就医方式",
    PATH_WORDS,
    {"本地": CarePath.LOCAL, "转诊": CarePath.REFERRED, "备案": CarePath.FILED, "未备案": CarePath.UNFILED},
)
DELIVERIES = _of("生育类别", DELIVERY_WORDS, {"自然分娩": Delivery.NATURAL, "剖腹产": Delivery.CAESAREAN})
EXCLUSIONS = _of("不予支付情形", EXCLUSION_WORDS, {"第三人": Exclusion.THIRD_PARTY, "境外": Exclusion.ABROAD})
SPECIAL_FUNDS = _of(
    "专项资金",
    SPECIAL_FUND_WORDS,
    {"新冠救治": SpecialFund.COVID_TREATMENT, "疫苗": SpecialFund.COVID_VACCINATION},
)
TWO_DISEASES = _of(
    "两病病种",
    TWO_DISEASE_WORDS,
    {
        "糖尿病": TwoDisease.DIABETES_OTHER,
        "2型糖尿病": TwoDisease.DIABETES_OTHER,
        "I型糖尿病": TwoDisease.DIABETES_TYPE_1,
        "Ⅱ型糖尿病": TwoDisease.DIABETES_OTHER,
    },
)
CATEGORIES = _of(
    "身份类别",
    CATEGORY_WORDS,
    CATEGORY_ALSO,
)
GROUPS = _of(
    "缴费人群",
    GROUP_WORDS,
    {
        "大学生": ContributionGroup.STUDENT,
        "在校大学生": ContributionGroup.STUDENT,
        "一般居民": ContributionGroup.RESIDENT,
    },
)
CHANNELS = _of(
    "渠道",
    TAKING_WORDS,
    {
        "线上缴费": CollectionChannel.ONLINE,
        "网上": CollectionChannel.ONLINE,
        "窗口缴费": CollectionChannel.COUNTER,
        "办税厅": CollectionChannel.COUNTER,
        "代办": CollectionChannel.AGENTS_CASH,
        "代收现金": CollectionChannel.AGENTS_CASH,
    },
)
UNIVERSITIES = _of("学校隶属", UNIVERSITY_WORDS, {})
SEXES = Vocabulary(
    "性别", {"1": 1, "2": 2, "男": 1, "女": 2, "male": 1, "female": 2, "m": 1, "f": 2}, "1 男、2 女"
)
YES_NO = Vocabulary(
    "是否",
    {w: 1 for w in ("1", "1.0", "是", "有", "true", "yes", "y", "t")}
    | {w: 0 for w in ("0", "0.0", "否", "无", "false", "no", "n", "f")},
    "是、否（或 1、0，true、false）",
)
TAX_STATES = Vocabulary(
    "状态",
    {
        **dict.fromkeys(("缴费", "入库", "正常", "成功", "0"), 0),
        **dict.fromkeys(("冲正", "退库", "撤销", "冲销", "1"), 1),
    },
    "缴费、冲正",
)
SCHEMES = Vocabulary(
    "险种",
    {
        w: 0
        for w in ("RESIDENT", "390", "居民", "城乡居民", "居民医保", "城乡居民基本医疗保险", "城乡居民医保")
    }
    | {
        w: 1
        for w in (
            "EMPLOYEE",
            "310",
            "职工",
            "职工医保",
            "城镇职工",
            "职工基本医疗保险",
            "城镇职工基本医疗保险",
        )
    },
    "RESIDENT 城乡居民（390）",
)


def institution_classes(area: Area) -> Vocabulary:
    """The area's institution classes by code and label → place in the pack's list."""
    return _listed("机构类别", area, "institution_classes", ("code", "label", "label_en"))


def chronic_diseases(area: Area) -> Vocabulary:
    """The area's chronic diseases by code, national code and label → place in the pack's list."""
    return _listed("慢特病病种", area, "chronic_diseases", ("code", "national_code", "label", "label_en"))


def tiers(area: Area) -> Vocabulary:
    """The area's contribution tiers by code and label → place in the pack's list."""
    return _listed("缴费档次", area, "contribution_tiers", ("code", "label", "label_en"))


def counties(area: Area) -> Vocabulary:
    """The area's counties by code and name → the code as a number; only its own where the area is a county itself."""
    rows = area.listed("counties")
    own = [row for row in rows if str(row["code"]) == area.code] or rows
    numbers = {str(row[word]): int(row["code"]) for row in own for word in ("code", "name") if row.get(word)}
    return Vocabulary("县区", numbers, "、".join(f"{row['code']} {row['name']}" for row in own))


def _listed(title: str, area: Area, name: str, words: tuple[str, ...]) -> Vocabulary:
    rows = area.listed(name)
    numbers = {
        str(row[word]): at for at, row in reversed(list(enumerate(rows))) for word in words if row.get(word)
    }
    return Vocabulary(
        title, numbers, "、".join(f"{row['code']} {row.get('label', '')}" for row in rows) or "（本地区没有）"
    )
