"""Which account a payer's money is spent from (支出科目): one table for the year's books and for the agency's."""

from yibao.benefits.terms import VisitKind
from yibao.engine.year import Payer
from yibao.ledger.accounts import Fund

BENEFIT_ACCOUNTS: dict[VisitKind, str] = {
    VisitKind.HOSPITAL: "benefit_hospital",
    VisitKind.OUTPATIENT: "benefit_outpatient",
    VisitKind.CHRONIC: "benefit_chronic",
    VisitKind.TWO_DISEASES: "benefit_two_diseases",
    VisitKind.MATERNITY: "benefit_maternity",
}
"""What the basic fund pays, by kind of visit."""

PAYER_ACCOUNTS: dict[Payer, tuple[Fund, str]] = {
    Payer.CATASTROPHIC: (Fund.CATASTROPHIC, "benefit_catastrophic"),
    Payer.ASSISTANCE: (Fund.ASSISTANCE, "direct_assistance"),
    Payer.TOP_UP: (Fund.ASSISTANCE, "top_up_assistance"),
    Payer.SPECIAL_FUND: (Fund.SPECIAL, "special_fund_payments"),
}
"""What the others pay; a hospital's own share touches no fund."""


def account_of(payer: Payer, kind: VisitKind) -> tuple[Fund, str] | None:
    """The fund and account that a payer's amount is spent from; None where it touches no fund."""
    if payer is Payer.BASIC:
        return Fund.BASIC, BENEFIT_ACCOUNTS[kind]
    return PAYER_ACCOUNTS.get(payer)
