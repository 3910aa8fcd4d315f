"""What the database itself refuses of applications, what two do at once, and what the verifier finds."""

import json
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from tests.agency.at_once import at_once
from tests.agency.settling import AT, COUNTY, OFFICER, institutions
from tests.agency.test_applying_for_assistance import (
    APPLIED,
    REVIEWER,
    SECOND,
    applied,
    decided,
    disabled,
    granted,
    one_off_pack,
    order_of,
    proposed,
    to_check,
    to_decide,
    to_publicise,
)
from tests.agency.test_contributing import balances
from tests.agency.test_warning import heavy, ran

from yibao.assistance.failures import AssistedTwice
from yibao.assistance.models import (
    Application,
    ApplicationRecord,
    AssistanceDecision,
    AssistancePayment,
    AssistedCost,
    ObjectionAnswer,
)
from yibao.assistance.orders import (
    AcceptOrder,
    CheckOrder,
    ObjectionAnswerOrder,
    ObjectionOrder,
    PublicityOrder,
    PushOrder,
    Source,
    WithdrawOrder,
)
from yibao.assistance.terms import Category
from yibao.enrolment.actions import recognise_category
from yibao.enrolment.models import CategoryTag
from yibao.enrolment.orders import Recognition
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
from yibao.journeys.assistance.warning_push import push_warning
from yibao.journeys.settlement.reversing import replay
from yibao.journeys.verifying.database import database_findings
from yibao.rights.models import Decision
from yibao.settlement.models import AdjustmentRow
from yibao.settlement.orders import LateFact
from yibao.settlement.terms import LateCause

assert one_off_pack, "a fixture of this module too"
KEPT = (
    "applicationrecord",
    "applicationdocument",
    "householdmember",
    "incomecheck",
    "incomesource",
    "publicity",
    "objection",
    "objectionanswer",
    "assistancedecision",
    "assistancepayment",
    "assistedcost",
)


