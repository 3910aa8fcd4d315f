"""Cases: a rule, its entry and one day in YAML that a policy clerk can write, run against the rule itself.

A file lies under `tests/**/cases/<code>_<name>/` and holds a case, or a list of `cases` each of which adds to what the file
gives; the folder names the area. Figures stand as a notice prints them and are read by the suffix of the name they are for:
`_fen` money, `_bp` a rate, `_day` a day, which the case leaves out. Members of enums stand by name (`SEVERELY_DISABLED`, or
`Ground.NEWBORN` where two enums have one), places of a pack's list by code. What few places ask stands in ORDINARY and may
be left out. `then` names only what is compared.
"""

import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from datetime import date
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

from yibao.engine.terms import OLDEST
from yibao.kernel.days import day_number, day_of
from yibao.kernel.money import UNREACHED_FEN, fen_of, yuan
from yibao.kernel.rates import bp_of, percent
from yibao.packs import build
from yibao.packs.policies import SECTIONS, Area, policies, read_yaml

TESTS = Path(__file__).parent
RULES = Path(build.__file__).parents[1]
ASKED = ("why", "carries_out", "day", "rule", "given", "then")
KNOWN = {*ASKED, "entry"}
LISTS = {
    "institution_class": "institution_classes",
    "disease": "chronic_diseases",
    "tier": "contribution_tiers",
}
TAGS = {"disease_tags": "chronic_diseases"}
ORDINARY = {
    "tier": 0,
    "age": OLDEST,
    "household_tags": 0,
    "disease_tags": 0,
    "special_fund": 0,
    "outpatient": 0,
    "year_stay": 0,
    "cost_before": 0,
}
WORDS = {"never": -1, "不设": UNREACHED_FEN}
SUFFIXES = ("_fen", "_bp", "_day")


class CaseFailure(ValueError):
    """A case that cannot be run; the message names the file and what to write."""


class Case(NamedTuple):
    """One case as its file has it."""

    path: Path
    why: str
    area: Area
    day: date
    rule: str
    entries: tuple[str, ...] | dict[str, str]
    given: dict[str, Any]
    then: dict[str, Any]


def case_files(folder: Path = TESTS) -> list[Path]:
    """Every case there is, in the order of the tree."""
    return sorted(path for path in folder.rglob("*.yaml") if "cases" in path.relative_to(folder).parts[:-1])


def all_cases(folder: Path = TESTS) -> Iterator[Case]:
    """Every case of every file."""
    for path in case_files(folder):
        yield from read(path)


def read(path: Path) -> list[Case]:
    """The cases of a file. Raises CaseFailure where something is missing or misspelled."""
    whole = read_yaml(path)
    inner = whole.pop("cases", [{}])
    return [_case(path, _added(whole, one)) for one in inner]


