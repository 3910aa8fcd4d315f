"""Deciding on what financing proposes (筹资复核): whoever approves has it carried out, in the same transaction.

carries_out: FIN-09, FIN-17, FIN-19
"""

from collections.abc import Callable
from dataclasses import dataclass

from yibao.journeys.financing import catastrophic_money, extending, giving_back
from yibao.journeys.two_people import action_in
from yibao.rights.actors import Actor
from yibao.rights.approvals import NoSuchProposal, decide
from yibao.rights.models import Proposal
from yibao.rights.requests import once

CARRIED_OUT: dict[str, Callable[[Actor, int, str], dict[str, object]]] = {
    extending.ACTION: extending.extend_within,
    giving_back.GIVE_BACK_PAYMENT: giving_back.give_back_decided,
    giving_back.CLOSE_OVERPAYMENT: giving_back.close_decided,
    catastrophic_money.ACTION: catastrophic_money.move_decided,
}
"""What is done with a proposal of each action once it is approved."""


@dataclass(frozen=True)
class DecisionOrder:
    """A decision on a proposal of financing, with its reason."""

    proposal_id: int
    approved: bool
    reason: str


def decide_financing(actor: Actor, key: str, order: DecisionOrder) -> str:
    """Decides a proposal of financing and carries it out where it is approved; `{"approved": …}` and what it made.

    Raises NoSuchProposal, NotAllowed, SamePerson, DecidedAlready, and what the action itself raises.
    """

    def do() -> dict[str, object]:
        body = Proposal.objects.filter(pk=order.proposal_id).values_list("body", flat=True).first()
        action = CARRIED_OUT.get(action_in(body)) if body is not None else None
        if action is None:
            raise NoSuchProposal(order.proposal_id)
        made: dict[str, object] = {"approved": order.approved}
        decide(
            actor,
            order.proposal_id,
            approved=order.approved,
            reason=order.reason,
            carry_out=lambda text: made.update(action(actor, order.proposal_id, text)),
        )
        return made

    return once(actor.name, key, "decide_financing", order, do)
