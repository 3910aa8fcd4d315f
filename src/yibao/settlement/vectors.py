"""Vectors (定长向量): NamedTuples of ints as bytes of int64 in the order of their row, as the engine lays them out.

A stored vector is read by the layout it was written in: `layout_of` names it, and another layout is refused, since a row
read by the wrong one would settle wrongly and silently.
"""

import hashlib
import struct
from functools import cache
from typing import Any, TypeVar

from yibao.engine.flat import fields_of, flatten, paths, size_of

T = TypeVar("T", bound=tuple[Any, ...])


class LayoutChanged(ValueError):
    """Stored numbers of another layout than the program has."""

    def __init__(self, kind: type[Any], size: int) -> None:
        super().__init__(
            f"库中的 {kind.__name__} 有 {size} 个字节，程序的版面是 {8 * size_of(kind)} 个；"
            f"请先运行 yibao migrate，再办理业务 (stored in another layout)"
        )


def packed(value: tuple[Any, ...]) -> bytes:
    """A NamedTuple as bytes."""
    numbers = flatten(value)
    return struct.pack(f"<{len(numbers)}q", *numbers)


def unpacked(kind: type[T], stored: bytes | memoryview) -> T:
    """The NamedTuple of some bytes. Raises LayoutChanged."""
    text = bytes(stored)
    if len(text) != 8 * size_of(kind):
        raise LayoutChanged(kind, len(text))
    numbers = struct.unpack(f"<{len(text) // 8}q", text)
    parts: dict[str, Any] = {}
    for name, field in fields_of(kind).items():
        assert field.element is int, "vectors are flat"
        here = numbers[field.place : field.place + field.length]
        parts[name] = here if field.is_tuple else here[0]
    return kind(**parts)


@cache
def layout_of(kind: type[Any]) -> str:
    """The name of a layout: a hash of the fields in their order and their lengths."""
    told = [(name, field.place, field.length) for name, field in fields_of(kind).items()]
    return hashlib.sha256(repr((told, list(paths(kind)))).encode()).hexdigest()[:16]
