"""Posting (入账): one entry into the books of a pooling area, in the transaction of whatever causes it.

carries_out: FND-06
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from yibao.ledger.books import Line, check_written
from yibao.tables.rows import insert, insert_many


def post_entry(area_code: str, lines: Sequence[Line]) -> int | None:
    """Posts the lines of one entry; its number, None where no line has an amount.

    Raises PostingRefused exactly where `ledger.books.post` would; nothing is written then.
    """
    check_written(lines)
    written = [line for line in lines if line.amount_fen != 0]
    if not written:
        return None
    assert len({line.entry for line in written}) == 1, "one entry at a time"
    head = written[0]
    with transaction.atomic(savepoint=False):
        entry_id = insert(
            "ledger_entry",
            {
                "area_code": area_code,
                "posted_on": head.posted_on,
                "memo": head.memo,
                "reference": head.reference,
                "recorded_at": timezone.now(),
            },
        )
        rows = [(entry_id, str(line.fund), line.account, line.amount_fen) for line in written]
        insert_many("ledger_entryline", ("entry_id", "fund", "account", "amount_fen"), rows)
    return entry_id
