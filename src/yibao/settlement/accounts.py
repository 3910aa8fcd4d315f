"""What a settlement means to the books (结算入账): who owes the institution, by fund and account.

A hospital's own share touches no fund: it stands on the settlement alone.
"""

from collections.abc import Sequence
from datetime import date

from yibao.benefits.terms import VisitKind
from yibao.engine.terms import Payers
from yibao.engine.year import Payer
from yibao.ledger.accounts import Fund
from yibao.ledger.books import Line

BENEFIT_ACCOUNTS: dict[VisitKind, str] = {
    VisitKind.HOSPITAL: "benefit_hospital",
    VisitKind.OUTPATIENT: "benefit_outpatient",
    VisitKind.CHRONIC: "benefit_chronic",
    VisitKind.TWO_DISEASES: "benefit_two_diseases",
    VisitKind.MATERNITY: "benefit_maternity",
}

PAYER_ACCOUNTS: dict[Payer, tuple[Fund, str]] = {
    Payer.CATASTROPHIC: (Fund.CATASTROPHIC, "benefit_catastrophic"),
    Payer.ASSISTANCE: (Fund.ASSISTANCE, "direct_assistance"),
    Payer.TOP_UP: (Fund.ASSISTANCE, "top_up_assistance"),
    Payer.SPECIAL_FUND: (Fund.SPECIAL, "special_fund_payments"),
}


def settlement_lines(payers: Payers, kind: VisitKind, posted_on: date, reference: str) -> list[Line]:
    """What is owed to the institution; amounts of a reversal have their sign turned."""
    amounts = [(payer, payers[payer]) for payer in Payer]
    return _lines(amounts, kind, "payable_institutions", "settlement", posted_on, reference)


def adjustment_lines(
    differences: Sequence[tuple[Payer, int]], kind: VisitKind, posted_on: date, reference: str
) -> list[Line]:
    """What is owed to the person after a late event, or by the person where it is negative."""
    return _lines(differences, kind, "payable_people", "adjustment", posted_on, reference)


def account_of(payer: Payer, kind: VisitKind) -> tuple[Fund, str] | None:
    """The fund and account that a payer's amount is spent from; None where it touches no fund."""
    if payer is Payer.BASIC:
        return Fund.BASIC, BENEFIT_ACCOUNTS[kind]
    return PAYER_ACCOUNTS.get(payer)


def _lines(
    amounts: Sequence[tuple[Payer, int]],
    kind: VisitKind,
    owed: str,
    memo: str,
    posted_on: date,
    reference: str,
) -> list[Line]:
    found = []
    for payer, amount_fen in amounts:
        spent = account_of(payer, kind)
        if spent is not None and amount_fen != 0:
            fund, account = spent
            found.append(Line(1, posted_on, account, fund, amount_fen, memo, reference))
            found.append(Line(1, posted_on, owed, fund, -amount_fen, memo, reference))
    return found
