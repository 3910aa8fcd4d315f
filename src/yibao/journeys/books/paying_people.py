"""Paying people (对个人支付): what is owed is gathered into a batch, decided by a second person, sent to the bank, and read back.

An item is in one live batch, by the database's own word: a batch run twice, or by two people at once, pays nobody twice. A
line that the bank sends back, and every line of a batch that was rejected, is payable again, to the account as it is then.
What a reader would get wrong: nothing is posted when a batch is approved or sent. The books are on a cash basis, so what
the bank says was paid is posted, and turned where the money comes back.

carries_out: FND-06
"""

from collections import Counter
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from yibao.enrolment.models import Person
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line
from yibao.ledger.periods import PeriodUnreadable, span_of
from yibao.payment.bank_file import bank_csv, hash_of
from yibao.payment.failures import (
    BatchAltered,
    BatchNotApproved,
    GatheredElsewhere,
    NoSuchBatch,
    NothingToPay,
    ReturnWrong,
)
from yibao.payment.models import BankFile, BankReturn, Batch, BatchLine, LineOutcome, PayableItem
from yibao.payment.orders import BatchDecision, GatherOrder, HandOut, ReturnedLine, ReturnOrder
from yibao.payment.queries import free_items, newest_accounts
from yibao.payment.terms import BankResult
from yibao.rights.actors import Actor
from yibao.rights.approvals import decide, propose
from yibao.rights.audit import note
from yibao.rights.models import Decision
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.accounts import TO_PEOPLE

PAID_MEMO, BACK_MEMO = "payment", "payment_returned"
GUARDS = (
    "payment_batch_turn",
    "payment_line_once",
    "payment_line_live",
    "payment_batch.",
    "payment_batchline.",
)
"""How the database says that somebody else gathered the same items."""


def gather(actor: Actor, key: str, order: GatherOrder) -> str:
    """Gathers what is payable into a batch and puts it up for decision; `{"batch_id", "proposal_id", "lines", …}`.

    People without an account stay out and are counted. Raises NotAllowed, PeriodUnreadable, NothingToPay,
    GatheredElsewhere.
    """

    def do() -> dict[str, int]:
        actor.require(Matter.FUND_MATTER, Deed.DO, order.area_code, order.fund)
        if not span_of(order.period).is_month:
            raise PeriodUnreadable(order.period)
        chosen, without = _payable(order)
        if not chosen:
            raise NothingToPay(order.area_code, order.fund, order.period, without)
        total_fen = sum(item.left_fen for item in chosen)
        body = {"pay_people": order, "lines": len(chosen), "total_fen": total_fen}
        try:
            with transaction.atomic():
                proposal_id = propose(actor, Matter.FUND_MATTER, order.area_code, body, fund=order.fund)
                batch = _written(actor, order, chosen, proposal_id, total_fen)
        except IntegrityError as refused:
            if not any(name in str(refused) for name in GUARDS):
                raise
            raise GatheredElsewhere(order.area_code, order.fund, order.period) from None
        note(
            actor,
            "gather_batch",
            order.area_code,
            f"batch:{batch.pk}",
            lines=len(chosen),
            total_fen=total_fen,
        )
        return {
            "batch_id": batch.pk,
            "proposal_id": proposal_id,
            "lines": len(chosen),
            "total_fen": total_fen,
            "without_account": without,
        }

    return once(actor.name, key, "gather_batch", order, do)


def decide_batch(actor: Actor, key: str, order: BatchDecision) -> str:
    """Approves or rejects a batch; what was rejected is payable again. Raises as `approvals.decide`, and NoSuchBatch."""

    def do() -> dict[str, object]:
        batch = _batch(actor, order.batch_id, Deed.APPROVE)
        decide(
            actor,
            batch.proposal_id,
            approved=order.approved,
            reason=order.reason,
            carry_out=lambda body: None,
        )
        return {"batch_id": batch.pk, "approved": order.approved}

    return once(actor.name, key, "decide_batch", order, do)


