"""What people are owed (待付款项), written in the transaction of whatever causes it.

Whoever calls holds the person's row. What a reader would get wrong: an item is what was posted and never changes; what is
left of it is the item, less what was set off and what was collected.
"""

from collections.abc import Mapping
from datetime import date

from django.db.models import Q, Sum
from django.utils import timezone

from yibao.payment.models import BatchLine, Collected, PayableItem, SetOff
from yibao.payment.terms import BankResult, PayableCause

ENDED = Q(outcomes__result=BankResult.SENT_BACK) | Q(batch__proposal__decision__approved=False)
"""A line of a batch that holds its item no longer: sent back by the bank, or rejected."""


def owe(
    person_id: int,
    area_code: str,
    cause: PayableCause,
    source: str,
    owed: Mapping[str, int],
    entry_id: int | None,
    posted_on: date,
) -> list[PayableItem]:
    """Writes what a person is owed from a source, an item a fund; an amount below zero is owed by the person."""
    return [
        PayableItem.objects.create(
            person_id=person_id,
            area_code=area_code,
            fund=fund,
            cause=cause,
            source=source,
            amount_fen=amount_fen,
            period=f"{posted_on:%Y-%m}",
            entry_id=entry_id,
            recorded_at=timezone.now(),
        )
        for fund, amount_fen in sorted(owed.items())
    ]


def take_back(actor_name: str, undone_source: str, items: list[PayableItem]) -> None:
    """Sets what a reversal takes back off what it reverses, where that is neither paid nor about to be."""
    for item in items:
        posted = PayableItem.objects.filter(source=undone_source, fund=item.fund).first()
        if posted is None or is_live(posted):
            continue
        larger, smaller = (posted, item) if posted.amount_fen > 0 else (item, posted)
        amount_fen = min(left_of(larger), -left_of(smaller))
        if amount_fen > 0:
            set_off(actor_name, receivable=smaller, payable=larger, amount_fen=amount_fen)


def set_off(actor_name: str, *, receivable: PayableItem, payable: PayableItem, amount_fen: int) -> None:
    """Takes an amount that a person owes off one that the person is owed."""
    SetOff.objects.create(
        receivable=receivable,
        payable=payable,
        amount_fen=amount_fen,
        recorded_at=timezone.now(),
        actor=actor_name,
    )


def left_of(item: PayableItem) -> int:
    """What is left of an item before the bank pays it: below zero, what the person still owes."""
    taken = SetOff.objects.filter(Q(payable=item) | Q(receivable=item)).aggregate(Sum("amount_fen"))
    given = Collected.objects.filter(receivable=item).aggregate(Sum("amount_fen"))
    off_fen = (taken["amount_fen__sum"] or 0) + (given["amount_fen__sum"] or 0)
    return int(item.amount_fen - off_fen if item.amount_fen > 0 else item.amount_fen + off_fen)


def is_live(item: PayableItem) -> bool:
    """Whether an item is in a batch that is not over, or was paid."""
    lines = BatchLine.objects.filter(item=item)
    return bool(lines.exclude(pk__in=lines.filter(ENDED).values("pk")).exists())
