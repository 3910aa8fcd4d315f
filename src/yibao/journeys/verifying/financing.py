"""The verifier's part of financing (筹资核验): bills are payments and aid, and each kind of money is where the records put it.

Arithmetic over stored records alone, as the rest of the verifier: no policy is read and no benefit worked out. An account that
only one kind of record posts to must hold exactly what those records leave open.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from yibao.financing.fund_models import AidClaim, AidClaimLine, AidPosted, AidReceipt
from yibao.financing.models import (
    CashBatch,
    CashReceipt,
    ContributionBill,
    ContributionPayment,
    ContributionRefund,
    Overpayment,
    OverpaymentClosed,
    TaxFile,
    TaxFileVerdict,
)
from yibao.financing.terms import CollectionChannel, Payer, TaxVerdict
from yibao.journeys.financing.aid_owed import aid_by_payer
from yibao.journeys.financing.paying import MONEY_GOES_TO
from yibao.kernel.findings import Finding
from yibao.ledger.accounts import Fund
from yibao.ledger.models import EntryLine

AT_ONCE = 2_000
REMEDY = "请停止办理，对照备份与审计链查明原因 (stop, compare with the backup and the audit chain)"


def financing_findings() -> Iterator[Finding]:
    """Everything of financing that does not add up."""
    for check in (_payments, _refunds, _batches, _overpayments, _tax_files, _bills, _claims, _balances):
        yield from check()


def _payments() -> Iterator[Finding]:
    """A payment is what its bill leaves to the person, and its entry is the payment."""
    rows = ContributionPayment.objects.select_related("bill").order_by("id")
    for batch in by_many(rows.iterator(chunk_size=AT_ONCE)):
        posted = posted_of(payment.entry_id for payment in batch)
        for payment in batch:
            if payment.amount_fen != payment.bill.person_pays_fen:
                yield found(
                    ContributionPayment, payment.pk, "amount_fen", payment.amount_fen, "缴费金额不是应缴金额"
                )
            debited = {account: amount for account, amount in posted[payment.entry_id].items() if amount > 0}
            goes_to = (Fund.BASIC, MONEY_GOES_TO[CollectionChannel(payment.channel)])
            if debited != ({goes_to: payment.amount_fen} if payment.amount_fen else {}):
                yield found(
                    ContributionPayment, payment.pk, "entry", payment.entry_id, "凭证与缴费金额不一致"
                )
    twice = ContributionPayment.objects.filter(contributionrefund=None).values("bill")
    for row in _more_than_one(twice):
        yield found(ContributionBill, row["bill"], "", row["times"], "同一应缴有两笔未退的缴费")


def _refunds() -> Iterator[Finding]:
    """A refund takes back what its payment booked."""
    rows = ContributionRefund.objects.select_related("payment").order_by("id")
    for batch in by_many(rows.iterator(chunk_size=AT_ONCE)):
        posted = posted_of(entry for row in batch for entry in (row.entry_id, row.payment.entry_id))
        for row in batch:
            booked, back = posted[row.payment.entry_id], posted[row.entry_id]
            taken = {account: -amount for account, amount in booked.items() if amount < 0}
            given = {account: amount for account, amount in back.items() if amount > 0}
            if taken != given or sum(back.values()) != 0:
                yield found(ContributionRefund, row.pk, "entry", row.entry_id, "退费凭证与原缴费不一致")


def _batches() -> Iterator[Finding]:
    sums = CashBatch.objects.annotate(sum_fen=Sum("lines__receipt__payment__amount_fen"))
    for row in sums.exclude(sum_fen=F("amount_fen")).values("pk", "amount_fen"):
        yield found(CashBatch, row["pk"], "amount_fen", row["amount_fen"], "缴存金额不是收据之和")
    both = CashReceipt.objects.exclude(payment__channel=CollectionChannel.AGENTS_CASH)
    for receipt_id in both.values_list("pk", flat=True):
        yield found(CashReceipt, receipt_id, "payment", "", "收据对应的不是代办现金缴费")


def _overpayments() -> Iterator[Finding]:
    whole = F("refunded_fen") + F("set_off_fen")
    for row in OverpaymentClosed.objects.exclude(overpayment__amount_fen=whole).values("pk", "overpayment"):
        yield found(OverpaymentClosed, row["pk"], "overpayment", row["overpayment"], "退抵费之和不是多缴金额")
    set_off = OverpaymentClosed.objects.exclude(payment=None).exclude(payment__amount_fen=F("set_off_fen"))
    set_off |= OverpaymentClosed.objects.filter(payment=None, set_off_fen__gt=0)
    for closed_id in set_off.values_list("pk", flat=True):
        yield found(OverpaymentClosed, closed_id, "payment", "", "抵缴金额与所抵的缴费不一致")
    used = ContributionPayment.objects.values_list("channel", "external_no", "bill_id")
    numbers = {(o.channel, o.external_no): o for o in Overpayment.objects.iterator(chunk_size=AT_ONCE)}
    if numbers:
        for channel, number, bill_id in used.iterator(chunk_size=AT_ONCE):
            over = numbers.get((channel, number))
            if over is not None and over.bill_id != bill_id:
                yield found(Overpayment, over.pk, "external_no", number, "流水号又用于另一笔应缴的缴费")


def _tax_files() -> Iterator[Finding]:
    """A file has the rows it was received with, and what a row booked is of its amount."""
    files = TaxFile.objects.annotate(
        kept=Count("rows"), sum_fen=Sum("rows__amount_fen", filter=Q(rows__taken_back=False), default=0)
    )
    for row in files.exclude(kept=F("rows_count"), sum_fen=F("amount_fen")).values("pk", "kept"):
        yield found(TaxFile, row["pk"], "rows_count", row["kept"], "文件的行数或合计与收到时不一致")
    booked = TaxFileVerdict.objects.filter(verdict=TaxVerdict.BOOKED)
    held = TaxFileVerdict.objects.filter(verdict=TaxVerdict.PAID_TWICE)
    wrong = booked.exclude(payment__amount_fen=F("row__amount_fen")) | booked.filter(payment=None)
    wrong |= held.exclude(overpayment__amount_fen=F("row__amount_fen")) | held.filter(overpayment=None)
    for verdict_id in wrong.values_list("pk", flat=True):
        yield found(TaxFileVerdict, verdict_id, "payment", "", "对账入账的金额与文件不一致")


def _bills() -> Iterator[Finding]:
    """A bill's aid is owed exactly while it covers: where it is paid or nothing is left to pay, and else not.

    Bills of before aid was booked as owed have no `university`; their aid was booked as received.
    """
    paid = ContributionPayment.objects.filter(bill=OuterRef("pk"), contributionrefund=None)
    rows = ContributionBill.objects.exclude(university=None).annotate(paid=Exists(paid)).order_by("id")
    for batch in by_many(rows.iterator(chunk_size=AT_ONCE)):
        owed: Counter[tuple[int, int]] = Counter()
        posted = AidPosted.objects.filter(bill__in=batch).values_list("bill", "payer", "amount_fen")
        for bill_id, payer, amount_fen in posted:
            owed[bill_id, payer] += amount_fen
        for bill in batch:
            stands = bill.paid or bill.person_pays_fen == 0
            for payer, amount_fen in aid_by_payer(bill).items():
                if owed[bill.pk, payer] != (amount_fen if stands else 0):
                    yield found(ContributionBill, bill.pk, payer.name, amount_fen, "应收资助与应缴不一致")


def _claims() -> Iterator[Finding]:
    """A claim is the sum of its list, of its payer alone, and no more came than was claimed."""
    listed = AidClaim.objects.annotate(sum_fen=Sum("lines__aid__amount_fen"))
    for row in listed.exclude(sum_fen=F("amount_fen")).values("pk", "amount_fen"):
        yield found(AidClaim, row["pk"], "amount_fen", row["amount_fen"], "申领金额不是明细之和")
    others = AidClaimLine.objects.exclude(aid__payer=F("claim__payer"))
    for line_id in others.values_list("pk", flat=True):
        yield found(AidClaimLine, line_id, "aid", "", "明细属于另一支付方")
    came = AidClaim.objects.annotate(came_fen=Sum("receipts__amount_fen", default=0))
    for row in came.exclude(came_fen__gte=0, came_fen__lte=F("amount_fen")).values("pk", "came_fen"):
        yield found(AidClaim, row["pk"], "receipts", row["came_fen"], "到账金额为负或超过申领金额")


def _owed_aid(rows: Any, received: Any) -> Counter[str]:
    """Aid posted less what came, by pooling area."""
    owed = _sums(rows, "bill__area_code", "amount_fen")
    owed.subtract(_sums(received, "claim__books_code", "amount_fen"))
    return owed


def _balances() -> Iterator[Finding]:
    """Accounts that only financing posts to hold what its records leave open, area by area."""
    receipts = CashReceipt.objects.filter(cashbatchline=None, payment__contributionrefund=None)
    batches = CashBatch.objects.filter(cashbatchsettled=None)
    held = Overpayment.objects.filter(overpaymentclosed=None)
    yield from same_balance(
        "cash_with_agents", _sums(receipts, "agent__books_code", "payment__amount_fen"), Fund.BASIC
    )
    yield from same_balance("transit_account", _sums(batches, "agent__books_code", "amount_fen"), Fund.BASIC)
    yield from same_balance("overpayments", _sums(held, "area_code", "amount_fen", sign=-1), Fund.BASIC)

    yield from same_balance("aid_receivable", _owed_aid(AidPosted.objects, AidReceipt.objects), Fund.BASIC)
    of_fund = _owed_aid(
        AidPosted.objects.filter(payer=Payer.ASSISTANCE_FUND),
        AidReceipt.objects.filter(claim__payer=Payer.ASSISTANCE_FUND),
    )
    owing = Counter({area_code: -amount_fen for area_code, amount_fen in of_fund.items()})
    yield from same_balance("aid_payable", owing, Fund.ASSISTANCE)


def same_balance(account: str, open_fen: Counter[str], fund: Fund) -> Iterator[Finding]:
    """Findings where an account's balance in an area is not what records leave open there."""
    lines = EntryLine.objects.filter(Q(account=account) & Q(fund=fund.value))
    booked = _sums(lines, "entry__area_code", "amount_fen")
    for area_code in sorted({*open_fen, *booked}):
        if open_fen[area_code] != booked[area_code]:
            yield found(
                EntryLine,
                0,
                account,
                f"{area_code} {booked[area_code]} / {open_fen[area_code]}",
                "科目余额与未结清的记录不一致",
            )


