"""Vouchers and certificates: a number that follows from the words, a page that hides the identity number, and what stands."""

import io
import json
from datetime import date

import pytest
from django.db import connection
from pypdf import PdfReader
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.people import identity_no
from tests.agency.settling import CITY, COUNTY, OFFICER
from tests.agency.test_applying import BOTH, COUNTER, DAY, TAX, applied, asked

from yibao.enrolment.actions import suspend
from yibao.enrolment.models import Person
from yibao.enrolment.orders import LifeOrder
from yibao.enrolment.params import LifeCycleParams
from yibao.financing.models import ContributionPayment
from yibao.journeys.enrolment.issuing import IssueOrder, issue_certificate
from yibao.journeys.enrolment.printing import certificate_page_of, checked_certificate, printed_certificate
from yibao.journeys.financing.contributing import RefundOrder, refund
from yibao.journeys.verifying.database import database_findings
from yibao.public_services.checks import check_number
from yibao.public_services.failures import NoSuchCertificate, NothingToCertify
from yibao.public_services.models import Certificate
from yibao.public_services.terms import CertificateKind
from yibao.reports.certificate import masked_number
from yibao.rights.models import AuditRecord
from yibao.rights.terms import Role

NUMBER = identity_no(date(1980, 5, 1))
NAME = "甲\U0002a6a5某"


def printed(number: str) -> str:
    pages = PdfReader(io.BytesIO(printed_certificate(OFFICER, number, reason="补打"))).pages
    assert len(pages) == 1
    return "".join(page.extract_text() for page in pages)


def test_the_page_says_what_was_certified_and_hides_the_number(database):
    said = applied(asked(COUNTER, number=NUMBER, name=NAME), who=BOTH)
    voucher, certificate = said["vouchers"][0], said["certificates"][0]
    first, second = printed(voucher), printed(certificate)
    for text in (first, second):
        assert NUMBER not in text and masked_number(NUMBER) in text
        assert "甲〔U+2A6A5〕某" in text.replace("\n", "")
    assert voucher in first and "350.00" in first and "叁佰伍拾元整" in first and "n1" in first
    assert certificate in second and "2023-01-01" in second and "2023-12-31" in second
    assert AuditRecord.objects.filter(action="look_at_certificate").count() == 2
    assert not AuditRecord.objects.filter(detail__contains=NUMBER).exists()


def test_a_number_is_checked_however_it_is_typed_and_in_its_area_only(database):
    said = applied(asked(COUNTER), who=BOTH)
    number = said["certificates"][0]
    found = checked_certificate(OFFICER, f" {number.lower().replace('-', '')} ", reason="核验")
    assert (found.kind, found.unchanged, found.stands) == (CertificateKind.ENROLMENT_CERTIFICATE, True, True)
    assert found.facts["first_day"] == "2023-01-01"
    for who, asked_for in ((actor(Role.CITY_OFFICER, "140200"), number), (OFFICER, number[:-1] + "Z")):
        with pytest.raises(NoSuchCertificate):
            checked_certificate(who, asked_for, reason="核验")


def test_what_is_given_back_or_changed_does_not_stand_any_more(database):
    said = applied(asked(COUNTER), who=BOTH)
    voucher, certificate = said["vouchers"][0], said["certificates"][0]
    order = LifeOrder(said["person_id"], date(2023, 6, 15), "本人申请")
    suspend(OFFICER, "s", order, LifeCycleParams((0, 0, 1, 0, 1)), today=date(2023, 6, 15))
    assert not certificate_page_of(OFFICER, certificate, reason="核验").stands
    assert checked_certificate(OFFICER, voucher, reason="核验").stands
    other = applied(asked(COUNTER.__class__(35_000, COUNTER.channel, "n2", DAY)), "b", BOTH)
    payment = ContributionPayment.objects.get(bill_id=other["bill_id"])
    refund(TAX, "f", RefundOrder(payment.pk, date(2022, 12, 1), "重复缴费"))
    assert "已退费" in printed(other["vouchers"][0])
    assert database_findings() == []
    with pytest.raises(NothingToCertify):
        issue_certificate(OFFICER, "i", IssueOrder(CertificateKind.PAYMENT_VOUCHER, payment.pk, DAY))


def test_it_is_issued_again_with_the_same_number_and_by_who_may(database):
    said = applied(asked(COUNTER), who=BOTH)
    order = IssueOrder(CertificateKind.ENROLMENT_CERTIFICATE, said["coverage_id"], DAY)
    again = json.loads(issue_certificate(OFFICER, "i", order))
    assert again["check_number"] == said["certificates"][0]
    later = IssueOrder(CertificateKind.ENROLMENT_CERTIFICATE, said["coverage_id"], date(2023, 1, 2))
    assert json.loads(issue_certificate(OFFICER, "j", later))["check_number"] != again["check_number"]
    with pytest.raises(NothingToCertify):
        issue_certificate(actor(Role.CITY_OFFICER, "140200"), "k", order)
    assert database_findings() == []


def test_words_changed_behind_the_guards_are_found(database):
    said = applied(asked(COUNTER), who=BOTH)
    row = Certificate.objects.get(check_number=said["vouchers"][0])
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER public_services_certificate_no_update")
        else:
            cursor.execute("SET session_replication_role = replica")
        facts = row.facts.replace('"amount_fen":35000', '"amount_fen":35001')
        cursor.execute("UPDATE public_services_certificate SET facts = %s WHERE id = %s", [facts, row.pk])
        cursor.execute(
            "UPDATE public_services_certificate SET check_number = %s, facts = replace(facts, '2023-12-31', '2024-12-31') "
            "WHERE id <> %s", ["0000-0000-0000-0000", row.pk]
        )  # fmt: skip
    columns = [(f.row, f.column) for f in database_findings() if f.file == "public_services_certificate"]
    other = Certificate.objects.exclude(pk=row.pk).get().pk
    assert sorted(columns) == sorted([(row.pk, "check_number"), (row.pk, "facts"), (other, "check_number")])
    assert not checked_certificate(OFFICER, row.check_number, reason="核验").unchanged


@pytest.mark.parametrize(
    ("number", "shown"),
    [("140105198005010014", "140***********0014"), ("A140000001", "********01"), ("E1", "E1"), ("", "")],
)
def test_the_middle_of_a_number_is_hidden(number, shown):
    assert masked_number(number) == shown


def test_a_check_number_has_no_sign_that_is_misread():
    numbers = {check_number(kind, f'{{"a":{n}}}') for kind in (0, 1) for n in range(2000)}
    assert len(numbers) == 4000
    assert not set("ILOU") & set("".join(numbers))


def test_one_coverage_certified_at_once_has_one_certificate(postgres):
    said = applied(asked(COUNTER), who=BOTH)
    order = IssueOrder(CertificateKind.ENROLMENT_CERTIFICATE, said["coverage_id"], date(2023, 1, 2))
    found = at_once([lambda n=n: issue_certificate(OFFICER, f"i{n}", order) for n in range(6)])
    assert len({one for one in found}) == 1 and isinstance(found[0], str)
    assert Certificate.objects.filter(issued_on=date(2023, 1, 2)).count() == 1
    assert Person.objects.count() == 1 and COUNTY.startswith(CITY[:4])
