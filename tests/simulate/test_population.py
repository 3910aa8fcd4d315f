"""The generated population and register: of the shape they should have, and the same for the same seed."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yibao.assistance.terms import Category
from yibao.benefits.terms import TwoDisease
from yibao.packs.policies import policies
from yibao.simulate.institutions import institutions
from yibao.simulate.population import population
from yibao.simulate.tables import INSTITUTIONS, PEOPLE

TAIYUAN = policies().area("140100")
SEEDS = st.integers(0, 2**32 - 1)


def frame(n, seed):
    return pl.from_arrow(population(TAIYUAN, n, seed, 2023, institutions(TAIYUAN, seed, 2023)))


def holds(category):
    return (pl.col("category_tags").cast(pl.Int64) & (1 << category)) != 0


@pytest.mark.property
@given(seed=SEEDS)
@settings(max_examples=8, deadline=None)
def test_a_seed_gives_the_same_people_and_another_gives_others(seed):
    one, again = population(TAIYUAN, 200, seed, 2023), population(TAIYUAN, 200, seed, 2023)
    assert one.schema == PEOPLE
    assert one.equals(again)
    assert not one.equals(population(TAIYUAN, 200, seed + 1, 2023))


@pytest.mark.property
@given(seed=SEEDS)
@settings(max_examples=8, deadline=None)
def test_days_and_certifications_make_sense(seed):
    people = frame(3_000, seed)
    assert people.null_count().select("born_on", "enrolled_on", "county_code").row(0) == (0, 0, 0)
    assert people["person_id"].n_unique() == people.height
    assert people.filter(pl.col("enrolled_on") < pl.col("born_on")).height == 0
    assert people.filter(pl.col("paid_on") < pl.col("enrolled_on")).height == 0
    assert people["born_on"].max() <= date(2023, 12, 31)
    slots = people.select(pl.col("^chronic_.$") >= 0).to_numpy()
    assert (slots[:, 1:] <= slots[:, :-1]).all()
    both = 2**TwoDisease.DIABETES_TYPE_1 | 2**TwoDisease.DIABETES_OTHER
    assert not ((people["two_diseases"].to_numpy() & both) == both).any()
    assert (people["category_tags"] & 1).sum() == 0
    assert people.filter((pl.col("group") == 1) != (pl.col("university") > 0)).height == 0


def test_every_situation_that_enrolment_knows_is_there():
    people = frame(100_000, 5)
    born_in_year = pl.col("born_on") >= date(2023, 1, 1)
    late = pl.col("paid_on") > date(2022, 12, 20)
    there = {
        "newborn": born_in_year & pl.col("paid_on").is_null(),
        "late": late,
        "late after employee cover": late & pl.col("employee_cover_ended_on").is_not_null(),
        "unpaid": ~born_in_year & pl.col("paid_on").is_null(),
        "in the window": pl.col("paid_on").is_between(date(2022, 9, 1), date(2022, 12, 20)),
        "residence permit": pl.col("residence_permit") == 1,
        "neither": (pl.col("residence_permit") == 0) & (pl.col("hukou_local") == 0) & (pl.col("group") == 0),
        "poor and disabled": holds(Category.SUBSISTENCE_ALLOWANCE) & holds(Category.SEVERELY_DISABLED),
        "poor and monitored": holds(Category.SUBSISTENCE_ALLOWANCE) & holds(Category.EDGE_OF_POVERTY),
        "two chronic diseases": pl.col("chronic_2") >= 0,
    }
    assert {name: people.filter(which).height > 0 for name, which in there.items()} == dict.fromkeys(
        there, True
    )
    assert set(range(1, 19)) == {c for c in range(24) if people.filter(holds(c)).height}
    assert people.filter(pl.col("paid_on").is_between(date(2022, 9, 1), date(2022, 12, 20))).height > 96_000


def test_exclusive_categories_are_held_one_at_a_time():
    tags = frame(30_000, 3)["category_tags"].to_numpy()
    ladder = ("EXTREME_POVERTY", "SUBSISTENCE_ALLOWANCE", "SUBSISTENCE_MARGIN", "ILLNESS_POVERTY")
    held = sum(((tags >> int(Category[name])) & 1) for name in ladder)
    assert held.max() == 1


def test_counties_follow_their_weights_and_the_countryside_is_rural():
    people = frame(50_000, 2).with_columns(pl.col("county_code").cast(pl.String))
    assert people["county_code"].n_unique() == 10
    rural = dict(people.group_by("county_code").agg(pl.col("rural").mean()).iter_rows())
    assert rural["140123"] > 0.8 > 0.2 > rural["140105"]


@pytest.mark.property
@given(seed=SEEDS)
@settings(max_examples=5, deadline=None)
def test_the_register_says_that_it_is_an_example_and_has_every_class(seed):
    register = institutions(TAIYUAN, seed, 2023)
    assert register.schema == INSTITUTIONS
    assert register.equals(institutions(TAIYUAN, seed, 2023))
    assert all(name.startswith("示例") for name in register["name"].to_pylist())
    codes = register["institution_code"].to_pylist()
    assert len(set(codes)) == len(codes)
    assert set(np.unique(register["institution_class"].to_numpy())) == set(
        range(len(TAIYUAN.listed("institution_classes")))
    )


def test_some_institutions_are_designated_for_part_of_the_year():
    many = [pl.from_arrow(institutions(TAIYUAN, seed, 2023)) for seed in range(10)]
    register = pl.concat(many)
    assert register.filter(pl.col("designated_from") > date(2023, 1, 1)).height > 0
    assert register.filter(pl.col("designated_to").is_not_null()).height > 0
    assert register.filter(pl.col("designated_to") < pl.col("designated_from")).height == 0
