"""A person's year: reversals restore it, adjustments bring it to what a replay gives, and nobody is paid past a cap.

carries_out: BEN-11, BEN-13
"""

from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.assistance.terms import Category
from yibao.benefits.terms import CarePath, Exclusion, Refusal, VisitKind
from yibao.engine.terms import NO_CELL, NOTHING_YET, Claim, ReversalParams, SettlementParams
from yibao.engine.year import (
    AlreadyPosted,
    Filed,
    LaterOnesStand,
    NotPosted,
    Payer,
    advance,
    opened,
    paid_fen,
    recompute,
    reverse,
    settle,
    settle_in_order,
    turned,
)
from yibao.kernel.days import day_number, day_of
from yibao.kernel.money import UNREACHED_FEN
from yibao.packs.policies import policies
from yibao.packs.settlement import settlement_periods

pytestmark = pytest.mark.property

FIRST, LAST = date(2022, 1, 1), date(2022, 12, 31)
EARLIER_TOO = ReversalParams(allows_earlier=1)
LAST_ONLY = ReversalParams(allows_earlier=0)
AMOUNTS = st.one_of(st.integers(0, 30_000), st.integers(0, 3_000_000), st.integers(0, 30_000_000))
PEOPLE = st.sampled_from(
    [Category.ORDINARY, Category.EXTREME_POVERTY, Category.SUBSISTENCE_ALLOWANCE, Category.EDGE_OF_POVERTY]
)


@cache
def periods():
    return settlement_periods(policies().area("140100"), FIRST, LAST)


def taiyuan(day: int) -> SettlementParams:
    """The terms of Taiyuan in 2022, which change within the year."""
    return next(p.params for p in periods() if p.first_day <= day_of(day) <= p.last_day)


def crowded(day: int) -> SettlementParams:
    """The same with every option turned the other way and caps so low that a few claims reach them."""
    params = taiyuan(day)
    return params._replace(
        hospital=params.hospital._replace(referral_keeps_deductible=1),
        basic_cap=params.basic_cap._replace(annual_cap_fen=(1_500_000, 1_600_000)),
        maternity=params.maternity._replace(excess_to_hospital=1),
        catastrophic=tuple(
            terms._replace(
                deductible_fen=300_000, annual_cap_fen=500_000, counts_initial_self_pay=1, counts_outpatient=1
            )
            for terms in params.catastrophic
        ),
        direct=tuple(
            terms._replace(annual_cap_fen=min(terms.annual_cap_fen, 400_000), counts_outpatient=1)
            for terms in params.direct
        ),
        top_up=params.top_up._replace(deductible_fen=50_000, annual_cap_fen=200_000, uses_assistance_cap=1),
        chronic=params.chronic._replace(
            annual_quota_fen=(90_000,) * 64,
            further_quota_fen=10_000,
            deductible_fen=20_000,
            as_hospital=(0, 0, 1) + (0,) * 61,
        ),
        pooling=params.pooling._replace(annual_cap_fen=(23_000, 30_000)),
        special_funds=params.special_funds._replace(share_bp=(-1, 5_000, 10_000), layers_first=(1, 1, 0)),
    )


TERMS = st.sampled_from([taiyuan, crowded])


@st.composite
def a_claim(draw, category: int) -> Claim:
    kind = draw(st.sampled_from(list(VisitKind)))
    day = draw(st.integers(day_number(FIRST), day_number(LAST)))
    places = {VisitKind.CHRONIC: 4, VisitKind.TWO_DISEASES: 3}
    return Claim(
        kind=kind,
        day=day,
        month=day_of(day).month - 1,
        institution_class=draw(st.integers(0, 6)),
        care_path=draw(st.sampled_from(list(CarePath))),
        category=category,
        covered=int(draw(st.integers(0, 20)) > 0),
        waiting=0,
        exclusion=Exclusion.NONE,
        designated=1,
        in_county=int(draw(st.integers(0, 9)) > 0),
        first_choice=1,
        certified=1,
        contracted=draw(st.integers(0, 1)),
        continues_episode=draw(st.integers(0, 1)),
        properly_referred=draw(st.integers(0, 1)),
        disease=draw(st.integers(0, places.get(kind, 1) - 1)),
        slot=draw(st.integers(0, 3)),
        delivery=draw(st.integers(0, 1)),
        own_expense_fen=draw(AMOUNTS),
        over_standard_fen=draw(st.integers(0, 50_000)),
        initial_self_pay_fen=draw(st.integers(0, 500_000)),
        class_a_fen=draw(AMOUNTS),
        class_b_fen=draw(AMOUNTS),
        tier=0,
        age=draw(st.sampled_from([5, 14, 15, 40])),
        disease_tags=draw(st.integers(0, 15)),
        special_fund=max(draw(st.integers(-6, 2)), 0),
    )


