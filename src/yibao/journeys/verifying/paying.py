"""Whether payments to people add up (对个人支付核验): items and their entries, what is left, batches, the bank and the books.

Arithmetic over stored records alone, as in `journeys.verifying.database`.
"""

from collections import Counter
from collections.abc import Iterator

from django.db.models import Count, F, Q, Sum

from yibao.kernel.findings import Finding
from yibao.ledger.models import EntryLine
from yibao.payment.bank_file import bank_csv, hash_of
from yibao.payment.models import BankFile, Batch, BatchLine, Collected, LineOutcome, PayableItem, SetOff
from yibao.payment.queries import LIVE_LINES, with_left
from yibao.payment.terms import BankResult
from yibao.settlement.accounts import TO_PEOPLE

RESTORE = "请停止支付，对照备份与审计链查明原因 (stop paying, compare with the backup and the audit chain)"
MOVED = ("payment", "payment_returned", "collected")
"""What is posted to the account of what people are owed when money moves; all else there is what makes it owed."""


def paying_findings() -> Iterator[Finding]:
    """Everything of payments to people that does not add up."""
    yield from _items()
    yield from _left()
    yield from _batches()
    yield from _outcomes()
    yield from _collections()
    yield from _balances()


def _items() -> Iterator[Finding]:
    """What was posted as owed to people is what the items of its entry say, in each fund."""
    posted: Counter[tuple[int, str]] = Counter()
    lines = EntryLine.objects.filter(account=TO_PEOPLE).exclude(entry__memo__in=MOVED)
    for entry_id, fund, amount_fen in lines.values_list("entry_id", "fund", "amount_fen").iterator():
        posted[entry_id, fund] -= amount_fen
    said: Counter[tuple[int, str]] = Counter()
    rows = PayableItem.objects.values_list("entry_id", "fund", "amount_fen")
    for entry_id, fund, amount_fen in rows.iterator():
        said[entry_id, fund] += amount_fen
    for entry_id, fund in sorted({*posted, *said}):
        if posted[entry_id, fund] != said[entry_id, fund]:
            message = f"{fund} 应付个人款与待付款项不一致 (not what people are owed)"
            yield _found("ledger_entry", entry_id, "amount_fen", posted[entry_id, fund], message)


def _left() -> Iterator[Finding]:
    """No item is taken off more than it is, none is set off against another's, and a line in hand is what is left."""
    rows = with_left(PayableItem.objects)
    wrong = Q(amount_fen__gt=0, left_fen__lt=0) | Q(amount_fen__lt=0, left_fen__gt=0)
    for row in rows.filter(wrong).iterator():
        yield _found(
            "payment_payableitem", row.pk, "amount_fen", row.left_fen, "抵扣或收回超过金额 (too much)"
        )
    same = Q(payable__person=F("receivable__person"), payable__fund=F("receivable__fund"))
    for row_id in SetOff.objects.exclude(same).values_list("pk", flat=True):
        yield _found("payment_setoff", row_id, "", "", "抵扣的人员或基金不同 (another person or fund)")
    twice = LIVE_LINES.order_by().values("item").annotate(times=Count("pk")).filter(times__gt=1)
    for item_id, times in twice.values_list("item", "times"):
        yield _found("payment_payableitem", item_id, "", times, "同一款项同时在多个批次中 (in two batches)")
    left = {row.pk: row.left_fen for row in rows.filter(live=True).iterator()}
    for line in LIVE_LINES.select_related("item", "account").iterator():
        if line.amount_fen != left[line.item_id]:
            message = "支付金额不是款项余额 (not what is left)"
            yield _found("payment_batchline", line.pk, "amount_fen", line.amount_fen, message)
        if line.account.person_id != line.item.person_id:
            yield _found(
                "payment_batchline", line.pk, "account", "", "收款账户不是本人登记的 (another's account)"
            )