def posted_of(entry_ids: Iterable[int | None]) -> dict[int | None, dict[tuple[str, str], int]]:
    """The amounts of some entries by fund and account; nothing for one that is missing."""
    amounts: dict[int | None, dict[tuple[str, str], int]] = {entry_id: {} for entry_id in entry_ids}
    lines = EntryLine.objects.filter(entry_id__in=[entry_id for entry_id in amounts if entry_id is not None])
    for entry_id, fund, account, amount in lines.values_list("entry_id", "fund", "account", "amount_fen"):
        own = amounts[entry_id]
        own[fund, account] = own.get((fund, account), 0) + amount
    return amounts


def found(table: type[Any], row_id: int, column: str, value: object, message: str) -> Finding:
    """A finding about a row of a table."""
    return Finding(table._meta.db_table, int(row_id), column, str(value or ""), message, REMEDY)


def _sums(rows: Any, group: str, amount: str, sign: int = 1) -> Counter[str]:
    sums = rows.order_by().values(area=F(group)).annotate(sum_fen=Sum(amount))
    return Counter({row["area"]: sign * int(row["sum_fen"] or 0) for row in sums})


def _more_than_one(rows: Any) -> Any:
    return rows.order_by().annotate(times=Count("id")).filter(times__gt=1)


def by_many(rows: Iterator[Any]) -> Iterator[list[Any]]:
    """Rows in batches, so that what belongs to them is asked for together."""
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
