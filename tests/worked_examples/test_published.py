"""Five published settlements of other places and years, reproduced to the fen at every step that was printed.

Each has a small pack of the parameters that its source states, under `policies/` beside this page. Where a source gives what
an earlier layer paid without saying how, the amount is taken as given.

carries_out: BEN-02, BEN-04, BEN-08
"""

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from yibao.benefits.params import BasicCapParams, CatastrophicParams, HospitalParams, TwoDiseasesParams
from yibao.benefits.rules.catastrophic import CatastrophicBenefit, catastrophic_benefit
from yibao.benefits.rules.fee_line import fee_line
from yibao.benefits.rules.hospital import hospital_benefit
from yibao.benefits.rules.two_diseases import two_diseases_benefit
from yibao.benefits.terms import CarePath, ItemClass, TwoDisease
from yibao.engine.terms import OLDEST
from yibao.kernel.money import fen_of
from yibao.packs.build import params
from yibao.packs.policies import Policies, policies

FOLDER = Path(__file__).parent / "policies"


@cache
def packs() -> Policies:
    return policies(FOLDER)


def terms(kind, code: str, key: str, day: date):
    """The params of an example's entry."""
    area = packs().area(code)
    return params(kind, area.entry("benefits", key, day), area)


def catastrophic(code: str, day: date, *bases: str) -> list[CatastrophicBenefit]:
    """What catastrophic insurance pays toward a year's costs, one after the other."""
    stated = terms(CatastrophicParams, code, "catastrophic", day)
    found: list[CatastrophicBenefit] = []
    for base in bases:
        found.append(
            catastrophic_benefit(
                stated,
                base_before_fen=sum(one.base_fen for one in found),
                base_fen=fen_of(base),
                paid_before_fen=sum(one.pays_fen for one in found),
            )
        )
    return found


def test_a_stay_at_a_level_three_hospital_of_2023():
    """22,000 yuan, 1,500 off list and 500 of initial self-pay: (22,000 - 1,500 - 500 - 1,200) x 70 %."""
    lines = [
        fee_line(
            amount_fen=fen_of(amount),
            quantity=10_000,
            standard_fen=0,
            has_standard=0,
            item_class=item_class,
            initial_bp=initial_bp,
        )
        for amount, item_class, initial_bp in (
            ("1500", ItemClass.C, 0),
            ("5000", ItemClass.B, 1_000),
            ("15500", ItemClass.A, 0),
        )
    ]
    own_fen = sum(line.own_expense_fen for line in lines)
    initial_fen = sum(line.initial_self_pay_fen for line in lines)
    in_scope_fen = sum(line.in_scope_fen for line in lines)
    assert (own_fen, initial_fen, in_scope_fen) == (fen_of("1500"), fen_of("500"), fen_of("20000"))
    day = date(2023, 6, 1)
    cap = terms(BasicCapParams, "330200", "basic_cap", day)
    paid = hospital_benefit(
        terms(HospitalParams, "330200", "hospital", day),
        institution_class=0,
        care_path=CarePath.LOCAL,
        tier=0,
        age=OLDEST,
        stays_before=0,
        continues_episode=0,
        year_stay=0,
        cost_before_fen=0,
        deductible_before_fen=0,
        in_scope_fen=in_scope_fen,
        cap_left_fen=cap.annual_cap_fen[0],
    )
    assert paid.deductible_used_fen == fen_of("1200")
    assert paid.above_deductible_fen == fen_of("18800")
    assert paid.pays_fen == fen_of("13160")
    coinsurance_fen = paid.above_deductible_fen - paid.pays_fen
    assert coinsurance_fen == fen_of("5640")
    assert own_fen + initial_fen + paid.deductible_used_fen + coinsurance_fen == fen_of("8840")


def test_a_farmer_s_year_of_300_000_yuan_in_2014():
    """Bands on the year's cost, the deductible inside the first: 90,000 x 50 % and 70,000 x 60 %."""
    in_scope_fen, basic_fen = fen_of("270000"), fen_of("100000")
    assert in_scope_fen - basic_fen == fen_of("170000")
    first, rest = catastrophic("370000", date(2014, 6, 1), "100000", "70000")
    assert (first.pays_fen, rest.pays_fen) == (fen_of("45000"), fen_of("42000"))
    (paid,) = catastrophic("370000", date(2014, 6, 1), "170000")
    assert paid.pays_fen == fen_of("87000")
    assert basic_fen + paid.pays_fen == fen_of("187000")
    assert in_scope_fen - basic_fen - paid.pays_fen == fen_of("83000")
    assert fen_of("300000") - basic_fen - paid.pays_fen == fen_of("113000")


def test_a_year_with_bands_above_the_deductible_in_2018():
    """100,000 yuan, 40,000 paid by the basic fund, 10,000 off list: 20,000 x 30 % and 10,000 x 40 %."""
    left_fen = fen_of("100000") - fen_of("40000") - fen_of("10000")
    assert left_fen == fen_of("50000")
    (paid,) = catastrophic("990100", date(2018, 6, 1), "50000")
    assert paid.above_deductible_fen == fen_of("30000")
    first, rest = catastrophic("990100", date(2018, 6, 1), "40000", "10000")
    assert (first.pays_fen, rest.pays_fen) == (fen_of("6000"), fen_of("4000"))
    assert paid.pays_fen == fen_of("10000")


@pytest.mark.parametrize(
    "bases",
    [
        ["150000"],
        ["30000", "70000", "50000"],
        ["12000", "18000", "0.01", "69999.99", "50000"],
        ["49999.99", "50000.01", "50000"],
    ],
)
def test_three_bands_pay_the_same_however_the_year_is_cut_in_2024(bases):
    """18,000 x 60 %, 70,000 x 65 %, 50,000 x 75 %: added up over the year, settled claim by claim."""
    paid = catastrophic("990200", date(2024, 3, 4), *bases)
    assert sum(one.pays_fen for one in paid) == fen_of("93800")
    if bases == ["30000", "70000", "50000"]:
        assert [one.pays_fen for one in paid] == [fen_of("10800"), fen_of("45500"), fen_of("37500")]


@pytest.mark.parametrize(
    ("day", "deductible", "pays", "person"),
    [(date(2019, 11, 29), "60", "38.30", "85.54"), (date(2022, 6, 1), "0", "74.30", "49.54")],
)
def test_a_first_purchase_for_diabetes_in_2019_and_without_the_deductible(day, deductible, pays, person):
    """123.84 yuan of a class A drug, less 60 yuan, at 60 %."""
    total_fen = fen_of("123.84")
    paid = two_diseases_benefit(
        terms(TwoDiseasesParams, "140800", "two_diseases", day),
        disease=TwoDisease.DIABETES_OTHER,
        class_a_fen=total_fen,
        class_b_fen=0,
        counted_before_fen=0,
        paid_before_fen=0,
    )
    assert paid.deductible_used_fen == fen_of(deductible)
    assert paid.pays_fen == fen_of(pays)
    assert total_fen - paid.pays_fen == fen_of(person)


def test_every_pack_states_where_its_figures_come_from():
    for pack in packs().packs.values():
        for blocks in pack.entries.values():
            assert all(block.source for block in blocks)
