"""Advance payment and recovery (先行支付、追偿): the fund pays where the third party does not, and has it back in instalments.

One officer proposes an advance, its withdrawal or a write-off, another decides. An advance settles the bill as if there were
no third party; what each payer then pays more of this settlement is what it is owed. Money that comes back goes to the
payers by what is outstanding to each: in the year of the advance it lessens the expense, later it is other income.

What a reader would get wrong: the claim against the third party is fixed when the advance is decided. A later replay of the
year may change what the payers bear, never what the third party owes; what turns out not to be owed is written off.
"""

import json
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from yibao.benefits.terms import VisitKind
from yibao.engine.spending import account_of
from yibao.engine.year import Payer
from yibao.journeys.settlement.facts import Insured
from yibao.journeys.settlement.reversing import person_of, refuse_reason
from yibao.journeys.settlement.third_party import plain, refiled, standing
from yibao.kernel.money import yuan
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line
from yibao.packs.policies import policies
from yibao.rights.actors import Actor
from yibao.rights.approvals import NoSuchProposal, decide, propose
from yibao.rights.audit import note
from yibao.rights.models import Proposal
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.cases import outstanding_of, recovery_lines
from yibao.settlement.checks import too_long
from yibao.settlement.failures import NoSuchCase, NoSuchSettlement, StepNotAllowed
from yibao.settlement.liability import divided
from yibao.settlement.models import CaseAmount, CaseEvent, LateEvent, ThirdPartyCase
from yibao.settlement.orders import Recovery, StepDecision, StepOrder
from yibao.settlement.queries import advance_of
from yibao.settlement.terms import CaseStep, LateCause

ABOUT = "third_party_case"
"""What the body of a proposal is about."""


def propose_step(actor: Actor, key: str, order: StepOrder) -> str:
    """Proposes an advance, its withdrawal or a write-off; `{"proposal_id": …}`.

    Raises NotAllowed, NoSuchCase, StepNotAllowed.
    """

    def do() -> dict[str, int]:
        refuse_reason(order.reason)
        case, person = _locked(actor, order.case_id, Matter.SETTLEMENT_MATTER, Deed.DO)
        _refuse(case, order)
        if order.step is CaseStep.ADVANCED and not _law_advances(case):
            raise StepNotAllowed(
                case.pk, "当日的政策没有先行支付的规定", "no policy of that day pays in advance"
            )
        body = {"about": ABOUT, "order": order}
        return {"proposal_id": propose(actor, Matter.SETTLEMENT_MATTER, person.county_code, body)}

    return once(actor.name, key, "propose_step", order, do)


def decide_step(actor: Actor, key: str, order: StepDecision, *, at: datetime) -> str:
    """Decides a step of a case and, approved, carries it out; `{"approved", "amount_fen", "adjustments"}`.

    Raises NoSuchProposal, NotAllowed, SamePerson, DecidedAlready, StepNotAllowed where the case has moved on.
    """

    def do() -> dict[str, object]:
        asked = _asked(order.proposal_id)
        case, person = _locked(actor, asked.case_id, Matter.SETTLEMENT_MATTER, Deed.APPROVE)
        found: dict[str, object] = {"approved": order.approved, "amount_fen": 0, "adjustments": []}

        def carry_out(_: str) -> None:
            _refuse(case, asked)
            found.update(_carried_out(actor, case, person, asked, order, at))

        decide(actor, order.proposal_id, approved=order.approved, reason=order.reason, carry_out=carry_out)
        return found

    return once(actor.name, key, "decide_step", order, do)


