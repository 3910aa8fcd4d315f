"""Overpayments held, given back or set off by two people; payments given back after a death or an enrolment elsewhere.

carries_out: FIN-19, FIN-20
"""

import json
from dataclasses import replace
from datetime import date

import pytest
from tests.agency.acting import actor
from tests.agency.financing import (
    DUE_FEN,
    IN_WINDOW,
    REVIEWER,
    TAX,
    balances,
    billed,
    decided,
    key,
    paid,
    proposed,
    raced,
    registered,
)
from tests.agency.settling import AT, OFFICER, institutions, stay
from tests.agency.striking import refuses_at_every_statement

from yibao.assistance.terms import Category
from yibao.enrolment.actions import stop
from yibao.enrolment.models import Coverage
from yibao.enrolment.orders import LifeOrder
from yibao.enrolment.params import LifeCycleParams
from yibao.enrolment.terms import StopCause
from yibao.financing.models import (
    ContributionBill,
    ContributionPayment,
    ContributionRefund,
    Overpayment,
    OverpaymentClosed,
)
from yibao.financing.terms import CollectionChannel, RefundCause
from yibao.journeys.financing.contribution_failures import (
    AmountDiffers,
    ChannelNeedsMore,
    GivenBackAlready,
    NoSuchBill,
    NotEnrolled,
    NotGivenBack,
    NumberUsed,
)
from yibao.journeys.financing.deciding import DecisionOrder, decide_financing
from yibao.journeys.financing.giving_back import (
    CloseOrder,
    GiveBackOrder,
    SurplusOrder,
    propose_closing,
    propose_giving_back,
    receive_surplus,
)
from yibao.journeys.settlement.reversing import reverse
from yibao.journeys.settlement.settling import settle
from yibao.journeys.verifying.database import database_findings
from yibao.rights.actors import NotAllowed
from yibao.rights.terms import Role
from yibao.settlement.orders import Reversal

HELD, INCOME = ("basic", "overpayments"), ("basic", "income_account")
AT_ONCE_ENDS = LifeCycleParams((0,) * 5)
LATER = date(2022, 11, 20)


def surplus(bill_id: int, amount_fen: int = DUE_FEN, number: str = "", **more: object) -> dict[str, int]:
    facts = {"channel": CollectionChannel.ONLINE, "received_on": IN_WINDOW, **more}
    return json.loads(
        receive_surplus(TAX, key(), SurplusOrder(bill_id, amount_fen, external_no=number or key(), **facts))
    )


def closed(overpayment_id: int, bill_id: int = 0, on: date = LATER) -> dict[str, object]:
    order = CloseOrder(overpayment_id, on, "多缴", bill_id)
    return decided(proposed(propose_closing(TAX, key(), order)))


def test_a_second_payment_is_held_and_given_back_by_two_people(database):
    bill = billed(registered())
    paid(bill)
    said = surplus(bill)
    assert said["payment_id"] is None and balances()[HELD] == -DUE_FEN
    assert database_findings() == []
    number = proposed(propose_closing(TAX, key(), CloseOrder(said["overpayment_id"], LATER, "多缴")))
    with pytest.raises(NotAllowed):
        decided(number, by=TAX)
    assert decided(number)["refunded_fen"] == DUE_FEN
    assert HELD not in balances() and balances()[INCOME] == DUE_FEN
    with pytest.raises(NotGivenBack, match="已经退费或抵缴"):
        closed(said["overpayment_id"])
    assert database_findings() == []


def test_more_than_is_due_pays_the_bill_and_what_is_above_is_held(database):
    bill = billed(registered())
    with pytest.raises(AmountDiffers):
        surplus(bill, DUE_FEN)
    with pytest.raises(AmountDiffers):
        surplus(bill, DUE_FEN - 1)
    said = surplus(bill, DUE_FEN + 1, "n")
    assert ContributionPayment.objects.get().amount_fen == DUE_FEN and said["payment_id"]
    assert Overpayment.objects.get().amount_fen == 1 and balances()[INCOME] == DUE_FEN + 1
    with pytest.raises(NumberUsed):
        surplus(bill, 5, "n")
    with pytest.raises(ChannelNeedsMore):
        surplus(bill, 5, channel=CollectionChannel.AGENTS_CASH)
    assert database_findings() == []


