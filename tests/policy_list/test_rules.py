"""The benefit list's rules: money is conserved, nothing takes effect early, classes and shares are what they say.

carries_out: LST-01, LST-02, LST-03, LST-04, LST-05, BEN-10
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.kernel.money import WHOLE_BP
from yibao.policy_list.params import (
    AdjustmentFundParams,
    ChangeWorkflowParams,
    ListProgressParams,
    SchemeMergeParams,
    ScorecardParams,
)
from yibao.policy_list.rules.adjustment_fund import adjustment_account, adjustment_received
from yibao.policy_list.rules.change import change_standing
from yibao.policy_list.rules.deviation import deviation
from yibao.policy_list.rules.disease_lists import disease_match, list_agreement
from yibao.policy_list.rules.progress import list_progress
from yibao.policy_list.rules.scheme_merge import merged_balance, merged_benefit
from yibao.policy_list.rules.scorecard import scorecard_line
from yibao.policy_list.terms import Bound, ChangeStage, Deviation, DiseaseMatch

pytestmark = pytest.mark.property
FEN = st.one_of(st.integers(0, 300), st.integers(0, 10**12))
SIGNED = st.one_of(st.integers(-300, 300), st.integers(-(10**12), 10**12))
RATE = st.integers(0, WHOLE_BP)
FLAG = st.integers(0, 1)
DAY = st.one_of(st.just(-1), st.integers(19_000, 19_040))
COUNT = st.integers(0, 500)


@given(
    st.builds(AdjustmentFundParams, pay_in_bp=RATE, covered_bp=RATE),
    st.lists(st.tuples(SIGNED, FEN), max_size=20),
)
def test_what_the_fund_gives_comes_from_what_was_paid_in(params, areas):
    accounts = [adjustment_account(params, balance_fen=b, over_budget_fen=over) for b, over in areas]
    held_fen = sum(account.pays_in_fen for account in accounts)
    asked_fen = sum(account.asks_fen for account in accounts)
    received, before_fen = [], 0
    for account in accounts:
        received.append(
            adjustment_received(
                held_fen=held_fen,
                asked_before_fen=before_fen,
                asks_fen=account.asks_fen,
                asked_total_fen=asked_fen,
            )
        )
        before_fen += account.asks_fen
    assert sum(received) == min(held_fen, asked_fen)
    for (balance_fen, over_fen), account, got_fen in zip(areas, accounts, received, strict=True):
        assert 0 <= got_fen <= account.asks_fen
        assert account.pays_in_fen <= max(balance_fen, 0)
        assert account.asks_fen + account.bears_fen == max(-balance_fen, 0)
        assert account.bears_fen >= min(over_fen, max(-balance_fen, 0))
    after_fen = sum(b for b, _ in areas) - held_fen + sum(received)
    assert after_fen + max(held_fen - asked_fen, 0) == sum(b for b, _ in areas)


@given(st.builds(ChangeWorkflowParams, FLAG, FLAG, FLAG), DAY, DAY, DAY, DAY, DAY)
def test_nothing_takes_effect_early_and_no_day_takes_it_back(
    params, effect_day, reported_day, approved_day, begins_day, on_day
):
    def on(day):
        return change_standing(
            params,
            effect_day=effect_day,
            reported_day=reported_day,
            approved_day=approved_day,
            begins_day=begins_day,
            day=day,
        )

    found = on(on_day)
    assert found.in_force == (found.stage == ChangeStage.IN_FORCE) == (found.lacks == 0)
    assert on(on_day + 1).stage >= found.stage
    if found.in_force:
        assert begins_day <= on_day
        if params.approval_first:
            assert 0 <= approved_day <= on_day
            assert not params.report_first or 0 <= reported_day <= approved_day
        if params.report_first and params.effect_first:
            assert 0 <= effect_day <= reported_day


@given(st.builds(SchemeMergeParams, FLAG, FLAG), SIGNED, FEN, SIGNED)
def test_a_merge_neither_makes_nor_loses_money(params, old_fen, owed_fen, new_fen):
    found = merged_balance(params, old_balance_fen=old_fen, old_owed_fen=owed_fen, new_balance_fen=new_fen)
    assert found.stays_fen + found.held_fen == old_fen + new_fen
    assert found.free_fen == found.held_fen - found.owed_carried_fen


@given(FEN, FEN, FEN, FEN)
def test_nobody_has_less_left_in_the_year_of_a_merge(old_cap, old_paid, new_cap, new_paid):
    found = merged_benefit(
        SchemeMergeParams(money_carried=1, benefits_kept=1),
        old_cap_fen=old_cap,
        old_paid_fen=old_paid,
        new_cap_fen=new_cap,
        new_paid_fen=new_paid,
        is_year_of_merge=1,
    )
    assert found.left_fen == max(old_cap - old_paid, 0) + max(new_cap - new_paid, 0)


@given(st.builds(ScorecardParams, COUNT, COUNT, COUNT), FLAG, COUNT, COUNT, COUNT, COUNT)
def test_points_add_up_and_stay_within_the_full(params, unified, checked, deviating, changes, unreported):
    found = scorecard_line(
        params,
        framework_unified=unified,
        figures_checked=checked,
        figures_deviating=deviating,
        changes=changes,
        changes_unreported=unreported,
    )
    assert 0 <= found.points <= found.full_points == sum(params)
    assert found.points == found.framework_points + found.clearance_points + found.reporting_points


@given(st.builds(ListProgressParams, RATE, RATE, st.just(0)), COUNT, COUNT, COUNT)
def test_a_share_met_is_a_share_reached(params, areas, unified, cleared):
    unified, cleared = min(unified, areas), min(cleared, areas)
    found = list_progress(params, areas=areas, unified=unified, cleared=cleared, day=0)
    assert 0 <= found.framework_share_bp <= WHOLE_BP
    assert found.framework_met == (areas > 0 and found.framework_share_bp >= params.framework_share_bp)
    assert found.cleared_met == (areas > 0 and found.cleared_share_bp >= params.cleared_share_bp)


@given(st.sampled_from(Bound), SIGNED, SIGNED, FEN)
def test_the_listed_figure_itself_never_deviates(bound, listed, found, near):
    assert deviation(bound=bound, listed=listed, found=listed, near=near) == Deviation.NONE
    if deviation(bound=bound, listed=listed, found=found, near=near) == Deviation.NONE and found != listed:
        assert bound != Bound.EQUALS


@given(
    st.dictionaries(st.integers(0, 30), st.integers(0, 1)),
    st.dictionaries(st.integers(0, 30), st.integers(0, 1)),
)
def test_two_lists_agree_as_their_codes_do(here, there):
    matches = [
        disease_match(
            is_here=int(code in here),
            is_there=int(code in there),
            is_same_name=int(here.get(code) == there.get(code)),
        )
        for code in here.keys() | there.keys()
    ]
    found = list_agreement(
        same=matches.count(DiseaseMatch.SAME),
        named_differently=matches.count(DiseaseMatch.NAMED_DIFFERENTLY),
        only_here=matches.count(DiseaseMatch.ONLY_HERE),
        only_there=matches.count(DiseaseMatch.ONLY_THERE),
    )
    assert found.diseases == len(here.keys() | there.keys())
    assert found.unified == (bool(here) and here.keys() == there.keys())
