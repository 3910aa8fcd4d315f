"""Bills of special funds (专项资金) among generated claims: stays for COVID-19 treatment, and vaccinations.

Drawn from a stream of their own, so that a place without such funds has the same claims otherwise.
"""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from yibao.benefits.params import SpecialFundsParams
from yibao.benefits.terms import SpecialFund
from yibao.kernel.shapes import NOT_ON_FILE
from yibao.packs.build import params
from yibao.packs.policies import Area
from yibao.simulate.costs import FEN_IN_YUAN
from yibao.simulate.facts import numbers
from yibao.simulate.tables import CLAIMS

AMOUNTS = tuple(name for name in CLAIMS.names if name.endswith("_fen"))


def funds_on_file(area: Area, year: int) -> frozenset[SpecialFund]:
    """The funds whose share is on file in a year; none where the area has no entry of them."""
    if "special_funds" not in area.keys("benefits"):
        return frozenset()
    block = area.block("benefits", "special_funds", date(year, 12, 31))
    if not block.values:
        return frozenset()
    share_bp = params(SpecialFundsParams, block, area).share_bp
    return frozenset(f for f in SpecialFund if f != SpecialFund.NONE and share_bp[f] != NOT_ON_FILE)


def treated(rng: np.random.Generator, stays: pa.Table, share: float) -> pa.Table:
    """Stays of which a share is for COVID-19; a stay with an excluded cause is none."""
    chosen = (rng.random(stays.num_rows) < share) & (numbers(stays, "exclusion") == 0)
    return _set(stays, "special_fund", np.where(chosen, int(SpecialFund.COVID_TREATMENT), 0))


def vaccinations(visits: pa.Table, figures: dict[str, Any]) -> pa.Table:
    """Outpatient visits turned into vaccinations: one price, all of it in scope, and no excluded cause."""
    count = visits.num_rows
    found = _set(visits, "special_fund", np.full(count, int(SpecialFund.COVID_VACCINATION)))
    found = _set(found, "exclusion", np.zeros(count))
    for name in AMOUNTS:
        price_fen = int(figures["price"]) * FEN_IN_YUAN if name == "class_a_fen" else 0
        found = _set(found, name, np.full(count, price_fen))
    return found


def _set(table: pa.Table, name: str, values: np.ndarray) -> pa.Table:
    field = CLAIMS.field(name)
    column = pa.array(values.astype(field.type.to_pandas_dtype()))
    return table.set_column(CLAIMS.get_field_index(name), field, column)
