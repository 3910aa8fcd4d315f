"""Flat rows: how a NamedTuple of ints, fixed tuples and NamedTuples lies in one row of int64 numbers."""

from collections.abc import Iterator
from typing import Any, NamedTuple, get_args, get_type_hints

from yibao.kernel.shapes import BANDS, Bands


class Field(NamedTuple):
    """Where a field lies: its first place, how many elements it has, the size of one, and their type (int or a tuple)."""

    place: int
    length: int
    element_size: int
    element: type[Any]
    is_tuple: bool


_LAYOUTS: dict[Any, dict[str, Field]] = {}


def fields_of(kind: type[Any]) -> dict[str, Field]:
    """The layout of a NamedTuple: its fields in order, none overlapping."""
    if kind not in _LAYOUTS:
        _LAYOUTS[kind] = _laid_out(kind)
    return _LAYOUTS[kind]


def _laid_out(kind: type[Any]) -> dict[str, Field]:
    found: dict[str, Field] = {}
    place = 0
    for name, hint in get_type_hints(kind, include_extras=True).items():
        element, count, is_tuple = _element(hint)
        size = 1 if element is int else size_of(element)
        found[name] = Field(place, count, size, element, is_tuple)
        place += count * size
    return found


def size_of(kind: type[Any]) -> int:
    """How many numbers a NamedTuple takes in a row."""
    return sum(f.length * f.element_size for f in fields_of(kind).values())


def width_of(kind: type[Any]) -> int:
    """How wide a row of params is."""
    return size_of(kind)


def leaves(kind: type[Any]) -> Iterator[tuple[str, int, int]]:
    """The plain fields of a NamedTuple: name, place and how many numbers."""
    for name, field in fields_of(kind).items():
        yield name, field.place, field.length


def flatten(value: Any) -> list[int]:
    """A NamedTuple's numbers in the order of its row. Raises ValueError where its tuples have other lengths."""
    kind = type(value)
    numbers: list[int] = []
    for name, field in fields_of(kind).items():
        part = getattr(value, name)
        elements = list(part) if field.is_tuple else [part]
        if len(elements) != field.length:
            raise ValueError(
                f"{kind.__name__}.{name} 有 {len(elements)} 项，应为 {field.length} 项 (wrong length)"
            )
        for element in elements:
            numbers += [int(element)] if field.element is int else flatten(element)
    return numbers


def paths(kind: type[Any], prefix: str = "") -> Iterator[str]:
    """The dotted paths of every int of a nested NamedTuple result (`basic.hospital.pays_fen`)."""
    for name, field in fields_of(kind).items():
        if field.element is int:
            yield prefix + name
        else:
            yield from paths(field.element, f"{prefix}{name}.")


def _element(hint: Any) -> tuple[type[Any], int, bool]:
    shapes = [m for m in getattr(hint, "__metadata__", ()) if not isinstance(m, str)]
    bare = get_args(hint)[0] if hasattr(hint, "__metadata__") else hint
    if bare is int:
        return int, 1, False
    inner = get_args(bare)
    if inner:
        shape = shapes[0]
        count = shape.size * BANDS if isinstance(shape, Bands) else int(shape.size)
        return inner[0], count, True
    return bare, 1, False