def record_recovery(actor: Actor, key: str, order: Recovery, *, at: datetime) -> str:
    """Takes an instalment in and posts it to the payers that advanced; `{"amounts", "outstanding_fen"}`.

    Raises NotAllowed, NoSuchCase, StepNotAllowed where it is no amount, more than is outstanding, or was taken in already.
    """

    def do() -> dict[str, object]:
        case, person = _locked(actor, order.case_id, Matter.FUND_MATTER, Deed.DO)
        owed = outstanding_of(case)
        posted_on = timezone.localdate(at)
        unfit = too_long("number", order.external_no, "银行流水号") or _missing(order.external_no)
        if unfit:
            raise StepNotAllowed(case.pk, "；".join(unfit), "the number is unfit")
        if order.received_on > posted_on:
            raise StepNotAllowed(
                case.pk, f"到账日期 {order.received_on} 在今天之后", "received in the future"
            )
        if not 0 < order.amount_fen <= sum(owed.values()):
            why = f"到账 {yuan(order.amount_fen)} 元，尚未收回 {yuan(sum(owed.values()))} 元，应在此以内且大于零"
            raise StepNotAllowed(case.pk, why, "more than is outstanding")
        amounts = divided(order.amount_fen, owed)
        lines = _lines(case, amounts, posted_on)
        step = _taken(actor, case, order, post_entry(case.settlement.area_code, lines), at)
        _write_amounts(step, amounts)
        subject = f"settlement:{case.settlement_id}"
        note(actor, "record_recovery", person.county_code, subject, case=case.pk, step=step.pk)
        left_fen = sum(owed.values()) - order.amount_fen
        return {"amounts": {int(payer): amounts[payer] for payer in amounts}, "outstanding_fen": left_fen}

    return once(actor.name, key, "record_recovery", order, do)


def _locked(actor: Actor, case_id: int, matter: Matter, deed: Deed) -> tuple[ThirdPartyCase, Insured]:
    """A case and its person, locked. Raises NoSuchCase, also where the actor may not act."""
    found = ThirdPartyCase.objects.select_related("settlement__visit").filter(pk=case_id).first()
    if found is None:
        raise NoSuchCase(case_id)
    try:
        return found, person_of(actor, found.settlement_id, matter, deed)
    except NoSuchSettlement:
        raise NoSuchCase(case_id) from None


def _missing(number: str) -> list[str]:
    return [] if number.strip() else ["缺少银行流水号"]


def _law_advances(case: ThirdPartyCase) -> bool:
    """Whether the policy of the day of care has the fund pay in advance of a third party."""
    area = policies().area(case.settlement.terms_code)
    entry = area.entry("policy_list", "exclusions", case.settlement.served_on)
    return bool(entry.values["third_party_advance"])


def _asked(proposal_id: int) -> StepOrder:
    proposal = Proposal.objects.filter(pk=proposal_id, matter=Matter.SETTLEMENT_MATTER).first()
    body = {} if proposal is None else json.loads(proposal.body)
    if body.get("about") != ABOUT:
        raise NoSuchProposal(proposal_id)
    told = body["order"]
    return StepOrder(**{**told, "step": CaseStep(told["step"])})


def _refuse(case: ThirdPartyCase, order: StepOrder) -> None:
    """Raises StepNotAllowed where the case as it stands does not allow a step."""
    stands = advance_of(case)
    owed_fen = sum(outstanding_of(case).values())
    if order.step is CaseStep.ADVANCED:
        standing(case.settlement_id)
        if stands is not None:
            raise StepNotAllowed(case.pk, "已先行支付，不能重复支付", "paid in advance already")
        if order.cause is None:
            raise StepNotAllowed(case.pk, "请写明第三人不支付或无法确定第三人", "no cause is given")
        if case.shares.latest("id").share_bp == 0:
            raise StepNotAllowed(case.pk, "第三人不负担费用，不必先行支付", "the third party bears nothing")
    elif stands is None:
        raise StepNotAllowed(case.pk, "没有先行支付", "nothing was paid in advance")
    elif order.step is CaseStep.WITHDRAWN:
        last = case.steps.latest("id")
        if last.pk != stands.pk:
            raise StepNotAllowed(
                case.pk, "先行支付已有追偿或核销，不能撤销", "recovered or written off in part"
            )
    elif order.step is CaseStep.WRITTEN_OFF:
        if not 0 < order.amount_fen <= owed_fen:
            why = f"核销 {yuan(order.amount_fen)} 元，尚未收回 {yuan(owed_fen)} 元，应在此以内且大于零"
            raise StepNotAllowed(case.pk, why, "more than is outstanding")
    else:
        raise StepNotAllowed(case.pk, "追偿到账请直接登记，不必提出", "recoveries are recorded, not proposed")


