"""What the verifier asks of public services (公共服务核验): applications and their steps, certificates, transfers and balances.

Arithmetic over stored records only, as in `journeys.verifying.database`: a check number is reckoned again from what the certificate
says, and a voucher's amounts are those of the bill and payment it names.
"""

import json
from collections.abc import Iterator

from yibao.enrolment.terms import OneApplicationStep
from yibao.journeys.enrolment.balances import balance_lines
from yibao.journeys.enrolment.issuing import voucher_facts
from yibao.journeys.enrolment.joint_handling import all_agree
from yibao.kernel.findings import Finding
from yibao.ledger.models import Entry, EntryLine
from yibao.public_services.checks import check_number
from yibao.public_services.models import (
    Application,
    ApplicationStep,
    Certificate,
    SchoolRow,
    Transfer,
    TransferStep,
)
from yibao.public_services.terms import STEP_OFFSET, ApplicationState, CertificateKind, TransferState
from yibao.rights.requests import canonical

AT_ONCE = 2_000
REMEDY = "请停止办理，对照备份与审计链查明原因 (stop, compare with the backup and the audit chain)"


def service_findings() -> Iterator[Finding]:
    """Everything of public services that does not add up."""
    yield from _applications()
    yield from _certificates()
    yield from _transfers()
    rows = SchoolRow.objects.exclude(bill=None).select_related("bill")
    for row in rows.iterator(chunk_size=AT_ONCE):
        if row.bill.person_id != row.person_id:
            yield _found("schoolrow", row.pk, "bill", "应缴不是该学生的 (somebody else's bill)")


def _applications() -> Iterator[Finding]:
    steps: dict[int, int] = {}
    written = ApplicationStep.objects.filter(event__gte=STEP_OFFSET).values_list("application_id", "event")
    for application_id, event in written.iterator(chunk_size=AT_ONCE):
        steps[application_id] = steps.get(application_id, 0) | 1 << (event - STEP_OFFSET)
    rows = Application.objects.select_related("bill").order_by("id")
    for row in rows.iterator(chunk_size=AT_ONCE):
        if steps.get(row.pk, 0) != row.done_steps:
            yield _found(
                "application", row.pk, "done_steps", "已办环节与记录不一致 (not the steps written down)"
            )
        if row.bill is not None and row.bill.person_id != row.person_id:
            yield _found("application", row.pk, "bill", "应缴不是参保人的 (somebody else's bill)")
        if row.bill is not None and not all_agree(row):
            yield _found(
                "application", row.pk, "bill", "部门未全部同意而已核定应缴 (billed before all agreed)"
            )
        if row.state == ApplicationState.COMPLETED and _left(row):
            yield _found("application", row.pk, "state", "已办结而环节未办完 (completed with steps left)")


def _left(row: Application) -> int:
    """The steps that are asked for and not done, paying left out where nothing was to pay."""
    left: int = row.asked_steps & ~row.done_steps
    if row.bill is not None and row.bill.person_pays_fen == 0:
        left &= ~(1 << OneApplicationStep.PAYMENT)
    return left


def _certificates() -> Iterator[Finding]:
    rows = Certificate.objects.select_related("bill", "payment").order_by("id")
    for row in rows.iterator(chunk_size=AT_ONCE):
        if check_number(row.kind, row.facts) != row.check_number:
            yield _found("certificate", row.pk, "check_number", "校验码与记载内容不符 (not its number)")
        if row.kind != CertificateKind.PAYMENT_VOUCHER:
            if json.loads(row.facts)["person_id"] != row.person_id:
                yield _found("certificate", row.pk, "facts", "记载的不是本人 (says somebody else)")
        elif canonical(voucher_facts(row.bill, row.payment, row.issued_on)) != row.facts:
            yield _found("certificate", row.pk, "facts", "记载与应缴、缴费不一致 (not what was paid)")


def _transfers() -> Iterator[Finding]:
    last: dict[int, int] = {}
    written = TransferStep.objects.order_by("id").values_list("transfer_id", "state")
    for transfer_id, state in written.iterator(chunk_size=AT_ONCE):
        last[transfer_id] = state
    for row in Transfer.objects.order_by("id").iterator(chunk_size=AT_ONCE):
        if last.get(row.pk) != row.state:
            yield _found("transfer", row.pk, "state", "状态与最后一个环节不一致 (not its last step)")
        if (row.balance_fen > 0) != (row.balance_case >= 0):
            yield _found("transfer", row.pk, "balance_case", "余额与去向不一致 (balance and where it goes)")
        if row.state == TransferState.TRANSFERRED and row.balance_fen and row.entry_id is None:
            yield _found("transfer", row.pk, "entry", "已办结而余额没有入账 (ended, its balance not booked)")
        lines = EntryLine.objects.filter(entry_id=row.entry_id) if row.entry_id else ()
        booked = sorted((line.account, line.amount_fen) for line in lines)
        due = sorted((line.account, line.amount_fen) for line in balance_lines(row, row.applied_on))
        if row.entry_id and booked != due:
            yield _found("transfer", row.pk, "entry", "凭证与余额不一致 (not what was booked)")
    stray = Entry.objects.filter(memo__in=("balance_out", "balance_in"), transfer=None)
    for entry_id in stray.values_list("pk", flat=True).iterator():
        yield Finding("ledger_entry", entry_id, "", "", "余额凭证没有对应的转移 (belongs to nothing)", REMEDY)


def _found(table: str, row_id: int, column: str, message: str) -> Finding:
    return Finding(f"public_services_{table}", row_id, column, "", message, REMEDY)
