"""Direct assistance: by the year, so stays cut small are paid what one large one is; within self-pay and cap.

carries_out: AID-01
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.assistance.params import DirectParams
from yibao.assistance.rules.direct import DirectAssistance, direct_assistance
from yibao.kernel.money import share_fen

pytestmark = pytest.mark.property
FEN = st.one_of(st.integers(0, 300), st.integers(0, 20_000_000))
PARAMS = st.builds(
    DirectParams,
    deductible_fen=FEN,
    rate_bp=st.integers(0, 10_000),
    annual_cap_fen=FEN,
    counts_outpatient=st.just(0),
)


def paid(params, before_fen, self_pay_fen, paid_fen) -> DirectAssistance:
    return direct_assistance(
        params,
        outpatient=0,
        self_pay_before_fen=before_fen,
        self_pay_fen=self_pay_fen,
        paid_before_fen=paid_fen,
    )


@given(PARAMS, FEN, FEN, FEN)
def test_never_more_than_is_borne_nor_past_the_cap(params, before_fen, self_pay_fen, paid_fen):
    found = paid(params, before_fen, self_pay_fen, paid_fen)
    assert 0 <= found.pays_fen <= found.above_deductible_fen <= self_pay_fen
    assert found.pays_fen <= max(params.annual_cap_fen - paid_fen, 0)


@given(PARAMS, st.lists(FEN, min_size=1, max_size=6))
def test_a_year_is_paid_the_same_however_it_is_cut(params, stays):
    before = total = 0
    for self_pay_fen in stays:
        total += paid(params, before, self_pay_fen, total).pays_fen
        before += self_pay_fen
    above_fen = max(before - params.deductible_fen, 0)
    assert total == min(share_fen(above_fen, params.rate_bp), params.annual_cap_fen)


@given(PARAMS, FEN, FEN, FEN)
def test_a_larger_self_pay_is_never_paid_less(params, before_fen, self_pay_fen, more_fen):
    smaller = paid(params, before_fen, self_pay_fen, 0)
    assert smaller.pays_fen <= paid(params, before_fen, self_pay_fen + more_fen, 0).pays_fen
