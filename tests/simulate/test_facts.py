"""The facts of claims in columns are what a person would find claim by claim; the scalar rules are the witness."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yibao.assistance.params import RankingParams
from yibao.assistance.rules.category import settlement_category as by_rule
from yibao.benefits.terms import VisitKind
from yibao.engine.terms import OLDEST, Claim
from yibao.kernel.days import day_number
from yibao.kernel.shapes import CATEGORIES
from yibao.packs.policies import policies
from yibao.packs.settlement import settlement_periods, settlement_terms
from yibao.simulate.enrol import county_terms, enrol_people
from yibao.simulate.facts import claim_facts, cover, in_order, settlement_category
from yibao.simulate.tables import ENROLLED

TAIYUAN = policies().area("140100")
FIRST_DAY = date(2023, 1, 1)
TERMS = settlement_periods(TAIYUAN, FIRST_DAY, date(2023, 12, 31))
DAYS = st.none() | st.integers(0, 400).map(lambda n: date(2022, 12, 1) + timedelta(days=n))


def test_the_category_in_columns_is_the_rule_for_every_set_of_ranked_categories():
    ranking = settlement_terms(TAIYUAN, FIRST_DAY).ranking
    ranked = [category for category in ranking.ranked if category]
    sets = np.arange(2 ** len(ranked))
    tags = sum(((sets >> at) & 1) << category for at, category in enumerate(ranked))
    for others in (0, 1 << 9, (1 << 16) | (1 << 18) | 1):
        whole = tags | others
        expected = [by_rule(ranking, tags=int(one)) for one in whole]
        assert settlement_category(ranking, whole).tolist() == expected


@pytest.mark.property
@given(
    ranked=st.permutations(range(1, 19)).flatmap(lambda p: st.integers(0, 18).map(lambda n: p[:n])),
    tags=st.lists(st.integers(0, 2**CATEGORIES - 1), min_size=1, max_size=50),
)
def test_the_category_in_columns_is_the_rule_for_any_ranking(ranked, tags):
    ranking = RankingParams(ranked=tuple(ranked) + (0,) * (CATEGORIES - len(ranked)))
    expected = [by_rule(ranking, tags=one) for one in tags]
    assert settlement_category(ranking, np.array(tags, np.int32)).tolist() == expected


@pytest.mark.property
@given(
    rows=st.lists(st.tuples(st.integers(0, 1), DAYS, DAYS, DAYS), min_size=1, max_size=20),
    day=st.integers(0, 420),
)
def test_cover_and_waiting_hold_on_both_end_days(rows, day):
    on = date(2022, 11, 20) + timedelta(days=day)
    names = ("eligible", "covered_from", "covered_to", "waiting_to")
    table = pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], schema=ENROLLED)
    covered, waiting = cover(table, np.arange(len(rows)), np.full(len(rows), day_number(on)))
    for at, (eligible, first, last, waits) in enumerate(rows):
        inside = first is not None and last is not None and first <= on <= last
        assert covered[at] == (eligible == 1 and inside)
        assert waiting[at] == (waits is not None and on <= waits)


def age_on(born: date, day: date) -> int:
    return min(max(day.year - born.year - ((day.month, day.day) < (born.month, born.day)), 0), OLDEST)


def expected(claim, person, institution, enrolled, number):
    """One claim's facts as somebody would look them up."""
    served, kind = claim["served_on"], claim["kind"]
    slots = [person[f"chronic_{slot}"] for slot in range(1, 5)]
    chronic = kind == VisitKind.CHRONIC and claim["disease"] in slots
    drugs = kind == VisitKind.TWO_DISEASES and person["two_diseases"] >> claim["disease"] & 1
    terms = settlement_terms(TAIYUAN, served)
    class_pools = terms.params.pooling.class_a_rate_bp[institution["institution_class"]] >= 0
    no_pooling = kind == VisitKind.OUTPATIENT and class_pools and not institution["gives_pooling"]
    last = institution["designated_to"] or date.max
    first = enrolled["covered_from"]
    return {
        "kind": kind,
        "day": day_number(served),
        "month": served.month - 1,
        "institution_class": institution["institution_class"],
        "care_path": claim["care_path"],
        "category": by_rule(terms.ranking, tags=person["category_tags"]),
        "covered": int(
            enrolled["eligible"] and first is not None and first <= served <= enrolled["covered_to"]
        ),
        "waiting": int(enrolled["waiting_to"] is not None and served <= enrolled["waiting_to"]),
        "exclusion": claim["exclusion"],
        "designated": int(institution["designated_from"] <= served <= last and not no_pooling),
        "in_county": int(person["county_code"] == institution["county_code"]),
        "first_choice": int(person["first_choice"] == number),
        "certified": int(bool(chronic or drugs)),
        "contracted": person["contracted"],
        "continues_episode": claim["continues_episode"],
        "properly_referred": claim["properly_referred"],
        "disease": max(claim["disease"], 0),
        "slot": slots.index(claim["disease"]) if chronic else 0,
        "delivery": max(claim["delivery"], 0),
        "tier": person["tier"],
        "age": age_on(person["born_on"], served),
        "disease_tags": sum({1 << disease for disease in slots if disease >= 0}),
        "special_fund": claim["special_fund"],
        **{name: claim[name] for name in Claim._fields if name.endswith("_fen")},
    }


