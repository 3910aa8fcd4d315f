"""Which category settles: one that the person holds and the ranking names, and none ranked before it is held.

carries_out: FIN-12, FIN-16
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.assistance.params import RankingParams
from yibao.assistance.rules.category import settlement_category
from yibao.assistance.terms import Category

CERTIFIED = st.sampled_from([c for c in Category if c is not Category.ORDINARY])


@pytest.mark.property
@given(st.lists(CERTIFIED, unique=True), st.sets(CERTIFIED))
def test_the_first_of_the_ranking_that_is_held(ranked, held):
    params = RankingParams(ranked=tuple(ranked) + (0,) * (24 - len(ranked)))
    found = settlement_category(params, tags=sum(1 << c for c in held))
    assert found == next((c for c in ranked if c in held), Category.ORDINARY)
