"""Pushing a list and tracking what comes back: only new or higher, numbered, masked, overdue by the pack's days."""

import json
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.settling import AT, CHINA, CITY, COUNTY, OFFICER, institutions, stay
from tests.agency.striking import refuses_at_every_statement
from tests.agency.test_warning import DAY, heavy, on, ran

from yibao.assistance.deadlines import working_day_after
from yibao.assistance.failures import (
    AnswerWrong,
    CaseClosed,
    NoSuchCase,
    NotARecipient,
    NothingNew,
    NotRunYet,
)
from yibao.assistance.models import Warned, WarningBatch, WarningCase, WarningResponse, WarningRun
from yibao.assistance.orders import AnswerOrder, PushOrder, RunOrder
from yibao.assistance.queries import cases, overdue_cases
from yibao.assistance.terms import Category, WarningAnswer
from yibao.enrolment.actions import recognise_category
from yibao.enrolment.models import CategoryTag, Identity
from yibao.enrolment.orders import Recognition
from yibao.enrolment.terms import Department
from yibao.journeys.assistance.warning import run_warning
from yibao.journeys.assistance.warning_lists import (
    batch_list,
    identified_not_certified,
    masked_name,
    masked_number,
    warning_list,
)
from yibao.journeys.assistance.warning_push import answer_warning, content_hash, push_warning
from yibao.journeys.settlement.settling import settle
from yibao.rights.models import AuditRecord
from yibao.rights.terms import Role

TOWN = actor(Role.TOWNSHIP_ACCEPTOR, COUNTY)


def pushed(key: str = "push", day: date = DAY, to: Department = Department.CIVIL_AFFAIRS) -> dict[str, int]:
    return json.loads(push_warning(OFFICER, key, PushOrder(COUNTY, to, day), at=AT))


def answered(case_id: int, answer: WarningAnswer, key: str, *, words: str = "已核实", **more: object) -> str:
    order = AnswerOrder(case_id, answer, DAY, words, **more)
    return answer_warning(OFFICER, key, order, at=AT)


def test_a_batch_has_who_is_new_or_has_risen_a_band(database):
    institutions()
    who = heavy(yuan=200_000)
    first = date(2023, 6, 1)
    ran("r-1", first)
    assert pushed("p-1", first) | {"due_on": ""} == {"batch_id": 1, "number": 1, "people": 1, "due_on": ""}
    with pytest.raises(NothingNew):
        pushed("p-2", first)
    assert pushed("p-3", first, Department.RURAL_REVITALISATION)["number"] == 2
    ran("r-2", date(2023, 7, 1))
    with pytest.raises(NothingNew):
        pushed("p-4", date(2023, 7, 1))
    settle(OFFICER, "more", stay(who, 200_000, date(2023, 8, 1)), at=on(date(2023, 8, 1)))
    other = heavy("other", yuan=200_000, day=date(2023, 8, 1))
    ran("r-3", date(2023, 9, 1))
    assert pushed("p-5", date(2023, 9, 1))["people"] == 2
    found = WarningCase.objects.filter(batch__number=3).order_by("id")
    assert [(case.person_id, case.band > 2) for case in found] == [(who, True), (other, False)]
    batch = WarningBatch.objects.get(number=3)
    assert batch.content_hash == content_hash([case.warned for case in found])
    with pytest.raises(NotRunYet):
        pushed("p-6", date(2023, 9, 2))
    with pytest.raises(NotARecipient, match="民政、乡村振兴"):
        pushed("p-7", first, Department.TAX)


def test_a_list_shows_no_name_and_no_number(database):
    institutions()
    who = heavy(yuan=200_000)
    ran()
    number = Identity.objects.get(person_id=who).number
    pushed()
    batch, lines = batch_list(OFFICER, 1)
    assert (batch.people, len(lines)) == (1, 1)
    assert lines[0].number == f"{number[:6]}********{number[-4:]}" and lines[0].name == "甲*"
    assert lines[0].basis.startswith("假定：140100 assistance.early_warning")
    assert lines[0].since == "2023-05-01" and lines[0].case_id == str(WarningCase.objects.get().pk)
    assert warning_list(OFFICER, COUNTY, DAY)[0][1:] == lines[0][1:]
    assert warning_list(actor(Role.COUNTY_OFFICER, "140106"), CITY, DAY) == []
    assert warning_list(actor(Role.TAX_OFFICER, CITY), CITY, DAY) == []
    assert AuditRecord.objects.filter(action="look_at_batch", subject="warning_batch:1").count() == 1
    assert (masked_name("乙"), masked_name("甲乙丙"), masked_number("G12345")) == ("乙*", "甲**", "**2345")


