"""The benefit year in the books: enrolled people and settlements turned into journal entries, to the fen.

Money goes as the notices and the accounting rules have it: people → income account, swept to the fiscal account at each
month's end; subsidies → fiscal account; what is to be paid → expense account → institutions. Contributions collected
before the benefit year begins are received in advance and become income on its first day.

What the tables do not say is fixed here, and the report says so: subsidies, aid with contributions and catastrophic
funding are posted on the year's first day; institutions are paid at the end of the month they settled in; budget money
for assistance and for special funds comes as it is spent; there is no interest.

carries_out: FND-06, FIN-09, FIN-19, FIN-23
"""

from datetime import date
from itertools import product
from typing import NamedTuple

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from yibao.benefits.terms import VisitKind
from yibao.engine.spending import BENEFIT_ACCOUNTS, PAYER_ACCOUNTS, account_of
from yibao.engine.year import Payer
from yibao.financing.terms import SubsidyLevel
from yibao.ledger.accounts import Fund
from yibao.ledger.books import LINES, balance_fen, empty_journal, opening_lines, post, trial_balance

LEVELS = tuple(level.name.lower() for level in SubsidyLevel)
"""Who pays the fiscal subsidy, as ENROLLED names them: `subsidy_<level>_fen`."""

PAYER_COLUMNS: dict[str, tuple[Fund, str]] = {
    f"{payer.name.lower()}_fen": spent for payer, spent in PAYER_ACCOUNTS.items()
}
"""What payers beside the basic fund spend, by the column of SETTLEMENTS."""

BUDGETS: dict[Fund, tuple[str, tuple[str, ...]]] = {
    Fund.ASSISTANCE: ("assistance_budget", ("enrolment_aid", "direct_assistance", "top_up_assistance")),
    Fund.SPECIAL: ("special_fund_budget", ("special_fund_payments",)),
}
"""Funds that live on budget money: the account it comes in by, and those it is spent by."""

PASSED_THROUGH = (
    "income_account",
    "expense_account",
    "payable_institutions",
    "payable_people",
    "temporary_receipts",
)
"""Accounts that money only passes through: empty when the year is posted."""

NO_ADJUSTMENTS = pa.schema(
    [("claim_id", pa.string()), ("payer", pa.int8()), ("difference_fen", pa.int64())]
).empty_table()
"""A year without late events."""

_ENTRIES_A_DAY = 10**9
_MOVEMENT = ("posted_on", "debit", "credit", "fund", "amount_fen", "memo", "reference")


class BooksOfYear(NamedTuple):
    """The journal of a benefit year before closing, and its trial balance."""

    journal: pa.Table
    balances: pa.Table


def books_of_year(
    people: pa.Table,
    institutions: pa.Table,
    enrolled: pa.Table,
    settlements: pa.Table,
    *,
    first_day: date,
    last_day: date,
    catastrophic_funding_fen: int,
    opening_reserve_fen: int = 0,
    adjustments: pa.Table = NO_ADJUSTMENTS,
) -> BooksOfYear:
    """The books of a benefit year. Tables as in `simulate.tables`, `adjustments` as in YearResult; all sums tie to them."""
    covered = covered_people(people, enrolled)
    adjusted = _adjustments(adjustments, settlements, last_day)
    paid = [*_paid_out(institutions, settlements), *adjusted]
    movements = [
        *_contributions(covered, first_day),
        *_aid(covered, first_day),
        *_subsidies(covered, first_day),
        *_catastrophic_funding(catastrophic_funding_fen, first_day),
        *paid,
    ]
    movements += [*_payments(pl.concat(paid)), *_budgets(pl.concat(movements))]
    opening = opening_lines({Fund.BASIC: opening_reserve_fen}, first_day)
    journal = post(post(empty_journal(), opening), _lines(pl.concat(movements)))
    balances = trial_balance(journal)
    _assert_tied(balances, covered, settlements, adjustments)
    return BooksOfYear(journal, balances)


def covered_people(people: pa.Table, enrolled: pa.Table) -> pl.DataFrame:
    """Enrolled people with a coverage, and the county and day of payment of each: what income is posted from."""
    frame = pl.from_arrow(enrolled)
    assert isinstance(frame, pl.DataFrame)
    own = pl.from_arrow(people.select(["county_code", "enrolled_on", "paid_on"]))
    assert isinstance(own, pl.DataFrame)
    joined = frame.hstack(own.with_columns(pl.col("county_code").cast(pl.String)))
    return joined.filter((pl.col("eligible") == 1) & pl.col("covered_from").is_not_null())


