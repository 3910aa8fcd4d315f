"""Calibration (校准): what a generated year comes to, beside the published figures it is held against.

Some figures the generator was drawn toward (`aimed`); the others, such as the fund's share of in-scope cost, follow from
the area's own policy and are shown so that nobody takes a national number for a local one.
"""

from collections.abc import Callable
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from yibao.benefits.terms import Refusal, VisitKind
from yibao.kernel.standing import Standing
from yibao.simulate.assumptions import Assumptions, Published, assumptions
from yibao.simulate.year import YearResult

FEN_IN_YUAN = 100
STAYS = (VisitKind.HOSPITAL.value, VisitKind.MATERNITY.value)
VISITS = (VisitKind.OUTPATIENT.value, VisitKind.TWO_DISEASES.value)
LONG_OUTPATIENT = (VisitKind.CHRONIC.value, VisitKind.TWO_DISEASES.value)
ADULT_FROM = 18


class CalibrationRow(NamedTuple):
    """One indicator: the published and the generated value in its own unit, and where the published one is from."""

    indicator: str
    words: tuple[str, str]
    published: float
    generated: float
    aimed: bool
    source: str
    standing: Standing

    @property
    def difference(self) -> float:
        """How far the generated value lies from the published one, as a share of it."""
        return self.generated / self.published - 1

    def shown(self, value: float) -> str:
        """A value as people read it: amounts with two decimals, shares as per cent, numbers a person with three."""
        if "元" in self.words[0]:
            return f"{value:,.2f}"
        return f"{value:.3f}" if "人次" in self.words[0] else f"{value:.2%}"


class Year(NamedTuple):
    """The tables of a year as measures read them: covered people, settlements that stand; no reversed pairs, no vaccinations."""

    people: pl.DataFrame
    settled: pl.DataFrame
    funding_fen: int


def calibration_table(result: YearResult, given: Assumptions | None = None) -> list[CalibrationRow]:
    """The published figures of the assumptions beside what a generated year came to, in the order of the file."""
    of = given or assumptions()
    year = _year(result, of)
    rows = [_row(published, MEASURES[published.key](year)) for published in of.published]
    return rows + _by_age(year, of)


def _row(published: Published, generated: float) -> CalibrationRow:
    return CalibrationRow(
        published.key,
        published.words,
        published.value,
        generated,
        published.aimed,
        published.source,
        published.standing,
    )


def _by_age(year: Year, of: Assumptions) -> list[CalibrationRow]:
    """Stays for each person by age, beside the shape times its factor."""
    figures = of.of("stays_by_age")
    group = next(one for one in of.groups if one.key == "stays_by_age")
    stays = year.settled.filter(pl.col("kind").is_in(STAYS))
    rows = []
    for band in figures["bands"]:
        inside = pl.col("age").is_between(band["from"], band["to"])
        name = f"{band['from']}—{band['to']}岁" if band["to"] < 150 else f"{band['from']}岁及以上"
        rows.append(
            CalibrationRow(
                f"stays_{band['from']}",
                (f"住院率（人均住院人次），{name}", f"Stays per person, aged from {band['from']}"),
                band["stays"] * figures["factor"],
                stays.filter(inside).height / (year.people.filter(inside).height or 1),
                True,
                group.source,
                group.standing,
            )
        )
    return rows


def _year(result: YearResult, of: Assumptions) -> Year:
    enrolled = _frame(result.enrolled)
    own = _frame(result.people.select(["born_on", "group"]))
    people = own.with_columns(age=result.year - pl.col("born_on").dt.year()).hstack(enrolled)
    covered = people.with_row_index("person").filter(
        (pl.col("eligible") == 1) & pl.col("covered_from").is_not_null()
    )
    classes = result.area.codes("institution_classes")
    figures = of.area(result.area)["classes"]
    levels = pl.Series([int(figures.get(code, {}).get("level", 0)) for code in classes], dtype=pl.Int64)
    at_class = pl.Series(result.institutions["institution_class"].to_numpy())
    settled = _frame(result.settlements.append_column("reverses", result.claims["reverses"]))
    reversed_ids = settled["reverses"].drop_nulls()
    settled = settled.filter(
        (pl.col("refusal") == Refusal.NONE.value)
        & pl.col("reverses").is_null()
        & ~pl.col("claim_id").is_in(reversed_ids.implode())
        & ~((pl.col("kind") == VisitKind.OUTPATIENT.value) & (pl.col("special_fund_fen") > 0))
    )
    settled = settled.with_columns(
        level=levels.gather(at_class.gather(settled["institution"])),
        age=people["age"].gather(settled["person"]),
    )
    return Year(covered, settled, result.catastrophic_funding.funding_fen)


