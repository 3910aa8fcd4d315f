"""The actions of early warning and of applications for assistance, each ready to be done once."""

import json
from dataclasses import replace
from datetime import date, timedelta

from tests.agency.acting import actor
from tests.agency.settling import AT, CITY, COUNTY, OFFICER, institutions, person, stay
from tests.agency.striking import Action

from yibao.assistance.models import WarningCase
from yibao.assistance.orders import (
    AcceptOrder,
    AnswerOrder,
    ApplyOrder,
    CheckOrder,
    DecideOrder,
    Member,
    ObjectionAnswerOrder,
    ObjectionOrder,
    Paper,
    ProposeOrder,
    PublicityOrder,
    PushOrder,
    RunOrder,
    Source,
    WithdrawOrder,
)
from yibao.assistance.terms import Category, WarningAnswer
from yibao.enrolment.terms import Department
from yibao.journeys.assistance.applying_for_assistance import (
    accept,
    answer_objection,
    apply,
    check_income,
    object_in_public,
    publicise,
    withdraw,
)
from yibao.journeys.assistance.granting import decide_application, propose_decision
from yibao.journeys.assistance.warning import run_warning
from yibao.journeys.assistance.warning_push import answer_warning, push_warning
from yibao.journeys.settlement.settling import settle
from yibao.rights.terms import Role

TODAY = AT.date()
OBJECTED_ON = date(2023, 12, 5)
ANSWERED_ON = date(2023, 12, 6)
ILL = Category.ILLNESS_POVERTY
REVIEWER = actor(Role.REVIEWER, CITY)


def assistance_actions() -> dict[str, Action]:
    """What is there for them, and the actions by name."""
    institutions()
    burdened = person()
    settle(OFFICER, "heavy", stay(burdened, 300_000), at=AT)
    return {**_warning(), **_applications(burdened)}


def _warning() -> dict[str, Action]:
    run_warning(OFFICER, "list", RunOrder(COUNTY, TODAY), at=AT)
    pushed = PushOrder(COUNTY, Department.CIVIL_AFFAIRS, TODAY)
    push_warning(OFFICER, "batch", pushed, at=AT)
    answer = AnswerOrder(WarningCase.objects.get().pk, WarningAnswer.ASSISTED, TODAY, "临时救助")
    next_day = AT + timedelta(days=1)
    return {
        "run the list of another day": lambda: run_warning(
            OFFICER, "wa", RunOrder(COUNTY, next_day.date()), at=next_day
        ),
        "push the list": lambda: push_warning(
            OFFICER, "wb", replace(pushed, department=Department.RURAL_REVITALISATION), at=AT
        ),
        "answer a warning": lambda: answer_warning(OFFICER, "wc", answer, at=AT),
    }


def _applications(burdened: int) -> dict[str, Action]:
    """Applications, each a step further than the one before."""
    who = person()
    new, accepted, checked, public, other = (_as_far_as(step, person()) for step in (1, 2, 3, 4, 4))
    in_public = object_in_public(OFFICER, "ob", ObjectionOrder(public, OBJECTED_ON, "x"), at=AT)
    answer = ObjectionAnswerOrder(json.loads(in_public)["objection_id"], ANSWERED_ON, True, "x")
    poor = _as_far_as(4, burdened)
    grant = ProposeOrder(poor, ILL, Department.CIVIL_AFFAIRS, "x")
    propose_decision(OFFICER, "poor", grant, at=AT)
    return {
        "apply for assistance": lambda: apply(OFFICER, "aa", _application(who), at=AT),
        "accept": lambda: accept(OFFICER, "ab", _accept(new), at=AT),
        "check the income": lambda: check_income(OFFICER, "ac", _check(accepted), at=AT),
        "publicise": lambda: publicise(OFFICER, "ad", _publicity(checked), at=AT),
        "object in public": lambda: object_in_public(
            OFFICER, "ae", ObjectionOrder(other, OBJECTED_ON, "x"), at=AT
        ),
        "answer an objection": lambda: answer_objection(OFFICER, "af", answer, at=AT),
        "propose assistance": lambda: propose_decision(
            OFFICER, "ag", replace(grant, application_id=public), at=AT
        ),
        "decide and pay": lambda: decide_application(REVIEWER, "ah", DecideOrder(poor, True, "x"), at=AT),
        "withdraw": lambda: withdraw(OFFICER, "ai", WithdrawOrder(new, ANSWERED_ON, "x"), at=AT),
    }


def _as_far_as(step: int, who: int) -> int:
    """The id of an application that was handed in, accepted, checked and made public, up to a step."""
    number = int(json.loads(apply(OFFICER, f"1 {who}", _application(who), at=AT))["application_id"])
    if step > 1:
        accept(OFFICER, f"2 {who}", _accept(number), at=AT)
    if step > 2:
        check_income(OFFICER, f"3 {who}", _check(number), at=AT)
    if step > 3:
        publicise(OFFICER, f"4 {who}", _publicity(number), at=AT)
    return number


def _application(who: int) -> ApplyOrder:
    papers = (Paper("诊断证明", "0" * 64),)
    return ApplyOrder(who, 2023, ILL, date(2023, 11, 20), "x", (Member("本人", 0, who),), papers)


def _accept(number: int) -> AcceptOrder:
    return AcceptOrder(number, date(2023, 11, 21), accepted=True)


def _check(number: int) -> CheckOrder:
    return CheckOrder(number, date(2023, 11, 22), (Source(Department.TAX, 0),))


def _publicity(number: int) -> PublicityOrder:
    return PublicityOrder(number, date(2023, 12, 1), date(2023, 12, 7), "公开栏")
