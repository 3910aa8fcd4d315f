"""What happens to a bill whose person is locked (缴费入账): a payment with the cover it buys, and a payment given back.

Whoever takes money ends here: online and at the counter, by an agent, from the tax bureau's file, by setting off. Where the
money lies after it depends on the channel alone. Aid is owed by its payers from the day of payment and received with their
claims (`journeys.financing.claiming_aid`). What a reader would get wrong: money that an agent still holds is given back by the agent.

carries_out: FIN-11, FIN-19, FIN-20
"""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from yibao.engine.enrol import Enrolled, enrol_and_bill
from yibao.engine.enrol_terms import EnrolParams, PersonFacts
from yibao.enrolment.actions import cover_within, uncover_within
from yibao.enrolment.models import Coverage, Person
from yibao.enrolment.orders import Cover, CoverOrder
from yibao.enrolment.terms import NEVER_DAY, EnrolmentRefusal
from yibao.financing.models import (
    CashBatchLine,
    CollectionAgent,
    ContributionBill,
    ContributionPayment,
    ContributionRefund,
)
from yibao.financing.terms import CollectionChannel, RefundCause
from yibao.journeys.financing.aid_owed import post_aid
from yibao.journeys.financing.contribution_failures import (
    AmountDiffers,
    NoSuchBill,
    NotEnrolled,
    NumberUsed,
    PaidAlready,
)
from yibao.journeys.financing.extending import extended, extension_on
from yibao.kernel.days import day_number, day_of
from yibao.ledger.accounts import Fund
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line
from yibao.packs.enrolment import enrol_terms
from yibao.packs.policies import policies
from yibao.payment.payables import owe
from yibao.payment.terms import PayableCause
from yibao.rights.actors import Actor
from yibao.rights.terms import Deed, Matter
from yibao.settlement.accounts import TO_PEOPLE, owed_to_people
from yibao.settlement.vectors import unpacked

MONEY_GOES_TO: dict[CollectionChannel, str] = {
    CollectionChannel.ONLINE: "income_account",
    CollectionChannel.COUNTER: "income_account",
    CollectionChannel.AGENTS_CASH: "cash_with_agents",
    CollectionChannel.SET_OFF: "overpayments",
}
"""The account that is debited where a bill is paid by a channel."""


@dataclass(frozen=True)
class PayOrder:
    """A payment of a whole bill through a channel, known there by a number."""

    bill_id: int
    amount_fen: int
    channel: CollectionChannel
    external_no: str
    paid_on: date


@dataclass(frozen=True)
class GivingBack:
    """Why and when a payment is given back, and the proposal that two people decided, where there is one.

    Money goes back the way it came, or `through_bank` to an account of the person's.
    """

    refunded_on: date
    reason: str
    cause: RefundCause = RefundCause.BEFORE_COVER
    proposal_id: int | None = None
    through_bank: bool = False


def locked(actor: Actor, person_id: int, matter: Matter) -> Person:
    """A person's row, locked, where the actor may act on it. Raises NoSuchBill."""
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None or not actor.may(matter, Deed.DO, person.county_code):
        raise NoSuchBill("人员", person_id)
    return person  # type: ignore[no-any-return]


def bill_and_person(actor: Actor, bill_id: int) -> tuple[ContributionBill, Person]:
    """A bill that stands and its person, locked, where the actor may take contributions. Raises NoSuchBill."""
    bill = ContributionBill.objects.filter(pk=bill_id, void=False).first()
    if bill is None:
        raise NoSuchBill("应缴", bill_id)
    return bill, locked(actor, bill.person_id, Matter.CONTRIBUTION_MATTER)


def params_of(area_code: str, year: int, facts: PersonFacts) -> EnrolParams:
    """What a benefit year is enrolled by, extensions of its window in it.

    Who was born in the year needs no window, which may not be on file. Raises the failures of `packs`.
    """
    born_in_it = facts.born_day >= day_number(date(year, 1, 1))
    terms = enrol_terms(policies().area(area_code), year, window_needed=not born_in_it)
    return extended(terms.params, area_code, year)


def is_paid(bill: ContributionBill) -> bool:
    """Whether a payment of a bill stands."""
    return ContributionPayment.objects.filter(bill=bill, contributionrefund=None).exists()


def pay_within(actor: Actor, person: Person, bill: ContributionBill, order: PayOrder) -> ContributionPayment:
    """Takes a payment of a bill whose person is locked, and gives the cover it buys.

    Raises NotEnrolled where the day of payment buys no cover, PaidAlready, AmountDiffers, NumberUsed.
    """
    if is_paid(bill):
        raise PaidAlready(bill.pk)
    if order.amount_fen != bill.person_pays_fen:
        raise AmountDiffers(bill.pk, bill.person_pays_fen, order.amount_fen)
    facts = unpacked(PersonFacts, bill.facts)._replace(paid_day=day_number(order.paid_on))
    params = params_of(bill.terms_code, bill.benefit_year, facts)
    found = enrol_and_bill(params, facts)
    if found.refusal != EnrolmentRefusal.NONE:
        raise NotEnrolled(EnrolmentRefusal(found.refusal))
    coverage_id = covered(actor, person, bill, found, order.paid_on)
    first_day = day_of(params.coverage.year.starts_day)
    payment = _written(actor, bill, order, coverage_id, in_advance=order.paid_on < first_day)
    post_aid(bill, order.paid_on)
    return payment


