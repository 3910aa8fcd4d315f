"""Cells read as money, days, codes and yes or no, a whole part of a file at a time; what cannot be read is a finding.

Words, days and codes are few however many the rows are, so each distinct text is read once, by the same readers that
the rest of the program uses; amounts and moments have a fast way for the plain form.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta, timezone

import numpy as np
import polars as pl

from yibao.files.log import FindingLog, Where
from yibao.files.source import Rows, Source
from yibao.files.words import YES_NO, Vocabulary, key
from yibao.kernel.days import day_number
from yibao.kernel.money import LARGEST_FEN, AmountUnreadable, fen_of, yuan

FIRST_YEAR = 1880
LAST_YEAR = 2100
BEIJING = timezone(timedelta(hours=8))
LARGEST_WORDS = f"应在 0 元与 {yuan(LARGEST_FEN)} 元之间"
LONGEST_TEXT = 64
HINTS = 50
"""Unknown words of a part that are compared with the known ones to say which was probably meant."""

_PLAIN_YUAN = r"^[0-9]{1,11}(?:\.[0-9]{1,2})?$"
_DAY = re.compile(
    r"([0-9]{4})(?:[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日|([0-9]{2})([0-9]{2}))"
)
_TIME = re.compile(
    r"[T ]?([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?|([0-9]{2})([0-9]{2})([0-9]{2})"
)
_SPLIT = re.compile(r"[|｜、,，;；]")


class Unreadable(ValueError):
    """A text that is not what its column holds; `remedy` says what to write."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


class Part:
    """Some rows of a file being read: their texts, and which of them turn out bad."""

    def __init__(self, source: Source, rows: Rows, log: FindingLog) -> None:
        self.numbers = rows.numbers
        self.bad = np.zeros(len(rows.numbers), dtype=bool)
        self._source = source
        self._cells = rows.cells
        self._log = log

    def __len__(self) -> int:
        return len(self.numbers)

    def only(self, where: pl.Series) -> "Part":
        """Some rows of this part, as a part of their own."""
        return Part(self._source, Rows(self.numbers.filter(where), self._cells.filter(where)), self._log)

    def has(self, name: str) -> bool:
        """Whether the file has a column."""
        return name in self._cells.columns

    def raw(self, name: str) -> pl.Series:
        """A column as the file types it."""
        return self._cells[name]

    def text(self, name: str) -> pl.Series:
        """A column as text, without blanks around it; null where empty or where the file has no such column."""
        if name not in self._cells.columns:
            return pl.repeat(None, len(self), dtype=pl.String, eager=True)
        column = self._cells[name]
        if column.dtype in (pl.Float32, pl.Float64):
            whole = (column == column.round(0)) & (column.abs() < 1e15)
            as_whole = column.cast(pl.Int64, strict=False).cast(pl.String)
            column = pl.select(pl.when(whole).then(as_whole).otherwise(column.cast(pl.String))).to_series()
        text = column.cast(pl.String).str.strip_chars()
        return text.replace("", None)

    def refuse(
        self,
        where: pl.Series,
        column: str,
        message: str | pl.Series,
        remedy: str | pl.Series,
        *,
        kind: str = "",
        values: pl.Series | None = None,
    ) -> None:
        """Finds the same problem in some rows. `message` and `remedy` may have one text for each row of the part."""
        where = where.fill_null(False)
        if not where.any():
            return
        found = self.text(column) if values is None else values
        at = Where(
            self._source.file,
            self._source.headings.get(column, column),
            self.numbers.filter(where),
            found.filter(where).fill_null(""),
        )
        told = message if isinstance(message, str) else message.filter(where)
        self._log.many(
            at, told, remedy if isinstance(remedy, str) else remedy.filter(where), kind=kind or str(message)
        )
        self.bad |= where.to_numpy()


