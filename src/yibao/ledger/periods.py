"""Balances of a month or a year (会计期间余额、发生额): what was there before, what moved, what is there at the end.

What a reader would get wrong: a year that is closed has no income left in its accounts. Statements are therefore made from
what moved without the closing entries, and what is brought forward counts income and expense of every day before,
closed or not: a statement says the same before and after the year is closed.

carries_out: FND-06
"""

import re
from datetime import date, timedelta
from typing import Any, NamedTuple

import pyarrow as pa
from django.db.models import Sum

from yibao.ledger.accounts import ACCOUNTS, AccountKind, Fund
from yibao.ledger.books import CLOSED_KINDS, TRIAL_BALANCE, BooksDoNotBalance
from yibao.ledger.models import EntryLine

CLOSING, OPENING = "closing", "opening"
OWN_KINDS = (AccountKind.NET_ASSET, *CLOSED_KINDS)
"""What belongs to the fund itself: net assets, and income and expense that are not closed yet."""

PERIOD_BALANCE = pa.schema(
    [
        ("fund", pa.string()),
        ("account", pa.string()),
        ("opening_fen", pa.int64()),
        ("debit_fen", pa.int64()),
        ("credit_fen", pa.int64()),
        ("closing_fen", pa.int64()),  # opening, with debits, less credits
    ]
)
"""The trial balance of a period (期间科目余额表): one row a fund and account that has anything in it."""

_PERIOD = re.compile(r"([12]\d{3})(?:-(0[1-9]|1[0-2]))?")


class PeriodUnreadable(ValueError):
    """A text that names neither a month nor a year."""

    def __init__(self, text: str) -> None:
        super().__init__(f"会计期间 {text!r} 无法识别；请写成如 2023-03 或 2023 (neither a month nor a year)")


class Span(NamedTuple):
    """A month or a year: its name, and the first and last day, both inside."""

    name: str
    first_day: date
    last_day: date

    @property
    def is_month(self) -> bool:
        """Whether it is a month."""
        return "-" in self.name

    @property
    def year_to_date(self) -> "Span":
        """From the first day of the year to the last of this span (本年累计)."""
        return Span(self.name, self.first_day.replace(month=1, day=1), self.last_day)

    @property
    def year_before(self) -> "Span":
        """The same month or year of the year before (上年同期)."""
        year = self.first_day.year - 1
        return span_of(f"{year}-{self.first_day.month:02d}" if self.is_month else str(year))


def span_of(text: str) -> Span:
    """A month (`2023-03`) or a year (`2023`). Raises PeriodUnreadable."""
    found = _PERIOD.fullmatch(text.strip())
    if found is None:
        raise PeriodUnreadable(text)
    year, month = int(found[1]), int(found[2] or 1)
    first_day = date(year, month, 1)
    if found[2] is None:
        return Span(found[1], first_day, date(year, 12, 31))
    return Span(found[0], first_day, (first_day + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def period_balance(area_code: str, span: Span) -> pa.Table:
    """PERIOD_BALANCE of an area, in the order of the chart. Raises BooksDoNotBalance where a fund's sums are not zero."""
    before = _sums(_lines(area_code).filter(entry__posted_on__lt=span.first_day))
    moved = _inside(area_code, span)
    debits, credits = _sums(moved.filter(amount_fen__gt=0)), _sums(moved.filter(amount_fen__lt=0))
    rows = []
    for fund, account in sorted({*before, *debits, *credits}, key=chart_order):
        key = (fund, account)
        opening, debit, credit = before.get(key, 0), debits.get(key, 0), -credits.get(key, 0)
        rows.append((fund, account, opening, debit, credit, opening + debit - credit))
    for fund in sorted({row[0] for row in rows}):
        for column in (2, 5):
            left_fen = sum(int(row[column]) for row in rows if row[0] == fund)
            if left_fen != 0:
                raise BooksDoNotBalance(fund, left_fen)
    return pa.Table.from_pylist(
        [dict(zip(PERIOD_BALANCE.names, row, strict=True)) for row in rows], PERIOD_BALANCE
    )


def statement_balances(area_code: str, span: Span) -> pa.Table:
    """What a statement of a span is made of, as a TRIAL_BALANCE: income and expense that moved in it, closing left out,
    and as `general_balance` what was brought forward to its first day."""
    moved = _inside(area_code, span).exclude(entry__memo=CLOSING)
    amounts = {
        key: amount
        for key, amount in _sums(moved).items()
        if amount and ACCOUNTS[key[1]].kind in CLOSED_KINDS
    }
    own = _of_kinds(_lines(area_code), OWN_KINDS).filter(entry__posted_on__lt=span.first_day)
    put_in = _of_kinds(moved, (AccountKind.NET_ASSET,))
    for rows in (own, put_in):
        for (fund, _), amount in _sums(rows).items():
            key = (fund, "general_balance")
            amounts[key] = amounts.get(key, 0) + amount
    return _as_balances(amounts)


def balances_at(area_code: str, day: date, *, opened_by: date | None = None) -> pa.Table:
    """The balances at the end of a day as a TRIAL_BALANCE; with `opened_by`, what was brought forward from outside the
    books up to that later day counts as there already. Raises BooksDoNotBalance where a fund's sum is not zero."""
    amounts = _sums(_lines(area_code).filter(entry__posted_on__lte=day))
    if opened_by is not None:
        later = _lines(area_code).filter(entry__posted_on__gt=day, entry__posted_on__lte=opened_by)
        for key, amount in _sums(later.filter(entry__memo=OPENING)).items():
            amounts[key] = amounts.get(key, 0) + amount
    for one in Fund:
        left_fen = sum(amount for (fund, _), amount in amounts.items() if fund == one)
        if left_fen != 0:
            raise BooksDoNotBalance(one, left_fen)
    return _as_balances(amounts)


def chart_order(key: tuple[str, str]) -> tuple[int, int]:
    """Where a fund and account stand in the chart of accounts."""
    return list(Fund).index(Fund(key[0])), list(ACCOUNTS).index(key[1])


def _as_balances(amounts: dict[tuple[str, str], int]) -> pa.Table:
    rows = []
    for fund, account in sorted((key for key, amount in amounts.items() if amount), key=chart_order):
        amount = amounts[fund, account]
        sides = (max(amount, 0), max(-amount, 0), amount)
        rows.append(dict(zip(TRIAL_BALANCE.names, (fund, account, *sides), strict=True)))
    return pa.Table.from_pylist(rows, TRIAL_BALANCE)


def _lines(area_code: str) -> Any:
    return EntryLine.objects.filter(entry__area_code=area_code)


def _inside(area_code: str, span: Span) -> Any:
    return _lines(area_code).filter(entry__posted_on__gte=span.first_day, entry__posted_on__lte=span.last_day)


def _of_kinds(lines: Any, kinds: tuple[AccountKind, ...]) -> Any:
    return lines.filter(account__in=[name for name, account in ACCOUNTS.items() if account.kind in kinds])


def _sums(lines: Any) -> dict[tuple[str, str], int]:
    sums = lines.values_list("fund", "account").annotate(Sum("amount_fen")).order_by()
    return {(fund, account): int(amount) for fund, account, amount in sums}