def give_back_within(
    actor: Actor, person: Person, payment: ContributionPayment, giving: GivingBack
) -> ContributionRefund:
    """Gives a payment back and takes its cover back, the person being locked; the caller has judged that it may be."""
    bill = payment.bill
    coverage = Coverage.objects.get(pk=payment.coverage_id)
    if not coverage.void:
        uncover_within(actor, person, coverage.pk, _cover_order(coverage, giving))
    money_lies_in = _money_lies_in(payment)
    if giving.through_bank and money_lies_in == "income_account":
        money_lies_in = TO_PEOPLE
    lines = [
        Line(
            1,
            giving.refunded_on,
            money_lies_in if line.amount_fen > 0 else line.account,
            line.fund,
            -line.amount_fen,
            payment.entry.memo,
            f"payment:{payment.pk}",
        )
        for line in (payment.entry.lines.order_by("id") if payment.entry_id else ())
    ]
    row = ContributionRefund.objects.create(
        payment=payment,
        refunded_on=giving.refunded_on,
        reason=giving.reason,
        cause=giving.cause,
        proposal_id=giving.proposal_id,
        entry_id=post_entry(bill.area_code, lines),
        recorded_at=timezone.now(),
        actor=actor.name,
    )
    owe(
        person.pk,
        bill.area_code,
        PayableCause.REFUND_DUE,
        f"refund:{row.pk}",
        owed_to_people(lines),
        row.entry_id,
        giving.refunded_on,
    )
    post_aid(bill, giving.refunded_on, sign=-1)
    return row  # type: ignore[no-any-return]


def covered(actor: Actor, person: Person, bill: ContributionBill, found: Enrolled, day: date) -> int:
    """Gives a locked person the cover that was found; its id."""
    facts = unpacked(PersonFacts, bill.facts)
    given = Cover(
        first_day=day_of(found.covered_from_day),
        last_day=day_of(found.covered_to_day),
        benefit_year=bill.benefit_year,
        area_code=bill.area_code,
        waiting_last_day=None if found.waiting_to_day == NEVER_DAY else day_of(found.waiting_to_day),
        group=facts.group,
        tier=facts.tier,
    )
    return cover_within(actor, person, CoverOrder(person.pk, given, day, "缴费参保"))


def _money_lies_in(payment: ContributionPayment) -> str:
    """The account that a payment's money is given back from. The agent is locked, so that it stays there meanwhile."""
    if payment.channel != CollectionChannel.AGENTS_CASH:
        return "income_account"
    CollectionAgent.objects.select_for_update().get(receipts__payment=payment)
    handed_over = CashBatchLine.objects.filter(receipt__payment=payment).exists()
    return "income_account" if handed_over else "cash_with_agents"


def _written(
    actor: Actor, bill: ContributionBill, order: PayOrder, coverage_id: int, *, in_advance: bool
) -> ContributionPayment:
    account, memo = ("contribution_person", "contribution")
    if in_advance:
        account, memo = ("temporary_receipts", "contribution_in_advance")
    reference = f"bill:{bill.pk}"
    debited = MONEY_GOES_TO[order.channel]
    lines = [
        Line(1, order.paid_on, debited, Fund.BASIC, order.amount_fen, memo, reference),
        Line(1, order.paid_on, account, Fund.BASIC, -order.amount_fen, memo, reference),
    ]
    try:
        with transaction.atomic():
            return ContributionPayment.objects.create(  # type: ignore[no-any-return]
                bill=bill,
                turn=ContributionPayment.objects.filter(bill=bill).count(),
                amount_fen=order.amount_fen,
                channel=order.channel,
                external_no=order.external_no,
                paid_on=order.paid_on,
                entry_id=post_entry(bill.area_code, lines),
                coverage_id=coverage_id,
                extension=extension_on(bill.terms_code, bill.benefit_year, order.paid_on),
                recorded_at=timezone.now(),
                actor=actor.name,
            )
    except IntegrityError as refused:
        if "financing_paid_once" in str(refused):
            raise PaidAlready(bill.pk) from None
        raise NumberUsed(order.external_no) from None


def _cover_order(coverage: Coverage, giving: GivingBack) -> CoverOrder:
    given = Cover(coverage.first_day, coverage.last_day, coverage.benefit_year, coverage.area_code)
    return CoverOrder(coverage.person_id, given, giving.refunded_on, giving.reason)
