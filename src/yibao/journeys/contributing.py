"""Billing and paying a contribution (应缴、缴费): a bill of who pays what, one payment of it, and cover in the same transaction.

What a payment buys is reckoned by `engine.enrol` from the facts the bill was made by and the day of payment. Money of the
person is income of the year, or received in advance where the year has not begun; aid is spent and received as the
payment comes. What a reader would get wrong: a bill with nothing left to pay covers at once, on the day it is made.

carries_out: FIN-11, FIN-20
"""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from yibao.engine.enrol import Enrolled, enrol_and_bill
from yibao.engine.enrol_terms import PersonFacts
from yibao.enrolment.actions import cover_within, uncover_within
from yibao.enrolment.models import Coverage, Person
from yibao.enrolment.orders import Cover, CoverOrder
from yibao.enrolment.queries import category_tags_on
from yibao.enrolment.refusals import REFUSAL_WORDS
from yibao.enrolment.terms import NEVER_DAY, EnrolmentRefusal
from yibao.financing.models import ContributionBill, ContributionPayment, ContributionRefund
from yibao.financing.terms import CollectionChannel, ContributionGroup, University
from yibao.journeys.extending import extended, extension_on
from yibao.kernel.days import day_number, day_of
from yibao.kernel.money import yuan
from yibao.ledger.accounts import Fund
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line
from yibao.packs.enrolment import enrol_terms
from yibao.packs.policies import policies
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.vectors import packed, unpacked
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
class PayOrder:
    """A payment of a whole bill through a channel, known there by a number."""

    bill_id: int
    amount_fen: int
    channel: CollectionChannel
    external_no: str
    paid_on: date


@dataclass(frozen=True)
class RefundOrder:
    """A payment to be given back before its cover begins."""

    payment_id: int
    refunded_on: date
    reason: str


class ContributionFailure(ValueError):
    """A bill, a payment or a refund that was not carried out; nothing was changed."""


class NotEnrolled(ContributionFailure):
    """What enrolment refuses, in its own words."""

    def __init__(self, refusal: EnrolmentRefusal) -> None:
        self.refusal = refusal
        words = REFUSAL_WORDS[refusal]
        super().__init__(f"{words.chinese}；{words.remedy}，未作任何更改 ({words.english})")


class BilledAlready(ContributionFailure):
    """A year for which a bill stands."""

    def __init__(self, person_id: int, benefit_year: int) -> None:
        super().__init__(f"人员 {person_id} 的 {benefit_year} 年度已有应缴；请查询原应缴 (billed already)")


class PaidAlready(ContributionFailure):
    """A bill that is paid."""

    def __init__(self, bill_id: int) -> None:
        super().__init__(f"应缴 {bill_id} 已经缴清，不能重复缴费；多收的款项请原路退回 (paid already)")


class AmountDiffers(ContributionFailure):
    """A payment of another amount than the bill's."""

    def __init__(self, bill_id: int, due_fen: int, paid_fen: int) -> None:
        super().__init__(
            f"应缴 {bill_id} 应缴 {yuan(due_fen)} 元，收到 {yuan(paid_fen)} 元；请按应缴金额缴费 (amount differs)"
        )


class NumberUsed(ContributionFailure):
    """A channel's number that another payment has."""

    def __init__(self, external_no: str) -> None:
        super().__init__(f"渠道流水号 {external_no} 已入账；请核对是否重复报送 (number used already)")


class NoSuchBill(ContributionFailure):
    """A bill or payment that is not there, or not where the actor may act."""

    def __init__(self, what: str, number: int) -> None:
        super().__init__(f"没有{what} {number}，或不在您的管辖地区；请核对编号 (not found)")


class CoverHasBegun(ContributionFailure):
    """A refund that comes after its cover has begun, or twice."""

    def __init__(self, payment_id: int) -> None:
        super().__init__(
            f"缴费 {payment_id} 的参保期已经开始或已退费，不能退费；请走复核程序 (cover has begun)"
        )


def bill_person(actor: Actor, key: str, order: BillOrder) -> str:
    """Bills a person for a benefit year; `{"bill_id", "person_pays_fen", …}`. Raises NotEnrolled, BilledAlready."""

    def do() -> dict[str, object]:
        person = _locked(actor, order.person_id, Matter.ENROLMENT_MATTER)
        facts = _facts(person, order)
        terms = enrol_terms(policies().area(person.county_code), order.benefit_year)
        found = enrol_and_bill(extended(terms.params, person.county_code, order.benefit_year), facts)
        if found.refusal not in (EnrolmentRefusal.NONE, EnrolmentRefusal.NOT_PAID):
            raise NotEnrolled(EnrolmentRefusal(found.refusal))
        row = _written(person, order, facts, found, actor)
        if found.person_pays_fen == 0:
            _covered(actor, person, row, found, order.enrolled_on)
            _post_aid(row, order.enrolled_on)
        note(actor, "bill", person.county_code, f"person:{person.pk}", bill=row.pk)
        return {
            "bill_id": row.pk,
            "contribution_fen": row.contribution_fen,
            "person_pays_fen": row.person_pays_fen,
        }

    return once(actor.name, key, "bill", order, do)


