"""Money above what is due (多缴), and what two people decide to give back or set off (退费、抵费).

A second payment for a year that is paid, and what a payment is above its bill, is taken apart by the rule and held under
`overpayments` until two people decide. A payment whose person died before the year, or is enrolled elsewhere, is given back
the same way, also after its cover has begun, unless a settlement of that year stands. What a reader would get wrong: setting
off pays another bill of the same person whole, or not at all; what is left is refunded.

carries_out: FIN-19, FIN-20
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone

from yibao.enrolment.models import Coverage, Person
from yibao.financing.models import (
    ContributionBill,
    ContributionPayment,
    ContributionRefund,
    Overpayment,
    OverpaymentClosed,
)
from yibao.financing.rules.repeated_payment import RepeatedPayment, repeated_payment
from yibao.financing.terms import CHANNEL_WORDS, CollectionChannel, RefundCause
from yibao.journeys.financing.contribution_failures import (
    AmountDiffers,
    ChannelNeedsMore,
    GivenBackAlready,
    NoSuchBill,
    NotGivenBack,
    NumberUsed,
)
from yibao.journeys.financing.paying import (
    GivingBack,
    PayOrder,
    bill_and_person,
    give_back_within,
    is_paid,
    locked,
    pay_within,
)
from yibao.journeys.two_people import order_in, put_up
from yibao.kernel.money import yuan
from yibao.ledger.accounts import Fund
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line
from yibao.packs.collecting import repeated_payment_params
from yibao.packs.policies import policies
from yibao.rights.actors import Actor
from yibao.rights.areas import rows_inside
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Matter
from yibao.settlement.models import Settlement

GIVE_BACK_PAYMENT = "give_back_payment"
CLOSE_OVERPAYMENT = "close_overpayment"


@dataclass(frozen=True)
class SurplusOrder:
    """Money for a bill that is paid, or more than the bill asks."""

    bill_id: int
    amount_fen: int
    channel: CollectionChannel
    external_no: str
    received_on: date


@dataclass(frozen=True)
class GiveBackOrder:
    """A payment to be given back because the person died before the year, or is enrolled elsewhere."""

    payment_id: int
    cause: RefundCause
    document_no: str
    refunded_on: date
    reason: str


@dataclass(frozen=True)
class CloseOrder:
    """An overpayment to be given back, or set off against another bill of the person (`set_off_bill_id` above 0)."""

    overpayment_id: int
    closed_on: date
    reason: str
    set_off_bill_id: int = 0


class Held(NamedTuple):
    """An overpayment that is neither given back nor set off."""

    overpayment_id: int
    person_id: int
    bill_id: int
    county_code: str
    amount_fen: int
    channel: CollectionChannel
    external_no: str
    received_on: date


def held_overpayments(actor: Actor) -> list[Held]:
    """Overpayments in the actor's area that are neither given back nor set off, the oldest first."""
    rows = rows_inside(
        Overpayment.objects.filter(overpaymentclosed=None).select_related("bill"),
        actor.areas_of(Matter.CONTRIBUTION_MATTER),
        "bill__terms_code",
    )
    return [
        Held(
            overpayment_id=over.pk,
            person_id=over.bill.person_id,
            bill_id=over.bill_id,
            county_code=over.bill.terms_code,
            amount_fen=over.amount_fen,
            channel=CollectionChannel(over.channel),
            external_no=over.external_no,
            received_on=over.received_on,
        )
        for over in rows.order_by("received_on", "id")
    ]


def receive_surplus(actor: Actor, key: str, order: SurplusOrder) -> str:
    """Takes money above what is due; `{"overpayment_id": …, "payment_id": …}`, the payment where the bill was open.

    Raises AmountDiffers where the money is not more than is due, NumberUsed, ChannelNeedsMore for an agent's cash, what paying raises, and the failures of `packs`
    where the area does not say what becomes of a second payment.
    """

    def do() -> dict[str, object]:
        if order.channel not in (CollectionChannel.ONLINE, CollectionChannel.COUNTER):
            raise ChannelNeedsMore(CHANNEL_WORDS[order.channel][0])
        bill, person = bill_and_person(actor, order.bill_id)
        return surplus_within(actor, person, bill, order)

    return once(actor.name, key, "receive_surplus", order, do)


