"""A kernel frozen for its terms and claims pays what the scalar rules pay, and is never used for others."""

import numpy as np
import pyarrow as pa
import pytest
from tests.engine.hostile import contrary, hostile_claims, periods_of, taiyuan_periods
from tests.engine.test_compiled import YEAR_ENDS, scalar_steps

from yibao.benefits.terms import VisitKind
from yibao.engine.batch import ready, settle_table
from yibao.engine.compiled import kernel_text
from yibao.engine.fit import ColumnsUnfit
from yibao.engine.ranges import LARGEST_YEAR_FEN
from yibao.engine.recipes import SETTLE_PAYERS
from yibao.engine.scan import frozen, run
from yibao.engine.settle import settle_claim
from yibao.engine.terms import NOTHING_YET, Claim
from yibao.engine.year import advance
from yibao.kernel.money import LARGEST_FEN
from yibao.packs.policies import policies

PERIODS = taiyuan_periods()
CHONGQING = policies().area("500000")


@pytest.mark.property
@pytest.mark.parametrize("turned", [False, True], ids=["as on file", "every option turned"])
@pytest.mark.parametrize(
    ("periods", "area"),
    [(PERIODS, None), (periods_of(CHONGQING), CHONGQING)],
    ids=["140100", "500000"],
)
def test_frozen_is_scalar(periods, area, turned):
    terms = [p._replace(params=contrary(p.params) if turned else p.params) for p in periods]
    claims = hostile_claims(400, 31, area)
    settled = settle_table(terms, claims, freeze=True)
    expected = scalar_steps(claims, terms)
    for path in SETTLE_PAYERS.outputs:
        assert settled.column(path.removeprefix("payers.")).to_pylist() == expected[path], path


def test_a_kernel_for_stays_alone_is_scalar_at_every_step():
    claims = hostile_claims(1_500, 8)
    stays = claims.filter(pa.array(claims.column("kind").to_numpy() == VisitKind.HOSPITAL))
    settled = settle_table(PERIODS, stays, all_steps=True, freeze=True)
    for path, expected in scalar_steps(stays).items():
        assert settled.column(path).to_pylist() == expected, path


@pytest.mark.property
@pytest.mark.parametrize("turned", [False, True], ids=["as on file", "every option turned"])
def test_no_sum_of_the_year_is_above_the_bills_of_the_year(turned):
    """What a frozen kernel takes for granted of the year so far (compiled.Frozen.year_fen)."""
    terms = [p._replace(params=contrary(p.params) if turned else p.params) for p in PERIODS]
    who, so_far, bills = None, NOTHING_YET, 0
    for row in hostile_claims(600, 17).to_pylist():
        claim = Claim(**{name: row[name] for name in Claim._fields})
        now = (row["person"], claim.day > YEAR_ENDS)
        if now != who:
            who, so_far, bills = now, NOTHING_YET, 0
        params = next(p.params for p in terms if p.first_day <= claim.day <= p.last_day)
        so_far = advance(so_far, settle_claim(params, so_far, claim).change)
        bills += sum(amount for name, amount in claim._asdict().items() if name.endswith("_fen"))
        for name, value in so_far._asdict().items():
            amounts = value if isinstance(value, tuple) else (value,)
            limit = bills if name.endswith("_fen") else 2**31 - 1
            assert all(-limit <= amount <= limit for amount in amounts), name


def test_what_the_claims_rule_out_is_not_in_the_text():
    claims = hostile_claims(300, 8)
    stays = claims.filter(pa.array(claims.column("kind").to_numpy() == VisitKind.HOSPITAL))
    of_all, of_stays = (
        kernel_text(frozen(SETTLE_PAYERS, ready(SETTLE_PAYERS, PERIODS, given))) for given in (claims, stays)
    )
    assert "cells" in of_all
    assert "cells" not in of_stays
    assert "rows[" not in of_all
    assert "c_delivery" in of_all
    assert "c_delivery" not in of_stays


def test_another_figure_is_another_text():
    fit = ready(SETTLE_PAYERS, PERIODS, hostile_claims(50, 1))
    other = fit._replace(rows=np.where(fit.rows == 7_000_000, 7_000_100, fit.rows))
    assert kernel_text(frozen(SETTLE_PAYERS, fit)) != kernel_text(frozen(SETTLE_PAYERS, other))


def test_a_frozen_kernel_is_refused_for_other_terms_and_other_claims():
    fit = ready(SETTLE_PAYERS, PERIODS, hostile_claims(50, 1))
    recipe = frozen(SETTLE_PAYERS, fit)
    others = {
        "terms": fit._replace(rows=fit.rows + 1),
        "codes": fit._replace(limits=fit.limits | {"institution_class": (0, 11)}),
        "amounts": fit._replace(year_fen=LARGEST_YEAR_FEN + 1),
    }
    for name, other in others.items():
        with pytest.raises(ColumnsUnfit, match="另一组参数或另一批数据"):
            run(recipe, other)
            pytest.fail(name)


def test_a_year_above_the_largest_is_settled_by_the_kernel_for_all():
    claims = hostile_claims(2_000, 1)
    for name in ("class_a_fen", "class_b_fen"):
        values = pa.array(np.full(claims.num_rows, LARGEST_FEN))
        claims = claims.set_column(claims.column_names.index(name), name, values)
    fit = ready(SETTLE_PAYERS, PERIODS, claims)
    assert fit.year_fen > LARGEST_YEAR_FEN
    assert frozen(SETTLE_PAYERS, fit) is SETTLE_PAYERS


def test_no_year_of_a_person_is_above_what_the_batch_says():
    claims = hostile_claims(500, 4)
    fit = ready(SETTLE_PAYERS, PERIODS, claims)
    totals = sum(values for name, values in fit.columns.items() if name.endswith("_fen"))
    by_person = np.bincount(fit.person, weights=totals)
    assert by_person.max() <= fit.year_fen
