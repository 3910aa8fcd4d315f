"""Gathers a benefit year's tables, books, indicators and sources into one `YearReport`: the only place that computes them.

carries_out: ORG-02
"""

from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from yibao.assessment.burden import burden
from yibao.assessment.indicators import indicators
from yibao.assessment.measures import YearTables, off_list_by_institution, year_tables
from yibao.assistance.params import EarlyWarningParams
from yibao.assistance.rules.early_warning import early_warning
from yibao.engine.year import Payer
from yibao.fund.params import NationalReserveParams
from yibao.fund.statement import assumed_opening_reserve_fen, national_reserve_months, statement
from yibao.kernel.money import UNREACHED_FEN
from yibao.kernel.shapes import CATEGORIES
from yibao.ledger.accounts import ACCOUNTS, FUND_WORDS, AccountKind, Fund
from yibao.packs.build import params
from yibao.packs.entries import Entry, EntryRefuses, NoSuchEntry, NotOnFile
from yibao.packs.policies import Area
from yibao.reports.targets import targets_of
from yibao.reports.year_report import (
    Adjusted,
    FundMoney,
    OffListInstitution,
    OpeningReserve,
    Reproduction,
    StandingMoney,
    YearReport,
    refused_claims,
)
from yibao.reports.year_tables import (
    Words,
    benefits_by_category,
    benefits_by_class,
    benefits_by_kind,
    financing_by_county,
    financing_by_source,
    standing_claims,
)
from yibao.simulate.calibration import calibration_table
from yibao.simulate.posting import BooksOfYear, books_of_year, covered_people
from yibao.simulate.standing import LAYER_WORDS
from yibao.simulate.year import YearResult

RAISED = ("contribution", "aid", "subsidy")
"""Layers of `simulate.standing` that raise money; the others pay it."""


class Origin(NamedTuple):
    """Where the tables came from: a generator with what it assumed, or files that somebody brought."""

    generated: bool
    assumptions: tuple[str, ...] = ()


class Gathered(NamedTuple):
    """The report and the books it was made from."""

    report: YearReport
    books: BooksOfYear


def gathered(
    result: YearResult, origin: Origin, *, opening_reserve_fen: int | None, reproduction: Reproduction
) -> Gathered:
    """The report of a year; an opening reserve of None is assumed from the national ratio."""
    books, opening = _books(result, opening_reserve_fen)
    covered = covered_people(result.people, result.enrolled)
    settled = standing_claims(result.settlements)
    tables = year_tables(
        result.people,
        result.institutions,
        result.enrolled,
        result.settlements,
        catastrophic_funding_fen=result.catastrophic_funding.funding_fen,
        aidable=_aidable(result),
    )
    targets = targets_of(result.area, result.first_day, result.last_day)
    warning = _warning(result)
    report = YearReport(
        area_code=result.area.code,
        area=area_words(result.area),
        year=result.year,
        generated=origin.generated,
        people=result.people.num_rows,
        covered=covered.height,
        claims=result.claims.num_rows,
        settled=settled.height,
        refused=refused_claims(result.settlements),
        financing=tuple(financing_by_source(covered)),
        by_county=financing_by_county(covered, county_words(result.area)),
        by_kind=benefits_by_kind(settled),
        by_class=benefits_by_class(settled, result.institutions, class_words(result.area)),
        by_category=benefits_by_category(settled),
        statement=statement(books.balances),
        opening=opening,
        other_funds=tuple(_other_funds(books.balances)),
        funding_on_file=result.catastrophic_funding.on_file == 1,
        indicators=tuple(indicators(tables, targets.measured)),
        unmeasured=tuple(targets.others),
        off_list=_off_list(tables),
        adjusted=_adjusted(result.adjustments),
        burden=burden(
            result.settlements, people=covered.height, lines_fen=_warning_lines(result.area, warning)
        ),
        warning=warning,
        standing=tuple(
            StandingMoney(LAYER_WORDS[share.layer], share.layer in RAISED, share.standing, share.amount_fen)
            for share in result.standing
        ),
        entries=tuple(
            {entry.id: entry for entry in (*result.entries(), *((warning,) if warning else ()))}.values()
        ),
        calibration=tuple(calibration_table(result)) if origin.generated else (),
        assumptions=origin.assumptions,
        balances=books.balances,
        reproduction=reproduction,
    )
    return Gathered(report, books)


def area_words(area: Area) -> Words:
    """An area's Chinese and English name."""
    for county in area.listed("counties"):
        if county["code"] == area.code:
            return str(county["name"]), str(county.get("name_en", ""))
    return area.name, area.chain[0].names.get("en", "")


