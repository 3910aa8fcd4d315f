"""Cash that agents take (代收现金): a receipt covers the person at once; the money goes by the transit account.

An agent's receipts are paid by batch into the bank transit account (待报解账户), and a batch is settled whole into the income
account. Between, the money stands in the books where it lies: with agents, in transit, or in the income account. Whoever
touches what an agent holds locks the agent, so that a receipt is handed over, or given back, once.

carries_out: FIN-19
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Count, Sum
from django.utils import timezone

from yibao.financing.models import CashBatch, CashBatchLine, CashBatchSettled, CashReceipt, CollectionAgent
from yibao.financing.rules.collection import cash_deposit
from yibao.financing.terms import CollectionChannel
from yibao.journeys.financing.contribution_failures import ContributionFailure
from yibao.journeys.financing.paying import PayOrder, bill_and_person, pay_within
from yibao.kernel.days import day_number
from yibao.kernel.money import yuan
from yibao.kernel.time_limits import Timeliness
from yibao.ledger.accounts import Fund
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line
from yibao.packs.collecting import cash_deposit_params
from yibao.packs.policies import policies
from yibao.rights.actors import Actor
from yibao.rights.areas import rows_inside
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.versions import pooling_area

COUNTY_DIGITS = 6


@dataclass(frozen=True)
class AgentOrder:
    """Somebody who may take cash in an area from a day on."""

    code: str
    name: str
    area_code: str
    first_day: date
    last_day: date | None = None


@dataclass(frozen=True)
class CashOrder:
    """Cash for a whole bill, taken by an agent against a receipt."""

    bill_id: int
    amount_fen: int
    agent_code: str
    receipt_no: str
    taken_on: date


@dataclass(frozen=True)
class HandOverOrder:
    """Receipts whose cash an agent pays into the transit account, and what was counted there."""

    agent_code: str
    receipt_nos: tuple[str, ...]
    amount_fen: int
    handed_on: date
    deposit_no: str


@dataclass(frozen=True)
class BatchSettleOrder:
    """A batch that the bank passed on to the income account."""

    batch_id: int
    settled_on: date
    reference_no: str


class NotTaken(ContributionFailure):
    """Cash that is not taken, handed over or settled; all problems at once, and nothing was changed."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems) + "。未入账，请核对后重新提交 (cash not booked)")


class AgentCash(NamedTuple):
    """What an agent holds on a day: receipts not yet handed over, and batches that are still in transit."""

    code: str
    name: str
    area_code: str
    receipts: int
    with_agent_fen: int
    in_transit_fen: int
    oldest_taken_on: date | None
    days_late: int
    state: Timeliness


class InTransit(NamedTuple):
    """A batch that is in the transit account on a day."""

    batch_id: int
    code: str
    receipts: int
    amount_fen: int
    handed_on: date
    deposit_no: str


def register_agent(actor: Actor, key: str, order: AgentOrder) -> str:
    """Registers somebody who takes cash; `{"agent_id": …}`. Raises NotAllowed, NotTaken."""

    def do() -> dict[str, int]:
        actor.require(Matter.CONTRIBUTION_MATTER, Deed.DO, order.area_code)
        try:
            with transaction.atomic():
                row = CollectionAgent.objects.create(
                    code=order.code,
                    name=order.name,
                    area_code=order.area_code,
                    books_code=pooling_area(order.area_code[:COUNTY_DIGITS]),
                    first_day=order.first_day,
                    last_day=order.last_day,
                    recorded_at=timezone.now(),
                    actor=actor.name,
                )
        except IntegrityError as refused:
            if "code" not in str(refused):
                raise NotTaken([f"终止日 {order.last_day} 早于起始日 {order.first_day}"]) from None
            raise NotTaken([f"代办编号 {order.code} 已经登记"]) from None
        note(actor, "register_agent", order.area_code, f"agent:{row.pk}")
        return {"agent_id": row.pk}

    return once(actor.name, key, "register_agent", order, do)