def _contributions(covered: pl.DataFrame, first_day: date) -> list[pl.DataFrame]:
    by_day = (
        covered.with_columns(posted_on=pl.coalesce("paid_on", "enrolled_on", pl.lit(first_day)))
        .group_by("posted_on", reference="county_code")
        .agg(amount_fen=pl.col("person_pays_fen").sum())
    )
    early = by_day.filter(pl.col("posted_on") < first_day)
    in_year = by_day.filter(pl.col("posted_on") >= first_day)
    earned = (
        early.group_by("reference").agg(pl.col("amount_fen").sum()).with_columns(posted_on=pl.lit(first_day))
    )
    swept = by_day.group_by(posted_on=pl.col("posted_on").dt.month_end()).agg(pl.col("amount_fen").sum())
    return [
        _movement(early, "income_account", "temporary_receipts", Fund.BASIC, "contribution_in_advance"),
        _movement(earned, "temporary_receipts", "contribution_person", Fund.BASIC, "advance_earned"),
        _movement(in_year, "income_account", "contribution_person", Fund.BASIC, "contribution"),
        _movement(swept, "fiscal_account", "income_account", Fund.BASIC, "sweep"),
    ]


def _aid(covered: pl.DataFrame, first_day: date) -> list[pl.DataFrame]:
    by_assistance = _by_county(covered, "aid_assistance_fund_fen", first_day)
    return [
        _movement(by_assistance, "enrolment_aid", "fiscal_account", Fund.ASSISTANCE, "enrolment_aid"),
        _movement(by_assistance, "fiscal_account", "contribution_assistance", Fund.BASIC, "enrolment_aid"),
        *(
            _movement(
                _by_county(covered, f"aid_{level}_fen", first_day),
                "fiscal_account",
                f"contribution_{level}",
                Fund.BASIC,
                "enrolment_aid",
            )
            for level in ("municipal", "county")
        ),
    ]


def _subsidies(covered: pl.DataFrame, first_day: date) -> list[pl.DataFrame]:
    return [
        _movement(
            _by_county(covered, f"subsidy_{level}_fen", first_day),
            "fiscal_account",
            f"subsidy_{level}",
            Fund.BASIC,
            "subsidy",
        )
        for level in LEVELS
    ]


def _catastrophic_funding(amount_fen: int, first_day: date) -> list[pl.DataFrame]:
    moved = pl.DataFrame(
        {"posted_on": [first_day], "reference": ["catastrophic funding"], "amount_fen": [amount_fen]},
        schema={"posted_on": pl.Date, "reference": pl.String, "amount_fen": pl.Int64},
    )
    return [
        _movement(moved, "expense_account", "fiscal_account", Fund.BASIC, "drawing"),
        _movement(moved, "catastrophic_transfer", "expense_account", Fund.BASIC, "catastrophic_funding"),
        _movement(moved, "fiscal_account", "catastrophic_funding", Fund.CATASTROPHIC, "catastrophic_funding"),
    ]


def _paid_out(institutions: pa.Table, settlements: pa.Table) -> list[pl.DataFrame]:
    """Benefits by day of settlement, institution and kind, as the funds owe them to the institutions."""
    frame = pl.from_arrow(settlements)
    assert isinstance(frame, pl.DataFrame)
    codes = pl.Series("code", institutions["institution_code"].to_pylist(), dtype=pl.String)
    sums = (
        frame.lazy()
        .group_by(posted_on=pl.col("settled_at").dt.date(), institution="institution", kind="kind")
        .agg(pl.col("basic_fen", *PAYER_COLUMNS).sum())
        .sort("posted_on", "institution", "kind")
        .collect()
    )
    sums = sums.with_columns(reference=codes.gather(sums["institution"]))
    basic = [
        _movement(
            sums.filter(pl.col("kind") == kind.value).rename({"basic_fen": "amount_fen"}),
            account,
            "payable_institutions",
            Fund.BASIC,
            "settlement",
        )
        for kind, account in BENEFIT_ACCOUNTS.items()
    ]
    others = [
        _movement(sums.rename({payer: "amount_fen"}), account, "payable_institutions", fund, "settlement")
        for payer, (fund, account) in PAYER_COLUMNS.items()
    ]
    return basic + others


def _adjustments(adjustments: pa.Table, settlements: pa.Table, last_day: date) -> list[pl.DataFrame]:
    """Differences after late events, owed to people or by them; hospitals' shares touch no fund."""
    frame = pl.from_arrow(adjustments)
    kinds = pl.from_arrow(settlements.select(["claim_id", "kind"]))
    assert isinstance(frame, pl.DataFrame)
    assert isinstance(kinds, pl.DataFrame)
    kinds = kinds.filter(pl.col("claim_id").is_in(frame["claim_id"].implode())).unique("claim_id")
    sums = (
        frame.join(kinds, on="claim_id", how="left")
        .group_by("payer", "kind")
        .agg(amount_fen=pl.col("difference_fen").sum())
        .sort("payer", "kind")
        .with_columns(posted_on=pl.lit(last_day), reference=pl.lit("adjustments"))
    )
    found = []
    for payer, kind in product(Payer, VisitKind):
        spent = account_of(payer, kind)
        if spent is not None:
            fund, account = spent
            own = sums.filter((pl.col("payer") == payer.value) & (pl.col("kind") == kind.value))
            found.append(_movement(own, account, "payable_people", fund, "adjustment"))
    return found


