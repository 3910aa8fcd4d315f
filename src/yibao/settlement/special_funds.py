"""What bills of special funds came to (专项资金结算明细): by special fund and period, from the bill to what the budget owes.

A period goes by day of posting, as the books do. What insurance paid of such bills stands beside what the special fund paid:
the one is insurance's, the other the budget's to make good.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum

from yibao.benefits.terms import SpecialFund
from yibao.engine.year import Payer
from yibao.ledger.accounts import Fund
from yibao.rights.actors import Actor
from yibao.rights.terms import Deed, Matter
from yibao.settlement.models import AdjustmentRow, Settlement, SpecialFundReceipt
from yibao.settlement.queries import PAYERS, settlements

INSURANCE = ("basic_fen", "catastrophic_fen", "assistance_fen", "top_up_fen")
INSURANCE_PAYERS = (Payer.BASIC, Payer.CATASTROPHIC, Payer.ASSISTANCE, Payer.TOP_UP)
PAGE = 500


@dataclass(frozen=True)
class SpecialFundTotals:
    """One special fund in a period: bills and amounts, what was undone or adjusted, and what the budget has made good.

    `reversed_fen` is not negative; `adjusted_fen` has its sign. `outstanding_fen` is of all time up to the last day: what
    the fund paid less what came from the budget.
    """

    special_fund: SpecialFund
    bills: int
    paid_fen: int
    reversed_bills: int
    reversed_fen: int
    adjusted_fen: int
    insurance_fen: int
    received_fen: int
    outstanding_fen: int

    @property
    def net_fen(self) -> int:
        """What the special fund has paid in the period."""
        return self.paid_fen - self.reversed_fen + self.adjusted_fen


def special_fund_totals(actor: Actor, area_code: str, first: date, last: date) -> list[SpecialFundTotals]:
    """Every special fund of a pooling area in a period, both days inside. Raises NotAllowed."""
    actor.require(Matter.FUND_MATTER, Deed.LOOK, area_code, Fund.SPECIAL)
    funds = [fund for fund in SpecialFund if fund is not SpecialFund.NONE]
    return [_totals(area_code, fund, first, last) for fund in funds]


def special_fund_bills(
    actor: Actor, fund: SpecialFund, first: date, last: date, *, after: int = 0, limit: int = PAGE
) -> list[dict[str, Any]]:
    """Settlements and reversals of a special fund in a period, of the actor's areas, by number above `after`.

    Each has its number, who paid what, what it reverses, and the entry of the books: from the bill to the account.
    """
    rows = (
        settlements(actor)
        .filter(visit__special_fund=fund, posted_on__range=(first, last), pk__gt=after)
        .order_by("pk")
    )
    names = ("id", "visit_id", "served_on", "posted_on", "reverses_id", "entry_id", "total_fen", *PAYERS)
    return list(rows.values(*names)[: min(limit, PAGE)])


def _totals(area_code: str, fund: SpecialFund, first: date, last: date) -> SpecialFundTotals:
    within = Settlement.objects.filter(
        area_code=area_code, visit__special_fund=fund, posted_on__range=(first, last)
    )
    undone = Q(reverses__isnull=False)
    sums = within.aggregate(
        bills=Count("pk", filter=~undone),
        paid_fen=Sum("special_fund_fen", filter=~undone, default=0),
        reversed_bills=Count("pk", filter=undone),
        turned_fen=Sum("special_fund_fen", filter=undone, default=0),
        **{name: Sum(name, default=0) for name in INSURANCE},
    )
    adjusted = AdjustmentRow.objects.filter(
        settlement__area_code=area_code,
        settlement__visit__special_fund=fund,
        entry__posted_on__range=(first, last),
    ).aggregate(
        special_fen=Sum("difference_fen", filter=Q(payer=Payer.SPECIAL_FUND), default=0),
        insurance_fen=Sum("difference_fen", filter=Q(payer__in=INSURANCE_PAYERS), default=0),
    )
    received = SpecialFundReceipt.objects.filter(area_code=area_code, special_fund=fund)
    received_fen = received.filter(received_on__range=(first, last)).aggregate(s=Sum("amount_fen", default=0))
    return SpecialFundTotals(
        special_fund=fund,
        bills=sums["bills"],
        paid_fen=sums["paid_fen"],
        reversed_bills=sums["reversed_bills"],
        reversed_fen=-sums["turned_fen"],
        adjusted_fen=adjusted["special_fen"],
        insurance_fen=sum(sums[name] for name in INSURANCE) + adjusted["insurance_fen"],
        received_fen=received_fen["s"],
        outstanding_fen=outstanding_fen(area_code, fund, last),
    )


def outstanding_fen(area_code: str, fund: SpecialFund, through: date) -> int:
    """What the budget owes a special fund's books up to and with a day; below zero where it has paid ahead."""
    paid = Settlement.objects.filter(
        area_code=area_code, visit__special_fund=fund, posted_on__lte=through
    ).aggregate(s=Sum("special_fund_fen", default=0))["s"]
    adjusted = AdjustmentRow.objects.filter(
        settlement__area_code=area_code,
        settlement__visit__special_fund=fund,
        payer=Payer.SPECIAL_FUND,
        entry__posted_on__lte=through,
    ).aggregate(s=Sum("difference_fen", default=0))["s"]
    received = SpecialFundReceipt.objects.filter(
        area_code=area_code, special_fund=fund, received_on__lte=through
    ).aggregate(s=Sum("amount_fen", default=0))["s"]
    return int(paid + adjusted - received)
