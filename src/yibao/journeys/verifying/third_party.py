"""What the verifier asks of third parties' cases (第三人责任案件核验): nobody is owed less than nothing, each step adds up.

An advance is what its late event paid for the settlement; a withdrawal what was advanced; a recovery what its entry says. What
two people decide was approved, and by somebody else than its maker.
"""

from collections import Counter
from collections.abc import Iterator

from yibao.benefits.terms import VisitKind
from yibao.engine.spending import account_of
from yibao.engine.year import Payer
from yibao.journeys.settlement.recovering import ABOUT
from yibao.kernel.findings import Finding
from yibao.ledger.models import Entry, EntryLine
from yibao.rights.models import Decision
from yibao.settlement.cases import outstanding_of, recovery_lines
from yibao.settlement.models import AdjustmentRow, CaseEvent, ThirdPartyCase
from yibao.settlement.terms import CaseStep

REMEDY = "请停止该案件的办理，对照审计链查明原因 (stop, compare with the audit chain)"


def third_party_findings() -> Iterator[Finding]:
    """Everything about third parties' cases that does not add up."""
    for case in ThirdPartyCase.objects.select_related("settlement__visit").order_by("id").iterator():
        yield from _case(case)
    for entry_id in Entry.objects.filter(memo="recovery", caseevent=None).values_list("pk", flat=True):
        yield Finding("ledger_entry", entry_id, "", "", "追偿凭证没有对应的案件 (belongs to nothing)", REMEDY)
    approved = Decision.objects.filter(approved=True, proposal__body__contains=f'"about":"{ABOUT}"')
    for proposal_id in approved.filter(proposal__caseevent=None).values_list("proposal_id", flat=True):
        message = "已同意的案件事项没有办理 (approved and not carried out)"
        yield Finding("rights_proposal", proposal_id, "", "", message, REMEDY)


def _case(case: ThirdPartyCase) -> Iterator[Finding]:
    if not case.shares.exists():
        yield _found(case, "", "案件没有责任比例 (no share)")
    for payer, left_fen in outstanding_of(case).items():
        if left_fen < 0:
            yield _found(case, f"{payer.name} {left_fen}", "收回和核销多于先行支付 (more than was advanced)")
    advance: CaseEvent | None = None
    for step in case.steps.order_by("id"):
        if step.step == CaseStep.ADVANCED:
            advance = step
        if advance is None:
            yield _found(case, step.pk, "没有先行支付就有收支 (nothing was advanced)")
            continue
        if not _adds_up(case, step, advance):
            yield _found(case, step.pk, f"{step.step} 的金额与其依据不一致 (not what it rests on)")
        if step.proposal_id is not None and not _approved(step):
            yield _found(case, step.pk, f"{step.step} 未经两人决定 (not decided by two)")


def _adds_up(case: ThirdPartyCase, step: CaseEvent, advance: CaseEvent) -> bool:
    amounts = dict(step.amounts.values_list("payer", "amount_fen"))
    kind = VisitKind(case.settlement.visit.kind)
    if step.step == CaseStep.ADVANCED:
        made = AdjustmentRow.objects.filter(late_event=step.late_event_id, settlement=case.settlement_id)
        paid = {a.payer: a.difference_fen for a in made if account_of(Payer(a.payer), kind)}
        return amounts == paid
    if step.step == CaseStep.WITHDRAWN:
        return amounts == dict(advance.amounts.values_list("payer", "amount_fen"))
    if step.step == CaseStep.RECOVERED:
        same_year = advance.posted_on.year == step.posted_on.year
        by_payer = {Payer(payer): amount for payer, amount in amounts.items()}
        due: Counter[tuple[str, str]] = Counter()
        for line in recovery_lines(by_payer, kind, step.posted_on, same_year=same_year, case_id=case.pk):
            due[str(line.fund), line.account] += line.amount_fen
        posted: Counter[tuple[str, str]] = Counter()
        for fund, account, amount_fen in EntryLine.objects.filter(entry=step.entry_id).values_list(
            "fund", "account", "amount_fen"
        ):
            posted[fund, account] += amount_fen
        return due == posted
    return sum(amounts.values()) > 0


def _approved(step: CaseEvent) -> bool:
    return Decision.objects.filter(proposal=step.proposal_id, approved=True, checker=step.actor).exists()


def _found(case: ThirdPartyCase, value: object, message: str) -> Finding:
    return Finding("settlement_thirdpartycase", case.pk, "", str(value), message, REMEDY)
