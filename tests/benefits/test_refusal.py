"""Refusals: every one has words, a clause and a way on; the first reason is the one given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.benefits.refusals import REFUSAL_WORDS
from yibao.benefits.rules.refusal import refusal_of_person
from yibao.benefits.terms import Exclusion, Refusal

YES_NO = st.integers(0, 1)


def test_every_refusal_has_words_a_clause_and_a_remedy():
    assert set(REFUSAL_WORDS) == set(Refusal) - {Refusal.NONE}
    for words in REFUSAL_WORDS.values():
        assert all(words[:4])


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
