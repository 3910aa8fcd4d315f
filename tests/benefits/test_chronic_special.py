"""Chronic and special diseases: a month never pays more than its quota, however its cost is cut into claims."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.benefits.params import ChronicParams
from yibao.benefits.rules.chronic_special import ChronicBenefit, chronic_benefit

pytestmark = pytest.mark.property
FEN = st.integers(0, 500_000)


@st.composite
def chronic_params(draw) -> ChronicParams:
    return ChronicParams(rate_bp=(draw(st.integers(0, 10_000)),) * 64, monthly_quota_fen=(draw(FEN),) * 64)


def benefit(params, disease, in_scope_fen, paid_fen, cap_fen) -> ChronicBenefit:
    return chronic_benefit(
        params,
        disease=disease,
        disease_tags=1 << disease,
        institution_class=0,
        in_scope_fen=in_scope_fen,
        deductible_before_fen=0,
        paid_in_month_fen=paid_fen,
        paid_in_year_fen=paid_fen,
        paid_for_all_fen=paid_fen,
        cap_left_fen=cap_fen,
    )


@given(chronic_params(), st.lists(FEN, max_size=6), FEN)
def test_a_month_stops_at_its_quota_and_the_year_at_its_cap(params, claims, cap_fen):
    paid = 0
    for in_scope_fen in claims:
        found = benefit(params, 3, in_scope_fen, paid, cap_fen - paid)
        assert 0 <= found.pays_fen <= in_scope_fen
        paid += found.pays_fen
        assert paid <= min(params.monthly_quota_fen[3], cap_fen)


@given(chronic_params(), FEN, FEN, FEN)
def test_a_larger_bill_is_never_paid_less(params, in_scope_fen, more_fen, paid):
    smaller = benefit(params, 0, in_scope_fen, paid, 10**9)
    assert smaller.pays_fen <= benefit(params, 0, in_scope_fen + more_fen, paid, 10**9).pays_fen
