"""Targets are read from the policy as it prints them, and only those of the year are held against it.

carries_out: ORG-02
"""

from datetime import date
from fractions import Fraction

import pytest

from yibao.assessment.terms import Comparison, Unit
from yibao.packs.policies import policies
from yibao.reports.targets import targets_of

YEAR_2023 = (date(2023, 1, 1), date(2023, 12, 31))


@pytest.fixture(scope="module")
def taiyuan():
    found = targets_of(policies().area("140100"), *YEAR_2023)
    return {target.key: target for target in found.measured}, found.others


def test_taiyuans_numbers_are_those_of_its_notice(taiyuan):
    targets, _ = taiyuan
    county_share = targets["in_county_in_scope_share"]
    assert (county_share.comparison, county_share.wanted) == (Comparison.ABOUT, Fraction(3, 4))
    assert targets["in_county_off_list_share"].wanted == Fraction(15, 100)
    assert targets["combined_share"].wanted == Fraction(80, 100)
    assert targets["catastrophic_funding_share"].wanted == Fraction(8, 100)
    assert targets["outpatient_limit_2023"].wanted == 25_000
    assert targets["outpatient_limit_2023"].unit == Unit.FEN


def test_a_limit_of_another_year_is_not_held_against_this_one(taiyuan):
    assert "outpatient_limit_2022" not in taiyuan[0]
    earlier = targets_of(policies().area("140100"), date(2022, 1, 1), date(2022, 12, 31))
    assert "outpatient_limit_2022" in {target.key for target in earlier.measured}
    assert "outpatient_limit_2023" not in {target.key for target in earlier.measured}


def test_targets_of_the_state_stand_after_the_citys_own(taiyuan):
    keys = list(taiyuan[0])
    assert keys.index("national_in_scope_share") > keys.index("key_groups_enrolled")


def test_a_target_no_table_can_answer_is_kept_for_the_list(taiyuan):
    assert "vbp_results" in {entry.key for entry in taiyuan[1]}