def _payments(owed: pl.DataFrame) -> list[pl.DataFrame]:
    by_month = owed.with_columns(pl.col("posted_on").dt.month_end())
    found = []
    for fund in Fund:
        own = by_month.filter(pl.col("fund") == fund.value)
        drawn = own.group_by("posted_on").agg(pl.col("amount_fen").sum())
        found.append(_movement(drawn, "expense_account", "fiscal_account", fund, "drawing"))
        for payable in ("payable_institutions", "payable_people"):
            to_each = own.filter(pl.col("credit") == payable).group_by("posted_on", "reference")
            sums = to_each.agg(pl.col("amount_fen").sum())
            found.append(_movement(sums, payable, "expense_account", fund, "payment"))
    return found


def _budgets(movements: pl.DataFrame) -> list[pl.DataFrame]:
    """What the budget gives to the funds that have no other income, month by month as they spend."""
    found = []
    for fund, (account, spending) in BUDGETS.items():
        spent = movements.filter((pl.col("fund") == fund.value) & pl.col("debit").is_in(spending))
        by_month = spent.group_by(pl.col("posted_on").dt.month_start()).agg(pl.col("amount_fen").sum())
        found.append(_movement(by_month.sort("posted_on"), "fiscal_account", account, fund, account))
    return found


def _by_county(covered: pl.DataFrame, column: str, first_day: date) -> pl.DataFrame:
    sums = covered.group_by(reference="county_code").agg(amount_fen=pl.col(column).sum())
    return sums.sort("reference").with_columns(posted_on=pl.lit(first_day))


def _movement(amounts: pl.DataFrame, debit: str, credit: str, fund: Fund, memo: str) -> pl.DataFrame:
    """Rows of two-line entries: `posted_on`, `amount_fen` and where there is one `reference` of `amounts`; zeros left out."""
    if "reference" not in amounts.columns:
        amounts = amounts.with_columns(reference=pl.lit(""))
    named = amounts.with_columns(
        debit=pl.lit(debit), credit=pl.lit(credit), fund=pl.lit(fund.value), memo=pl.lit(memo)
    )
    return named.filter(pl.col("amount_fen") != 0).select(_MOVEMENT).sort("posted_on", "reference")


def _lines(movements: pl.DataFrame) -> pa.Table:
    """Two lines for each movement; entries numbered by day, then in the order given."""
    entry = pl.col("posted_on").to_physical().cast(pl.Int64) * _ENTRIES_A_DAY + pl.int_range(pl.len())
    numbered = movements.with_columns(entry=entry)
    sides = [
        numbered.with_columns(account=pl.col("debit")),
        numbered.with_columns(account=pl.col("credit"), amount_fen=-pl.col("amount_fen")),
    ]
    lines = pl.concat(sides).select(LINES.names).sort("entry", maintain_order=True)
    table = lines.to_arrow()
    columns = [_as(table[field.name], field.type) for field in LINES]
    return pa.table(columns, schema=LINES)


def _as(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_dictionary(kind):
        return column.cast(pa.string()).dictionary_encode().cast(kind)
    return column.cast(kind)


def _assert_tied(
    balances: pa.Table, covered: pl.DataFrame, settlements: pa.Table, adjustments: pa.Table
) -> None:
    """Every sum of the books is the sum of its column: only a bug could break it."""
    income = {
        "contribution_person": "person_pays_fen",
        "contribution_assistance": "aid_assistance_fund_fen",
        "contribution_municipal": "aid_municipal_fen",
        "contribution_county": "aid_county_fen",
        **{f"subsidy_{level}": f"subsidy_{level}_fen" for level in LEVELS},
    }
    for account, column in income.items():
        assert -balance_fen(balances, Fund.BASIC, account) == int(covered[column].sum()), account
    spent = {"basic_fen": (Fund.BASIC, tuple(BENEFIT_ACCOUNTS.values()))}
    spent |= {payer: (fund, (account,)) for payer, (fund, account) in PAYER_COLUMNS.items()}
    for payer, (fund, accounts) in spent.items():
        own = pc.equal(
            adjustments["payer"], pa.scalar(Payer[payer.removesuffix("_fen").upper()].value, pa.int8())
        )
        adjusted_fen = pc.sum(adjustments["difference_fen"].filter(own)).as_py() or 0
        paid_fen = pc.sum(settlements[payer]).as_py() or 0
        assert balance_fen(balances, fund, *accounts) == int(paid_fen) + int(adjusted_fen), payer
    for fund in Fund:
        for account in PASSED_THROUGH:
            assert balance_fen(balances, fund, account) == 0, (fund, account)
