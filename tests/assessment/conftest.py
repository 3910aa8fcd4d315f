"""A hand-made benefit year, small enough to reckon by head: three institutions, five people, six claims."""

from datetime import date, datetime, time
from typing import Any

import pyarrow as pa
import pytest

from yibao.assessment.measures import YearTables, year_tables
from yibao.assistance.terms import Category
from yibao.simulate.tables import ENROLLED, INSTITUTIONS, PEOPLE, SETTLEMENTS

COUNTY, CITY, AWAY = 0, 1, 2
HOSPITAL, OUTPATIENT = 0, 1


def table(schema: pa.Schema, rows: list[dict[str, Any]]) -> pa.Table:
    zero = {f.name: 0 if pa.types.is_integer(f.type) else None for f in schema}
    return pa.Table.from_pylist([{**zero, **row} for row in rows], schema=schema)


def settled(
    person: int, institution: int, kind: int, total: int, own: int, in_scope: int, **paid: int
) -> dict[str, Any]:
    """A claim with amounts in yuan; what nobody is named for the person pays."""
    parts = {f"{payer}_fen": yuan * 100 for payer, yuan in paid.items() if payer != "category"}
    return {
        "claim_id": f"{person}-{institution}-{kind}-{total}",
        "person": person,
        "institution": institution,
        "kind": kind,
        "category": paid.get("category", 0),
        "served_on": date(2023, 5, 1),
        "settled_at": datetime.combine(date(2023, 5, 1), time(9)),
        "total_fen": total * 100,
        "own_expense_fen": own * 100,
        "in_scope_fen": in_scope * 100,
        "person_fen": total * 100 - sum(parts.values()),
        **parts,
    }


@pytest.fixture
def settlements() -> pa.Table:
    poor = int(Category.SUBSISTENCE_ALLOWANCE)
    rows = [
        settled(0, COUNTY, HOSPITAL, 10_000, 1_000, 8_000, basic=6_000),
        settled(1, CITY, HOSPITAL, 50_000, 10_000, 38_000, basic=20_000, catastrophic=3_000),
        settled(2, COUNTY, HOSPITAL, 4_000, 200, 3_600, basic=2_800, assistance=440, category=poor),
        settled(3, AWAY, HOSPITAL, 9_000, 0, 8_000, basic=4_000, category=poor),
        settled(0, COUNTY, OUTPATIENT, 100, 10, 80, basic=44),
        {**settled(0, COUNTY, OUTPATIENT, 60, 0, 60), "refusal": 1},
    ]
    return table(SETTLEMENTS, rows)


@pytest.fixture
def year(settlements: pa.Table) -> YearTables:
    poor = 1 << Category.SUBSISTENCE_ALLOWANCE
    aided = {"aid_category": int(Category.SUBSISTENCE_ALLOWANCE), "aid_assistance_fund_fen": 28_000}
    covered = {
        "eligible": 1,
        "covered_from": date(2023, 1, 1),
        "contribution_fen": 35_000,
        "subsidy_central_fen": 64_000,
    }
    institutions = [
        {"institution_code": "A", "name": "县医院", "administrative_level": "县级"},
        {"institution_code": "B", "name": "市医院", "administrative_level": "省市级"},
        {"institution_code": "C", "name": "省外医院", "administrative_level": "省外"},
    ]
    return year_tables(
        table(
            PEOPLE,
            [
                {"county_code": "140105", "category_tags": tags, "rural": 1}
                for tags in (0, 0, poor, poor, poor)
            ],
        ),
        table(INSTITUTIONS, institutions),
        table(ENROLLED, [covered, covered, {**covered, **aided}, covered, {"eligible": 1, **aided}]),
        settlements,
        catastrophic_funding_fen=31_680,
        aidable=frozenset({int(Category.SUBSISTENCE_ALLOWANCE)}),
    )