@st.composite
def years(draw, least: int = 0):
    """The claims of one person, in order of settlement, which need not be the order of service."""
    category = draw(PEOPLE)
    claims = draw(st.lists(a_claim(category), min_size=least, max_size=8))
    return tuple(Filed(f"c{at}", claim) for at, claim in enumerate(claims))


def settled(terms_of, filed):
    year = opened()
    for one in filed:
        year = settle(terms_of, year, one)
    return year


def owed(year, claim_id: str) -> tuple[int, ...]:
    return tuple(paid_fen(year, claim_id, payer) for payer in Payer)


@given(TERMS, years(least=1))
def test_reversing_the_last_settlement_restores_the_year_exactly(terms_of, filed):
    before = settled(terms_of, filed[:-1])
    after = reverse(
        LAST_ONLY, terms_of, settle(terms_of, before, filed[-1]), filed[-1].claim_id, reversal_id="r"
    )
    assert after.so_far == before.so_far
    assert after.standing == before.standing
    assert after.adjustments == ()
    assert owed(after, filed[-1].claim_id) == (0,) * 6
    assert after.postings[-1].payers == tuple(-fen for fen in after.postings[-2].payers)


@given(TERMS, years(least=1))
def test_reversing_all_from_the_last_leaves_nothing(terms_of, filed):
    year = settled(terms_of, filed)
    for at, one in enumerate(reversed(filed)):
        year = reverse(LAST_ONLY, terms_of, year, one.claim_id, reversal_id=f"r{at}")
    assert year.so_far == NOTHING_YET
    assert year.adjustments == ()
    assert not year.standing


@given(TERMS, years(least=2), st.data())
def test_reversing_an_earlier_one_with_adjustments_is_the_year_without_it(terms_of, filed, data):
    gone = data.draw(st.integers(0, len(filed) - 1))
    posted = settled(terms_of, filed)
    year = reverse(EARLIER_TOO, terms_of, posted, filed[gone].claim_id, reversal_id="r")
    without = settled(terms_of, filed[:gone] + filed[gone + 1 :])
    assert year.postings[: len(posted.postings)] == posted.postings
    assert year.so_far == without.so_far
    assert owed(year, filed[gone].claim_id) == (0,) * 6
    for one in without.standing:
        assert owed(year, one.claim_id) == owed(without, one.claim_id)
    assert all(adjustment.claim_id != filed[gone].claim_id for adjustment in year.adjustments)


@given(TERMS, years(least=3), st.data())
def test_several_late_events_still_add_up_to_the_replay(terms_of, filed, data):
    gone = data.draw(st.lists(st.sampled_from(filed), min_size=1, max_size=3, unique=True))
    category = data.draw(PEOPLE)
    amended = {
        one.claim_id: one.claim._replace(category=category, covered=1)
        for one in filed
        if one not in gone and data.draw(st.booleans())
    }
    year = recompute(terms_of, settled(terms_of, filed), amended)
    for at, one in enumerate(gone):
        year = reverse(EARLIER_TOO, terms_of, year, one.claim_id, reversal_id=f"r{at}")
    kept = [one._replace(claim=amended.get(one.claim_id, one.claim)) for one in filed if one not in gone]
    replayed = settled(terms_of, kept)
    assert year.so_far == replayed.so_far
    for one in filed:
        assert owed(year, one.claim_id) == owed(replayed, one.claim_id)
    later = Filed("later", filed[0].claim)
    assert (
        settle(terms_of, year, later).postings[-1].payers
        == settle(terms_of, replayed, later).postings[-1].payers
    )


