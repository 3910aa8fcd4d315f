"""The actions of the ledger and of what people are paid, each ready to be done once."""

import json
from datetime import date

from tests.agency.acting import actor
from tests.agency.paying import (
    DAY,
    FINANCE,
    ORDER,
    REVIEWER,
    account,
    gathered,
    line_of,
    line_said,
    owed,
    sent,
)
from tests.agency.people import registration
from tests.agency.settling import AT, CITY, COUNTY, OFFICER, institutions, person, stay
from tests.agency.striking import Action

from yibao.enrolment.actions import register
from yibao.financing.terms import CollectionChannel
from yibao.journeys.books.closing_books import CloseOrder, close_books
from yibao.journeys.books.moving_money import (
    DrawDecision,
    DrawOrder,
    SweepOrder,
    decide_drawing,
    propose_drawing,
    sweep,
)
from yibao.journeys.books.payees import change_account, collect, net
from yibao.journeys.books.paying_people import decide_batch, gather, issue_file, read_back
from yibao.journeys.financing.contributing import BillOrder, PayOrder, RefundOrder, bill_person, pay, refund
from yibao.journeys.settlement.reversing import reverse
from yibao.journeys.settlement.settling import settle
from yibao.payment.models import PayableItem
from yibao.payment.orders import BatchDecision, Collection, HandOut, Netting, ReturnOrder
from yibao.payment.terms import BankResult
from yibao.rights.terms import Role
from yibao.settlement.orders import Reversal

TODAY = AT.date()
IN_2022 = date(2022, 11, 1)
TAX = actor(Role.TAX_OFFICER, CITY)


def paying_actions() -> dict[str, Action]:
    """What is there for them, and the actions by name."""
    institutions()
    return {**_batches(), **_books()}


def _batches() -> dict[str, Action]:
    who = person()
    item = owed("pay1")
    at_bank = gathered("gather1")
    sent(at_bank)
    owed("pay2")
    approved = gathered("gather2")
    decide_batch(REVIEWER, "approved2", BatchDecision(approved, True, ""))
    taken_back = owed("pay3")
    waiting = BatchDecision(gathered("gather3"), True, "")
    reverse(OFFICER, "back3", Reversal(int(taken_back.source.partition(":")[2]), "错"), at=AT)
    settle(OFFICER, "more3", stay(taken_back.person_id, 700, manual=True), at=AT)
    debt = PayableItem.objects.get(person_id=taken_back.person_id, fund="basic", amount_fen__lt=0)
    owed("pay4")
    line = line_of(item)
    paid_out, came_back = (
        ReturnOrder(at_bank, name * 64, DAY, (line_said(line, result),))
        for name, result in (("a", BankResult.PAID_OUT), ("b", BankResult.SENT_BACK))
    )
    return {
        "give an account": lambda: change_account(OFFICER, "b", account(who)),
        "set off": lambda: net(FINANCE, "c", Netting(debt.person_id, CITY, "basic")),
        "collect": lambda: collect(FINANCE, "d", Collection(debt.pk, 1, DAY, "N1")),
        "gather a batch": lambda: gather(FINANCE, "e", ORDER),
        "decide a batch": lambda: decide_batch(REVIEWER, "f", waiting),
        "hand the file out": lambda: issue_file(FINANCE, "g", HandOut(approved)),
        "read what the bank says": lambda: read_back(FINANCE, "h", paid_out),
        "read what came back": lambda: read_back(FINANCE, "i", came_back),
    }


def _books() -> dict[str, Action]:
    order = registration(county_code=COUNTY, happened_on=date(2022, 10, 1))
    who = json.loads(register(OFFICER, "who", order, today=TODAY))["person_id"]
    due = json.loads(bill_person(OFFICER, "due", BillOrder(who, 2023, IN_2022)))
    in_full = PayOrder(due["bill_id"], due["person_pays_fen"], CollectionChannel.COUNTER, "E5", IN_2022)
    payment_id = json.loads(pay(TAX, "paid", in_full))["payment_id"]
    giving_back = RefundOrder(payment_id, date(2022, 12, 1), "x", through_bank=True)
    month = SweepOrder(CITY, "2022-11")
    sweep(FINANCE, "filled", month)
    first, second = (DrawOrder(CITY, "basic", amount, TODAY, "x") for amount in (1, 2))
    drawing = json.loads(propose_drawing(FINANCE, "drawing", first))["proposal_id"]
    return {
        "sweep": lambda: sweep(FINANCE, "k", month),
        "close a month": lambda: close_books(FINANCE, "l", CloseOrder(CITY, "2022-10")),
        "propose a drawing": lambda: propose_drawing(FINANCE, "m", second),
        "decide a drawing": lambda: decide_drawing(REVIEWER, "n", DrawDecision(drawing, True, "")),
        "refund through the bank": lambda: refund(TAX, "o", giving_back),
    }
