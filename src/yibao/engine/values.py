"""What the generator of a kernel knows of a value: the text that reckons it, and the least and most it can be.

Reckoning with such values folds what is known (a figure written into the text, a fact that holds for every claim) and
keeps the rest as text. A value that a few codes decide alone, such as a rate by institution class, is known for each of
their combinations: whatever is reckoned from such values is reckoned here, and the kernel looks the outcome up. Whole
numbers of 64 bits, as in the kernel; a range that leaves them is no longer known.
"""

import ast
import hashlib
import itertools
import math
from collections.abc import Callable
from typing import NamedTuple

from yibao.engine.flat import Field

LEAST, MOST = -(2**63), 2**63 - 1
MOST_FIGURES = 256
"""Figures of one table at most: what is decided by more combinations of codes is reckoned in the kernel."""


class Code(NamedTuple):
    """A small whole number of a claim, by its name in the text, and what it may be."""

    name: str
    low: int
    high: int


class Num(NamedTuple):
    """A whole number: its text, and the range it lies in. A yes/no value is 1 or 0.

    Where `codes` alone decide it, `figures` has its value for each combination of them, the last code turning fastest;
    `looked_up` says that its text is a look-up, and not an expression of the codes.
    """

    text: str
    low: int = LEAST
    high: int = MOST
    codes: tuple[Code, ...] = ()
    figures: tuple[int, ...] = ()
    looked_up: bool = False

    @property
    def is_known(self) -> bool:
        """Whether it is one number, whatever the claim."""
        return self.low == self.high

    @property
    def is_plain(self) -> bool:
        """Whether its text is a name or a number, so that using it twice reckons nothing twice."""
        return self.is_known or self.text.isidentifier()

    @property
    def is_decided(self) -> bool:
        """Whether it is known, or known for each combination of some codes."""
        return self.is_known or bool(self.codes)


class Record(NamedTuple):
    """A NamedTuple that a rule built: its values by field."""

    fields: dict[str, "Value"]


class Term(NamedTuple):
    """A code that picks one of `length` things in a row, each `size` numbers long."""

    code: Num
    size: int
    length: int


class Place(NamedTuple):
    """Where a value of a flat type lies: in which row, how far from its start, and what lies there.

    `terms` are the codes that pick it.
    """

    row: str
    at: int
    terms: tuple[Term, ...]
    field: Field


Value = Num | Record | Place


def known(value: int) -> Num:
    """A number that is known."""
    return Num(str(value) if value >= 0 else f"({value})", value, value)


def ranged(text: str, low: int, high: int) -> Num:
    """A number in a range; where 64 bits cannot hold the range, nothing is known of it."""
    if low < LEAST or high > MOST:
        return Num(text)
    return known(low) if low == high else Num(text, low, high)


def coded(value: Num) -> Num:
    """The same value; as a code that may decide others where it has a plain name and few values."""
    if value.codes or value.is_known or not value.is_plain or value.high - value.low >= MOST_FIGURES:
        return value
    code = Code(value.text, value.low, value.high)
    return value._replace(codes=(code,), figures=tuple(range(value.low, value.high + 1)))


def looked_up(codes: tuple[Code, ...], figures: tuple[int, ...]) -> Num:
    """The value that a table has for some codes; one number where it has the same for all."""
    low, high = min(figures), max(figures)
    if low < LEAST or high > MOST:
        raise OverflowError
    if low == high:
        return known(low)
    at = ""
    for code in codes:
        step = code.name if code.low == 0 else f"({code.name} - {known(code.low).text})"
        at = step if not at else f"({at} * {code.high - code.low + 1} + {step})"
    return Num(f"{table_name(figures)}[numpy.uint64({at})]", low, high, codes, figures, True)


TABLES: dict[str, tuple[int, ...]] = {}
"""Every table that a text has looked up, by its name, which is the hash of its figures."""


def table_name(figures: tuple[int, ...]) -> str:
    """The name of a table in a kernel's text."""
    name = "FIGURES_" + hashlib.sha256(repr(figures).encode()).hexdigest()[:16]
    TABLES[name] = figures
    return name


def decided(reckon: Callable[..., int], *parts: Num) -> Num | None:
    """What codes decide, reckoned for each of their combinations; None where something else decides too, or too many."""
    codes = tuple(sorted({code for part in parts for code in part.codes}))
    if not all(part.is_decided for part in parts) or len({code.name for code in codes}) < len(codes):
        return None
    if math.prod(code.high - code.low + 1 for code in codes) > MOST_FIGURES:
        return None
    steps = [range(code.low, code.high + 1) for code in codes]
    figures = tuple(
        reckon(*(_figure(part, dict(zip(codes, combination, strict=True))) for part in parts))
        for combination in itertools.product(*steps)
    )
    return looked_up(codes, figures) if min(figures) >= LEAST and max(figures) <= MOST else None


def _figure(part: Num, at: dict[Code, int]) -> int:
    if part.is_known:
        return part.low
    place = 0
    for code in part.codes:
        place = place * (code.high - code.low + 1) + at[code] - code.low
    return part.figures[place]


def _reckoned(reckon: Callable[[int, int], int], a: Num, b: Num, otherwise: Num) -> Num:
    """`otherwise`, unless codes decide it: then a look-up, or still `otherwise` where that only reckons with codes."""
    found = None if otherwise.is_known else decided(reckon, a, b)
    if found is None or found.is_known or a.looked_up or b.looked_up:
        return found or otherwise
    return found._replace(text=otherwise.text, looked_up=False)


