"""Builds a params NamedTuple from an entry, by its annotations alone (kernel.shapes says what each shape reads)."""

from collections.abc import Container
from datetime import date
from enum import IntEnum
from typing import Any, NamedTuple, TypeVar, get_type_hints

from yibao.assistance.terms import Category
from yibao.kernel.days import day_number
from yibao.kernel.money import UNREACHED_FEN, AmountUnreadable, fen_of
from yibao.kernel.rates import RateUnreadable, bp_of
from yibao.kernel.shapes import BANDS, NOT_ON_FILE, Bands, Keyed, Listed, Members, Ranked
from yibao.packs.entries import Entry, PolicyFailure
from yibao.packs.policies import Area

T = TypeVar("T", bound=tuple[Any, ...])
SUFFIXES = ("_fen", "_bp", "_day")
NO_LIMIT = ("unlimited", "不设")
RATE_UNITS = ("%", "个百分点")


class EntryUnreadable(PolicyFailure):
    """A figure of an entry that is missing, or not what its place asks for."""

    def __init__(self, entry: Entry, key: str, message: str) -> None:
        super().__init__(f"{entry.file} {entry.key} {entry.first_day}：{key} {message}")


class Place(NamedTuple):
    """Where a value stands, for messages, and the lists its codes are looked up in."""

    entry: Entry
    area: Area
    field: str


def params(kind: type[T], entry: Entry, area: Area) -> T:
    """The params of an entry. Raises EntryUnreadable naming the file, the entry and the key."""
    hints = get_type_hints(kind, include_extras=True)
    defaults = getattr(kind, "_field_defaults", {})
    left_out = {n for n in defaults if not _written(entry, n, hints)}
    fields = {n: defaults[n] if n in left_out else _field(Place(entry, area, n), h) for n, h in hints.items()}
    return kind(**fields)


def absent(kind: type[T]) -> T:
    """The params of an entry that is refused: NOT_ON_FILE everywhere, so that the rules refuse the visit; no members."""
    hints = get_type_hints(kind, include_extras=True)
    return kind(**{n: _filled(_shape(h)) for n, h in hints.items()})


def yaml_keys(kind: type[Any]) -> set[str]:
    """The keys that an entry of this kind may have in YAML."""
    hints = get_type_hints(kind, include_extras=True)
    return {shape.key if isinstance(shape := _shape(h), Bands) else _bare(n) for n, h in hints.items()}


def _written(entry: Entry, name: str, fields: Container[str]) -> bool:
    """Whether the entry gives a field; of twins such as `central_fen` and `central_bp`, the value's unit says which."""
    value = _value(entry, name)
    twins = {f"{_bare(name)}_fen", f"{_bare(name)}_bp"}
    if value is None or not all(twin in fields for twin in twins):
        return value is not None
    return name.endswith("_bp") == str(value).strip().endswith(RATE_UNITS)


def _value(entry: Entry, name: str) -> Any:
    """What the YAML gives for a field. `categories` is also how an entry says whom it is for, so it stands apart."""
    return (entry.categories or None) if name == "categories" else entry.values.get(_bare(name))


def _bare(name: str) -> str:
    return next((name.removesuffix(s) for s in SUFFIXES if name.endswith(s)), name)


def _shape(hint: Any) -> Any:
    return next((m for m in getattr(hint, "__metadata__", ()) if not isinstance(m, str)), None)


def _filled(shape: Any) -> Any:
    if shape is None:
        return NOT_ON_FILE
    if isinstance(shape, Bands):
        return (NOT_ON_FILE,) * (shape.size * BANDS)
    if isinstance(shape, Members):
        return (0,) * shape.size
    return (NOT_ON_FILE,) * int(shape.size)


def _field(place: Place, hint: Any) -> Any:
    shape = _shape(hint)
    if isinstance(shape, Bands):
        return _bands(place, shape)
    value = _value(place.entry, place.field)
    if shape is None:
        if value is None:
            raise EntryUnreadable(place.entry, _bare(place.field), "缺少，请写上 (missing)")
        return _number(place, value)
    if isinstance(shape, Keyed):
        return _keyed(place, shape, value)
    if value is None:
        raise EntryUnreadable(place.entry, _bare(place.field), "缺少，请写上列表 (missing list)")
    if isinstance(shape, Listed):
        read = [_number(place, v) for v in value]
        return tuple(read + [read[-1]] * (shape.size - len(read)))
    codes = [_code(place, shape.keys, v) for v in value]
    if isinstance(shape, Members):
        return tuple(1 if at in codes else 0 for at in range(shape.size))
    assert isinstance(shape, Ranked)
    return tuple(codes + [0] * (shape.size - len(codes)))


