"""Bills and payments over the interface (应缴、缴费)."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Body, Router, Schema

from yibao.journeys.financing.contributing import BillOrder, PayOrder, RefundOrder, bill_person, pay, refund
from yibao.web.api.answers import failures, kept
from yibao.web.api.asking import Key, actor_of_request

router = Router(tags=["缴费 contributions"])


class Billed(Schema):
    """A bill: what the year costs, and what the person pays of it, in fen."""

    bill_id: int
    contribution_fen: int
    person_pays_fen: int


class Paid(Schema):
    """A payment, and the coverage that it bought."""

    payment_id: int
    coverage_id: int


class Refunded(Schema):
    """A payment given back."""

    refund_id: int


@router.post("/bills", response={200: Billed, **failures(404)}, summary="核定应缴 (bill)")
def billed(request: HttpRequest, key: Key, order: Annotated[BillOrder, Body()]) -> HttpResponse:
    """Bills a person for a benefit year; who has nothing to pay is covered at once."""
    return kept(bill_person(actor_of_request(request), key, order))


@router.post("/payments", response={200: Paid, **failures(404)}, summary="缴费 (pay)")
def paid(request: HttpRequest, key: Key, order: Annotated[PayOrder, Body()]) -> HttpResponse:
    """Takes a payment of a whole bill and gives the cover it buys."""
    return kept(pay(actor_of_request(request), key, order))


@router.post("/refunds", response={200: Refunded, **failures(404)}, summary="退费 (refund)")
def refunded(request: HttpRequest, key: Key, order: Annotated[RefundOrder, Body()]) -> HttpResponse:
    """Gives a payment back before its cover begins."""
    return kept(refund(actor_of_request(request), key, order))
