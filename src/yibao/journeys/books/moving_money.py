"""Money between the fund's own accounts (归集、拨款): the income account swept at a month's end, the expense account filled.

The income account only receives: what is in it goes to the fiscal account. What is to be paid is drawn from there into the
expense account, proposed by one officer and decided by another. What a reader would get wrong: both look at a balance and
post by it, so both hold the table of entries as a closing does; they are rare.

carries_out: FIN-19, FND-06
"""

import json
from dataclasses import dataclass
from datetime import date

from yibao.kernel.money import yuan
from yibao.ledger.accounts import FUND_WORDS, Fund
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line, balance_fen
from yibao.ledger.closing import hold_entries
from yibao.ledger.periods import PeriodUnreadable, span_of
from yibao.ledger.queries import trial_balance_of
from yibao.rights.actors import Actor
from yibao.rights.approvals import decide, propose
from yibao.rights.audit import note
from yibao.rights.models import Proposal
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter


@dataclass(frozen=True)
class SweepOrder:
    """A month whose income account is to be emptied into the fiscal account on its last day."""

    area_code: str
    period: str


@dataclass(frozen=True)
class DrawOrder:
    """Money to be drawn from the fiscal account for payment, and what for."""

    area_code: str
    fund: str
    amount_fen: int
    posted_on: date
    reason: str


@dataclass(frozen=True)
class DrawDecision:
    """What a second person decides on a drawing, and why."""

    proposal_id: int
    approved: bool
    reason: str


class MovingRefused(ValueError):
    """A drawing that is not carried out; nothing was changed."""


class DrawingWrong(MovingRefused):
    """A drawing of nothing, of a fund there is not, or without a reason; all problems at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems) + "。未提出，请改正后重新提交 (the drawing is wrong)")


class NotEnough(MovingRefused):
    """More than the fiscal account holds."""

    def __init__(self, fund: str, held_fen: int, amount_fen: int) -> None:
        super().__init__(
            f"{FUND_WORDS[Fund(fund)][0]}财政专户余额 {yuan(held_fen)} 元，不足拨付 {yuan(amount_fen)} 元；"
            f"请核对财政补助是否到账 (not enough in the fiscal account)"
        )


class NoSuchDrawing(MovingRefused):
    """A proposal that is no drawing, or not where the actor may approve."""

    def __init__(self, proposal_id: int) -> None:
        super().__init__(f"没有待复核的拨款 {proposal_id}，或不在您的管辖地区；请核对编号 (no such drawing)")


def sweep(actor: Actor, key: str, order: SweepOrder) -> str:
    """Empties the income account of each fund on a month's last day; `{"swept": {fund: fen}}`, empty where there is nothing.

    Raises NotAllowed, PeriodUnreadable, MonthClosed.
    """

    def do() -> dict[str, dict[str, int]]:
        actor.require(Matter.FUND_MATTER, Deed.DO, order.area_code)
        span = span_of(order.period)
        if not span.is_month:
            raise PeriodUnreadable(order.period)
        hold_entries()
        balances = trial_balance_of(order.area_code, through=span.last_day)
        held = {str(fund): balance_fen(balances, fund, "income_account") for fund in Fund}
        swept = {fund: amount_fen for fund, amount_fen in held.items() if amount_fen > 0}
        for fund, amount_fen in swept.items():
            lines = [
                Line(1, span.last_day, account, fund, sign * amount_fen, "sweep", f"sweep:{order.period}")
                for account, sign in (("fiscal_account", 1), ("income_account", -1))
            ]
            post_entry(order.area_code, lines)
        note(actor, "sweep", order.area_code, f"period:{order.period}", swept=swept)
        return {"swept": swept}

    return once(actor.name, key, "sweep", order, do)


def propose_drawing(actor: Actor, key: str, order: DrawOrder) -> str:
    """Puts a drawing up for decision; `{"proposal_id"}`. Raises NotAllowed, DrawingWrong, NotEnough."""

    def do() -> dict[str, int]:
        problems = _problems(order)
        if problems:
            raise DrawingWrong(problems)
        _refuse_overdraft(order.area_code, order.fund, order.amount_fen)
        body = {"draw": order}
        return {"proposal_id": propose(actor, Matter.FUND_MATTER, order.area_code, body, fund=order.fund)}

    return once(actor.name, key, "propose_drawing", order, do)


def decide_drawing(actor: Actor, key: str, order: DrawDecision) -> str:
    """Decides a drawing and posts it where it is approved; `{"approved"}`.

    Raises NoSuchDrawing, NotEnough, MonthClosed, and as `approvals.decide`.
    """

    def do() -> dict[str, object]:
        found = Proposal.objects.filter(pk=order.proposal_id, matter=Matter.FUND_MATTER).first()
        given = {} if found is None else json.loads(found.body)
        if found is None or "draw" not in given:
            raise NoSuchDrawing(order.proposal_id)
        if not actor.may(Matter.FUND_MATTER, Deed.APPROVE, found.area_code, found.fund):
            raise NoSuchDrawing(order.proposal_id)
        decide(
            actor,
            order.proposal_id,
            approved=order.approved,
            reason=order.reason,
            carry_out=lambda body: _drawn(order.proposal_id, json.loads(body)["draw"]),
        )
        return {"approved": order.approved}

    return once(actor.name, key, "decide_drawing", order, do)


def _drawn(proposal_id: int, given: dict[str, object]) -> None:
    area_code, fund = str(given["area_code"]), str(given["fund"])
    amount_fen, posted_on = int(str(given["amount_fen"])), date.fromisoformat(str(given["posted_on"]))
    hold_entries()
    _refuse_overdraft(area_code, fund, amount_fen)
    lines = [
        Line(1, posted_on, account, fund, sign * amount_fen, "drawing", f"proposal:{proposal_id}")
        for account, sign in (("expense_account", 1), ("fiscal_account", -1))
    ]
    post_entry(area_code, lines)


def _problems(order: DrawOrder) -> list[str]:
    found = []
    if order.fund not in {fund.value for fund in Fund}:
        found.append(f"没有基金 {order.fund!r}")
    if order.amount_fen <= 0:
        found.append("拨付金额应大于零")
    if not order.reason.strip():
        found.append("缺少用途")
    return found


def _refuse_overdraft(area_code: str, fund: str, amount_fen: int) -> None:
    held_fen = balance_fen(trial_balance_of(area_code), fund, "fiscal_account")
    if amount_fen > held_fen:
        raise NotEnough(fund, held_fen, amount_fen)
