"""The keys of a block (条目的键), each with an example of how its value is written: what somebody who fills one in needs.

They are read off the params that the entry fills, by the same rules as `packs.build` reads them, so a key offered here is one
that `policy check` accepts.
"""

from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Any, get_type_hints

from yibao.assistance.terms import Category
from yibao.kernel.shapes import NOT_ON_FILE, Bands, Keyed, Listed, Members, Ranked
from yibao.packs.build import SUFFIXES

LIST_WORDS = {
    "institution_classes": "机构类别",
    "chronic_diseases": "病种",
    "contribution_tiers": "缴费档次",
}
"""Lists of pack.yaml that a table goes by."""

UNITS = {"_fen": "… 元", "_bp": "…%", "_day": "年-月-日", "_category": "身份"}
COUNTED = ("age", "days", "months", "order")
"""How the names of whole numbers end; any other figure without a unit is yes or no."""


def key_lines(kind: type[Any], words: Mapping[str, str]) -> Iterator[str]:
    """One line a key, as it is written in YAML with “…” for the figure, and behind it what it is called."""
    hints = get_type_hints(kind, include_extras=True)
    defaults = getattr(kind, "_field_defaults", {})
    shown: dict[str, tuple[str, str, bool]] = {}
    for name, hint in hints.items():
        shape = next((m for m in getattr(hint, "__metadata__", ()) if not isinstance(m, str)), None)
        key = shape.key if isinstance(shape, Bands) else _bare(name)
        if key in shown:
            if shape is None:  # a twin: an amount or a share
                shown[key] = (f"{shown[key][0]} 或 {_unit(name)}", *shown[key][1:])
            continue
        example, by = _example(name, shape)
        shown[key] = (example, by, name in defaults or _may_be_left_out(shape))
    for key, (example, by, optional) in shown.items():
        called = words.get(key, "")
        remarks = "，".join(word for word in (called, by, "可不写" if optional else "") if word)
        yield f"{key}: {example}" + (f"    # {remarks}" if remarks else "")


def _example(name: str, shape: Any) -> tuple[str, str]:
    """How a value is written, and what its table goes by."""
    match shape:
        case Bands(keys=""):
            return "…%", "分段写成 [{from: 0 元, rate: …%}, {from: … 元, rate: …%}]"
        case Bands(keys=keys):
            return "{代码: …%}", f"按{LIST_WORDS[keys]}；分段写成 代码: [{{from: 0 元, rate: …%}}, …]"
        case Keyed(keys=str(keys), scalar=scalar):
            return f"{{代码: {_unit(name)}}}", f"按{LIST_WORDS[keys]}" + (
                "，都一样的只写一个数" if scalar else ""
            )
        case Keyed(scalar=scalar):
            unit = "机构类别代码" if name.endswith("_class") else _unit(name)
            table = ", ".join(
                member if member == "…" else f"{member}: {unit}" for member in _some(shape.keys)
            )
            return f"{{{table}}}", "都一样的只写一个数" if scalar else ""
        case Listed():
            return f"[{_unit(name)}, …]", "最后一个数管以后各次"
        case Members(keys=str(keys)):
            return "[代码, …]", f"列{LIST_WORDS[keys]}"
        case Members() | Ranked():
            return f"[{', '.join(_some(shape.keys))}]", ""
        case _:
            return _unit(name), ""


def _unit(name: str) -> str:
    if name.endswith(COUNTED):
        return "整数"
    return next((unit for suffix, unit in UNITS.items() if name.endswith(suffix)), "true 或 false")


def _some(members: Any) -> list[str]:
    """The members of an enum, or the first few of a long one; the ordinary category is nobody's group."""
    assert issubclass(members, IntEnum)
    names = [member.name for member in members if member is not Category.ORDINARY]
    return names if len(names) <= 5 else [*names[:3], "…"]


def _may_be_left_out(shape: Any) -> bool:
    return isinstance(shape, Keyed) and (shape.missing != NOT_ON_FILE or isinstance(shape.keys, type))


def _bare(name: str) -> str:
    return next((name.removesuffix(s) for s in SUFFIXES if name.endswith(s)), name)
