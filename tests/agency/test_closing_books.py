"""Closing as an officer does it: under a right, in order, once, swept first, and December with its year.

carries_out: FND-06
"""

import json
from datetime import date

import pytest
from tests.agency.at_once import at_once
from tests.agency.paying import FINANCE, REVIEWER, balance
from tests.agency.settling import CITY
from tests.agency.test_moving_money import received

from yibao.journeys.books.closing_books import CloseOrder, NotSwept, close_books
from yibao.journeys.books.moving_money import SweepOrder, sweep
from yibao.journeys.verifying.database import database_findings
from yibao.ledger.closing import ClosedAlready, MonthBeforeOpen, closed_periods
from yibao.ledger.periods import PeriodUnreadable
from yibao.rights.actors import NotAllowed
from yibao.rights.models import AuditRecord


def test_a_month_is_closed_once_it_is_swept_and_stays_closed(database):
    received(500, date(2023, 4, 3))
    order = CloseOrder(CITY, "2023-04")
    with pytest.raises(NotSwept, match=r"5\.00"):
        close_books(FINANCE, "c", order)
    sweep(FINANCE, "s", SweepOrder(CITY, "2023-04"))
    with pytest.raises(NotAllowed):
        close_books(REVIEWER, "c", order)
    with pytest.raises(PeriodUnreadable):
        close_books(FINANCE, "c", CloseOrder(CITY, "2023"))
    with pytest.raises(MonthBeforeOpen, match="2023-04"):
        close_books(FINANCE, "c", CloseOrder(CITY, "2023-05"))
    said = close_books(FINANCE, "c", order)
    assert json.loads(said) == {"closed": "2023-04", "year_closed": False}
    assert close_books(FINANCE, "c", order) == said
    with pytest.raises(ClosedAlready):
        close_books(FINANCE, "c2", order)
    assert AuditRecord.objects.filter(action="close_books").count() == 1


def test_december_closes_the_year(database):
    received(500, date(2023, 11, 3), "fiscal_account")
    close_books(FINANCE, "c11", CloseOrder(CITY, "2023-11"))
    said = json.loads(close_books(FINANCE, "c12", CloseOrder(CITY, "2023-12")))
    assert said["year_closed"] and (balance("interest"), balance("general_balance")) == (0, -500)
    assert closed_periods(CITY) == ["2023-11", "2023-12"] and database_findings() == []


def test_a_month_closed_at_once_is_closed_once(postgres):
    received(500, date(2023, 12, 3), "fiscal_account")
    said = at_once([lambda n=n: close_books(FINANCE, f"c{n}", CloseOrder(CITY, "2023-12")) for n in range(4)])
    assert sum(isinstance(one, ClosedAlready) for one in said) == 3
    assert balance("general_balance") == -500 and closed_periods(CITY) == ["2023-12"]