def two_years(surplus_fen: int) -> tuple[int, int]:
    """An overpayment of a person for one year, and the person's open bill of the year after."""
    first, second = billed(registered()), billed(registered())
    over = surplus(first, DUE_FEN + surplus_fen)["overpayment_id"]
    owner = ContributionBill.objects.get(pk=second).person_id
    ContributionBill.objects.filter(pk=first).update(person_id=owner, benefit_year=2022)
    return over, second


def test_set_off_pays_the_next_bill_whole_moves_no_money_and_the_rest_is_given_back(database):
    over, second = two_years(DUE_FEN + 500)
    before = balances()[INCOME]
    said = closed(over, second)
    assert (said["set_off_fen"], said["refunded_fen"]) == (DUE_FEN, 500)
    payment = ContributionPayment.objects.get(bill_id=second)
    assert payment.channel == CollectionChannel.SET_OFF and payment.coverage_id
    assert balances()[INCOME] == before - 500 and HELD not in balances()
    assert OverpaymentClosed.objects.get().payment_id == payment.pk
    assert database_findings() == []


def test_what_cannot_be_set_off_whole_or_is_not_the_persons_is_refused(database):
    over, second = two_years(500)
    with pytest.raises(NotGivenBack, match=r"5\.00 元不能抵清"):
        closed(over, second)
    with pytest.raises(NoSuchBill, match="本人"):
        closed(over, billed(registered()))
    paid(second)
    with pytest.raises(NotGivenBack, match="已经缴清"):
        closed(over, second)
    with pytest.raises(NotGivenBack, match="早于收款"):
        closed(over, on=date(2022, 10, 1))
    assert closed(over)["refunded_fen"] == 500
    assert database_findings() == []


def test_who_died_before_the_year_is_given_back_after_it_has_begun(database):
    who = registered(category=Category.SUBSISTENCE_ALLOWANCE)
    bill = ContributionBill.objects.get(pk=billed(who))
    payment = paid(bill.pk, amount_fen=bill.person_pays_fen)
    order = GiveBackOrder(payment, RefundCause.DIED_BEFORE_YEAR, "", date(2023, 2, 1), "家属申请")
    with pytest.raises(NotGivenBack, match="没有登记死亡"):
        propose_giving_back(TAX, key(), order)
    stop(
        OFFICER,
        key(),
        LifeOrder(who, date(2022, 12, 15), "亡", cause=StopCause.DIED),
        AT_ONCE_ENDS,
        today=AT.date(),
    )
    made = decided(proposed(propose_giving_back(TAX, key(), order)))
    row = ContributionRefund.objects.get(pk=made["refund_id"])
    assert (row.cause, row.proposal_id is not None) == (RefundCause.DIED_BEFORE_YEAR, True)
    assert balances() == {} and Coverage.objects.filter(void=False).count() == 0
    with pytest.raises(GivenBackAlready):
        propose_giving_back(TAX, key(), order)
    assert database_findings() == []


def test_who_is_enrolled_elsewhere_is_given_back_unless_a_settlement_stands(database):
    institutions()
    who = registered()
    payment = paid(billed(who))
    order = GiveBackOrder(
        payment, RefundCause.ENROLLED_ELSEWHERE, "外地凭证1号", date(2023, 3, 1), "重复参保"
    )
    with pytest.raises(NotGivenBack, match="凭证"):
        propose_giving_back(TAX, key(), replace(order, document_no=""))
    with pytest.raises(NotGivenBack) as found:
        propose_giving_back(
            TAX, key(), replace(order, cause=RefundCause.OVERPAID, refunded_on=date(2022, 1, 1))
        )
    assert len(found.value.problems) == 2
    number = proposed(propose_giving_back(TAX, key(), order))
    claim = json.loads(settle(OFFICER, key(), stay(who, 9_000, date(2023, 2, 1)), at=AT))["settlement_id"]
    with pytest.raises(NotGivenBack, match="已有结算"):
        decided(number)
    reverse(OFFICER, key(), Reversal(claim, "撤销"), at=AT)
    decided(number)
    assert Coverage.objects.filter(void=False).count() == 0
    assert database_findings() == []


