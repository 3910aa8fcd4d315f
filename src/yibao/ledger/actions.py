"""Posting (入账): one entry into the books of a pooling area, in the transaction of whatever causes it.

carries_out: FND-06
"""

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from yibao.ledger.books import Line, PostingRefused, check_written
from yibao.tables.rows import insert, insert_many


class MonthClosed(PostingRefused):
    """A posting into a month that is closed."""

    def __init__(self, area_code: str, day: date) -> None:
        super().__init__(
            f"{area_code} 的 {day:%Y-%m} 已经结账，不能再入账；请记入下一期间 (the month is closed)"
        )


def post_entry(area_code: str, lines: Sequence[Line]) -> int | None:
    """Posts the lines of one entry; its number, None where no line has an amount.

    Raises PostingRefused exactly where `ledger.books.post` would, and MonthClosed; the transaction is to be given up then.
    """
    check_written(lines)
    written = [line for line in lines if line.amount_fen != 0]
    if not written:
        return None
    assert len({line.entry for line in written}) == 1, "one entry at a time"
    head = written[0]
    with transaction.atomic(savepoint=False):
        entry_id = _entry(area_code, head)
        rows = [(entry_id, str(line.fund), line.account, line.amount_fen) for line in written]
        insert_many("ledger_entryline", ("entry_id", "fund", "account", "amount_fen"), rows)
    return entry_id


def _entry(area_code: str, head: Line) -> int:
    values = {
        "area_code": area_code,
        "posted_on": head.posted_on,
        "memo": head.memo,
        "reference": head.reference,
        "recorded_at": timezone.now(),
    }
    try:
        return insert("ledger_entry", values)
    except IntegrityError as refused:
        if "ledger_entry_open" not in str(refused):
            raise
        raise MonthClosed(area_code, head.posted_on) from None
