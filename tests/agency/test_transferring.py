"""Transfers: each step in its order and by who may, limits in working days, where a balance goes, and what years count for."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.people import identity_no, registration
from tests.agency.settling import AT, CITY, COUNTY, OFFICER, institutions, person, stay
from tests.agency.test_contributing import balances

from yibao.enrolment.actions import register, stop
from yibao.enrolment.failures import IdentityTaken, NoSuchPerson
from yibao.enrolment.models import Coverage, Event, Person
from yibao.enrolment.orders import Document, LifeOrder, Registration
from yibao.enrolment.params import LifeCycleParams
from yibao.enrolment.terms import EnrolmentState, IdentityKind, StopCause
from yibao.financing.terms import CollectionChannel
from yibao.journeys.enrolment.applying import EnrolOrder, Taken, YearAsked, apply_to_enrol, pay_for
from yibao.journeys.enrolment.balances import BalanceDecision, decide_balance, propose_balance
from yibao.journeys.enrolment.printing import certificate_page_of
from yibao.journeys.enrolment.transfer_forms import progress_of
from yibao.journeys.enrolment.transferring import (
    apply_to_join,
    apply_to_leave,
    finish_transfer,
    receive_form,
    refuse_transfer,
    send_form,
    take_on,
)
from yibao.journeys.settlement.settling import settle
from yibao.journeys.verifying.database import database_findings
from yibao.kernel.time_limits import Timeliness
from yibao.packs.policies import policies
from yibao.packs.services import due_day, is_on_file, is_worked, working_days
from yibao.payment.models import PayableItem
from yibao.public_services.failures import (
    ApplicationWrong,
    NoSuchTransfer,
    TransferNotAllowed,
    TransferUnderWay,
)
from yibao.public_services.models import Certificate, Transfer, TransferStep
from yibao.public_services.orders import LeaveOrder, ReceiveForm, RefuseTransfer, SendForm, TransferOrder
from yibao.public_services.queries import overdue_transfers, transfer_of
from yibao.public_services.terms import BalanceCase, Paper, TransferDirection, TransferState
from yibao.rights.actors import NotAllowed
from yibao.rights.approvals import SamePerson
from yibao.rights.terms import Role

TAX = actor(Role.TAX_OFFICER, CITY)
TOWNSHIP = actor(Role.TOWNSHIP_ACCEPTOR, COUNTY)
FINANCE = actor(Role.FINANCE_OFFICER, CITY)
REVIEWER = actor(Role.REVIEWER, CITY)
ELSEWHERE = "410100"
DAY = date(2023, 3, 1)
TODAY = AT.date()
YANBIAN = actor(Role.CITY_OFFICER, "222400")


def leaving(who: int, key: str = "l", to: str = ELSEWHERE, on: date = DAY) -> int:
    return json.loads(apply_to_leave(TOWNSHIP, key, LeaveOrder(who, to, on, "迁居")))["transfer_id"]


def sent(transfer_id: int, on: date = date(2023, 3, 10), **more: object) -> dict:
    take_on(TOWNSHIP, f"t{transfer_id}", TransferOrder(transfer_id, on))
    return json.loads(send_form(OFFICER, f"s{transfer_id}", SendForm(transfer_id, on, **more), today=TODAY))


def newcomer(number: str = "", on: date = DAY, county_code: str = COUNTY) -> Registration:
    return registration(county_code=county_code, happened_on=on, number=number)


def joining(order: Registration, key: str = "j", other_code: str = "140200", officer=OFFICER) -> dict:
    return json.loads(apply_to_join(officer, key, order, other_code, today=TODAY))


def received(transfer_id: int, **more: object) -> dict:
    take_on(OFFICER, f"t{transfer_id}", TransferOrder(transfer_id, DAY))
    form = ReceiveForm(transfer_id, date(2023, 3, 10), 18, 6, date(2023, 2, 28), **more)
    return json.loads(receive_form(OFFICER, f"r{transfer_id}", form))


def booked(transfer_id: int, key: str = "1") -> None:
    proposal = json.loads(propose_balance(FINANCE, f"p{key}", transfer_id))["proposal_id"]
    decision = BalanceDecision(proposal, True, "核对无误", date(2023, 3, 15))
    decide_balance(REVIEWER, f"d{key}", decision)


def test_leaving_ends_cover_at_the_end_of_the_month_and_the_form_says_what_was(database):
    institutions()
    who = person()
    settle(OFFICER, "s", stay(who, 20_000, date(2023, 2, 1)), at=AT)
    transfer_id = leaving(who)
    said = sent(transfer_id)
    assert (said["last_covered_day"], said["due_on"], said["balance_case"]) == (
        "2023-03-31",
        "2023-03-17",
        -1,
    )
    assert Coverage.objects.get(person_id=who).last_day == date(2023, 3, 31)
    assert Person.objects.get(pk=who).state == EnrolmentState.STOPPED
    row = transfer_of(OFFICER, transfer_id, reason="查询")
    form = json.loads(row.form)
    assert form["resident_months"] == 3 and form["in_scope_fen"] > form["fund_paid_fen"] > 0
    page = certificate_page_of(OFFICER, said["check_number"], reason="打印")
    assert ("居民医保参保月数", "Months as a resident", "3") in page.rows
    finish_transfer(OFFICER, "f", TransferOrder(transfer_id, date(2023, 3, 16)))
    assert [step.state for step in TransferStep.objects.order_by("id")] == [
        TransferState.APPLIED_FOR, TransferState.TAKEN_ON, TransferState.FORM_SENT, TransferState.TRANSFERRED,
    ]  # fmt: skip
    assert database_findings() == []


def test_each_step_has_its_place_and_who_may_do_it(database):
    who = person()
    transfer_id = leaving(who)
    with pytest.raises(TransferUnderWay):
        leaving(who, "again")
    with pytest.raises(TransferNotAllowed, match="现为“已申请”，不能变为“信息表已发出”"):
        send_form(OFFICER, "s0", SendForm(transfer_id, DAY), today=TODAY)
    take_on(TOWNSHIP, "t", TransferOrder(transfer_id, DAY))
    with pytest.raises(NotAllowed):
        send_form(TOWNSHIP, "s1", SendForm(transfer_id, DAY), today=TODAY)
    with pytest.raises(ApplicationWrong, match="早于上一环节"):
        send_form(OFFICER, "s2", SendForm(transfer_id, DAY - timedelta(1)), today=TODAY)
    with pytest.raises(NoSuchTransfer):
        send_form(actor(Role.CITY_OFFICER, "140200"), "s3", SendForm(transfer_id, DAY), today=TODAY)
    with pytest.raises(TransferNotAllowed):
        receive_form(OFFICER, "r", ReceiveForm(transfer_id, DAY, 1, 1, None))
    send_form(OFFICER, "s4", SendForm(transfer_id, DAY), today=TODAY)
    with pytest.raises(TransferNotAllowed):
        refuse_transfer(OFFICER, "x", RefuseTransfer(transfer_id, DAY, "材料不全"))
    with pytest.raises(NotAllowed):
        finish_transfer(TOWNSHIP, "f", TransferOrder(transfer_id, DAY))
    assert not transfer_of(OFFICER, transfer_id, reason="查询").ended_on


def test_what_is_refused_changes_nothing_else_and_may_be_applied_for_again(database):
    who = person()
    transfer_id = leaving(who)
    with pytest.raises(ApplicationWrong, match="理由"):
        refuse_transfer(OFFICER, "x0", RefuseTransfer(transfer_id, DAY, " "))
    refuse_transfer(OFFICER, "x", RefuseTransfer(transfer_id, DAY, "材料不全"))
    assert Coverage.objects.get(person_id=who).last_day == date(2023, 12, 31)
    assert leaving(who, "again") != transfer_id
    for code in ("140122", "4101"):
        with pytest.raises(ApplicationWrong, match="统筹地区以外"):
            leaving(person(), code, code)
    with pytest.raises(NoSuchPerson):
        apply_to_leave(actor(Role.CITY_OFFICER, "140200"), "y", LeaveOrder(who, ELSEWHERE, DAY, "x"))
    assert database_findings() == []


def test_limits_are_working_days_and_what_is_over_is_listed(database):
    transfer_id = leaving(person(), on=date(2022, 9, 30))
    row = Transfer.objects.get(pk=transfer_id)
    assert row.due_on == date(
        2022, 10, 19
    )  # the holiday is left out, the two weekend days worked for it count
    assert not overdue_transfers(OFFICER, row.due_on).exists()
    assert [t.pk for t in overdue_transfers(OFFICER, date(2022, 10, 20))] == [transfer_id]
    assert not overdue_transfers(actor(Role.CITY_OFFICER, "140200"), date(2023, 1, 1)).exists()
    assert progress_of(row, row.due_on).limit.state == Timeliness.RUNNING
    late = progress_of(row, date(2022, 10, 21))
    assert (late.limit.state, late.leaving_days_late) == (Timeliness.OVERDUE, 2)
    sent(transfer_id, date(2022, 10, 21))
    row.refresh_from_db()
    assert row.due_on == date(2022, 10, 28)
    finish_transfer(OFFICER, "f", TransferOrder(transfer_id, date(2022, 10, 31)))
    row.refresh_from_db()
    ended = progress_of(row, date(2023, 5, 1))
    assert (ended.leaving_days_late, ended.arriving_days_late) == (2, 1)
    assert row.due_on is None


@pytest.mark.parametrize(
    ("after", "limit", "due"),
    [
        ("2023-01-20", 5, "2023-02-01"),  # the spring festival, and the weekend worked after it
        ("2022-12-30", 1, "2023-01-03"),
        ("2023-12-29", 1, "2024-01-01"),  # no arrangement on file: Monday to Friday
        ("2023-04-21", 2, "2023-04-24"),  # a Sunday that is worked
    ],
)
def test_a_limit_ends_on_a_working_day(after, limit, due):
    area = policies().area(COUNTY)
    found = due_day(area, date.fromisoformat(after), limit)
    assert found == date.fromisoformat(due) and is_worked(area, found)
    assert working_days(area, date.fromisoformat(after), found) == limit
    assert is_on_file(area, found) == (found.year < 2024)


@pytest.mark.parametrize(
    ("to", "movable", "died", "case"),
    [
        (ELSEWHERE, True, False, BalanceCase.MOVES_ALONG),
        (ELSEWHERE, False, False, BalanceCase.TO_THE_PERSON),
        ("", True, False, BalanceCase.TO_THE_PERSON),
        ("", True, True, BalanceCase.TO_THE_HEIRS),
    ],
)
def test_a_balance_goes_where_the_entry_says_and_two_people_book_it(database, to, movable, died, case):
    who = person()
    if died:
        ends = LifeOrder(who, date(2023, 2, 1), "死亡", cause=StopCause.DIED)
        stop(OFFICER, "died", ends, LifeCycleParams((0,) * 5), today=TODAY)
    transfer_id = leaving(who, to=to)
    assert sent(transfer_id, balance_fen=12_345, movable=movable)["balance_case"] == case
    with pytest.raises(ApplicationWrong, match="没有复核入账"):
        finish_transfer(OFFICER, "f", TransferOrder(transfer_id, date(2023, 3, 16)))
    with pytest.raises(NoSuchTransfer):
        propose_balance(OFFICER, "p0", transfer_id)
    proposal = json.loads(propose_balance(FINANCE, "p", transfer_id))["proposal_id"]
    decision = BalanceDecision(proposal, True, "核对无误", date(2023, 3, 15))
    both = replace(FINANCE, granted=FINANCE.granted + REVIEWER.granted)
    with pytest.raises(SamePerson):
        decide_balance(both, "d0", decision)
    said = decide_balance(REVIEWER, "d", decision)
    assert decide_balance(REVIEWER, "d", decision) == said
    along = case is BalanceCase.MOVES_ALONG
    paid_from = "expense_account" if along else "payable_people"
    assert balances() == {("basic", "other_expense"): 12_345, ("basic", paid_from): -12_345}
    assert [item.amount_fen for item in PayableItem.objects.filter(person_id=who)] == [12_345] * (not along)
    with pytest.raises(ApplicationWrong, match="没有待入账"):
        propose_balance(FINANCE, "p2", transfer_id)
    finish_transfer(OFFICER, "f", TransferOrder(transfer_id, date(2023, 3, 16)))
    assert database_findings() == []


def test_a_balance_that_comes_in_is_received(database):
    transfer_id = joining(newcomer())["transfer_id"]
    received(transfer_id, balance_fen=5_000)
    booked(transfer_id)
    assert balances() == {("basic", "income_account"): 5_000, ("basic", "other_income"): -5_000}
    with pytest.raises(ApplicationWrong, match="已经入账"):
        refuse_transfer(OFFICER, "x", RefuseTransfer(transfer_id, date(2023, 3, 16), "x"))
    finish_transfer(OFFICER, "f", TransferOrder(transfer_id, date(2023, 3, 16)))
    assert database_findings() == []


def test_years_in_the_same_province_count_and_others_do_not(database):
    for key, other, counted in (("a", "140200", 24), ("b", ELSEWHERE, None)):
        transfer_id = joining(newcomer(), key, other)["transfer_id"]
        received(transfer_id)
        ended = json.loads(finish_transfer(OFFICER, key * 2, TransferOrder(transfer_id, date(2023, 3, 16))))
        if counted is None:
            assert ended["recognised"] == {}
        else:
            assert ended["recognised"]["CHRONIC"] == {"counted_months": counted, "reached": 1}
            assert set(ended["recognised"]) == {"CHRONIC", "SPECIAL_DRUG", "MATERNITY"}


@pytest.mark.parametrize(("left_on", "waits"), [("2022-12-10", False), ("2022-12-09", True), (None, True)])
def test_who_left_employee_insurance_within_three_months_does_not_wait(database, left_on, waits):
    order = newcomer()
    transfer_id = joining(order)["transfer_id"]
    ended_on = None if left_on is None else date.fromisoformat(left_on)
    received(transfer_id, employee_cover_ended_on=ended_on)
    day = date(2023, 3, 10)
    asked = EnrolOrder("本人", day, replace(order, happened_on=day), YearAsked(2023), (Paper.IDENTITY_PAPER,))
    said = json.loads(apply_to_enrol(OFFICER, "a", asked, today=day))
    taken = Taken(35_000, CollectionChannel.ONLINE, "n1", day)
    ended = json.loads(pay_for(TAX, "p", said["application_id"], taken, today=day))
    assert ended["first_day"] == "2023-03-10" and (ended["waiting_last_day"] is not None) == waits


def test_somebody_sent_by_another_area_on_this_database_is_taken_over(database):
    number = identity_no(date(1980, 5, 1))
    who = json.loads(register(OFFICER, "r", newcomer(number), today=TODAY))["person_id"]
    order = newcomer(number, date(2023, 4, 3), "222401")
    with pytest.raises(IdentityTaken):
        joining(order, "j0", CITY, YANBIAN)
    transfer_id = leaving(who, to="222400")
    sent(transfer_id, date(2023, 3, 10))
    said = joining(order, "j", CITY, YANBIAN)
    assert said["person_id"] == who
    found = Person.objects.get(pk=who)
    assert (found.county_code, found.state) == ("222401", EnrolmentState.ACTIVE)
    assert Event.objects.filter(person_id=who).latest("id").action == "take_in"
    finish_transfer(OFFICER, "f", TransferOrder(transfer_id, date(2023, 4, 4)))
    assert (
        Transfer.objects.filter(direction=TransferDirection.LEAVES).get().state == TransferState.TRANSFERRED
    )
    assert database_findings() == []


def test_somebody_elses_form_does_not_open_the_door(database):
    number = identity_no(date(1980, 5, 1))
    who = json.loads(register(OFFICER, "r", newcomer(number), today=TODAY))["person_id"]
    sent(leaving(who, to=ELSEWHERE), date(2023, 3, 10))
    with pytest.raises(IdentityTaken):
        joining(newcomer(number, date(2023, 4, 3), "222401"), "j", CITY, YANBIAN)
    stranger = replace(newcomer(), documents=(Document(IdentityKind.PASSPORT, "E7"),))
    assert joining(stranger, "j2", ELSEWHERE)["person_id"] != who


def test_raw_sql_neither_reopens_a_transfer_nor_changes_a_step(database):
    transfer_id = leaving(person())
    refuse_transfer(OFFICER, "x", RefuseTransfer(transfer_id, DAY, "材料不全"))
    for statement in (
        "UPDATE public_services_transfer SET state = 0, ended_on = NULL",
        "UPDATE public_services_transferstep SET state = 4",
        "DELETE FROM public_services_transfer",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_balance_booked_otherwise_is_found(database):
    transfer_id = leaving(person())
    sent(transfer_id, balance_fen=100)
    booked(transfer_id)
    Transfer.objects.filter(pk=transfer_id).update(balance_fen=101)
    found = [finding.message for finding in database_findings()]
    assert len(found) == 1 and "凭证与余额不一致" in found[0]


def test_applied_for_sent_and_booked_at_once_happen_once(postgres):
    who = person()
    found = at_once([lambda n=n: leaving(who, f"l{n}") for n in range(6)])
    assert sorted(type(one).__name__ for one in found) == ["TransferUnderWay"] * 5 + ["int"]
    transfer_id = Transfer.objects.get().pk
    take_on(TOWNSHIP, "t", TransferOrder(transfer_id, DAY))
    order = SendForm(transfer_id, DAY, 700)
    found = at_once([lambda n=n: send_form(OFFICER, f"s{n}", order, today=TODAY) for n in range(6)])
    assert sorted(type(one).__name__ for one in found) == ["TransferNotAllowed"] * 5 + ["str"]
    assert Certificate.objects.count() == 1
    proposals = [json.loads(propose_balance(FINANCE, f"p{n}", transfer_id))["proposal_id"] for n in range(4)]
    decisions = [BalanceDecision(p, True, "", date(2023, 3, 15)) for p in proposals]
    found = at_once([lambda d=d: decide_balance(REVIEWER, f"d{d.proposal_id}", d) for d in decisions])
    assert sorted(type(one).__name__ for one in found) == ["ApplicationWrong"] * 3 + ["str"]
    assert balances() == {("basic", "other_expense"): 700, ("basic", "expense_account"): -700}
    assert database_findings() == []


def test_joined_at_once_is_registered_once(postgres):
    order = newcomer()
    found = at_once([lambda n=n: joining(order, f"j{n}") for n in range(5)])
    assert Person.objects.count() == Transfer.objects.count() == 1
    assert sum(isinstance(one, dict) for one in found) == 1, found
