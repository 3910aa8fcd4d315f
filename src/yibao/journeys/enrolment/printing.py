"""Printing a certificate by its check number (凭证打印与核验): what was certified, whose it is now, and whether it stands.

Whoever prints or checks is written down. A voucher stands while its payment is not given back, a certificate while its
coverage is as it was certified.
"""

import json
from dataclasses import dataclass

from yibao.enrolment.documents import DOCUMENT_WORDS
from yibao.enrolment.models import Coverage, Person
from yibao.enrolment.terms import IdentityKind
from yibao.financing.models import ContributionRefund
from yibao.journeys.enrolment.issuing import coverage_facts
from yibao.packs.policies import policies
from yibao.public_services.checks import check_number
from yibao.public_services.models import Certificate
from yibao.public_services.queries import certificate_numbered
from yibao.public_services.terms import CertificateKind
from yibao.reports.certificate import Holder, Page, enrolment_page, transfer_page, voucher_page
from yibao.reports.certificate_pdf import certificate_pdf
from yibao.rights.actors import Actor
from yibao.rights.requests import canonical


@dataclass(frozen=True)
class Checked:
    """What checking a number finds: the certificate's words are those it was issued with, and it stands today."""

    kind: CertificateKind
    unchanged: bool
    stands: bool
    facts: dict[str, object]


def checked_certificate(actor: Actor, number: str, *, reason: str) -> Checked:
    """What a check number stands for (凭证核验). Raises NoSuchCertificate."""
    row = certificate_numbered(actor, number, reason=reason)
    unchanged = check_number(row.kind, row.facts) == row.check_number
    return Checked(CertificateKind(row.kind), unchanged, _stands(row), json.loads(row.facts))


def certificate_page_of(actor: Actor, number: str, *, reason: str) -> Page:
    """A certificate as it is to be shown. Raises NoSuchCertificate."""
    row = certificate_numbered(actor, number, reason=reason)
    facts, holder = json.loads(row.facts), _holder(row.person)
    area = policies().area(facts["area_code"])
    if row.kind == CertificateKind.PAYMENT_VOUCHER:
        return voucher_page(facts, holder, area, row.check_number, stands=_stands(row))
    if row.kind == CertificateKind.ENROLMENT_CERTIFICATE:
        return enrolment_page(facts, holder, area, row.check_number, stands=_stands(row))
    return transfer_page(facts, holder, area, row.check_number)


def printed_certificate(actor: Actor, number: str, *, reason: str) -> bytes:
    """A certificate as PDF. Raises NoSuchCertificate."""
    return certificate_pdf(certificate_page_of(actor, number, reason=reason))


def _stands(row: Certificate) -> bool:
    if row.kind == CertificateKind.PAYMENT_VOUCHER:
        return not ContributionRefund.objects.filter(payment_id=row.payment_id).exists()
    if row.kind == CertificateKind.TRANSFER_FORM:
        return True
    coverage = Coverage.objects.get(pk=row.coverage_id)
    return not coverage.void and canonical(coverage_facts(coverage, row.issued_on)) == row.facts


def _holder(person: Person) -> Holder:
    """The person with the surest document on file: an identity number before any other."""
    document = person.identities.order_by("kind", "id").first()
    kind = "" if document is None else DOCUMENT_WORDS[IdentityKind(document.kind)]
    return Holder(person.name, person.born_on, kind, "" if document is None else document.number)
