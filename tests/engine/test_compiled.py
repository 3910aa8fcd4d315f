"""The compiled kernel equals the scalar rules to the fen, at every step, whatever the claims.

carries_out: BEN-13
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.hostile import contrary, hostile_claims, periods_of, settling_codes, taiyuan_periods

from yibao.benefits.terms import Refusal, VisitKind
from yibao.engine import recipes
from yibao.engine.batch import Period, settle_events, settle_table
from yibao.engine.compiled import kernel_text
from yibao.engine.fit import ColumnsUnfit
from yibao.engine.settle import Settlement, settle_claim
from yibao.engine.terms import NOTHING_YET, OLDEST, Claim, ReversalParams
from yibao.engine.year import advance
from yibao.kernel.money import LARGEST_FEN
from yibao.packs.policies import policies

PERIODS = taiyuan_periods()
YEAR_ENDS = 19357  # 2022-12-31


def scalar_settlements(claims: pa.Table, periods: list[Period], settle=settle_claim) -> Iterator[Settlement]:
    """Every claim by the plain functions, person by person, the year so far carried along."""
    who, so_far = (-1, 0), NOTHING_YET
    for row in claims.to_pylist():
        claim = Claim(**{name: row[name] for name in Claim._fields})
        now = (row["person"], claim.day > YEAR_ENDS)
        if now != who:
            who, so_far = now, NOTHING_YET
        params = next(p.params for p in periods if p.first_day <= claim.day <= p.last_day)
        settlement = settle(params, so_far, claim)
        so_far = advance(so_far, settlement.change)
        yield settlement


def scalar_steps(claims: pa.Table, periods: list[Period] = PERIODS) -> dict[str, list[int]]:
    """Every step of every claim."""
    found: dict[str, list[int]] = {path: [] for path in recipes.SETTLE_ALL.outputs}
    for settlement in scalar_settlements(claims, periods):
        for path, values in found.items():
            values.append(_at(settlement, path))
    return found


def _at(settlement: Settlement, path: str) -> int:
    value = settlement
    for name in path.split("."):
        value = getattr(value, name)
    return int(value)


@pytest.mark.property
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None)
def test_compiled_is_scalar_at_every_step(seed):
    claims = hostile_claims(300, seed)
    compiled = settle_table(PERIODS, claims, all_steps=True)
    for path, expected in scalar_steps(claims).items():
        got = compiled.column(path).to_pylist()
        assert got == expected, f"{path}: row {next(i for i, e in enumerate(expected) if got[i] != e)}"


@pytest.mark.property
@pytest.mark.parametrize("turned", [False, True], ids=["as on file", "every option turned"])
@pytest.mark.parametrize("code", settling_codes())
def test_compiled_is_scalar_in_every_area_on_file(code, turned):
    area = policies().area(code)
    periods = [p._replace(params=contrary(p.params) if turned else p.params) for p in periods_of(area)]
    claims = hostile_claims(250, 22, area)
    compiled = settle_table(periods, claims, all_steps=True)
    for path, expected in scalar_steps(claims, periods).items():
        assert compiled.column(path).to_pylist() == expected, path


@pytest.mark.property
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None)
def test_seven_payers_are_the_total_and_nobody_pays_less_than_nothing(seed):
    claims = hostile_claims(2_000, seed)
    settled = settle_table(PERIODS, claims)
    payers = {n: settled.column(n).to_numpy() for n in settled.column_names if n.endswith("_fen")}
    total = sum(claims.column(n).to_numpy() for n in Claim._fields if n.endswith("_fen"))
    assert (sum(payers.values()) == total).all()
    assert all((amounts >= 0).all() for amounts in payers.values())
    refused = settled.column("refusal").to_numpy() != Refusal.NONE
    assert (payers["person_fen"][refused] == total[refused]).all()


def test_hostile_claims_reach_every_cap_and_every_refusal():
    claims = hostile_claims(20_000, 7)
    steps = settle_table(PERIODS, claims, all_steps=True)
    for layer in ("basic.hospital", "basic.chronic", "catastrophic", "direct", "top_up"):
        paid, left = (steps.column(f"{layer}.{n}").to_numpy() for n in ("pays_fen", "cap_left_fen"))
        assert ((paid == left) & (paid > 0)).any(), f"{layer} never reaches its cap"
    pooled = steps.column("basic.pooling.pays_fen").to_numpy()
    assert ((pooled == steps.column("basic.pooling.day_left_fen").to_numpy()) & (pooled > 0)).any()
    assert ((pooled == steps.column("basic.pooling.year_left_fen").to_numpy()) & (pooled > 0)).any()
    seen = set(steps.column("refusal").to_numpy().tolist())
    assert seen >= set(range(Refusal.NOT_COVERED, Refusal.NOT_ON_FILE + 1))


def test_cut_between_people_gives_the_same_as_whole():
    claims = hostile_claims(5_000, 11)
    assert settle_table(PERIODS, claims, threads=1).equals(settle_table(PERIODS, claims, threads=3))


def test_one_person_with_all_claims_is_never_cut():
    claims = hostile_claims(1, 3).slice(0, 0)
    rows = hostile_claims(3_000, 3)
    one = rows.set_column(0, "person", pa.array(np.zeros(rows.num_rows, np.int32)))
    one = one.sort_by([("day", "ascending")])
    assert settle_table(PERIODS, one, threads=1).equals(settle_table(PERIODS, one, threads=2))
    assert settle_table(PERIODS, claims).num_rows == 0


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("category", 24, "category = 24"),
        ("institution_class", -1, "institution_class = -1"),
        ("disease", 64, "disease = 64"),
        ("age", -1, "age = -1"),
        ("special_fund", 3, "special_fund = 3"),
        ("class_a_fen", LARGEST_FEN + 1, "class_a_fen = 1000000000001"),
        ("class_a_fen", -1, "class_a_fen = -1"),
        ("covered", 2, "covered = 2"),
        ("day", 1_000, "不在政策在册日期内"),
    ],
)
def test_what_a_kernel_must_not_see_is_refused_before_the_scan(column, value, says):
    claims = hostile_claims(50, 1)
    values = claims.column(column).to_numpy().copy()
    values[7] = value
    unfit = claims.set_column(claims.column_names.index(column), column, pa.array(values))
    with pytest.raises(ColumnsUnfit, match=says):
        settle_table(PERIODS, unfit)


def test_a_person_in_two_places_is_refused():
    claims = hostile_claims(50, 1)
    person = claims.column("person").to_numpy().copy()
    person[-1] = person[0]
    with pytest.raises(ColumnsUnfit, match="没有排在一起"):
        settle_table(PERIODS, claims.set_column(0, "person", pa.array(person)))


def test_every_problem_of_a_table_is_found_with_its_rows():
    claims = hostile_claims(50, 1)
    for column, rows, value in (("category", (3, 9), 99), ("covered", (4,), 2), ("class_a_fen", (9,), -1)):
        values = claims.column(column).to_numpy().astype(np.int64)
        values[list(rows)] = value
        claims = claims.set_column(claims.column_names.index(column), column, pa.array(values))
    holes = pa.array([None if row in (5, 6) else 0 for row in range(claims.num_rows)], pa.int8())
    claims = claims.set_column(claims.column_names.index("waiting"), "waiting", holes).drop_columns(["month"])
    halves = pa.array(np.full(claims.num_rows, 0.5))
    claims = claims.set_column(claims.column_names.index("slot"), "slot", halves)
    with pytest.raises(ColumnsUnfit) as refused:
        settle_table(PERIODS, claims)
    found = {problem.column: problem.rows.tolist() for problem in refused.value.unfit}
    assert found == {
        "category": [3, 9],
        "covered": [4],
        "class_a_fen": [9],
        "waiting": [5, 6],
        "month": [],
        "slot": [],
    }


def test_several_divisions_settle_in_one_table_each_by_its_own_terms():
    here, there = PERIODS, periods_of(policies().area("220200"))
    both = [p._replace(division=140100) for p in here] + [p._replace(division=220200) for p in there]
    claims = hostile_claims(300, 8)
    division = np.where(claims.column("person").to_numpy() % 3 == 0, 140100, 220200).astype(np.int32)
    settled = settle_table(both, claims.append_column("division", pa.array(division)))
    for code, periods in ((140100, here), (220200, there)):
        own = pa.array(division == code)
        alone = settle_table(periods, claims.filter(own))
        assert settled.filter(own).drop_columns(["period"]).equals(alone.drop_columns(["period"])), code
    with pytest.raises(ColumnsUnfit, match="division = 220200，不在所给的地区里"):
        settle_table(both[: len(here)], claims.append_column("division", pa.array(division)))
    with pytest.raises(ColumnsUnfit, match="缺少列 division"):
        settle_table(both, claims)


def test_another_rate_is_another_answer_from_the_same_kernel():
    """Params are data of the scan, so a changed figure can never be answered from a cached kernel."""
    claims = hostile_claims(500, 5)
    raised = [Period(p.first_day, p.last_day, _with_rate(p.params)) for p in PERIODS]
    before, after = settle_table(PERIODS, claims), settle_table(raised, claims)
    assert after.column("basic_fen").to_numpy().sum() > before.column("basic_fen").to_numpy().sum()


def _with_rate(params):
    rates = tuple(min(rate + 500, 10_000) if rate >= 0 else rate for rate in params.hospital.band_rate_bp)
    return params._replace(hospital=params.hospital._replace(band_rate_bp=rates))


def test_a_changed_rule_is_another_kernel(monkeypatch):
    """The kernel is named by the hash of its text, and the text holds every rule and every constant."""
    before = kernel_text(recipes.SETTLE_PAYERS)
    monkeypatch.setattr("yibao.kernel.money.WHOLE_BP", 9_999)
    assert kernel_text(recipes.SETTLE_PAYERS) != before


def test_reversals_in_a_batch_leave_everyone_else_as_they_were_and_money_whole():
    claims = hostile_claims(400, 9)
    ids = [f"c{n}" for n in range(claims.num_rows)]
    person = claims.column("person").to_pylist()
    events, reverses, order = [], [], []
    for n in range(claims.num_rows):
        order.append(n)
        events.append(ids[n])
        reverses.append(None)
        if n % 37 == 5 and n > 0 and person[n] == person[n - 1] and _year(claims, n) == _year(claims, n - 1):
            order.append(n - 1)
            events.append(f"r{n}")
            reverses.append(ids[n - 1])
    table = (
        claims.take(order)
        .append_column("claim_id", pa.array(events))
        .append_column("reverses", pa.array(reverses, pa.string()))
    )
    settled, adjustments = settle_events(PERIODS, ReversalParams(allows_earlier=1), table)
    same, adjusted = settle_events(PERIODS, ReversalParams(allows_earlier=1), table, one_by_one=True)
    assert same.equals(settled)
    assert sorted(adjusted.to_pylist(), key=str) == sorted(adjustments.to_pylist(), key=str)
    plain = settle_table(PERIODS, claims)
    touched = {person[order[at]] for at, r in enumerate(reverses) if r}
    place = {c: at for at, c in enumerate(events)}
    for n in range(claims.num_rows):
        if person[n] not in touched:
            assert settled.slice(place[ids[n]], 1).equals(plain.slice(n, 1))
    for at, reversed_id in enumerate(reverses):
        if reversed_id:
            once, again = (
                settled.slice(place[reversed_id], 1).to_pylist()[0],
                settled.slice(at, 1).to_pylist()[0],
            )
            assert all(again[f] == -once[f] for f in once if f.endswith("_fen"))
    assert len(touched) > 5
    assert adjustments.num_rows > 0


def test_what_no_terms_ask_for_may_be_left_out():
    claims = hostile_claims(300, 5)
    optional = {"tier": 0, "age": OLDEST, "disease_tags": 0, "special_fund": 0}
    left_out = claims.drop_columns(list(optional))
    whole = left_out
    for name, value in optional.items():
        whole = whole.append_column(name, pa.array([value] * claims.num_rows))
    assert settle_table(PERIODS, left_out).equals(settle_table(PERIODS, whole))


@pytest.mark.parametrize(("code", "name"), [("500000", "tier"), ("500000", "age"), ("411600", "age")])
def test_what_decides_the_benefit_may_not_be_left_out(code, name):
    area = policies().area(code)
    with pytest.raises(ColumnsUnfit, match=f"缺少列 {name}"):
        settle_table(periods_of(area), hostile_claims(50, 1, area).drop_columns([name]))


def test_a_disease_past_the_two_is_refused_before_the_scan():
    claims = hostile_claims(50, 1)
    drugs = np.flatnonzero(claims.column("kind").to_numpy() == VisitKind.TWO_DISEASES)
    disease = claims.column("disease").to_numpy().copy()
    disease[drugs[0]] = 5
    at = claims.column_names.index("disease")
    with pytest.raises(ColumnsUnfit, match="disease = 5，应小于 5：这一笔是“两病”用药"):
        settle_table(PERIODS, claims.set_column(at, "disease", pa.array(disease)))


def _year(claims, n):
    return claims.column("day")[n].as_py() > YEAR_ENDS
