"""An application that departments decide together: billed when all have agreed, turned down by the first that does not."""

import json
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.settling import OFFICER
from tests.agency.test_applying import DAY, applied, asked, done

from yibao.enrolment.terms import Department, JointState
from yibao.financing.models import ContributionBill
from yibao.journeys.enrolment.applying import go_on
from yibao.journeys.enrolment.joint_handling import say_verdict
from yibao.journeys.verifying.database import database_findings
from yibao.packs.entries import NoSuchEntry
from yibao.public_services.failures import (
    ApplicationEnded,
    ApplicationWrong,
    NoSuchApplication,
    VerdictNotAsked,
)
from yibao.public_services.models import Application, DepartmentVerdict
from yibao.public_services.orders import VerdictOrder
from yibao.public_services.terms import ApplicationEvent, ApplicationState
from yibao.rights.terms import Role

NEEDED = (
    Department.MEDICAL_INSURANCE,
    Department.TAX,
    Department.CIVIL_AFFAIRS,
    Department.RURAL_REVITALISATION,
)


def together() -> int:
    return applied(replace(asked(), jointly=True))["application_id"]


def says(
    application_id: int, department: Department, agreed: bool = True, reason: str = "", key: str = ""
) -> dict:
    order = VerdictOrder(application_id, department, agreed, DAY, reason)
    return json.loads(say_verdict(OFFICER, key or f"v{department}", order))


def test_nothing_is_billed_before_every_department_has_agreed(database):
    application_id = together()
    for at, department in enumerate(NEEDED):
        assert ContributionBill.objects.count() == 0
        said = says(application_id, department)
        go_on(OFFICER, application_id, today=DAY)
        assert said == {
            "joint_state": JointState.AGREED if at == 3 else JointState.WAITING,
            "waiting": 3 - at,
        }
    assert ContributionBill.objects.count() == 1
    assert database_findings() == []
    Application.objects.update(needed_departments=511)
    assert ["部门未全部同意" in finding.message for finding in database_findings()] == [True]


def test_one_refusal_turns_it_down_with_its_reason(database):
    application_id = together()
    says(application_id, Department.TAX)
    with pytest.raises(ApplicationWrong, match="理由"):
        says(application_id, Department.CIVIL_AFFAIRS, False)
    assert (
        says(application_id, Department.CIVIL_AFFAIRS, False, "身份不符")["joint_state"]
        == JointState.RETURNED
    )
    row = Application.objects.get()
    assert (row.state, row.reason) == (ApplicationState.TURNED_DOWN, "身份不符")
    assert done(application_id)[-1] == ApplicationEvent.TURNED_DOWN
    with pytest.raises(ApplicationEnded):
        says(application_id, Department.MEDICAL_INSURANCE)
    assert ContributionBill.objects.count() == 0 and database_findings() == []


def test_who_is_not_asked_or_has_said_it_or_may_not_says_nothing(database):
    application_id = together()
    says(application_id, Department.TAX)
    for department in (Department.TAX, Department.EDUCATION):
        with pytest.raises(VerdictNotAsked):
            says(application_id, department, key=f"again{department}")
    alone = applied(asked(), "alone")["application_id"]
    with pytest.raises(VerdictNotAsked):
        says(alone, Department.TAX, key="alone2")
    with pytest.raises(NoSuchApplication):
        order = VerdictOrder(application_id, Department.CIVIL_AFFAIRS, True, DAY)
        say_verdict(actor(Role.CITY_OFFICER, "140200"), "x", order)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE public_services_departmentverdict SET agreed = %s", [False])
    assert DepartmentVerdict.objects.count() == 1


def test_an_area_without_the_entry_names_it(database):
    order = replace(asked(), jointly=True)
    elsewhere = replace(order, registration=replace(order.registration, county_code="500112"))
    with pytest.raises(NoSuchEntry, match=r"enrolment\.joint_handling"):
        applied(elsewhere, who=actor(Role.CITY_OFFICER, "500000"))


def test_said_at_once_is_said_once(postgres):
    application_id = together()
    found = at_once([lambda n=n: says(application_id, Department.TAX, key=f"k{n}") for n in range(5)])
    assert sorted(type(one).__name__ for one in found) == ["VerdictNotAsked"] * 4 + ["dict"]
    assert DepartmentVerdict.objects.count() == 1
