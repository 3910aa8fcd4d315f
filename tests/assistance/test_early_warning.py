"""Early warning: over the line of the person's own group, by exactly what lies over it.

carries_out: AID-03
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.assistance.params import EarlyWarningParams
from yibao.assistance.rules.early_warning import early_warning
from yibao.assistance.terms import Category

FEN = st.integers(0, 10_000_000)


@pytest.mark.property
@given(FEN, FEN, st.sampled_from(list(Category)), FEN)
def test_over_the_line_of_the_own_group(low_fen, other_fen, category, burden_fen):
    flags = tuple(1 if at == Category.SUBSISTENCE_ALLOWANCE else 0 for at in range(24))
    params = EarlyWarningParams(low_income_line_fen=low_fen, other_line_fen=other_fen, low_income=flags)
    found = early_warning(params, category=category, burden_in_scope_fen=burden_fen)
    line_fen = low_fen if category is Category.SUBSISTENCE_ALLOWANCE else other_fen
    assert found.line_fen == line_fen
    assert found.over_line_fen == max(burden_fen - line_fen, 0)
