"""What holds of the bottom line, whatever the facts: an application, handing over, the fund, limits, who is covered.

carries_out: AID-04, AID-05, AID-06, AID-07, AID-08
"""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.assistance.params import (
    APPLICATION_STEPS,
    ASSISTANCE_SERVICES,
    POOLING_LEVELS,
    ApplicationParams,
    CoveredGroupsParams,
    EarlyWarningParams,
    FundPoolingParams,
    FundUseParams,
    HandOverParams,
    HandOverTerms,
    ServiceLimitsParams,
)
from yibao.assistance.rules.covered_groups import help_gap
from yibao.assistance.rules.fund_use import fund_pooling, fund_use
from yibao.assistance.rules.hand_over import hand_over
from yibao.assistance.rules.on_application import application_decision, application_progress
from yibao.assistance.rules.service_limits import service_limit
from yibao.assistance.terms import (
    ApplicationOutcome,
    ApplicationStep,
    AssistanceService,
    Category,
    PoolingLevel,
)
from yibao.kernel.shapes import CATEGORIES, NOT_ON_FILE
from yibao.kernel.time_limits import Timeliness

pytestmark = pytest.mark.property

FLAG = st.integers(0, 1)
FEN = st.integers(0, 10**12)
SMALL_FEN = st.integers(0, 3_000_000)
USED = st.integers(0, 90)
TAGS = st.integers(0, 2**CATEGORIES - 1)
GROUPS = st.tuples(*[FLAG] * CATEGORIES)
LIMIT = st.integers(NOT_ON_FILE, 60)
APPLICATIONS = st.builds(
    ApplicationParams, GROUPS, st.tuples(*[LIMIT] * APPLICATION_STEPS), st.integers(0, 30)
)
KNOWN_LEVEL = st.sampled_from(PoolingLevel)


def test_the_sizes_of_the_tables_are_those_of_their_enums():
    assert len(ApplicationStep) == APPLICATION_STEPS + 1
    assert len(AssistanceService) == ASSISTANCE_SERVICES
    assert len(PoolingLevel) == POOLING_LEVELS


@given(APPLICATIONS, st.sampled_from(ApplicationStep), FLAG, USED, USED)
def test_an_application_goes_on_by_one_step_and_never_past_its_days_in_public(
    params, step, done, used, public
):
    found = application_progress(params, step=step, done=done, working_days=used, days_in_public=public)
    assert found.next_step - step in (0, 1)
    if step == ApplicationStep.PUBLICISE and public < params.publicity_days:
        assert found.next_step == step
        assert found.publicity_days_left == params.publicity_days - public
    elif step != ApplicationStep.CLOSED:
        assert found.next_step - step == done


@given(APPLICATIONS, st.sampled_from(Category), FLAG, USED, FLAG, FEN)
def test_granted_means_certified_of_a_group_hung_out_and_not_objected_to(
    params, category, certified, public, objection, burden
):
    found = application_decision(
        params,
        category=category,
        certified=certified,
        days_in_public=public,
        objection_upheld=objection,
        burden_in_scope_fen=burden,
    )
    granted = (
        certified
        and params.groups[category]
        and public >= params.publicity_days
        and not objection
        and burden > 0
    )
    assert (found.outcome == ApplicationOutcome.GRANTED) == bool(granted)
    assert found.burden_fen == (burden if granted else 0)


@given(FLAG, FLAG, SMALL_FEN, SMALL_FEN, GROUPS, st.sampled_from(Category), SMALL_FEN, SMALL_FEN)
def test_only_low_income_people_over_their_line_are_handed_over_and_a_heavier_burden_never_ends_it(
    relief, charity, low, other, low_income, category, burden, more
):
    terms = HandOverTerms(HandOverParams(relief, charity), EarlyWarningParams(low, other, low_income))
    found = hand_over(terms, category=category, burden_in_scope_fen=burden)
    heavy = bool(low_income[category] and burden > low)
    assert (found.to_temporary_relief, found.to_charitable_relief) == ((relief, charity) if heavy else (0, 0))
    heavier = hand_over(terms, category=category, burden_in_scope_fen=burden + more)
    assert heavier.to_temporary_relief >= found.to_temporary_relief
    assert heavier.over_line_fen >= found.over_line_fen


@given(KNOWN_LEVEL, KNOWN_LEVEL)
def test_two_levels_are_in_line_only_where_both_are_known_and_equal(basic, assistance):
    one_hot = [tuple(int(at == level) for at in range(POOLING_LEVELS)) for level in (basic, assistance)]
    found = fund_pooling(FundPoolingParams(*one_hot))
    known = PoolingLevel.UNKNOWN not in (basic, assistance)
    assert found.on_file == known
    assert found.in_line == (known and basic == assistance)
    assert found.levels_below == (max(basic - assistance, 0) if known else 0)


@pytest.mark.parametrize(
    ("assistance", "below", "in_line"),
    [(PoolingLevel.COUNTY, 1, 0), (PoolingLevel.CITY, 0, 1), (PoolingLevel.PROVINCE, 0, 0)],
)
def test_assistance_of_a_county_lies_one_level_below_basic_insurance_of_a_city(assistance, below, in_line):
    levels = [tuple(int(at == level) for at in range(4)) for level in (PoolingLevel.CITY, assistance)]
    found = fund_pooling(FundPoolingParams(*levels))
    assert (found.levels_below, found.in_line) == (below, in_line)


@given(st.integers(0, 10_000), FEN, FEN)
def test_money_is_spent_or_unspent_and_the_rate_is_compared_exactly(at_least, available, spent):
    found = fund_use(FundUseParams(at_least), available_fen=available, spent_fen=spent)
    assert found.unspent_fen + spent == available + found.overspent_fen
    if available == 0:
        assert (found.use_bp, found.reached) == (0, 0)
    else:
        assert found.reached == (Fraction(spent, available) >= Fraction(at_least, 10_000))
        assert abs(found.use_bp - Fraction(spent * 10_000, available)) <= Fraction(1, 2)


@given(st.tuples(*[LIMIT] * ASSISTANCE_SERVICES), st.sampled_from(AssistanceService), USED, FLAG)
def test_an_item_is_late_only_above_its_own_limit(limits, service, used, done):
    found = service_limit(ServiceLimitsParams(limits), service=service, working_days=used, done=done)
    limit = limits[service]
    assert found.days_late == (0 if limit == NOT_ON_FILE else max(used - limit, 0))
    assert (found.state == Timeliness.NOT_ASKED) == (limit == NOT_ON_FILE)


@given(st.builds(CoveredGroupsParams, GROUPS, FLAG), TAGS, TAGS, FLAG, FLAG, FLAG, FLAG)
def test_whoever_is_to_be_covered_is_covered_or_lacks_something_named(
    params, listed, certified, rural, meets, recognised, enrolled
):
    found = help_gap(
        params,
        listed_tags=listed,
        certified_tags=certified,
        rural=rural,
        meets_chronic_conditions=meets,
        chronic_certified=recognised,
        enrolled=enrolled,
    )
    missing = [
        c for c in range(CATEGORIES) if params.groups[c] and listed >> c & 1 and not certified >> c & 1
    ]
    assert found.uncertified == len(missing)
    assert found.first_missing == (missing[0] if missing else Category.ORDINARY)
    lacks = found.uncertified + found.chronic_to_certify + found.to_enrol
    assert found.covered == (found.to_be_covered == 1 and lacks == 0)
    assert found.to_be_covered or lacks == 0
