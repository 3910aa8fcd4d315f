"""Aid claimed from each payer: every part once, refunds taken off, money in parts and never more, the books always square.

carries_out: FIN-11, FIN-13
"""

import json
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from tests.agency.acting import actor
from tests.agency.financing import (
    FINANCE,
    TAX,
    balances,
    billed,
    key,
    paid,
    raced,
    registered,
)
from tests.agency.settling import CITY, COUNTY
from tests.agency.striking import refuses_at_every_statement

from yibao.assistance.terms import Category
from yibao.financing.fund_models import AidClaim, AidClaimLine, AidPosted, AidReceipt
from yibao.financing.models import ContributionBill
from yibao.financing.terms import Payer
from yibao.journeys.financing.claiming_aid import (
    AidClaimOrder,
    AidReceiptOrder,
    NotClaimed,
    aid_claims,
    claim_aid,
    claim_lines,
    receive_aid,
    unclaimed,
)
from yibao.journeys.financing.contributing import RefundOrder, refund
from yibao.journeys.verifying.database import database_findings
from yibao.rights.actors import NotAllowed
from yibao.rights.models import AuditRecord
from yibao.rights.terms import Role

FUND, CITY_PAYS, COUNTY_PAYS = Payer
NOVEMBER = AidClaimOrder(CITY, 2023, FUND, date(2022, 11, 1), date(2022, 11, 30), date(2022, 12, 1), "申1")
OWED = ("basic", "aid_receivable")


def covered(category: Category, *, on: date = date(2022, 11, 1), county_code: str = COUNTY) -> int:
    """A bill of somebody aided, paid; its number."""
    bill = ContributionBill.objects.get(
        pk=billed(registered(category=category, county_code=county_code), on=on)
    )
    if bill.person_pays_fen:
        paid(bill.pk, amount_fen=bill.person_pays_fen, on=on)
    return int(bill.pk)


def claimed(order: AidClaimOrder = NOVEMBER) -> dict[str, int]:
    return json.loads(claim_aid(FINANCE, key(), order))


def came(claim_id: int, amount_fen: int, document_no: str = "", **more: object) -> int:
    order = AidReceiptOrder(claim_id, amount_fen, date(2022, 12, 5), document_no or key(), **more)
    return int(json.loads(receive_aid(FINANCE, key(), order))["receipt_id"])


def test_aid_is_owed_from_payment_claimed_by_payer_and_received(database):
    covered(Category.EXTREME_POVERTY)
    covered(Category.SUBSISTENCE_ALLOWANCE)
    covered(Category.SEVERELY_DISABLED)
    assert balances()[OWED] == 35_000 + 28_000 + 35_000
    assert balances()["assistance", "aid_payable"] == -63_000
    assert balances()["assistance", "enrolment_aid"] == 63_000
    said = {payer: claimed(replace(NOVEMBER, payer=payer, document_no=f"申{payer}")) for payer in Payer}
    assert [(one["people"], one["amount_fen"]) for one in said.values()] == [
        (2, 63_000),
        (1, 17_500),
        (1, 17_500),
    ]
    assert database_findings() == []
    came(said[FUND]["claim_id"], 63_000)
    came(said[CITY_PAYS]["claim_id"], 10_000)
    states = aid_claims(FINANCE, area_code=CITY, benefit_year=2023)
    assert [(s.payer, s.claimed_fen, s.received_fen, s.outstanding_fen) for s in states] == [
        (FUND, 63_000, 63_000, 0),
        (CITY_PAYS, 17_500, 10_000, 7_500),
        (COUNTY_PAYS, 17_500, 0, 17_500),
    ]
    assert balances()[OWED] == 25_000 and ("assistance", "aid_payable") not in balances()
    assert balances()["assistance", "fiscal_account"] == -63_000
    assert balances()["basic", "fiscal_account"] == 73_000
    assert unclaimed(FINANCE, area_code=CITY) == [] and database_findings() == []


def test_what_comes_late_or_is_taken_back_stands_in_the_next_claim_and_nothing_in_two(database):
    covered(Category.EXTREME_POVERTY)
    bill = covered(Category.SUBSISTENCE_ALLOWANCE)
    assert claimed()["amount_fen"] == 63_000
    with pytest.raises(NotClaimed, match="没有可向医疗救助基金"):
        claimed(replace(NOVEMBER, document_no="申2"))
    payment = ContributionBill.objects.get(pk=bill).payments.get()
    refund(TAX, key(), RefundOrder(payment.pk, date(2022, 11, 20), "退"))
    with pytest.raises(NotClaimed, match="没有可向"):
        claimed(replace(NOVEMBER, document_no="申2"))
    assert [(one.people, one.amount_fen) for one in unclaimed(FINANCE, area_code=CITY)] == [(1, -28_000)]
    covered(Category.EXTREME_POVERTY, on=date(2022, 11, 25))
    second = claimed(replace(NOVEMBER, document_no="申2"))
    assert (second["people"], second["amount_fen"]) == (2, 7_000)
    assert [line.amount_fen for line in claim_lines(FINANCE, second["claim_id"])] == [-28_000, 35_000]
    assert AidClaimLine.objects.count() == AidPosted.objects.count() == 4
    assert database_findings() == []


