"""Refusals: every one has words, a clause and a way on; the first reason is the one given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.benefits.params import HospitalParams, PoolingParams
from yibao.benefits.refusals import REFUSAL_WORDS
from yibao.benefits.rules.refusal import refusal_of_hospital, refusal_of_person, refusal_of_pooling
from yibao.benefits.terms import Exclusion, Refusal
from yibao.packs.build import absent

YES_NO = st.integers(0, 1)


def test_every_refusal_has_words_a_clause_and_a_remedy():
    assert set(REFUSAL_WORDS) == set(Refusal) - {Refusal.NONE}
    for words in REFUSAL_WORDS.values():
        assert all(words[:4])


def test_an_area_without_terms_is_not_said_to_be_an_institution_without_the_benefit():
    stay = refusal_of_hospital(absent(HospitalParams), institution_class=0)
    visit = refusal_of_pooling(absent(PoolingParams), institution_class=0, in_county=1, first_choice=1)
    assert (stay, visit) == (Refusal.NOT_ON_FILE, Refusal.NOT_ON_FILE)
    assert REFUSAL_WORDS[Refusal.NOT_ON_FILE].chinese.startswith("政策中没有这项待遇")


@pytest.mark.property
@given(YES_NO, YES_NO, st.sampled_from(list(Exclusion)), YES_NO)
def test_settled_only_where_nothing_stands_against_it(covered, waiting, exclusion, designated):
    found = refusal_of_person(covered=covered, waiting=waiting, exclusion=exclusion, designated=designated)
    free = covered == 1 and waiting == 0 and exclusion is Exclusion.NONE and designated == 1
    assert (found == Refusal.NONE) == free
    if covered == 0:
        assert found == Refusal.NOT_COVERED
    elif waiting == 1:
        assert found == Refusal.WAITING_PERIOD
    elif exclusion is not Exclusion.NONE:
        assert Refusal(found).name.startswith(exclusion.name)
