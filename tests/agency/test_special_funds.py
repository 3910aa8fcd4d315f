"""Special funds: bills of COVID-19 treatment and vaccination in books of their own, from the bill to what the budget owes.

carries_out: FND-05
"""

import json
from datetime import date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.settling import AT, CHINA, CITY, OFFICER, institutions, person, stay, visit

from yibao.assistance.terms import Category
from yibao.benefits.terms import SpecialFund
from yibao.enrolment.actions import recognise_category
from yibao.enrolment.orders import Recognition
from yibao.enrolment.terms import Department
from yibao.journeys.settlement.reversing import replay, reverse
from yibao.journeys.settlement.settling import settle
from yibao.journeys.settlement.special_funds import BudgetMoney, NotReceived, receive_budget
from yibao.journeys.verifying.database import database_findings, recomputed_findings
from yibao.ledger.books import balance_fen
from yibao.ledger.models import EntryLine
from yibao.ledger.queries import journal_of, trial_balance_of
from yibao.rights.actors import Actor, Granted, NotAllowed
from yibao.rights.terms import Role
from yibao.settlement.models import Settlement, SpecialFundReceipt
from yibao.settlement.orders import LateFact, Reversal, Totals
from yibao.settlement.special_funds import special_fund_bills, special_fund_totals
from yibao.settlement.terms import LateCause

FINANCE = actor(Role.FINANCE_OFFICER, CITY)
TREATMENT, VACCINATION = SpecialFund.COVID_TREATMENT, SpecialFund.COVID_VACCINATION
YEAR = (date(2023, 1, 1), date(2023, 12, 31))
DOSE = Totals(class_a_fen=9_000)


@pytest.fixture
def agency(database):
    institutions()


def settled(key: str, bill, at: datetime = AT) -> dict[str, int]:
    return json.loads(settle(OFFICER, key, bill, at=at))


def treated(who: int, yuan: int = 20_000, **more: object):
    return stay(who, yuan, special_fund=TREATMENT, **more)


def dose(who: int, day: date = date(2023, 5, 1)):
    return visit(who, 0, day, special_fund=VACCINATION, totals=DOSE)


def totals(first: date = YEAR[0], last: date = YEAR[1]):
    return {found.special_fund: found for found in special_fund_totals(FINANCE, CITY, first, last)}


def received(key: str, fund: SpecialFund, amount_fen: int, no: str) -> str:
    return receive_budget(FINANCE, key, BudgetMoney(CITY, fund, amount_fen, no, AT.date()), at=AT)


def special(account: str) -> int:
    return balance_fen(trial_balance_of(CITY), "special", account)


def test_insurance_pays_first_and_the_special_fund_the_rest_in_its_own_books(agency):
    said = settled("a", treated(person()))
    assert said["basic_fen"] > 0 and said["person_fen"] == 0
    assert said["special_fund_fen"] == 2_000_000 - said["basic_fen"] - said["catastrophic_fen"]
    assert special("special_fund_payments") == said["special_fund_fen"] == -special("payable_institutions")
    assert balance_fen(trial_balance_of(CITY), "basic", "benefit_hospital") == said["basic_fen"]
    assert database_findings() == [] and recomputed_findings() == []


def test_a_dose_is_the_special_funds_alone(agency):
    said = settled("a", dose(person()))
    assert (said["special_fund_fen"], said["basic_fen"], said["person_fen"]) == (9_000, 0, 0)
    assert {row["fund"] for row in trial_balance_of(CITY).to_pylist()} == {"special"}


def test_each_special_fund_is_told_apart_with_what_was_undone(agency):
    who = person()
    stays = [settled(f"s{n}", treated(who, yuan)) for n, yuan in enumerate((20_000, 9_000))]
    doses = [settled(f"d{n}", dose(who)) for n in range(3)]
    settled("other", stay(who, 9_000))
    reverse(OFFICER, "r1", Reversal(stays[1]["settlement_id"], "录入错误"), at=AT)
    reverse(OFFICER, "r2", Reversal(doses[0]["settlement_id"], "录入错误"), at=AT)
    found = totals()
    cure, jab = found[TREATMENT], found[VACCINATION]
    assert (cure.bills, cure.reversed_bills, jab.bills, jab.reversed_bills) == (2, 1, 3, 1)
    assert cure.paid_fen == sum(said["special_fund_fen"] for said in stays)
    assert cure.reversed_fen == stays[1]["special_fund_fen"]
    assert (jab.paid_fen, jab.reversed_fen, jab.net_fen, jab.insurance_fen) == (27_000, 9_000, 18_000, 0)
    assert cure.insurance_fen == stays[0]["basic_fen"] + stays[0]["catastrophic_fen"]
    assert cure.net_fen + jab.net_fen == special("special_fund_payments")
    assert (cure.outstanding_fen, jab.outstanding_fen) == (cure.net_fen, jab.net_fen)
    assert database_findings() == [] and recomputed_findings() == []


