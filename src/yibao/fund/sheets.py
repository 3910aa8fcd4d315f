"""The statements of every fund (资产负债表、收支表) and of the residents' fund in the form of budgets and final accounts.

Each line carries an amount for each column that stands beside it: this period, the year so far, the year before. What a
reader would get wrong: income and expense not yet closed belong to the fund too, so a balance sheet taken within a year
shows them as a line of their own and balances all the same.

carries_out: FND-06
"""

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from yibao.fund.statement import FormLine, expense_lines, income_lines, statement
from yibao.ledger.accounts import ACCOUNTS, AccountKind, Fund
from yibao.ledger.books import CLOSED_KINDS, balance_fen


class SheetLine(NamedTuple):
    """One line: its number as printed, its words, an amount in fen for each column; `total` marks sums of lines above."""

    number: str
    chinese: str
    english: str
    amounts_fen: tuple[int, ...]
    total: bool = False


def balance_sheet(fund: Fund, columns: Sequence[pa.Table]) -> list[SheetLine]:
    """The balance sheet (资产负债表) of a fund, from balances at the end of a day, one table a column."""
    assets = _accounts(fund, columns, AccountKind.ASSET, 1)
    liabilities = _accounts(fund, columns, AccountKind.LIABILITY, -1)
    own = _accounts(fund, columns, AccountKind.NET_ASSET, -1)
    open_lines = [line for kind in CLOSED_KINDS for line in _accounts(fund, columns, kind, -1)]
    unclosed = _sums(open_lines, len(columns))
    if any(unclosed):
        own.append(SheetLine("", "本年收支结余（未结转）", "surplus not closed yet", unclosed))
    total = _total("资产总计", "total assets", assets, columns)
    owed = _total("负债合计", "total liabilities", liabilities, columns)
    kept = _total("净资产合计", "total net assets", own, columns)
    both = tuple(a + b for a, b in zip(owed.amounts_fen, kept.amounts_fen, strict=True))
    assert both == total.amounts_fen, "an entry sums to zero in each fund, so both sides are equal"
    end = SheetLine("", "负债和净资产总计", "liabilities and net assets", both, True)
    return [*assets, total, *liabilities, owed, *own, kept, end]


def income_and_expense(fund: Fund, columns: Sequence[pa.Table]) -> list[SheetLine]:
    """The income and expense statement (收支表) of a fund, from `ledger.periods.statement_balances`, one table a column."""
    income = _accounts(fund, columns, AccountKind.INCOME, -1)
    expense = _accounts(fund, columns, AccountKind.EXPENSE, 1)
    before = _sums(_accounts(fund, columns, AccountKind.NET_ASSET, -1), len(columns))
    came = _total("收入合计", "total income", income, columns)
    went = _total("支出合计", "total expense", expense, columns)
    surplus = tuple(a - b for a, b in zip(came.amounts_fen, went.amounts_fen, strict=True))
    after = tuple(a + b for a, b in zip(before, surplus, strict=True))
    return [
        SheetLine("", "期初结余", "brought forward", before, True),
        *income,
        came,
        *expense,
        went,
        SheetLine("", "本期收支结余", "surplus", surplus, True),
        SheetLine("", "期末滚存结余", "carried forward", after, True),
    ]


def final_account(columns: Sequence[pa.Table]) -> tuple[list[SheetLine], list[SheetLine]]:
    """The residents' fund in the form of budgets and final accounts (预决算表): its income side and its expense side."""
    made = [statement(balances) for balances in columns]
    return _side([income_lines(of) for of in made]), _side([expense_lines(of) for of in made])


def _side(columns: list[list[FormLine]]) -> list[SheetLine]:
    found = []
    for lines in zip(*columns, strict=True):
        first = lines[0]
        amounts = tuple(line.amount_fen for line in lines)
        found.append(SheetLine(first.number, first.chinese, first.english, amounts, not first.part))
    return found


def _accounts(fund: Fund, columns: Sequence[pa.Table], kind: AccountKind, sign: int) -> list[SheetLine]:
    """A line for each account of a kind that has an amount in a column."""
    found = []
    for account in ACCOUNTS.values():
        if account.kind is kind:
            amounts = tuple(sign * balance_fen(column, fund, account.name) for column in columns)
            if any(amounts):
                found.append(SheetLine("", account.chinese, account.english, amounts))
    return found


def _total(chinese: str, english: str, lines: list[SheetLine], columns: Sequence[pa.Table]) -> SheetLine:
    return SheetLine("", chinese, english, _sums(lines, len(columns)), True)


def _sums(lines: Sequence[SheetLine], width: int) -> tuple[int, ...]:
    return tuple(sum(line.amounts_fen[place] for line in lines) for place in range(width))