def _a_person(kinds: tuple[int, ...]) -> Callable[[Year], float]:
    return lambda year: _ratio(year.settled.filter(pl.col("kind").is_in(kinds)).height, year.people.height)


def _cost_per_stay(level: int | None = None) -> Callable[[Year], float]:
    def measure(year: Year) -> float:
        stays = _stays(year, level)
        return _ratio(int(stays["total_fen"].sum()), stays.height) / FEN_IN_YUAN

    return measure


def _in_scope_share(level: int | None = None) -> Callable[[Year], float]:
    def measure(year: Year) -> float:
        stays = _stays(year, level)
        return _ratio(int(stays["basic_fen"].sum()), int(stays["in_scope_fen"].sum()))

    return measure


def _stays(year: Year, level: int | None) -> pl.DataFrame:
    stays = year.settled.filter(pl.col("kind").is_in(STAYS))
    return stays if level is None else stays.filter(pl.col("level") == level)


def _people_share(which: pl.Expr) -> Callable[[Year], float]:
    return lambda year: _ratio(year.people.filter(which).height, year.people.height)


def _aid_each(kinds: tuple[int, ...]) -> Callable[[Year], float]:
    def measure(year: Year) -> float:
        aided = year.settled.filter(pl.col("kind").is_in(kinds) & (pl.col("assistance_fen") > 0))
        return _ratio(int(aided["assistance_fen"].sum()), aided.height) / FEN_IN_YUAN

    return measure


def _expense_per_person(year: Year) -> float:
    spent_fen = int(year.settled["basic_fen"].sum()) + year.funding_fen
    return _ratio(spent_fen, year.people.height) / FEN_IN_YUAN


def _income_per_person(year: Year) -> float:
    raised = ["contribution_fen", *(name for name in year.people.columns if name.startswith("subsidy_"))]
    raised_fen = sum(int(year.people[name].sum()) for name in raised)
    return _ratio(raised_fen, year.people.height) / FEN_IN_YUAN


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


MEASURES: dict[str, Callable[[Year], float]] = {
    "outpatient_visits": _a_person(VISITS),
    "chronic_visits": _a_person((VisitKind.CHRONIC.value,)),
    "stays": _a_person(STAYS),
    "cost_per_stay": _cost_per_stay(),
    "cost_per_stay_level_3": _cost_per_stay(3),
    "cost_per_stay_level_2": _cost_per_stay(2),
    "cost_per_stay_level_1": _cost_per_stay(1),
    "adults": _people_share((pl.col("age") >= ADULT_FROM) & (pl.col("group") == 0)),
    "children": _people_share((pl.col("age") < ADULT_FROM) & (pl.col("group") == 0)),
    "students": _people_share(pl.col("group") == 1),
    "aided": _people_share(pl.col("aid_assistance_fund_fen") > 0),
    "in_scope_share": _in_scope_share(),
    "in_scope_share_level_3": _in_scope_share(3),
    "in_scope_share_level_2": _in_scope_share(2),
    "in_scope_share_level_1": _in_scope_share(1),
    "expense_per_person": _expense_per_person,
    "income_per_person": _income_per_person,
    "assistance_per_stay": _aid_each(STAYS),
    "assistance_per_outpatient": _aid_each(LONG_OUTPATIENT),
}
"""What is measured for each published figure, by its key."""
