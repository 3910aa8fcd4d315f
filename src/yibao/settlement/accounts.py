"""What a settlement means to the books (结算入账): who owes the institution, by fund and account.

A hospital's own share touches no fund: it stands on the settlement alone.
"""

from collections.abc import Sequence
from datetime import date

from yibao.benefits.terms import VisitKind
from yibao.engine.spending import account_of
from yibao.engine.terms import Payers
from yibao.engine.year import Payer
from yibao.ledger.books import Line


def settlement_lines(payers: Payers, kind: VisitKind, posted_on: date, reference: str) -> list[Line]:
    """What is owed to the institution; amounts of a reversal have their sign turned."""
    amounts = [(payer, payers[payer]) for payer in Payer]
    return _lines(amounts, kind, "payable_institutions", "settlement", posted_on, reference)


def adjustment_lines(
    differences: Sequence[tuple[Payer, int]], kind: VisitKind, posted_on: date, reference: str
) -> list[Line]:
    """What is owed to the person after a late event, or by the person where it is negative."""
    return _lines(differences, kind, "payable_people", "adjustment", posted_on, reference)


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
