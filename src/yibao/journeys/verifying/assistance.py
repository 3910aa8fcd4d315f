"""The verifier of assistance (医疗救助核验): payments against their entries and adjustments, records in order, batches whole.

Arithmetic over stored records alone, as `journeys.verifying.database` says of itself. Cost that was paid once on application and then
paid again by settling the year anew is found here.
"""

from collections import Counter
from collections.abc import Iterator

from django.db.models import Count, Sum

from yibao.assistance.models import (
    Application,
    ApplicationRecord,
    AssistanceDecision,
    AssistancePayment,
    AssistedCost,
    WarningBatch,
    WarningCase,
)
from yibao.assistance.terms import ApplicationOutcome, AssistanceKind
from yibao.engine.year import Payer
from yibao.journeys.assistance.warning_push import content_hash
from yibao.journeys.settlement.reversing import BY_ASSISTANCE_FUND
from yibao.kernel.findings import Finding
from yibao.ledger.accounts import Fund
from yibao.ledger.models import Entry
from yibao.settlement.models import AdjustmentRow

AT_ONCE = 2_000
RESTORE = "请停止办理，对照备份与审计链查明原因 (stop, compare with the backup and the audit chain)"


def assistance_findings() -> Iterator[Finding]:
    """Everything of assistance that does not add up."""
    yield from _payments()
    yield from _costs()
    yield from _applications()
    yield from _batches()


def _payments() -> Iterator[Finding]:
    rows = AssistancePayment.objects.select_related("decision").order_by("id")
    for payment in rows.iterator(chunk_size=AT_ONCE):
        due_fen, other_fen = (
            _adjusted(payment) if payment.kind == AssistanceKind.SETTLED_AGAIN else (_posted(payment), 0)
        )
        if (payment.amount_fen, payment.other_fen) != (due_fen, other_fen):
            message = "救助金与凭证或补差不一致 (not what was posted)"
            yield _found(
                "assistance_assistancepayment", payment.pk, "amount_fen", payment.amount_fen, message
            )
    granted = AssistanceDecision.objects.filter(outcome=ApplicationOutcome.GRANTED)
    for pk in granted.filter(payment=None).values_list("pk", flat=True):
        yield _found(
            "assistance_assistancedecision", pk, "", "", "同意救助却没有救助金 (granted, nothing owed)"
        )
    refused = AssistancePayment.objects.exclude(decision__outcome=ApplicationOutcome.GRANTED)
    for pk in refused.values_list("pk", flat=True):
        yield _found("assistance_assistancepayment", pk, "", "", "不予救助却有救助金 (refused, and paid)")
    stray = Entry.objects.filter(memo="one_off_assistance", assistancepayment=None)
    for pk in stray.values_list("pk", flat=True):
        yield _found("ledger_entry", pk, "", "", "凭证没有对应的救助金 (belongs to nothing)")


def _adjusted(payment: AssistancePayment) -> tuple[int, int]:
    """What the late event of a payment has the assistance fund owe differently, and the others."""
    rows = AdjustmentRow.objects.filter(late_event=payment.late_event).values_list("payer", "difference_fen")
    sums: Counter[bool] = Counter()
    for payer, amount_fen in rows:
        sums[Payer(payer) in BY_ASSISTANCE_FUND] += amount_fen
    return sums[True], sums[False]


def _posted(payment: AssistancePayment) -> int:
    """What the entry of a payment owes the person; -1 where the entry says anything else."""
    if payment.entry is None:
        return 0
    lines = {(line.fund, line.account): line.amount_fen for line in payment.entry.lines.all()}
    spent = lines.pop((str(Fund.ASSISTANCE), "direct_assistance"), -1)
    owed = lines.pop((str(Fund.ASSISTANCE), "payable_people"), 0)
    return spent if spent == -owed and not lines else -1


def _costs() -> Iterator[Finding]:
    """Each assisted settlement is of the payment's year; what was paid once was neither too much nor paid again."""
    rows = AssistedCost.objects.select_related("payment__decision", "settlement").order_by("id")
    for cost in rows.iterator(chunk_size=AT_ONCE):
        if cost.settlement.year_id != cost.payment.year_id:
            message = "救助的费用不属于该年度 (cost of another year)"
            yield _found("assistance_assistedcost", cost.pk, "settlement", cost.settlement_id, message)
        if cost.payment.kind == AssistanceKind.ONE_OFF:
            again = AdjustmentRow.objects.filter(
                settlement_id=cost.settlement_id,
                payer__in=BY_ASSISTANCE_FUND,
                difference_fen__gt=0,
                late_event__recorded_at__date__gte=cost.payment.posted_on,
            )
            if again.exists():
                message = "一次性救助过的费用又由重算支付 (paid once, and paid again)"
                yield _found("assistance_assistedcost", cost.pk, "settlement", cost.settlement_id, message)
    once = AssistancePayment.objects.filter(kind=AssistanceKind.ONE_OFF).annotate(
        borne=Sum("costs__burden_fen")
    )
    for payment in once.iterator(chunk_size=AT_ONCE):
        if payment.amount_fen > (payment.borne or 0):
            message = "救助金多于计入的负担 (more than was borne)"
            yield _found(
                "assistance_assistancepayment", payment.pk, "amount_fen", payment.amount_fen, message
            )


def _applications() -> Iterator[Finding]:
    """Each application stands where its last record left it, and its records are numbered without a gap."""
    last: dict[int, ApplicationRecord] = {}
    for row in ApplicationRecord.objects.order_by("application_id", "sequence").iterator(chunk_size=AT_ONCE):
        before = last.get(row.application_id)
        if row.sequence != (1 if before is None else before.sequence + 1):
            message = "申请办理记录不连续 (a record is missing)"
            yield _found("assistance_applicationrecord", row.pk, "sequence", row.sequence, message)
        last[row.application_id] = row
    for application in Application.objects.order_by("id").iterator(chunk_size=AT_ONCE):
        at = last.get(application.pk)
        if at is None or (at.step, at.due_on) != (application.step, application.due_on):
            message = "申请的环节与最后一条办理记录不一致 (not where it was left)"
            yield _found("assistance_application", application.pk, "step", application.step, message)
    decided = AssistanceDecision.objects.select_related("application")
    for decision in decided.iterator(chunk_size=AT_ONCE):
        if decision.outcome != decision.application.outcome:
            message = "申请结果与审批不一致 (not what was decided)"
            yield _found(
                "assistance_application", decision.application_id, "outcome", decision.outcome, message
            )


def _batches() -> Iterator[Finding]:
    for batch in (
        WarningBatch.objects.annotate(told=Count("cases")).order_by("id").iterator(chunk_size=AT_ONCE)
    ):
        cases = WarningCase.objects.filter(batch=batch).select_related("warned").order_by("id")
        if batch.told != batch.people or content_hash([case.warned for case in cases]) != batch.content_hash:
            message = "推送批次与推送对象不一致 (not what was pushed)"
            yield _found("assistance_warningbatch", batch.pk, "people", batch.people, message)


def _found(table: str, row_id: int, column: str, value: object, message: str) -> Finding:
    return Finding(table, int(row_id), column, str(value), message, RESTORE)
