"""Reimburse, reverse, gather, approve, reject, pay, send back, set off and collect in any order: nobody is paid twice.

What each person should have had is remembered beside the database: what the bank paid and did not send back, what was given
back, and what is left add up to what is owed, fund by fund, whatever came first.

carries_out: FND-06
"""

import json
import random
from datetime import date
from itertools import count

import pytest
from tests.agency.paying import DAY, FINANCE, ORDER, REVIEWER, account
from tests.agency.settling import AT, CITY, OFFICER, institutions, person, stay

from yibao.journeys.books.payees import change_account, collect, net
from yibao.journeys.books.paying_people import decide_batch, gather, issue_file, read_back
from yibao.journeys.settlement.reversing import reverse
from yibao.journeys.settlement.settling import settle
from yibao.journeys.verifying.database import database_findings
from yibao.ledger.books import balance_fen
from yibao.ledger.queries import trial_balance_of
from yibao.payment.failures import NothingToPay, NothingToSetOff
from yibao.payment.models import Batch, BatchLine, Collected, LineOutcome, PayableItem, SetOff
from yibao.payment.orders import (
    BatchDecision,
    Collection,
    GatherOrder,
    HandOut,
    Netting,
    ReturnedLine,
    ReturnOrder,
)
from yibao.payment.queries import with_left
from yibao.payment.terms import BankResult
from yibao.rights.models import Decision
from yibao.settlement.orders import Reversal

KEYS = count(1)
FUNDS = ("basic", "catastrophic")
STEPS = 200


class Agency:
    """Two people, two funds and the bank; what stands and what was paid is remembered beside the database."""

    def __init__(self) -> None:
        self.people = [person(), person()]
        for who in self.people:
            change_account(OFFICER, f"a{next(KEYS)}", account(who))
        self.standing: list[int] = []
        self.paid: dict[int, int] = {}

    def reimburse(self, draw: random.Random) -> None:
        day = date(2023, draw.randint(1, 11), 3)
        bill = stay(draw.choice(self.people), draw.randint(100, 90_000), day, manual=True)
        self.standing.append(json.loads(settle(OFFICER, f"s{next(KEYS)}", bill, at=AT))["settlement_id"])

    def reverse_any(self, draw: random.Random) -> None:
        if self.standing:
            settlement_id = self.standing.pop(draw.randrange(len(self.standing)))
            reverse(OFFICER, f"r{next(KEYS)}", Reversal(settlement_id, "错"), at=AT)

    def gather_all(self, draw: random.Random) -> None:
        try:
            gather(FINANCE, f"g{next(KEYS)}", GatherOrder(CITY, draw.choice(FUNDS), ORDER.period))
        except NothingToPay:
            return

    def decide_one(self, draw: random.Random) -> None:
        approved = draw.random() < 0.7
        batch = Batch.objects.filter(proposal__decision=None).order_by("pk").first()
        if batch is not None:
            decide_batch(REVIEWER, f"d{next(KEYS)}", BatchDecision(batch.pk, approved, ""))
            assert Decision.objects.filter(proposal=batch.proposal_id, approved=approved).exists()

    def hear_from_the_bank(self, draw: random.Random) -> None:
        batches = list(Batch.objects.filter(proposal__decision__approved=True).order_by("pk"))
        if not batches:
            return
        batch = draw.choice(batches)
        issue_file(FINANCE, f"f{next(KEYS)}", HandOut(batch.pk))
        said = []
        for line in BatchLine.objects.filter(batch=batch).order_by("pk"):
            known = set(LineOutcome.objects.filter(line=line).values_list("result", flat=True))
            if BankResult.SENT_BACK in known or draw.random() < 0.3:
                continue
            result = draw.choices([BankResult.PAID_OUT, BankResult.SENT_BACK], weights=(6, 1))[0]
            said.append(ReturnedLine(line.pk, line.amount_fen, result, DAY, "户名不符"))
            if result == BankResult.PAID_OUT:
                self.paid[line.pk] = line.amount_fen
            else:
                self.paid.pop(line.pk, None)
        order = ReturnOrder(batch.pk, f"{next(KEYS):064d}", DAY, tuple(said))
        read_back(FINANCE, f"b{next(KEYS)}", order)

    def set_off(self, draw: random.Random) -> None:
        try:
            net(FINANCE, f"n{next(KEYS)}", Netting(draw.choice(self.people), CITY, draw.choice(FUNDS)))
        except NothingToSetOff:
            return

    def collect_some(self, draw: random.Random) -> None:
        debts = list(with_left(PayableItem.objects.filter(person__in=self.people)).filter(left_fen__lt=0))
        if debts:
            debt = draw.choice(sorted(debts, key=lambda item: item.pk))
            order = Collection(debt.pk, draw.randint(1, -debt.left_fen), DAY, f"N{next(KEYS)}")
            collect(FINANCE, f"c{next(KEYS)}", order)

    def check(self) -> None:
        """What was paid, given back and is left is what is owed, and no item was paid twice."""
        for fund in FUNDS:
            items = PayableItem.objects.filter(person__in=self.people, fund=fund)
            owed_fen = sum(item.amount_fen for item in items)
            lines = BatchLine.objects.filter(item__in=items).in_bulk()
            paid_fen = sum(amount for pk, amount in self.paid.items() if pk in lines)
            given = Collected.objects.filter(receivable__in=items)
            given_fen = sum(row.amount_fen for row in given)
            paid_items = {lines[pk].item_id for pk in self.paid if pk in lines}
            left_fen = sum(item.left_fen for item in with_left(items) if item.pk not in paid_items)
            assert owed_fen == paid_fen - given_fen + left_fen
            assert len(paid_items) == sum(pk in lines for pk in self.paid), "an item was paid twice"


@pytest.mark.slow
def test_in_any_order_nobody_is_paid_twice_and_the_books_say_what_the_bank_did(database):
    institutions()
    draw = random.Random(5)
    agency = Agency()
    steps = [
        agency.reimburse,
        agency.reverse_any,
        agency.gather_all,
        agency.decide_one,
        agency.hear_from_the_bank,
        agency.set_off,
        agency.collect_some,
    ]
    for number in range(STEPS):
        draw.choices(steps, weights=(3, 1, 3, 3, 4, 1, 1))[0](draw)
        agency.check()
        if number % 20 == 0:
            assert database_findings() == []
    assert database_findings() == []
    spent = {fund: balance_fen(trial_balance_of(CITY), fund, "expense_account") for fund in FUNDS}
    paid = LineOutcome.objects.filter(result=BankResult.PAID_OUT)
    kept = paid.exclude(line__outcomes__result=BankResult.SENT_BACK).select_related("line__batch")
    for fund in FUNDS:
        assert spent[fund] == -sum(o.line.amount_fen for o in kept if o.line.batch.fund == fund)
    twice = paid.filter(line__outcomes__result=BankResult.SENT_BACK)
    assert kept.count() > 10 and twice.exists() and Collected.objects.exists() and SetOff.objects.exists()
