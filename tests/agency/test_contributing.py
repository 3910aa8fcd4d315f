"""Bills and payments: what is due, who pays it, the cover it buys, and that nobody pays twice, tried a hundred times at once."""

import dataclasses
import json
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.people import registration
from tests.agency.settling import AT, CITY, COUNTY, OFFICER
from tests.agency.striking import refuses_at_every_statement

from yibao.assistance.terms import Category
from yibao.enrolment.actions import recognise_category, register
from yibao.enrolment.failures import CoverageOverlaps
from yibao.enrolment.models import Coverage
from yibao.enrolment.orders import Recognition
from yibao.enrolment.terms import Department, EnrolmentRefusal
from yibao.financing.models import ContributionBill, ContributionPayment
from yibao.financing.terms import CollectionChannel
from yibao.journeys.financing.contributing import BillOrder, PayOrder, RefundOrder, bill_person, pay, refund
from yibao.journeys.financing.contribution_failures import (
    AmountDiffers,
    BilledAlready,
    CoverHasBegun,
    NoSuchBill,
    NotEnrolled,
    NumberUsed,
    PaidAlready,
)
from yibao.journeys.verifying.database import database_findings
from yibao.ledger.queries import trial_balance_of
from yibao.rights.terms import Role

TAX = actor(Role.TAX_OFFICER, CITY)
IN_WINDOW = date(2022, 11, 1)
DUE_FEN = 35_000
BORN = date(1980, 5, 1)


def registered(key: str = "r", *, category: Category | None = None, born_on: date = BORN) -> int:
    order = registration(county_code=COUNTY, born_on=born_on, happened_on=max(date(2022, 10, 1), born_on))
    who = int(json.loads(register(OFFICER, key, order, today=AT.date()))["person_id"])
    if category is not None:
        tag = Recognition(who, category, Department.CIVIL_AFFAIRS, date(2022, 1, 1), None, "名单")
        recognise_category(OFFICER, f"{key}-c", tag, today=AT.date())
    return who


def billed(who: int, key: str = "b", **more: object) -> dict[str, int]:
    return json.loads(bill_person(OFFICER, key, BillOrder(who, 2023, IN_WINDOW, **more)))


def payment(bill_id: int, number: str = "n1", *, amount_fen: int = DUE_FEN, on: date = IN_WINDOW) -> PayOrder:
    return PayOrder(bill_id, amount_fen, CollectionChannel.ONLINE, number, on)


def balances() -> dict[tuple[str, str], int]:
    return {
        (r["fund"], r["account"]): r["balance_fen"]
        for r in trial_balance_of(CITY).to_pylist()
        if r["balance_fen"]
    }


def test_a_bill_paid_in_the_window_covers_the_year_and_is_received_in_advance(database):
    who = registered()
    said = billed(who)
    assert said["person_pays_fen"] == DUE_FEN
    assert Coverage.objects.count() == 0
    pay(TAX, "p", payment(said["bill_id"]))
    found = Coverage.objects.get()
    assert (found.first_day, found.last_day, found.waiting_last_day) == (
        date(2023, 1, 1),
        date(2023, 12, 31),
        None,
    )
    assert balances() == {("basic", "income_account"): DUE_FEN, ("basic", "temporary_receipts"): -DUE_FEN}
    assert database_findings() == []


def test_paid_late_it_covers_from_then_with_a_waiting_period(database):
    said = billed(registered())
    pay(TAX, "p", payment(said["bill_id"], on=date(2023, 3, 1)))
    found = Coverage.objects.get()
    assert found.first_day == date(2023, 3, 1) and found.waiting_last_day is not None
    assert balances() == {("basic", "income_account"): DUE_FEN, ("basic", "contribution_person"): -DUE_FEN}


def test_who_has_nothing_to_pay_is_covered_by_the_bill(database):
    who = registered(category=Category.EXTREME_POVERTY)
    said = billed(who)
    assert said["person_pays_fen"] == 0
    bill = ContributionBill.objects.get()
    assert bill.aid_assistance_fund_fen + bill.aid_municipal_fen + bill.aid_county_fen == DUE_FEN
    assert Coverage.objects.get().first_day == date(2023, 1, 1)
    assert sum(amount for (fund, _), amount in balances().items() if fund == "basic") == 0
    assert -balances()["basic", "contribution_assistance"] == bill.aid_assistance_fund_fen > 0


def test_what_buys_no_cover_is_refused_in_the_words_of_the_rule(database):
    who = registered()
    with pytest.raises(NotEnrolled, match="户籍"):
        billed(who, hukou_local=False)
    said = billed(who)
    for day, why in (
        (date(2022, 8, 31), EnrolmentRefusal.WINDOW_NOT_OPEN),
        (date(2024, 1, 1), EnrolmentRefusal.YEAR_OVER),
    ):
        with pytest.raises(NotEnrolled) as found:
            pay(TAX, f"p{day}", payment(said["bill_id"], on=day))
        assert found.value.refusal == why
    assert (ContributionPayment.objects.count(), Coverage.objects.count(), balances()) == (0, 0, {})


