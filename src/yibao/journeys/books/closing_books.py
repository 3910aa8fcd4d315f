"""Closing a month's books as an officer does it (月结、年结): under a right and a key, after the income account was swept.

December closes the year with it: income and expense of each fund go to its general balance.

carries_out: FND-06
"""

from dataclasses import dataclass

from yibao.kernel.money import yuan
from yibao.ledger.accounts import FUND_WORDS, Fund
from yibao.ledger.books import balance_fen
from yibao.ledger.closing import DECEMBER, ClosingRefused, close_month, close_year, hold_entries
from yibao.ledger.periods import PeriodUnreadable, span_of
from yibao.ledger.queries import trial_balance_of
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter


@dataclass(frozen=True)
class CloseOrder:
    """A month of a pooling area to be closed, such as 2023-05."""

    area_code: str
    period: str


class NotSwept(ClosingRefused):
    """A month whose income account still holds money, or was overdrawn."""

    def __init__(self, area_code: str, period: str, fund: Fund, held_fen: int) -> None:
        super().__init__(
            f"{area_code} {period} {FUND_WORDS[fund][0]}收入户余额 {yuan(held_fen)} 元，应为零；"
            f"请先归集财政专户再结账 (sweep the income account first)"
        )


def close_books(actor: Actor, key: str, order: CloseOrder) -> str:
    """Closes a month, and with December the year; `{"closed", "year_closed"}`.

    Raises NotAllowed, PeriodUnreadable, NotSwept, ClosedAlready, MonthBeforeOpen.
    """

    def do() -> dict[str, object]:
        actor.require(Matter.FUND_MATTER, Deed.DO, order.area_code)
        span = span_of(order.period)
        if not span.is_month:
            raise PeriodUnreadable(order.period)
        hold_entries()
        balances = trial_balance_of(order.area_code, through=span.last_day)
        for fund in Fund:
            held_fen = balance_fen(balances, fund, "income_account")
            if held_fen != 0:
                raise NotSwept(order.area_code, order.period, fund, held_fen)
        year_closed = span.first_day.month == DECEMBER
        if year_closed:
            close_year(order.area_code, span.first_day.year, actor=actor.name)
        else:
            close_month(order.area_code, order.period, actor=actor.name)
        note(actor, "close_books", order.area_code, f"period:{order.period}", year_closed=year_closed)
        return {"closed": order.period, "year_closed": year_closed}

    return once(actor.name, key, "close_books", order, do)
