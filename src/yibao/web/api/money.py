"""Books and proposals over the interface (账簿、待复核事项)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Body, Query, Router, Schema

from yibao.journeys.decisions import Verdict, decide_proposal
from yibao.ledger.queries import trial_balance_of
from yibao.rights.models import Proposal
from yibao.rights.queries import proposals
from yibao.rights.requests import canonical
from yibao.rights.terms import Deed, Matter
from yibao.web.api.answers import failures, kept, page
from yibao.web.api.asking import After, Key, Limit, Number, actor_of_request

router = Router(tags=["账簿与复核 books and approvals"])

AreaCode = Annotated[str, Query(pattern=r"^[1-9][0-9]{5}$", description="统筹地区 (pooling area)")]


@dataclass(frozen=True)
class VerdictBody:
    """What is decided, and why."""

    approved: bool
    reason: str


class BalanceShown(Schema):
    """One account of a fund: sums of both sides and what is left, in fen; a debit is positive."""

    fund: str
    account: str
    debit_fen: int
    credit_fen: int
    balance_fen: int


class ProposalShown(Schema):
    """Something that one officer has proposed and another decides."""

    proposal_id: int
    matter: str
    area_code: str
    fund: str
    maker: str
    decided: bool


class ProposalsPage(Schema):
    """One page of proposals."""

    items: list[ProposalShown]
    next_after: int | None


@router.get(
    "/trial-balance", response={200: list[BalanceShown], **failures()}, summary="科目余额表 (trial balance)"
)
def trial_balance(request: HttpRequest, area_code: AreaCode, through: date | None = None) -> HttpResponse:
    """The balances of an area's books up to and with a day."""
    actor_of_request(request).require(Matter.FUND_MATTER, Deed.LOOK, area_code)
    return kept(canonical(trial_balance_of(area_code, through=through).to_pylist()))


@router.get("/proposals", response={200: ProposalsPage, **failures()}, summary="待复核事项 (proposals)")
def proposals_page(request: HttpRequest, after: After = 0, limit: Limit = 50) -> HttpResponse:
    """What has been proposed in the area, decided or not."""
    return page(proposals(actor_of_request(request)).select_related("decision"), after, limit, _shown)


@router.post(
    "/proposals/{proposal_id}/decide",
    response={200: dict[str, Any], **failures(404)},
    summary="复核 (decide)",
)
def decided(
    request: HttpRequest, proposal_id: Number, key: Key, order: Annotated[VerdictBody, Body()]
) -> HttpResponse:
    """Decides a proposal and, approved, carries it out; what is answered depends on what it is about."""
    verdict = Verdict(proposal_id, order.approved, order.reason)
    return kept(decide_proposal(actor_of_request(request), key, verdict, at=timezone.now()))


def _shown(row: Proposal) -> dict[str, object]:
    return {
        "proposal_id": row.pk,
        "matter": row.matter,
        "area_code": row.area_code,
        "fund": row.fund,
        "maker": row.maker,
        "decided": hasattr(row, "decision"),
    }