def test_a_year_is_billed_once_and_a_bill_is_paid_once_whole_and_by_its_number(database):
    first, second = registered("r1"), registered("r2")
    one, two = billed(first, "b1"), billed(second, "b2")
    with pytest.raises(BilledAlready):
        billed(first, "b3")
    with pytest.raises(AmountDiffers, match=r"350\.00 元，收到 349\.99 元"):
        pay(TAX, "p0", payment(one["bill_id"], amount_fen=DUE_FEN - 1))
    said = pay(TAX, "p1", payment(one["bill_id"], "n1"))
    assert pay(TAX, "p1", payment(one["bill_id"], "n1")) == said
    with pytest.raises(PaidAlready):
        pay(TAX, "p2", payment(one["bill_id"], "n2"))
    with pytest.raises(NumberUsed, match="n1"):
        pay(TAX, "p3", payment(two["bill_id"], "n1"))
    with pytest.raises(NoSuchBill):
        pay(actor(Role.TAX_OFFICER, "140106"), "p4", payment(two["bill_id"], "n3"))
    assert balances()["basic", "income_account"] == DUE_FEN


def test_given_back_before_the_year_it_can_be_paid_again(database):
    said = billed(registered(category=Category.SUBSISTENCE_ALLOWANCE))
    bill = ContributionBill.objects.get()
    first = json.loads(pay(TAX, "p1", payment(bill.pk, amount_fen=bill.person_pays_fen)))
    refund(TAX, "f1", RefundOrder(first["payment_id"], date(2022, 12, 1), "重复缴费"))
    assert balances() == {} and Coverage.objects.filter(void=False).count() == 0
    with pytest.raises(CoverHasBegun):
        refund(TAX, "f2", RefundOrder(first["payment_id"], date(2022, 12, 1), "重复缴费"))
    again = json.loads(pay(TAX, "p2", payment(said["bill_id"], "n2", amount_fen=bill.person_pays_fen)))
    with pytest.raises(CoverHasBegun):
        refund(TAX, "f3", RefundOrder(again["payment_id"], date(2023, 1, 1), "x"))
    assert Coverage.objects.filter(void=False).count() == 1
    assert database_findings() == []


def test_who_is_covered_already_does_not_pay(database):
    who = registered()
    said = billed(who)
    Coverage.objects.create(
        person_id=who, scheme=1, area_code=CITY, benefit_year=2023, first_day=date(2023, 6, 1),
        last_day=date(2023, 6, 30), planned_last_day=date(2023, 6, 30),
    )  # fmt: skip
    with pytest.raises(CoverageOverlaps):
        pay(TAX, "p", payment(said["bill_id"]))
    assert (ContributionPayment.objects.count(), balances()) == (0, {})


def test_raw_sql_pays_no_bill_twice(database):
    said = billed(registered())
    pay(TAX, "p", payment(said["bill_id"]))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO financing_contributionpayment (bill_id, turn, amount_fen, channel, external_no, paid_on, "
            "recorded_at, actor) VALUES (%s, 9, 1, 0, 'x', '2023-01-01', '2023-01-01 00:00:00+00:00', 'x')",
            [said["bill_id"]],
        )


def test_a_hundred_payments_at_once_are_one(postgres):
    said = billed(registered())
    works = [lambda n=n: pay(TAX, f"p{n}", payment(said["bill_id"], f"n{n}")) for n in range(100)]
    found = at_once(works, workers=16)
    assert sorted({type(one).__name__ for one in found}) == ["PaidAlready", "str"]
    assert sum(isinstance(one, str) for one in found) == 1
    assert (ContributionPayment.objects.count(), Coverage.objects.count()) == (1, 1)
    assert balances()["basic", "income_account"] == DUE_FEN


def test_one_number_for_two_bills_at_once_is_taken_once(postgres):
    bills = [billed(registered(f"r{n}"), f"b{n}")["bill_id"] for n in range(6)]
    found = at_once([lambda b=b: pay(TAX, f"p{b}", payment(b, "same")) for b in bills])
    assert sorted(type(one).__name__ for one in found) == ["NumberUsed"] * 5 + ["str"]


def test_billed_and_given_back_at_once_happen_once(postgres):
    who = registered()
    found = at_once([lambda n=n: billed(who, f"b{n}") for n in range(6)])
    assert sorted(type(one).__name__ for one in found) == ["BilledAlready"] * 5 + ["dict"]
    bill = ContributionBill.objects.get()
    paid = json.loads(pay(TAX, "p", payment(bill.pk)))
    order = RefundOrder(paid["payment_id"], date(2022, 12, 1), "x")
    found = at_once([lambda n=n: refund(TAX, f"f{n}", order) for n in range(6)])
    assert sorted(type(one).__name__ for one in found) == ["CoverHasBegun"] * 5 + ["str"]


def test_a_failure_at_any_statement_of_paying_and_giving_back_changes_nothing(database):
    said = billed(registered(category=Category.SUBSISTENCE_ALLOWANCE))
    due_fen = said["person_pays_fen"]
    order = payment(said["bill_id"], amount_fen=due_fen)
    works = [
        lambda: pay(TAX, "p", order),
        lambda: refund(TAX, "f", RefundOrder(ContributionPayment.objects.get().pk, date(2022, 12, 1), "x")),
    ]
    for work in works:
        assert refuses_at_every_statement(work) >= 8
    assert dataclasses.asdict(order)["amount_fen"] == due_fen
