"""Workings (计算过程): a rule's NamedTuple result read as steps with the Chinese labels its fields carry."""

from collections.abc import Iterator
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints


class Step(NamedTuple):
    """One field of a working: its name, Chinese label and value."""

    name: str
    label: str
    value: int


def steps(working: Any) -> Iterator[Step]:
    """The steps of one working in the order they were reached; nested workings are left to their own slip rows."""
    hints = get_type_hints(type(working), include_extras=True)
    for name, value in zip(type(working)._fields, working, strict=True):
        if isinstance(value, int):
            yield Step(name, _label(hints[name], name), value)


def _label(hint: Any, name: str) -> str:
    args = get_args(hint)
    if get_origin(hint) is not None and len(args) > 1 and isinstance(args[1], str):
        return args[1]
    labels = [a for a in getattr(hint, "__metadata__", ()) if isinstance(a, str)]
    return labels[0] if labels else name
