"""Actions of public services, ready to be done, for `test_faults`: applications, certificates, transfers."""

import json
from dataclasses import replace
from datetime import date

from tests.agency.acting import actor
from tests.agency.people import registration
from tests.agency.settling import AT, CITY, COUNTY, OFFICER, person
from tests.agency.striking import Action

from yibao.enrolment.actions import identify, register_again, stop
from yibao.enrolment.models import Coverage
from yibao.enrolment.orders import Document, LifeOrder, NewDocument
from yibao.enrolment.params import LifeCycleParams
from yibao.enrolment.terms import Department, IdentityKind
from yibao.financing.terms import CollectionChannel
from yibao.journeys.enrolment.applying import EnrolOrder, Taken, YearAsked, apply_to_enrol, pay_for
from yibao.journeys.enrolment.balances import BalanceDecision, decide_balance, propose_balance
from yibao.journeys.enrolment.issuing import IssueOrder, issue_certificate
from yibao.journeys.enrolment.joint_handling import say_verdict
from yibao.journeys.enrolment.transferring import (
    apply_to_join,
    apply_to_leave,
    finish_transfer,
    receive_form,
    refuse_transfer,
    send_form,
    take_on,
)
from yibao.public_services.actions import end_application, supply_papers
from yibao.public_services.models import Transfer
from yibao.public_services.orders import (
    EndApplication,
    LeaveOrder,
    MorePapers,
    ReceiveForm,
    RefuseTransfer,
    SendForm,
    TransferOrder,
    VerdictOrder,
)
from yibao.public_services.terms import CertificateKind, Paper
from yibao.rights.models import Proposal
from yibao.rights.terms import Role

TODAY = AT.date()
NOW = LifeCycleParams((0,) * 5)
IN_2022 = date(2022, 11, 1)
DAY = date(2023, 3, 1)
TAX = actor(Role.TAX_OFFICER, CITY)
FINANCE = actor(Role.FINANCE_OFFICER, CITY)
REVIEWER = actor(Role.REVIEWER, CITY)


def service_actions() -> dict[str, Action]:
    """Each action by name, in an order in which they can be done."""
    return {**_applications(), **_certificates(), **_transfers()}


def _applications() -> dict[str, Action]:
    asked = EnrolOrder("本人", IN_2022, _newcomer(), YearAsked(2023), (Paper.IDENTITY_PAPER,))
    owes = json.loads(apply_to_enrol(OFFICER, "owe", asked, today=IN_2022))["application_id"]
    without = replace(asked, papers=(), registration=_newcomer())
    waits, papers = (
        json.loads(apply_to_enrol(OFFICER, key, without, today=IN_2022))["application_id"]
        for key in ("wait", "papers")
    )
    taken = Taken(35_000, CollectionChannel.COUNTER, "n1", IN_2022)
    jointly = replace(asked, jointly=True, registration=_newcomer())
    together = json.loads(apply_to_enrol(OFFICER, "joint", jointly, today=IN_2022))["application_id"]
    against = VerdictOrder(together, Department.TAX, False, IN_2022, "已参加职工医保")
    more = MorePapers(papers, (Paper.IDENTITY_PAPER,), IN_2022, date(2022, 11, 8))
    return {
        "pay for an application": lambda: pay_for(TAX, "x1", owes, taken, today=IN_2022),
        "say a verdict": lambda: say_verdict(OFFICER, "x4", against),
        "supply papers": lambda: supply_papers(OFFICER, "x2", more),
        "end an application": lambda: end_application(OFFICER, "x3", EndApplication(waits, IN_2022, "撤回")),
    }


def _certificates() -> dict[str, Action]:
    who, gone = person(), person()
    stop(OFFICER, "gone", LifeOrder(gone, DAY, "x"), NOW, today=TODAY)
    of = Coverage.objects.get(person_id=who).pk
    passport = NewDocument(who, Document(IdentityKind.PASSPORT, "E1"), TODAY, "补登")
    again = LifeOrder(gone, date(2023, 4, 1), "再次参保")
    return {
        "certificate": lambda: issue_certificate(
            OFFICER, "y0", IssueOrder(CertificateKind.ENROLMENT_CERTIFICATE, of, TODAY)
        ),
        "identify": lambda: identify(OFFICER, "y1", passport, today=TODAY),
        "register again": lambda: register_again(OFFICER, "y2", again, NOW, today=TODAY),
    }


def _transfers() -> dict[str, Action]:
    stays, goes = person(), person()
    order = replace(_newcomer(), happened_on=DAY)
    refused = json.loads(apply_to_leave(OFFICER, "z", LeaveOrder(stays, "410100", DAY, "迁居")))[
        "transfer_id"
    ]

    def leaver() -> int:
        return int(Transfer.objects.get(person_id=goes).pk)

    def joiner() -> int:
        return int(Transfer.objects.get(person__identities__number=order.documents[0].number).pk)

    def decision() -> BalanceDecision:
        found = Proposal.objects.filter(maker=FINANCE.name, body__contains="transfer_id").latest("id")
        return BalanceDecision(found.pk, True, "核对无误", DAY)

    return {
        "apply to leave": lambda: apply_to_leave(OFFICER, "z0", LeaveOrder(goes, "410100", DAY, "迁居")),
        "apply to join": lambda: apply_to_join(OFFICER, "z1", order, "140200", today=TODAY),
        "take on": lambda: take_on(OFFICER, "z2", TransferOrder(leaver(), DAY)),
        "send the form": lambda: send_form(
            OFFICER, "z3", SendForm(leaver(), DAY, 700, movable=False), today=TODAY
        ),
        "propose a balance": lambda: propose_balance(FINANCE, "z4", leaver()),
        "decide a balance": lambda: decide_balance(REVIEWER, "z5", decision()),
        "finish": lambda: finish_transfer(OFFICER, "z6", TransferOrder(leaver(), DAY)),
        "take on who joins": lambda: take_on(OFFICER, "z7", TransferOrder(joiner(), DAY)),
        "receive the form": lambda: receive_form(OFFICER, "z8", ReceiveForm(joiner(), DAY, 18, 6, None)),
        "refuse": lambda: refuse_transfer(OFFICER, "z9", RefuseTransfer(refused, DAY, "材料不全")),
    }


def _newcomer():
    return registration(county_code=COUNTY, happened_on=IN_2022)
