"""Issuing vouchers and certificates (缴费凭证、参保凭证): what each says, by ids only, and the number that follows from it.

A certificate says what held on the day it was issued. Names and masked numbers come from the person when it is printed, so
they are in no record of what was issued; whoever checks a number sees what was certified and whether it still stands.

carries_out: ENR-02
"""

from dataclasses import dataclass
from datetime import date

from yibao.enrolment.models import Coverage, Person
from yibao.financing.models import ContributionBill, ContributionPayment
from yibao.public_services.actions import issue
from yibao.public_services.failures import NothingToCertify
from yibao.public_services.models import Certificate
from yibao.public_services.orders import Issue
from yibao.public_services.terms import CertificateKind
from yibao.rights.actors import Actor
from yibao.rights.requests import canonical, once
from yibao.rights.terms import Deed, Matter


@dataclass(frozen=True)
class IssueOrder:
    """A certificate asked for: a voucher of a payment, or a certificate of a coverage, by id."""

    kind: CertificateKind
    of: int
    issued_on: date


def issue_certificate(actor: Actor, key: str, order: IssueOrder) -> str:
    """Issues a voucher or certificate; `{"certificate_id", "check_number"}`. The same words have the same number.

    Raises NothingToCertify where there is no such payment or coverage, or it does not stand any more.
    """

    def do() -> dict[str, object]:
        if order.kind is CertificateKind.PAYMENT_VOUCHER:
            payment = ContributionPayment.objects.filter(pk=order.of, contributionrefund=None).first()
            person = None if payment is None else _locked(actor, payment.bill.person_id)
            if payment is None or person is None:
                raise NothingToCertify(f"没有缴费 {order.of}，或已退费，或不在您的管辖地区")
            row = voucher(actor, person, payment.bill, payment, order.issued_on)
        else:
            coverage = Coverage.objects.filter(pk=order.of, void=False).first()
            person = None if coverage is None else _locked(actor, coverage.person_id)
            if coverage is None or person is None:
                raise NothingToCertify(f"没有参保期 {order.of}，或已作废，或不在您的管辖地区")
            row = certificate(actor, person, coverage, order.issued_on)
        return {"certificate_id": row.pk, "check_number": row.check_number}

    return once(actor.name, key, "issue_certificate", order, do)


def voucher(
    actor: Actor, person: Person, bill: ContributionBill, payment: ContributionPayment | None, day: date
) -> Certificate:
    """The voucher (缴费凭证) of a bill that is paid, or of which nothing was left to pay."""
    facts = voucher_facts(bill, payment, day)
    order = Issue(
        kind=CertificateKind.PAYMENT_VOUCHER,
        person_id=person.pk,
        county_code=person.county_code,
        facts=canonical(facts),
        issued_on=day,
        bill_id=bill.pk,
        payment_id=None if payment is None else payment.pk,
    )
    return issue(actor, order)


def certificate(actor: Actor, person: Person, coverage: Coverage, day: date) -> Certificate:
    """The certificate (参保凭证) of a coverage."""
    order = Issue(
        kind=CertificateKind.ENROLMENT_CERTIFICATE,
        person_id=person.pk,
        county_code=person.county_code,
        facts=canonical(coverage_facts(coverage, day)),
        issued_on=day,
        coverage_id=coverage.pk,
    )
    return issue(actor, order)


def voucher_facts(
    bill: ContributionBill, payment: ContributionPayment | None, day: date
) -> dict[str, object]:
    """What a voucher says."""
    return {
        "person_id": bill.person_id,
        "bill_id": bill.pk,
        "payment_id": None if payment is None else payment.pk,
        "area_code": bill.area_code,
        "benefit_year": bill.benefit_year,
        "contribution_fen": bill.contribution_fen,
        "aid_assistance_fund_fen": bill.aid_assistance_fund_fen,
        "aid_municipal_fen": bill.aid_municipal_fen,
        "aid_county_fen": bill.aid_county_fen,
        "amount_fen": 0 if payment is None else payment.amount_fen,
        "channel": None if payment is None else payment.channel,
        "external_no": "" if payment is None else payment.external_no,
        "paid_on": None if payment is None else payment.paid_on,
        "issued_on": day,
    }


def coverage_facts(coverage: Coverage, day: date) -> dict[str, object]:
    """What a certificate of a coverage says."""
    return {
        "person_id": coverage.person_id,
        "coverage_id": coverage.pk,
        "area_code": coverage.area_code,
        "scheme": coverage.scheme,
        "benefit_year": coverage.benefit_year,
        "group": coverage.group,
        "tier": coverage.tier,
        "first_day": coverage.first_day,
        "last_day": coverage.last_day,
        "waiting_last_day": coverage.waiting_last_day,
        "issued_on": day,
    }


def _locked(actor: Actor, person_id: int) -> Person | None:
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None or not actor.may(Matter.ENROLMENT_MATTER, Deed.DO, person.county_code):
        return None
    return person  # type: ignore[no-any-return]
