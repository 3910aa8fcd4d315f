"""What officers do in the console from beginning to end: bill and pay, settle and reverse, file, suspend, propose and decide."""

import json
from datetime import date

import pytest
from django.utils import timezone
from tests.agency.acting import actor
from tests.agency.offices import officer, signed_in
from tests.agency.people import registration
from tests.agency.settling import AT, CITY, COUNTY, HOSPITAL, OFFICER, institutions, person
from tests.agency.test_console import submit

from yibao.enrolment.actions import register
from yibao.enrolment.models import Coverage, Person
from yibao.financing.models import ContributionBill, ContributionPayment, WindowExtension
from yibao.journeys.decisions import KINDS, Verdict, decide_proposal
from yibao.journeys.enrolment.balances import BalanceDecision, decide_balance
from yibao.journeys.financing.extending import ExtensionOrder, propose_extension
from yibao.journeys.verifying.database import database_findings
from yibao.rights.approvals import NoSuchProposal, propose
from yibao.rights.models import Decision, Proposal
from yibao.rights.terms import Matter, Role
from yibao.settlement.models import Settlement


def registered() -> int:
    said = register(OFFICER, "p", registration(county_code=COUNTY), today=AT.date())
    return int(json.loads(said)["person_id"])


def extension() -> int:
    order = ExtensionOrder(CITY, 2023, "文号 1", date(2022, 12, 21), date(2022, 12, 31), "疫情")
    said = propose_extension(actor(Role.POLICY_OFFICER, CITY), "x", order)
    return int(json.loads(said)["proposal_id"])


def test_a_person_is_billed_and_pays_and_is_covered(database, monkeypatch):
    who = registered()
    monkeypatch.setattr(timezone, "localdate", lambda *_: date(2022, 11, 1))
    clerk = signed_in(officer("clerk", Role.COUNTY_OFFICER, COUNTY))
    billed = submit(clerk, f"/console/do/person-bill/{who}/", benefit_year=2023, group=0, hukou_local="on")
    bill = ContributionBill.objects.get()
    assert f"应缴 {bill.pk}" in billed.content.decode()
    tax = signed_in(officer("tax", Role.TAX_OFFICER, CITY))
    path = f"/console/do/bill-pay/{bill.pk}/"
    given = {"channel": 1, "external_no": "N-1", "paid_on": "2022-11-01"}
    short = submit(tax, path, amount="1", **given).content.decode()
    assert "请按应缴金额缴费" in short and not ContributionPayment.objects.exists()
    assert "已入账" in submit(tax, path, amount="350.00", **given).content.decode()
    assert Coverage.objects.get(person_id=who).first_day == date(2023, 1, 1)
    page = tax.get(f"/console/financing/contributionbill/{bill.pk}/change/").content.decode()
    assert "bill-pay" not in page, "what is paid is not offered again"
    assert database_findings() == []


def test_a_bill_is_settled_by_hand_and_reversed(database):
    institutions()
    who = person()
    clerk = signed_in(officer("clerk", Role.CITY_OFFICER, CITY))
    given = {"institution_code": HOSPITAL, "kind": 0, "served_on": "2023-05-01", "admitted_on": "2023-04-20"}
    given |= {"care_path": 0, "own_expense": "100", "class_a": "7,000.50", "class_b": "2900"}
    given |= {"over_standard": "0", "initial_self_pay": "0"}
    settled = submit(clerk, f"/console/do/person-settle/{who}/", **given)
    assert "总额 10000.50 元" in settled.content.decode()
    row = Settlement.objects.get()
    assert row.total_fen == 1_000_050
    undone = submit(clerk, f"/console/do/settlement-reverse/{row.pk}/", reason="录错")
    assert "已撤销" in undone.content.decode()
    assert Settlement.objects.get(reverses=row).basic_fen == -row.basic_fen
    wrong = submit(clerk, f"/console/do/person-settle/{who}/", **{**given, "class_a": "七千"})
    assert wrong.status_code == 200 and Settlement.objects.count() == 2
    assert database_findings() == []


def test_care_outside_is_filed_and_an_enrolment_suspended(database):
    who = person()
    clerk = signed_in(officer("clerk", Role.CITY_OFFICER, CITY))
    filed = submit(
        clerk,
        f"/console/do/person-file/{who}/",
        kind=0,
        to_code="110101",
        first_day="2023-05-01",
        reason="随子女",
    )
    assert "变更或取消前有效" in filed.content.decode()
    inside = submit(
        clerk, f"/console/do/person-file/{who}/", kind=0, to_code=COUNTY, first_day="2023-05-01", reason="x"
    )
    assert "在统筹地区内" in inside.content.decode()
    stopped = submit(clerk, f"/console/do/person-suspend/{who}/", happened_on="2023-06-01", reason="参军")
    assert "已办理" in stopped.content.decode()
    page = clerk.get(f"/console/enrolment/person/{who}/change/").content.decode()
    assert "person-resume" in page and "person-suspend" not in page
    assert Person.objects.get(pk=who).state == 2


def test_what_one_officer_proposes_another_decides(database):
    number = extension()
    reviewer = signed_in(officer("reviewer", Role.REVIEWER, CITY))
    page = reviewer.get(f"/console/rights/proposal/{number}/change/").content.decode()
    assert "待复核" in page and "文号 1" in page and "proposal-decide" in page
    done = submit(reviewer, f"/console/do/proposal-decide/{number}/", approved="yes", reason="属实")
    assert "已同意并办理" in done.content.decode()
    assert WindowExtension.objects.get().proposal_id == number
    again = submit(reviewer, f"/console/do/proposal-decide/{number}/", approved="no", reason="x")
    assert "已由" in again.content.decode() and Decision.objects.count() == 1


def test_a_proposal_that_no_journey_knows_is_not_decided(database):
    number = propose(actor(Role.FINANCE_OFFICER, CITY), Matter.FUND_MATTER, CITY, {"pay": 1})
    with pytest.raises(NoSuchProposal):
        decide_proposal(actor(Role.REVIEWER, CITY), "k", Verdict(number, True, "x"), at=AT)
    assert not Decision.objects.exists()


def test_a_balance_is_decided_by_a_proposal_of_a_balance_alone(database):
    """Turning down something else as if it were a balance would leave its own journey waiting for ever."""
    number = propose(actor(Role.FINANCE_OFFICER, CITY), Matter.FUND_MATTER, CITY, {"pay": 1})
    order = BalanceDecision(number, False, "x", date(2023, 1, 1))
    with pytest.raises(NoSuchProposal):
        decide_balance(actor(Role.REVIEWER, CITY), "k", order)
    assert not Decision.objects.exists()


def test_each_proposal_is_known_as_one_kind(database):
    extension()
    for body in Proposal.objects.values_list("body", flat=True):
        assert sum(known(json.loads(body)) for known, _ in KINDS) == 1


def test_a_reviewer_of_another_city_sees_no_proposal(database):
    number = extension()
    other = signed_in(officer("other", Role.REVIEWER, "410100"))
    assert len(other.get("/console/rights/proposal/").context_data["cl"].result_list) == 0
    assert other.get(f"/console/do/proposal-decide/{number}/").status_code == 404
