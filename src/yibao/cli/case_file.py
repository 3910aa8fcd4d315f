"""Reads a case file, YAML or JSON: every problem of form at once, as findings that name the line and the key.

Numbers with a point are kept as they are written (never a float), so that 1234.56 is 123456 fen. Parts of a case are
checked one by one, so that a mistake in one does not hide those of another.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from yibao.cli.case import Bill, Case, Institution, Line, Person, SoFar, Totals, Visit
from yibao.kernel.findings import Finding

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # a PyYAML built without the C parser reads the same, more slowly
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

Key = tuple[str | int, ...]
PARTS: dict[str, type[BaseModel]] = {
    "person": Person,
    "institution": Institution,
    "visit": Visit,
    "totals": Totals,
    "year_so_far": SoFar,
}
LISTS: dict[str, type[BaseModel]] = {"lines": Line, "earlier": Bill}
HIDDEN = {"identity_no"}
"""Keys whose value is never printed."""

MESSAGES: dict[str, tuple[str, str]] = {
    "missing": ("缺少这一项 (missing)", "请补上"),
    "extra_forbidden": ("没有这一项 (unknown key)", "请核对键名，或用 yibao settle --schema 查看"),
    "string_type": ("应是文字 (not text)", "请加引号"),
    "bool_parsing": ("应是 true 或 false (not yes or no)", "请改写"),
    "bool_type": ("应是 true 或 false (not yes or no)", "请改写"),
    "int_parsing": ("应是整数 (not a whole number)", "请改写"),
    "int_type": ("应是整数 (not a whole number)", "请改写"),
    "int_from_float": ("应是整数 (not a whole number)", "请改写"),
    "list_type": ("应是列表 (not a list)", "每项前写短横线"),
    "model_type": ("应是一组键值 (not a mapping)", "请改写"),
    "model_attributes_type": ("应是一组键值 (not a mapping)", "请改写"),
    "dict_type": ("应是一组键值 (not a mapping)", "请改写"),
    "too_long": ("项数过多 (too many)", "门诊慢特病最多四种"),
    "greater_than_equal": ("数值过小 (too small)", "请改写"),
    "less_than_equal": ("数值过大 (too large)", "请改写"),
}


@dataclass
class Reading:
    """A file as it is read: its raw values, the line of each key, the parts that are sound, and what was found."""

    file: str
    raw: dict[str, Any]
    rows: dict[Key, int] = field(default_factory=dict)
    parts: dict[Key, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def find(self, key: Key, value: object, message: str, remedy: str) -> None:
        """Notes a problem at a key; the row is that of the key or of what holds it."""
        at = next((self.rows[key[:n]] for n in range(len(key), -1, -1) if key[:n] in self.rows), 0)
        shown = "" if HIDDEN & set(key) or isinstance(value, (dict, list)) or value is None else str(value)
        self.findings.append(Finding(self.file, at, path_of(key), shown, message, remedy))

    def sound(self, key: Key, model: type[BaseModel], value: Any) -> Any:
        """A part of the case, or None after noting what is wrong with it."""
        try:
            found = model.model_validate(value)
        except ValidationError as wrong:
            for error in wrong.errors(include_url=False):
                place = (*key, *(word for word in error["loc"] if word != "function-before"))
                message, remedy = MESSAGES.get(
                    error["type"], (error["msg"].removeprefix("Value error, "), "请改写")
                )
                self.find(place, None if error["type"] == "missing" else error["input"], message, remedy)
            return None
        self.parts[key] = found
        return found


def path_of(key: Key) -> str:
    """A key as people write it: `earlier[1].visit.kind`, counting from 1."""
    text = ""
    for word in key:
        text += f"[{word + 1}]" if isinstance(word, int) else f".{word}"
    return text.removeprefix(".")


def read_case(path: Path) -> tuple[Case | None, Reading]:
    """The case, or None with the findings. Never raises for what is wrong with the file."""
    reading = Reading(str(path), {})
    _load(path, reading)
    if reading.findings:
        return None, reading
    raw = reading.raw
    checked = {
        name: reading.sound((name,), model, raw[name])
        for name, model in PARTS.items()
        if raw.get(name) is not None
    }
    for name, model in LISTS.items():
        checked[name] = _listed(reading, name, model)
    rest = {name: value for name, value in raw.items() if name not in PARTS and name not in LISTS}
    whole = {**rest, **{name: value for name, value in checked.items() if value is not None}}
    case = _whole(reading, whole, set(checked) - {n for n, v in checked.items() if v is not None})
    return (None if reading.findings else case), reading


def _whole(reading: Reading, whole: dict[str, Any], broken: set[str]) -> Case | None:
    """The case put together; what a broken part makes it miss has been said already."""
    try:
        return Case.model_validate(whole)
    except ValidationError as wrong:
        for error in wrong.errors(include_url=False):
            if error["loc"] and error["loc"][0] not in broken:
                message, remedy = MESSAGES.get(
                    error["type"], (error["msg"].removeprefix("Value error, "), "请改写")
                )
                reading.find(
                    error["loc"], None if error["type"] == "missing" else error["input"], message, remedy
                )
        return None


def _listed(reading: Reading, name: str, model: type[BaseModel]) -> list[Any] | None:
    value = reading.raw.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        reading.find((name,), value, *MESSAGES["list_type"])
        return None
    found = [reading.sound((name, at), model, row) for at, row in enumerate(value)]
    return None if None in found else found


def _load(path: Path, reading: Reading) -> None:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return reading.find((), None, "没有这个文件 (no such file)", "请核对路径")
    except (UnicodeDecodeError, OSError) as broken:
        return reading.find((), None, f"文件读不出：{broken} (not readable)", "请存成 UTF-8 文本")
    try:
        found = _json(text, reading) if path.suffix.lower() == ".json" else _yaml(text, reading)
    except json.JSONDecodeError as broken:
        reading.rows[()] = broken.lineno
        return reading.find((), None, f"不是可读的 JSON：{broken.msg} (not JSON)", "请核对括号、逗号和引号")
    except yaml.YAMLError as broken:
        mark = getattr(broken, "problem_mark", None)
        reading.rows[()] = mark.line + 1 if mark else 0
        what = getattr(broken, "problem", None) or broken
        return reading.find((), None, f"不是可读的 YAML：{what} (not YAML)", "请核对缩进、冒号和引号")
    if not isinstance(found, dict):
        return reading.find(
            (), None, "最外层应是键值 (top level is not a mapping)", "请照 examples 中的案例书写"
        )
    reading.raw = {str(key): value for key, value in found.items()}
    return None


def _json(text: str, reading: Reading) -> Any:
    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in found]
        for name in {n for n in names if names.count(n) > 1}:
            reading.find((name,), None, "同一处重复出现 (duplicate key)", "请合并")
        return dict(found)

    return json.loads(text, parse_float=Decimal, object_pairs_hook=pairs)


class _Loader(_SafeLoader):
    """Keeps a number with a point, and a day that is none, as they are written."""


def _as_written(loader: Any, node: Any) -> Any:
    text = loader.construct_scalar(node)
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _day_as_written(loader: Any, node: Any) -> Any:
    try:
        return _SafeLoader.construct_yaml_timestamp(loader, node)
    except ValueError:  # 2023-02-30 looks like a day and is none; the key's own check says so
        return loader.construct_scalar(node)


_Loader.add_constructor("tag:yaml.org,2002:float", _as_written)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _day_as_written)


def _yaml(text: str, reading: Reading) -> Any:
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return {}
        for key, row, twice in _rows(node, (), frozenset()):
            if twice:
                reading.rows[key] = row
                reading.find(key, None, "同一处重复出现 (duplicate key)", "请合并")
            reading.rows.setdefault(key, row)
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _rows(node: Any, key: Key, above: frozenset[int]) -> Iterator[tuple[Key, int, bool]]:
    """Each key of a document with its line, and whether it stands there a second time."""
    if id(node) in above:  # an alias of itself: YAML allows it, a case does not need it
        return
    inside = above | {id(node)}
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for name, value in node.value:
            place = (*key, str(name.value))
            yield place, name.start_mark.line + 1, name.value in seen
            seen.add(str(name.value))
            yield from _rows(value, place, inside)
    elif isinstance(node, yaml.SequenceNode):
        for at, value in enumerate(node.value):
            yield (*key, at), value.start_mark.line + 1, False
            yield from _rows(value, (*key, at), inside)
