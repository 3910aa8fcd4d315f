"""Cash by agents: cover from the payment, money with the agent, in transit, in the income account, and nothing lost on the way.

carries_out: FIN-19
"""

import json
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from tests.agency.acting import actor
from tests.agency.financing import DUE_FEN, TAX, balances, billed, key, raced, registered
from tests.agency.settling import COUNTY
from tests.agency.striking import refuses_at_every_statement

from yibao.enrolment.models import Coverage
from yibao.financing.models import CashBatch, CashReceipt, ContributionPayment
from yibao.financing.terms import CollectionChannel
from yibao.journeys.financing.agents_cash import (
    AgentOrder,
    BatchSettleOrder,
    CashOrder,
    HandOverOrder,
    NotTaken,
    cash_by_agent,
    hand_over,
    register_agent,
    settle_batch,
    take_cash,
)
from yibao.journeys.financing.contributing import PayOrder, RefundOrder, pay, refund
from yibao.journeys.financing.contribution_failures import ChannelNeedsMore, NumberUsed, PaidAlready
from yibao.journeys.verifying.database import database_findings
from yibao.kernel.time_limits import Timeliness
from yibao.rights.actors import NotAllowed
from yibao.rights.terms import Role

TAKEN = date(2022, 11, 1)
AGENT = AgentOrder("A-1", "示例村委会", COUNTY, date(2022, 9, 1))
WITH_AGENTS, TRANSIT, INCOME = (
    ("basic", account) for account in ("cash_with_agents", "transit_account", "income_account")
)


def agent(order: AgentOrder = AGENT) -> None:
    register_agent(TAX, key(), order)


def taken(receipt_no: str, *, on: date = TAKEN, code: str = "A-1", bill_id: int = 0) -> int:
    order = CashOrder(bill_id or billed(registered()), DUE_FEN, code, receipt_no, on)
    return int(json.loads(take_cash(TAX, key(), order))["payment_id"])


def handed(*numbers: str, deposit_no: str = "D-1", on: date = TAKEN) -> int:
    order = HandOverOrder("A-1", numbers, DUE_FEN * len(numbers), on, deposit_no)
    return int(json.loads(hand_over(TAX, key(), order))["batch_id"])


def test_cash_goes_from_the_agent_through_the_transit_account_into_the_income_account(database):
    agent()
    taken("001")
    taken("002")
    taken("003")
    assert Coverage.objects.count() == 3 and balances()[WITH_AGENTS] == 3 * DUE_FEN
    batch = handed("001", "003")
    assert (balances()[WITH_AGENTS], balances()[TRANSIT]) == (DUE_FEN, 2 * DUE_FEN)
    assert database_findings() == []
    settle_batch(TAX, key(), BatchSettleOrder(batch, date(2022, 11, 3), "T-1"))
    assert (balances()[INCOME], balances()[WITH_AGENTS]) == (2 * DUE_FEN, DUE_FEN)
    assert TRANSIT not in balances() and database_findings() == []


def test_who_keeps_cash_too_long_is_listed_first_with_the_days(database):
    agent()
    agent(replace(AGENT, code="A-2", area_code="140106"))
    taken("001", on=date(2022, 11, 3), code="A-2")
    taken("002")
    rows = cash_by_agent(TAX, date(2022, 11, 4))
    assert [(r.code, r.receipts, r.days_late, r.state) for r in rows] == [
        ("A-1", 1, 2, Timeliness.OVERDUE),
        ("A-2", 1, 0, Timeliness.RUNNING),
    ]
    assert rows[0].oldest_taken_on == TAKEN and rows[0].with_agent_fen == DUE_FEN
    assert [r.days_late for r in cash_by_agent(TAX, date(2022, 11, 2))] == [0]
    handed("002", on=date(2022, 11, 4))
    (first, _) = sorted(cash_by_agent(TAX, date(2022, 11, 4)))
    assert (first.receipts, first.in_transit_fen, first.state) == (0, DUE_FEN, Timeliness.NOT_ASKED)
    assert [r.code for r in cash_by_agent(actor(Role.TAX_OFFICER, "140106"), TAKEN)] == []
    assert [r.code for r in cash_by_agent(actor(Role.SUPERVISOR, "140106"), date(2022, 11, 4))] == ["A-2"]


def test_a_batch_is_what_its_receipts_say_and_each_receipt_goes_once(database):
    agent()
    taken("001")
    given_back = taken("002")
    refund(TAX, key(), RefundOrder(given_back, date(2022, 11, 2), "重复"))
    assert balances()[WITH_AGENTS] == DUE_FEN
    with pytest.raises(NotTaken) as found:
        hand_over(TAX, key(), HandOverOrder("A-1", ("002", "009", "009"), 1, date(2022, 10, 31), "D-1"))
    assert len(found.value.problems) == 6
    handed("001")
    with pytest.raises(NotTaken, match="已经缴存"):
        handed("001", deposit_no="D-2")
    taken("003")
    with pytest.raises(NotTaken, match="缴款单号 D-1"):
        handed("003")
    with pytest.raises(NotTaken, match="管辖"):
        hand_over(
            actor(Role.TAX_OFFICER, "140106"), key(), HandOverOrder("A-1", ("003",), DUE_FEN, TAKEN, "D-3")
        )
    with pytest.raises(NotAllowed):
        register_agent(actor(Role.TAX_OFFICER, "140106"), key(), replace(AGENT, code="A-9"))
    assert database_findings() == []