@given(TERMS, years())
def test_seven_payers_sum_to_the_total_and_none_is_negative(terms_of, filed):
    for (_, settlement), one in zip(settle_in_order(terms_of, filed), filed, strict=True):
        claim = one.claim
        assert sum(settlement.payers) == settlement.total_fen
        assert settlement.total_fen == (
            claim.own_expense_fen
            + claim.over_standard_fen
            + claim.initial_self_pay_fen
            + claim.class_a_fen
            + claim.class_b_fen
        )
        assert min(settlement.payers) >= 0
        if settlement.refusal != Refusal.NONE:
            assert settlement.payers.person_fen == settlement.total_fen
        if claim.initial_self_pay_fen == 0 and claim.special_fund == 0:
            assert settlement.payers.person_fen >= claim.own_expense_fen + claim.over_standard_fen


@given(TERMS, years())
def test_no_cap_of_the_year_is_exceeded(terms_of, filed):
    year = settled(terms_of, filed)
    if not filed:
        return
    so_far = year.so_far
    params = terms_of(day_number(LAST))
    category = filed[0].claim.category
    assert so_far.basic_capped_fen <= params.basic_cap.annual_cap_fen[0]
    assert so_far.pooling_paid_fen <= params.pooling.annual_cap_fen[0]
    assert so_far.special_deductible_fen <= max(params.hospital.deductible_fen)
    assert so_far.chronic_deductible_fen <= params.chronic.deductible_fen
    assert so_far.catastrophic_paid_fen <= params.catastrophic[category].annual_cap_fen
    assert so_far.assistance_paid_fen <= params.direct[category].annual_cap_fen
    assert so_far.top_up_paid_fen <= params.top_up.annual_cap_fen
    for disease, quota_fen in enumerate(params.two_diseases.annual_quota_fen):
        assert so_far.quota_paid_fen[48 + disease] <= max(quota_fen, 0)
    assert so_far.quota_paid_fen[NO_CELL] == 0
    assert max(so_far.quota_paid_fen) < UNREACHED_FEN


@given(TERMS, years())
def test_the_limit_of_a_day_holds_where_claims_come_in_order_of_service(terms_of, filed):
    in_order = sorted(filed, key=lambda one: one.claim.day)
    by_day: dict[int, int] = {}
    for (_, settlement), one in zip(settle_in_order(terms_of, in_order), in_order, strict=True):
        by_day[one.claim.day] = by_day.get(one.claim.day, 0) + settlement.basic.pooling.pays_fen
        assert by_day[one.claim.day] <= terms_of(one.claim.day).pooling.daily_cap_fen


@given(TERMS, years())
def test_the_same_order_gives_the_same_year(terms_of, filed):
    assert settled(terms_of, filed) == settled(terms_of, filed)
    replayed = recompute(terms_of, settled(terms_of, filed), {})
    assert replayed.adjustments == ()
    assert replayed.so_far == settled(terms_of, filed).so_far


@given(TERMS, years(least=1))
def test_a_change_and_its_turn_cancel(terms_of, filed):
    for before, settlement in settle_in_order(terms_of, filed):
        assert advance(advance(before, settlement.change), turned(settlement.change)) == before


def stay(category: int = Category.ORDINARY) -> Claim:
    """A stay of 20,000 yuan in scope at a grade-3A hospital on 30 June 2022."""
    return Claim(
        kind=VisitKind.HOSPITAL, day=day_number(date(2022, 6, 30)), month=5, institution_class=5,
        care_path=CarePath.LOCAL, category=category, covered=1, waiting=0, exclusion=0, designated=1, in_county=1,
        first_choice=1, certified=0, contracted=0, continues_episode=0, properly_referred=0, disease=0, slot=0,
        delivery=0, own_expense_fen=0, over_standard_fen=0, initial_self_pay_fen=0, class_a_fen=2_000_000, class_b_fen=0,
    )  # fmt: skip


