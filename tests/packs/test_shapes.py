"""How figures of an entry become params: one figure for a whole list, a list of codes, a category as a value."""

from datetime import date

import pytest

from yibao.assistance.terms import Category
from yibao.benefits.params import BasicCapParams, ChronicParams, HospitalParams
from yibao.financing.params import EnrolmentAidParams
from yibao.kernel.money import UNREACHED_FEN
from yibao.kernel.shapes import NOT_ON_FILE
from yibao.packs.build import EntryUnreadable, params
from yibao.packs.policies import policies

PACK = (
    'code: "990100"\nname: {zh: 某市}\n'
    "institution_classes: [{code: low, label: 低}, {code: high, label: 高}]\n"
    "chronic_diseases: [{code: one, label: 甲}, {code: two, label: 乙}, {code: three, label: 丙}]\n"
    'contribution_tiers: [{code: "1", label: 一档}, {code: "2", label: 二档}]\n'
)
SOURCED = "    source: 某文件\n    standing: official\n"


def built(write, kind, section: str, key: str, values: str, pack: str = PACK):
    """The params of an entry with these lines."""
    text = f"{key}:\n  2022-01-01:\n{values}{SOURCED}"
    found = policies(write({"990100_city/pack.yaml": pack, f"990100_city/{section}.yaml": text})).area(
        "990100"
    )
    return params(kind, found.entry(section, key, date(2022, 6, 1)), found)


COUNTS = "    counts_chronic: true\n    counts_maternity: false\n"


def test_one_figure_is_that_of_every_code_of_the_list(write):
    cap = built(write, BasicCapParams, "benefits", "basic_cap", "    annual_cap: 7 万元\n" + COUNTS)
    assert cap.annual_cap_fen == (7_000_000, 7_000_000)


def test_figures_by_code_stand_where_their_code_does(write):
    values = '    annual_cap: {"2": 12 万元, "1": 8 万元}\n' + COUNTS
    cap = built(write, BasicCapParams, "benefits", "basic_cap", values)
    assert cap.annual_cap_fen == (8_000_000, 12_000_000)


def test_one_figure_fills_every_place_where_there_is_no_list(write):
    pack = 'code: "990100"\nname: {zh: 某市}\n'
    cap = built(write, BasicCapParams, "benefits", "basic_cap", "    annual_cap: 不设\n" + COUNTS, pack)
    assert cap.annual_cap_fen == (UNREACHED_FEN, UNREACHED_FEN)


def test_one_figure_goes_no_further_than_the_list(write):
    chronic = built(
        write, ChronicParams, "benefits", "chronic_special", "    rate: 60%\n    as_hospital: [three]\n"
    )
    assert chronic.rate_bp[:5] == (6_000, 6_000, 6_000, NOT_ON_FILE, NOT_ON_FILE)
    assert chronic.as_hospital[:4] == (0, 0, 1, 0)
    assert (chronic.annual_quota_fen[2], chronic.further_quota_fen) == (UNREACHED_FEN, NOT_ON_FILE)


def test_a_written_table_leaves_out_whom_it_does_not_name(write):
    values = "    rate: 60%\n    annual_quota: {one: 1000 元}\n"
    chronic = built(write, ChronicParams, "benefits", "chronic_special", values)
    assert chronic.annual_quota_fen[:3] == (100_000, NOT_ON_FILE, NOT_ON_FILE)


def test_a_code_that_no_list_has_is_named(write):
    with pytest.raises(EntryUnreadable, match=r"as_hospital 没有 'four'；可用：one、two、three"):
        built(write, ChronicParams, "benefits", "chronic_special", "    rate: 60%\n    as_hospital: [four]\n")


def test_terms_for_tiers_and_children_may_be_left_out_or_written(write):
    plain = "    deductible: {low: 100 元}\n    rate: {low: 80%}\n    repeat: [100%]\n    referral_keeps_deductible: false\n"
    without = built(write, HospitalParams, "benefits", "hospital", plain)
    assert (without.tier_bonus_bp, without.child_below_age, without.child_deductible_bp) == (
        (0, 0),
        0,
        10_000,
    )
    assert without.repeat_class == (1,) * 12


def test_they_are_read_where_written(write):
    values = (
        "    deductible: {low: 100 元}\n    rate: {low: 80%}\n    repeat: [100%, 50%]\n    referral_keeps_deductible: false\n"
        '    tier_bonus: {"2": 5 个百分点}\n    child_below_age: 18\n    child_bonus: 5%\n    child_deductible: 50%\n'
        "    repeat_class: {low: false}\n"
    )
    read = built(write, HospitalParams, "benefits", "hospital", values)
    assert (read.tier_bonus_bp, read.child_below_age, read.child_bonus_bp) == ((0, 500), 18, 500)
    assert (read.child_deductible_bp, read.repeat_class[:3]) == (5_000, (0, 1, 1))


def test_a_category_may_be_a_value(write):
    values = (
        "    assistance_fund: {SUBSISTENCE_ALLOWANCE: 280 元}\n    municipal: {}\n    county: {}\n    order: {}\n"
        "    household_category: {UNSTABLE_EXIT: SUBSISTENCE_ALLOWANCE}\n"
    )
    aid = built(write, EnrolmentAidParams, "financing", "enrolment_aid", values)
    assert aid.household_category[Category.UNSTABLE_EXIT] == Category.SUBSISTENCE_ALLOWANCE
    assert aid.household_category[Category.EDGE_OF_POVERTY] == Category.ORDINARY