def _batches() -> Iterator[Finding]:
    """A batch comes to what its lines do, was approved before its file went out, and its file is the same today."""
    sums = Batch.objects.annotate(times=Count("lines"), sum_fen=Sum("lines__amount_fen"))
    for batch in sums.exclude(times=F("lines_count"), sum_fen=F("total_fen")).iterator():
        yield _found(
            "payment_batch", batch.pk, "total_fen", batch.total_fen, "批次与明细不一致 (not its lines)"
        )
    strangers = BatchLine.objects.exclude(
        item__fund=F("batch__fund"),
        item__area_code=F("batch__area_code"),
        item__period__lte=F("batch__period"),
    )
    for line_id in strangers.values_list("pk", flat=True):
        yield _found(
            "payment_batchline", line_id, "item", "", "款项的地区、基金或月份与批次不同 (not of its batch)"
        )
    for file in BankFile.objects.select_related("batch__proposal").order_by("pk").iterator():
        if file.sha256 != hash_of(bank_csv(file.batch)):
            yield _found("payment_bankfile", file.pk, "sha256", "", "代发文件与发出时不同 (file differs)")
        decision = getattr(file.batch.proposal, "decision", None)
        if decision is None or not decision.approved:
            yield _found(
                "payment_bankfile", file.pk, "batch", file.batch_id, "批次未经复核同意 (not approved)"
            )
    unsent = LineOutcome.objects.filter(line__batch__bankfile=None)
    for outcome_id in unsent.values_list("pk", flat=True):
        yield _found("payment_lineoutcome", outcome_id, "", "", "未出代发文件却有银行结果 (was never sent)")


def _outcomes() -> Iterator[Finding]:
    """What the bank paid and sent back is what was posted, entry by entry."""
    said: Counter[tuple[int, str]] = Counter()
    paid = set(LineOutcome.objects.filter(result=BankResult.PAID_OUT).values_list("line_id", flat=True))
    rows = LineOutcome.objects.values_list(
        "pk", "line_id", "result", "entry_id", "line__batch__fund", "line__amount_fen"
    )
    for outcome_id, line_id, result, entry_id, fund, amount_fen in rows.iterator():
        sent_back = result == BankResult.SENT_BACK
        if (entry_id is None) == (not sent_back or line_id in paid):
            yield _found(
                "payment_lineoutcome", outcome_id, "entry", entry_id or "", "支付结果与凭证不符 (entry)"
            )
        if entry_id is not None:
            said[entry_id, fund] += -amount_fen if sent_back else amount_fen
    yield from _posted_as(said, Q(entry__reference__startswith="batch:", entry__memo__in=MOVED[:2]))


def _collections() -> Iterator[Finding]:
    """What people gave back is what was posted."""
    rows = Collected.objects.values_list("entry_id", "receivable__fund", "amount_fen")
    yield from _posted_as(
        Counter({(e, fund): -amount for e, fund, amount in rows.iterator()}), Q(entry__memo=MOVED[2])
    )


def _posted_as(said: Counter[tuple[int, str]], of: Q) -> Iterator[Finding]:
    posted: Counter[tuple[int, str]] = Counter()
    lines = EntryLine.objects.filter(of, account=TO_PEOPLE)
    for entry_id, fund, amount_fen in lines.values_list("entry_id", "fund", "amount_fen").iterator():
        posted[entry_id, fund] += amount_fen
    for entry_id, fund in sorted({*posted, *said}):
        if posted[entry_id, fund] != said[entry_id, fund]:
            message = "凭证与支付、退汇或收回的金额不一致 (not what was paid)"
            yield _found("ledger_entry", entry_id, "amount_fen", posted[entry_id, fund], message)


def _balances() -> Iterator[Finding]:
    """The balance of what people are owed is what is left of their items, by area and fund."""
    books: Counter[tuple[str, str]] = Counter()
    sums = EntryLine.objects.filter(account=TO_PEOPLE).values_list("entry__area_code", "fund")
    for area_code, fund, amount_fen in sums.annotate(Sum("amount_fen")).order_by():
        books[area_code, fund] -= amount_fen
    left: Counter[tuple[str, str]] = Counter()
    owed = PayableItem.objects.values_list("area_code", "fund").annotate(Sum("amount_fen")).order_by()
    given = Collected.objects.values_list("receivable__area_code", "receivable__fund")
    for area_code, fund, amount_fen in (*owed, *given.annotate(Sum("amount_fen")).order_by()):
        left[area_code, fund] += amount_fen
    moved = LineOutcome.objects.exclude(entry=None)
    for area_code, fund, result, amount_fen in (
        moved.values_list("line__batch__area_code", "line__batch__fund", "result")
        .annotate(Sum("line__amount_fen"))
        .order_by()
    ):
        left[area_code, fund] += amount_fen if result == BankResult.SENT_BACK else -amount_fen
    for area_code, fund in sorted({*books, *left}):
        if books[area_code, fund] != left[area_code, fund]:
            message = f"{area_code} {fund} 应付个人款余额不等于各人未付款项之和 (not what is left)"
            yield _found("payment_payableitem", 0, "amount_fen", books[area_code, fund], message)


def _found(table: str, row_id: int, column: str, value: object, message: str) -> Finding:
    return Finding(table, int(row_id), column, str(value), message, RESTORE)
