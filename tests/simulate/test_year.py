"""A benefit year end to end: parts add up, nobody uncovered is paid for, and the same seed gives the same tables."""

import shutil
from datetime import date

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yibao.benefits.terms import Refusal, VisitKind
from yibao.engine.terms import Claim, Payers
from yibao.engine.year import Filed, LaterOnesStand, settle_in_order
from yibao.kernel.standing import Standing
from yibao.packs.policies import policies, policies_folder
from yibao.simulate.facts import claim_facts
from yibao.simulate.standing import LAYER_WORDS, PAYING, layer_standings
from yibao.simulate.tables import CLAIMS, ENROLLED, SETTLEMENTS
from yibao.simulate.year import STAGES, ClaimsOutsideYear, run_year

TAIYUAN = policies().area("140100")
PAYERS = Payers._fields
AMOUNTS = ("own_expense_fen", "over_standard_fen", "initial_self_pay_fen", "class_a_fen", "class_b_fen")
SEEDS = st.integers(0, 2**32 - 1)


def whole(result):
    """Settlements with the amounts and the cover of each."""
    claims = pl.from_arrow(result.claims).select("reverses", pl.sum_horizontal(*AMOUNTS[1:]).alias("rest"))
    frame = pl.from_arrow(result.settlements).hstack(claims)
    cover = pl.from_arrow(result.enrolled).select("eligible", "covered_from", "covered_to", "waiting_to")
    return frame.hstack(cover[frame["person"].to_list()])


@pytest.mark.property
@given(seed=SEEDS)
@settings(max_examples=6, deadline=None)
def test_seven_payers_are_the_bill_and_nobody_uncovered_is_paid_for(run, seed):
    result = run(800, seed)
    assert result.settlements.schema == SETTLEMENTS
    assert result.enrolled.schema == ENROLLED
    assert result.claims.schema == CLAIMS
    assert result.settlements["claim_id"].equals(result.claims["claim_id"])
    rows = whole(result)
    assert (rows.select(pl.sum_horizontal(*PAYERS)).to_series() == rows["total_fen"]).all()
    sign = pl.when(pl.col("reverses").is_null()).then(1).otherwise(-1)
    assert (
        rows.filter(sign * (pl.col("own_expense_fen") * sign + pl.col("rest")) != pl.col("total_fen")).height
        == 0
    )
    ordinary = rows.filter(pl.col("reverses").is_null())
    assert ordinary.filter(pl.min_horizontal(*PAYERS) < 0).height == 0
    refused = ordinary.filter(pl.col("refusal") != 0)
    assert (refused["person_fen"] == refused["total_fen"]).all()
    covered = (
        (pl.col("eligible") == 1)
        & pl.col("served_on").is_between(pl.col("covered_from"), pl.col("covered_to"))
    ).fill_null(False)
    waits = (pl.col("served_on") <= pl.col("waiting_to")).fill_null(False)
    assert (rows.filter(~covered)["refusal"] == Refusal.NOT_COVERED).all()
    assert (rows.filter(covered & waits)["refusal"] == Refusal.WAITING_PERIOD).all()


@pytest.mark.property
@given(seed=SEEDS)
@settings(max_examples=4, deadline=None)
def test_a_seed_gives_the_same_year_and_another_gives_another(run, seed):
    one, again, other = run(300, seed), run(300, seed), run(300, seed + 1)
    for name in ("people", "institutions", "claims", "enrolled", "settlements", "adjustments"):
        assert getattr(one, name).equals(getattr(again, name)), name
    assert one.standing == again.standing
    assert not one.claims.equals(other.claims)


def test_the_order_in_which_claims_come_does_not_matter(generate, result):
    people, register, claims = result.people, result.institutions, result.claims
    mixed = claims.take(pa.array(np.random.default_rng(0).permutation(claims.num_rows)))
    again = run_year(TAIYUAN, 2023, people, register, mixed)
    assert again.settlements.equals(result.settlements)
    assert again.adjustments.equals(result.adjustments)


def test_people_are_settled_as_one_by_one(result):
    facts = claim_facts(
        result.settlement_terms,
        result.people,
        result.institutions,
        result.enrolled,
        result.claims,
        first_day=result.first_day,
    )
    frame = pl.from_arrow(facts)
    late = frame.filter(pl.col("reverses").is_not_null())["person"]
    several = (
        frame.filter(~pl.col("person").is_in(late.implode())).group_by("person").len().sort("len", "person")
    )
    payers = dict(
        zip(result.settlements["claim_id"].to_pylist(), result.settlements.to_pylist(), strict=True)
    )
    for person in several["person"].tail(60):
        rows = frame.filter(pl.col("person") == person)
        filed = [
            Filed(r["claim_id"], Claim(**{f: r[f] for f in Claim._fields}))
            for r in rows.iter_rows(named=True)
        ]
        found = settle_in_order(lambda day: result.settlement_terms[0].params, filed)
        for one, (_, settlement) in zip(filed, found, strict=True):
            posted = payers[one.claim_id]
            assert posted["refusal"] == settlement.refusal
            assert tuple(posted[name] for name in PAYERS) == tuple(settlement.payers)


def test_a_reversal_turns_what_it_reverses(run):
    result = run(20_000, 4)
    rows = whole(result)
    reversals = rows.filter(pl.col("reverses").is_not_null())
    assert reversals.height > 10
    both = reversals.join(rows, left_on="reverses", right_on="claim_id", suffix="_of")
    assert both.height == reversals.height
    for name in (*PAYERS, "total_fen", "own_expense_fen", "in_scope_fen"):
        assert (both[name] == -both[f"{name}_of"]).all(), name
    assert (both["standing"] == both["standing_of"]).all()
    assert (both["settled_at"] > both["settled_at_of"]).all()
    assert result.adjustments.column_names == ["claim_id", "payer", "difference_fen"]