def _keyed(place: Place, shape: Keyed, value: Any) -> tuple[int, ...]:
    filled = [shape.missing] * shape.size
    if value is None:
        if shape.missing == NOT_ON_FILE and not isinstance(shape.keys, type):
            raise EntryUnreadable(place.entry, _bare(place.field), "缺少，请按代码逐项写上 (missing table)")
        return tuple(filled)
    if shape.scalar and isinstance(value, (str, int)):
        return _of_all(place, shape, _number(place, value))
    if not isinstance(value, dict):
        raise EntryUnreadable(
            place.entry, _bare(place.field), f"应是“代码: 数值”的表，现为 {value!r} (not a table)"
        )
    for code, figure in value.items():
        filled[_code(place, shape.keys, code)] = _number(place, figure)
    return tuple(filled)


def _of_all(place: Place, shape: Keyed, figure: int) -> tuple[int, ...]:
    """One figure for every code of a list; for every place where the pack has no such list."""
    known = len(shape.keys) if isinstance(shape.keys, type) else len(place.area.codes(shape.keys))
    places = known or shape.size
    return (figure,) * places + (shape.missing,) * (shape.size - places)


def _code(place: Place, keys: str | type[IntEnum], code: object) -> int:
    names = [m.name for m in keys] if isinstance(keys, type) else place.area.codes(keys)
    if str(code) not in names:
        raise EntryUnreadable(
            place.entry, _bare(place.field), f"没有 {code!r}；可用：{'、'.join(names)} (unknown code)"
        )
    return int(keys[str(code)]) if isinstance(keys, type) else names.index(str(code))


def _bands(place: Place, shape: Bands) -> tuple[int, ...]:
    value = place.entry.values.get(shape.key)
    if value is None:
        raise EntryUnreadable(place.entry, shape.key, "缺少，请写上比例或分段 (missing bands)")
    if not shape.keys:
        return _band_row(place, shape, value)
    rows = [(NOT_ON_FILE,) * BANDS] * shape.size
    if not isinstance(value, dict):
        raise EntryUnreadable(place.entry, shape.key, "应按机构类别写 (not a table by class)")
    for code, bands in value.items():
        rows[_code(place, shape.keys, code)] = _band_row(place, shape, bands)
    return tuple(number for row in rows for number in row)


def _band_row(place: Place, shape: Bands, value: Any) -> tuple[int, ...]:
    bands = value if isinstance(value, list) else [{"from": "0 元", "rate": value}]
    if len(bands) > BANDS:
        raise EntryUnreadable(
            place.entry, shape.key, f"最多 {BANDS} 段，现有 {len(bands)} 段 (too many bands)"
        )
    try:
        starts = [fen_of(b["from"]) for b in bands]
        rates = [bp_of(b["rate"]) for b in bands]
    except (KeyError, TypeError, AmountUnreadable, RateUnreadable) as bad:
        raise EntryUnreadable(
            place.entry, shape.key, f"每段写成 {{from: 0 元, rate: 70%}}：{bad} (bad band)"
        ) from None
    if starts != sorted(set(starts)):
        raise EntryUnreadable(place.entry, shape.key, "分段起点应逐段升高 (bands not ascending)")
    spare = BANDS - len(bands)
    return (
        tuple(starts + [UNREACHED_FEN] * spare)
        if shape.part == "from"
        else tuple(rates + [rates[-1]] * spare)
    )


def _number(place: Place, value: Any) -> int:
    name = place.field
    try:
        if name.endswith("_fen"):
            return UNREACHED_FEN if str(value).startswith(NO_LIMIT) else fen_of(value)
        if name.endswith("_bp"):
            return bp_of(value)
        if name.endswith("_class") and not isinstance(value, bool):
            return _code(place, "institution_classes", value)
        if name.endswith("_category"):
            return _code(place, Category, value)
        if name.endswith("_day") and isinstance(value, date):
            return day_number(value)
    except (AmountUnreadable, RateUnreadable) as bad:
        raise EntryUnreadable(place.entry, _bare(name), str(bad)) from None
    if isinstance(value, int):
        return int(value)
    raise EntryUnreadable(
        place.entry, _bare(name), f"应是整数或 true/false，现为 {value!r} (not a whole number)"
    )
