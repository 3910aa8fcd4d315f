"""Billing and paying a contribution (应缴、缴费): a bill of who pays what, one payment of it, and cover in the same transaction.

What a payment buys is reckoned by `engine.enrol` from the facts the bill was made by and the day of payment. Money of the
person is income of the year, or received in advance where the year has not begun; aid is owed by
its payers from then on. What a reader would get wrong: a bill with nothing left to pay covers at once, on the day it is made.

carries_out: FIN-11, FIN-20
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone

from yibao.engine.enrol import Enrolled, eligibility_of, enrol_and_bill
from yibao.engine.enrol_terms import PersonFacts
from yibao.enrolment.models import Coverage, Person
from yibao.enrolment.queries import category_tags_on
from yibao.enrolment.terms import NEVER_DAY, EnrolmentRefusal
from yibao.financing.models import ContributionBill, ContributionPayment, ContributionRefund
from yibao.financing.terms import CHANNEL_WORDS, CollectionChannel, ContributionGroup, University
from yibao.journeys.financing.aid_owed import post_aid
from yibao.journeys.financing.contribution_failures import (
    BilledAlready,
    ChannelNeedsMore,
    CoverHasBegun,
    NoSuchBill,
    NotEnrolled,
)
from yibao.journeys.financing.extending import extension_on
from yibao.journeys.financing.paying import (
    GivingBack,
    PayOrder,
    bill_and_person,
    covered,
    give_back_within,
    locked,
    params_of,
    pay_within,
)
from yibao.kernel.days import day_number
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Matter
from yibao.settlement.vectors import packed
from yibao.settlement.versions import pooling_area


@dataclass(frozen=True)
class BillOrder:
    """A person to be billed for a benefit year, with what the person says of the year; days of the rest are on file."""

    person_id: int
    benefit_year: int
    enrolled_on: date
    group: ContributionGroup = ContributionGroup.RESIDENT
    university: University = University.NONE
    tier: int = 0
    hukou_local: bool = True
    parent_hukou_local: bool = False
    residence_permit: bool = False
    flexible_worker: bool = False
    graduating: bool = False


@dataclass(frozen=True)
class Told:
    """What an application knows of a person beside a bill's order; most bills know nothing more."""

    employee_cover_ended_on: date | None = None
    unregistered_at_birth: bool = False
    pays_full_financing: bool = False


class Billed(NamedTuple):
    """A bill, and the coverage it gave at once where nothing is left to pay."""

    bill: ContributionBill
    coverage_id: int | None


NOTHING_MORE = Told()


@dataclass(frozen=True)
class RefundOrder:
    """A payment to be given back before its cover begins: the way it came, or `through_bank` to the person's account."""

    payment_id: int
    refunded_on: date
    reason: str
    through_bank: bool = False


def bill_person(actor: Actor, key: str, order: BillOrder) -> str:
    """Bills a person for a benefit year; `{"bill_id", "person_pays_fen", …}`. Raises NotEnrolled, BilledAlready."""

    def do() -> dict[str, object]:
        row = bill_within(actor, order).bill
        return {
            "bill_id": row.pk,
            "contribution_fen": row.contribution_fen,
            "person_pays_fen": row.person_pays_fen,
        }

    return once(actor.name, key, "bill", order, do)


def bill_within(actor: Actor, order: BillOrder, told: Told = NOTHING_MORE) -> Billed:
    """Bills a person as part of a journey; raises as `bill_person`."""
    person = locked(actor, order.person_id, Matter.ENROLMENT_MATTER)
    facts = _facts(person, order, told)
    params = params_of(person.county_code, order.benefit_year, facts)
    found = enrol_and_bill(params, facts)
    if found.refusal not in (EnrolmentRefusal.NONE, EnrolmentRefusal.NOT_PAID):
        raise NotEnrolled(EnrolmentRefusal(found.refusal))
    subsidised = eligibility_of(params, facts).same_subsidy == 1
    row = _written(person, order, facts, found, actor, subsidised=subsidised)
    coverage_id = None
    if found.person_pays_fen == 0:
        coverage_id = covered(actor, person, row, found, order.enrolled_on)
        post_aid(row, order.enrolled_on)
    note(actor, "bill", person.county_code, f"person:{person.pk}", bill=row.pk)
    return Billed(row, coverage_id)


