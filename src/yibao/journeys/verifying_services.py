"""What the verifier asks of public services (公共服务核验): applications and their steps, certificates, transfers and balances.

Arithmetic over stored records only, as in `journeys.verifying`: a check number is reckoned again from what the certificate
says, and a voucher's amounts are those of the bill and payment it names.
"""

import json
from collections.abc import Iterator

from yibao.enrolment.terms import OneApplicationStep
from yibao.journeys.issuing import voucher_facts
from yibao.kernel.findings import Finding
from yibao.public_services.checks import check_number
from yibao.public_services.models import Application, ApplicationStep, Certificate
from yibao.public_services.terms import STEP_OFFSET, ApplicationState, CertificateKind
from yibao.rights.requests import canonical

AT_ONCE = 2_000
REMEDY = "请停止办理，对照备份与审计链查明原因 (stop, compare with the backup and the audit chain)"


def service_findings() -> Iterator[Finding]:
    """Everything of public services that does not add up."""
    yield from _applications()
    yield from _certificates()


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


def _found(table: str, row_id: int, column: str, message: str) -> Finding:
    return Finding(f"public_services_{table}", row_id, column, "", message, REMEDY)
