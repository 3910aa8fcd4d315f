"""An outside witness: Beancount reads the books, finds no error to the fen, and has the balances that we have.

carries_out: FND-06
"""

from datetime import date
from decimal import Decimal

import pytest
from beancount import loader
from beancount.core import realization
from beancount.core.data import Balance, Transaction

from yibao.journeys.demo import load_demo
from yibao.ledger.accounts import Fund
from yibao.ledger.actions import post_entry
from yibao.ledger.beancount import beancount_name, beancount_text
from yibao.ledger.books import Line
from yibao.ledger.closing import close_month, close_year
from yibao.ledger.models import Entry
from yibao.ledger.queries import trial_balance_of
from yibao.packs.policies import policies

AREA = "140100"


def read(text: str):
    entries, errors, options = loader.load_string(text)
    return entries, [error.message for error in errors], options


def exported(**more: object) -> str:
    return "\n".join(beancount_text(AREA, "示例", **more)) + "\n"


def balances_there(entries) -> dict[str, Decimal]:
    found = {}
    for account in realization.iter_children(realization.realize(entries), leaf_only=True):
        numbers = [position.units.number for position in account.balance]
        if numbers and numbers[0]:
            found[account.account] = numbers[0]
    return found


def balances_here() -> dict[str, Decimal]:
    return {
        beancount_name(row["fund"], row["account"]): Decimal(row["balance_fen"]) / 100
        for row in trial_balance_of(AREA).to_pylist()
        if row["balance_fen"]
    }


@pytest.fixture
def demonstration(database):
    load_demo(policies().area(AREA), 2023, people=60, seed=5, told=lambda *_: None)


def test_beancount_reads_a_closed_year_without_an_error_and_has_our_balances(demonstration):
    first = Entry.objects.order_by("posted_on").first().posted_on
    for year, month in [(2022, m) for m in range(first.month, 13)] + [(2023, m) for m in range(1, 12)]:
        close_month(AREA, f"{year}-{month:02d}", actor="a")
    close_year(AREA, 2023, actor="a")
    entries, errors, options = read(exported())
    assert errors == []
    assert balances_there(entries) == balances_here() != {}
    made = [entry for entry in entries if isinstance(entry, Transaction)]
    assert {int(entry.meta["id"]) for entry in made} == set(Entry.objects.values_list("pk", flat=True))
    assert any(entry.narration == "年终结转" for entry in made)
    assert {entry.date.day for entry in entries if isinstance(entry, Balance)} == {1}
    assert options["operating_currency"] == ["CNY"]


def test_a_fen_too_much_is_an_error_there(demonstration):
    text = exported()
    place = text.index("Expenses:Basic:BenefitOutpatient  ")
    line = text[place : text.index("\n", place)]
    words = line.split()
    words[1] = str(Decimal(words[1]) + Decimal("0.01"))
    _, errors, _ = read(text.replace(line, "  ".join(words[:2]) + " CNY", 1))
    assert any("does not balance" in message for message in errors)
    assert any("Balance failed" in message for message in errors)


def test_words_of_a_reference_are_kept_as_they_are_and_days_cut_the_books(database):
    for day, reference in ((date(2023, 1, 5), 'a "b" \\ c'), (date(2023, 3, 5), "d")):
        lines = [
            Line(1, day, account, Fund.SPECIAL, amount, "interest", reference)
            for account, amount in (("fiscal_account", 1), ("interest", -1))
        ]
        post_entry(AREA, lines)
    entries, errors, _ = read(exported())
    made = [entry for entry in entries if isinstance(entry, Transaction)]
    assert errors == [] and [entry.meta["reference"] for entry in made] == ['a "b" \\ c', "d"]
    asserted = {entry.date for entry in entries if isinstance(entry, Balance)}
    assert asserted == {date(2023, 2, 1), date(2023, 3, 1), date(2023, 4, 1)}
    entries, errors, _ = read(exported(through=date(2023, 2, 28)))
    assert errors == [] and sum(isinstance(entry, Transaction) for entry in entries) == 1


def test_empty_books_have_a_heading_alone(database):
    entries, errors, _ = read(exported())
    assert entries == [] and errors == []
