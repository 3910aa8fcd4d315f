"""The fund's books: double entry (复式记账) in whole fen, append-only, every fund balanced by itself.

A journal is an Arrow table, one row a line; a debit is positive, a credit negative. `post` gives a new journal and never
changes the one it was handed, so a refused posting leaves every byte as it was. Nothing is deleted or rewritten: a
mistake is put right by an entry with the sign turned.

What a reader would get wrong: an entry may touch several funds, but its lines must sum to zero in *each* of them. Money
that moves between funds is an expense of one and an income of the other.

carries_out: FND-06
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yibao.ledger.accounts import ACCOUNTS, AccountKind, Fund

NAMES = pa.dictionary(pa.int16(), pa.string())

LINES = pa.schema(
    [
        ("entry", pa.int64()),  # which entry of the batch a line belongs to; any numbers
        ("posted_on", pa.date32()),
        ("account", NAMES),
        ("fund", NAMES),
        ("amount_fen", pa.int64()),  # debit positive, credit negative
        ("memo", NAMES),
        ("reference", pa.string()),
    ]
)
"""Lines to be posted: one row a line, entries in any order."""

JOURNAL = pa.schema([pa.field("entry_no", pa.int64()), *list(LINES)[1:]])
"""The journal (日记账): entries numbered from 1 without a gap, in the order they were posted."""

TRIAL_BALANCE = pa.schema(
    [
        ("fund", pa.string()),
        ("account", pa.string()),
        ("debit_fen", pa.int64()),
        ("credit_fen", pa.int64()),
        ("balance_fen", pa.int64()),  # debit less credit
    ]
)
"""The trial balance (科目余额表): one row a fund and account."""

CLOSED_KINDS = (AccountKind.INCOME, AccountKind.EXPENSE)
_MOST = 2**63 - 1


class PostingRefused(ValueError):
    """Lines that the books do not take; nothing was posted."""


class EntryUnbalanced(PostingRefused):
    """An entry whose lines do not sum to zero in a fund."""

    def __init__(self, entry: int, fund: str, amount_fen: int, reference: str) -> None:
        self.entry = entry
        self.fund = fund
        self.amount_fen = amount_fen
        super().__init__(
            f"凭证 {entry}（{reference or '无附注'}）在 {fund} 借贷不平，差 {amount_fen} 分；整批未入账，"
            f"请改平后重新过账 (entry does not sum to zero)"
        )


class EntryMisdated(PostingRefused):
    """An entry whose lines have different days, or none."""

    def __init__(self, entry: int) -> None:
        self.entry = entry
        super().__init__(f"凭证 {entry} 的各行日期不一致或缺日期；整批未入账，请统一日期 (one day an entry)")


class LineUnreadable(PostingRefused):
    """A line that names no known account or fund, or has no amount."""

    def __init__(self, entry: int, column: str, value: object) -> None:
        self.entry = entry
        super().__init__(
            f"凭证 {entry} 的 {column} 是 {value!r}，科目表中没有；整批未入账 (unknown or empty {column})"
        )


class AmountsTooLarge(PostingRefused):
    """Amounts whose sum 64 bits might not hold."""

    def __init__(self, sum_fen: int, lines: int) -> None:
        super().__init__(
            f"{lines} 行发生额合计约 {sum_fen} 分，超出 64 位；请按地区分账 (sums would overflow)"
        )


class BooksDoNotBalance(AssertionError):
    """A journal whose funds do not sum to zero: it was not made by `post`."""

    def __init__(self, fund: str, amount_fen: int) -> None:
        super().__init__(f"{fund} 全部科目合计 {amount_fen} 分，应为 0：日记账被改动过 (journal was altered)")


class Line(NamedTuple):
    """One line written by hand, as tests and small postings do; `amount_fen` is positive for a debit."""

    entry: int
    posted_on: date
    account: str
    fund: str
    amount_fen: int
    memo: str = ""
    reference: str = ""


def lines_of(written: Iterable[Line]) -> pa.Table:
    """Lines as a table of LINES."""
    columns = list(zip(*written, strict=True)) or [()] * len(LINES)
    arrays = [_column(list(values), field.type) for values, field in zip(columns, LINES, strict=True)]
    return pa.table(arrays, schema=LINES)


def empty_journal() -> pa.Table:
    """A journal with nothing in it."""
    return JOURNAL.empty_table()


def post(journal: pa.Table, lines: pa.Table) -> pa.Table:
    """The journal with a batch of entries after it; entries keep the order of their numbers in the batch.

    Raises PostingRefused, naming the entry, where one line is unreadable or one entry unbalanced: then none is posted.
    """
    checked = lines.select(LINES.names).cast(LINES)
    if checked.num_rows == 0:
        return journal
    _check_lines(checked)
    _check_sums(checked)
    ordered = checked.sort_by("entry")
    numbers = np.asarray(ordered["entry"].to_numpy())
    place = np.cumsum(np.concatenate(([1], (np.diff(numbers) != 0).astype(np.int64))))
    entry_no = pa.array(place + last_entry_no(journal), pa.int64())
    numbered = pa.table([entry_no, *(ordered[name] for name in JOURNAL.names[1:])], schema=JOURNAL)
    return pa.concat_tables([journal, numbered]).unify_dictionaries()


def check_written(lines: Sequence[Line]) -> None:
    """Refuses lines written by hand exactly where `post` would, without a table: for the few lines of one settlement."""
    funds = {str(fund) for fund in Fund}
    for line in lines:
        if line.account not in ACCOUNTS:
            raise LineUnreadable(line.entry, "account", line.account)
        if line.fund not in funds:
            raise LineUnreadable(line.entry, "fund", line.fund)
    size = sum(abs(line.amount_fen) for line in lines)
    if size > _MOST:
        raise AmountsTooLarge(size, len(lines))
    days: dict[int, date] = {}
    sums: defaultdict[tuple[int, str], int] = defaultdict(int)
    for line in lines:
        if days.setdefault(line.entry, line.posted_on) != line.posted_on:
            raise EntryMisdated(line.entry)
        sums[line.entry, str(line.fund)] += line.amount_fen
    for (entry, fund), amount_fen in sorted(sums.items()):
        if amount_fen != 0:
            reference = next(line.reference for line in lines if line.entry == entry)
            raise EntryUnbalanced(entry, fund, amount_fen, reference)


def last_entry_no(journal: pa.Table) -> int:
    """The number of the last entry; 0 where there is none."""
    return int(journal["entry_no"][-1].as_py()) if journal.num_rows else 0


def trial_balance(journal: pa.Table, *, through: date | None = None) -> pa.Table:
    """Debits, credits and balance by fund and account, up to and with a day.

    Rows stand in the order of the chart of accounts. Raises BooksDoNotBalance where a fund's balances are not zero.
    """
    taken = (
        journal
        if through is None
        else journal.filter(pc.less_equal(journal["posted_on"], pa.scalar(through)))
    )
    amount = taken["amount_fen"]
    _check_size(amount)
    zero = pa.scalar(0, pa.int64())
    sides = pa.table(
        {
            "fund": taken["fund"].cast(pa.string()),
            "account": taken["account"].cast(pa.string()),
            "debit_fen": pc.max_element_wise(amount, zero),
            "credit_fen": pc.max_element_wise(pc.negate_checked(amount), zero),
            "balance_fen": amount,
        }
    )
    sums = sides.group_by(["fund", "account"]).aggregate(
        [(name, "sum") for name in ("debit_fen", "credit_fen", "balance_fen")]
    )
    rows = sorted(zip(*(sums[name].to_pylist() for name in sums.column_names), strict=True), key=_chart_order)
    for fund in sorted({str(row[0]) for row in rows}):
        left_fen = sum(int(row[4]) for row in rows if row[0] == fund)
        if left_fen != 0:
            raise BooksDoNotBalance(fund, left_fen)
    return pa.Table.from_pylist(
        [dict(zip(TRIAL_BALANCE.names, row, strict=True)) for row in rows], TRIAL_BALANCE
    )


def balance_fen(balances: pa.Table, fund: str, *accounts: str) -> int:
    """The balance of some accounts of one fund of a trial balance, added up: positive is debit."""
    return sum(
        int(row["balance_fen"])
        for row in balances.to_pylist()
        if row["fund"] == fund and row["account"] in accounts
    )


def opening_lines(reserves_fen: dict[Fund, int], on: date) -> pa.Table:
    """The entry that brings forward what funds begin with: money in the fiscal account, and the general balance."""
    written = []
    for entry, (fund, amount_fen) in enumerate(reserves_fen.items()):
        written += [
            Line(entry, on, "fiscal_account", fund, amount_fen, "opening", fund),
            Line(entry, on, "general_balance", fund, -amount_fen, "opening", fund),
        ]
    return lines_of(written)


def closing_lines(journal: pa.Table, on: date) -> pa.Table:
    """The entries that close a year (年终结转): income and expense of each fund go to its general balance."""
    written = []
    balances = trial_balance(journal).to_pylist()
    for entry, fund in enumerate(sorted({str(row["fund"]) for row in balances})):
        closed = [
            Line(entry, on, str(row["account"]), fund, -int(row["balance_fen"]), "closing", fund)
            for row in balances
            if row["fund"] == fund and ACCOUNTS[row["account"]].kind in CLOSED_KINDS and row["balance_fen"]
        ]
        surplus_fen = -sum(line.amount_fen for line in closed)
        written += [*closed, Line(entry, on, "general_balance", fund, surplus_fen, "closing", fund)]
    return lines_of(written)


def carried_forward_lines(journal: pa.Table, on: date) -> pa.Table:
    """The opening entries of the next year's journal, from one that was closed. Raises PostingRefused where it was not."""
    rows = [row for row in trial_balance(journal).to_pylist() if row["balance_fen"]]
    for row in rows:
        if ACCOUNTS[row["account"]].kind in CLOSED_KINDS:
            raise PostingRefused(
                f"{row['fund']} 的 {row['account']} 还有余额 {row['balance_fen']} 分；请先年终结转再结转下年 (close first)"
            )
    funds = sorted({str(row["fund"]) for row in rows})
    return lines_of(
        Line(
            funds.index(row["fund"]),
            on,
            row["account"],
            row["fund"],
            int(row["balance_fen"]),
            "opening",
            row["fund"],
        )
        for row in rows
    )


