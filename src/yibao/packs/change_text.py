"""Changes of policy as somebody writes them (改革方案的写法): `benefits.hospital.rate.first_rate=65%`, or a file of entries.

A county with an entry of its own is reached by its code: `990122:financing.subsidy.standard=670 元`.

A file has the form of a pack folder's section files: entries with dated blocks, only those that change and in them only
the figures that change; a figure that is not named stays as it is, one that is `null` goes. Its entries stand under the
name of their section, or at the top where the file is called after its section or each key is in one section only.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from yibao.packs.entries import META, PolicyFailure
from yibao.packs.policies import SECTIONS, Area, read_yaml


class Change(NamedTuple):
    """One figure that is to be another.

    `path` leads from the block of an entry to the figure; `first_day` None changes every block of the year, a day begins
    a block of its own. `area_code` is that of a county with an entry of its own, nothing for the area. `value` is as YAML has it (`70%`, `500 元`, True, a list of bands); None takes the figure away.
    """

    section: str
    key: str
    path: tuple[str, ...]
    value: Any
    first_day: date | None = None
    origin: str = ""
    area_code: str = ""

    @property
    def name(self) -> str:
        """The figure's whole name: `benefits.hospital.rate.first_rate`."""
        name = ".".join((self.section, self.key, *self.path))
        return f"{self.area_code}:{name}" if self.area_code else name


class ChangesUnfit(PolicyFailure):
    """Changes that cannot be made. Lists every problem."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(
            "改革方案有问题，没有测算 (changes unfit)：\n" + "\n".join(f"· {p}" for p in problems)
        )
        self.problems = problems


class Read(NamedTuple):
    """Changes that could be read, and what is wrong with the others."""

    changes: list[Change]
    problems: list[str]


def read_changes(area: Area, written: Iterable[str]) -> Read:
    """The changes of several `key=value` and files, in their order, and every problem; `overlay` refuses with all of them."""
    found: list[Change] = []
    problems: list[str] = []
    for text in written:
        try:
            found += [change_of(text)] if "=" in text else file_changes(area, Path(text))
        except ChangesUnfit as unfit:
            problems += unfit.problems
        except PolicyFailure as failure:
            problems.append(str(failure))
    return Read(found, problems)


def change_of(text: str) -> Change:
    """One `key=value`. Raises ChangesUnfit."""
    name, _, value = text.partition("=")
    code, colon, figure = name.rpartition(":")
    read = figure_named(figure if colon else name)
    return Change(*read, value=_value(text, value), origin=text.strip(), area_code=code.strip())


def figure_named(name: str) -> tuple[str, str, tuple[str, ...]]:
    """Section, key and path of a figure's whole name. Raises ChangesUnfit."""
    parts = tuple(part.strip() for part in name.strip().split("."))
    if len(parts) < 3 or not all(parts):
        raise ChangesUnfit(
            [
                f"{name.strip()!r} 不是数字的全名；请写成 部分.条目.键，如 benefits.hospital.deductible，"
                f"或给出一个 YAML 文件 (not the whole name of a figure, and no such file)"
            ]
        )
    return parts[0], parts[1], parts[2:]


def file_changes(area: Area, path: Path) -> list[Change]:
    """The changes of a YAML file. Raises ChangesUnfit, and PolicyFailure where it is not readable YAML."""
    whole = read_yaml(path)
    sections = {str(key): body for key, body in whole.items() if key in SECTIONS}
    if sections and len(sections) == len(whole):
        listed = [
            (section, key, body)
            for section, of in sections.items()
            for key, body in _entries(path, of, section)
        ]
    else:
        listed = [(_section_of(area, path, key), key, body) for key, body in _entries(path, whole, "")]
    problems = [f"{path}：{section.removeprefix('!')}" for section, _, _ in listed if section.startswith("!")]
    found: list[Change] = []
    for section, key, body in listed:
        if not section.startswith("!"):
            changes, wrong = _of_entry(path, section, key, body)
            found += changes
            problems += wrong
    if not found and not problems:
        problems.append(f"{path} 里没有任何数字 (no figure in the file)")
    if problems:
        raise ChangesUnfit(problems)
    return found


def _entries(path: Path, body: Any, section: str) -> list[tuple[str, Any]]:
    if not isinstance(body, dict):
        raise ChangesUnfit([f"{path}：{section} 应是一组条目 (not a mapping of entries)"])
    return [(str(key), entry) for key, entry in body.items()]


def _section_of(area: Area, path: Path, key: str) -> str:
    """The section that a key at the top of a file belongs to; a problem, after a `!`, where that is not clear."""
    if path.stem in SECTIONS:
        return path.stem
    having = [section for section in SECTIONS if key in area.keys(section)]
    if len(having) == 1:
        return having[0]
    where = f"几个部分都有（{'、'.join(having)}）" if having else "各部分都没有这个条目"
    return f"!{key} {where}；请把它写在部分名下，如 benefits: {{{key}: …}} (which section?)"


def _of_entry(path: Path, section: str, key: str, body: Any) -> tuple[list[Change], list[str]]:
    where = f"{path}：{section}.{key}"
    if not isinstance(body, dict) or not any(isinstance(day, date) for day in body):
        return [], [f"{where} 下应是以日期为名的块，如 2023-01-01: {{rate: 70%}} (no dated block)"]
    found: list[Change] = []
    problems: list[str] = []
    for day, block in body.items():
        if day == "label":
            continue
        if not isinstance(day, date) or not isinstance(block, dict):
            problems.append(f"{where}：{day} 应是日期，其下是一组数字 (not a dated block)")
            continue
        figures = {name: value for name, value in block.items() if name not in META or name == "categories"}
        for inner, value in _leaves(figures):
            found.append(Change(section, key, inner, value, day, f"{path.name} {day}"))
    return found, problems


def _leaves(figures: dict[Any, Any]) -> list[tuple[tuple[str, ...], Any]]:
    found: list[tuple[tuple[str, ...], Any]] = []
    for name, value in figures.items():
        if isinstance(value, dict):
            found += [((str(name), *path), inner) for path, inner in _leaves(value)]
        else:
            found.append(((str(name),), value))
    return found


def _value(text: str, written: str) -> Any:
    try:
        value = yaml.safe_load(written)
    except yaml.YAMLError:
        value = None
    if value is None and written.strip() not in ("null", "~"):
        raise ChangesUnfit(
            [f"{text.strip()!r}：等号后没有可读的值；写成如 70%、500 元、true (no readable value)"]
        )
    return written.strip() if isinstance(value, float) else value