def _carried_out(
    actor: Actor, case: ThirdPartyCase, person: Insured, asked: StepOrder, order: StepDecision, at: datetime
) -> dict[str, object]:
    owed = outstanding_of(case)
    if asked.step is CaseStep.WRITTEN_OFF:
        amounts = divided(asked.amount_fen, owed)
        _decided(actor, case, asked, order.proposal_id, None, amounts, at)
        return {"amount_fen": asked.amount_fen}
    posted = standing(case.settlement_id)
    advancing = asked.step is CaseStep.ADVANCED
    share_bp = 0 if advancing else int(case.shares.latest("id").share_bp)
    cause = LateCause.ADVANCE_PAID if advancing else LateCause.ADVANCE_WITHDRAWN
    event, made = refiled(actor, person, posted, share_bp, cause, asked.reason, at)
    amounts = owed
    if advancing:
        own = [a for a in made if int(a.claim_id) == posted.pk]
        amounts = {
            a.payer: a.difference_fen for a in own if account_of(a.payer, VisitKind(posted.visit.kind))
        }
        if not amounts or min(amounts.values()) < 0:
            raise StepNotAllowed(case.pk, "按政策基金没有可先行支付的金额", "no fund would pay anything")
    _decided(actor, case, asked, order.proposal_id, event, amounts, at)
    return {"amount_fen": sum(amounts.values()), "adjustments": [plain(adjusted) for adjusted in made]}


def _decided(
    actor: Actor,
    case: ThirdPartyCase,
    asked: StepOrder,
    proposal_id: int,
    event: LateEvent | None,
    amounts: dict[Payer, int],
    at: datetime,
) -> None:
    day = timezone.localdate(at)
    step = CaseEvent.objects.create(
        case=case,
        step=asked.step,
        cause=asked.cause,
        happened_on=day,
        posted_on=day,
        proposal_id=proposal_id,
        late_event=event,
        actor=actor.name,
        recorded_at=at,
    )
    _write_amounts(step, amounts)


def _taken(
    actor: Actor, case: ThirdPartyCase, order: Recovery, entry_id: int | None, at: datetime
) -> CaseEvent:
    try:
        with transaction.atomic():
            return CaseEvent.objects.create(  # type: ignore[no-any-return]
                case=case,
                step=CaseStep.RECOVERED,
                source=order.source,
                external_no=order.external_no,
                happened_on=order.received_on,
                posted_on=timezone.localdate(at),
                entry_id=entry_id,
                actor=actor.name,
                recorded_at=at,
            )
    except IntegrityError as refused:
        if "external_no" not in str(refused):
            raise
        why = f"银行流水号 {order.external_no} 已入账；请核对是否重复登记"
        raise StepNotAllowed(case.pk, why, "number used already") from None


def _write_amounts(step: CaseEvent, amounts: dict[Payer, int]) -> None:
    CaseAmount.objects.bulk_create(
        CaseAmount(step=step, payer=payer, amount_fen=amount_fen) for payer, amount_fen in amounts.items()
    )


def _lines(case: ThirdPartyCase, amounts: dict[Payer, int], posted_on: date) -> list[Line]:
    advance = advance_of(case)
    assert advance is not None, "money is outstanding while an advance stands"
    same_year = advance.posted_on.year == posted_on.year
    kind = VisitKind(case.settlement.visit.kind)
    return recovery_lines(amounts, kind, posted_on, same_year=same_year, case_id=case.pk)
