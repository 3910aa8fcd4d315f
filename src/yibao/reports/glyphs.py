"""Which characters a font holds: a name's rare character is printed as 〔U+xxxxx〕 rather than as an empty box.

Read from the font's own table of characters (cmap, formats 4 and 12), so that no font library is needed.
"""

import struct
from bisect import bisect_right
from functools import cache
from pathlib import Path

WINDOWS, UNICODE = 3, 0


@cache
def ranges(font: Path) -> tuple[tuple[int, int], ...]:
    """The characters a font holds, as sorted (first, last) of code points. Raises ValueError for what is no font."""
    data = font.read_bytes()
    for at in range(12, 12 + 16 * _u16(data, 4), 16):
        if data[at : at + 4] == b"cmap":
            return _characters(data, struct.unpack_from(">I", data, at + 8)[0])
    raise ValueError(f"{font} 没有字符表 (no cmap table)")


def printable(text: str, font: Path) -> str:
    """The text with each character that the font lacks as 〔U+xxxxx〕; line breaks and spaces stay."""
    return "".join(c if c.isspace() or _holds(font, ord(c)) else f"〔U+{ord(c):04X}〕" for c in text)


def _holds(font: Path, code: int) -> bool:
    held = ranges(font)
    at = bisect_right(held, (code, 0x110000)) - 1
    return at >= 0 and held[at][0] <= code <= held[at][1]


def _characters(data: bytes, cmap: int) -> tuple[tuple[int, int], ...]:
    found: set[tuple[int, int]] = set()
    for number in range(_u16(data, cmap + 2)):
        platform, _, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * number)
        if platform not in (WINDOWS, UNICODE):
            continue
        table = cmap + offset
        if _u16(data, table) == 12:
            groups = struct.unpack_from(">I", data, table + 12)[0]
            found |= {struct.unpack_from(">II", data, table + 16 + 12 * group) for group in range(groups)}
        elif _u16(data, table) == 4:
            found |= _segments(data, table)
    return tuple(sorted(found))


def _segments(data: bytes, table: int) -> set[tuple[int, int]]:
    """Format 4: the ends of the segments, a spare word, then their starts."""
    twice = _u16(data, table + 6)
    ends, starts = table + 14, table + 16 + twice
    pairs = {(_u16(data, starts + at), _u16(data, ends + at)) for at in range(0, twice, 2)}
    return pairs - {(0xFFFF, 0xFFFF)}


def _u16(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")
