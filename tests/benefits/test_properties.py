"""What must hold of benefits whatever the terms: nobody is paid more than the cost, and parts add up over the year.

carries_out: BEN-02, BEN-09, BEN-10, FND-05
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.benefits.params import ChronicParams, HospitalParams, SpecialFundsParams
from yibao.benefits.rules.chronic_special import chronic_benefit
from yibao.benefits.rules.hospital import band_rate_bp, hospital_benefit
from yibao.benefits.rules.special_funds import special_fund_payment
from yibao.benefits.rules.stay_deductible import stay_deductible_fen
from yibao.benefits.terms import SpecialFund
from yibao.kernel.money import UNREACHED_FEN, WHOLE_BP

pytestmark = pytest.mark.property

SHARES = st.integers(0, WHOLE_BP)
COSTS = st.one_of(st.integers(0, 200_000), st.integers(0, 50_000_000))
AGES = st.integers(0, 127)


@st.composite
def tables(draw) -> HospitalParams:
    """A hospital table of one class and two bands, with any bonuses and shares."""
    rates = sorted(draw(st.lists(SHARES, min_size=2, max_size=2)))
    return HospitalParams(
        deductible_fen=(draw(st.integers(0, 200_000)),) * 12,
        band_from_fen=((0, draw(st.integers(1, 5_000_000))) + (UNREACHED_FEN,) * 6) * 12,
        band_rate_bp=(rates[0],) + (rates[1],) * 95,
        repeat_bp=tuple(draw(st.lists(SHARES, min_size=4, max_size=4))),
        path_rate_bp=(-1,) * 5,
        path_cut_bp=(draw(st.integers(0, 12_000)),) * 5,
        path_class=(-1,) * 5,
        referral_keeps_deductible=draw(st.integers(0, 1)),
        tier_bonus_bp=(0, draw(st.integers(0, 12_000))),
        child_below_age=draw(st.integers(0, 18)),
        child_bonus_bp=draw(st.integers(0, 12_000)),
        child_deductible_bp=draw(SHARES),
        repeat_class=(draw(st.integers(0, 1)),) * 12,
    )


def at(params: HospitalParams, in_scope_fen: int, **changed: int):
    """The benefit of a stay with these facts."""
    facts = dict(
        institution_class=0, care_path=0, tier=0, age=40, stays_before=0, continues_episode=0, year_stay=0,
        cost_before_fen=0, deductible_before_fen=0, in_scope_fen=in_scope_fen, cap_left_fen=UNREACHED_FEN,
    )  # fmt: skip
    return hospital_benefit(params, **{**facts, **changed})


@given(tables(), COSTS, st.integers(0, 1), AGES, st.integers(0, 5), st.integers(0, 1), COSTS)
def test_never_more_than_lies_above_the_deductible(params, cost_fen, tier, age, stays, year_stay, before_fen):
    found = at(
        params,
        cost_fen,
        tier=tier,
        age=age,
        stays_before=stays,
        year_stay=year_stay,
        cost_before_fen=before_fen * year_stay,
    )
    assert 0 <= found.pays_fen <= found.above_deductible_fen
    assert found.above_deductible_fen + found.deductible_used_fen == cost_fen


@given(tables(), st.integers(0, 1), AGES, st.integers(0, 7))
def test_no_rate_is_below_nothing_or_above_the_whole(params, tier, age, band):
    rate_bp = band_rate_bp(params, institution_class=0, care_path=0, tier=tier, age=age, band=band)
    assert 0 <= rate_bp <= WHOLE_BP


@given(tables(), AGES, st.integers(0, 5))
def test_a_deductible_is_never_halved_twice(params, age, stays):
    def borne(age: int, stays: int) -> int:
        return stay_deductible_fen(
            params,
            institution_class=0,
            care_path=0,
            age=age,
            stays_before=stays,
            continues_episode=0,
            year_stay=0,
            deductible_before_fen=0,
        )

    first = params._replace(repeat_bp=(WHOLE_BP,) * 4)
    as_child_alone = at(first, 10**9, age=age).deductible_fen
    as_later_stay_alone = borne(127, stays)
    assert borne(age, stays) == min(as_child_alone, as_later_stay_alone)


@given(tables(), st.lists(COSTS, min_size=1, max_size=6), AGES)
def test_a_special_disease_pays_the_same_however_the_year_is_cut_but_for_a_fen_a_claim(params, costs, age):
    whole = at(params, sum(costs), age=age, year_stay=1)
    paid_fen = cost_fen = borne_fen = 0
    for one_fen in costs:
        found = at(
            params,
            one_fen,
            age=age,
            year_stay=1,
            cost_before_fen=cost_fen,
            deductible_before_fen=borne_fen,
        )
        paid_fen += found.pays_fen
        borne_fen += found.deductible_used_fen
        cost_fen += one_fen
    assert borne_fen == whole.deductible_used_fen
    assert abs(paid_fen - whole.pays_fen) <= len(costs)


@st.composite
def chronic_terms(draw) -> ChronicParams:
    """Terms of two quota diseases and one settled as a stay."""
    quotas = draw(st.tuples(*[st.integers(0, 500_000)] * 3))
    return ChronicParams(
        rate_bp=tuple(draw(st.tuples(SHARES, SHARES, SHARES))) + (-1,) * 61,
        annual_quota_fen=quotas + (-1,) * 61,
        further_quota_fen=draw(st.one_of(st.just(-1), st.integers(0, 50_000))),
        most_quota_fen=draw(st.integers(0, 800_000)),
        deductible_fen=draw(st.integers(0, 50_000)),
        as_hospital=(0, 0, 1) + (0,) * 61,
    )


@given(chronic_terms(), st.lists(st.tuples(st.integers(0, 1), COSTS), max_size=8), st.integers(0, 7))
def test_chronic_diseases_keep_to_their_limits_and_bear_one_deductible(params, claims, tags):
    paid = [0, 0]
    borne_fen = 0
    for disease, cost_fen in claims:
        found = chronic_benefit(
            params,
            disease=disease,
            disease_tags=tags,
            institution_class=0,
            in_scope_fen=cost_fen,
            deductible_before_fen=borne_fen,
            paid_in_month_fen=0,
            paid_in_year_fen=paid[disease],
            paid_for_all_fen=sum(paid),
            cap_left_fen=UNREACHED_FEN,
        )
        assert 0 <= found.pays_fen <= cost_fen - found.deductible_used_fen
        paid[disease] += found.pays_fen
        borne_fen += found.deductible_used_fen
    assert borne_fen <= params.deductible_fen
    if params.further_quota_fen >= 0:
        assert sum(paid) <= max(params.annual_quota_fen[:2]) + params.further_quota_fen
        assert sum(paid) <= params.most_quota_fen
    else:
        assert all(fen <= quota for fen, quota in zip(paid, params.annual_quota_fen[:2], strict=True))


@given(SHARES, COSTS, st.sampled_from(SpecialFund))
def test_a_special_fund_never_pays_more_than_the_person_would_bear(share_bp, cost_fen, fund):
    params = SpecialFundsParams(share_bp=(-1, share_bp, share_bp))
    found = special_fund_payment(params, fund=fund, would_bear_fen=cost_fen)
    assert 0 <= found.pays_fen <= cost_fen
    assert fund != SpecialFund.NONE or found.pays_fen == 0
