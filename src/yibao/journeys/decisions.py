"""Deciding whatever was put up (复核): the one door to every decision of a second person, by what the proposal is about.

Each kind of proposal has a journey of its own that carries it out; this page only finds whose it is. What no journey knows is
refused: a proposal that could be approved with nothing done would be worse than none.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from yibao.assistance.orders import DecideOrder
from yibao.journeys.assistance.granting import decide_application
from yibao.journeys.books.moving_money import DrawDecision, decide_drawing
from yibao.journeys.books.paying_people import decide_batch
from yibao.journeys.enrolment.balances import BalanceDecision, decide_balance
from yibao.journeys.financing.deciding import CARRIED_OUT, DecisionOrder, decide_financing
from yibao.journeys.settlement.recovering import ABOUT, decide_step
from yibao.payment.models import Batch
from yibao.payment.orders import BatchDecision
from yibao.rights.actors import Actor
from yibao.rights.approvals import NoSuchProposal
from yibao.rights.models import Proposal
from yibao.settlement.orders import StepDecision


@dataclass(frozen=True)
class Verdict:
    """What a second person decides on a proposal, whatever it is about, and why."""

    proposal_id: int
    approved: bool
    reason: str


Decider = Callable[[Actor, str, Verdict, dict[str, Any], datetime], str]


def decide_proposal(actor: Actor, key: str, order: Verdict, *, at: datetime) -> str:
    """Decides a proposal and carries it out where it is approved; the answer of its own journey.

    Raises NoSuchProposal where it is not there or no journey knows it, and what its journey raises.
    """
    body = Proposal.objects.filter(pk=order.proposal_id).values_list("body", flat=True).first()
    told = json.loads(body) if body is not None else None
    for known, decide in KINDS:
        if isinstance(told, dict) and known(told):
            return decide(actor, key, order, told, at)
    raise NoSuchProposal(order.proposal_id)


def _financing(actor: Actor, key: str, order: Verdict, told: dict[str, Any], at: datetime) -> str:
    return decide_financing(actor, key, DecisionOrder(order.proposal_id, order.approved, order.reason))


def _third_party(actor: Actor, key: str, order: Verdict, told: dict[str, Any], at: datetime) -> str:
    return decide_step(actor, key, StepDecision(order.proposal_id, order.approved, order.reason), at=at)


def _batch(actor: Actor, key: str, order: Verdict, told: dict[str, Any], at: datetime) -> str:
    batch_id = Batch.objects.get(proposal_id=order.proposal_id).pk
    return decide_batch(actor, key, BatchDecision(batch_id, order.approved, order.reason))


def _drawing(actor: Actor, key: str, order: Verdict, told: dict[str, Any], at: datetime) -> str:
    return decide_drawing(actor, key, DrawDecision(order.proposal_id, order.approved, order.reason))


def _balance(actor: Actor, key: str, order: Verdict, told: dict[str, Any], at: datetime) -> str:
    booked_on = timezone.localdate(at)
    return decide_balance(
        actor, key, BalanceDecision(order.proposal_id, order.approved, order.reason, booked_on)
    )


def _assistance(actor: Actor, key: str, order: Verdict, told: dict[str, Any], at: datetime) -> str:
    return decide_application(
        actor, key, DecideOrder(told["application"], order.approved, order.reason), at=at
    )


KINDS: tuple[tuple[Callable[[dict[str, Any]], bool], Decider], ...] = (
    (lambda told: told.get("action") in CARRIED_OUT, _financing),
    (lambda told: told.get("about") == ABOUT, _third_party),
    (lambda told: "pay_people" in told, _batch),
    (lambda told: "draw" in told, _drawing),
    (lambda told: "balance_case" in told, _balance),
    (lambda told: "certified_by" in told and "application" in told, _assistance),
)
"""How each kind of proposal is known by its body, and which journey decides it."""
