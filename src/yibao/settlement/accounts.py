"""What a settlement means to the books (结算入账): who owes the institution, by fund and account.

A hospital's own share touches no fund: it stands on the settlement alone. What the person paid for and asks to be
reimbursed (手工报销) is owed to the person instead.
"""

from collections.abc import Sequence
from datetime import date

from yibao.benefits.terms import VisitKind
from yibao.engine.spending import account_of
from yibao.engine.terms import Payers
from yibao.engine.year import Payer
from yibao.ledger.books import Line

TO_PEOPLE = "payable_people"
"""The account of what people are owed."""


def settlement_lines(
    payers: Payers, kind: VisitKind, posted_on: date, reference: str, *, manual: bool = False
) -> list[Line]:
    """What is owed to the institution, or to the person; amounts of a reversal have their sign turned."""
    amounts = [(payer, payers[payer]) for payer in Payer]
    owed = TO_PEOPLE if manual else "payable_institutions"
    return _lines(amounts, kind, owed, "settlement", posted_on, reference)


def adjustment_lines(
    differences: Sequence[tuple[Payer, int]], kind: VisitKind, posted_on: date, reference: str
) -> list[Line]:
    """What is owed to the person after a late event, or by the person where it is negative."""
    return _lines(differences, kind, TO_PEOPLE, "adjustment", posted_on, reference)


def owed_to_people(lines: Sequence[Line]) -> dict[str, int]:
    """What some lines owe to a person, by fund; below zero the person owes it."""
    found: dict[str, int] = {}
    for line in lines:
        if line.account == TO_PEOPLE:
            found[str(line.fund)] = found.get(str(line.fund), 0) - line.amount_fen
    return {fund: amount for fund, amount in found.items() if amount}


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
