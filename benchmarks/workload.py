"""The reference workload: stays of a generated year, the figures they are settled by, and the product's kernel for them.

Claims and figures are written to a folder once, so that every engine reads the same, in an environment of its own. The
figures come from the pack in `benchmarks/policies`; what the product's own rules make of the claims is the answer that
every other engine must give, to the fen.
"""

import hashlib
import inspect
import json
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from yibao.benefits.terms import VisitKind
from yibao.engine.batch import Period
from yibao.engine.recipes import SETTLE_PAYERS
from yibao.engine.terms import OLDEST, Claim, SettlementParams
from yibao.kernel.days import day_number
from yibao.kernel.money import share_fen
from yibao.kernel.shapes import BANDS
from yibao.packs.policies import policies
from yibao.packs.settlement import settlement_terms

POLICIES = Path(__file__).parent / "policies"
AREA, DAY = "990100", date(2023, 6, 1)

PEOPLE, CLAIMS, SEED = 1_000_000, 5_000_000, 8
CLASSES, CATEGORIES = 3, 4
COLUMNS = ("person", "institution_class", "category", "own_expense", "initial_self_pay", "in_scope")
NAMES = {
    "institution_class": "institution_class",
    "category": "category",
    "own_expense": "own_expense_fen",
    "initial_self_pay": "initial_self_pay_fen",
    "in_scope": "class_a_fen",
}
"""The facts of a claim that the columns hold, person aside."""
BYTES = 4 + 1 + 1 + 3 * 8 + 4 * 8
"""Read and written for a claim: person, class, category, three amounts, four pays."""


def generated(people: int, claims: int, seed: int) -> dict[str, np.ndarray]:
    """Stays sorted by person, at least one each; one person in a hundred has about forty.

    The category is the person's; amounts are in fen, and what is in scope is the bill less the two parts that are not.
    """
    draw = np.random.default_rng(seed)
    weight = np.where(draw.random(people) < 0.01, 11.0, 1.0)
    each = 1 + draw.multinomial(claims - people, weight / weight.sum())
    institution_class = draw.choice(np.arange(CLASSES, dtype=np.int8), claims, p=[0.35, 0.40, 0.25])
    usual_fen = np.array([250_000.0, 600_000.0, 1_500_000.0])[institution_class]
    total = np.clip(draw.lognormal(0, 1, claims) * usual_fen, 100, 200_000_000).astype(np.int64)
    own_expense = (total * draw.random(claims) * 0.2).astype(np.int64)
    initial_self_pay = (total * draw.random(claims) * 0.1).astype(np.int64)
    category = draw.choice(np.arange(CATEGORIES, dtype=np.int8), people, p=[0.80, 0.04, 0.08, 0.08])
    return {
        "person": np.repeat(np.arange(people, dtype=np.int32), each),
        "institution_class": institution_class,
        "category": np.repeat(category, each),
        "own_expense": own_expense,
        "initial_self_pay": initial_self_pay,
        "in_scope": total - own_expense - initial_self_pay,
    }


def terms() -> SettlementParams:
    """The benchmark pack's terms."""
    return settlement_terms(policies(POLICIES).area(AREA), DAY).params


def full_chain_of() -> list[str]:
    """The areas whose full chain is timed beside the workload."""
    return list(policies(POLICIES).packs[AREA].facts["full_chain_of"])


def periods() -> list[Period]:
    """The terms as the batch takes them."""
    return [Period(day_number(date(DAY.year, 1, 1)), day_number(date(DAY.year, 12, 31)), terms())]


def facts() -> dict[str, int]:
    """What holds of every stay: in the hospital of a contracted place, by people who are covered, on one day."""
    alike = dict.fromkeys(Claim._fields, 0) | {
        "kind": VisitKind.HOSPITAL,
        "day": day_number(DAY),
        "covered": 1,
        "designated": 1,
        "in_county": 1,
        "age": OLDEST,
    }
    return {name: int(value) for name, value in alike.items() if name not in NAMES.values()}


def differing(claims: dict[str, np.ndarray]) -> pa.Table:
    """The columns of the stays as the product names them: what is not in `facts`."""
    return pa.table({NAMES.get(name, name): claims[name] for name in COLUMNS})


def table(claims: dict[str, np.ndarray]) -> pa.Table:
    """The stays as claims of the product with every column."""
    count = len(claims["person"])
    columns = {name: np.full(count, value, SETTLE_PAYERS.columns[name]) for name, value in facts().items()}
    whole = differing(claims)
    return pa.table({**{name: whole.column(name) for name in whole.column_names}, **columns})


def figures(params: SettlementParams) -> dict[str, int | list[int]]:
    """The figures that settle a stay, by name: one number, or a list by institution class or by category."""
    hospital = params.hospital
    catastrophic, direct = params.catastrophic[:CATEGORIES], params.direct[:CATEGORIES]
    return {
        "deductible_fen": list(hospital.deductible_fen[:CLASSES]),
        "later_deductible_fen": [
            share_fen(d, hospital.repeat_bp[1]) for d in hospital.deductible_fen[:CLASSES]
        ],
        "rate_bp": list(hospital.band_rate_bp[: CLASSES * BANDS : BANDS]),
        "basic_cap_fen": params.basic_cap.annual_cap_fen[0],
        "catastrophic_deductible_fen": [terms.deductible_fen for terms in catastrophic],
        "catastrophic_second_fen": catastrophic[0].band_from_fen[1],
        "catastrophic_first_bp": [terms.band_rate_bp[0] for terms in catastrophic],
        "catastrophic_second_bp": [terms.band_rate_bp[1] for terms in catastrophic],
        "catastrophic_cap_fen": [terms.annual_cap_fen for terms in catastrophic],
        "assistance_deductible_fen": [terms.deductible_fen for terms in direct],
        "assistance_rate_bp": [terms.rate_bp for terms in direct],
        "assistance_cap_fen": [terms.annual_cap_fen for terms in direct],
    }


def written(folder: Path, people: int, claims: int, seed: int) -> Path:
    """The workload in a folder of its own under `folder`: a file a column, and `figures.json`; made where it is missing."""
    made_by = hashlib.sha256((inspect.getsource(generated) + np.__version__).encode()).hexdigest()[:8]
    at = folder / f"{claims}-{people}-{seed}-{made_by}"
    at.mkdir(parents=True, exist_ok=True)
    if not all((at / f"{name}.npy").exists() for name in COLUMNS):
        for name, column in generated(people, claims, seed).items():
            np.save(at / f"{name}.npy", column)
    (at / "figures.json").write_text(json.dumps(figures(terms()), indent=1))
    return at