def pay(actor: Actor, key: str, order: PayOrder) -> str:
    """Takes a payment of a bill and gives the cover it buys; `{"payment_id": …}`.

    Raises NotEnrolled where the day of payment buys no cover, PaidAlready, AmountDiffers, NumberUsed, NoSuchBill.
    """

    def do() -> dict[str, object]:
        owner = ContributionBill.objects.filter(pk=order.bill_id, void=False).first()
        if owner is None:
            raise NoSuchBill("应缴", order.bill_id)
        person = _locked(actor, owner.person_id, Matter.CONTRIBUTION_MATTER)
        if ContributionPayment.objects.filter(bill=owner, contributionrefund=None).exists():
            raise PaidAlready(owner.pk)
        if order.amount_fen != owner.person_pays_fen:
            raise AmountDiffers(owner.pk, owner.person_pays_fen, order.amount_fen)
        terms = enrol_terms(policies().area(owner.terms_code), owner.benefit_year)
        facts = unpacked(PersonFacts, owner.facts)._replace(paid_day=day_number(order.paid_on))
        found = enrol_and_bill(extended(terms.params, owner.terms_code, owner.benefit_year), facts)
        if found.refusal != EnrolmentRefusal.NONE:
            raise NotEnrolled(EnrolmentRefusal(found.refusal))
        coverage_id = _covered(actor, person, owner, found, order.paid_on)
        first_day = day_of(terms.params.coverage.year.starts_day)
        payment = _paid(actor, owner, order, coverage_id, in_advance=order.paid_on < first_day)
        _post_aid(owner, order.paid_on)
        note(actor, "pay", person.county_code, f"person:{person.pk}", payment=payment.pk)
        return {"payment_id": payment.pk, "coverage_id": coverage_id}

    return once(actor.name, key, "pay", order, do)


def refund(actor: Actor, key: str, order: RefundOrder) -> str:
    """Gives a payment back before its cover begins, and takes the cover back. Raises CoverHasBegun, NoSuchBill."""

    def do() -> dict[str, object]:
        payment = (
            ContributionPayment.objects.select_related("bill", "coverage").filter(pk=order.payment_id).first()
        )
        if payment is None:
            raise NoSuchBill("缴费", order.payment_id)
        person = _locked(actor, payment.bill.person_id, Matter.CONTRIBUTION_MATTER)
        coverage = Coverage.objects.get(pk=payment.coverage_id)
        given_back = ContributionRefund.objects.filter(payment=payment).exists()
        if given_back or order.refunded_on >= coverage.first_day:
            raise CoverHasBegun(payment.pk)
        uncover_within(actor, person, coverage.pk, _cover_order(coverage, order.refunded_on, order.reason))
        posted = payment.entry.lines.all() if payment.entry_id else ()
        lines = [
            Line(
                1,
                order.refunded_on,
                line.account,
                line.fund,
                -line.amount_fen,
                payment.entry.memo,
                f"payment:{payment.pk}",
            )
            for line in posted
        ]
        row = ContributionRefund.objects.create(
            payment=payment,
            refunded_on=order.refunded_on,
            reason=order.reason,
            entry_id=post_entry(payment.bill.area_code, lines),
            recorded_at=timezone.now(),
            actor=actor.name,
        )
        _post_aid(payment.bill, order.refunded_on, sign=-1)
        note(actor, "refund", person.county_code, f"person:{person.pk}", order.reason, payment=payment.pk)
        return {"refund_id": row.pk}

    return once(actor.name, key, "refund", order, do)


def _locked(actor: Actor, person_id: int, matter: Matter) -> Person:
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None or not actor.may(matter, Deed.DO, person.county_code):
        raise NoSuchBill("人员", person_id)
    return person  # type: ignore[no-any-return]


def _facts(person: Person, order: BillOrder) -> PersonFacts:
    tags = category_tags_on(person.pk, order.enrolled_on)
    return PersonFacts(
        born_day=day_number(person.born_on),
        enrolled_day=day_number(order.enrolled_on),
        paid_day=NEVER_DAY,
        employee_cover_ended_day=NEVER_DAY,
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
        unregistered_at_birth=0,
        pays_full_financing=0,
    )


def _written(
    person: Person, order: BillOrder, facts: PersonFacts, found: Enrolled, actor: Actor
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
                recorded_at=timezone.now(),
                actor=actor.name,
            )
    except IntegrityError as refused:
        if "financing_bill_once" not in str(refused) and "financing_contributionbill.person_id" not in str(
            refused
        ):
            raise
        raise BilledAlready(person.pk, order.benefit_year) from None


def _covered(actor: Actor, person: Person, bill: ContributionBill, found: Enrolled, day: date) -> int:
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


def _paid(
    actor: Actor, bill: ContributionBill, order: PayOrder, coverage_id: int, *, in_advance: bool
) -> ContributionPayment:
    account, memo = ("contribution_person", "contribution")
    if in_advance:
        account, memo = ("temporary_receipts", "contribution_in_advance")
    reference = f"bill:{bill.pk}"
    lines = [
        Line(1, order.paid_on, "income_account", Fund.BASIC, order.amount_fen, memo, reference),
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


def _post_aid(bill: ContributionBill, posted_on: date, *, sign: int = 1) -> None:
    """Aid with the contribution, spent by the assistance fund and received by the basic one, or paid by a budget."""
    sides = [
        (Fund.ASSISTANCE, "enrolment_aid", "fiscal_account", bill.aid_assistance_fund_fen),
        (Fund.BASIC, "fiscal_account", "contribution_assistance", bill.aid_assistance_fund_fen),
        (Fund.BASIC, "fiscal_account", "contribution_municipal", bill.aid_municipal_fen),
        (Fund.BASIC, "fiscal_account", "contribution_county", bill.aid_county_fen),
    ]
    lines = []
    for fund, debit, credit, amount_fen in sides:
        for account, amount in ((debit, amount_fen), (credit, -amount_fen)):
            lines.append(Line(1, posted_on, account, fund, sign * amount, "enrolment_aid", f"bill:{bill.pk}"))
    post_entry(bill.area_code, lines)


def _cover_order(coverage: Coverage, day: date, reason: str) -> CoverOrder:
    given = Cover(coverage.first_day, coverage.last_day, coverage.benefit_year, coverage.area_code)
    return CoverOrder(coverage.person_id, given, day, reason)
