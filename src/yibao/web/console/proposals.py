"""Proposals in the console (待复核事项): what one officer has put up, and the decision of another."""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from yibao.journeys.decisions import Verdict, decide_proposal
from yibao.rights.actors import Actor
from yibao.rights.models import Decision, Proposal
from yibao.rights.queries import proposals
from yibao.rights.terms import Deed, Matter
from yibao.web.console.doing import Doing, Done, offer
from yibao.web.console.looking import Looking, Shown
from yibao.web.console.site import console
from yibao.web.sign_in import acting

SHOWN = Shown(Matter.FUND_MATTER, "", ("matter",), personal=False)


class Proposals(Looking):
    """What was put up in the officer's areas, with its content."""

    shown = SHOWN

    def __init__(self, model: type[Proposal], site: admin.AdminSite) -> None:
        super().__init__(model, site)
        self.list_display = [*self.list_display, standing]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Those that the officer may look at, propose or approve."""
        return proposals(acting(request)).select_related("decision").order_by("-pk")

    def has_view_permission(self, request: HttpRequest, obj: Proposal | None = None) -> bool:
        """Whoever may propose or approve in some matter."""
        actor = acting(request)
        deeds = (Deed.DO, Deed.APPROVE)
        return any(actor.areas_of(matter, deed) for matter in Matter for deed in deeds)

    def get_fields(self, request: HttpRequest, obj: Proposal | None = None) -> list[Any]:
        """The columns, and what is asked for."""
        return [*super().get_fields(request, obj), content]

    def get_readonly_fields(self, request: HttpRequest, obj: Proposal | None = None) -> list[Any]:
        """All of them."""
        return self.get_fields(request, obj)


class Decisions(Looking):
    """What was decided."""

    shown = Shown(Matter.FUND_MATTER, "", ("approved",), personal=False)

    def get_queryset(self, request: HttpRequest) -> Any:
        """On proposals that the officer may look at."""
        return Decision.objects.filter(proposal__in=proposals(acting(request))).order_by("-pk")


@admin.display(description="状态")
def standing(row: Proposal) -> str:
    """Where a proposal stands."""
    if not hasattr(row, "decision"):
        return "待复核"
    return "已同意" if row.decision.approved else "已退回"


@admin.display(description="内容")
def content(row: Proposal) -> str:
    """What is asked for, a line each."""
    return "；".join(f"{name}：{value}" for name, value in _flat(json.loads(row.body)))


class VerdictForm(forms.Form):
    """Yes or no, and why."""

    approved = forms.TypedChoiceField(
        label="意见", choices=[("yes", "同意"), ("no", "退回")], coerce=lambda said: said == "yes"
    )
    reason = forms.CharField(label="理由", max_length=200)


def _decide(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    decide_proposal(actor, key, Verdict(pk, given["approved"], given["reason"]), at=timezone.now())
    return Done("已同意并办理" if given["approved"] else "已退回")


def _flat(told: Any, name: str = "") -> list[tuple[str, Any]]:
    if isinstance(told, dict):
        return [pair for key, value in told.items() for pair in _flat(value, key)]
    return [(name, told)]


console.register(Proposal, Proposals)
console.register(Decision, Decisions)

offer(
    Doing(
        "proposal-decide",
        "复核",
        tuple(Matter),
        VerdictForm,
        _decide,
        "rights.Proposal",
        deed=Deed.APPROVE,
        fits=lambda row: not hasattr(row, "decision"),
    )
)
