"""Outpatient pooling: within the day's and the year's limit, and cut into visits it pays what one visit would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.benefits.params import PoolingParams
from yibao.benefits.rules.outpatient_pooling import PoolingBenefit, outpatient_pooling
from yibao.kernel.money import UNREACHED_FEN
from yibao.kernel.shapes import TIERS

pytestmark = pytest.mark.property
FEN = st.integers(0, 200_000)
OPEN = UNREACHED_FEN


@st.composite
def pooling_params(draw, capped: bool = True) -> PoolingParams:
    rate = st.integers(0, 8_000)
    return PoolingParams(
        class_a_rate_bp=(draw(rate),) * 12,
        class_b_rate_bp=(draw(rate),) * 12,
        contract_bonus_bp=(draw(st.integers(0, 2_000)),) * 12,
        deductible_fen=(draw(st.integers(0, 20_000)),) * 12,
        daily_cap_fen=draw(FEN) if capped else OPEN,
        annual_cap_fen=(draw(FEN) if capped else OPEN,) * TIERS,
        county_only=1,
        first_choice_only=0,
    )


def visit(params, a_fen, b_fen, *, contracted=0, a_before=0, b_before=0, today=0, paid=0) -> PoolingBenefit:
    return outpatient_pooling(
        params,
        institution_class=0,
        tier=0,
        contracted=contracted,
        class_a_fen=a_fen,
        class_b_fen=b_fen,
        class_a_before_fen=a_before,
        class_b_before_fen=b_before,
        paid_today_fen=today,
        paid_before_fen=paid,
    )


@given(pooling_params(), st.integers(0, 1), FEN, FEN, FEN, FEN, FEN, FEN)
def test_within_the_day_the_year_and_the_bill(
    params, contracted, a_fen, b_fen, a_before, b_before, today, paid
):
    found = visit(
        params,
        a_fen,
        b_fen,
        contracted=contracted,
        a_before=a_before,
        b_before=b_before,
        today=today,
        paid=paid,
    )
    assert 0 <= found.pays_fen <= a_fen + b_fen
    assert found.pays_fen <= max(params.daily_cap_fen - today, 0)
    assert found.pays_fen <= max(params.annual_cap_fen[0] - paid, 0)


@given(pooling_params(capped=False), st.lists(st.tuples(FEN, FEN), min_size=1, max_size=6))
def test_many_visits_are_paid_what_one_would_be(params, visits):
    a_before = b_before = paid = 0
    for a_fen, b_fen in visits:
        paid += visit(params, a_fen, b_fen, a_before=a_before, b_before=b_before).pays_fen
        a_before, b_before = a_before + a_fen, b_before + b_fen
    assert paid == visit(params, a_before, b_before).pays_fen


@given(pooling_params(), FEN, FEN, FEN)
def test_a_larger_bill_is_never_paid_less(params, a_fen, b_fen, more_fen):
    assert visit(params, a_fen, b_fen).pays_fen <= visit(params, a_fen + more_fen, b_fen).pays_fen
