"""Maker-checker (经办复核分离): one officer proposes, another decides, and only then is it carried out.

The table itself refuses a decision by the maker, and a second decision.
"""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from yibao.rights.actors import EVERY_FUND, Actor
from yibao.rights.audit import note
from yibao.rights.models import Decision, Proposal
from yibao.rights.requests import canonical
from yibao.rights.terms import Deed, Matter


class SamePerson(PermissionError):
    """A maker who would be the checker."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} 是提出人，不能复核自己提出的事项；请由另一位复核人员办理 (maker cannot check)"
        )


class DecidedAlready(ValueError):
    """A proposal that was decided before."""

    def __init__(self, proposal_id: int, checker: str) -> None:
        super().__init__(f"待复核事项 {proposal_id} 已由 {checker} 复核；请刷新后查看结果 (already decided)")


class NoSuchProposal(ValueError):
    """A proposal that does not exist, or not where the actor may look."""

    def __init__(self, proposal_id: int) -> None:
        super().__init__(f"没有待复核事项 {proposal_id}；请核对编号 (no such proposal)")


def propose(actor: Actor, matter: Matter, area_code: str, body: object, *, fund: str = EVERY_FUND) -> int:
    """Puts something up for decision; its number. Raises NotAllowed."""
    actor.require(matter, Deed.DO, area_code, fund)
    with transaction.atomic():
        proposal = Proposal.objects.create(
            matter=matter,
            area_code=area_code,
            fund=fund,
            body=canonical(body),
            maker=actor.name,
            made_at=timezone.now(),
        )
        note(actor, f"propose_{matter}", area_code, f"proposal:{proposal.pk}")
    return int(proposal.pk)


def decide(
    actor: Actor, proposal_id: int, *, approved: bool, reason: str, carry_out: Callable[[str], object]
) -> None:
    """Decides a proposal and, where it is approved, carries its body out in the same transaction.

    Raises NoSuchProposal, NotAllowed, SamePerson, DecidedAlready.
    """
    with transaction.atomic():
        proposal = Proposal.objects.select_for_update().filter(pk=proposal_id).first()
        if proposal is None:
            raise NoSuchProposal(proposal_id)
        actor.require(Matter(proposal.matter), Deed.APPROVE, proposal.area_code, proposal.fund)
        if proposal.maker == actor.name:
            raise SamePerson(actor.name)
        before = Decision.objects.filter(proposal=proposal).first()
        if before is not None:
            raise DecidedAlready(proposal_id, before.checker)
        Decision.objects.create(
            proposal=proposal,
            maker=proposal.maker,
            checker=actor.name,
            approved=approved,
            reason=reason,
            decided_at=timezone.now(),
        )
        note(actor, "decide", proposal.area_code, f"proposal:{proposal_id}", reason, approved=approved)
        if approved:
            carry_out(proposal.body)
