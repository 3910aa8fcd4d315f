"""Claiming aid with contributions (资助参保申领) from each payer: a list and its sum, sent, received, and the difference.

A claim takes every part of a payer's aid that was posted in its days and stands in no claim yet, refunds taken off; so a
second claim of the same days holds what came late, and no aid is claimed twice. Money may come in parts and is never more
than was claimed. What a reader would get wrong: the list names people by id; the payer's copy is made where it is sent.

carries_out: FIN-11, FIN-13, FIN-14, FIN-16
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from yibao.financing.fund_models import AidClaim, AidClaimLine, AidPosted, AidReceipt
from yibao.financing.terms import PAYER_WORDS, Payer
from yibao.journeys.financing.contribution_failures import ContributionFailure
from yibao.kernel.money import yuan
from yibao.ledger.accounts import Fund
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line
from yibao.rights.actors import Actor
from yibao.rights.areas import inside, rows_inside
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.versions import pooling_area


@dataclass(frozen=True)
class AidClaimOrder:
    """Aid of a payer to be claimed for an area, a benefit year and days of posting, both inside."""

    area_code: str
    benefit_year: int
    payer: Payer
    first_day: date
    last_day: date
    sent_on: date
    document_no: str


@dataclass(frozen=True)
class AidReceiptOrder:
    """Money that came for a claim; negative where it corrects an earlier record."""

    claim_id: int
    amount_fen: int
    received_on: date
    document_no: str
    corrects_id: int = 0


class NotClaimed(ContributionFailure):
    """A claim that is not made, or money for one that is not booked; nothing was changed."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"{problem}。未办理，请核对 (aid not claimed)")


class ClaimState(NamedTuple):
    """A claim as it stands: claimed, received, and what is left."""

    claim_id: int
    area_code: str
    benefit_year: int
    payer: Payer
    first_day: date
    last_day: date
    sent_on: date
    document_no: str
    people: int
    claimed_fen: int
    received_fen: int

    @property
    def outstanding_fen(self) -> int:
        """What was claimed and has not come."""
        return self.claimed_fen - self.received_fen


class ClaimLine(NamedTuple):
    """A bill in a claim; negative where a refund took its aid back."""

    person_id: int
    bill_id: int
    county_code: str
    category: int
    posted_on: date
    amount_fen: int


class Unclaimed(NamedTuple):
    """Aid of a payer and benefit year that stands in no claim yet."""

    benefit_year: int
    payer: Payer
    people: int
    amount_fen: int


def claim_aid(actor: Actor, key: str, order: AidClaimOrder) -> str:
    """Claims aid from a payer; `{"claim_id": …, "people": …, "amount_fen": …}`. Raises NotAllowed, NotClaimed."""

    def do() -> dict[str, int]:
        actor.require(Matter.FUND_MATTER, Deed.DO, order.area_code, Fund.BASIC)
        if order.last_day < order.first_day or order.sent_on < order.first_day:
            raise NotClaimed("终止日或送达日期早于起始日")
        waiting = list(_claimable(order).select_for_update(of=("self",)).order_by("id"))
        amount_fen = sum(aid.amount_fen for aid in waiting)
        if amount_fen <= 0:
            raise NotClaimed(
                f"{order.first_day}—{order.last_day} 没有可向{PAYER_WORDS[order.payer][0]}申领的资助"
            )
        claim = _new_claim(actor, order, waiting, amount_fen)
        note(actor, "claim_aid", order.area_code, f"claim:{claim.pk}", order.document_no, people=claim.people)
        return {"claim_id": claim.pk, "people": claim.people, "amount_fen": amount_fen}

    return once(actor.name, key, "claim_aid", order, do)


def receive_aid(actor: Actor, key: str, order: AidReceiptOrder) -> str:
    """Books money that came for a claim; `{"receipt_id": …, "outstanding_fen": …}`. Raises NotClaimed."""

    def do() -> dict[str, int]:
        claim = AidClaim.objects.select_for_update().filter(pk=order.claim_id).first()
        if claim is None or not actor.may(Matter.FUND_MATTER, Deed.DO, claim.area_code, Fund.BASIC):
            raise NotClaimed(f"没有申领 {order.claim_id}，或不在您的管辖地区")
        outstanding_fen = claim.amount_fen - received_fen(claim) - order.amount_fen
        _refuse_receipt(claim, order, outstanding_fen)
        lines = _receipt_lines(Payer(claim.payer), order, f"claim:{claim.pk}")
        try:
            with transaction.atomic():
                row = AidReceipt.objects.create(
                    claim=claim,
                    amount_fen=order.amount_fen,
                    received_on=order.received_on,
                    document_no=order.document_no,
                    corrects_id=order.corrects_id or None,
                    entry_id=post_entry(claim.books_code, lines),
                    recorded_at=timezone.now(),
                    actor=actor.name,
                )
        except IntegrityError as refused:
            if "document_no" not in str(refused) and "financing_aid_received_once" not in str(refused):
                raise
            raise NotClaimed(f"凭证 {order.document_no} 已经入账") from None
        note(actor, "receive_aid", claim.area_code, f"claim:{claim.pk}", order.document_no, receipt=row.pk)
        return {"receipt_id": row.pk, "outstanding_fen": outstanding_fen}

    return once(actor.name, key, "receive_aid", order, do)