def _check_lines(lines: pa.Table) -> None:
    for column, known in (("account", list(ACCOUNTS)), ("fund", [str(fund) for fund in Fund])):
        given = lines[column].cast(pa.string())
        bad = pc.fill_null(pc.invert(pc.is_in(given, value_set=pa.array(known))), True)
        if pc.any(bad).as_py():
            row = pc.index(bad.combine_chunks(), True).as_py()
            raise LineUnreadable(lines["entry"][row].as_py(), column, given[row].as_py())
    for column in ("entry", "amount_fen"):
        if lines[column].null_count:
            row = pc.index(pc.is_null(lines[column]).combine_chunks(), True).as_py()
            raise LineUnreadable(lines["entry"][row].as_py(), column, None)
    _check_size(lines["amount_fen"])


def _check_size(amount: pa.ChunkedArray) -> None:
    """Refuses amounts whose sizes added up could leave 64 bits, where a sum would wrap unseen."""
    coarse = pc.sum(pc.abs(pc.shift_right(amount, pa.scalar(20, pa.int64())))).as_py() or 0
    if (coarse + len(amount)) << 20 > _MOST:
        raise AmountsTooLarge((coarse + len(amount)) << 20, len(amount))


def _check_sums(lines: pa.Table) -> None:
    undated = lines.filter(pc.is_null(lines["posted_on"]))
    if undated.num_rows:
        raise EntryMisdated(int(pc.min(undated["entry"]).as_py()))
    days = lines.group_by("entry").aggregate([("posted_on", "min"), ("posted_on", "max")])
    torn = days.filter(pc.not_equal(days["posted_on_min"], days["posted_on_max"]))
    if torn.num_rows:
        raise EntryMisdated(int(pc.min(torn["entry"]).as_py()))
    sums = lines.group_by(["entry", "fund"]).aggregate([("amount_fen", "sum")])
    wrong = sums.filter(pc.not_equal(sums["amount_fen_sum"], pa.scalar(0, pa.int64()))).sort_by("entry")
    if wrong.num_rows:
        entry = int(wrong["entry"][0].as_py())
        references = lines.filter(pc.equal(lines["entry"], pa.scalar(entry, pa.int64())))[
            "reference"
        ].to_pylist()
        raise EntryUnbalanced(
            entry,
            str(wrong["fund"][0].as_py()),
            int(wrong["amount_fen_sum"][0].as_py()),
            str(references[0] or ""),
        )


def _chart_order(row: tuple[str, str, int, int, int]) -> tuple[int, int]:
    return list(Fund).index(Fund(row[0])), list(ACCOUNTS).index(row[1])


def _column(values: list[object], kind: pa.DataType) -> pa.Array:
    if pa.types.is_dictionary(kind):
        return pa.array([str(value) for value in values], pa.string()).dictionary_encode().cast(kind)
    return pa.array(values, kind)
