"""Shapes of parameters: how a field of a params NamedTuple is filled from an entry of policy.

Every tuple has the same length in every area, so that one compiled type serves all. A field's own suffix says how its
values are read: `_fen` money, `_bp` rate, `_day` day number, otherwise whole number, yes/no or a name of the enum given.
"""

from dataclasses import dataclass
from enum import IntEnum

BANDS = 8
"""Bands (分段) a schedule may have; unused ones start at a line no bill reaches."""

INSTITUTION_CLASSES = 12
"""Institution classes (医疗机构类别) a pack may define."""

CHRONIC_DISEASES = 64
"""Chronic and special diseases (门诊慢特病病种) a pack may list."""

TIERS = 2
"""Contribution tiers (缴费档次) a pack may offer."""

CATEGORIES = 24
"""Categories of people (人员身份类别) there is room for."""

NOT_ON_FILE = -1
"""In a table: the policy says nothing for this key, so a visit there is refused."""


@dataclass(frozen=True)
class Keyed:
    """A mapping in YAML → a tuple of `size`, one place for each code of a pack's list or each member of an enum.

    With `scalar`, one figure instead of a mapping is the figure of every code (of every place where the pack has no
    such list).
    """

    keys: str | type[IntEnum]
    size: int
    missing: int = NOT_ON_FILE
    scalar: bool = False


@dataclass(frozen=True)
class Listed:
    """A list in YAML → a tuple of `size`; the last value holds for what follows."""

    size: int


@dataclass(frozen=True)
class Members:
    """A list of a pack's codes or of enum members in YAML → a tuple of `size` yes/no flags, one for each of them."""

    keys: str | type[IntEnum]
    size: int


@dataclass(frozen=True)
class Ranked:
    """A ranked list of enum members in YAML → a tuple of `size` codes, padded with 0."""

    keys: type[IntEnum]
    size: int


@dataclass(frozen=True)
class Bands:
    """`key: [{from: 0 元, rate: 70%}, …]` in YAML → the starts or the rates of 8 bands.

    With `keys`, the YAML has a mapping of code → bands (or code → one rate) and the tuple holds `size` × 8 numbers.
    """

    key: str
    part: str
    keys: str = ""
    size: int = 1


@dataclass(frozen=True)
class Places:
    """`size` numbers, or `size` NamedTuples of one kind, one after the other: built by code, not read from one entry."""

    size: int
