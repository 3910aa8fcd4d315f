"""What the books say (账簿查询): the trial balance of a pooling area, and its journal as `ledger.books` knows it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa
from django.db.models import BigIntegerField, Case, F, Sum, Value, When

from yibao.ledger.accounts import ACCOUNTS, Fund
from yibao.ledger.books import JOURNAL, TRIAL_BALANCE, BooksDoNotBalance
from yibao.ledger.models import EntryLine


def trial_balance_of(area_code: str, *, through: date | None = None) -> pa.Table:
    """The trial balance of an area up to and with a day, as `books.trial_balance` gives it: same rows, same order.

    Raises BooksDoNotBalance where a fund's balances are not zero.
    """
    sums = (
        _lines(area_code, through)
        .values("fund", "account")
        .annotate(debit_fen=_side(F("amount_fen"), amount_fen__gt=0))
        .annotate(credit_fen=_side(-F("amount_fen"), amount_fen__lt=0))
        .order_by()
    )
    rows = [
        {**row, "balance_fen": int(row["debit_fen"]) - int(row["credit_fen"])}
        for row in sorted(sums, key=_chart_order)
    ]
    for fund in sorted({row["fund"] for row in rows}):
        left_fen = sum(row["balance_fen"] for row in rows if row["fund"] == fund)
        if left_fen != 0:
            raise BooksDoNotBalance(fund, left_fen)
    return pa.Table.from_pylist(
        [{name: row[name] for name in TRIAL_BALANCE.names} for row in rows], TRIAL_BALANCE
    )


def journal_of(area_code: str) -> pa.Table:
    """The journal of an area; entries numbered from 1 in the order they were posted."""
    columns: list[list[Any]] = [[] for _ in JOURNAL.names]
    for number, line in _numbered(_lines(area_code, None).select_related("entry").order_by("entry_id", "id")):
        entry = line.entry
        row = (number, entry.posted_on, line.account, line.fund, line.amount_fen, entry.memo, entry.reference)
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    arrays = [pa.array(column, _plain(field.type)) for column, field in zip(columns, JOURNAL, strict=True)]
    return pa.table(arrays, names=JOURNAL.names).cast(JOURNAL)


def _lines(area_code: str, through: date | None) -> Any:
    lines = EntryLine.objects.filter(entry__area_code=area_code)
    return lines if through is None else lines.filter(entry__posted_on__lte=through)


def _numbered(lines: Any) -> Iterator[tuple[int, EntryLine]]:
    number, at = 0, None
    for line in lines.iterator(chunk_size=5_000):
        if line.entry_id != at:
            number, at = number + 1, line.entry_id
        yield number, line


def _side(amount: Any, **sign: int) -> Sum:
    kept = Case(When(**sign, then=amount), default=Value(0), output_field=BigIntegerField())
    return Sum(kept, output_field=BigIntegerField())


def _plain(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_dictionary(kind) else kind


def _chart_order(row: dict[str, Any]) -> tuple[int, int]:
    return list(Fund).index(Fund(row["fund"])), list(ACCOUNTS).index(row["account"])