def test_a_back_dated_category_is_paid_out_as_an_adjustment():
    year = settle(taiyuan, opened(), Filed("a", stay()))
    # (20,000 - 1,000) x 60% = 11,400 by the basic fund; 8,600 left; nothing from catastrophic below 10,000.
    assert year.postings[0].payers == (1_140_000, 0, 0, 0, 0, 0, 860_000)
    later = recompute(taiyuan, year, {"a": stay(Category.EDGE_OF_POVERTY)})
    # (8,600 - 2,743) x 70% = 4,099.90, payable to the person.
    assert [(a.claim_id, a.payer, a.difference_fen) for a in later.adjustments] == [
        ("a", Payer.ASSISTANCE, 409_990)
    ]
    assert later.postings == year.postings
    undone = reverse(LAST_ONLY, taiyuan, later, "a", reversal_id="r")
    # What was paid out after the fact comes back too.
    assert undone.adjustments[-1].difference_fen == -409_990
    assert undone.so_far == NOTHING_YET


def test_reversing_the_first_stay_makes_the_second_the_first():
    year = settle(taiyuan, settle(taiyuan, opened(), Filed("a", stay())), Filed("b", stay()))
    # The second stay bears half the deductible: (20,000 - 500) x 60% = 11,700, and 6,900 of the year's 16,900 lie over
    # the catastrophic line: (8,600 + 8,300 - 10,000) x 75% = 5,175.
    assert year.postings[1].payers[:2] == (1_170_000, 517_500)
    after = reverse(EARLIER_TOO, taiyuan, year, "a", reversal_id="r")
    assert [(a.claim_id, a.payer, a.difference_fen) for a in after.adjustments] == [
        ("b", Payer.BASIC, -30_000),
        ("b", Payer.CATASTROPHIC, -517_500),
    ]
    assert after.so_far.stays == 1


def test_what_may_not_be_reversed_says_why():
    year = settle(taiyuan, settle(taiyuan, opened(), Filed("a", stay())), Filed("b", stay()))
    with pytest.raises(LaterOnesStand, match="b"):
        reverse(LAST_ONLY, taiyuan, year, "a", reversal_id="r")
    with pytest.raises(NotPosted, match="c"):
        reverse(LAST_ONLY, taiyuan, year, "c", reversal_id="r")
    with pytest.raises(AlreadyPosted, match="a"):
        reverse(LAST_ONLY, taiyuan, year, "b", reversal_id="a")
    with pytest.raises(AlreadyPosted, match="a"):
        settle(taiyuan, year, Filed("a", stay()))
    twice = reverse(LAST_ONLY, taiyuan, year, "b", reversal_id="r")
    with pytest.raises(NotPosted, match="b"):
        reverse(LAST_ONLY, taiyuan, twice, "b", reversal_id="r2")


def test_the_second_visit_of_a_day_has_what_the_first_left_and_yesterday_does_not_count():
    def visit(name: str, day: int, class_a_fen: int) -> Filed:
        facts = stay()._replace(
            kind=VisitKind.OUTPATIENT, day=day_number(date(2022, 11, day)), month=10, institution_class=0,
            class_a_fen=class_a_fen,
        )  # fmt: skip
        return Filed(name, facts)

    # 60 % at a grass-roots institution: 30 yuan of 50 on the 7th; 24, then 26 of 30, then nothing on the 8th.
    visits = [visit("a", 7, 5_000), visit("b", 8, 4_000), visit("c", 8, 5_000), visit("d", 8, 5_000)]
    year = settled(taiyuan, visits)
    assert [posting.payers.basic_fen for posting in year.postings] == [3_000, 2_400, 2_600, 0]
    assert (year.so_far.pooling_day_paid_fen, year.so_far.pooling_paid_fen) == (5_000, 8_000)
