"""Aid with contributions (资助参保) as its payers owe it: income of the basic fund from the day of payment."""

from datetime import date

from yibao.financing.models import ContributionBill
from yibao.ledger.accounts import Fund
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line


def post_aid(bill: ContributionBill, posted_on: date, *, sign: int = 1) -> None:
    """Aid with the contribution, spent by the assistance fund and received by the basic one, or paid by a budget."""
    sides = [
        (Fund.ASSISTANCE, "enrolment_aid", "fiscal_account", bill.aid_assistance_fund_fen),
        (Fund.BASIC, "fiscal_account", "contribution_assistance", bill.aid_assistance_fund_fen),
        (Fund.BASIC, "fiscal_account", "contribution_municipal", bill.aid_municipal_fen),
        (Fund.BASIC, "fiscal_account", "contribution_county", bill.aid_county_fen),
    ]
    lines = []
    for fund, debit, credit, amount_fen in sides:
        for account, amount in ((debit, amount_fen), (credit, -amount_fen)):
            lines.append(Line(1, posted_on, account, fund, sign * amount, "enrolment_aid", f"bill:{bill.pk}"))
    post_entry(bill.area_code, lines)
