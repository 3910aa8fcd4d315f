"""`yibao ledger …` as a finance officer calls it: what is shown, what is written, and what is refused in words."""

import csv
from datetime import date
from pathlib import Path

import fastexcel
import pytest
from beancount import loader
from tests.agency.test_commands import yibao
from tests.agency.test_verifying import unguarded

from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line

AREA = "140100"


@pytest.fixture
def books(database) -> str:
    for day, debit, credit, amount_fen, reference in (
        (date(2022, 5, 1), "fiscal_account", "subsidy_central", 7_00, "140105"),
        (date(2023, 5, 1), "fiscal_account", "subsidy_central", 1_234_567_89, "140105"),
        (date(2023, 6, 1), "benefit_hospital", "payable_institutions", 234_567_00, ""),
    ):
        lines = [
            Line(1, day, account, "basic", sign * amount_fen, "subsidy", reference)
            for account, sign in ((debit, 1), (credit, -1))
        ]
        post_entry(AREA, lines)
    return database


def test_the_trial_balance_is_shown_and_written(books, tmp_path: Path):
    file = tmp_path / "balance.csv"
    done = yibao(books, "ledger", "trial-balance", "--area", AREA, "--period", "2023", "--out", str(file))
    assert done.returncode == 0, done.stderr
    assert "1,234,574.89" in done.stdout and "科目余额表 太原市" in done.stdout
    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
    assert ["财政专户存款 fiscal account", "7.00", "1234567.89", "0.00", "1234574.89"] in rows
    assert rows[-1] == ["合计 sum", "0.00", "1469134.89", "1469134.89", "0.00"]


def test_statements_are_shown_and_written_as_a_workbook(books, tmp_path: Path):
    file = tmp_path / "statement.xlsx"
    done = yibao(
        books, "ledger", "statement", "--area", AREA, "--period", "2023", "--by-county", "--out", str(file)
    )
    assert done.returncode == 0, done.stderr
    for words in ("资产负债表", "收支表", "预决算表·收入", "可支付月数", "分县收支", "小店区 140105"):
        assert words in done.stdout
    book = fastexcel.read_excel(file)
    assert len(book.sheet_names) == 5
    cells = [
        row for name in book.sheet_names for row in book.load_sheet(name, header_row=None).to_polars().rows()
    ]
    assert any("1234567.89" in map(str, row) for row in cells)
    month = yibao(books, "ledger", "statement", "--area", AREA, "--period", "2023-06", "--fund", "basic")
    assert "本年累计" in month.stdout and "上年同期" in month.stdout
    assert "可支付月数" not in month.stdout, "part of a year says nothing of months of reserve"


def test_the_books_are_written_for_beancount(books, tmp_path: Path):
    file = tmp_path / "books.beancount"
    done = yibao(books, "ledger", "beancount", "--area", AREA, "--out", str(file))
    assert done.returncode == 0 and "3 张凭证" in done.stdout
    _, errors, _ = loader.load_file(str(file))
    assert errors == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("trial-balance", "--period", "2023-13"), "2023-03"),
        (("statement", "--period", "2023", "--fund", "own"), "catastrophic"),
        (("statement", "--period", "2023", "--out", "a.txt"), ".xlsx"),
    ],
)
def test_what_cannot_be_is_refused_in_words(books, words, said):
    done = yibao(books, "ledger", *words, "--area", AREA)
    assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr


def test_empty_books_are_said_to_be_empty(database):
    done = yibao(database, "ledger", "statement", "--area", AREA, "--period", "2023")
    assert done.returncode == 0 and "没有凭证" in done.stdout


@pytest.mark.parametrize("command", ["trial-balance", "statement"])
def test_books_that_were_altered_are_said_to_be(books, command):
    unguarded("UPDATE ledger_entryline SET amount_fen = amount_fen + 1 WHERE id = 1")
    done = yibao(books, "ledger", command, "--area", AREA, "--period", "2023")
    assert done.returncode == 1 and "yibao verify" in done.stderr and "Traceback" not in done.stderr