@pytest.mark.property
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=4, deadline=None)
def test_every_fact_is_what_one_would_look_up(generate, seed):
    people, register, claims = generate(250, seed)
    enrolled = enrol_people(county_terms(TAIYUAN, 2023, people), people)
    facts = claim_facts(TERMS, people, register, enrolled, claims, first_day=FIRST_DAY)
    persons, places, cover_of = people.to_pylist(), register.to_pylist(), enrolled.to_pylist()
    for claim, fact in zip(claims.to_pylist(), facts.to_pylist(), strict=True):
        at, place = claim["person"], claim["institution"]
        wanted = expected(claim, persons[at], places[place], cover_of[at], place)
        assert {name: fact[name] for name in wanted} == wanted
        assert set(wanted) == set(Claim._fields)
        assert (fact["claim_id"], fact["person"], fact["benefit_year"]) == (claim["claim_id"], at, 2023)


@pytest.mark.property
@given(seed=st.integers(0, 2**32 - 1), shuffle=st.integers(0, 2**32 - 1))
@settings(max_examples=5, deadline=None)
def test_claims_in_any_order_and_twice_over_are_sorted_not_refused(generate, seed, shuffle):
    claims = generate(200, seed)[2]
    twice = pa.concat_tables([claims, claims.slice(0, 5)])
    mixed = twice.take(pa.array(np.random.default_rng(shuffle).permutation(twice.num_rows)))
    ordered = in_order(mixed)
    key = list(zip(ordered["person"].to_pylist(), ordered["settled_at"].to_pylist(), strict=True))
    assert key == sorted(key)
    assert sorted(ordered["claim_id"].to_pylist()) == sorted(twice["claim_id"].to_pylist())
    assert in_order(claims).equals(claims)


def test_no_pooling_makes_an_institution_undesignated_only_where_its_class_may_give_it(generate):
    people, register, claims = generate(3_000, 2)
    enrolled = enrol_people(county_terms(TAIYUAN, 2023, people), people)
    column = register.column_names.index("gives_pooling")
    nobody = register.set_column(column, "gives_pooling", pa.array(np.zeros(register.num_rows, np.int8)))
    facts = claim_facts(TERMS, people, nobody, enrolled, claims, first_day=FIRST_DAY)
    outpatient = facts["kind"].to_numpy() == VisitKind.OUTPATIENT
    grass_roots = facts["institution_class"].to_numpy() == 0
    designated = facts["designated"].to_numpy()
    assert designated[outpatient & grass_roots].max() == 0
    assert designated[outpatient & (facts["institution_class"].to_numpy() == 5)].min() == 1
    assert designated[~outpatient].mean() > 0.98
