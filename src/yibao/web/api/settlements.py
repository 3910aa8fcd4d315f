"""Settlement over the interface (待遇结算): preview, settle, reverse, look; filings and certifications that feed it."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Body, Router, Schema

from yibao.engine.terms import Payers
from yibao.journeys.settlement.certifying import Attach, Certify, attach, certify
from yibao.journeys.settlement.filing import FileOrder, file_outside
from yibao.journeys.settlement.reversing import reverse
from yibao.journeys.settlement.settling import pre_settle, settle
from yibao.rights.requests import canonical
from yibao.settlement.models import Settlement
from yibao.settlement.orders import Bill, Reversal
from yibao.settlement.queries import answer_of, payers_of, settlement_of, settlements
from yibao.web.api.answers import day, failures, kept, page
from yibao.web.api.asking import After, Key, Limit, Number, Reason, actor_of_request

router = Router(tags=["结算 settlement"])


@dataclass(frozen=True)
class ReversalBody:
    """Why a settlement is reversed."""

    reason: str


class Shares(Schema):
    """Who pays what, in fen; `refusal` is 0 where nothing was refused."""

    refusal: int
    total_fen: int
    basic_fen: int
    catastrophic_fen: int
    assistance_fen: int
    top_up_fen: int
    hospital_fen: int
    special_fund_fen: int
    person_fen: int


class Settled(Shares):
    """A settlement, or the reversal of one."""

    settlement_id: int


class SettlementShown(Settled):
    """A settlement as it stands on record."""

    person_id: int
    institution_code: str
    served_on: date
    posted_on: date
    reverses: int | None


class SettlementsPage(Schema):
    """One page of settlements."""

    items: list[SettlementShown]
    next_after: int | None


class Filed(Schema):
    """A filing, and the last day it holds; null where it holds until changed."""

    filing_id: int
    last_day: date | None


class Certified(Schema):
    """The place that a chronic disease keeps in the year so far; 0 for two-disease drugs."""

    slot: int


class Attached(Schema):
    """The number of a choice of institution."""

    attachment_id: int


assert set(Payers._fields) < set(Shares.model_fields), "every payer is answered"


@router.post(
    "/settlements/preview", response={200: Shares, **failures(404)}, summary="预结算 (who would pay what)"
)
def previewed(request: HttpRequest, order: Annotated[Bill, Body()]) -> HttpResponse:
    """Who would pay what of a bill; nothing is written."""
    return kept(canonical(pre_settle(actor_of_request(request), order, at=timezone.now())))


@router.post("/settlements", response={200: Settled, **failures(404)}, summary="结算 (settle)")
def settled(request: HttpRequest, key: Key, order: Annotated[Bill, Body()]) -> HttpResponse:
    """Settles a bill and posts it."""
    return kept(settle(actor_of_request(request), key, order, at=timezone.now()))


@router.get("/settlements", response={200: SettlementsPage, **failures()}, summary="结算记录 (settlements)")
def settlements_page(request: HttpRequest, after: After = 0, limit: Limit = 50) -> HttpResponse:
    """Settlements of people enrolled in the area, in order of number."""
    rows = settlements(actor_of_request(request)).select_related("visit__institution")
    return page(rows, after, limit, _shown)


@router.get(
    "/settlements/{settlement_id}",
    response={200: SettlementShown, **failures(404)},
    summary="一笔结算 (one settlement)",
)
def one_settlement(request: HttpRequest, settlement_id: Number, reason: Reason) -> HttpResponse:
    """One settlement; looking is written down with its reason."""
    row = settlement_of(actor_of_request(request), settlement_id, reason=unquote(reason))
    return kept(canonical(_shown(row)))


@router.post(
    "/settlements/{settlement_id}/reverse",
    response={200: Settled, **failures(404)},
    summary="撤销结算 (reverse)",
)
def reversed_(
    request: HttpRequest, settlement_id: Number, key: Key, order: Annotated[ReversalBody, Body()]
) -> HttpResponse:
    """Reverses a settlement; later ones that stand are adjusted."""
    asked = Reversal(settlement_id, order.reason)
    return kept(reverse(actor_of_request(request), key, asked, at=timezone.now()))


@router.post("/filings", response={200: Filed, **failures(404)}, summary="异地就医备案 (file)")
def filed(request: HttpRequest, key: Key, order: Annotated[FileOrder, Body()]) -> HttpResponse:
    """Files care outside the area."""
    return kept(file_outside(actor_of_request(request), key, order))


@router.post("/certifications", response={200: Certified, **failures(404)}, summary="病种认定 (certify)")
def certified(request: HttpRequest, key: Key, order: Annotated[Certify, Body()]) -> HttpResponse:
    """Certifies a person for a disease."""
    return kept(certify(actor_of_request(request), key, order))


@router.post("/attachments", response={200: Attached, **failures(404)}, summary="首诊与签约 (attach)")
def attached(request: HttpRequest, key: Key, order: Annotated[Attach, Body()]) -> HttpResponse:
    """An institution that a person chooses or signs with."""
    return kept(attach(actor_of_request(request), key, order))


def _shown(row: Settlement) -> dict[str, Any]:
    return {
        **answer_of(row.pk, row.refusal, payers_of(row)),
        "person_id": row.visit.person_id,
        "institution_code": row.visit.institution.code,
        "served_on": day(row.served_on),
        "posted_on": day(row.posted_on),
        "reverses": row.reverses_id,
    }