def together(parts: Sequence[Part]) -> Part:
    """Parts of one file as one part; which of their rows are bad stays known."""
    cells = pl.concat([part._cells for part in parts], how="vertical_relaxed")
    numbers = pl.concat([part.numbers for part in parts])
    found = Part(parts[0]._source, Rows(numbers, cells), parts[0]._log)
    found.bad = np.concatenate([part.bad for part in parts])
    return found


def parts_of(source: Source | None, log: FindingLog) -> Iterator[Part]:
    """The parts of a file, none where it could not be opened."""
    if source is not None:
        for rows in source.parts:
            yield Part(source, rows, log)


def each(
    part: Part,
    name: str,
    read: Callable[[str], int],
    *,
    kind: str,
    empty: int | None,
    of: pl.Series | None = None,
) -> pl.Series:
    """A column by reading each distinct text once. An empty cell gives `empty`; where that is None it is a finding.

    `read` raises Unreadable. Bad cells are null.
    """
    text = part.text(name) if of is None else of
    if empty is None:
        part.refuse(text.is_null(), name, "没有填写 (empty)", "请填上 (fill it in)")
    distinct = text.drop_nulls().unique()
    numbers: list[int | None] = []
    wrong: dict[str, tuple[str, str]] = {}
    for word in distinct:
        try:
            numbers.append(read(word))
        except Unreadable as bad:
            numbers.append(None)
            wrong[word] = (str(bad), bad.remedy)
    read_as = pl.Series(numbers, dtype=pl.Int64)
    found = (
        text.replace_strict(distinct, read_as, default=None, return_dtype=pl.Int64)
        if len(distinct)
        else text.cast(pl.Int64)
    )
    if wrong:
        words = pl.Series(list(wrong))
        messages = text.replace_strict(words, pl.Series([m for m, _ in wrong.values()]), default="")
        remedies = text.replace_strict(words, pl.Series([r for _, r in wrong.values()]), default="")
        part.refuse(text.is_in(words.implode()), name, messages, remedies, kind=kind, values=text)
    return (
        found
        if empty is None
        else pl.select(pl.when(text.is_null()).then(empty).otherwise(found)).to_series()
    )


def word(
    part: Part, name: str, words: Vocabulary, *, empty: int | None, of: pl.Series | None = None
) -> pl.Series:
    """A column of words of a vocabulary, as small numbers. `of` replaces the column's own text."""
    hints = iter(range(HINTS))
    return each(
        part, name, lambda text: _number(text, words, hints), kind=_unknown(words), empty=empty, of=of
    )


def yes_no(part: Part, name: str, *, empty: int) -> pl.Series:
    """A column of yes or no, as 1 or 0."""
    return word(part, name, YES_NO, empty=empty)


def bits(part: Part, name: str, words: Vocabulary) -> pl.Series:
    """A column of several words, as a number whose bit n is word n."""

    hints = iter(range(HINTS))

    def read(text: str) -> int:
        found = 0
        for one in _several(text, words):
            found |= 1 << _number(one, words, hints)
        return found

    return each(part, name, read, kind=_unknown(words), empty=0)


