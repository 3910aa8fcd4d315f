"""The engine and a second witness agree on every payer of every claim, for every area on file.

carries_out: BEN-13
"""

import ast
import secrets
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from tests.engine.hostile import contrary, hostile_claims, periods_of, settling_codes
from tests.witness.settlement import PAYERS, settle_year

from yibao.engine.batch import settle_table
from yibao.kernel.days import day_of
from yibao.packs.policies import policies

YEARS_EACH = 2
PERSON_YEARS, PERSON_YEARS_OF_FUZZ = 2_000, 100_000


@pytest.mark.property
@pytest.mark.parametrize("turned", [False, True], ids=["as on file", "every option turned"])
@pytest.mark.parametrize("code", settling_codes())
def test_the_witness_agrees_to_the_fen(code, turned):
    fuzz = settings.default.max_examples > PERSON_YEARS
    people = (PERSON_YEARS_OF_FUZZ if fuzz else PERSON_YEARS) // YEARS_EACH
    seed = secrets.randbits(32) if fuzz else 20220708
    area = policies().area(code)
    periods = [p._replace(params=contrary(p.params) if turned else p.params) for p in periods_of(area)]
    claims = hostile_claims(people, seed, area)
    settled = settle_table(periods, claims)
    columns = [settled.column("refusal"), *(settled.column(f"{payer}_fen") for payer in PAYERS)]
    engine = zip(*(column.to_pylist() for column in columns), strict=True)
    plain = [(p.first_day, p.last_day, as_data(p.params)) for p in periods]

    def terms_of(day: int) -> dict[str, Any]:
        return next(params for first_day, last_day, params in plain if first_day <= day <= last_day)

    for whose, years in groupby(claims.to_pylist(), lambda c: (c["person"], day_of(c["day"]).year)):
        of_year = list(years)
        for claim, (reason, paid) in zip(of_year, settle_year(terms_of, of_year), strict=True):
            witness = (reason, *(paid[payer] for payer in PAYERS))
            found = next(engine)
            assert found == witness, f"{code} seed {seed} {whose}: engine {found}, witness {witness}, {claim}"


def as_data(params: Any) -> Any:
    """Params as plain dicts and tuples of numbers."""
    if hasattr(params, "_asdict"):
        return {name: as_data(value) for name, value in params._asdict().items()}
    return tuple(map(as_data, params)) if isinstance(params, tuple) else int(params)


def test_the_witness_imports_nothing_of_the_package():
    text = (Path(__file__).parent / "settlement.py").read_text("utf-8")
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert [getattr(node, "module", "") for node in imports] == ["fractions", "math"]
