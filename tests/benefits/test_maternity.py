"""Maternity: fund, hospital and person add up to the in-scope cost, and a closed package leaves the person nothing over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.benefits.params import MaternityParams
from yibao.benefits.rules.maternity import maternity_benefit

pytestmark = pytest.mark.property
FEN = st.integers(0, 2_000_000)


@given(FEN, FEN, FEN, st.integers(0, 1))
def test_parts_add_up_and_stop_at_amount_and_cap(in_scope_fen, quota_fen, cap_fen, closed):
    params = MaternityParams(quota_fen=(quota_fen, 0, 0), excess_to_hospital=closed)
    found = maternity_benefit(params, delivery=0, in_scope_fen=in_scope_fen, cap_left_fen=cap_fen)
    person_fen = in_scope_fen - found.pays_fen - found.hospital_bears_fen
    assert 0 <= found.pays_fen <= min(quota_fen, cap_fen)
    assert person_fen >= 0
    if closed == 1 and cap_fen >= quota_fen:
        assert person_fen == 0
    if closed == 0:
        assert found.hospital_bears_fen == 0
