"""Lists of work with deadlines, by area; and a month's statistics, equal to what the books spent."""

from datetime import date

import pytest
from tests.agency.acting import actor
from tests.agency.settling import AT, CITY, COUNTY, OFFICER, institutions
from tests.agency.test_applying_for_assistance import APPLIED, POOR_FEN, applied, granted, to_check, to_decide
from tests.agency.test_contributing import balances
from tests.agency.test_warning import heavy

from yibao.assistance.failures import NoSuchApplication
from yibao.assistance.orders import WithdrawOrder
from yibao.assistance.queries import application_of, applications, overdue_applications, work_list
from yibao.assistance.terms import Category
from yibao.enrolment.actions import recognise_category
from yibao.enrolment.orders import Recognition
from yibao.enrolment.terms import Department
from yibao.journeys.assistance.applying_for_assistance import withdraw
from yibao.journeys.assistance.assistance_statistics import assistance_of_month
from yibao.journeys.settlement.reversing import replay
from yibao.rights.models import AuditRecord
from yibao.rights.terms import Role
from yibao.settlement.orders import LateFact
from yibao.settlement.terms import LateCause

ELSEWHERE = actor(Role.COUNTY_OFFICER, "140106")


def test_the_work_list_has_what_is_open_by_its_deadline(database):
    institutions()
    first, second, third, gone = (applied(heavy(f"s{n}", yuan=200_000), f"a{n}") for n in range(4))
    to_check(second, "a1")
    to_decide(third, "a2")
    withdraw(OFFICER, "w", WithdrawOrder(gone, APPLIED, "自愿"), at=AT)
    found = [(a.pk, a.due_on) for a in work_list(OFFICER, CITY)]
    assert found == [(first, date(2023, 11, 21)), (second, date(2023, 12, 5)), (third, date(2023, 12, 14))]
    late = [a.pk for a in overdue_applications(OFFICER, COUNTY, date(2023, 12, 6))]
    assert late == [first, second]
    assert [a.pk for a in overdue_applications(OFFICER, COUNTY, date(2023, 12, 5))] == [first]
    assert applications(OFFICER, CITY).count() == 4
    assert application_of(OFFICER, first, reason="核对").pk == first
    assert AuditRecord.objects.filter(action="look_at_application", reason="核对").count() == 1


def test_who_is_elsewhere_sees_nothing(database):
    institutions()
    number = applied(heavy(yuan=200_000))
    assert list(work_list(ELSEWHERE, CITY)) == list(work_list(OFFICER, "140106")) == []
    with pytest.raises(NoSuchApplication):
        application_of(ELSEWHERE, number, reason="x")
    assert assistance_of_month(ELSEWHERE, CITY, date(2023, 12, 1), date(2023, 12, 31)) == []


def test_a_months_statistics_are_what_the_books_spent(database):
    institutions()
    heavy("low", yuan=50_000, category=Category.SUBSISTENCE_ALLOWANCE)
    late = heavy("late", yuan=80_000)
    tag = Recognition(
        late, Category.SUBSISTENCE_ALLOWANCE, Department.CIVIL_AFFAIRS, date(2023, 1, 1), None, "补"
    )
    recognise_category(OFFICER, "tag", tag, today=AT.date())
    replay(OFFICER, "r", LateFact(late, 2023, LateCause.CATEGORY_BACK_DATED, "补"), at=AT)
    said = granted(heavy("poor", yuan=200_000), "p")
    refused = granted(heavy("rich", yuan=200_000), "q", income_fen=4 * POOR_FEN)
    assert said["amount_fen"] > 0 == refused["amount_fen"]
    may = assistance_of_month(OFFICER, CITY, date(2023, 5, 1), date(2023, 5, 31))
    december = assistance_of_month(OFFICER, CITY, date(2023, 12, 1), date(2023, 12, 31))
    allowance, illness = Category.SUBSISTENCE_ALLOWANCE, Category.ILLNESS_POVERTY
    assert [(m.county_code, m.category, m.settlements, m.people) for m in may] == [(COUNTY, allowance, 1, 1)]
    assert [(m.category, m.decisions, m.granted, m.people) for m in december] == [
        (allowance, 0, 0, 1),
        (illness, 2, 1, 1),
    ]
    assert december[1].applied_fen == said["amount_fen"] and december[0].adjusted_fen > 0
    told = sum(m.settled_fen + m.adjusted_fen + m.applied_fen for m in may + december)
    spent = balances()
    assert told == spent["assistance", "direct_assistance"] + spent.get(
        ("assistance", "top_up_assistance"), 0
    )
