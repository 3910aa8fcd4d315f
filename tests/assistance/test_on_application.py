"""Income checks, one-off amounts and bands of early warning, whatever the figures.

carries_out: AID-03, AID-04
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.assistance.params import (
    EarlyWarningParams,
    HouseholdIncomeParams,
    OneOffParams,
    WarningHandlingParams,
)
from yibao.assistance.rules.early_warning import early_warning, warning_band
from yibao.assistance.rules.household_income import household_income
from yibao.assistance.rules.one_off import one_off
from yibao.assistance.terms import Category, IncomeResult
from yibao.kernel.shapes import CATEGORIES, NOT_ON_FILE

pytestmark = pytest.mark.property
FEN = st.integers(0, 10**11)
NOBODY = (0,) * CATEGORIES
HANDLING = WarningHandlingParams((0,) * 9, (10_000, 15_000, 20_000, 30_000), 15)


@given(FEN, FEN, st.integers(1, 12), st.integers(0, 10_000), FEN)
def test_a_household_is_within_exactly_when_income_and_burden_are(
    line_fen, income_fen, members, share_bp, burden_fen
):
    lines = tuple(line_fen if at == Category.ILLNESS_POVERTY else NOT_ON_FILE for at in range(CATEGORIES))
    terms = HouseholdIncomeParams(lines, share_bp)
    asked = {"income_fen": income_fen, "members": members, "burden_fen": burden_fen}
    found = household_income(terms, category=Category.ILLNESS_POVERTY, **asked)
    within = income_fen <= line_fen * members and burden_fen * 10_000 >= income_fen * share_bp
    assert (found.result == IncomeResult.WITHIN) is within
    assert abs(found.per_head_fen * members - income_fen) <= members
    other = household_income(terms, category=Category.SUBSISTENCE_MARGIN, **asked)
    assert other.result == IncomeResult.NOT_ASKED


@given(FEN, st.integers(0, 10_000), FEN, FEN, FEN)
def test_an_amount_paid_once_is_never_more_than_was_borne_or_left_of_the_cap(
    deductible, rate_bp, cap, burden, paid
):
    found = one_off(
        OneOffParams(deductible, rate_bp, cap, NOBODY), burden_in_scope_fen=burden, paid_before_fen=paid
    )
    assert 0 <= found.pays_fen <= min(max(burden - deductible, 0), max(cap - paid, 0))
    assert found.pays_fen == min(found.at_rate_fen, found.cap_left_fen)


@given(st.integers(1, 10**10), FEN, FEN)
def test_a_band_rises_with_the_burden_and_begins_above_the_line(line_fen, one, other):
    less, more = sorted((one, other))
    bands = [warning_band(HANDLING, line_fen=line_fen, burden_in_scope_fen=burden) for burden in (less, more)]
    assert bands == sorted(bands) and bands[1] <= 4
    assert (bands[0] > 0) is (less > line_fen)


@given(FEN, st.integers(0, 20_000), FEN, FEN)
def test_a_line_is_the_larger_of_an_amount_and_a_share_of_income(line_fen, share_bp, income_fen, burden_fen):
    terms = EarlyWarningParams(line_fen, line_fen, NOBODY, 0, share_bp, income_fen)
    found = early_warning(terms, category=Category.ORDINARY, burden_in_scope_fen=burden_fen)
    assert found.line_fen == max(line_fen, (income_fen * share_bp + 5_000) // 10_000)
    assert found.over_line_fen == max(burden_fen - found.line_fen, 0)
