"""The actions of enrolment, of an institution, and of what two people decide, each ready to be done once."""

from datetime import date

from tests.agency.acting import actor
from tests.agency.people import registration, year_cover
from tests.agency.settling import AT, CITY, COUNTY, OFFICER, institutions, person
from tests.agency.striking import Action

from yibao.benefits.terms import AttachmentKind, VisitKind
from yibao.enrolment.actions import change, cover, register, resume, stop, suspend
from yibao.enrolment.orders import Change, CoverOrder, LifeOrder
from yibao.enrolment.params import LifeCycleParams
from yibao.journeys.financing.contributing import BillOrder, bill_person
from yibao.journeys.settlement.certifying import Attach, Certify, attach, certify
from yibao.payment.actions import NewInstitution, register_institution
from yibao.rights.approvals import decide, propose
from yibao.rights.audit import seal
from yibao.rights.models import Decision
from yibao.rights.terms import Matter, Role

TODAY = AT.date()
NEW_YEAR = date(2023, 1, 1)
NOW = LifeCycleParams((0,) * 5)
FINANCE = actor(Role.FINANCE_OFFICER, CITY)
REVIEWER = actor(Role.REVIEWER, CITY)


def enrolment_actions() -> dict[str, Action]:
    """What is there for them, and the actions by name."""
    institutions()
    return {**_people(), **_rights_to_care(), **_two_people()}


def _people() -> dict[str, Action]:
    who, other, third = person(), person(), person()
    suspend(OFFICER, "off", LifeOrder(other, date(2023, 3, 1), "x"), NOW, today=TODAY)
    newcomer = registration(county_code=COUNTY, covers=(year_cover(),))
    renamed = Change(third, 1, date(2023, 2, 1), "改", name="新")
    leaving = LifeOrder(third, date(2023, 3, 1), "x")
    back = LifeOrder(other, date(2023, 4, 1), "x")
    return {
        "register": lambda: register(OFFICER, "f", newcomer, today=TODAY),
        "change": lambda: change(OFFICER, "g", renamed, today=TODAY),
        "suspend": lambda: suspend(OFFICER, "h", leaving, NOW, today=TODAY),
        "resume": lambda: resume(OFFICER, "i", back, NOW, today=TODAY),
        "stop": lambda: stop(OFFICER, "j", leaving, NOW, today=TODAY),
        "cover": lambda: cover(OFFICER, "k", CoverOrder(who, year_cover(2024), NEW_YEAR, "x")),
        "bill": lambda: bill_person(OFFICER, "w", BillOrder(other, 2023, date(2022, 11, 1))),
    }


def _rights_to_care() -> dict[str, Action]:
    who = person()
    certified = Certify(who, VisitKind.CHRONIC, "dialysis", NEW_YEAR, None, "x")
    attached = Attach(who, AttachmentKind.FIRST_CHOICE, "H-2", NEW_YEAR, None, "x")
    elsewhere = NewInstitution("H-9", "示例", "third_rate", COUNTY, CITY, NEW_YEAR)
    return {
        "certify": lambda: certify(OFFICER, "l", certified),
        "attach": lambda: attach(OFFICER, "m", attached),
        "register an institution": lambda: register_institution(OFFICER, "n", elsewhere),
    }


def _two_people() -> dict[str, Action]:
    proposal = propose(FINANCE, Matter.FUND_MATTER, CITY, {"pay": 1})
    done: list[str] = []
    return {
        "propose": lambda: propose(FINANCE, Matter.FUND_MATTER, CITY, {"pay": 2}),
        "decide": lambda: (
            Decision.objects.filter(proposal=proposal).exists()
            or decide(REVIEWER, proposal, approved=True, reason="", carry_out=done.append)
        ),
        "seal": seal,
    }