def test_a_claim_is_of_its_area_year_and_days(database):
    covered(Category.SEVERELY_DISABLED, on=NOVEMBER.last_day)
    covered(Category.SEVERELY_DISABLED, county_code="140106")
    covered(Category.SEVERELY_DISABLED, on=date(2022, 12, 1))
    of_county = replace(NOVEMBER, area_code=COUNTY, payer=COUNTY_PAYS)
    with pytest.raises(NotClaimed):
        claimed(replace(of_county, benefit_year=2024))
    said = claimed(of_county)
    assert (said["people"], said["amount_fen"]) == (1, 17_500)
    assert claimed(replace(of_county, area_code="140106", document_no="申2"))["people"] == 1
    later = replace(of_county, first_day=date(2022, 12, 1), last_day=date(2022, 12, 31), document_no="申3")
    assert claimed(later)["people"] == 1
    (line,) = claim_lines(FINANCE, said["claim_id"])
    assert (line.county_code, line.category) == (COUNTY, Category.SEVERELY_DISABLED)
    assert AuditRecord.objects.filter(action="look_at_claim").count() == 1
    county = actor(Role.FINANCE_OFFICER, COUNTY)
    assert len(aid_claims(county, area_code=COUNTY, benefit_year=2023)) == 2
    with pytest.raises(NotAllowed):
        aid_claims(county, area_code=CITY, benefit_year=2023)
    with pytest.raises(NotClaimed):
        claim_lines(actor(Role.FINANCE_OFFICER, "140106"), said["claim_id"])
    with pytest.raises(NotAllowed):
        claim_aid(TAX, key(), of_county)


def test_no_more_comes_than_was_claimed_and_a_mistake_is_corrected_by_a_second_record(database):
    covered(Category.EXTREME_POVERTY)
    claim = claimed()["claim_id"]
    first = came(claim, 30_000, "到1")
    for amount_fen, more, why in (
        (5_001, {}, r"350\.00 元，已到账 300\.00 元"),
        (0, {}, "为零"),
        (-1, {}, "负数"),
        (-30_001, {"corrects_id": first}, "超出"),
        (1, {"document_no": "到1"}, "已经入账"),
    ):
        with pytest.raises(NotClaimed, match=why):
            came(claim, amount_fen, **more)
    with pytest.raises(NotClaimed, match="早于送达"):
        receive_aid(FINANCE, key(), AidReceiptOrder(claim, 1, date(2022, 11, 30), "x"))
    with pytest.raises(NotClaimed, match="管辖"):
        receive_aid(
            actor(Role.FINANCE_OFFICER, COUNTY), key(), AidReceiptOrder(claim, 1, date(2022, 12, 5), "x")
        )
    came(claim, -30_000, corrects_id=first)
    came(claim, 35_000)
    assert OWED not in balances() and database_findings() == []
    with pytest.raises(NotClaimed, match="申1 已经用过"):
        covered(Category.EXTREME_POVERTY)
        claimed()
    with pytest.raises(NotClaimed, match="早于起始日"):
        claimed(replace(NOVEMBER, last_day=date(2022, 10, 1)))


def test_what_was_altered_is_found(database):
    covered(Category.EXTREME_POVERTY)
    claimed()
    assert database_findings() == []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER financing_aidposted_no_update")
        cursor.execute("UPDATE financing_aidposted SET amount_fen = amount_fen + 1")
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = origin")
    tables = [finding.file for finding in database_findings()]
    assert tables == [
        "financing_contributionbill",
        "financing_aidclaim",
        "ledger_entryline",
        "ledger_entryline",
    ]


def test_claimed_and_received_at_once_happens_once(postgres):
    covered(Category.EXTREME_POVERTY)
    found = raced(
        [lambda n=n: claim_aid(FINANCE, f"c{n}", replace(NOVEMBER, document_no=f"申{n}")) for n in range(5)]
    )
    assert found == ["NotClaimed"] * 4 + ["str"]
    claim = AidClaim.objects.get().pk
    orders = [AidReceiptOrder(claim, 20_000, date(2022, 12, 5), f"到{n}") for n in range(5)]
    found = raced([lambda o=o: receive_aid(FINANCE, key(), o) for o in orders])
    assert found == ["NotClaimed"] * 4 + ["str"]
    assert AidReceipt.objects.get().amount_fen == 20_000 and database_findings() == []


def test_a_failure_at_any_statement_changes_nothing(database):
    covered(Category.EXTREME_POVERTY)
    refuses_at_every_statement(lambda: claim_aid(FINANCE, "c", NOVEMBER))
    order = AidReceiptOrder(AidClaim.objects.get().pk, 35_000, date(2022, 12, 5), "到")
    refuses_at_every_statement(lambda: receive_aid(FINANCE, "r", order))
