"""Indicators of a year reckoned by head, and how a value is held against its target.

carries_out: BEN-02, BEN-03, AID-02, FIN-09, FIN-16, ENR-09, ORG-02
"""

from fractions import Fraction

import pyarrow as pa
import pytest

from yibao.assessment import measures
from yibao.assessment.indicators import MEASURES, indicators
from yibao.assessment.measures import placed
from yibao.assessment.terms import Comparison, Target, Unit, Verdict
from yibao.kernel.standing import Standing
from yibao.simulate.tables import INSTITUTIONS


def target(
    measure: str, comparison: Comparison, wanted: Fraction, unit: Unit = Unit.SHARE, key: str = "key"
) -> Target:
    return Target(
        key, "TY-0", "目标", measure, comparison, unit, wanted, (), "entry", "cite", int(Standing.NOTICE)
    )


def value(year, measure: str, key: str = "key", at: int = 0) -> Fraction:
    wanted = target(measure, Comparison.AT_LEAST, Fraction(0), key=key)
    return indicators(year, [wanted])[at].value


def test_in_scope_share_counts_the_basic_fund_alone(year):
    assert value(year, "in_scope_share") == Fraction(32_800, 57_600)


def test_county_share_leaves_out_city_hospitals_and_other_provinces(year):
    assert value(year, "in_county_in_scope_share") == Fraction(8_800, 11_600)


def test_out_of_catalogue_share_is_own_expense_of_all_care_in_the_county(year):
    assert value(year, "in_county_off_list_share") == Fraction(1_210, 14_100)


def test_combined_share_is_of_low_income_stays_inside_the_province(year):
    assert value(year, "combined_share", at=0) == Fraction(9, 10)
    assert value(year, "combined_share", at=1) == Fraction(3_240, 3_600)


def test_catastrophic_share_is_of_contributions_and_subsidies(year):
    assert value(year, "catastrophic_transfer_share") == Fraction(31_680, 4 * 99_000)


def test_only_covered_people_count_for_aid_and_all_certified_ones_for_enrolment(year):
    assert value(year, "aided_share") == Fraction(1, 2)
    assert value(year, "enrolled_share", key="key_groups_enrolled") == Fraction(2, 3)
    assert value(year, "aid_per_person", key="aid_subsistence_allowance") == 28_000


def test_subsidy_and_contribution_are_a_person(year):
    assert value(year, "subsidy_per_person") == 64_000
    assert value(year, "contribution_per_person") == 35_000


def test_a_refused_claim_is_in_no_indicator(year):
    assert value(year, "pooling_daily_cap") == 4_400
    assert year.claims.height == 5


@pytest.mark.parametrize(
    ("comparison", "wanted", "verdict"),
    [
        (Comparison.AT_LEAST, Fraction(8_800, 11_600), Verdict.MET),
        (Comparison.AT_LEAST, Fraction(8_801, 11_600), Verdict.NOT_MET),
        (Comparison.AT_MOST, Fraction(8_799, 11_600), Verdict.NOT_MET),
        (Comparison.ABOUT, Fraction(8_800, 11_600) + Fraction(5, 100), Verdict.MET),
        (Comparison.ABOUT, Fraction(8_800, 11_600) + Fraction(501, 10_000), Verdict.NOT_MET),
        (Comparison.EQUALS, Fraction(8_800, 11_600), Verdict.MET),
    ],
)
def test_a_value_is_held_against_its_target_exactly(year, comparison, wanted, verdict):
    (found,) = indicators(year, [target("in_county_in_scope_share", comparison, wanted)])
    assert found.verdict == verdict


def test_a_subsidy_above_the_printed_standard_reaches_it(year):
    (found,) = indicators(year, [target("subsidy_per_person", Comparison.EQUALS, Fraction(61_000), Unit.FEN)])
    assert (found.verdict, found.comparison) == (Verdict.MET, Comparison.AT_LEAST)


def test_a_limit_is_kept_when_what_was_paid_stays_below_it(year):
    (kept,) = indicators(year, [target("pooling_daily_cap", Comparison.EQUALS, Fraction(5_000), Unit.FEN)])
    (broken,) = indicators(year, [target("pooling_daily_cap", Comparison.EQUALS, Fraction(4_399), Unit.FEN)])
    assert (kept.verdict, broken.verdict) == (Verdict.MET, Verdict.NOT_MET)


def test_funding_rounded_to_the_fen_does_not_miss_its_share(year):
    short = year._replace(catastrophic_funding_fen=31_679)
    wanted = target("catastrophic_transfer_share", Comparison.AT_LEAST, Fraction(3_168_040, 39_600_000))
    assert indicators(year, [wanted])[0].verdict == Verdict.MET
    assert indicators(short, [wanted])[0].verdict == Verdict.NOT_MET


def test_nothing_to_measure_is_neither_met_nor_missed(year):
    nobody = year._replace(claims=year.claims.clear())
    (found,) = indicators(nobody, [target("in_scope_share", Comparison.AT_LEAST, Fraction(1, 2))])
    assert (found.verdict, found.value) == (Verdict.NOTHING_TO_MEASURE, 0)


def test_a_target_that_tables_cannot_answer_gives_no_indicator(year):
    assert indicators(year, [target("vbp_drugs", Comparison.AT_LEAST, Fraction(350))]) == []


def test_every_measure_says_what_it_is_in_both_languages(year):
    wanted = [target(name, Comparison.AT_LEAST, Fraction(0)) for name in MEASURES]
    for found in indicators(year, wanted):
        assert all((found.measured.chinese, found.measured.english, found.measured.definition))
        assert found.measured.definition_english


def test_institutions_stand_with_the_largest_out_of_catalogue_share_first(year):
    rows = measures.off_list_by_institution(year).to_dicts()
    assert [(row["institution_code"], row["own_expense_fen"], row["total_fen"]) for row in rows] == [
        ("A", 121_000, 1_410_000)
    ]


@pytest.mark.parametrize(
    ("level", "run_by", "in_county", "outside"),
    [
        ("二级", "县级", True, False),
        ("二级", "不分", True, False),
        ("一级及以下", "乡镇村", True, False),
        ("三级", "不分", False, False),
        ("三级", "县级", True, False),
        ("三级", "省市级", False, False),
        ("不分", "省外", False, True),
    ],
)
def test_whose_an_institution_is(level, run_by, in_county, outside):
    row = {"institution_code": "A", "level": level, "administrative_level": run_by}
    found = placed(pa.Table.from_pylist([row], schema=INSTITUTIONS))
    assert found.select("in_county", "outside").row(0) == (in_county, outside)
