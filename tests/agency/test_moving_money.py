"""Money between the fund's own accounts: swept whole and once, drawn by two people, never more than there is.

carries_out: FIN-19, FND-06
"""

import dataclasses
import json
from datetime import date

import pytest
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.paying import FINANCE, REVIEWER, balance
from tests.agency.settling import CITY, OFFICER

from yibao.journeys.books.moving_money import (
    DrawDecision,
    DrawingWrong,
    DrawOrder,
    NoSuchDrawing,
    NotEnough,
    SweepOrder,
    decide_drawing,
    propose_drawing,
    sweep,
)
from yibao.journeys.verifying.database import database_findings
from yibao.ledger.actions import MonthClosed, post_entry
from yibao.ledger.books import Line
from yibao.ledger.closing import close_month
from yibao.ledger.models import Entry
from yibao.ledger.periods import PeriodUnreadable
from yibao.rights.actors import NotAllowed
from yibao.rights.approvals import SamePerson, propose
from yibao.rights.requests import TryAgain
from yibao.rights.terms import Matter, Role

MAY = SweepOrder(CITY, "2023-05")
DRAW = DrawOrder(CITY, "basic", 600, date(2023, 5, 31), "支付 5 月手工报销")


def received(amount_fen: int, day: date, account: str = "income_account", fund: str = "basic") -> None:
    sides = ((account, amount_fen), ("interest", -amount_fen))
    post_entry(CITY, [Line(1, day, of, fund, amount, "interest") for of, amount in sides])


def test_a_month_is_swept_whole_each_fund_by_itself_and_no_later_money_with_it(database):
    received(500, date(2023, 4, 3))
    received(400, date(2023, 5, 31))
    received(30, date(2023, 5, 2), fund="assistance")
    received(7, date(2023, 6, 1))
    said = json.loads(sweep(FINANCE, "s", MAY))
    assert said == {"swept": {"basic": 900, "assistance": 30}}
    assert (balance("income_account"), balance("fiscal_account")) == (7, 900)
    assert json.loads(sweep(FINANCE, "again", MAY)) == {"swept": {}}
    received(1, date(2023, 5, 30))
    assert json.loads(sweep(FINANCE, "late", MAY)) == {"swept": {"basic": 1}}
    assert {str(entry.posted_on) for entry in Entry.objects.filter(memo="sweep")} == {"2023-05-31"}
    assert database_findings() == []


def test_what_may_not_be_swept_is_refused(database):
    received(500, date(2023, 4, 3))
    with pytest.raises(NotAllowed):
        sweep(OFFICER, "s", MAY)
    with pytest.raises(PeriodUnreadable):
        sweep(FINANCE, "s", dataclasses.replace(MAY, period="2023"))
    close_month(CITY, "2023-04", actor="a")
    with pytest.raises(MonthClosed):
        sweep(FINANCE, "s", dataclasses.replace(MAY, period="2023-04"))
    assert balance("income_account") == 500


def test_sweeps_at_once_move_the_money_once(postgres):
    received(500, date(2023, 5, 3))
    said = at_once([lambda n=n: sweep(FINANCE, f"s{n}", MAY) for n in range(5)])
    assert not [one for one in said if isinstance(one, Exception) and not isinstance(one, TryAgain)]
    assert (balance("income_account"), balance("fiscal_account")) == (0, 500)


def test_a_drawing_is_decided_by_another_and_posted_once(database):
    received(1_000, date(2023, 5, 3), "fiscal_account")
    number = json.loads(propose_drawing(FINANCE, "p", DRAW))["proposal_id"]
    assert balance("expense_account") == 0
    both = dataclasses.replace(FINANCE, granted=(*FINANCE.granted, *REVIEWER.granted))
    with pytest.raises(SamePerson):
        decide_drawing(both, "d", DrawDecision(number, True, ""))
    decide_drawing(REVIEWER, "d", DrawDecision(number, True, ""))
    decide_drawing(REVIEWER, "d", DrawDecision(number, True, ""))
    assert (balance("expense_account"), balance("fiscal_account")) == (600, 400)
    rejected = json.loads(propose_drawing(FINANCE, "p2", dataclasses.replace(DRAW, amount_fen=400)))[
        "proposal_id"
    ]
    decide_drawing(REVIEWER, "d2", DrawDecision(rejected, False, "无需"))
    assert balance("expense_account") == 600 and database_findings() == []


def test_what_cannot_be_drawn_is_refused_in_words(database):
    received(1_000, date(2023, 5, 3), "fiscal_account")
    with pytest.raises(DrawingWrong) as refused:
        propose_drawing(FINANCE, "p", DrawOrder(CITY, "own", 0, DRAW.posted_on, ""))
    assert len(refused.value.problems) == 3
    with pytest.raises(NotEnough, match=r"10\.00"):
        propose_drawing(FINANCE, "p", dataclasses.replace(DRAW, amount_fen=1_001))
    with pytest.raises(NotAllowed):
        propose_drawing(REVIEWER, "p", DRAW)
    other = propose(FINANCE, Matter.FUND_MATTER, CITY, {"pay": 1})
    number = json.loads(propose_drawing(FINANCE, "p", DRAW))["proposal_id"]
    for who, proposal_id in ((REVIEWER, other), (REVIEWER, 999), (actor(Role.REVIEWER, "410100"), number)):
        with pytest.raises(NoSuchDrawing):
            decide_drawing(who, "d", DrawDecision(proposal_id, True, ""))


def test_drawings_approved_at_once_never_take_more_than_there_is(postgres):
    received(1_000, date(2023, 5, 3), "fiscal_account")
    numbers = [json.loads(propose_drawing(FINANCE, f"p{n}", DRAW))["proposal_id"] for n in range(3)]
    said = at_once(
        [lambda n=n: decide_drawing(REVIEWER, f"d{n}", DrawDecision(n, True, "")) for n in numbers]
    )
    assert sum(not isinstance(one, Exception) for one in said) == 1
    assert (balance("expense_account"), balance("fiscal_account")) == (600, 400)
