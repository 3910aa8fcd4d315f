"""What holds of every rule of financing, whatever the figures.

carries_out: FIN-02, FIN-04, FIN-05, FIN-06, FIN-07, FIN-09, FIN-11, FIN-12, ENR-04
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.assistance.terms import Category
from yibao.financing.params import (
    CatastrophicFundingFloorParams,
    CatastrophicFundingParams,
    CatastrophicFundingTerms,
    ContributionParams,
    EnrolmentAidParams,
    FullFinancingTerms,
    SubsidyParams,
)
from yibao.financing.rules.catastrophic_funding import catastrophic_funding
from yibao.financing.rules.contribution import contribution
from yibao.financing.rules.enrolment_aid import enrolment_aid
from yibao.financing.rules.newborn_back_payment import newborn_back_payment
from yibao.financing.rules.subsidy import subsidy_split
from yibao.financing.terms import ContributionGroup
from yibao.kernel.money import fen_of
from yibao.kernel.shapes import CATEGORIES, NOT_ON_FILE

pytestmark = pytest.mark.property

AMOUNTS = st.integers(0, 200_000)
RATES = st.integers(0, 10_000)
TAGS = st.integers(0, 2**CATEGORIES - 1)
PART = st.one_of(st.just(0), AMOUNTS)
BY_CATEGORY = st.lists(st.one_of(st.just(0), AMOUNTS), min_size=CATEGORIES - 1, max_size=CATEGORIES - 1).map(
    lambda amounts: (0, *amounts)
)
ORDERS = st.permutations(range(1, CATEGORIES)).map(lambda order: (0, *order))
SUBSIDIES = st.builds(SubsidyParams, AMOUNTS, PART, RATES, PART, RATES, PART, RATES, PART, RATES, PART, RATES)
NO_HOUSEHOLDS = st.just((0,) * CATEGORIES)
AIDS = st.builds(EnrolmentAidParams, BY_CATEGORY, BY_CATEGORY, BY_CATEGORY, ORDERS, NO_HOUSEHOLDS)
TIERS = st.tuples(*[st.one_of(st.just(NOT_ON_FILE), AMOUNTS)] * 2)
CONTRIBUTIONS = st.builds(ContributionParams, TIERS, TIERS)


@given(SUBSIDIES)
def test_parts_of_the_subsidy_add_up_to_the_standard(params):
    split = subsidy_split(params)
    assert sum(split[1:]) == split.standard_fen == params.standard_fen
    assert min(split) >= 0


@given(AMOUNTS, st.integers(0, 10_000).flatmap(lambda a: st.tuples(st.just(a), st.integers(0, 10_000 - a))))
def test_shares_that_come_to_the_whole_leave_a_fen_at_most(standard, rates):
    central, provincial = rates
    params = SubsidyParams(
        standard, central_bp=central, provincial_bp=provincial, county_bp=10_000 - central - provincial
    )
    assert subsidy_split(params).local_fen <= 1


@given(AMOUNTS, RATES)
def test_what_no_level_is_given_is_left_to_local(standard, rate):
    split = subsidy_split(SubsidyParams(standard, central_bp=rate))
    assert split.local_fen == standard - split.central_fen
    assert abs(split.central_fen * 10_000 - standard * rate) <= 5_000


@pytest.mark.parametrize(
    ("printed", "parts"),
    [
        (("366 元", "146.4 元", "97.6 元"), (36_600, 14_640, 0, 0, 9_760, 0)),
        (("488 元", "73.2 元", "48.8 元"), (48_800, 7_320, 0, 0, 4_880, 0)),
        (("366 元", "195.2 元", "48.8 元"), (36_600, 19_520, 0, 0, 4_880, 0)),
    ],
    ids=["jilin", "yanbian", "yitong, changbai and qianguo"],
)
def test_the_splits_of_jilin_with_city_and_county_together(printed, parts):
    central, provincial, both = map(fen_of, printed)
    params = SubsidyParams(
        61_000, central_fen=central, provincial_fen=provincial, municipal_and_county_fen=both
    )
    assert subsidy_split(params)[1:] == parts


def test_henans_rest_stands_in_another_document():
    assert subsidy_split(SubsidyParams(61_000, central_bp=8_000))[1:] == (48_800, 0, 0, 0, 0, 12_200)


@given(CONTRIBUTIONS, st.sampled_from(ContributionGroup), st.integers(0, 1))
def test_a_tier_that_is_not_on_file_is_never_a_figure(params, group, tier):
    table = params.student_fen if group == ContributionGroup.STUDENT else params.resident_fen
    found = contribution(params, group=group, tier=tier)
    assert found == ((0, 0) if table[tier] == NOT_ON_FILE else (1, table[tier]))


@given(AIDS, TAGS, AMOUNTS)
def test_payers_and_person_add_up_to_the_contribution(params, tags, due):
    aid = enrolment_aid(params, category_tags=tags, household_tags=0, contribution_fen=due)
    parts = (aid.assistance_fund_fen, aid.municipal_fen, aid.county_fen, aid.person_pays_fen)
    assert sum(parts) == aid.contribution_fen == due
    assert min(parts) >= 0


@given(AIDS, TAGS, AMOUNTS)
def test_the_aided_category_is_the_largest_then_the_first_of_the_notice(params, tags, due):
    offers = {
        c: min(params.assistance_fund_fen[c] + params.municipal_fen[c] + params.county_fen[c], due)
        for c in range(CATEGORIES)
        if tags & (1 << c)
    }
    aided = [c for c, offer in offers.items() if offer > 0]
    expected = min(aided, key=lambda c: (-offers[c], params.order[c]), default=Category.ORDINARY)
    assert (
        enrolment_aid(params, category_tags=tags, household_tags=0, contribution_fen=due).category == expected
    )


@given(AIDS, TAGS, TAGS, AMOUNTS)
def test_one_more_category_never_costs_the_person(params, tags, more, due):
    before = enrolment_aid(params, category_tags=tags, household_tags=0, contribution_fen=due)
    after = enrolment_aid(params, category_tags=tags | more, household_tags=0, contribution_fen=due)
    assert after.person_pays_fen <= before.person_pays_fen


@given(AIDS, TAGS, AMOUNTS, AMOUNTS)
def test_a_higher_contribution_never_costs_the_person_less(params, tags, due, more):
    before = enrolment_aid(params, category_tags=tags, household_tags=0, contribution_fen=due)
    after = enrolment_aid(params, category_tags=tags, household_tags=0, contribution_fen=due + more)
    assert after.person_pays_fen >= before.person_pays_fen


@given(TAGS, AMOUNTS)
def test_an_aid_that_is_not_on_file_pays_nothing_and_says_so(tags, due):
    nothing = (NOT_ON_FILE,) * CATEGORIES
    aid = enrolment_aid(
        EnrolmentAidParams(nothing, nothing, nothing, nothing),
        category_tags=tags,
        household_tags=0,
        contribution_fen=due,
    )
    assert (aid.on_file, aid.person_pays_fen) == (0, due)


@given(CONTRIBUTIONS, SUBSIDIES, st.integers(0, 1))
def test_a_back_payment_is_both_parts_of_the_financing(contributions, subsidy, tier):
    back = newborn_back_payment(FullFinancingTerms(contributions, subsidy), tier=tier)
    assert back.pays_fen == back.personal_fen + back.fiscal_fen
    assert back.fiscal_fen == subsidy_split(subsidy).standard_fen
    assert back.on_file == (contributions.resident_fen[tier] != NOT_ON_FILE)


@given(RATES, AMOUNTS, st.integers(0, 10**12), st.integers(0, 10**9), st.integers(0, 5_000_000))
def test_catastrophic_funding_is_never_below_the_floor_or_the_share(rate, floor, financing, more, people):
    terms = CatastrophicFundingTerms(CatastrophicFundingParams(rate), CatastrophicFundingFloorParams(floor))
    funding = catastrophic_funding(terms, financing_fen=financing, people=people)
    assert funding.funding_fen == max(funding.at_rate_fen, floor * people)
    assert abs(funding.at_rate_fen * 10_000 - financing * rate) <= 5_000
    raised = catastrophic_funding(terms, financing_fen=financing + more, people=people)
    assert raised.funding_fen >= funding.funding_fen


@pytest.mark.parametrize(("people", "funding"), [(999, 7_992), (1_000, 8_000), (1_001, 8_008)])
def test_the_floor_takes_over_just_over_the_line(people, funding):
    """At 8 % of 1,000 yuan and a floor of 8 fen a person the two meet at 1,000 people."""
    terms = CatastrophicFundingTerms(CatastrophicFundingParams(800), CatastrophicFundingFloorParams(8))
    found = catastrophic_funding(terms, financing_fen=100_000, people=people)
    assert found.floor_fen == funding
    assert found.funding_fen == max(funding, 8_000)


def test_a_rate_that_is_not_on_file_funds_nothing_and_says_so():
    terms = CatastrophicFundingTerms(CatastrophicFundingParams(-1), CatastrophicFundingFloorParams(-1))
    assert catastrophic_funding(terms, financing_fen=10**9, people=10) == (0, 0, 0, 0)
