"""What must hold of direct assistance whatever the terms: never more than is borne, one cap for both kinds of cost.

carries_out: BEN-11
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.assistance.params import DirectParams
from yibao.assistance.rules.direct import direct_assistance, shares_deductible

pytestmark = pytest.mark.property

TERMS = st.builds(
    DirectParams,
    deductible_fen=st.integers(0, 500_000),
    rate_bp=st.integers(0, 10_000),
    annual_cap_fen=st.integers(0, 1_000_000),
    counts_outpatient=st.just(1),
    outpatient_rate_bp=st.one_of(st.just(-1), st.integers(0, 10_000)),
    outpatient_bears_deductible=st.integers(0, 1),
)
CLAIMS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3_000_000)), max_size=8)


@given(TERMS, CLAIMS)
def test_a_year_of_stays_and_outpatient_care_keeps_to_its_terms(params, claims):
    borne, paid = [0, 0], [0, 0]
    for outpatient, self_pay_fen in claims:
        before_fen = sum(borne) if shares_deductible(params) else borne[outpatient]
        found = direct_assistance(
            params,
            outpatient=outpatient,
            self_pay_before_fen=before_fen,
            self_pay_fen=self_pay_fen,
            paid_before_fen=sum(paid),
        )
        assert 0 <= found.pays_fen <= self_pay_fen
        borne[outpatient] += self_pay_fen
        paid[outpatient] += found.pays_fen
    assert sum(paid) <= params.annual_cap_fen
    if borne[0] <= params.deductible_fen and not shares_deductible(params):
        assert paid[0] == 0
