"""The books as Beancount text (Beancount 账本): an outside program adds them up again and finds them right, to the fen.

One transaction an entry, in the order they were posted, closing of the year included; a balance assertion for each account at
the end of each month. Tolerances are set to nothing, so that a fen too much is an error there as it is here. Accounts
have Beancount's five roots and ASCII names, with the Chinese name beside them. Nothing of Beancount is needed to write it.

carries_out: FND-06
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

from django.db.models import Min

from yibao.kernel.money import yuan
from yibao.ledger.accounts import ACCOUNTS, FUND_WORDS, MEMO_WORDS, AccountKind, Fund
from yibao.ledger.models import EntryLine
from yibao.ledger.periods import chart_order

ROOTS: dict[AccountKind, str] = {
    AccountKind.ASSET: "Assets",
    AccountKind.LIABILITY: "Liabilities",
    AccountKind.NET_ASSET: "Equity",
    AccountKind.INCOME: "Income",
    AccountKind.EXPENSE: "Expenses",
}
"""Where each kind of account stands in Beancount."""

CURRENCY = "CNY"
AT_ONCE = 5_000


def beancount_name(fund: str, account: str) -> str:
    """An account as Beancount names it: `Assets:Basic:FiscalAccount`."""
    words = "".join(word.capitalize() for word in account.split("_"))
    return f"{ROOTS[ACCOUNTS[account].kind]}:{fund.capitalize()}:{words}"


def beancount_text(area_code: str, area_name: str, *, through: date | None = None) -> Iterator[str]:
    """The books of an area up to and with a day, line by line. An area without an entry has its heading alone."""
    lines = EntryLine.objects.filter(entry__area_code=area_code)
    if through is not None:
        lines = lines.filter(entry__posted_on__lte=through)
    yield f"; {area_name} {area_code} 基金账簿 (books of the funds)"
    yield f"option {_quoted('title')} {_quoted(f'{area_name} {area_code}')}"
    yield f"option {_quoted('operating_currency')} {_quoted(CURRENCY)}"
    yield f"option {_quoted('tolerance_multiplier')} {_quoted('0')}"
    yield ""
    first_days = lines.values_list("fund", "account").annotate(Min("entry__posted_on")).order_by()
    for fund, account, first_day in sorted(first_days, key=lambda row: chart_order((row[0], row[1]))):
        yield from _opened(fund, account, first_day)
    rows = lines.select_related("entry").order_by("entry__posted_on", "entry_id", "id")
    balances: Counter[tuple[str, str]] = Counter()
    month_after = date.max
    for _, entry_lines in groupby(rows.iterator(chunk_size=AT_ONCE), key=lambda line: line.entry_id):
        own = list(entry_lines)
        posted_on = own[0].entry.posted_on
        while posted_on >= month_after:
            yield from _asserted(balances, month_after)
            month_after = _month_after(month_after)
        month_after = _month_after(posted_on)
        for line in own:
            balances[line.fund, line.account] += line.amount_fen
        yield from _transaction(own)
    if balances:
        yield from _asserted(balances, month_after)


def _opened(fund: str, account: str, first_day: date) -> Iterator[str]:
    yield f"{first_day} open {beancount_name(fund, account)} {CURRENCY}"
    yield f"  name: {_quoted(ACCOUNTS[account].chinese)}"
    yield f"  fund: {_quoted(FUND_WORDS[Fund(fund)][0])}"
    yield ""


def _transaction(lines: list[EntryLine]) -> Iterator[str]:
    entry = lines[0].entry
    words = MEMO_WORDS[entry.memo][0] if entry.memo in MEMO_WORDS else entry.memo
    yield f"{entry.posted_on} * {_quoted(words)}"
    yield f"  id: {_quoted(str(entry.pk))}"
    if entry.reference:
        yield f"  reference: {_quoted(entry.reference)}"
    for line in lines:
        yield f"  {beancount_name(line.fund, line.account)}  {yuan(line.amount_fen)} {CURRENCY}"
    yield ""


def _asserted(balances: Counter[tuple[str, str]], on: date) -> Iterator[str]:
    """Beancount holds a balance at the beginning of its day: the first of the month after."""
    for fund, account in sorted(balances, key=chart_order):
        yield f"{on} balance {beancount_name(fund, account)}  {yuan(balances[fund, account])} ~ 0 {CURRENCY}"
    yield ""


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'
