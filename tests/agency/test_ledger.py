"""The books on a database: what `post_entry` takes is what `books.post` takes, balances are equal, and raw SQL breaks nothing."""

from datetime import date

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from yibao.ledger.accounts import ACCOUNTS, Fund
from yibao.ledger.actions import post_entry
from yibao.ledger.books import (
    Line,
    PostingRefused,
    check_written,
    empty_journal,
    lines_of,
    post,
    trial_balance,
)
from yibao.ledger.queries import journal_of, trial_balance_of

DAY = date(2023, 5, 1)
AREA = "990100"


def pair(amount_fen: int, *, fund: str = "basic", entry: int = 1, day: date = DAY) -> list[Line]:
    return [
        Line(entry, day, "benefit_hospital", fund, amount_fen, "settlement", "1"),
        Line(entry, day, "payable_institutions", fund, -amount_fen, "settlement", "1"),
    ]


def raw(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


NEW_LINE = "INSERT INTO ledger_entryline (entry_id, fund, account, amount_fen) VALUES "
NEW_ENTRY = (
    "INSERT INTO ledger_entry (id, area_code, posted_on, memo, reference, recorded_at) "
    "VALUES (77, '990100', '2023-05-01', 'settlement', '', '2023-05-01 00:00:00+00:00')"
)
BROKEN = {
    "an entry with one line": [NEW_ENTRY, NEW_LINE + "(77, 'basic', 'interest', 5)"],
    "an entry that is a fen short": [
        NEW_ENTRY,
        NEW_LINE + "(77, 'basic', 'interest', 5), (77, 'basic', 'fiscal_account', -4)",
    ],
    "funds that only balance together": [
        NEW_ENTRY,
        NEW_LINE + "(77, 'basic', 'interest', 5), (77, 'assistance', 'interest', -5)",
    ],
    "a line too many after it had balanced": [
        NEW_ENTRY,
        NEW_LINE + "(77, 'basic', 'interest', 5), (77, 'basic', 'fiscal_account', -5)",
        NEW_LINE + "(77, 'basic', 'interest', 5)",
    ],
    "a balanced pair for an entry of before": [
        NEW_ENTRY,
        NEW_LINE + "(1, 'basic', 'interest', 5), (1, 'basic', 'fiscal_account', -5)",
    ],
    "a line of nothing": [NEW_ENTRY, NEW_LINE + "(77, 'basic', 'interest', 0)"],
    "a fund there is not": [NEW_ENTRY, NEW_LINE + "(77, 'own', 'interest', 5), (77, 'own', 'interest', -5)"],
    "a line without an entry": [NEW_LINE + "(78, 'basic', 'interest', 5), (78, 'basic', 'interest', -5)"],
    "an amount changed": ["UPDATE ledger_entryline SET amount_fen = 5 WHERE id = 1"],
    "an account changed": ["UPDATE ledger_entryline SET account = 'interest' WHERE id = 1"],
    "a line moved": ["UPDATE ledger_entryline SET entry_id = 2"],
    "a day changed": ["UPDATE ledger_entry SET posted_on = '2024-01-01'"],
    "another area": ["UPDATE ledger_entry SET area_code = '990200'"],
    "a line removed": ["DELETE FROM ledger_entryline WHERE id = 1"],
    "all lines removed": ["DELETE FROM ledger_entryline"],
    "all removed": ["DELETE FROM ledger_entryline", "DELETE FROM ledger_entry"],
}
BROKEN_ON = {
    "postgresql": {
        "emptied": ["TRUNCATE ledger_entryline"],
        "emptied with its lines": ["TRUNCATE ledger_entry CASCADE"],
        "made to look like an entry of this transaction": [
            "UPDATE ledger_entry SET made_in = pg_current_xact_id()"
        ],
    },
    "sqlite": {
        "replaced": ["INSERT OR REPLACE INTO ledger_entryline VALUES (1, 'basic', 'interest', 5, 1)"],
        "marked as balanced": [
            NEW_ENTRY,
            NEW_LINE + "(77, 'basic', 'interest', 5)",
            "DELETE FROM ledger_unbalanced",
        ],
        "given what it lacks": [
            NEW_ENTRY,
            NEW_LINE + "(77, 'basic', 'interest', 5)",
            "INSERT INTO ledger_never VALUES (1)",
        ],
    },
}


def test_no_raw_sql_breaks_the_books(database):
    post_entry(AREA, pair(100))
    post_entry(AREA, pair(250, fund="assistance"))
    before = journal_of(AREA)
    for what, statements in {**BROKEN, **BROKEN_ON[connection.vendor]}.items():
        with pytest.raises((IntegrityError, InternalError)):
            raw(*statements)
            pytest.fail(what)
        assert journal_of(AREA).equals(before), what


def test_a_good_entry_by_raw_sql_is_taken(database):
    raw(NEW_ENTRY, NEW_LINE + "(77, 'basic', 'interest', -5), (77, 'basic', 'fiscal_account', 5)")
    assert trial_balance_of(AREA).num_rows == 2


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(list(Fund)),
        st.lists(
            st.tuples(st.sampled_from(sorted(ACCOUNTS)), st.integers(-(10**12), 10**12)),
            min_size=1,
            max_size=4,
        ),
        st.sampled_from([date(2023, 1, 1), DAY, date(2023, 12, 31)]),
        st.booleans(),
    ),
    max_size=6,
)


def written(entries) -> list[list[Line]]:
    """Each entry's lines; where it is to balance, with one line more."""
    found = []
    for number, (fund, sides, day, balanced) in enumerate(entries, start=1):
        lines = [
            Line(number, day, account, fund, amount, "settlement", str(number)) for account, amount in sides
        ]
        if balanced:
            left = -sum(line.amount_fen for line in lines)
            lines.append(Line(number, day, "general_balance", fund, left, "settlement", str(number)))
        found.append(lines)
    return found


@pytest.mark.property
@given(ENTRIES)
def test_what_is_refused_by_hand_is_what_the_books_refuse(entries):
    lines = [line for of in written(entries) for line in of]
    try:
        post(empty_journal(), lines_of(lines))
    except PostingRefused as refused:
        with pytest.raises(type(refused)) as found:
            check_written(lines)
        assert str(found.value) == str(refused)
    else:
        check_written(lines)


def test_balances_on_the_database_are_those_of_the_books(database):
    journal = empty_journal()
    for number in range(1, 60):
        day = date(2023, 1 + number % 12, 1 + number % 28)
        lines = pair(number * 37 - 500, fund=list(Fund)[number % 3], entry=number, day=day)
        if lines[0].amount_fen:
            journal = post(journal, lines_of(lines))
            post_entry(AREA, lines)
        post_entry("990200", pair(number))
    assert journal_of(AREA).cast(journal.schema).equals(journal)
    for day in (None, date(2023, 3, 1), date(2023, 12, 31)):
        assert trial_balance_of(AREA, through=day).equals(trial_balance(journal, through=day))


def test_a_refused_entry_leaves_nothing(database):
    with pytest.raises(PostingRefused):
        post_entry(AREA, pair(100)[:1])
    assert journal_of(AREA).num_rows == 0
    assert post_entry(AREA, pair(0)) is None