def issue_file(actor: Actor, key: str, order: HandOut) -> str:
    """Hands out the bank's file of an approved batch; `{"sha256", "lines", "total_fen"}`.

    `bank_file.bank_csv` makes it, the same bytes each time. Raises NoSuchBatch, BatchNotApproved, BatchAltered.
    """

    def do() -> dict[str, object]:
        batch = _batch(actor, order.batch_id, Deed.DO)
        if not Decision.objects.filter(proposal_id=batch.proposal_id, approved=True).exists():
            raise BatchNotApproved(batch.pk)
        sha256 = hash_of(bank_csv(batch))
        kept = BankFile.objects.filter(batch=batch).first()
        if kept is None:
            BankFile.objects.create(batch=batch, sha256=sha256, recorded_at=timezone.now(), actor=actor.name)
        elif kept.sha256 != sha256:
            raise BatchAltered(batch.pk)
        note(actor, "issue_bank_file", batch.area_code, f"batch:{batch.pk}", sha256=sha256)
        return {"sha256": sha256, "lines": batch.lines_count, "total_fen": batch.total_fen}

    return once(actor.name, key, "issue_bank_file", order, do)


def read_back(actor: Actor, key: str, order: ReturnOrder) -> str:
    """Posts what the bank says of a batch's lines, some of them or all; `{"paid", "returned", "known", "waiting"}`.

    What was said before is counted as known and not posted again; a file read before changes nothing. Raises NoSuchBatch,
    BatchNotApproved, ReturnWrong with every problem, and MonthClosed.
    """

    def do() -> dict[str, int]:
        batch = _batch(actor, order.batch_id, Deed.DO)
        if not BankFile.objects.filter(batch=batch).exists():
            raise BatchNotApproved(batch.pk)
        lines = {line.pk: line for line in BatchLine.objects.filter(batch=batch).select_related("item")}
        _held(BatchLine.objects.filter(batch=batch).values("item__person_id"))
        known = {(o.line_id, BankResult(o.result)) for o in LineOutcome.objects.filter(line__batch=batch)}
        problems = [problem for said in order.lines for problem in _problems(lines, known, said)]
        problems += _repeated(order.lines)
        new = [said for said in order.lines if (said.line_id, said.result) not in known]
        if new and BankReturn.objects.filter(batch=batch, sha256=order.sha256).exists():
            problems.append("这份回盘已经读入，这次的内容却不同")
        if problems:
            raise ReturnWrong(problems)
        if new:
            _post_return(actor, batch, order, new, known)
        counted = Counter(said.result for said in new)
        note(
            actor, "read_bank_return", batch.area_code, f"batch:{batch.pk}", sha256=order.sha256, new=len(new)
        )
        answered = {line_id for line_id, _ in known} | {said.line_id for said in new}
        return {
            "paid": counted[BankResult.PAID_OUT],
            "returned": counted[BankResult.SENT_BACK],
            "known": len(order.lines) - len(new),
            "waiting": len(lines) - len(answered),
        }

    return once(actor.name, key, "read_bank_return", order, do)


def _payable(order: GatherOrder) -> tuple[list[PayableItem], int]:
    """The items that may be paid to somebody's account, their people held; and how many people have no account."""
    found = free_items(order.area_code, order.fund, order.period)
    held = _held(found.values("person_id"))
    rows = [row for row in found.order_by("pk") if row.person_id in held]
    accounts = newest_accounts(found.values("person_id"))
    for row in rows:
        row.account = accounts.get(row.person_id)
    chosen = [row for row in rows if row.account is not None]
    return chosen, len({row.person_id for row in rows if row.account is None})


def _held(person_ids: Any) -> set[int]:
    """The people of a query, held until the transaction ends, in the order in which everybody takes them."""
    people = Person.objects.select_for_update(of=("self",)).filter(pk__in=person_ids).order_by("pk")
    return set(people.values_list("pk", flat=True))