def added(a: Num, b: Num) -> Num:
    """a + b"""
    if a.is_known and a.low == 0:
        return b
    if b.is_known and b.low == 0:
        return a
    plain = ranged(f"({a.text} + {b.text})", a.low + b.low, a.high + b.high)
    return _reckoned(lambda x, y: x + y, a, b, plain)


def less(a: Num, b: Num) -> Num:
    """a - b"""
    if b.is_known and b.low == 0:
        return a
    if a == b and a.is_plain:
        return known(0)
    plain = ranged(f"({a.text} - {b.text})", a.low - b.high, a.high - b.low)
    return _reckoned(lambda x, y: x - y, a, b, plain)


def times(a: Num, b: Num) -> Num:
    """a * b"""
    for one, other in ((a, b), (b, a)):
        if one.is_known and one.low in (0, 1):
            return known(0) if one.low == 0 else other
    corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    plain = ranged(f"({a.text} * {b.text})", min(corners), max(corners))
    return _reckoned(lambda x, y: x * y, a, b, plain)


def divided(a: Num, b: Num) -> Num:
    """a // b. What cannot be negative is divided without a sign, which is a third of the work."""
    if not b.is_known or b.low <= 0:
        return Num(f"({a.text} // {b.text})")
    if b.low == 1:
        return a
    text = f"({a.text} // {b.text})"
    if a.low >= 0:
        text = f"numpy.int64(numpy.uint64({a.text}) // numpy.uint64({b.text}))"
    return _reckoned(lambda x, y: x // y, a, b, ranged(text, a.low // b.low, a.high // b.low))


def remainder(a: Num, b: Num) -> Num:
    """a % b"""
    text = f"({a.text} % {b.text})"
    if not b.is_known or b.low <= 0:
        return Num(text)
    return _reckoned(lambda x, y: x % y, a, b, ranged(text, 0, b.high - 1))


def bits(a: Num, b: Num) -> Num:
    """a & b"""
    high = min([n.high for n in (a, b) if n.low >= 0], default=MOST)
    text = f"({a.text} & {b.text})"
    plain = ranged(text, 0, high) if a.low >= 0 or b.low >= 0 else Num(text)
    return _reckoned(lambda x, y: x & y, a, b, plain)


def shifted(a: Num, b: Num) -> Num:
    """a >> b"""
    text = f"({a.text} >> {b.text})"
    if a.low < 0 or b.low < 0 or b.high > 63:
        return Num(text)
    return _reckoned(lambda x, y: x >> y, a, b, ranged(text, a.low >> b.high, a.high >> b.low))


def negated(a: Num) -> Num:
    """-a"""
    return less(known(0), a) if a.codes else ranged(f"(-{a.text})", -a.high, -a.low)


def least(a: Num, b: Num) -> Num:
    """min(a, b)"""
    if a.high <= b.low:
        return a
    if b.high <= a.low:
        return b
    plain = ranged(f"min({a.text}, {b.text})", min(a.low, b.low), min(a.high, b.high))
    return _reckoned(min, a, b, plain)


def most(a: Num, b: Num) -> Num:
    """max(a, b)"""
    if a.low >= b.high:
        return a
    if b.low >= a.high:
        return b
    plain = ranged(f"max({a.text}, {b.text})", max(a.low, b.low), max(a.high, b.high))
    return _reckoned(max, a, b, plain)


def compared(a: Num, sign: str, b: Num) -> Num:
    """A comparison: known where the ranges decide it."""
    if sign in (">", ">="):
        return compared(b, sign.replace(">", "<"), a)
    apart = a.high < b.low or b.high < a.low
    same = a == b and a.is_plain
    holds = {
        "==": 0 if apart else 1 if same else None,
        "!=": 1 if apart else 0 if same else None,
        "<": 1 if a.high < b.low else 0 if a.low >= b.high or same else None,
        "<=": 1 if a.high <= b.low or same else 0 if a.low > b.high else None,
    }[sign]
    if holds is not None:
        return known(holds)
    return _reckoned(COMPARISONS[sign], a, b, Num(f"({a.text} {sign} {b.text})", 0, 1))


COMPARISONS: dict[str, Callable[[int, int], int]] = {
    "==": lambda x, y: int(x == y),
    "!=": lambda x, y: int(x != y),
    "<": lambda x, y: int(x < y),
    "<=": lambda x, y: int(x <= y),
}


def opposite(a: Num) -> Num:
    """not a"""
    if a.is_known:
        return known(int(not a.low))
    return _reckoned(lambda x, _: int(not x), a, known(0), Num(f"(not {a.text})", 0, 1))


def together(first: Num, rest: Num, *, is_and: bool) -> Num:
    """`first and rest`, or `first or rest`."""
    text = f"({first.text} {'and' if is_and else 'or'} {rest.text})"
    return _reckoned(HOLDS[is_and], first, rest, Num(text, 0, 1))


HOLDS: dict[bool, Callable[[int, int], int]] = {
    True: lambda x, y: int(bool(x) and bool(y)),
    False: lambda x, y: int(bool(x) or bool(y)),
}
"""`and`, and `or`."""


OPERATORS: dict[type[ast.AST], Callable[[Num, Num], Num]] = {
    ast.Add: added,
    ast.Sub: less,
    ast.Mult: times,
    ast.FloorDiv: divided,
    ast.Mod: remainder,
    ast.BitAnd: bits,
    ast.RShift: shifted,
}
"""What each operator of the subset reckons."""

SIGNS: dict[type[ast.AST], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