def refused(statement: str, *values: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_raw_sql_changes_no_record_and_assists_nobody_twice(database):
    institutions()
    who = heavy(yuan=200_000)
    number = applied(who)
    to_decide(number)
    said = object_in_public(OFFICER, "o", ObjectionOrder(number, date(2023, 12, 5), "x"), at=AT)
    answer_objection(
        OFFICER,
        "q",
        ObjectionAnswerOrder(json.loads(said)["objection_id"], date(2023, 12, 8), False, "x"),
        at=AT,
    )
    refused("UPDATE assistance_application SET category = 1")
    refused("UPDATE assistance_application SET step = 5")
    proposed(number)
    decided(number)
    for table in KEPT:
        refused(f"UPDATE assistance_{table} SET id = id + 100")
        refused(f"DELETE FROM assistance_{table}")
    refused("UPDATE assistance_application SET closed_on = NULL, outcome = NULL, step = 3")
    refused("DELETE FROM assistance_application")
    refused(
        "INSERT INTO assistance_assistedcost (payment_id, settlement_id, burden_fen) "
        "SELECT payment_id, settlement_id, 1 FROM assistance_assistedcost"
    )
    open_again = (
        "INSERT INTO assistance_application (person_id, county_code, benefit_year, academic, category, applicant, "
        "applied_on, words, entry, standing, step, actor, recorded_at) SELECT person_id, county_code, benefit_year, academic, category, "
        "applicant, applied_on, words, entry, standing, 0, actor, recorded_at FROM assistance_application WHERE id = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(open_again, [number])
    refused(open_again, number)


def test_cost_paid_once_takes_no_more_by_settling_again_or_by_raw_sql(database, one_off_pack):
    institutions()
    who = disabled("s")
    fact = LateFact(who, 2023, LateCause.CATEGORY_BACK_DATED, "补")
    replay(OFFICER, "before", fact, at=AT)
    granted(who, category=Category.SEVERELY_DISABLED)
    assert database_findings() == []
    tag = Recognition(
        who, Category.SUBSISTENCE_ALLOWANCE, Department.CIVIL_AFFAIRS, date(2023, 1, 1), None, "补"
    )
    recognise_category(OFFICER, "late", tag, today=AT.date())
    with pytest.raises(AssistedTwice):
        replay(OFFICER, "after", fact, at=AT)
    assert not AdjustmentRow.objects.exists()
    more = (
        "INSERT INTO settlement_adjustmentrow (late_event_id, settlement_id, payer, difference_fen) "
        "SELECT l.id, c.settlement_id, 2, 100 FROM settlement_lateevent l, assistance_assistedcost c"
    )
    refused(more)
    _behind_the_guards(more, "settlement_adjustmentrow")
    assert any("又由重算支付" in finding.message for finding in database_findings())


def test_the_verifier_finds_what_does_not_add_up(database):
    institutions()
    granted(heavy(yuan=200_000))
    ran()
    push_warning(OFFICER, "push", PushOrder(COUNTY, Department.CIVIL_AFFAIRS, AT.date()), at=AT)
    assert database_findings() == []
    for change, table, said in (
        ("SET amount_fen = amount_fen + 1", "assistance_assistancepayment", "救助金与凭证或补差不一致"),
        ("SET sequence = 99 WHERE sequence = 2", "assistance_applicationrecord", "办理记录不连续"),
        ("SET outcome = 1", "assistance_assistancedecision", "不予救助却有救助金"),
        (
            "SET due_on = '2023-01-01' WHERE act = 8",
            "assistance_applicationrecord",
            "与最后一条办理记录不一致",
        ),
        ("SET burden_in_scope_fen = 1, over_line_fen = 0", "assistance_warned", "推送批次与推送对象不一致"),
    ):
        _behind_the_guards(f"UPDATE {table} {change}", table)
        assert said in " ".join(finding.message for finding in database_findings()), said


def _behind_the_guards(statement: str, table: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(statement)
            cursor.execute("SET session_replication_role = origin")
            return
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table]
        )
        for name, _ in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(statement)


def kinds(found: list[object]) -> list[str]:
    return sorted(type(one).__name__ for one in found)


def test_two_who_take_one_step_at_once_take_it_once(postgres):
    institutions()
    who = heavy(yuan=200_000)
    found = at_once([lambda n=n: apply(OFFICER, f"a{n}", order_of(who), at=AT) for n in range(4)])
    assert kinds(found) == ["AppliedAlready"] * 3 + ["str"]
    number = Application.objects.get().pk
    order = AcceptOrder(number, APPLIED, accepted=True)
    found = at_once([lambda n=n: accept(OFFICER, f"b{n}", order, at=AT) for n in range(4)])
    assert kinds(found) == ["OtherStep"] * 3 + ["str"]
    checked = CheckOrder(number, date(2023, 11, 28), (Source(Department.TAX, 0),))
    found = at_once([lambda n=n: check_income(OFFICER, f"c{n}", checked, at=AT) for n in range(4)])
    assert kinds(found) == ["OtherStep"] * 3 + ["str"]
    public = PublicityOrder(number, date(2023, 12, 1), date(2023, 12, 7), "x")
    found = at_once([lambda n=n: publicise(OFFICER, f"d{n}", public, at=AT) for n in range(4)])
    assert kinds(found) == ["OtherStep"] * 3 + ["str"]
    raised = ObjectionOrder(number, date(2023, 12, 5), "x")
    found = at_once([lambda: object_in_public(OFFICER, "one key", raised, at=AT) for _ in range(4)])
    assert len(set(found)) == 1
    answer = ObjectionAnswerOrder(json.loads(str(found[0]))["objection_id"], date(2023, 12, 8), False, "x")
    found = at_once([lambda n=n: answer_objection(OFFICER, f"e{n}", answer, at=AT) for n in range(4)])
    assert kinds(found) == ["ApplicationWrong"] * 3 + ["str"] and ObjectionAnswer.objects.count() == 1
    found = at_once([lambda n=n: proposed(number, f"f{n}") for n in range(4)])
    assert kinds(found) == ["ApplicationWrong"] * 3 + ["dict"]
    both = [lambda n=n, by=by: decided(number, f"g{n}", by=by) for n, by in enumerate((REVIEWER, SECOND) * 2)]
    assert kinds(at_once(both)) == ["OtherStep"] * 3 + ["dict"]
    counted = (AssistanceDecision, AssistancePayment, AssistedCost, CategoryTag, Decision)
    assert [table.objects.count() for table in counted] == [1] * 5
    paid_fen = AssistancePayment.objects.get().amount_fen
    assert balances()["assistance", "direct_assistance"] == paid_fen > 0
    assert [r.sequence for r in ApplicationRecord.objects.order_by("sequence")] == list(range(1, 9))
    assert database_findings() == []


def test_withdrawn_and_decided_at_once_is_one_of_both(postgres):
    institutions()
    who = heavy(yuan=200_000)
    number = applied(who)
    to_decide(number)
    proposed(number)
    order = WithdrawOrder(number, AT.date(), "自愿")
    found = at_once([lambda: decided(number), lambda: withdraw(OFFICER, "w", order, at=AT)])
    assert kinds(found)[0] == "OtherStep"
    paid = AssistancePayment.objects.count()
    assert (
        paid == AdjustmentRow.objects.values("late_event").distinct().count() == CategoryTag.objects.count()
    )
    assert database_findings() == []


@pytest.mark.parametrize("step", [to_check, to_publicise])
def test_an_application_can_be_withdrawn_at_any_step(database, step):
    institutions()
    number = applied(heavy(yuan=200_000))
    step(number)
    withdraw(OFFICER, "w", WithdrawOrder(number, AT.date(), "自愿"), at=AT)
    assert Application.objects.get().closed_on == AT.date()
