"""What generated care costs (费用): heavy-tailed bills drawn in yuan, then made whole fen and split, once, here.

Drawing uses floating point, settlement never does: `split_fen` is the one place where a drawn bill becomes money.
"""

from typing import Any, NamedTuple

import numpy as np

FEN_IN_YUAN = 100
LEAST_FEN = 100


class Split(NamedTuple):
    """The five parts of each bill, in fen; they add up to it."""

    own_expense_fen: np.ndarray
    over_standard_fen: np.ndarray
    initial_self_pay_fen: np.ndarray
    class_a_fen: np.ndarray
    class_b_fen: np.ndarray


def lognormal(rng: np.random.Generator, count: int, spread: float) -> np.ndarray:
    """Numbers around one, lognormal with a mean of one."""
    return np.exp(rng.normal(-spread * spread / 2, spread, count))


def heavy_tailed(rng: np.random.Generator, count: int, spread: float, figures: dict[str, Any]) -> np.ndarray:
    """Numbers with a mean of one: lognormal, and a few from a Pareto tail that ends at a limit."""
    low, high, alpha = figures["tail_from"], figures["tail_to"], figures["tail_alpha"]
    share = figures["tail_share"]
    tail_mean = low * alpha / (alpha - 1) - low**alpha * high ** (1 - alpha) / (alpha - 1)
    body = lognormal(rng, count, spread) * (1 - share * tail_mean) / (1 - share)
    tail = np.minimum(low * (1 - rng.random(count)) ** (-1 / alpha), high)
    return np.where(rng.random(count) < share, tail, body)


def around(rng: np.random.Generator, share: np.ndarray, concentration: float) -> np.ndarray:
    """Shares that vary around given ones (Beta); a share of nothing stays nothing."""
    safe = np.clip(share, 1e-6, 1 - 1e-6)
    drawn = rng.beta(safe * concentration, (1 - safe) * concentration)
    return np.where(share > 0, drawn, 0.0)


def split_fen(
    rng: np.random.Generator, cost_yuan: np.ndarray, shares: dict[str, np.ndarray], concentration: float
) -> Split:
    """Bills in yuan as five parts in whole fen. `shares` has `own`, `over`, `initial` of the bill, `class_b` of the rest."""
    left = np.maximum(np.rint(cost_yuan * FEN_IN_YUAN).astype(np.int64), LEAST_FEN)
    total = left
    parts = []
    for name in ("own", "over", "initial"):
        part = np.minimum((total * around(rng, shares[name], concentration)).astype(np.int64), left)
        parts.append(part)
        left = left - part
    class_b = (left * around(rng, shares["class_b"], concentration)).astype(np.int64)
    return Split(parts[0], parts[1], parts[2], left - class_b, class_b)
