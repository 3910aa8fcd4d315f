"""Hospital benefit: never more than is borne, never past the cap, never less for a larger bill."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.benefits.strategies import FEN, hospital_params

from yibao.benefits.rules.hospital import HospitalBenefit, hospital_benefit

pytestmark = pytest.mark.property
PATHS = st.integers(0, 4)
STAYS = st.integers(0, 6)


def benefit(params, path, stays, scope_fen, cap_fen, *, continues=0, episode_fen=0) -> HospitalBenefit:
    return hospital_benefit(
        params,
        institution_class=0,
        care_path=path,
        tier=0,
        age=40,
        stays_before=stays,
        continues_episode=continues,
        year_stay=0,
        cost_before_fen=0,
        deductible_before_fen=episode_fen,
        in_scope_fen=scope_fen,
        cap_left_fen=cap_fen,
    )


@given(hospital_params(), PATHS, STAYS, FEN, FEN)
def test_never_more_than_lies_above_the_deductible_nor_past_the_cap(params, path, stays, scope_fen, cap_fen):
    found = benefit(params, path, stays, scope_fen, cap_fen)
    assert 0 <= found.pays_fen <= min(found.above_deductible_fen, cap_fen)
    assert found.deductible_used_fen + found.above_deductible_fen == scope_fen


@given(hospital_params(), PATHS, STAYS, FEN, FEN, FEN)
def test_a_larger_bill_is_never_paid_less(params, path, stays, scope_fen, more_fen, cap_fen):
    smaller = benefit(params, path, stays, scope_fen, cap_fen)
    larger = benefit(params, path, stays, scope_fen + more_fen, cap_fen)
    assert smaller.pays_fen <= larger.pays_fen <= smaller.pays_fen + more_fen


@given(hospital_params(), STAYS, FEN, FEN, FEN)
def test_an_episode_bears_its_deductible_once_where_the_entry_says_so(
    params, stays, first_fen, second_fen, cap_fen
):
    first = benefit(params, 0, 0, first_fen, cap_fen)
    second = benefit(
        params, 0, stays + 1, second_fen, cap_fen, continues=1, episode_fen=first.deductible_used_fen
    )
    if params.referral_keeps_deductible == 1:
        borne = first.deductible_used_fen + second.deductible_used_fen
        assert borne <= max(params.deductible_fen[0], first.deductible_used_fen)
