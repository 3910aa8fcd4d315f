"""Income and expense by county (分县收支), where a record says which county an entry is for.

The books are those of the pooling area and know no county. A settlement, an adjustment, a payment of a contribution and what
is posted for a bill are of the county whose terms they were made by; an entry whose reference is a division code is of that
county. What nothing says of stands under no county and is shown as such, so that the columns always add up to the books.

carries_out: FND-06
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from yibao.financing.models import ContributionBill, ContributionPayment, ContributionRefund
from yibao.ledger.accounts import ACCOUNTS, Fund
from yibao.ledger.books import CLOSED_KINDS
from yibao.ledger.models import EntryLine
from yibao.ledger.periods import CLOSING, Span
from yibao.settlement.models import AdjustmentRow, Settlement

UNKNOWN = ""
"""The county of what nothing says the county of."""

_DIVISION = re.compile(r"\d{6}")
_BILL = re.compile(r"bill:(\d+)")


def county_amounts(area_code: str, fund: Fund, span: Span) -> dict[str, Counter[str]]:
    """What moved in each account of income and expense, debit positive, by county; UNKNOWN stands last."""
    lines = EntryLine.objects.filter(
        fund=fund,
        account__in=[name for name, account in ACCOUNTS.items() if account.kind in CLOSED_KINDS],
        entry__area_code=area_code,
        entry__posted_on__gte=span.first_day,
        entry__posted_on__lte=span.last_day,
    ).exclude(entry__memo=CLOSING)
    county_of = _counties(lines)
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    rows = lines.values_list("entry_id", "entry__reference", "account", "amount_fen")
    for entry_id, reference, account, amount_fen in rows.iterator():
        county = county_of.get(entry_id)
        if county is None:
            county = reference if _DIVISION.fullmatch(reference) else UNKNOWN
        found[county][account] += amount_fen
    return {county: found[county] for county in sorted(found, key=lambda code: (code == UNKNOWN, code))}


def _counties(lines: Any) -> dict[int, str]:
    """The county of each entry that a record stands behind."""
    entries = lines.values("entry_id")
    known: dict[int, str] = {}
    for rows in (
        Settlement.objects.filter(entry__in=entries).values_list("entry_id", "terms_code"),
        AdjustmentRow.objects.filter(entry__in=entries).values_list("entry_id", "settlement__terms_code"),
        ContributionPayment.objects.filter(entry__in=entries).values_list("entry_id", "bill__terms_code"),
        ContributionRefund.objects.filter(entry__in=entries).values_list(
            "entry_id", "payment__bill__terms_code"
        ),
        _of_bills(lines.filter(entry__reference__startswith="bill:")),
    ):
        known.update(rows)
    return known


def _of_bills(lines: Any) -> Iterable[tuple[int, str]]:
    codes = {str(pk): code for pk, code in ContributionBill.objects.values_list("pk", "terms_code")}
    for entry_id, reference in lines.values_list("entry_id", "entry__reference").iterator():
        named = _BILL.fullmatch(reference)
        if named is not None and named[1] in codes:
            yield entry_id, codes[named[1]]