def surplus_within(
    actor: Actor, person: Person, bill: ContributionBill, order: SurplusOrder
) -> dict[str, object]:
    """Takes money above what is due for a bill whose person is locked; as `receive_surplus` answers."""
    parts = _parts(bill, payment_fen=order.amount_fen)
    if parts.refund_fen == 0:
        raise AmountDiffers(bill.pk, bill.person_pays_fen, order.amount_fen)
    payment_id = None
    if parts.accepted_fen > 0:
        paying = PayOrder(bill.pk, parts.accepted_fen, order.channel, order.external_no, order.received_on)
        payment_id = pay_within(actor, person, bill, paying).pk
    elif ContributionPayment.objects.filter(channel=order.channel, external_no=order.external_no).exists():
        raise NumberUsed(order.external_no)
    lines = _lines("income_account", "overpayments", parts.refund_fen, order.received_on, "overpayment", bill)
    try:
        with transaction.atomic():
            row = Overpayment.objects.create(
                bill=bill,
                area_code=bill.area_code,
                amount_fen=parts.refund_fen,
                channel=order.channel,
                external_no=order.external_no,
                received_on=order.received_on,
                entry_id=post_entry(bill.area_code, lines),
                recorded_at=timezone.now(),
                actor=actor.name,
            )
    except IntegrityError:
        raise NumberUsed(order.external_no) from None
    note(actor, "receive_surplus", person.county_code, f"person:{person.pk}", overpayment=row.pk)
    return {"overpayment_id": row.pk, "payment_id": payment_id}


def propose_giving_back(actor: Actor, key: str, order: GiveBackOrder) -> str:
    """Puts a payment up to be given back; `{"proposal_id": …}`. Raises NoSuchBill, NotGivenBack, GivenBackAlready."""

    def area() -> str:
        payment = _payment(order.payment_id)
        person = locked(actor, payment.bill.person_id, Matter.CONTRIBUTION_MATTER)
        _refuse_giving_back(person, payment, order)
        return str(person.county_code)

    return put_up(actor, key, GIVE_BACK_PAYMENT, order, matter=Matter.CONTRIBUTION_MATTER, area_code=area)


def propose_closing(actor: Actor, key: str, order: CloseOrder) -> str:
    """Puts an overpayment up to be given back or set off; `{"proposal_id": …}`. Raises NoSuchBill, NotGivenBack."""

    def area() -> str:
        over = _overpayment(order.overpayment_id)
        person = locked(actor, over.bill.person_id, Matter.CONTRIBUTION_MATTER)
        _refuse_closing(over, order)
        return str(person.county_code)

    return put_up(actor, key, CLOSE_OVERPAYMENT, order, matter=Matter.CONTRIBUTION_MATTER, area_code=area)


def give_back_decided(actor: Actor, proposal_id: int, body: str) -> dict[str, object]:
    """Gives a payment back that two people decided on; part of deciding."""
    order = order_in(GiveBackOrder, body)
    payment = _payment(order.payment_id)
    person = Person.objects.select_for_update().get(pk=payment.bill.person_id)
    _refuse_giving_back(person, payment, order)
    giving = GivingBack(order.refunded_on, order.reason, order.cause, proposal_id)
    row = give_back_within(actor, person, payment, giving)
    note(actor, "give_back", person.county_code, f"person:{person.pk}", order.reason, payment=payment.pk)
    return {"refund_id": row.pk}


def close_decided(actor: Actor, proposal_id: int, body: str) -> dict[str, object]:
    """Gives an overpayment back, or sets it off, as two people decided; part of deciding."""
    order = order_in(CloseOrder, body)
    over = _overpayment(order.overpayment_id)
    person = Person.objects.select_for_update().get(pk=over.bill.person_id)
    target = _refuse_closing(over, order)
    set_off_fen, payment_id = 0, None
    if target is not None:
        set_off_fen = target.person_pays_fen
        paying = PayOrder(
            target.pk, set_off_fen, CollectionChannel.SET_OFF, f"overpayment:{over.pk}", order.closed_on
        )
        payment_id = pay_within(actor, person, target, paying).pk
    refunded_fen = over.amount_fen - set_off_fen
    lines = _lines(
        "overpayments", "income_account", refunded_fen, order.closed_on, "overpayment_closed", over.bill
    )
    row = OverpaymentClosed.objects.create(
        overpayment=over,
        refunded_fen=refunded_fen,
        set_off_fen=set_off_fen,
        payment_id=payment_id,
        closed_on=order.closed_on,
        reason=order.reason,
        proposal_id=proposal_id,
        entry_id=post_entry(over.area_code, lines),
        recorded_at=timezone.now(),
    )
    note(
        actor,
        "close_overpayment",
        person.county_code,
        f"person:{person.pk}",
        order.reason,
        overpayment=over.pk,
    )
    return {"closed_id": row.pk, "refunded_fen": refunded_fen, "set_off_fen": set_off_fen}


def _payment(payment_id: int) -> ContributionPayment:
    payment = ContributionPayment.objects.select_related("bill").filter(pk=payment_id).first()
    if payment is None:
        raise NoSuchBill("缴费", payment_id)
    return payment  # type: ignore[no-any-return]