def _added(whole: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    """What a file gives with what one of its cases adds."""
    both = {
        key: {**whole.get(key, {}), **one.get(key, {})}
        for key in ("given", "then")
        if key in {**whole, **one}
    }
    return {**whole, **one, **both}


def _case(path: Path, found: dict[str, Any]) -> Case:
    missing = [key for key in ASKED if key not in found]
    if missing or set(found) - KNOWN:
        raise CaseFailure(f"{path}: missing {missing}, unknown {sorted(set(found) - KNOWN)}")
    entry = found.get("entry", [])
    code = next(
        (c for p in path.parts[::-1] if (c := p.split("_")[0]) and re.fullmatch(r"[0-9]{6}", c)), None
    )
    if code is None:
        raise CaseFailure(f"{path}: stands in no folder of an area such as 140100_taiyuan")
    return Case(
        path=path,
        why=found["why"],
        area=policies().area(code),
        day=found["day"],
        rule=found["rule"],
        entries=(entry,) if isinstance(entry, str) else entry if isinstance(entry, dict) else tuple(entry),
        given=found["given"],
        then=found["then"],
    )


def run(case: Case) -> tuple[dict[str, str], dict[str, str]]:
    """What the case expects and what the rule gives, both in words, for the fields named under `then`."""
    rule = rule_named(case.rule)
    hints = get_type_hints(rule)
    names = list(inspect.signature(rule).parameters)
    arguments: list[Any] = []
    if is_params(hints[names[0]]) if names else False:
        arguments = [params_of(case, hints[names.pop(0)])]
    result = rule(*arguments, **values_of(case, {n: hints[n] for n in names}, case.given, complete=True))
    expected, got = {}, {}
    for name, value in case.then.items():
        field, number = _result(case, rule, result, name)
        expected[name] = in_words(field, _number(case, field, value))
        got[name] = in_words(field, number)
    return expected, got


@cache
def rules() -> dict[str, list[Callable[..., Any]]]:
    """Every rule of every area by its name."""
    found: dict[str, list[Callable[..., Any]]] = {}
    for path in sorted(RULES.glob("*/rules/*.py")):
        module = importlib.import_module(".".join(("yibao", *path.relative_to(RULES).with_suffix("").parts)))
        for name, thing in vars(module).items():
            if inspect.isfunction(thing) and thing.__module__ == module.__name__:
                found.setdefault(name, []).append(thing)
    return found


def rule_named(name: str) -> Callable[..., Any]:
    """A rule by its name. Raises CaseFailure where there is none, or more than one."""
    found = rules().get(name, [])
    if len(found) != 1:
        raise CaseFailure(f"rule {name}: {len(found)} of that name; {[f.__module__ for f in found]}")
    return found[0]


def is_params(hint: Any) -> bool:
    """Whether a type is a params NamedTuple, or several of them together."""
    return _is_record(hint) and hint.__module__.endswith(".params")


def params_of(case: Case, kind: type[Any]) -> Any:
    """The params of the case's entry, or of its entries: in the order of the fields, or by the names of some of them."""
    parts = get_type_hints(kind)
    if isinstance(case.entries, dict):
        return kind(
            **{
                part: build.params(parts[part], _entry(case, key), case.area)
                for part, key in case.entries.items()
            }
        )
    kinds = list(parts.values()) if all(map(is_params, parts.values())) else [kind]
    if len(kinds) != len(case.entries):
        raise CaseFailure(f"{case.path}: entry should name {len(kinds)}: {[k.__name__ for k in kinds]}")
    built = [
        build.params(k, _entry(case, key), case.area) for k, key in zip(kinds, case.entries, strict=True)
    ]
    return built[0] if kinds == [kind] else kind(*built)


def values_of(case: Case, hints: dict[str, Any], given: dict[str, Any], *, complete: bool) -> dict[str, Any]:
    """Arguments of a rule, or fields of a record in it, as whole numbers; a record's fields not named are 0."""
    full = {_bare(name): name for name in hints}
    unknown = sorted(set(given) - set(full))
    missing = sorted(set(full) - set(given) - set(ORDINARY)) if complete else []
    if unknown or missing:
        raise CaseFailure(f"{case.path}: given has unknown {unknown}, lacks {missing}")
    values: dict[str, Any] = {}
    for bare, name in full.items():
        if _is_record(hints[name]):
            inner = get_type_hints(hints[name])
            values[name] = hints[name](**values_of(case, inner, given[bare], complete=False))
        else:
            values[name] = _number(case, name, given.get(bare, ORDINARY.get(bare, 0)))
    return values


def in_words(name: str, number: int) -> str:
    """A number as a case writes it, by the suffix of its name."""
    if name.endswith("_fen"):
        return "不设" if number == UNREACHED_FEN else yuan(number) + " 元"
    if name.endswith("_bp"):
        return percent(number)
    if name.endswith("_day"):
        return "never" if number == WORDS["never"] else day_of(number).isoformat()
    return str(int(number))


def _result(case: Case, rule: Callable[..., Any], result: Any, name: str) -> tuple[str, int]:
    """The full name and number of a field of the result (`pays`, `basic.pays`); `result` where the rule gives a number."""
    if isinstance(result, int):
        if name != "result":
            raise CaseFailure(
                f"{case.path}: {case.rule} gives one number, so `then` names `result`, not {name}"
            )
        return rule.__name__, result
    *inner, last = name.split(".")
    for part in inner:
        result = getattr(result, part)
    full = {_bare(field): field for field in result._fields}
    if last not in full:
        raise CaseFailure(f"{case.path}: {type(result).__name__} has no {last}; it has {list(full)}")
    return full[last], getattr(result, full[last])


def _number(case: Case, name: str, value: Any) -> int:
    if isinstance(value, str) and value in WORDS:
        return WORDS[value]
    if name.endswith("_fen"):
        return fen_of(value)
    if name.endswith("_bp"):
        return bp_of(value)
    if isinstance(value, date):
        return day_number(value)
    if isinstance(value, list) and name in TAGS:
        return sum(1 << case.area.codes(TAGS[name]).index(code) for code in value)
    if isinstance(value, list):
        return sum(1 << _member(case, word) for word in value)
    if not isinstance(value, str):
        return int(value)
    codes = case.area.codes(LISTS[name]) if name in LISTS else []
    return codes.index(value) if value in codes else _member(case, value)


def _member(case: Case, word: str) -> int:
    """The number of an enum's member; the enums of the rule's own area come first."""
    own = rule_named(case.rule).__module__.split(".")[1]
    areas = (own, "assistance", "benefits", "financing", "enrolment")
    for module in (*(f"{area}.terms" for area in areas), "kernel.time_limits"):
        enums = [
            thing
            for thing in vars(importlib.import_module(f"yibao.{module}")).values()
            if isinstance(thing, type) and issubclass(thing, IntEnum) and thing is not IntEnum
        ]
        *kind, member = word.split(".")
        found = {int(e[member]) for e in enums if member in e.__members__ and kind in ([], [e.__name__])}
        if len(found) == 1:
            return found.pop()
        if found:
            raise CaseFailure(f"{case.path}: {word} is in several enums; write Enum.{word}")
    raise CaseFailure(f"{case.path}: {word} is no member of an enum and no code of {case.area.code}")


def _entry(case: Case, key: str) -> Any:
    sections = [section for section in SECTIONS if key in case.area.keys(section)]
    if len(sections) != 1:
        raise CaseFailure(f"{case.path}: entry {key} is in sections {sections} of {case.area.code}")
    return case.area.entry(sections[0], key, case.day)


def _is_record(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields")


def _bare(name: str) -> str:
    return next((name.removesuffix(s) for s in SUFFIXES if name.endswith(s)), name)
