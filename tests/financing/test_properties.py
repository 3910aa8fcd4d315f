"""What must hold of aid and of linked standards whatever the terms.

carries_out: FIN-10, FIN-12, FIN-15
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.assistance.terms import Category
from yibao.financing.params import EnrolmentAidParams, IncomeLinkedParams
from yibao.financing.rules.enrolment_aid import enrolment_aid
from yibao.financing.rules.income_linked import income_linked
from yibao.kernel.money import share_fen

pytestmark = pytest.mark.property

AMOUNTS = st.integers(0, 40_000)
TABLE = st.lists(AMOUNTS, min_size=23, max_size=23).map(lambda of_categories: (0, *of_categories))
TAGS = st.integers(0, 2**24 - 1)


@st.composite
def aids(draw) -> EnrolmentAidParams:
    """Any amounts by category, and any category that a household's members are aided as."""
    household = draw(st.lists(st.integers(0, 18), min_size=24, max_size=24))
    return EnrolmentAidParams(
        assistance_fund_fen=draw(TABLE),
        municipal_fen=draw(TABLE),
        county_fen=draw(TABLE),
        order=tuple(range(24)),
        household_category=tuple(household),
    )


@given(aids(), TAGS, TAGS, AMOUNTS)
def test_payers_and_person_are_the_contribution_and_one_category_gives_all(params, own, household, due_fen):
    found = enrolment_aid(params, category_tags=own, household_tags=household, contribution_fen=due_fen)
    paid = (found.assistance_fund_fen, found.municipal_fen, found.county_fen, found.person_pays_fen)
    assert sum(paid) == due_fen
    assert min(paid) >= 0
    tags = household if found.through_household else own
    assert found.category == Category.ORDINARY or tags >> found.category & 1


@given(aids(), TAGS, TAGS, AMOUNTS)
def test_a_household_never_makes_anybody_pay_more(params, own, household, due_fen):
    alone = enrolment_aid(params, category_tags=own, household_tags=0, contribution_fen=due_fen)
    both = enrolment_aid(params, category_tags=own, household_tags=household, contribution_fen=due_fen)
    assert both.person_pays_fen <= alone.person_pays_fen
    assert both.through_household == (both.person_pays_fen < alone.person_pays_fen)


@given(
    st.integers(0, 20_000),
    st.integers(0, 3_000),
    st.sampled_from([1, 100, 1_000, 5_000]),
    st.integers(1, 10**7),
    st.integers(1, 10**7),
)
def test_a_linked_standard_rises_with_income_and_no_more_than_the_most(
    passed_on_bp, most_bp, step_fen, before, now
):
    params = IncomeLinkedParams(passed_on_bp, most_bp, step_fen, may_fall=0)
    found = income_linked(
        params, contribution_fen=35_000, subsidy_fen=61_000, income_before_fen=before, income_fen=now
    )
    assert found.rise_fen == found.financing_fen - found.financing_before_fen
    for standard_fen, linked_fen in ((35_000, found.contribution_fen), (61_000, found.subsidy_fen)):
        assert linked_fen <= standard_fen + share_fen(standard_fen, most_bp) + step_fen
        assert linked_fen >= standard_fen
        assert linked_fen == standard_fen or now > before
        assert linked_fen == standard_fen or linked_fen % step_fen == 0
