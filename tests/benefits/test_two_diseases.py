"""Two-disease drugs: within the quota; what it no longer reaches, and only that, goes on to outpatient pooling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.benefits.params import TWO_DISEASES, TwoDiseasesParams
from yibao.benefits.rules.two_diseases import TwoDiseasesBenefit, two_diseases_benefit

pytestmark = pytest.mark.property
FEN = st.integers(0, 200_000)
DISEASES = st.integers(0, TWO_DISEASES - 1)


@st.composite
def two_diseases_params(draw) -> TwoDiseasesParams:
    return TwoDiseasesParams(
        deductible_fen=draw(st.integers(0, 20_000)),
        class_a_rate_bp=(draw(st.integers(0, 10_000)),) * TWO_DISEASES,
        class_b_rate_bp=(draw(st.integers(0, 10_000)),) * TWO_DISEASES,
        annual_quota_fen=draw(st.tuples(*[FEN] * TWO_DISEASES)),
        rest_to_pooling=draw(st.integers(0, 1)),
    )


def drugs(params, disease, a_fen, b_fen, counted, paid) -> TwoDiseasesBenefit:
    return two_diseases_benefit(
        params,
        disease=disease,
        class_a_fen=a_fen,
        class_b_fen=b_fen,
        counted_before_fen=counted,
        paid_before_fen=paid,
    )


@given(two_diseases_params(), DISEASES, FEN, FEN, FEN, FEN)
def test_within_the_quota_and_the_bill(params, disease, a_fen, b_fen, counted, paid):
    found = drugs(params, disease, a_fen, b_fen, counted, paid)
    assert 0 <= found.pays_fen <= max(params.annual_quota_fen[disease] - paid, 0)
    # What goes on is never paid for here, so both together are never more than the bill.
    rest_fen = found.class_a_rest_fen + found.class_b_rest_fen
    assert found.pays_fen + rest_fen + found.deductible_used_fen <= a_fen + b_fen
    assert found.deductible_used_fen <= max(params.deductible_fen - counted, 0)


@given(two_diseases_params(), DISEASES, FEN, FEN, FEN)
def test_nothing_goes_on_while_the_quota_lasts(params, disease, a_fen, b_fen, paid):
    found = drugs(params, disease, a_fen, b_fen, 0, paid)
    if found.at_rate_fen <= found.quota_left_fen or params.rest_to_pooling == 0:
        assert (found.class_a_rest_fen, found.class_b_rest_fen) == (0, 0)
    else:
        assert found.pays_fen == found.quota_left_fen


@given(two_diseases_params(), DISEASES, FEN, FEN, FEN, FEN)
def test_a_larger_bill_is_never_paid_less(params, disease, a_fen, b_fen, more_fen, paid):
    smaller = drugs(params, disease, a_fen, b_fen, 0, paid)
    assert smaller.pays_fen <= drugs(params, disease, a_fen + more_fen, b_fen, 0, paid).pays_fen
