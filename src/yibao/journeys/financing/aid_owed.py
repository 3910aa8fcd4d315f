"""Aid with contributions (资助参保) as its payers owe it: income of the basic fund from the day of payment.

Each payer's part is a receivable of the basic fund; the assistance fund, whose money is in the same books, owes its part as
a payable. Both are settled when the money comes in with a claim (`journeys.financing.claiming_aid`).
"""

from datetime import date

from yibao.financing.fund_models import AidPosted
from yibao.financing.models import ContributionBill
from yibao.financing.terms import Payer
from yibao.ledger.accounts import Fund
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line

INCOME_FROM: dict[Payer, str] = {
    Payer.ASSISTANCE_FUND: "contribution_assistance",
    Payer.MUNICIPAL: "contribution_municipal",
    Payer.COUNTY: "contribution_county",
}
"""The account of the basic fund's income that a payer's aid is."""


def aid_by_payer(bill: ContributionBill) -> dict[Payer, int]:
    """What each payer gives toward a bill."""
    return {
        Payer.ASSISTANCE_FUND: bill.aid_assistance_fund_fen,
        Payer.MUNICIPAL: bill.aid_municipal_fen,
        Payer.COUNTY: bill.aid_county_fen,
    }


def post_aid(bill: ContributionBill, posted_on: date, *, sign: int = 1) -> None:
    """Books aid as owed by its payers from a day on; with `sign` -1 no longer owed."""
    parts = {payer: sign * amount_fen for payer, amount_fen in aid_by_payer(bill).items() if amount_fen}
    entry_id = post_entry(bill.area_code, aid_lines(parts, posted_on, f"bill:{bill.pk}"))
    if entry_id is not None:
        AidPosted.objects.bulk_create(
            AidPosted(bill=bill, payer=payer, amount_fen=amount_fen, posted_on=posted_on, entry_id=entry_id)
            for payer, amount_fen in parts.items()
        )


def aid_lines(parts: dict[Payer, int], posted_on: date, reference: str) -> list[Line]:
    """The lines of aid owed by payers."""
    lines = []
    for payer, amount_fen in parts.items():
        sides = [(Fund.BASIC, "aid_receivable", INCOME_FROM[payer])]
        if payer is Payer.ASSISTANCE_FUND:
            sides.append((Fund.ASSISTANCE, "enrolment_aid", "aid_payable"))
        for fund, debit, credit in sides:
            lines += [
                Line(1, posted_on, debit, fund, amount_fen, "enrolment_aid", reference),
                Line(1, posted_on, credit, fund, -amount_fen, "enrolment_aid", reference),
            ]
    return lines
