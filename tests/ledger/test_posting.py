"""A benefit year in the books: every sum of the tables, to the fen, and the accounts money only passes through empty.

carries_out: FND-06, FIN-09, FIN-19
"""

from datetime import date, datetime, time

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.engine.year import Payer
from yibao.fund.statement import statement
from yibao.ledger.accounts import Fund
from yibao.ledger.books import balance_fen, closing_lines, post, trial_balance
from yibao.simulate.posting import NO_ADJUSTMENTS, books_of_year
from yibao.simulate.tables import ENROLLED, INSTITUTIONS, PEOPLE, SETTLEMENTS

FIRST_DAY = date(2023, 1, 1)
LAST_DAY = date(2023, 12, 31)
AMOUNT = st.integers(0, 10**8)
PAYERS = ("basic_fen", "catastrophic_fen", "assistance_fen", "top_up_fen")


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12))


def table(schema: pa.Schema, rows: list[dict]) -> pa.Table:
    """Rows of a schema; what a row leaves out is zero for a number and null for anything else."""
    zero = {f.name: 0 if pa.types.is_integer(f.type) else None for f in schema}
    return pa.Table.from_pylist([{**zero, **row} for row in rows], schema=schema)


def institutions(count: int) -> pa.Table:
    return table(INSTITUTIONS, [{"institution_code": f"H{n}", "name": f"医院{n}"} for n in range(count)])


@st.composite
def years(draw):
    people, enrolled = [], []
    for n in range(draw(st.integers(0, 5))):
        county = draw(st.sampled_from(["140105", "140122"]))
        paid_on = draw(st.dates(date(2022, 9, 1), date(2023, 6, 30)))
        people.append(
            {"person_id": f"P{n}", "county_code": county, "enrolled_on": paid_on, "paid_on": paid_on}
        )
        covered = draw(st.booleans())
        amounts = {f.name: draw(AMOUNT) for f in ENROLLED if f.name.endswith("_fen")}
        enrolled.append({**amounts, "eligible": 1, "covered_from": FIRST_DAY if covered else None})
    settled = []
    for n in range(draw(st.integers(0, 6))):
        sign = draw(st.sampled_from([1, 1, -1]))
        day = draw(st.dates(FIRST_DAY, date(2024, 1, 15)))
        settled.append(
            {
                "claim_id": f"C{n}",
                "institution": draw(st.integers(0, 1)),
                "kind": draw(st.integers(0, 4)),
                "settled_at": noon(day),
                **{payer: sign * draw(AMOUNT) for payer in PAYERS},
            }
        )
    return table(PEOPLE, people), institutions(2), table(ENROLLED, enrolled), table(SETTLEMENTS, settled)


@pytest.mark.property
@given(years(), AMOUNT, AMOUNT)
def test_the_books_tie_to_the_tables_and_every_fund_closes(year, funding_fen, reserve_fen):
    books = books_of_year(
        *year,
        first_day=FIRST_DAY,
        last_day=LAST_DAY,
        catastrophic_funding_fen=funding_fen,
        opening_reserve_fen=reserve_fen,
    )
    _, _, enrolled, settlements = year
    covered = [row for row in enrolled.to_pylist() if row["covered_from"]]
    of = statement(books.balances)
    assert of.contribution_person_fen == sum(row["person_pays_fen"] for row in covered)
    assert of.subsidy_fen == sum(
        fen for row in covered for name, fen in row.items() if name.startswith("subsidy_")
    )
    assert of.benefit_fen == sum(settlements["basic_fen"].to_pylist())
    assert of.catastrophic_fen == funding_fen
    assert of.brought_forward_fen == reserve_fen
    assert of.carried_forward_fen == balance_fen(books.balances, Fund.BASIC, "fiscal_account")
    closed = trial_balance(post(books.journal, closing_lines(books.journal, date(2024, 2, 1))))
    assert -balance_fen(closed, Fund.BASIC, "general_balance") == of.carried_forward_fen
    assert balance_fen(closed, Fund.ASSISTANCE, "fiscal_account") == 0


def test_what_is_collected_the_year_before_is_received_in_advance_until_the_year_begins():
    people = table(PEOPLE, [{"person_id": "P", "county_code": "140105", "paid_on": date(2022, 10, 8)}])
    enrolled = table(ENROLLED, [{"eligible": 1, "covered_from": FIRST_DAY, "person_pays_fen": 35_000}])
    books = books_of_year(
        people,
        institutions(1),
        enrolled,
        SETTLEMENTS.empty_table(),
        first_day=FIRST_DAY,
        last_day=LAST_DAY,
        catastrophic_funding_fen=0,
    )
    before = trial_balance(books.journal, through=date(2022, 12, 31))
    assert balance_fen(before, Fund.BASIC, "temporary_receipts") == -35_000
    assert balance_fen(before, Fund.BASIC, "contribution_person") == 0
    assert balance_fen(before, Fund.BASIC, "fiscal_account") == 35_000
    assert balance_fen(books.balances, Fund.BASIC, "contribution_person") == -35_000


def test_entries_stand_by_day_and_name_the_institution():
    settled = {"institution": 1, "kind": 0, "settled_at": noon(date(2023, 3, 3)), "basic_fen": 7_000}
    books = books_of_year(
        PEOPLE.empty_table(),
        institutions(2),
        ENROLLED.empty_table(),
        table(SETTLEMENTS, [settled]),
        first_day=FIRST_DAY,
        last_day=LAST_DAY,
        catastrophic_funding_fen=900,
    )
    rows = books.journal.to_pylist()
    assert [row["posted_on"] for row in rows] == sorted(row["posted_on"] for row in rows)
    owed = next(row for row in rows if row["account"] == "benefit_hospital")
    assert (owed["reference"], owed["amount_fen"], owed["posted_on"]) == ("H1", 7_000, date(2023, 3, 3))
    paid = next(row for row in rows if row["memo"] == "payment")
    assert (paid["reference"], paid["posted_on"]) == ("H1", date(2023, 3, 31))


def test_an_adjustment_is_an_expense_of_its_payer_and_paid_to_the_person():
    settled = {"claim_id": "C1", "kind": 1, "settled_at": noon(date(2023, 3, 3)), "assistance_fen": 7_000}
    late = [
        {"claim_id": "C1", "payer": Payer.BASIC, "difference_fen": 300},
        {"claim_id": "C1", "payer": Payer.ASSISTANCE, "difference_fen": -7_000},
        {"claim_id": "C1", "payer": Payer.HOSPITAL, "difference_fen": 50},
    ]
    books = books_of_year(
        PEOPLE.empty_table(),
        institutions(1),
        ENROLLED.empty_table(),
        table(SETTLEMENTS, [settled]),
        first_day=FIRST_DAY,
        last_day=LAST_DAY,
        catastrophic_funding_fen=0,
        adjustments=pa.Table.from_pylist(late, schema=NO_ADJUSTMENTS.schema),
    )
    assert balance_fen(books.balances, Fund.BASIC, "benefit_outpatient") == 300
    assert balance_fen(books.balances, Fund.ASSISTANCE, "direct_assistance") == 0