def _written(
    actor: Actor, order: GatherOrder, chosen: list[PayableItem], proposal_id: int, total_fen: int
) -> Batch:
    before = Batch.objects.filter(area_code=order.area_code, fund=order.fund, period=order.period).count()
    batch = Batch.objects.create(
        area_code=order.area_code,
        fund=order.fund,
        period=order.period,
        turn=before,
        proposal_id=proposal_id,
        lines_count=len(chosen),
        total_fen=total_fen,
        recorded_at=timezone.now(),
        actor=actor.name,
    )
    BatchLine.objects.bulk_create(
        BatchLine(batch=batch, item=item, account=item.account, turn=item.turns, amount_fen=item.left_fen)
        for item in chosen
    )
    return batch  # type: ignore[no-any-return]


def _batch(actor: Actor, batch_id: int, deed: Deed) -> Batch:
    """A batch held until the transaction ends."""
    batch = Batch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None or not actor.may(Matter.FUND_MATTER, deed, batch.area_code, batch.fund):
        raise NoSuchBatch(batch_id)
    return batch  # type: ignore[no-any-return]


def _problems(
    lines: dict[int, BatchLine], known: set[tuple[int, BankResult]], said: ReturnedLine
) -> list[str]:
    line = lines.get(said.line_id)
    if line is None:
        return [f"序号 {said.line_id} 不在本批次"]
    if line.amount_fen != said.amount_fen:
        return [f"序号 {said.line_id} 的金额与批次不同"]
    paid, back = (said.line_id, BankResult.PAID_OUT), (said.line_id, BankResult.SENT_BACK)
    if said.result is BankResult.PAID_OUT and back in known and paid not in known:
        return [f"序号 {said.line_id} 已登记退回，不能再登记成功；须重新归批支付"]
    if said.result is BankResult.SENT_BACK and not said.reason.strip():
        return [f"序号 {said.line_id} 退回而没有原因"]
    return []


def _repeated(said: tuple[ReturnedLine, ...]) -> list[str]:
    times = Counter(line.line_id for line in said)
    return [f"序号 {line_id} 出现 {count} 次" for line_id, count in times.items() if count > 1]


def _post_return(
    actor: Actor,
    batch: Batch,
    order: ReturnOrder,
    new: list[ReturnedLine],
    known: set[tuple[int, BankResult]],
) -> None:
    """The return, its entries (one of what was paid, one of what came back after it was paid), and each line's outcome."""
    row = BankReturn.objects.create(
        batch=batch,
        sha256=order.sha256,
        posted_on=order.posted_on,
        recorded_at=timezone.now(),
        actor=actor.name,
    )
    paid = [said for said in new if said.result is BankResult.PAID_OUT]
    back = [said for said in new if (said.line_id, BankResult.PAID_OUT) in known and said not in paid]
    entries: dict[int, int | None] = {}
    for memo, sign, moved in ((PAID_MEMO, 1, paid), (BACK_MEMO, -1, back)):
        amount_fen = sign * sum(said.amount_fen for said in moved)
        reference = f"batch:{batch.pk}/return:{row.pk}"
        entry_id = post_entry(
            batch.area_code,
            [
                Line(1, order.posted_on, TO_PEOPLE, batch.fund, amount_fen, memo, reference),
                Line(1, order.posted_on, "expense_account", batch.fund, -amount_fen, memo, reference),
            ],
        )
        entries |= {said.line_id: entry_id for said in moved}
    LineOutcome.objects.bulk_create(
        LineOutcome(
            line_id=said.line_id,
            result=said.result,
            reason=said.reason,
            bank_day=said.bank_day,
            bank_no=said.bank_no,
            bank_return=row,
            entry_id=entries.get(said.line_id),
        )
        for said in new
    )
