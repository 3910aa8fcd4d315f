"""Reads the folder of policies: packs by area, their entries, and the entry in force on a day."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from yibao.packs.entries import Entry, EntryRefuses, NoSuchEntry, NotOnFile, PolicyFailure, blocks_of

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # a PyYAML built without the C parser reads the same, more slowly
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

NATIONAL = "000000"
CODE = 6
"""Digits of a division code, with which the name of a pack's folder begins."""

SECTIONS = (
    "financing",
    "enrolment",
    "benefits",
    "assistance",
    "policy_list",
    "public_services",
    "assessment",
    "fund",
)


class NoSuchArea(PolicyFailure):
    """A division code that no pack knows."""

    def __init__(self, code: str, known: list[str]) -> None:
        super().__init__(f"没有地区 {code} 的政策；在册地区：{'、'.join(known)} (no policy for that area)")


@dataclass(frozen=True)
class Pack:
    """One folder of policies: an area's names, parent, lists and entries."""

    code: str
    names: dict[str, str] = field(hash=False)
    parent: str
    facts: dict[str, Any] = field(hash=False)
    entries: dict[tuple[str, str], tuple[Entry, ...]] = field(hash=False)
    folder: Path


@dataclass(frozen=True)
class Area:
    """An area as rules see it: its code and the packs it reads, nearest first."""

    code: str
    chain: tuple[Pack, ...]

    @property
    def name(self) -> str:
        """The area's Chinese name."""
        for county in self.listed("counties"):
            if county["code"] == self.code:
                return str(county["name"])
        return self.chain[0].names["zh"]

    def listed(self, name: str) -> list[dict[str, Any]]:
        """A list of the nearest pack that has it (`institution_classes`, `chronic_diseases`, `counties`)."""
        for pack in self.chain:
            if name in pack.facts:
                return list(pack.facts[name])
        return []

    def codes(self, name: str) -> list[str]:
        """The codes of a list, in order: a code's place is the small number rules see."""
        return [str(row["code"]) for row in self.listed(name)]

    def blocks(self, section: str, key: str) -> tuple[Entry, ...]:
        """All dated blocks of an entry, from the nearest pack that has it. Raises NoSuchEntry."""
        for pack in self.chain:
            if (section, key) in pack.entries:
                return pack.entries[section, key]
        raise NoSuchEntry(self.code, section, key)

    def keys(self, section: str) -> list[str]:
        """The names of all entries of a section that the area or a parent has, in the order of the files."""
        found: dict[str, None] = {}
        for pack in self.chain:
            for of_section, key in pack.entries:
                if of_section == section:
                    found.setdefault(key)
        return list(found)

    def block(self, section: str, key: str, day: date) -> Entry:
        """The block in force on a day, be it a refusal. Raises NotOnFile, NoSuchEntry."""
        blocks = self.blocks(section, key)
        for entry in blocks:
            if entry.holds_on(day):
                return entry
        raise NotOnFile(self.code, section, key, day, blocks)

    def entry(self, section: str, key: str, day: date) -> Entry:
        """The entry in force on a day, with its figures. Raises NotOnFile, NoSuchEntry, EntryRefuses."""
        entry = self.block(section, key, day)
        if entry.refuses:
            raise EntryRefuses(entry)
        return entry


class _Packs(Mapping[str, Pack]):
    """The packs of a folder by code, each read when it is first asked for: one area does not wait for three hundred."""

    def __init__(self, folders: dict[str, Path]) -> None:
        self._folders = folders
        self._read: dict[str, Pack] = {}

    def __getitem__(self, code: str) -> Pack:
        if code not in self._read:
            self._read[code] = _pack(self._folders[code])
        return self._read[code]

    def __contains__(self, code: object) -> bool:
        return code in self._folders

    def __iter__(self) -> Iterator[str]:
        return iter(self._folders)

    def __len__(self) -> int:
        return len(self._folders)


@dataclass(frozen=True)
class Policies:
    """All packs of one folder; a pack that cannot be read raises PolicyFailure when it is first asked for."""

    folder: Path
    packs: Mapping[str, Pack] = field(hash=False)

    @property
    def first_shown(self) -> str:
        """The area of a command that names none, as the national pack says it. Raises PolicyFailure."""
        national = self.packs.get(NATIONAL)
        code = "" if national is None else str(national.facts.get("first_shown", ""))
        if not code:
            raise PolicyFailure("请写 --area：国家政策包没有写 first_shown (which area?)")
        return code

    def area(self, code: str) -> Area:
        """An area by division code; a county without a folder reads its city's pack. Raises NoSuchArea, PolicyFailure."""
        chain: list[Pack] = []
        at: str | None = code
        while at is not None:
            pack = self.packs.get(at)
            if pack is not None:
                chain.append(pack)
            at = _above(at, pack)
        known = code in self.packs or any(
            c["code"] == code for p in chain for c in p.facts.get("counties", ())
        )
        if not known:
            raise NoSuchArea(code, sorted(self.packs))
        return Area(code, tuple(chain))


