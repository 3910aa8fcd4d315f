"""Catastrophic insurance: by the year, so claims cut small are paid what one large one is; within base and cap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.benefits.strategies import FEN, catastrophic_params

from yibao.benefits.rules.catastrophic import catastrophic_benefit, yielded_fen

pytestmark = pytest.mark.property


@given(catastrophic_params(), FEN, FEN, FEN)
def test_never_more_than_counts_nor_past_the_cap(params, before_fen, base_fen, paid_fen):
    found = catastrophic_benefit(
        params, base_before_fen=before_fen, base_fen=base_fen, paid_before_fen=paid_fen
    )
    assert 0 <= found.pays_fen <= base_fen
    assert found.pays_fen <= max(params.annual_cap_fen - paid_fen, 0)
    assert 0 <= found.above_deductible_fen <= base_fen


@given(catastrophic_params(), st.lists(FEN, min_size=1, max_size=6))
def test_a_year_is_paid_the_same_however_it_is_cut(params, claims):
    before = paid = 0
    for base_fen in claims:
        paid += catastrophic_benefit(
            params, base_before_fen=before, base_fen=base_fen, paid_before_fen=paid
        ).pays_fen
        before += base_fen
    assert paid == min(yielded_fen(params, base_fen=before), params.annual_cap_fen)


@given(catastrophic_params(), FEN, FEN)
def test_a_higher_deductible_never_pays_more(params, base_fen, more_fen):
    higher = params._replace(deductible_fen=params.deductible_fen + more_fen)
    if params.bands_from_zero == 1:
        assert yielded_fen(higher, base_fen=base_fen) <= yielded_fen(params, base_fen=base_fen)
