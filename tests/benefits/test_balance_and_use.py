"""What a change of benefits leaves, how an institution's use stands to its lines, and which drugs an area may pay.

carries_out: BEN-01, BEN-15, BEN-16, BEN-17
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.benefits.params import BalanceParams, DrugScopeParams, ReasonableUseParams, UseLineParams
from yibao.benefits.rules.balance_effect import balance_effect
from yibao.benefits.rules.drug_scope import drug_scope
from yibao.benefits.rules.reasonable_use import against_peers
from yibao.benefits.rules.use_share import off_list_share, procured_share
from yibao.benefits.terms import BalanceVerdict, DrugScope, UseVerdict
from yibao.kernel.money import WHOLE_BP

pytestmark = pytest.mark.property
FEN = st.one_of(st.integers(0, 300), st.integers(0, 10**12))
RATE = st.integers(0, WHOLE_BP)
FLAG = st.integers(0, 1)


@given(st.builds(BalanceParams, RATE), FEN, FEN, FEN, FEN, FEN)
def test_what_is_allowed_spends_no_more_than_comes_in(params, reserve, before, income, spent_before, spent):
    found = balance_effect(
        params,
        opening_reserve_fen=reserve,
        income_before_fen=before,
        income_fen=income,
        expense_before_fen=spent_before,
        expense_fen=spent,
    )
    assert found.reserve_fen - found.reserve_before_fen == found.effect_fen
    assert found.surplus_before_fen + found.effect_fen == found.surplus_fen
    if found.verdict == BalanceVerdict.ALLOWED:
        assert spent <= income
    if found.verdict == BalanceVerdict.DEFICIT:
        assert spent > income


@given(RATE, FEN, FEN)
def test_less_outside_the_catalogue_never_turns_worse(line_bp, off_list, total):
    params = UseLineParams(off_list_at_most_bp=line_bp)
    off_list = min(off_list, total)
    more = off_list_share(params, off_list_fen=off_list, total_fen=total, in_county=1)
    less = off_list_share(params, off_list_fen=off_list // 2, total_fen=total, in_county=1)
    assert less.share_bp <= more.share_bp <= WHOLE_BP
    assert more.verdict != UseVerdict.WITHIN or less.verdict == UseVerdict.WITHIN
    assert procured_share(params, procured_fen=off_list, same_products_fen=total).verdict in (
        UseVerdict.NO_LINE,
        UseVerdict.NOTHING_TO_MEASURE,
    )


@given(st.integers(WHOLE_BP, 5 * WHOLE_BP), st.integers(1, 10**9), st.integers(1, 10**6))
def test_the_mean_itself_is_never_past_the_line(line_bp, part, whole):
    found = against_peers(
        ReasonableUseParams(line_bp), part=part, whole=whole, peers_part=part * 7, peers_whole=whole * 7
    )
    assert found.of_peers_bp == WHOLE_BP
    assert found.verdict == UseVerdict.WITHIN


@given(FLAG, FLAG, FLAG, st.integers(0, 5), st.integers(0, 20))
def test_only_what_is_added_here_can_be_off_the_list(in_area, in_national, same, kind, on_day):
    params = DrugScopeParams(supplements_end_day=10, local_kinds=(0, 0, 1, 1, 1, 1))

    def on(day):
        return drug_scope(
            params, in_area=in_area, in_national=in_national, is_same_terms=same, kind=kind, day=day
        )

    if on(on_day) == DrugScope.OFF_LIST:
        assert (in_area, in_national) == (1, 0)
        assert on(on_day + 1) == DrugScope.OFF_LIST
