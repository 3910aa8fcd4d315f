"""Who carries heavy burdens: the distribution adds up, and the warning list is counted from over the line.

carries_out: AID-03
"""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.assessment.burden import burden, personal_burden
from yibao.assistance.params import EarlyWarningParams
from yibao.assistance.rules.early_warning import early_warning
from yibao.assistance.terms import Category
from yibao.kernel.shapes import CATEGORIES
from yibao.simulate.tables import SETTLEMENTS

LINES = EarlyWarningParams(
    low_income_line_fen=400_000,
    other_line_fen=1_500_000,
    low_income=tuple(int(c == Category.SUBSISTENCE_ALLOWANCE) for c in range(CATEGORIES)),
)


def lines_fen() -> tuple[int, ...]:
    return tuple(early_warning(LINES, category=c, burden_in_scope_fen=0).line_fen for c in range(CATEGORIES))


def claims(rows: list[dict[str, int]]) -> pa.Table:
    zero = {f.name: 0 if pa.types.is_integer(f.type) else None for f in SETTLEMENTS}
    return pa.Table.from_pylist([{**zero, **row} for row in rows], schema=SETTLEMENTS)


def test_a_persons_claims_add_up_and_the_refused_ones_do_not_count(settlements):
    rows = {row["person"]: row for row in personal_burden(settlements).to_dicts()}
    assert rows[0]["in_scope_fen"] == 203_600
    assert rows[1]["in_scope_fen"] == 1_500_000
    assert rows[0]["outside_fen"] == 100 * (4_000 + 56) - 203_600
    assert burden(settlements, people=5, lines_fen=lines_fen()).refused_fen == 6_000


def test_the_line_itself_is_not_over_the_line(settlements):
    assert burden(settlements, people=5, lines_fen=lines_fen()).warned == ()


def test_a_category_has_the_line_of_its_group(settlements):
    lower = tuple(line // 4 for line in lines_fen())
    warned = {w.category: w for w in burden(settlements, people=5, lines_fen=lower).warned}
    assert warned[Category.ORDINARY].people == 1
    assert warned[Category.ORDINARY].over_line_fen == 1_500_000 - 375_000
    assert warned[Category.SUBSISTENCE_ALLOWANCE].line_fen == 100_000
    assert warned[Category.SUBSISTENCE_ALLOWANCE].burden_fen == 400_000


def test_what_catastrophic_pays_toward_initial_self_pay_leaves_no_negative_burden():
    row = {
        "person": 3,
        "total_fen": 1_000,
        "in_scope_fen": 600,
        "basic_fen": 500,
        "catastrophic_fen": 200,
        "person_fen": 300,
    }
    assert personal_burden(claims([row]))["in_scope_fen"].to_list() == [0]


def test_a_reversal_takes_back_what_its_settlement_left():
    row = {"person": 3, "total_fen": 1_000, "in_scope_fen": 900, "basic_fen": 500, "person_fen": 500}
    back = {name: value if name == "person" else -value for name, value in row.items()}
    assert personal_burden(claims([row, back]))["in_scope_fen"].to_list() == [0]


@pytest.mark.property
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 10**7), st.integers(0, 10**7)), max_size=12))
def test_bands_hold_every_covered_person_and_every_fen(rows):
    table = claims(
        [
            {
                "person": p,
                "in_scope_fen": left + paid,
                "basic_fen": paid,
                "person_fen": left,
                "total_fen": left + paid,
            }
            for p, left, paid in rows
        ]
    )
    found = burden(table, people=10, lines_fen=lines_fen())
    assert sum(band.people for band in found.bands) == 10
    assert sum(band.burden_fen for band in found.bands) == found.in_scope_fen == sum(row[1] for row in rows)
    assert all(w.burden_fen - w.over_line_fen == w.line_fen * w.people for w in found.warned)


def test_what_a_special_fund_pays_is_no_burden_in_scope_or_outside():
    """100 yuan, 80 in scope, 50 paid by basic: 30 in scope and 20 outside. A fund that pays half leaves 15 and 10."""

    def bill(person: int, fund: int, sign: int = 1) -> dict[str, int]:
        amounts = {"total": 100, "in_scope": 80, "basic": 50, "special_fund": fund, "person": 50 - fund}
        fen = {f"{name}_fen": sign * yuan * 100 for name, yuan in amounts.items()}
        return {**fen, "person": person, "special_fund": 1}

    found = personal_burden(claims([bill(0, 25), bill(1, 50), bill(2, 25, -1)]))
    assert found["in_scope_fen"].to_list() == [1_500, 0, -1_500]
    assert found["outside_fen"].to_list() == [1_000, 0, -1_000]