def test_given_back_after_it_was_handed_over_it_comes_out_of_the_income_account(database):
    agent()
    payment = taken("001")
    batch = handed("001")
    refund(TAX, key(), RefundOrder(payment, date(2022, 11, 5), "退"))
    settle_batch(TAX, key(), BatchSettleOrder(batch, date(2022, 11, 6), "T-1"))
    assert balances() == {} and database_findings() == []
    with pytest.raises(NotTaken, match="已经划转"):
        settle_batch(TAX, key(), BatchSettleOrder(batch, date(2022, 11, 6), "T-1"))


def test_cash_is_taken_by_who_may_on_its_day_against_a_receipt_of_its_own(database):
    agent(replace(AGENT, last_day=date(2022, 12, 1)))
    bill = billed(registered())
    for order, why in (
        (CashOrder(bill, DUE_FEN, "A-9", "1", TAKEN), "A-9"),
        (CashOrder(bill, DUE_FEN, "A-1", "1", date(2022, 12, 2)), "不能代收"),
        (CashOrder(bill, DUE_FEN, "A-1", " ", TAKEN), "收据号"),
    ):
        with pytest.raises(NotTaken, match=why):
            take_cash(TAX, key(), order)
    with pytest.raises(ChannelNeedsMore):
        pay(TAX, key(), PayOrder(bill, DUE_FEN, CollectionChannel.AGENTS_CASH, "x", TAKEN))
    taken("1", bill_id=bill)
    with pytest.raises(PaidAlready):
        taken("2", bill_id=bill)
    with pytest.raises(NumberUsed):
        taken("1")
    with pytest.raises(NotTaken, match="已经登记"):
        agent()
    with pytest.raises(NotTaken, match="早于起始日"):
        agent(replace(AGENT, code="A-3", last_day=date(2022, 8, 1)))
    assert ContributionPayment.objects.count() == CashReceipt.objects.count() == 1


def test_what_was_altered_is_found(database):
    agent()
    taken("001")
    handed("001")
    assert database_findings() == []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER financing_cashbatch_no_update")
        cursor.execute("UPDATE financing_cashbatch SET amount_fen = amount_fen - 1")
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = origin")
    said = [finding.sentence() for finding in database_findings()]
    assert len(said) == 2 and "transit_account" in said[1]


def test_cash_handed_over_twice_or_given_back_at_once_goes_one_way(postgres):
    agent()
    payment = taken("001")
    give_back = RefundOrder(payment, date(2022, 11, 2), "x")
    order = HandOverOrder("A-1", ("001",), DUE_FEN, TAKEN, "D")
    works = [lambda n=n: hand_over(TAX, f"h{n}", replace(order, deposit_no=f"D{n}")) for n in range(4)]
    found = raced([*works, lambda: refund(TAX, "f", give_back)])
    assert found.count("str") in (1, 2) and set(found) == {"str", "NotTaken"}
    assert CashBatch.objects.count() == found.count("str") - 1
    assert database_findings() == []


def test_cash_taken_and_batches_settled_at_once_are_booked_once(postgres):
    agent()
    bill = billed(registered())
    orders = [CashOrder(bill, DUE_FEN, "A-1", f"{n}", TAKEN) for n in range(5)]
    found = raced([lambda o=o: take_cash(TAX, key(), o) for o in orders])
    assert found == ["PaidAlready"] * 4 + ["str"]
    batch = handed(CashReceipt.objects.get().receipt_no)
    order = BatchSettleOrder(batch, TAKEN, "T")
    found = raced([lambda n=n: settle_batch(TAX, f"s{n}", order) for n in range(5)])
    assert found == ["NotTaken"] * 4 + ["str"]
    found = raced([lambda n=n: register_agent(TAX, f"r{n}", replace(AGENT, code="A-7")) for n in range(4)])
    assert found == ["NotTaken"] * 3 + ["str"]
    assert balances()[INCOME] == DUE_FEN and database_findings() == []


def test_a_failure_at_any_statement_changes_nothing(database):
    refuses_at_every_statement(lambda: register_agent(TAX, "a", AGENT))
    bill = billed(registered())
    refuses_at_every_statement(lambda: take_cash(TAX, "t", CashOrder(bill, DUE_FEN, "A-1", "1", TAKEN)))
    refuses_at_every_statement(lambda: hand_over(TAX, "h", HandOverOrder("A-1", ("1",), DUE_FEN, TAKEN, "D")))
    order = BatchSettleOrder(CashBatch.objects.get().pk, TAKEN, "T")
    refuses_at_every_statement(lambda: settle_batch(TAX, "s", order))