def policies_folder() -> Path:
    """The folder of policies: YIBAO_POLICIES where set, else the one that comes with the package."""
    named = os.environ.get("YIBAO_POLICIES")
    return Path(named) if named else Path(__file__).parent.parent / "policies"


def policies(folder: Path | None = None) -> Policies:
    """A folder of policies, read once a process. Raises PolicyFailure where there is none."""
    return _read(folder or policies_folder())


@cache
def _read(folder: Path) -> Policies:
    if not folder.is_dir():
        raise PolicyFailure(f"没有政策文件夹 {folder}；请检查 --policies 或 YIBAO_POLICIES (no such folder)")
    folders = {path.parent.name[:CODE]: path.parent for path in sorted(folder.glob("*/pack.yaml"))}
    if not folders:
        raise PolicyFailure(
            f"{folder} 里没有任何 pack.yaml；每个地区一个文件夹，内有 pack.yaml (no packs here)"
        )
    return Policies(folder, _Packs(folders))


def _pack(folder: Path) -> Pack:
    facts = read_yaml(folder / "pack.yaml")
    code = str(facts.get("code", ""))
    if code != folder.name[:CODE]:
        raise PolicyFailure(
            f"{folder / 'pack.yaml'}：code {code!r} 应与文件夹名 {folder.name!r} 开头一致 (code differs)"
        )
    entries: dict[tuple[str, str], tuple[Entry, ...]] = {}
    for section in SECTIONS:
        path = folder / f"{section}.yaml"
        if path.exists():
            file = f"{folder.name}/{path.name}"
            for key, body in read_yaml(path).items():
                if not isinstance(body, dict):
                    raise PolicyFailure(f"{file}：{key} 应是一组以日期为名的块 (entry is not a mapping)")
                entries[section, key] = blocks_of(code, section, key, body, file)
    return Pack(code, dict(facts["name"]), str(facts.get("parent", "")), facts, entries, folder)


def _above(code: str, pack: Pack | None) -> str | None:
    if code == NATIONAL:
        return None
    if pack is not None and pack.parent:
        return pack.parent
    pairs = [code[0:2], code[2:4], code[4:6]]
    for at in (2, 1, 0):
        if pairs[at] != "00":
            pairs[at] = "00"
            break
    return "".join(pairs)


MERGE_TAG = "tag:yaml.org,2002:merge"


class _StrictLoader(_SafeLoader):
    """Refuses a mapping that names a key twice (YAML would silently keep the last) or takes in another by `<<`."""


def _strict_mapping(loader: Any, node: Any, deep: bool = False) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        where = f"{key_node.start_mark.name} 第 {key_node.start_mark.line + 1} 行"
        if key_node.tag == MERGE_TAG:
            raise PolicyFailure(
                f"{where}：不用合并键 <<，一块里的每个数字都要看得见。整块相同的写成“日期: &名字”，另一处写“日期: *名字”；"
                "只有几项不同的，把各项抄全，相同的表可用 *名字 引用 (merge keys are not read)"
            )
        if not isinstance(key_node, yaml.ScalarNode):
            raise PolicyFailure(f"{where}：键应是一个词或一个日期，不能是列表或表 (key is no word)")
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise PolicyFailure(f"{where}：{key!r} 重复出现，请合并 (duplicate key)")
        seen.add(key)
    return dict(loader.construct_mapping(node, deep=deep))


_StrictLoader.add_constructor(
    yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG,
    lambda loader, node: _strict_mapping(loader, node, deep=True),
)


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file as a mapping; duplicate keys and broken files raise PolicyFailure naming file and line."""
    try:
        with path.open(encoding="utf-8") as stream:
            found = yaml.load(stream, Loader=_StrictLoader)  # noqa: S506 - a subclass of the safe loader
    except FileNotFoundError:
        raise PolicyFailure(f"没有文件 {path} (no such file)") from None
    except (yaml.YAMLError, UnicodeDecodeError) as broken:
        raise PolicyFailure(f"{path} 不是可读的 YAML：{broken} (not readable YAML)") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise PolicyFailure(f"{path} 的最外层应是键值 (top level is not a mapping)")
    return found