def _overpayment(overpayment_id: int) -> Overpayment:
    over = Overpayment.objects.select_related("bill").filter(pk=overpayment_id).first()
    if over is None:
        raise NoSuchBill("多缴", overpayment_id)
    return over  # type: ignore[no-any-return]


def _refuse_giving_back(person: Person, payment: ContributionPayment, order: GiveBackOrder) -> None:
    if ContributionRefund.objects.filter(payment=payment).exists():
        raise GivenBackAlready(payment.pk)
    coverage = Coverage.objects.get(pk=payment.coverage_id)
    problems = []
    if order.cause not in (RefundCause.ENROLLED_ELSEWHERE, RefundCause.DIED_BEFORE_YEAR):
        problems.append("退费原因只能是已在外地参保或参保期开始前死亡")
    if order.cause == RefundCause.DIED_BEFORE_YEAR and (
        person.died_on is None or person.died_on >= coverage.first_day
    ):
        problems.append(f"没有登记死亡，或死亡日期不早于参保期首日 {coverage.first_day}")
    if order.cause == RefundCause.ENROLLED_ELSEWHERE and not order.document_no.strip():
        problems.append("缺少外地参保凭证的编号")
    if order.refunded_on < payment.paid_on:
        problems.append(f"退费日期 {order.refunded_on} 早于缴费日期 {payment.paid_on}")
    if _settled_in(person, payment.bill.benefit_year):
        problems.append(f"{payment.bill.benefit_year} 年度已有结算，先撤销结算才能退费")
    if problems:
        raise NotGivenBack(problems)


def _refuse_closing(over: Overpayment, order: CloseOrder) -> ContributionBill | None:
    """The bill to set off against, None where all is refunded. Raises NotGivenBack, NoSuchBill."""
    if OverpaymentClosed.objects.filter(overpayment=over).exists():
        raise NotGivenBack([f"多缴 {over.pk} 已经退费或抵缴"])
    if order.closed_on < over.received_on:
        raise NotGivenBack([f"办理日期 {order.closed_on} 早于收款日期 {over.received_on}"])
    if order.set_off_bill_id == 0:
        return None
    target = ContributionBill.objects.filter(
        pk=order.set_off_bill_id, void=False, person_id=over.bill.person_id
    ).first()
    if target is None:
        raise NoSuchBill("本人的应缴", order.set_off_bill_id)
    problems = []
    if target.area_code != over.area_code:
        problems.append("抵缴的应缴属于另一个统筹地区，只能退费")
    if is_paid(target):
        problems.append(f"应缴 {target.pk} 已经缴清")
    parts = _parts(over.bill, payment_fen=over.amount_fen, other_due_fen=target.person_pays_fen)
    if not problems and parts.set_off_fen == 0:
        problems.append("没有可以抵缴的金额，或本地区的政策没有规定可以抵缴，请退费")
    elif not problems and parts.set_off_fen < target.person_pays_fen:
        problems.append(
            f"多缴 {yuan(over.amount_fen)} 元不能抵清应缴 {target.pk} 的 {yuan(target.person_pays_fen)} 元，请退费"
        )
    if problems:
        raise NotGivenBack(problems)
    return target  # type: ignore[no-any-return]


def _parts(bill: ContributionBill, *, payment_fen: int, other_due_fen: int = 0) -> RepeatedPayment:
    """A payment for a bill taken apart by the area's rule; what is already held counts as paid before."""
    params, _ = repeated_payment_params(policies().area(bill.terms_code), bill.benefit_year)
    return repeated_payment(
        params,
        due_fen=bill.person_pays_fen,
        paid_before_fen=bill.person_pays_fen if other_due_fen or is_paid(bill) else 0,
        payment_fen=payment_fen,
        other_due_fen=other_due_fen,
        wants_set_off=1 if other_due_fen else 0,
    )


def _settled_in(person: Person, benefit_year: int) -> bool:
    """Whether a settlement of a benefit year stands for a person."""
    of_year = Settlement.objects.filter(year__person=person, year__benefit_year=benefit_year, reverses=None)
    undone = Settlement.objects.filter(year__person=person).exclude(reverses=None).values("reverses_id")
    return bool(of_year.exclude(pk__in=undone).exists())


def _lines(
    debit: str, credit: str, amount_fen: int, day: date, memo: str, bill: ContributionBill
) -> list[Line]:
    reference = f"bill:{bill.pk}"
    return [
        Line(1, day, debit, Fund.BASIC, amount_fen, memo, reference),
        Line(1, day, credit, Fund.BASIC, -amount_fen, memo, reference),
    ]
