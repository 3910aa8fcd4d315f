"""Top-up assistance: within what is left and its own cap, and within the assistance cap only where the entry says so.

carries_out: AID-02
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.assistance.params import TopUpParams
from yibao.assistance.rules.top_up import TopUp, top_up

pytestmark = pytest.mark.property
FEN = st.one_of(st.integers(0, 300), st.integers(0, 20_000_000))
PARAMS = st.builds(
    TopUpParams,
    deductible_fen=FEN,
    rate_bp=st.integers(0, 10_000),
    annual_cap_fen=FEN,
    uses_assistance_cap=st.integers(0, 1),
    categories=st.just((1,) * 24),
)


def raised(params, before_fen, base_fen, paid_fen, left_fen) -> TopUp:
    return top_up(
        params,
        base_before_fen=before_fen,
        base_fen=base_fen,
        paid_before_fen=paid_fen,
        assistance_cap_left_fen=left_fen,
    )


@given(PARAMS, FEN, FEN, FEN, FEN)
def test_within_what_is_left_and_the_caps(params, before_fen, base_fen, paid_fen, left_fen):
    found = raised(params, before_fen, base_fen, paid_fen, left_fen)
    assert 0 <= found.pays_fen <= base_fen
    assert found.pays_fen <= max(params.annual_cap_fen - paid_fen, 0)
    if params.uses_assistance_cap == 1:
        assert found.pays_fen <= left_fen
    else:
        assert found == raised(params, before_fen, base_fen, paid_fen, 0)


@given(PARAMS, FEN, FEN, FEN, FEN)
def test_two_stays_are_paid_no_more_than_one(params, first_fen, second_fen, before_fen, left_fen):
    first = raised(params, before_fen, first_fen, 0, left_fen)
    second = raised(params, before_fen + first_fen, second_fen, first.pays_fen, left_fen - first.pays_fen)
    whole = raised(params, before_fen, first_fen + second_fen, 0, left_fen)
    if params.uses_assistance_cap == 0 or first.pays_fen <= left_fen:
        assert first.pays_fen + second.pays_fen == whole.pays_fen