def test_answers_are_tracked_to_the_close_and_overdue_by_the_days_of_the_pack(database):
    institutions()
    who, other = heavy("a", yuan=200_000), heavy("b", yuan=200_000)
    ran()
    pushed()
    first, second = WarningCase.objects.order_by("id")
    due_on = date(2024, 1, 10)
    assert first.due_on == second.due_on == due_on == working_day_after(DAY, 15)
    assert [working_day_after(date(2023, 12, 22), n) for n in (0, 1, 5, 6)] == [
        date(2023, 12, 22),
        date(2023, 12, 25),
        date(2023, 12, 29),
        date(2024, 1, 1),
    ]
    answered(first.pk, WarningAnswer.IDENTIFIED, "i", category=Category.SUBSISTENCE_MARGIN)
    assert not CategoryTag.objects.filter(person_id=who).exists()
    waiting = identified_not_certified(OFFICER, CITY, DAY)
    assert [(one.case_id, one.category) for one in waiting] == [(first.pk, Category.SUBSISTENCE_MARGIN)]
    assert list(identified_not_certified(actor(Role.COUNTY_OFFICER, "140106"), CITY, DAY)) == []
    tag = Recognition(
        who, Category.SUBSISTENCE_MARGIN, Department.CIVIL_AFFAIRS, date(2023, 1, 1), None, "名单"
    )
    recognise_category(OFFICER, "tag", tag, today=DAY)
    assert list(identified_not_certified(OFFICER, CITY, DAY)) == []
    assert [c.pk for c in overdue_cases(OFFICER, CITY, due_on)] == []
    assert [c.pk for c in overdue_cases(OFFICER, CITY, due_on + timedelta(days=1))] == [second.pk]
    assert list(overdue_cases(actor(Role.COUNTY_OFFICER, "140106"), CITY, date(2024, 6, 1))) == []
    answered(first.pk, WarningAnswer.ASSISTED, "j")
    answered(first.pk, WarningAnswer.CLOSE, "k")
    with pytest.raises(CaseClosed):
        answered(first.pk, WarningAnswer.ASSISTED, "l")
    assert [(c.pk, c.answers, c.closed) for c in cases(OFFICER, CITY)] == [
        (first.pk, 3, 1),
        (second.pk, 0, 0),
    ]
    assert other == second.person_id


def test_an_answer_that_cannot_be_is_refused_with_every_problem(database):
    institutions()
    heavy(yuan=200_000)
    ran()
    pushed()
    case = WarningCase.objects.get()
    order = AnswerOrder(case.pk, WarningAnswer.ASSISTED, date(2024, 1, 1), category=Category.ORDINARY)
    with pytest.raises(AnswerWrong) as found:
        answer_warning(OFFICER, "x", order, at=AT)
    assert len(found.value.problems) == 4
    with pytest.raises(NoSuchCase):
        answer_warning(actor(Role.COUNTY_OFFICER, "140106"), "y", order, at=AT)
    with pytest.raises(NoSuchCase):
        answered(case.pk + 1, WarningAnswer.CLOSE, "z")
    assert WarningResponse.objects.count() == 0
    order = AnswerOrder(case.pk, WarningAnswer.NOT_NEEDED, DAY, "已有子女赡养")
    answer_warning(TOWN, "t", order, at=AT)


def test_raw_sql_pushes_nobody_twice_and_answers_no_closed_case(database):
    institutions()
    heavy(yuan=200_000)
    ran()
    pushed()
    answered(WarningCase.objects.get().pk, WarningAnswer.CLOSE, "k")
    copied = "INSERT INTO {0} ({1}) SELECT {1} FROM {0}"
    for table, columns in (
        ("assistance_warningcase", "batch_id, warned_id, person_id, year_id, department, band, due_on"),
        ("assistance_warningrun", "county_code, day, actor, recorded_at"),
        (
            "assistance_warningbatch",
            "county_code, number, department, day, people, content_hash, actor, recorded_at",
        ),
    ):
        _refused(copied.format(table, columns))
    _refused(
        "INSERT INTO assistance_warningresponse (case_id, sequence, answer, answered_on, words, actor, recorded_at) "
        "SELECT case_id, 2, 1, answered_on, 'x', actor, recorded_at FROM assistance_warningresponse"
    )
    for table in ("warned", "warningrun", "warningbatch", "warningcase", "warningresponse"):
        _refused(f"UPDATE assistance_{table} SET id = id + 100")
        _refused(f"DELETE FROM assistance_{table}")


def _refused(statement: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_run_pushed_and_answered_at_once_happen_once(postgres):
    institutions()
    for n in range(3):
        heavy(f"s{n}", yuan=200_000)
    found = at_once([lambda n=n: ran(f"r-{n}") for n in range(6)])
    assert sorted(one["added"] for one in found) == [0, 0, 0, 0, 0, 3]
    assert (WarningRun.objects.count(), Warned.objects.count()) == (1, 3)
    found = at_once([lambda n=n: pushed(f"p-{n}") for n in range(6)])
    assert sorted(type(one).__name__ for one in found) == ["NothingNew"] * 5 + ["dict"]
    assert (WarningBatch.objects.count(), WarningCase.objects.count()) == (1, 3)
    case = WarningCase.objects.first()
    found = at_once([lambda n=n: answered(case.pk, WarningAnswer.CLOSE, f"k{n}") for n in range(6)])
    assert sorted(type(one).__name__ for one in found) == ["CaseClosed"] * 5 + ["str"]


def test_a_failure_at_any_statement_of_running_pushing_and_answering_changes_nothing(database):
    institutions()
    heavy(yuan=200_000)
    late = datetime(2023, 12, 20, 12, tzinfo=CHINA)
    works = [
        lambda: run_warning(OFFICER, "r", RunOrder(COUNTY, DAY), at=late),
        lambda: pushed("p"),
        lambda: answered(WarningCase.objects.get().pk, WarningAnswer.CLOSE, "k"),
    ]
    for work in works:
        assert refuses_at_every_statement(work) >= 5
