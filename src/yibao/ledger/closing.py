"""Closing a month or a year (月结、年结): each once, in order, all or nothing.

A month is named by itself (2023-03), never derived from a day that moves. What a reader would get wrong: whoever posts at
the same moment must either be in the month before it is counted, or be refused: the closing holds the table of entries.

carries_out: FND-06
"""

import re
from datetime import date, timedelta

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line, closing_lines, empty_journal, lines_of, post
from yibao.ledger.models import Closing, Entry
from yibao.ledger.queries import trial_balance_of
from yibao.tables.rows import executed

_PERIOD = re.compile(r"[12]\d{3}-(?:0[1-9]|1[0-2])")
DECEMBER = 12


class ClosingRefused(ValueError):
    """A month or a year that is not closed; nothing was changed."""


class ClosedAlready(ClosingRefused):
    """A month that was closed before."""

    def __init__(self, area_code: str, period: str) -> None:
        super().__init__(f"{area_code} 的 {period} 已经结账，不能重复结账 (closed already)")


class MonthBeforeOpen(ClosingRefused):
    """A month whose month before is still open."""

    def __init__(self, area_code: str, period: str, before: str) -> None:
        super().__init__(
            f"{area_code} 的 {before} 尚未结账，请先结 {before} 再结 {period} (close the month before)"
        )


class NoSuchPeriod(ClosingRefused):
    """A text that names no month."""

    def __init__(self, period: str) -> None:
        super().__init__(f"会计期间 {period!r} 无法识别；请写成如 2023-03 (not a month)")


def close_month(area_code: str, period: str, *, actor: str) -> None:
    """Closes a month. Raises NoSuchPeriod, ClosedAlready, MonthBeforeOpen, and BooksDoNotBalance where books are damaged."""
    first_day = _first_day(period)
    with transaction.atomic():
        hold_entries()
        _refuse_out_of_order(area_code, period, first_day)
        trial_balance_of(area_code, through=_last_day(first_day))
        _close(area_code, period, actor)


def close_year(area_code: str, year: int, *, actor: str) -> None:
    """Closes December: income and expense of each fund go to its general balance. Raises as `close_month`."""
    period, last_day = f"{year}-{DECEMBER}", date(year, 12, 31)
    with transaction.atomic():
        hold_entries()
        _refuse_out_of_order(area_code, period, date(year, DECEMBER, 1))
        balances = trial_balance_of(area_code, through=last_day).to_pylist()
        lines = [
            Line(1, last_day, row["account"], row["fund"], row["balance_fen"])
            for row in balances
            if row["balance_fen"]
        ]
        closing = closing_lines(post(empty_journal(), lines_of(lines)), last_day).to_pylist() if lines else []
        for entry in sorted({row["entry"] for row in closing}):
            post_entry(area_code, [Line(**row) for row in closing if row["entry"] == entry])
        _close(area_code, period, actor)


def closed_periods(area_code: str) -> list[str]:
    """The months of an area that are closed, in order."""
    found = Closing.objects.filter(area_code=area_code).order_by("period")
    return list(found.values_list("period", flat=True))


def _close(area_code: str, period: str, actor: str) -> None:
    try:
        with transaction.atomic():
            Closing.objects.create(
                area_code=area_code, period=period, actor=actor, recorded_at=timezone.now()
            )
    except IntegrityError:
        raise ClosedAlready(area_code, period) from None


def _refuse_out_of_order(area_code: str, period: str, first_day: date) -> None:
    if Closing.objects.filter(area_code=area_code, period=period).exists():
        raise ClosedAlready(area_code, period)
    before = f"{first_day - timedelta(days=1):%Y-%m}"
    earlier = Entry.objects.filter(area_code=area_code, posted_on__lt=first_day).exists()
    if earlier and not Closing.objects.filter(area_code=area_code, period=before).exists():
        raise MonthBeforeOpen(area_code, period, before)


def hold_entries() -> None:
    """Waits for every posting under way and keeps others out until the transaction ends; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        executed("LOCK TABLE ledger_entry IN SHARE ROW EXCLUSIVE MODE")


def _first_day(period: str) -> date:
    if _PERIOD.fullmatch(period) is None:
        raise NoSuchPeriod(period)
    return date(int(period[:4]), int(period[5:]), 1)


def _last_day(first_day: date) -> date:
    return (first_day + timedelta(days=31)).replace(day=1) - timedelta(days=1)