def take_cash(actor: Actor, key: str, order: CashOrder) -> str:
    """Takes cash for a bill against an agent's receipt and covers the person; `{"payment_id": …}`.

    Raises NotTaken, and what paying raises.
    """

    def do() -> dict[str, object]:
        bill, person = bill_and_person(actor, order.bill_id)
        agent = CollectionAgent.objects.filter(code=order.agent_code).first()
        problems = []
        if agent is None or agent.books_code != bill.area_code:
            problems.append(f"本统筹地区没有代办编号 {order.agent_code}")
        elif not agent.first_day <= order.taken_on <= (agent.last_day or order.taken_on):
            problems.append(f"代办编号 {order.agent_code} 在 {order.taken_on} 不能代收")
        if not order.receipt_no.strip():
            problems.append("缺少收据号")
        if problems:
            raise NotTaken(problems)
        assert agent is not None
        number = f"{agent.code}-{order.receipt_no}"
        paying = PayOrder(bill.pk, order.amount_fen, CollectionChannel.AGENTS_CASH, number, order.taken_on)
        payment = pay_within(actor, person, bill, paying)
        CashReceipt.objects.create(payment=payment, agent=agent, receipt_no=order.receipt_no)
        note(
            actor, "take_cash", person.county_code, f"person:{person.pk}", payment=payment.pk, agent=agent.pk
        )
        return {"payment_id": payment.pk, "coverage_id": payment.coverage_id}

    return once(actor.name, key, "take_cash", order, do)


def hand_over(actor: Actor, key: str, order: HandOverOrder) -> str:
    """Pays the cash of some receipts of an agent into the transit account; `{"batch_id": …}`. Raises NotTaken."""

    def do() -> dict[str, object]:
        agent = CollectionAgent.objects.select_for_update().filter(code=order.agent_code).first()
        if agent is None or not actor.may(Matter.CONTRIBUTION_MATTER, Deed.DO, agent.area_code):
            raise NotTaken([f"没有代办编号 {order.agent_code}，或不在您的管辖地区"])
        receipts = list(
            CashReceipt.objects.select_related("payment")
            .filter(agent=agent, receipt_no__in=order.receipt_nos)
            .order_by("id")
        )
        problems = _problems_of_batch(order, receipts)
        if problems:
            raise NotTaken(problems)
        lines = _moved(
            "transit_account",
            "cash_with_agents",
            order.amount_fen,
            order.handed_on,
            "cash_handed_over",
            f"agent:{agent.pk}",
        )
        try:
            with transaction.atomic():
                batch = CashBatch.objects.create(
                    agent=agent,
                    amount_fen=order.amount_fen,
                    handed_on=order.handed_on,
                    deposit_no=order.deposit_no,
                    entry_id=post_entry(agent.books_code, lines),
                    recorded_at=timezone.now(),
                    actor=actor.name,
                )
        except IntegrityError as refused:
            if "deposit_no" not in str(refused):
                raise
            raise NotTaken([f"缴款单号 {order.deposit_no} 已经入账"]) from None
        CashBatchLine.objects.bulk_create(CashBatchLine(batch=batch, receipt=receipt) for receipt in receipts)
        note(actor, "hand_over", agent.area_code, f"agent:{agent.pk}", batch=batch.pk)
        return {"batch_id": batch.pk, "receipts": len(receipts)}

    return once(actor.name, key, "hand_over", order, do)


def settle_batch(actor: Actor, key: str, order: BatchSettleOrder) -> str:
    """Passes a batch from the transit account to the income account; `{"batch_id": …}`. Raises NotTaken."""

    def do() -> dict[str, object]:
        batch = (
            CashBatch.objects.select_for_update(of=("self",))
            .select_related("agent")
            .filter(pk=order.batch_id)
            .first()
        )
        if batch is None or not actor.may(Matter.CONTRIBUTION_MATTER, Deed.DO, batch.agent.area_code):
            raise NotTaken([f"没有缴存 {order.batch_id}，或不在您的管辖地区"])
        if CashBatchSettled.objects.filter(batch=batch).exists():
            raise NotTaken([f"缴存 {batch.pk} 已经划转"])
        if order.settled_on < batch.handed_on:
            raise NotTaken([f"划转日期 {order.settled_on} 早于缴存日期 {batch.handed_on}"])
        lines = _moved(
            "income_account",
            "transit_account",
            batch.amount_fen,
            order.settled_on,
            "cash_settled",
            f"batch:{batch.pk}",
        )
        CashBatchSettled.objects.create(
            batch=batch,
            settled_on=order.settled_on,
            reference_no=order.reference_no,
            entry_id=post_entry(batch.agent.books_code, lines),
            recorded_at=timezone.now(),
            actor=actor.name,
        )
        note(actor, "settle_batch", batch.agent.area_code, f"agent:{batch.agent_id}", batch=batch.pk)
        return {"batch_id": batch.pk, "amount_fen": batch.amount_fen}

    return once(actor.name, key, "settle_batch", order, do)


