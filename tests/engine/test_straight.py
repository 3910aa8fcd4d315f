"""Whatever the subset allows is written out as it means: one composition with all of it, in Python and as both kernels."""

from typing import Annotated, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yibao.engine.batch import rows_of
from yibao.engine.compiled import Recipe, kernel_text
from yibao.engine.scan import Ready, frozen, run
from yibao.engine.straight import NotInSubset
from yibao.kernel.shapes import Places

SHORT, LONG = 5, 20


class Terms(NamedTuple):
    """A figure, a table that is long, and a table by code."""

    rate_bp: int
    long: Annotated[tuple[int, ...], Places(LONG)]
    of_code: Annotated[tuple[int, ...], Places(SHORT)]


class Facts(NamedTuple):
    """A code and an amount."""

    kind: int
    amount_fen: int


class SoFar(NamedTuple):
    """Two sums: one that goes down as well as up, one that only grows."""

    balance_fen: int
    grown_fen: int


class Pair(NamedTuple):
    """Two numbers."""

    one: int
    other: int


class Found(NamedTuple):
    """What the composition yields, and what its sums gain."""

    first: int
    swapped: Pair
    in_branch: int
    guarded: int
    rest: int
    owed: int
    change: SoFar


def everything(params: Terms, so_far: SoFar, facts: Facts) -> Found:
    """Every form of the subset once."""
    balance_fen = facts.amount_fen // 3 - 50 if facts.kind == 1 else 7 - facts.amount_fen % 11
    return Found(
        first=first_above(params, line=facts.amount_fen),
        swapped=swapped(params, facts=facts),
        in_branch=in_branch(params, facts=facts),
        guarded=guarded(params, facts=facts),
        rest=sorted_out(params, facts=facts),
        owed=max(so_far.balance_fen, 0) + max(so_far.grown_fen, 0) * 1_000,
        change=SoFar(balance_fen=balance_fen, grown_fen=facts.amount_fen % 4),
    )


def first_above(params: Terms, *, line: int) -> int:
    """A loop that is left by a return."""
    for at in range(SHORT):
        if params.of_code[at] > line:
            return at
    return SHORT


def swapped(params: Terms, *, facts: Facts) -> Pair:
    """A long loop that carries a record and two numbers, each of which becomes the other."""
    older = facts.kind
    newest = 1
    found = Pair(one=0, other=0)
    for at in range(LONG):
        oldest = older
        older = newest
        newest = (oldest + params.long[at]) % 97
        if params.long[at] > facts.amount_fen and (facts.kind >> 1) & 1 == 0:
            found = Pair(one=found.other, other=at)
    return Pair(one=older + found.one, other=newest + found.other)


def in_branch(params: Terms, *, facts: Facts) -> int:
    """A code that only one side of a branch knows."""
    pays_fen = 3
    if facts.kind == 2:
        step = min(facts.amount_fen // 100, SHORT - 1)
        pays_fen = params.of_code[step]
    return pays_fen


def guarded(params: Terms, *, facts: Facts) -> int:
    """Look-ups that a condition guards."""
    code = facts.amount_fen - 2
    inside = code >= 0 and code < SHORT
    if inside and params.of_code[code] > 0:
        return params.of_code[code]
    if facts.kind < SHORT - 1 and params.of_code[facts.kind + 1] > 50:
        return 4
    return 1 if not inside or facts.kind == 0 else 2


def sorted_out(params: Terms, *, facts: Facts) -> int:
    """A branch that returns on one of its ways only."""
    left = -facts.amount_fen
    if facts.kind > 1:
        if facts.amount_fen > 400:
            return left // 7
        left += params.rate_bp
    elif facts.kind == 1:
        left = left * params.rate_bp // 10_000
    return left


def without_return(params: Terms, so_far: SoFar, facts: Facts) -> Found:  # type: ignore[return]
    """One way leads nowhere."""
    if facts.kind == 1:
        return everything(params, so_far, facts)


RECIPE = Recipe(
    composition=everything,
    params=Terms,
    state=SoFar,
    record=Facts,
    result=Found,
    columns={"kind": "int8", "amount_fen": "int64"},
    outputs=dict.fromkeys(
        ("first", "swapped.one", "swapped.other", "in_branch", "guarded", "rest", "owed"), "int64"
    ),
    ranges={"kind": (0, 4), "amount_fen": (0, 10**12)},
)
TERMS = [
    Terms(7_001, tuple(range(0, 1_000, 50)), (0, 90, 300, 700, 2)),
    Terms(-3, tuple(range(1_000, 0, -50)), (5, 5, 5, 5, 5)),
]


def ready(kinds: list[int], amounts: list[int], terms: list[Terms]) -> Ready:
    count = len(kinds)
    return Ready(
        columns={"kind": np.array(kinds, np.int8), "amount_fen": np.array(amounts, np.int64)},
        person=(np.arange(count) // 4).astype(np.int32),
        year=np.zeros(count, np.int16),
        period=(np.arange(count) % len(terms)).astype(np.int16),
        rows=rows_of(terms),
        limits={"kind": (min(kinds), max(kinds)), "amount_fen": (min(amounts), max(amounts))},
        year_fen=4 * max(amounts),
    )


def one_by_one(fit: Ready, terms: list[Terms]) -> list[list[int]]:
    found, so_far = [], SoFar(0, 0)
    for at, (kind, amount_fen) in enumerate(zip(*(c.tolist() for c in fit.columns.values()), strict=True)):
        if at % 4 == 0:
            so_far = SoFar(0, 0)
        settled = everything(terms[fit.period[at]], so_far, Facts(kind, amount_fen))
        so_far = SoFar(*(a + b for a, b in zip(so_far, settled.change, strict=True)))
        found.append([settled.first, *settled.swapped, *settled[2:6]])
    return found


@pytest.mark.property
@given(
    kinds=st.lists(st.integers(0, 4), min_size=24, max_size=24),
    amounts=st.lists(st.integers(0, 900), min_size=24, max_size=24),
)
@settings(max_examples=30, deadline=None)
def test_the_kernel_for_all_is_the_composition(kinds, amounts):
    fit = ready(kinds, amounts, TERMS)
    assert np.array(run(RECIPE, fit)).T.tolist() == one_by_one(fit, TERMS)


@pytest.mark.parametrize("terms", [TERMS, TERMS[:1], TERMS[1:]], ids=["both", "first", "second"])
@pytest.mark.parametrize("kinds", [[0, 1, 2, 3, 4], [2], [0, 1]], ids=str)
def test_the_frozen_kernel_is_the_composition(terms, kinds):
    amounts = [0, 1, 2, 3, 6, 99, 100, 399, 400, 401, 700, 10**6]
    fit = ready([k for k in kinds for _ in amounts], amounts * len(kinds), terms)
    recipe = frozen(RECIPE, fit)
    assert recipe.frozen is not None
    assert np.array(run(recipe, fit)).T.tolist() == one_by_one(fit, terms)


def test_a_way_without_a_return_is_not_written():
    with pytest.raises(NotInSubset, match="没有 return"):
        kernel_text(RECIPE._replace(composition=without_return))
