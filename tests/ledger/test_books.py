"""The books: every fund sums to zero after any posting, and a refused posting changes nothing.

carries_out: FND-06
"""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.ledger import books
from yibao.ledger.accounts import ACCOUNTS, AccountKind, Fund
from yibao.ledger.books import Line, lines_of, post, trial_balance

DAY = date(2023, 1, 1)
AMOUNTS = st.integers(-(10**13), 10**13)
TWO_LINES = st.tuples(
    st.sampled_from(sorted(ACCOUNTS)),
    st.sampled_from(sorted(ACCOUNTS)),
    st.sampled_from(list(Fund)),
    AMOUNTS,
    st.dates(date(2022, 9, 1), date(2024, 1, 31)),
)


def stored(journal: pa.Table) -> bytes:
    """Every byte of a journal."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, journal.schema) as writer:
        writer.write_table(journal)
    return sink.getvalue().to_pybytes()


def pairs(batch: list[tuple[str, str, Fund, int, date]]) -> list[Line]:
    lines = []
    for entry, (debit, credit, fund, amount_fen, day) in enumerate(batch):
        lines += [Line(entry, day, debit, fund, amount_fen, "settlement", f"no {entry}")]
        lines += [Line(entry, day, credit, fund, -amount_fen, "settlement", f"no {entry}")]
    return lines


def balanced(*batches: list[tuple[str, str, Fund, int, date]]) -> pa.Table:
    journal = books.empty_journal()
    for batch in batches:
        journal = post(journal, lines_of(pairs(batch)))
    return journal


@pytest.mark.property
@given(st.lists(st.lists(TWO_LINES, max_size=6), max_size=4))
def test_every_fund_sums_to_zero_and_entries_are_numbered_without_a_gap(batches):
    journal = balanced(*batches)
    for fund in Fund:
        assert (
            sum(row["balance_fen"] for row in trial_balance(journal).to_pylist() if row["fund"] == fund) == 0
        )
    assert sorted(set(journal["entry_no"].to_pylist())) == list(range(1, sum(map(len, batches)) + 1))


@pytest.mark.property
@given(
    st.lists(TWO_LINES, max_size=5),
    st.lists(TWO_LINES, min_size=1, max_size=5),
    st.integers(1, 10**6),
    st.data(),
)
def test_a_refused_posting_leaves_every_byte(before, batch, wrong_fen, data):
    journal = balanced(before)
    kept = stored(journal)
    lines = pairs(batch)
    place = data.draw(st.integers(0, len(lines) - 1))
    spoiled = lines[place]._replace(amount_fen=lines[place].amount_fen + wrong_fen)
    lines[place] = spoiled
    with pytest.raises(books.EntryUnbalanced) as refused:
        post(journal, lines_of(lines))
    assert (refused.value.entry, refused.value.fund) == (spoiled.entry, spoiled.fund)
    assert refused.value.amount_fen == wrong_fen
    assert stored(journal) == kept


@pytest.mark.property
@given(st.lists(TWO_LINES, max_size=5), st.lists(TWO_LINES, max_size=5))
def test_a_later_posting_does_not_change_what_is_there(first, second):
    before, after = balanced(first), balanced(first, second)
    assert after.slice(0, before.num_rows).to_pylist() == before.to_pylist()


@pytest.mark.property
@given(st.lists(TWO_LINES, max_size=8))
def test_closing_empties_income_and_expense_and_carries_the_rest_forward(batch):
    journal = balanced(batch)
    closed = post(journal, books.closing_lines(journal, date(2024, 2, 1)))
    left = {(row["fund"], row["account"]): row["balance_fen"] for row in trial_balance(closed).to_pylist()}
    kinds = (AccountKind.INCOME, AccountKind.EXPENSE)
    assert all(fen == 0 for (_, account), fen in left.items() if ACCOUNTS[account].kind in kinds)
    opened = post(books.empty_journal(), books.carried_forward_lines(closed, date(2024, 2, 2)))
    carried = {(row["fund"], row["account"]): row["balance_fen"] for row in trial_balance(opened).to_pylist()}
    assert carried == {key: fen for key, fen in left.items() if fen != 0}


def test_an_entry_that_balances_only_over_two_funds_together_is_refused():
    lines = [
        Line(7, DAY, "catastrophic_transfer", Fund.BASIC, 100),
        Line(7, DAY, "catastrophic_funding", Fund.CATASTROPHIC, -100),
    ]
    with pytest.raises(books.EntryUnbalanced, match="凭证 7"):
        post(books.empty_journal(), lines_of(lines))


def test_an_entry_with_two_days_is_refused():
    lines = [
        Line(1, DAY, "fiscal_account", Fund.BASIC, 1),
        Line(1, date(2023, 1, 2), "interest", Fund.BASIC, -1),
    ]
    with pytest.raises(books.EntryMisdated, match="凭证 1"):
        post(books.empty_journal(), lines_of(lines))


@pytest.mark.parametrize(("account", "fund"), [("petty_cash", "basic"), ("interest", "employees")])
def test_an_unknown_account_or_fund_is_refused_by_name(account, fund):
    with pytest.raises(books.LineUnreadable, match="凭证 3"):
        post(books.empty_journal(), lines_of([Line(3, DAY, account, fund, 0)]))


def test_amounts_that_64_bits_might_not_hold_are_refused():
    lines = [
        Line(1, DAY, "fiscal_account", Fund.BASIC, 2**62),
        Line(1, DAY, "fiscal_account", Fund.BASIC, 2**62),
        Line(1, DAY, "interest", Fund.BASIC, -(2**62)),
        Line(1, DAY, "interest", Fund.BASIC, -(2**62)),
    ]
    with pytest.raises(books.AmountsTooLarge):
        post(books.empty_journal(), lines_of(lines))


def test_a_journal_altered_by_hand_is_seen():
    journal = balanced([("fiscal_account", "interest", Fund.BASIC, 500, DAY)])
    torn = journal.slice(0, 1)
    with pytest.raises(books.BooksDoNotBalance, match="500"):
        trial_balance(torn)


def test_a_year_not_closed_is_not_carried_forward():
    journal = balanced([("fiscal_account", "interest", Fund.BASIC, 500, DAY)])
    with pytest.raises(books.PostingRefused, match="interest"):
        books.carried_forward_lines(journal, DAY)


def test_the_balance_of_an_earlier_day_leaves_out_what_came_later():
    journal = balanced(
        [
            ("fiscal_account", "interest", Fund.BASIC, 500, DAY),
            ("fiscal_account", "interest", Fund.BASIC, 70, date(2023, 2, 1)),
        ]
    )
    assert (
        books.balance_fen(trial_balance(journal, through=date(2023, 1, 31)), Fund.BASIC, "fiscal_account")
        == 500
    )