def test_what_came_from_the_budget_lessens_what_it_owes_that_fund_only(agency):
    who = person()
    said = settled("s", treated(who))
    settled("d", dose(who))
    received("b1", VACCINATION, 5_000, "财社1号")
    received("b2", TREATMENT, said["special_fund_fen"], "财社1号")
    found = totals()
    assert (found[VACCINATION].received_fen, found[VACCINATION].outstanding_fen) == (5_000, 4_000)
    assert found[TREATMENT].outstanding_fen == 0
    references = {
        row["reference"] for row in journal_of(CITY).to_pylist() if row["memo"] == "special_fund_budget"
    }
    assert references == {"special:COVID_TREATMENT", "special:COVID_VACCINATION"}
    assert special("special_fund_budget") == -5_000 - said["special_fund_fen"] == -special("fiscal_account")
    assert database_findings() == []


def test_a_period_goes_by_day_of_posting(agency):
    who = person()
    settled("a", dose(who, date(2023, 12, 30)), at=datetime(2023, 12, 31, 23, 30, tzinfo=CHINA))
    said = settled("b", dose(who, date(2023, 12, 30)), at=datetime(2024, 1, 1, 0, 30, tzinfo=CHINA))
    reverse(OFFICER, "r", Reversal(said["settlement_id"], "x"), at=datetime(2024, 2, 1, tzinfo=CHINA))
    assert totals()[VACCINATION].paid_fen == 9_000
    later = totals(date(2024, 1, 1), date(2024, 1, 31))[VACCINATION]
    assert (later.bills, later.paid_fen, later.reversed_bills, later.outstanding_fen) == (1, 9_000, 0, 18_000)
    assert totals(date(2024, 2, 1), date(2024, 2, 29))[VACCINATION].net_fen == -9_000


def test_a_late_category_moves_money_from_the_special_fund_to_insurance(agency):
    who = person()
    said = settled("a", treated(who, 100_000))
    tag = Recognition(who, Category.EXTREME_POVERTY, Department.CIVIL_AFFAIRS, date(2023, 1, 1), None, "补")
    recognise_category(OFFICER, "c", tag, today=AT.date())
    replay(OFFICER, "l", LateFact(who, 2023, LateCause.CATEGORY_BACK_DATED, "补"), at=AT)
    found = totals()[TREATMENT]
    assert found.adjusted_fen < 0 and found.net_fen == special("special_fund_payments")
    assert found.insurance_fen + found.net_fen == said["total_fen"]
    assert database_findings() == [] and recomputed_findings() == []


def test_each_amount_is_traced_to_its_bill_and_entry(agency):
    who = person()
    said = settled("a", treated(who))
    reverse(OFFICER, "r", Reversal(said["settlement_id"], "x"), at=AT)
    settled("d", dose(who))
    first, undone = special_fund_bills(OFFICER, TREATMENT, *YEAR)
    assert (first["id"], undone["reverses_id"]) == (said["settlement_id"], said["settlement_id"])
    assert first["special_fund_fen"] + undone["special_fund_fen"] == 0
    for row in (first, undone):
        line = EntryLine.objects.get(entry=row["entry_id"], account="special_fund_payments")
        assert line.amount_fen == row["special_fund_fen"]
    assert special_fund_bills(OFFICER, TREATMENT, *YEAR, after=first["id"], limit=1) == [undone]
    assert special_fund_bills(actor(Role.CITY_OFFICER, "410100"), TREATMENT, *YEAR) == []


def test_who_may_not_is_refused_and_what_cannot_be_is_said(agency):
    basic_only = Actor("f", (Granted(Role.FINANCE_OFFICER, CITY, "basic"),))
    order = BudgetMoney(CITY, VACCINATION, 1, "1", AT.date())
    for nobody in (OFFICER, basic_only, actor(Role.FINANCE_OFFICER, "410100")):
        with pytest.raises(NotAllowed):
            receive_budget(nobody, "x", order, at=AT)
        with pytest.raises(NotAllowed):
            special_fund_totals(nobody, CITY, *YEAR)
    wrong = BudgetMoney(CITY, SpecialFund.NONE, 0, " ", date(2023, 12, 21))
    with pytest.raises(NotReceived) as said:
        receive_budget(FINANCE, "x", wrong, at=AT)
    assert len(said.value.problems) == 4
    received("y", VACCINATION, 1, "1")
    with pytest.raises(NotReceived, match="已为该专项资金入账"):
        received("z", VACCINATION, 1, "1")
    assert SpecialFundReceipt.objects.count() == 1


def test_the_verifier_finds_an_amount_that_is_no_bills(agency):
    settled("d", dose(person()))
    received("y", VACCINATION, 9_000, "1")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE settlement_specialfundreceipt SET amount_fen = 1")
    entry = Settlement.objects.get().entry_id
    table = "ledger_entryline"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            names = cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table]
            ).fetchall()
            for (name,) in names:
                cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(
            f"UPDATE {table} SET amount_fen = amount_fen + 1 "
            f"WHERE entry_id = %s AND account = 'special_fund_payments'",
            [entry],
        )
    assert any("与账单不一致" in found.message for found in database_findings())


def test_one_document_at_once_is_taken_in_once(postgres):
    said = at_once([lambda n=n: received(f"k{n}", TREATMENT, 100, "财社2号") for n in range(6)])
    assert sorted(type(one).__name__ for one in said) == ["NotReceived"] * 5 + ["str"]
    assert special("special_fund_budget") == -100
    assert database_findings() == []