def places(part: Part, name: str, words: Vocabulary, size: int) -> list[pl.Series]:
    """A column of up to `size` words, as that many columns of small numbers, -1 where there is none."""

    hints = iter(range(HINTS))

    def read(text: str) -> int:
        numbers = list(dict.fromkeys(_number(one, words, hints) for one in _several(text, words)))
        if len(numbers) > size:
            raise Unreadable(
                f"有 {len(numbers)} 项，最多 {size} 项 (too many)", f"请留下最多 {size} 项 (keep {size})"
            )
        return sum((number + 1) << (8 * at) for at, number in enumerate(numbers))

    packed = each(part, name, read, kind=_unknown(words), empty=0).fill_null(0)
    return [((packed // (1 << (8 * at))) % 256 - 1).alias(f"{at}") for at in range(size)]


def day(part: Part, name: str, *, needed: bool) -> pl.Series:
    """A column of days."""
    if part.has(name) and part.raw(name).dtype in (pl.Date, pl.Datetime):
        typed = _typed_moment(part, name).dt.date()
        if needed:
            part.refuse(typed.is_null(), name, "没有填写 (empty)", "请填上 (fill it in)")
        return typed
    found = each(
        part, name, day_read, kind="日期读不懂或不存在 (not a day)", empty=None if needed else _NO_DAY
    )
    return found.replace(_NO_DAY, None).cast(pl.Int32).cast(pl.Date)


_NO_DAY = -(10**6)
_DAY_REMEDY = "请写成 2023-01-31 (write it like 2023-01-31)"


def day_read(text: str) -> int:
    """A day in any form a file may have, as a day number: 2023-01-31, 20230131, 2023/1/31, 2023年1月31日.

    A time after it is left aside. Raises Unreadable.
    """
    found = _DAY.match(text)
    if found is None or not (found.end() == len(text) or _TIME.fullmatch(text[found.end() :])):
        raise Unreadable("读不懂这个日期 (not a day)", _DAY_REMEDY)
    year, month, day_of_month = (int(g) for g in found.groups() if g is not None)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unreadable(f"年份 {year} 不合理 (impossible year)", _DAY_REMEDY)
    try:
        return day_number(date(year, month, day_of_month))
    except ValueError:
        raise Unreadable("日历上没有这一天 (no such day)", _DAY_REMEDY) from None


def moment(part: Part, name: str) -> pl.Series:
    """A column of days or moments; null where empty."""
    if part.has(name) and part.raw(name).dtype in (pl.Date, pl.Datetime):
        return _typed_moment(part, name)
    text = part.text(name)
    plain = text.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")
    years = plain.dt.year()
    plain = pl.select(pl.when((years >= FIRST_YEAR) & (years <= LAST_YEAR)).then(plain)).to_series()
    rest = pl.select(pl.when(plain.is_null()).then(text)).to_series()
    seconds = each(part, name, _moment_read, kind="时间读不懂或不存在 (not a moment)", empty=_NO_DAY, of=rest)
    read = seconds.replace(_NO_DAY, None) * 1_000_000
    return pl.select(pl.coalesce(plain, read.cast(pl.Datetime("us")))).to_series()


def _typed_moment(part: Part, name: str) -> pl.Series:
    """A column that the file itself types as days or moments, as moments of this country."""
    column = part.raw(name)
    if isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone is not None:
        column = column.dt.convert_time_zone("Asia/Shanghai").dt.replace_time_zone(None)
    years = column.dt.year()
    part.refuse((years < FIRST_YEAR) | (years > LAST_YEAR), name, "年份不合理 (impossible year)", _DAY_REMEDY)
    fits = (years >= FIRST_YEAR) & (years <= LAST_YEAR)
    column = pl.select(pl.when(fits).then(column)).to_series()
    return column.cast(pl.Datetime("us")).dt.truncate("1s")


def _moment_read(text: str) -> int:
    number = day_read(text)
    found = _DAY.match(text)
    assert found is not None
    clock = _TIME.fullmatch(text[found.end() :])
    if clock is None:
        return number * 86_400
    hour, minute, second = (
        int(g or 0) for g in (clock.groups()[:3] if clock.group(1) else clock.groups()[3:])
    )
    try:
        at = datetime(1970, 1, 1, hour, minute, second, tzinfo=BEIJING)
    except ValueError:
        raise Unreadable("没有这个时刻 (no such time)", "请写成 2023-01-31 09:30:00") from None
    return number * 86_400 + at.hour * 3_600 + at.minute * 60 + at.second


def money_column(part: Part, name: str) -> str:
    """The column of an amount that the file has: in yuan, else in fen."""
    return name if part.has(name) else f"{name}_fen"


def money(part: Part, name: str) -> pl.Series:
    """An amount as fen, from the column in yuan or the one in fen; null where the file has neither."""
    column = money_column(part, name)
    if not part.has(column):
        return pl.repeat(None, len(part), dtype=pl.Int64, eager=True)
    if column.endswith("_fen") and part.raw(column).dtype.is_signed_integer():
        found = part.raw(column).cast(pl.Int64, strict=False)
        part.refuse(part.raw(column).is_null(), column, "没有填写 (empty)", "没有金额请写 0 (write 0)")
        return _within(part, column, found)
    text = part.text(column)
    part.refuse(text.is_null(), column, "没有填写 (empty)", "没有金额请写 0 (write 0)")
    return _within(part, column, _amount(part, column, text))


def money_or_none(part: Part, name: str) -> pl.Series:
    """An amount as fen, of either sign; null where the cell is empty or not an amount."""
    column = money_column(part, name)
    text = part.text(column)
    return pl.select(pl.when(text.is_not_null()).then(_amount(part, column, text))).to_series()


def _amount(part: Part, column: str, text: pl.Series) -> pl.Series:
    """The amounts of a column in yuan or in fen, whatever their size; what is none is a finding."""
    in_fen = column.endswith("_fen")
    is_plain = text.str.contains(r"^[0-9]{1,13}$" if in_fen else _PLAIN_YUAN)
    plain = pl.select(pl.when(is_plain).then(text)).to_series()
    rest = pl.select(pl.when(~is_plain).then(text)).to_series()
    if in_fen:
        quick = plain.cast(pl.Int64)
        slow = each(part, column, _fen_read, kind="金额读不懂 (not an amount)", empty=0, of=rest)
    else:
        quick = (plain.cast(pl.Decimal(20, 2)) * 100).cast(pl.Int64)
        slow = each(part, column, _yuan_read, kind="金额读不懂 (not an amount)", empty=0, of=rest)
    return pl.select(pl.when(is_plain).then(quick).otherwise(slow)).to_series()


def _within(part: Part, column: str, found: pl.Series) -> pl.Series:
    remedy = "请核对金额；退费请在汇总前冲减 (check the amount)"
    part.refuse((found < 0) | (found > LARGEST_FEN), column, f"{LARGEST_WORDS} (out of range)", remedy)
    fits = (found >= 0) & (found <= LARGEST_FEN)
    return pl.select(pl.when(fits).then(found)).to_series()


def _yuan_read(text: str) -> int:
    try:
        if len(text) > LONGEST_TEXT:
            raise AmountUnreadable(text)
        return _bounded(fen_of(text))
    except AmountUnreadable:
        remedy = "请写成 1234.56，以元为单位，最多两位小数 (yuan, at most two decimals)"
        raise Unreadable("读不懂这个金额 (not an amount)", remedy) from None


def _fen_read(text: str) -> int:
    if len(text) > LONGEST_TEXT or re.fullmatch(r"-?[0-9]+", text) is None:
        raise Unreadable("读不懂这个金额 (not an amount)", "这一列以分为单位，请写整数 (whole fen)")
    return _bounded(int(text))


def _bounded(amount_fen: int) -> int:
    """An amount that 64 bits hold; what is far too large stays too large."""
    return max(min(amount_fen, 2 * LARGEST_FEN), -LARGEST_FEN)


def _unknown(words: Vocabulary) -> str:
    return f"{words.title}不认识 (unknown word)"


def _several(text: str, words: Vocabulary) -> list[str]:
    """The words of a cell that may have several; a mark inside a known word does not part it."""
    if words.number(text) is not None:
        return [text]
    return [one.strip() for one in _SPLIT.split(text) if one.strip()]


def _number(text: str, words: Vocabulary, hints: Iterator[int]) -> int:
    number = words.number(text)
    if number is not None:
        return number
    near = []
    if next(hints, None) is not None:
        near = difflib.get_close_matches(key(text[:LONGEST_TEXT]), words.words(), n=1, cutoff=0.7)
    hint = f"是不是 {near[0]}？" if near else ""
    raise Unreadable(_unknown(words), f"{hint}可用：{words.shown}")