def cash_by_agent(actor: Actor, day: date) -> list[AgentCash]:
    """What each agent in the actor's area holds on a day, the most overdue first; agents that hold nothing are left out."""
    agents = rows_inside(
        CollectionAgent.objects.order_by("code"), actor.areas_of(Matter.CONTRIBUTION_MATTER), "area_code"
    )
    found = [one for one in (_cash_of(agent, day) for agent in agents) if one.receipts or one.in_transit_fen]
    return sorted(found, key=lambda one: (-one.days_late, one.code))


def batches_in_transit(actor: Actor, day: date) -> list[InTransit]:
    """Batches of agents in the actor's area that are not yet settled on a day, the oldest first."""
    rows = rows_inside(
        CashBatch.objects.filter(handed_on__lte=day, cashbatchsettled=None).select_related("agent"),
        actor.areas_of(Matter.CONTRIBUTION_MATTER),
        "agent__area_code",
    )
    return [
        InTransit(
            batch_id=batch.pk,
            code=batch.agent.code,
            receipts=batch.receipts,
            amount_fen=batch.amount_fen,
            handed_on=batch.handed_on,
            deposit_no=batch.deposit_no,
        )
        for batch in rows.annotate(receipts=Count("lines")).order_by("handed_on", "id")
    ]


def unhanded(agent: CollectionAgent) -> list[CashReceipt]:
    """An agent's receipts whose cash was neither handed over nor given back, by day."""
    rows = CashReceipt.objects.select_related("payment").filter(
        agent=agent, cashbatchline=None, payment__contributionrefund=None
    )
    return list(rows.order_by("payment__paid_on", "id"))


def _cash_of(agent: CollectionAgent, day: date) -> AgentCash:
    held = [receipt for receipt in unhanded(agent) if receipt.payment.paid_on <= day]
    transit = CashBatch.objects.filter(agent=agent, cashbatchsettled=None, handed_on__lte=day)
    limit_state, days_late, oldest = Timeliness.NOT_ASKED, 0, None
    if held:
        oldest = held[0].payment.paid_on
        deposit, _ = cash_deposit_params(policies().area(agent.area_code[:COUNTY_DIGITS]), oldest)
        limit = cash_deposit(deposit, taken_day=day_number(oldest), deposited=0, day=day_number(day))
        limit_state, days_late = Timeliness(limit.state), limit.days_late
    return AgentCash(
        code=agent.code,
        name=agent.name,
        area_code=agent.area_code,
        receipts=len(held),
        with_agent_fen=sum(receipt.payment.amount_fen for receipt in held),
        in_transit_fen=transit.aggregate(sum=Sum("amount_fen"))["sum"] or 0,
        oldest_taken_on=oldest,
        days_late=days_late,
        state=limit_state,
    )


def _problems_of_batch(order: HandOverOrder, receipts: list[CashReceipt]) -> list[str]:
    problems = []
    if len(set(order.receipt_nos)) != len(order.receipt_nos):
        problems.append("同一收据号写了两次")
    known = {receipt.receipt_no for receipt in receipts}
    problems += [f"没有收据 {number}" for number in order.receipt_nos if number not in known]
    for receipt in receipts:
        if CashBatchLine.objects.filter(receipt=receipt).exists():
            problems.append(f"收据 {receipt.receipt_no} 已经缴存")
        elif hasattr(receipt.payment, "contributionrefund"):
            problems.append(f"收据 {receipt.receipt_no} 已经退费")
        if receipt.payment.paid_on > order.handed_on:
            problems.append(f"收据 {receipt.receipt_no} 的收款日期 {receipt.payment.paid_on} 在缴存之后")
    sum_fen = sum(receipt.payment.amount_fen for receipt in receipts)
    if sum_fen != order.amount_fen:
        problems.append(f"收据合计 {yuan(sum_fen)} 元，缴存 {yuan(order.amount_fen)} 元")
    if not order.receipt_nos:
        problems.append("没有收据")
    return problems


def _moved(debit: str, credit: str, amount_fen: int, day: date, memo: str, reference: str) -> list[Line]:
    return [
        Line(1, day, debit, Fund.BASIC, amount_fen, memo, reference),
        Line(1, day, credit, Fund.BASIC, -amount_fen, memo, reference),
    ]