def county_words(area: Area) -> dict[str, Words]:
    """The names of an area's counties by code."""
    return {str(c["code"]): (str(c["name"]), str(c.get("name_en", ""))) for c in area.listed("counties")}


def class_words(area: Area) -> list[Words]:
    """The names of an area's institution classes, in the order of their numbers."""
    return [(str(c["label"]), str(c.get("label_en", ""))) for c in area.listed("institution_classes")]


def _books(result: YearResult, opening_reserve_fen: int | None) -> tuple[BooksOfYear, OpeningReserve]:
    """The year's books, and what they were opened with."""
    given = opening_reserve_fen is not None
    expense_fen = _basic_expense_fen(result)
    entry = result.area.entry("fund", "national_reserve", result.last_day)
    national = params(NationalReserveParams, entry, result.area)
    reserve_fen = opening_reserve_fen
    if reserve_fen is None:
        reserve_fen = assumed_opening_reserve_fen(national, expense_fen)
    books = books_of_year(
        result.people,
        result.institutions,
        result.enrolled,
        result.settlements,
        adjustments=result.adjustments,
        first_day=result.first_day,
        last_day=result.last_day,
        catastrophic_funding_fen=result.catastrophic_funding.funding_fen,
        opening_reserve_fen=reserve_fen,
    )
    assert statement(books.balances).expense_total_fen == expense_fen
    return books, OpeningReserve(reserve_fen, given, national_reserve_months(national), entry.source)


def _basic_expense_fen(result: YearResult) -> int:
    """The basic fund's expense of the year, which an assumed opening reserve is a multiple of."""
    adjusted = pc.equal(result.adjustments["payer"], pa.scalar(Payer.BASIC.value, pa.int8()))
    amounts = (result.settlements["basic_fen"], result.adjustments["difference_fen"].filter(adjusted))
    return (
        sum(int(pc.sum(column).as_py() or 0) for column in amounts) + result.catastrophic_funding.funding_fen
    )


def _aidable(result: YearResult) -> frozenset[int]:
    """The categories that enrolment aid of any county and group is for."""
    terms = [aid for county in result.enrol_terms.values() for aid in county.params.aid]
    tables = [
        table for aid in terms for table in (aid.assistance_fund_fen, aid.municipal_fen, aid.county_fen)
    ]
    return frozenset(
        category for category in range(CATEGORIES) if any(table[category] > 0 for table in tables)
    )


def _warning(result: YearResult) -> Entry | None:
    """The early-warning entry of the year; None where no policy of the area gives a line."""
    try:
        return result.area.entry("assistance", "early_warning", result.first_day)
    except (NoSuchEntry, NotOnFile, EntryRefuses):
        return None


def _warning_lines(area: Area, entry: Entry | None) -> tuple[int, ...]:
    """The line of each category; one that nobody passes where there is no entry."""
    if entry is None:
        return (UNREACHED_FEN,) * CATEGORIES
    terms = params(EarlyWarningParams, entry, area)
    return tuple(early_warning(terms, category=c, burden_in_scope_fen=0).line_fen for c in range(CATEGORIES))


def _other_funds(balances: pa.Table) -> Iterator[FundMoney]:
    """The money of each fund beside the basic one that had any."""
    for fund in Fund:
        money = _fund_money(balances, fund)
        if fund != Fund.BASIC and (money.income_fen or money.expense_fen):
            yield money


def _fund_money(balances: pa.Table, fund: Fund) -> FundMoney:
    rows = [row for row in balances.to_pylist() if row["fund"] == fund]
    sums = {
        kind: sum(int(row["balance_fen"]) for row in rows if ACCOUNTS[row["account"]].kind == kind)
        for kind in (AccountKind.INCOME, AccountKind.EXPENSE)
    }
    return FundMoney(FUND_WORDS[fund], -sums[AccountKind.INCOME], sums[AccountKind.EXPENSE])


def _off_list(tables: YearTables) -> tuple[OffListInstitution, ...]:
    columns = ("institution_code", "name", "visits", "own_expense_fen", "total_fen")
    return tuple(
        OffListInstitution(*row) for row in off_list_by_institution(tables).select(columns).iter_rows()
    )


def _adjusted(adjustments: pa.Table) -> Adjusted:
    differences = adjustments["difference_fen"].to_pylist()
    return Adjusted(
        len(differences), sum(d for d in differences if d > 0), -sum(d for d in differences if d < 0)
    )