def pay(actor: Actor, key: str, order: PayOrder) -> str:
    """Takes a payment of a bill online or at the counter and gives the cover it buys; `{"payment_id": …}`.

    Raises NotEnrolled where the day of payment buys no cover, PaidAlready, AmountDiffers, NumberUsed, NoSuchBill, and
    ChannelNeedsMore for an agent's cash.
    """

    def do() -> dict[str, object]:
        if order.channel not in (CollectionChannel.ONLINE, CollectionChannel.COUNTER):
            raise ChannelNeedsMore(CHANNEL_WORDS[order.channel][0])
        bill, person = bill_and_person(actor, order.bill_id)
        payment = pay_within(actor, person, bill, order)
        note(actor, "pay", person.county_code, f"person:{person.pk}", payment=payment.pk)
        return {"payment_id": payment.pk, "coverage_id": payment.coverage_id}

    return once(actor.name, key, "pay", order, do)


def refund(actor: Actor, key: str, order: RefundOrder) -> str:
    """Gives a payment back before its cover begins, and takes the cover back. Raises CoverHasBegun, NoSuchBill."""

    def do() -> dict[str, object]:
        payment = ContributionPayment.objects.select_related("bill").filter(pk=order.payment_id).first()
        if payment is None:
            raise NoSuchBill("缴费", order.payment_id)
        person = locked(actor, payment.bill.person_id, Matter.CONTRIBUTION_MATTER)
        coverage = Coverage.objects.get(pk=payment.coverage_id)
        given_back = ContributionRefund.objects.filter(payment=payment).exists()
        if given_back or order.refunded_on >= coverage.first_day:
            raise CoverHasBegun(payment.pk)
        giving = GivingBack(order.refunded_on, order.reason, through_bank=order.through_bank)
        row = give_back_within(actor, person, payment, giving)
        note(actor, "refund", person.county_code, f"person:{person.pk}", order.reason, payment=payment.pk)
        return {"refund_id": row.pk}

    return once(actor.name, key, "refund", order, do)


def _facts(person: Person, order: BillOrder, told: Told) -> PersonFacts:
    tags = category_tags_on(person.pk, order.enrolled_on)
    left = told.employee_cover_ended_on
    return PersonFacts(
        born_day=day_number(person.born_on),
        enrolled_day=day_number(order.enrolled_on),
        paid_day=NEVER_DAY,
        employee_cover_ended_day=NEVER_DAY if left is None else day_number(left),
        category_tags=tags,
        group=order.group,
        university=order.university,
        tier=order.tier,
        hukou_local=int(order.hukou_local),
        parent_hukou_local=int(order.parent_hukou_local),
        residence_permit=int(order.residence_permit),
        flexible_worker=int(order.flexible_worker),
        in_employee_insurance=0,
        enrolled_elsewhere=0,
        studies_elsewhere=0,
        graduating=int(order.graduating),
        unregistered_at_birth=int(told.unregistered_at_birth),
        pays_full_financing=int(told.pays_full_financing),
    )


def _written(
    person: Person,
    order: BillOrder,
    facts: PersonFacts,
    found: Enrolled,
    actor: Actor,
    *,
    subsidised: bool,
) -> ContributionBill:
    extension = None
    if found.person_pays_fen == 0:
        extension = extension_on(person.county_code, order.benefit_year, order.enrolled_on)
    try:
        with transaction.atomic():
            return ContributionBill.objects.create(  # type: ignore[no-any-return]
                person=person,
                area_code=pooling_area(person.county_code),
                terms_code=person.county_code,
                benefit_year=order.benefit_year,
                facts=packed(facts),
                contribution_fen=found.contribution_fen,
                aid_category=found.aid_category,
                aid_assistance_fund_fen=found.aid_assistance_fund_fen,
                aid_municipal_fen=found.aid_municipal_fen,
                aid_county_fen=found.aid_county_fen,
                person_pays_fen=found.person_pays_fen,
                extension=extension,
                university=order.university,
                subsidised=subsidised,
                recorded_at=timezone.now(),
                actor=actor.name,
            )
    except IntegrityError as refused:
        if "financing_bill_once" not in str(refused) and "financing_contributionbill.person_id" not in str(
            refused
        ):
            raise
        raise BilledAlready(person.pk, order.benefit_year) from None
