"""The steps of a kernel's text: assignments, branches and loops; which of them are needed, and how they are written."""

import re
from typing import NamedTuple


class Assign(NamedTuple):
    """`name = text`"""

    name: str
    text: str


class Branch(NamedTuple):
    """`if test:` and what follows either way."""

    test: str
    then: list["Step"]
    otherwise: list["Step"]


class Loop(NamedTuple):
    """`for name in range(rounds):` and what its body carries from round to round."""

    name: str
    rounds: int
    body: list["Step"]
    carried: frozenset[str]


Step = Assign | Branch | Loop


def needed(steps: list[Step], live: set[str]) -> list[Step]:
    """The steps that the names in `live` rest on, in order; `live` grows by every name that these use."""
    kept: list[Step] = []
    for step in reversed(steps):
        match step:
            case Assign(name, text):
                if name in live:
                    live |= names_in(text)
                    kept.append(step)
            case Branch(test, then, otherwise):
                sides = needed(then, live), needed(otherwise, live)
                if sides[0] or sides[1]:
                    live |= names_in(test)
                    kept.append(Branch(test, *sides))
            case Loop(name, rounds, body, carried):
                if carried & live:
                    live |= carried
                    body_kept = needed(body, live)
                    while (again := needed(body, live)) != body_kept:
                        body_kept = again
                    kept.append(Loop(name, rounds, body_kept, carried))
    return kept[::-1]


def lines(steps: list[Step], indent: str) -> list[str]:
    """Steps as Python."""
    written: list[str] = []
    for step in steps:
        match step:
            case Assign(name, text):
                written.append(f"{indent}{name} = {text}")
            case Branch(test, then, otherwise):
                written += [f"{indent}if {test}:", *(lines(then, indent + "    ") or [f"{indent}    pass"])]
                if otherwise:
                    written += [f"{indent}else:", *lines(otherwise, indent + "    ")]
            case Loop(name, rounds, body, _):
                written += [f"{indent}for {name} in range({rounds}):", *lines(body, indent + "    ")]
    return written


def names_in(text: str) -> set[str]:
    """The names that a text uses."""
    return set(NAME.findall(text))


NAME = re.compile(r"[A-Za-z_]\w*")
