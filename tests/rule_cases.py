"""Cases of single rules in YAML: what a policy clerk writes, read as calls of a rule with the params of an entry.

A file lies under `tests/<section>/cases/<code>_<place>/` and holds `rule`, `entry` and `day`, with `given` and `then` in
the notice's own units; or a list of `cases`, each of which adds to what the file gives. Codes are names: an institution
class, a tier, a disease of the place's lists, a member of an enum.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from datetime import date
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

import yaml

import yibao
from yibao.assistance.terms import Category
from yibao.benefits.terms import CarePath, Delivery, SpecialFund, TwoDisease
from yibao.enrolment.terms import CoverageStart
from yibao.financing.terms import ContributionGroup
from yibao.kernel.days import day_number
from yibao.kernel.money import UNREACHED_FEN, fen_of
from yibao.kernel.rates import bp_of
from yibao.packs.build import params
from yibao.packs.policies import SECTIONS, Area, policies

TESTS = Path(__file__).parent
SUFFIXES = ("_fen", "_bp", "_day")
ENUMS: dict[str, type[IntEnum]] = {
    "care_path": CarePath,
    "category": Category,
    "amounts_of": Category,
    "delivery": Delivery,
    "fund": SpecialFund,
    "group": ContributionGroup,
    "start": CoverageStart,
}
LISTS = {
    "institution_class": "institution_classes",
    "tier": "contribution_tiers",
    "disease": "chronic_diseases",
}
TAGS = {"category_tags": "", "household_tags": "", "disease_tags": "chronic_diseases"}


class Case(NamedTuple):
    """One call: the rule, its place and day, the entry (or an entry for each part of the params), and what comes out."""

    name: str
    place: str
    day: date
    rule: str
    entry: str | dict[str, str] | None
    given: dict[str, Any]
    then: dict[str, Any]


def cases(folder: Path = TESTS) -> Iterator[Case]:
    """Every case under a folder of tests."""
    for path in sorted(folder.glob("*/cases/*/*.yaml")):
        whole = yaml.safe_load(path.read_text("utf-8"))
        for at, one in enumerate(whole.get("cases", [{}])):
            merged = {**whole, **one}
            yield Case(
                name=f"{path.relative_to(folder).with_suffix('')}[{at}] {merged['why']}",
                place=path.parent.name[:6],
                day=merged.get("day", date(2023, 1, 1)),
                rule=merged["rule"],
                entry=merged.get("entry"),
                given={**whole.get("given", {}), **one.get("given", {})},
                then={**whole.get("then", {}), **one.get("then", {})},
            )


def differences(case: Case) -> dict[str, tuple[Any, int]]:
    """What the rule's working has otherwise than the case says: by field, the case's words and the rule's number."""
    area = policies().area(case.place)
    rule = rules()[case.rule]
    hints = get_type_hints(rule)
    first, *names = (name for name in hints if name != "return") if "params" in hints else ("", *hints)
    names = [name for name in names if name != "return"]
    two_diseases = bool(first) and hints[first].__name__ == "TwoDiseasesParams"
    given = {name: _read(area, name, case.given[_bare(name)], two_diseases) for name in names}
    strays = set(case.given) - {_bare(name) for name in names}
    assert not strays, f"{case.name}: {case.rule} takes no {strays}"
    working = rule(_params(area, hints[first], case), **given) if first else rule(**given)
    found = {}
    for field in type(working)._fields:
        if _bare(field) in case.then:
            expected = _read(area, field, case.then[_bare(field)], two_diseases)
            if expected != getattr(working, field):
                found[field] = (case.then[_bare(field)], getattr(working, field))
    unknown = set(case.then) - {_bare(field) for field in type(working)._fields}
    assert not unknown, f"{case.name}: {case.rule} gives no {unknown}"
    return found


@cache
def rules() -> dict[str, Callable[..., Any]]:
    """Every function of every area's rules, by name."""
    found = {}
    for module in pkgutil.walk_packages(yibao.__path__, "yibao."):
        if ".rules." in module.name:
            loaded = importlib.import_module(module.name)
            found |= {
                name: thing
                for name, thing in vars(loaded).items()
                if callable(thing)
                and getattr(thing, "__module__", "") == module.name
                and not isinstance(thing, type)
            }
    return found


def _params(area: Area, kind: type[Any], case: Case) -> Any:
    if isinstance(case.entry, dict):
        hints = get_type_hints(kind)
        return kind(**{part: _of_entry(area, hints[part], key, case.day) for part, key in case.entry.items()})
    assert case.entry is not None, f"{case.name}: which entry?"
    return _of_entry(area, kind, case.entry, case.day)


def _of_entry(area: Area, kind: type[Any], key: str, day: date) -> Any:
    section = next(section for section in SECTIONS if key in area.keys(section))
    return params(kind, area.entry(section, key, day), area)


def _bare(name: str) -> str:
    return next((name.removesuffix(s) for s in SUFFIXES if name.endswith(s)), name)


def _read(area: Area, name: str, value: Any, two_diseases: bool) -> int:
    if name.endswith("_fen"):
        return UNREACHED_FEN if value == "不设" else fen_of(value)
    if name.endswith("_bp"):
        return bp_of(value)
    if isinstance(value, date):
        return day_number(value)
    if name in TAGS:
        codes = area.codes(TAGS[name]) if TAGS[name] else [c.name for c in Category]
        return sum(1 << codes.index(code) for code in value)
    if name == "disease" and two_diseases:
        return int(TwoDisease[value])
    if name in ENUMS and isinstance(value, str):
        return int(ENUMS[name][value])
    if name in LISTS and isinstance(value, str):
        return area.codes(LISTS[name]).index(value)
    return int(value)