def test_set_off_outside_the_window_of_a_year_that_is_over_is_refused_and_nothing_is_closed(database):
    over, second = two_years(DUE_FEN)
    number = proposed(propose_closing(TAX, key(), CloseOrder(over, date(2024, 2, 1), "多缴", second)))
    with pytest.raises(NotEnrolled):
        decided(number)
    assert OverpaymentClosed.objects.count() == 0 and balances()[HELD] == -DUE_FEN


def test_only_where_the_officer_may(database):
    bill = billed(registered())
    payment = paid(bill)
    over = surplus(bill)["overpayment_id"]
    elsewhere = actor(Role.TAX_OFFICER, "140106")
    for act in (
        lambda: propose_closing(elsewhere, key(), CloseOrder(over, LATER, "x")),
        lambda: receive_surplus(
            elsewhere, key(), SurplusOrder(bill, 1, CollectionChannel.ONLINE, "z", IN_WINDOW)
        ),
        lambda: propose_giving_back(
            elsewhere, key(), GiveBackOrder(payment, RefundCause.ENROLLED_ELSEWHERE, "1", LATER, "x")
        ),
    ):
        with pytest.raises(NoSuchBill):
            act()
    number = proposed(propose_closing(TAX, key(), CloseOrder(over, LATER, "x")))
    with pytest.raises(NotAllowed):
        decided(number, by=actor(Role.REVIEWER, "140106"))
    assert balances()[HELD] == -DUE_FEN


def test_one_overpayment_decided_in_two_ways_at_once_is_closed_once(postgres):
    over, second = two_years(DUE_FEN)
    orders = [CloseOrder(over, LATER, "x", second if n % 2 else 0) for n in range(4)]
    numbers = [proposed(propose_closing(TAX, key(), order)) for order in orders]
    found = raced(
        [lambda n=n: decide_financing(REVIEWER, f"d{n}", DecisionOrder(n, True, "")) for n in numbers]
    )
    assert found == ["NotGivenBack"] * 3 + ["str"]
    assert database_findings() == []


def test_one_payment_given_back_and_one_number_taken_at_once_happen_once(postgres):
    payment = paid(billed(registered()))
    order = GiveBackOrder(payment, RefundCause.ENROLLED_ELSEWHERE, "1", LATER, "x")
    numbers = [proposed(propose_giving_back(TAX, key(), order)) for _ in range(4)]
    found = raced(
        [lambda n=n: decide_financing(REVIEWER, f"d{n}", DecisionOrder(n, True, "")) for n in numbers]
    )
    assert found == ["GivenBackAlready"] * 3 + ["str"]
    bill = billed(registered())
    paid(bill)
    taking = SurplusOrder(bill, DUE_FEN, CollectionChannel.ONLINE, "same", IN_WINDOW)
    found = raced([lambda n=n: receive_surplus(TAX, f"s{n}", taking) for n in range(4)])
    assert found == ["NumberUsed"] * 3 + ["str"]
    assert database_findings() == []


def test_a_failure_at_any_statement_changes_nothing(database):
    taking = SurplusOrder(billed(registered()), DUE_FEN * 2, CollectionChannel.ONLINE, "n", IN_WINDOW)
    refuses_at_every_statement(lambda: receive_surplus(TAX, "s", taking))
    over, second = two_years(DUE_FEN)
    closing = CloseOrder(over, LATER, "x", second)
    refuses_at_every_statement(lambda: propose_closing(TAX, "p", closing))
    number = proposed(propose_closing(TAX, "p", closing))
    refuses_at_every_statement(lambda: decide_financing(REVIEWER, "d", DecisionOrder(number, True, "")))
    payment = ContributionPayment.objects.get(bill_id=second)
    giving = GiveBackOrder(payment.pk, RefundCause.ENROLLED_ELSEWHERE, "1", LATER, "x")
    refuses_at_every_statement(lambda: propose_giving_back(TAX, "g", giving))
    number = proposed(propose_giving_back(TAX, "g", giving))
    refuses_at_every_statement(lambda: decide_financing(REVIEWER, "e", DecisionOrder(number, True, "")))
    assert database_findings() == []
