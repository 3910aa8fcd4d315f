"""What the verifier asks of special funds (专项资金核验): their books are what their bills and the budget's documents come to."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db.models import Sum

from yibao.benefits.terms import SpecialFund
from yibao.engine.year import Payer
from yibao.journeys.settlement.special_funds import receipt_lines
from yibao.kernel.findings import Finding
from yibao.ledger.accounts import Fund
from yibao.ledger.models import EntryLine
from yibao.settlement.models import AdjustmentRow, Settlement, SpecialFundReceipt

REMEDY = "请停止办理，对照专项资金账单与拨款文件查明原因 (stop, compare with bills and documents)"


def special_fund_findings() -> Iterator[Finding]:
    """Bills, areas and receipts of special funds whose books are another amount than they come to."""
    astray = Settlement.objects.filter(visit__special_fund=SpecialFund.NONE).exclude(special_fund_fen=0)
    for settlement_id in astray.values_list("pk", flat=True).iterator():
        message = "专项资金支付了不属于它的账单 (paid a bill of no special fund)"
        yield Finding("settlement_settlement", settlement_id, "special_fund_fen", "", message, REMEDY)
    spent = Counter(dict(_sums(Settlement.objects, "area_code", "special_fund_fen")))
    adjusted = AdjustmentRow.objects.filter(payer=Payer.SPECIAL_FUND)
    for area_code, sum_fen in _sums(adjusted, "settlement__area_code", "difference_fen"):
        spent[area_code] += sum_fen
    lines = EntryLine.objects.filter(
        fund=Fund.SPECIAL, account="special_fund_payments", entry__memo__in=["settlement", "adjustment"]
    )
    posted = Counter(dict(_sums(lines, "entry__area_code", "amount_fen")))
    for area_code in sorted(set(spent) | set(posted)):
        if spent[area_code] != posted[area_code]:
            message = f"{area_code} 的专项资金支出与账单不一致 (not what the bills come to)"
            value = str(posted[area_code] - spent[area_code])
            yield Finding("ledger_entryline", 0, "special_fund_payments", value, message, REMEDY)
    yield from _receipts()


def _receipts() -> Iterator[Finding]:
    for receipt in SpecialFundReceipt.objects.order_by("id").iterator():
        due = receipt_lines(SpecialFund(receipt.special_fund), receipt.amount_fen, receipt.received_on)
        posted = EntryLine.objects.filter(entry=receipt.entry_id).values_list("fund", "account", "amount_fen")
        if sorted(posted) != sorted((str(line.fund), line.account, line.amount_fen) for line in due):
            message = "凭证与拨款金额不一致 (not what was received)"
            yield Finding("settlement_specialfundreceipt", receipt.pk, "entry", "", message, REMEDY)


def _sums(rows: Any, by: str, name: str) -> list[tuple[str, int]]:
    return list(rows.order_by().values(by).annotate(s=Sum(name)).values_list(by, "s"))
