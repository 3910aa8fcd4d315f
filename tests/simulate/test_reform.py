"""The reform bench: the same people under two policies, and differences that add up to the fen.

carries_out: BEN-01
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yibao.assessment.burden import burden
from yibao.benefits.terms import VisitKind
from yibao.engine.rule_file import rules_of_files
from yibao.engine.rule_set import TODAY
from yibao.engine.terms import Payers
from yibao.fund.statement import statement
from yibao.packs.change_text import ChangesUnfit, Read, read_changes
from yibao.packs.policies import policies
from yibao.simulate.facts import numbers
from yibao.simulate.posting import books_of_year, covered_people
from yibao.simulate.reform import Data, generated, reform, settled_side
from yibao.simulate.reform_breakdown import deciles_of
from yibao.simulate.reform_check import RulesDiffer, settled_alike
from yibao.simulate.reform_grid import axes_of, axis_of, grid
from yibao.simulate.reform_people import warning_lines
from yibao.simulate.reform_response import response_of
from yibao.simulate.tables import PAYER_WORDS
from yibao.simulate.year import run_year

YEAR = 2023
CHANGES = [
    "benefits.hospital.rate.first_rate={}%",
    "benefits.hospital.deductible.second_rate_county={} 元",
    "benefits.outpatient_pooling.annual_cap={} 元",
    "benefits.catastrophic.deductible={}00 元",
    "benefits.catastrophic.counts_outpatient=true",
    "benefits.maternity.excess_to_hospital=true",
    "assistance.top_up.rate={}%",
    "assistance.direct_subsistence_allowance.rate={}%",
    "financing.contribution.resident.1={} 元",
]


@pytest.fixture(scope="module")
def data(taiyuan) -> Data:
    return generated(taiyuan, YEAR, people=3_000, seed=11)


@pytest.fixture(scope="module")
def generous(taiyuan, data):
    return reform(taiyuan, YEAR, data, ["benefits.hospital.rate.first_rate=80%"])


def totals(frame: pl.DataFrame) -> list[tuple]:
    sums = frame.group_by("payer").agg(pl.col("before_fen", "after_fen", "difference_fen").sum())
    return sums.sort("payer").rows()


def assert_adds_up(found) -> None:
    for by in found.breakdown["by"].unique():
        assert totals(found.by(by)) == totals(found.by("all")), by
    for side in (found.before, found.after):
        billed = numbers(side.year.settlements, "total_fen")
        assert (side.bill == billed).all()
    payers = found.breakdown.filter(pl.col("payer") != "bill")
    for by in found.breakdown["by"].unique():
        whole = payers.filter(pl.col("by") == by).group_by("code").agg(pl.col("difference_fen").sum())
        bills = found.by(by).filter(pl.col("payer") == "bill").select("code", "difference_fen")
        assert whole.sort("code").rows() == bills.sort("code").rows(), by
    assert (
        found.by_fund["difference_fen"].sum()
        == found.by("all").filter(pl.col("payer") == "bill")["difference_fen"][0]
    )
    reach = found.reached
    paid = int((found.same_care.column("person") - found.before.column("person")).sum())
    contributed = int(found.same_care.people_pay().sum() - found.before.people_pay().sum())
    assert reach.units["difference_fen"].sum() == paid + contributed
    assert reach.bands["units"].sum() == reach.units.height
    assert reach.bands["difference_fen"].sum() == reach.units["difference_fen"].sum()


def test_an_empty_change_changes_nothing(taiyuan, data):
    found = reform(taiyuan, YEAR, data)
    assert found.breakdown["difference_fen"].to_list() == [0] * found.breakdown.height
    assert found.before.year.settlements.equals(found.after.year.settlements)
    assert found.funds_before == found.funds_after
    assert found.reached.units["difference_fen"].to_list() == [0] * data.people.num_rows
    assert found.reached.heavy_before == found.reached.heavy_after
    assert found.reached.moved() == (0, 0)
    assert found.balance is not None and found.balance.effect_fen == 0


@pytest.mark.property
@given(
    seed=st.integers(0, 1_000),
    chosen=st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(1, 100)), min_size=1, max_size=4),
)
@settings(max_examples=8, deadline=None)
def test_every_breakdown_adds_up_to_the_fen(taiyuan, seed, chosen):
    written = {text.partition("=")[0]: text.format(figure) for text, figure in chosen}
    made = generated(taiyuan, YEAR, people=400, seed=seed)
    assert_adds_up(reform(taiyuan, YEAR, made, written.values()))


def test_a_higher_rate_costs_the_fund_and_spares_people(generous):
    by_payer = {row["payer"]: row["difference_fen"] for row in generous.by("all").iter_rows(named=True)}
    assert by_payer["basic"] > 0 > by_payer["person"]
    assert by_payer["catastrophic"] < 0
    assert by_payer["bill"] == 0
    assert generous.reached.losers.height == 0 < generous.reached.winners.height
    assert generous.funds_after.reserve_months < generous.funds_before.reserve_months
    assert_adds_up(generous)


def test_only_the_changed_class_and_kind_bear_a_difference_of_the_basic_fund(generous):
    for by, code in (("institution_class", "first_rate"), ("kind", "HOSPITAL")):
        rows = generous.by(by).filter((pl.col("payer") == "basic") & (pl.col("difference_fen") != 0))
        assert rows["code"].to_list() == [code]


def test_today_is_the_year_as_it_is_run(taiyuan, data, generous):
    year = run_year(taiyuan, YEAR, data.people, data.institutions, data.claims)
    assert generous.before.year.settlements.equals(year.settlements)
    assert generous.before.year.adjustments.equals(year.adjustments)


def test_the_funds_are_those_of_the_books(generous):
    for side, funds in ((generous.before, generous.funds_before), (generous.after, generous.funds_after)):
        year = side.year
        books = books_of_year(
            year.people,
            year.institutions,
            year.enrolled,
            year.settlements,
            adjustments=year.adjustments,
            first_day=year.first_day,
            last_day=year.last_day,
            catastrophic_funding_fen=year.catastrophic_funding.funding_fen,
            opening_reserve_fen=funds.statement.brought_forward_fen,
        )
        assert statement(books.balances) == funds.statement
    assert (
        generous.funds_before.statement.brought_forward_fen
        == generous.funds_after.statement.brought_forward_fen
        > 0
    )


def test_heavy_burdens_are_counted_as_the_report_of_the_year_counts_them(taiyuan, data):
    changed = [
        "assistance.early_warning.other_line=3000 元",
        "assistance.early_warning.low_income_line=1000 元",
    ]
    found = reform(taiyuan, YEAR, data, changed)
    year = found.after.year
    people = covered_people(year.people, year.enrolled).height
    lines = tuple(warning_lines(found.overlay.area, year.first_day).tolist())
    counted = burden(found.after.settlements(), people=people, lines_fen=lines)
    assert found.reached.heavy_after == sum(row.people for row in counted.warned) > found.reached.heavy_before


def test_deciles_are_even_and_equal_incomes_share_one():
    found = deciles_of(np.arange(100), np.ones(100, bool))
    assert np.bincount(found).tolist() == [10] * 10
    assert set(deciles_of(np.full(7, 5), np.ones(7, bool))) == {0}
    known = np.array([True, False])
    assert deciles_of(np.array([3, 0]), known).tolist() == [0, -1]


def test_income_and_households_break_it_down(taiyuan, data):
    count = data.people.num_rows
    income = pa.array([None if at % 10 == 0 else at * 100 for at in range(count)], pa.int64())
    household = pa.array([None if at % 7 == 0 else f"H{at // 3}" for at in range(count)], pa.string())
    known = replace(data, income_fen=pa.chunked_array([income]), household=pa.chunked_array([household]))
    found = reform(taiyuan, YEAR, known, ["benefits.hospital.rate.first_rate=80%"])
    assert_adds_up(found)
    assert set(found.by("income_decile")["code"]) == {*(str(at) for at in range(1, 11)), "unknown"}
    alone = sum(at % 7 == 0 for at in range(count))
    assert found.reached.unit == "household"
    assert found.reached.units.height == len({h for h in household.to_pylist() if h}) + alone


def test_people_with_their_days_of_cover_are_settled_and_not_billed(taiyuan, data):
    year = settled_side(taiyuan, YEAR, data, _on_file()).year
    people = data.people
    for name in ("covered_from", "covered_to", "waiting_to"):
        people = people.append_column(name, year.enrolled[name])
    found = reform(taiyuan, YEAR, replace(data, people=people), ["benefits.hospital.rate.first_rate=80%"])
    assert found.funds_before.statement.income_total_fen == 0
    assert found.before.year.settlements.select(["claim_id", "basic_fen"]).num_rows == data.claims.num_rows
    assert_adds_up(found)


def test_late_events_are_in_the_amounts_of_their_claims(taiyuan):
    made = generated(taiyuan, YEAR, people=12_000, seed=5)
    side = settled_side(taiyuan, YEAR, made, _on_file())
    assert side.year.adjustments.num_rows > 0
    for at, payer in enumerate(PAYER_WORDS):
        if payer in ("basic", "catastrophic", "assistance", "top_up"):
            own = side.year.adjustments.filter(pa.array(numbers(side.year.adjustments, "payer") == at))
            posted = numbers(side.year.settlements, f"{payer}_fen").sum()
            assert side.column(payer).sum() == posted + numbers(own, "difference_fen").sum()
    assert (side.bill == numbers(side.year.settlements, "total_fen")).all()


def test_a_change_that_nothing_reads_is_named(taiyuan, data):
    found = reform(taiyuan, YEAR, data, ["benefits.use_lines.off_list_at_most=10%"])
    assert found.unread == ("benefits.use_lines",)
    assert found.breakdown["difference_fen"].to_list() == [0] * found.breakdown.height


def test_a_mistake_stops_before_anything_is_settled(taiyuan, data):
    with pytest.raises(ChangesUnfit):
        reform(taiyuan, YEAR, data, ["benefits.hospital.rate.nowhere=80%"])


def _on_file():

    return policies()


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("benefits.hospital.rate.first_rate=60%..70%:5%", ("60%", "65%", "70%")),
        ("benefits.catastrophic.deductible=8000 元..9000 元:500 元", ("8000 元", "8500 元", "9000 元")),
        ("benefits.catastrophic.deductible=8000 元,1 万元", ("8000 元", "1 万元")),
        ("benefits.hospital.rate.first_rate=60%..66%:5%", ("60%", "65%")),
        ("benefits.catastrophic.counts_outpatient=true,false", ("true", "false")),
    ],
)
def test_an_axis_takes_a_range_or_a_list_in_printed_units(written, values):
    assert axis_of(written).values == values


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("benefits.hospital.rate.first_rate=60%..70%", "键=60%..80%:5%"),
        ("benefits.hospital.rate.first_rate=70%..60%:5%", "从小到大"),
        ("benefits.hospital.rate.first_rate=60%..70%:5", "单位要一样"),
        ("benefits.hospital.rate.first_rate=60%,60%", "重复"),
        ("benefits.hospital.rate.first_rate", "键=a..b:步长"),
        ("rate=60%", "全名"),
    ],
)
def test_a_wrong_axis_says_how_to_write_it(written, said):
    with pytest.raises(ChangesUnfit, match=said):
        axis_of(written)


def test_too_large_a_grid_is_refused():
    with pytest.raises(ChangesUnfit, match="too many cells"):
        axes_of([f"benefits.hospital.rate.{one}=1%..90%:1%" for one in ("first_rate", "third_rate")])
    with pytest.raises(ChangesUnfit, match="too many axes"):
        axes_of([f"benefits.hospital.rate.{one}=1%" for one in ("first_rate", "third_rate", "grass_roots")])


def test_each_cell_is_the_reform_of_its_figures(taiyuan, data, generous):
    other = "benefits.catastrophic.deductible=8000 元"
    read = read_changes(taiyuan, [other, "benefits.hospital.rate.first_rate=99%"])
    axes = axes_of(
        ["benefits.hospital.rate.first_rate=60%..70%:10%", "financing.contribution.resident.1=350 元,400 元"]
    )
    cells = grid(generous, axes, read).cells
    assert cells.height == 4
    for row in cells.iter_rows(named=True):
        written = [f"{axis.name}={row[axis.name]}" for axis in axes]
        alone = reform(taiyuan, YEAR, data, [other, *written])
        sums = {of["payer"]: of["difference_fen"] for of in alone.by("all").iter_rows(named=True)}
        assert {p: row[f"{p}_difference_fen"] for p in PAYER_WORDS} == {p: sums[p] for p in PAYER_WORDS}
        assert row["surplus_fen"] == alone.funds_after.statement.surplus_fen
        assert row["people_pay_difference_fen"] == alone.reached.units["difference_fen"].sum()
        assert (row["less_units"], row["more_units"]) == (
            alone.reached.winners.height,
            alone.reached.losers.height,
        )


def test_a_cell_that_cannot_be_is_refused_with_all_others(generous):
    axes = axes_of(["benefits.hospital.rate.first_rate=60%,abc,def"])
    with pytest.raises(ChangesUnfit) as unfit:
        grid(generous, axes, Read([], []))
    assert len(unfit.value.problems) == 2


def test_without_an_elasticity_nobody_responds(generous):
    assert generous.response is None
    assert generous.after is generous.same_care
    assert (generous.before.bill == generous.after.bill).all()


def test_a_smaller_share_leads_to_larger_bills_by_the_elasticity(taiyuan, data, generous):
    response = response_of("hospital=-0.5")
    found = reform(taiyuan, YEAR, data, ["benefits.hospital.rate.first_rate=80%"], response=response)
    assert_adds_up(found)
    assert found.reached.units.equals(generous.reached.units), "whom it reaches is judged at the same care"
    kind = numbers(found.before.year.claims, "kind")
    assert (found.after.bill == found.before.bill)[kind != 0].all()
    classes = [str(row["code"]) for row in taiyuan.listed("institution_classes")]
    of = next(f for f in found.factors if classes[f.institution_class] == "first_rate")
    assert of.share_after < of.share_before
    assert of.millionths == round(1_000_000 * (1 - (of.share_after / of.share_before - 1) / 2))
    here = generous.before.settled() & (kind == 0)
    here &= (
        numbers(data.institutions, "institution_class")[numbers(found.before.year.claims, "institution")]
        == of.institution_class
    )
    grown = found.after.bill[here].sum() / found.before.bill[here].sum()
    assert grown == pytest.approx(of.millionths / 1_000_000, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "said"),
    [("hospitl=-0.2", "no such kind of visit"), ("hospital=much", "not an elasticity"), ("", "elasticity")],
)
def test_a_wrong_response_says_how_to_write_it(text, said):
    with pytest.raises(ChangesUnfit, match=said):
        response_of(text)


def test_one_number_is_for_every_kind_of_visit():
    assert set(response_of("-0.2").elasticity) == set(VisitKind)


RULE = Path(__file__).parents[1] / "engine" / "rules" / "no_deductible_for_children.py"


@pytest.mark.slow
def test_a_changed_rule_reaches_whom_it_is_for_and_is_held_to_its_scalar_path(taiyuan, data):
    found = reform(taiyuan, YEAR, data, rules=rules_of_files([RULE]))
    assert_adds_up(found)
    assert found.checked >= 1_000
    gained = found.reached.winners["unit"].to_list()
    born = data.people["born_on"].to_pylist()
    assert gained and all(YEAR - born[at].year <= 14 for at in gained)
    assert found.reached.losers.height == 0
    rows = found.by("kind").filter((pl.col("payer") == "basic") & (pl.col("difference_fen") != 0))
    assert rows["code"].to_list() == ["HOSPITAL"]


@pytest.mark.slow
def test_a_rule_whose_two_paths_differ_is_refused(taiyuan, data, generous):
    other = rules_of_files([RULE])
    mixed = TODAY._replace(settle=other.settle)
    with pytest.raises(RulesDiffer, match="scalar and compiled differ"):
        settled_alike(replace(generous.before.year, claims=_of_children(data, generous)), mixed, _on_file())


def _of_children(data, found):
    """The stays of people under fourteen, whom the two rules treat differently."""
    claims = found.before.year.claims
    born = np.array([day.year for day in data.people["born_on"].to_pylist()])
    young = (born[numbers(claims, "person")] > YEAR - 13) & (numbers(claims, "kind") == 0)
    return claims.filter(pa.array(young))


@pytest.mark.slow
def test_every_payer_is_held_to_the_scalar_path(generous):
    """Whichever payer's amount is a fen off, the check finds it."""
    year = generous.before.year
    checked = year.settlements["claim_id"][0].as_py()
    for payer in Payers._fields:
        at = year.settlements.column_names.index(payer)
        wrong = numbers(year.settlements, payer).copy()
        wrong[0] += 1
        off = year.settlements.set_column(at, year.settlements.schema.field(at), pa.array(wrong))
        with pytest.raises(RulesDiffer, match=f"{checked} 的 {payer.removesuffix('_fen')}"):
            settled_alike(replace(year, settlements=off), TODAY, _on_file())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("500000", "benefits.hospital.rate.level_three=60%"),
        ("411600", "benefits.hospital.rate.city_level_three=80%"),
        ("220200", "benefits.hospital.rate.level_three=70%"),
    ],
)
def test_a_reform_of_any_area_adds_up(code, change):
    area = policies().area(code)
    made = generated(area, YEAR, people=1_500, seed=5)
    found = reform(area, YEAR, made, [change], assume_lists=True)
    assert_adds_up(found)
    basic = found.by("all").filter(pl.col("payer") == "basic")["difference_fen"]
    assert basic[0] > 0