def aid_claims(actor: Actor, *, area_code: str, benefit_year: int) -> list[ClaimState]:
    """The claims of a benefit year inside an area that the actor may look at, by payer and day."""
    actor.require(Matter.FUND_MATTER, Deed.LOOK, area_code, Fund.BASIC)
    rows = rows_inside(AidClaim.objects.filter(benefit_year=benefit_year), [area_code], "area_code")
    return [
        ClaimState(
            claim_id=row.pk,
            area_code=row.area_code,
            benefit_year=row.benefit_year,
            payer=Payer(row.payer),
            first_day=row.first_day,
            last_day=row.last_day,
            sent_on=row.sent_on,
            document_no=row.document_no,
            people=row.people,
            claimed_fen=row.amount_fen,
            received_fen=received_fen(row),
        )
        for row in rows.order_by("payer", "first_day", "id")
    ]


def claim_lines(actor: Actor, claim_id: int) -> list[ClaimLine]:
    """The list of a claim, by county and person; looking is written down. Raises NotClaimed."""
    claim = AidClaim.objects.filter(pk=claim_id).first()
    if claim is None or not actor.may(Matter.FUND_MATTER, Deed.LOOK, claim.area_code, Fund.BASIC):
        raise NotClaimed(f"没有申领 {claim_id}，或不在您的管辖地区")
    note(actor, "look_at_claim", claim.area_code, f"claim:{claim_id}")
    rows = AidClaimLine.objects.filter(claim=claim).select_related("aid__bill")
    return [
        ClaimLine(
            person_id=line.aid.bill.person_id,
            bill_id=line.aid.bill_id,
            county_code=line.aid.bill.terms_code,
            category=line.aid.bill.aid_category,
            posted_on=line.aid.posted_on,
            amount_fen=line.aid.amount_fen,
        )
        for line in rows.order_by("aid__bill__terms_code", "aid__bill__person_id", "id")
    ]


def unclaimed(actor: Actor, *, area_code: str) -> list[Unclaimed]:
    """Aid inside an area that stands in no claim yet, by benefit year and payer."""
    actor.require(Matter.FUND_MATTER, Deed.LOOK, area_code, Fund.BASIC)
    rows = rows_inside(AidPosted.objects.filter(aidclaimline=None), [area_code], "bill__terms_code")
    found: dict[tuple[int, int], tuple[set[int], int]] = {}
    for year, payer, person_id, amount_fen in rows.values_list(
        "bill__benefit_year", "payer", "bill__person_id", "amount_fen"
    ):
        people, sum_fen = found.setdefault((year, payer), (set(), 0))
        people.add(person_id)
        found[year, payer] = people, sum_fen + amount_fen
    return [
        Unclaimed(year, Payer(payer), len(people), sum_fen)
        for (year, payer), (people, sum_fen) in sorted(found.items())
        if sum_fen
    ]


def received_fen(claim: AidClaim) -> int:
    """What has come for a claim."""
    return int(AidReceipt.objects.filter(claim=claim).aggregate(sum_fen=Sum("amount_fen"))["sum_fen"] or 0)


def _claimable(order: AidClaimOrder) -> Any:
    return AidPosted.objects.select_related("bill").filter(
        inside([order.area_code], "bill__terms_code"),
        bill__benefit_year=order.benefit_year,
        payer=order.payer,
        posted_on__gte=order.first_day,
        posted_on__lte=order.last_day,
        aidclaimline=None,
    )


def _new_claim(actor: Actor, order: AidClaimOrder, waiting: list[AidPosted], amount_fen: int) -> AidClaim:
    try:
        with transaction.atomic():
            claim = AidClaim.objects.create(
                area_code=order.area_code,
                books_code=pooling_area(order.area_code),
                benefit_year=order.benefit_year,
                payer=order.payer,
                first_day=order.first_day,
                last_day=order.last_day,
                people=len({aid.bill.person_id for aid in waiting}),
                amount_fen=amount_fen,
                sent_on=order.sent_on,
                document_no=order.document_no,
                recorded_at=timezone.now(),
                actor=actor.name,
            )
            AidClaimLine.objects.bulk_create(AidClaimLine(claim=claim, aid=aid) for aid in waiting)
    except IntegrityError as refused:
        if "document_no" in str(refused):
            raise NotClaimed(f"申领文号 {order.document_no} 已经用过") from None
        if "aid_id" not in str(refused):
            raise
        raise NotClaimed("其中的资助刚被另一项申领收入，请重新生成") from None
    return claim  # type: ignore[no-any-return]


def _refuse_receipt(claim: AidClaim, order: AidReceiptOrder, outstanding_fen: int) -> None:
    if order.amount_fen == 0:
        raise NotClaimed("到账金额为零")
    if order.amount_fen < 0 and not AidReceipt.objects.filter(pk=order.corrects_id, claim=claim).exists():
        raise NotClaimed("负数只用于更正，请写明更正同一申领的哪一笔")
    if order.received_on < claim.sent_on:
        raise NotClaimed(f"到账日期 {order.received_on} 早于送达日期 {claim.sent_on}")
    if not 0 <= outstanding_fen <= claim.amount_fen:
        raise NotClaimed(
            f"申领 {yuan(claim.amount_fen)} 元，已到账 {yuan(received_fen(claim))} 元，"
            f"再记 {yuan(order.amount_fen)} 元则超出；多到的款项请记到所属的申领"
        )


def _receipt_lines(payer: Payer, order: AidReceiptOrder, reference: str) -> list[Line]:
    sides = [(Fund.BASIC, "fiscal_account", "aid_receivable")]
    if payer is Payer.ASSISTANCE_FUND:
        sides.append((Fund.ASSISTANCE, "aid_payable", "fiscal_account"))
    return [
        Line(1, order.received_on, account, fund, sign * order.amount_fen, "aid_received", reference)
        for fund, debit, credit in sides
        for account, sign in ((debit, 1), (credit, -1))
    ]
