"""Nouns of the benefit list that other areas may use: bounds, deviations, stages of a change, how two lists match."""

from enum import IntEnum


class Bound(IntEnum):
    """How a figure of the list binds an area (清单数字的约束方式)."""

    AT_LEAST = 0
    AT_MOST = 1
    EQUALS = 2
    ABOUT = 3


class Deviation(IntEnum):
    """How an area's figure departs from the list's (与清单的出入)."""

    NONE = 0
    BELOW_FLOOR = 1
    ABOVE_CEILING = 2
    DIFFERS = 3
    OFF_LIST = 4


class ChangeStage(IntEnum):
    """How far a change of policy has come (政策调整所处的阶段)."""

    DRAFT = 0
    EFFECT_SHOWN = 1
    REPORTED = 2
    APPROVED = 3
    IN_FORCE = 4


class ChangeLack(IntEnum):
    """What a change of policy still lacks before it takes effect (还缺的步骤)."""

    NOTHING = 0
    EFFECT = 1
    REPORT = 2
    APPROVAL = 3
    ITS_DAY = 4


class DiseaseMatch(IntEnum):
    """How a disease stands in two lists (病种在两份目录里的情形)."""

    SAME = 0
    NAMED_DIFFERENTLY = 1
    ONLY_HERE = 2
    ONLY_THERE = 3


DEVIATION_WORDS: dict[Deviation, tuple[str, str]] = {
    Deviation.NONE: ("没有出入", "as the list has it"),
    Deviation.BELOW_FLOOR: ("低于清单下限", "below the list's floor"),
    Deviation.ABOVE_CEILING: ("高于清单上限", "above the list's ceiling"),
    Deviation.DIFFERS: ("与清单不同", "differs from the list"),
    Deviation.OFF_LIST: ("清单以外", "off the list"),
}

MATCH_WORDS: dict[DiseaseMatch, tuple[str, str]] = {
    DiseaseMatch.SAME: ("相同", "the same"),
    DiseaseMatch.NAMED_DIFFERENTLY: ("名称不同", "named differently"),
    DiseaseMatch.ONLY_HERE: ("只在前者", "only in the first"),
    DiseaseMatch.ONLY_THERE: ("只在后者", "only in the second"),
}
