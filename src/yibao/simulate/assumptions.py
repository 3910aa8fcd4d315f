"""Assumptions of the generator (生成假设): every number it draws from, as data with its source (`calibration.yaml`).

No figure without its source holds here too: a group says where its numbers come from and how sure they are, and what no
document gives is `assumed`. Another file of the same shape may be named, for an area that knows its own figures.
"""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from yibao.kernel.standing import Standing
from yibao.packs.entries import PolicyFailure
from yibao.packs.policies import Area, read_yaml

FILE = Path(__file__).parent / "calibration.yaml"
PUBLISHED = "published"
AREAS = "areas"
META = ("label", "source", "standing", "note")


class NotCalibrated(PolicyFailure):
    """An area for which the generator has no counties and institutions."""

    def __init__(self, code: str, known: list[str]) -> None:
        super().__init__(
            f"没有地区 {code} 的生成假设；现有：{'、'.join(known)}。请在 {FILE.name} 的 areas 下补上 (not calibrated)"
        )


class AssumptionUnsourced(PolicyFailure):
    """A group of figures that does not say where it comes from."""

    def __init__(self, path: Path, key: str, lacks: str) -> None:
        super().__init__(f"{path.name}：{key} 没有 {lacks}，请补上 (figures without a source)")


class Group(NamedTuple):
    """Figures of one kind with one source."""

    key: str
    label: str
    source: str
    standing: Standing
    note: str


class Published(NamedTuple):
    """A published figure that the generated tables are held against; `aimed` where the generator is drawn toward it."""

    key: str
    words: tuple[str, str]
    value: float
    aimed: bool
    source: str
    standing: Standing


@dataclass(frozen=True)
class Assumptions:
    """Every figure of a calibration file: `of(group)` gives a group's figures, `groups` their sources."""

    groups: tuple[Group, ...]
    published: tuple[Published, ...]
    figures: dict[str, dict[str, Any]] = field(hash=False)

    def of(self, group: str) -> dict[str, Any]:
        """The figures of a group by name."""
        return self.figures[group]

    def target(self, key: str) -> float:
        """A published figure by its key."""
        return next(row.value for row in self.published if row.key == key)

    def area(self, area: Area) -> dict[str, Any]:
        """The figures of an area, or of the nearest parent that has some. Raises NotCalibrated."""
        known = {code: figures for code, figures in self.of(AREAS).items() if code not in META}
        for code in (area.code, *(pack.code for pack in area.chain)):
            if code in known:
                return _with_counties(dict(known[code]), area)
        raise NotCalibrated(area.code, list(known))

    def lines(self) -> tuple[str, ...]:
        """One line a group: what is assumed and where its figures come from, as a report prints it."""
        return tuple(f"{g.label}：{g.source}" + (f"（{g.note}）" if g.note else "") for g in self.groups)


def _with_counties(figures: dict[str, Any], area: Area) -> dict[str, Any]:
    """The figures of an area with counties of equal weight, one share of them rural, where it gives none of its own."""
    codes = area.codes("counties")
    equal = {code: {"weight": 1, "rural": figures.get("rural")} for code in codes}
    return {"counties": equal, "city_counties": codes, **figures}


def assumptions(path: Path = FILE) -> Assumptions:
    """The assumptions of a calibration file, read once a process. Raises PolicyFailure naming what is wrong."""
    return _read(path)


@cache
def _read(path: Path) -> Assumptions:
    content = read_yaml(path)
    published = tuple(_published(path, row) for row in content.pop(PUBLISHED))
    groups = tuple(_group(path, key, body) for key, body in content.items())
    return Assumptions(groups, published, content)


def _group(path: Path, key: str, body: dict[str, Any]) -> Group:
    return Group(key, _text(path, key, body, "label"), *_sourced(path, key, body), str(body.get("note", "")))


def _published(path: Path, row: dict[str, Any]) -> Published:
    key = str(row.get("key"))
    words = (_text(path, key, row, "label"), _text(path, key, row, "label_en"))
    return Published(key, words, float(row["value"]), bool(row["aimed"]), *_sourced(path, key, row))


def _sourced(path: Path, key: str, body: dict[str, Any]) -> tuple[str, Standing]:
    standing = _text(path, key, body, "standing").upper()
    if standing not in Standing.__members__:
        raise AssumptionUnsourced(path, key, "standing")
    return _text(path, key, body, "source"), Standing[standing]


def _text(path: Path, key: str, body: dict[str, Any], name: str) -> str:
    if not body.get(name):
        raise AssumptionUnsourced(path, key, name)
    return str(body[name])
