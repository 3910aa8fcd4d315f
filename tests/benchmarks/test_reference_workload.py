"""The benchmarked kernel is the engine's own text, and what it pays is what the product's rules and C by hand pay."""

import sys
from pathlib import Path

import numpy as np
from benchmarks.engines import hand_written, plain_python, product

from benchmarks import workload
from yibao.engine import batch, compiled, scan
from yibao.engine.recipes import SETTLE_PAYERS
from yibao.engine.settle import settle_claim

CLAIMS = workload.generated(people=2_000, claims=12_000, seed=5)
FIGURES = workload.figures(workload.terms())


def test_the_benchmarked_text_is_what_the_engine_generates(monkeypatch):
    """Every text that is run for the measurement, against the engine's for the product's own composition."""
    ran = []
    monkeypatch.setattr(scan, "kernel", lambda recipe: ran.append(recipe) or compiled.kernel(recipe))
    product.prepare(CLAIMS, FIGURES)()
    fit = batch.ready(SETTLE_PAYERS, workload.periods(), workload.table(CLAIMS))
    assert SETTLE_PAYERS.composition is settle_claim
    written = SETTLE_PAYERS._replace(
        outputs={f"payers.{p}_fen": "int64" for p in ("basic", "catastrophic", "assistance", "person")}
    )
    expected = compiled.kernel_text(scan.frozen(written, fit))
    for recipe in ran:
        on_disk = Path(sys.modules[compiled.kernel(recipe).name].__file__).read_text("utf-8")
        assert on_disk == expected
    assert ran


def test_the_kernel_pays_what_the_rules_pay_one_by_one():
    claims = {name: column[: plain_python.SAMPLE] for name, column in CLAIMS.items()}
    fast, slow = (engine.prepare(claims, FIGURES)() for engine in (product, plain_python))
    for by_kernel, by_rules in zip(fast, slow, strict=True):
        assert (np.asarray(by_kernel) == by_rules).all()


def test_the_kernel_pays_what_c_by_hand_pays():
    fast, by_hand = (engine.prepare(CLAIMS, FIGURES)() for engine in (product, hand_written))
    for by_kernel, in_c in zip(fast, by_hand, strict=True):
        assert (np.asarray(by_kernel) == in_c).all()


def test_c_by_hand_follows_a_category_that_changes_within_the_year():
    changing = dict(CLAIMS)
    changing["category"] = np.random.default_rng(3).integers(0, 4, 12_000).astype(np.int8)
    fast, by_hand = (engine.prepare(changing, FIGURES)() for engine in (product, hand_written))
    for by_kernel, in_c in zip(fast, by_hand, strict=True):
        assert (np.asarray(by_kernel) == in_c).all()


def test_the_claims_reach_every_line_and_every_cap():
    basic, catastrophic, assistance, _ = (np.asarray(p) for p in product.prepare(CLAIMS, FIGURES)())
    person, category = CLAIMS["person"], CLAIMS["category"]
    for paid, caps in (
        (basic, [FIGURES["basic_cap_fen"]] * 4),
        (assistance, FIGURES["assistance_cap_fen"]),
    ):
        by_person = np.bincount(person, weights=paid).astype(np.int64)
        assert (by_person[person] <= np.array(caps)[category]).all()
        assert ((by_person[person] == np.array(caps)[category]) & (paid > 0)).any()
    assert (catastrophic > 0).any()
    above = np.bincount(person, weights=CLAIMS["in_scope"] - basic)[person]
    assert (above > FIGURES["catastrophic_second_fen"]).any()


def test_the_same_seed_gives_the_same_claims_and_as_many_as_asked():
    again = workload.generated(people=2_000, claims=12_000, seed=5)
    assert all((CLAIMS[name] == again[name]).all() for name in workload.COLUMNS)
    assert len(CLAIMS["person"]) == 12_000
    assert len(np.unique(CLAIMS["person"])) == 2_000
    assert (np.diff(CLAIMS["person"]) >= 0).all()