def test_heavy_years_reach_the_lines(run):
    rows = pl.from_arrow(run(50_000, 1).settlements)
    by_person = rows.group_by("person").agg(pl.col(*PAYERS[:4]).sum())
    assert by_person["basic_fen"].max() >= 7_000_000
    assert by_person["catastrophic_fen"].max() > 10_000_000
    assert by_person.filter(pl.col("assistance_fen") > 0).height > 500
    assert by_person.filter(pl.col("top_up_fen") > 0).height > 0
    assert set(rows["refusal"].unique()) >= {
        r.value
        for r in (
            Refusal.NOT_COVERED,
            Refusal.WAITING_PERIOD,
            Refusal.THIRD_PARTY,
            Refusal.NOT_DESIGNATED,
            Refusal.NOT_ALLOWED_HERE,
            Refusal.OUTSIDE_COUNTY,
            Refusal.NOT_CERTIFIED,
        )
    }


def test_standing_shares_are_all_the_money(result):
    covered = pl.from_arrow(result.enrolled).filter(pl.col("covered_from").is_not_null())
    settled = pl.from_arrow(result.settlements)
    sums = dict.fromkeys(LAYER_WORDS, 0)
    for row in result.standing:
        sums[row.layer] += row.amount_fen
    for layer in PAYING:
        assert sums[layer] == settled[f"{layer}_fen"].sum()
    assert sums["contribution"] == covered["person_pays_fen"].sum()
    assert sums["aid"] + sums["contribution"] == covered["contribution_fen"].sum()
    subsidies = [name for name in covered.columns if name.startswith("subsidy_")]
    assert sums["subsidy"] == sum(covered[name].sum() for name in subsidies)
    raised = sums["aid"] + sums["contribution"] + sums["subsidy"]
    assert result.catastrophic_funding.funding_fen == (raised * 800 + 5_000) // 10_000


def test_a_layer_is_never_surer_than_the_one_before_it(result):
    layers = layer_standings(result.settlement_terms).astype(int)
    assert (np.diff(layers, axis=-1) >= 0).all()
    terms = result.settlement_terms[0]
    outpatient = layers[0, VisitKind.OUTPATIENT, 0]
    assert outpatient[0] == terms.sources["pooling"].standing == Standing.NOTICE
    assert outpatient[1] == terms.catastrophic_sources[0].standing


def test_a_settlement_rests_on_the_last_layer_that_paid(result):
    layers = layer_standings(result.settlement_terms)
    for row in result.settlements.slice(0, 3_000).to_pylist():
        if row["refusal"] in (Refusal.NOT_COVERED, Refusal.WAITING_PERIOD):
            continue
        paid = [at for at, name in enumerate(PAYING) if row[f"{name}_fen"]]
        assert row["standing"] == layers[0, row["kind"], row["category"], max(paid, default=0)]


def test_yangqu_has_its_own_subsidy_split(result):
    frame = pl.from_arrow(result.people.select(["county_code", "group"])).hstack(
        pl.from_arrow(result.enrolled)
    )
    frame = frame.with_columns(pl.col("county_code").cast(pl.String)).filter(
        (pl.col("group") == 0) & pl.col("covered_from").is_not_null()
    )
    central = dict(frame.group_by("county_code").agg(pl.col("subsidy_central_fen").max()).iter_rows())
    assert central["140122"] > central["140105"]
    assert set(result.enrol_terms) >= {"140100", "140105", "140122"}


def test_every_stage_is_told_to_its_end(generate):
    told = {}
    run_year(TAIYUAN, 2023, *generate(200, 1), lambda stage, done, of: told.update({stage: (done, of)}))
    assert set(told) == set(STAGES)
    assert all(done == of for done, of in told.values())


def test_claims_of_another_year_are_refused_by_name(generate):
    people, register, claims = generate(200, 1)
    stray = claims.slice(3, 1).set_column(
        claims.column_names.index("served_on"), "served_on", pa.array([date(2024, 1, 2)])
    )
    with pytest.raises(
        ClaimsOutsideYear, match=r"1 笔就诊不在待遇年度 2023-01-01—2023-12-31 内，第一笔 C2023"
    ):
        run_year(TAIYUAN, 2023, people, register, pa.concat_tables([claims, stray]))


def test_an_area_may_rule_that_later_settlements_are_reversed_first(generate, tmp_path):
    folder = tmp_path / "policies"
    shutil.copytree(policies_folder(), folder)
    national = folder / "000000_national" / "benefits.yaml"
    text = national.read_text(encoding="utf-8")
    national.write_text(text.replace("allows_earlier: true", "allows_earlier: false"), encoding="utf-8")
    with pytest.raises(LaterOnesStand):
        run_year(policies(folder).area("140100"), 2023, *generate(20_000, 4))


@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_year_of_almost_nobody_runs(generate, n):
    people, register, claims = generate(n, 1)
    result = run_year(TAIYUAN, 2023, people, register, claims)
    assert result.settlements.num_rows == result.claims.num_rows
    empty = run_year(TAIYUAN, 2023, people, register, CLAIMS.empty_table())
    assert empty.settlements.num_rows == 0
    assert empty.enrolled.num_rows == n


def test_every_entry_the_year_rests_on_is_named_once(result):
    ids = [entry.id for entry in result.entries()]
    assert ids == sorted(set(ids))
    assert "140100 benefits.hospital 2023-01-01" in ids
    assert "140122 financing.subsidy 2023-01-01" in ids
