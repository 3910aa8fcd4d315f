"""Claims a second on an area's full chain: the scalar rules, the compiled kernel with payers, and with every step.

    .venv/bin/python benchmarks/settle.py [--area CODE] [--people 400000] [--rounds 5]

One thread, processor time of the scan alone (reading columns and checking them are reported beside it), the best of the
rounds. Ratios of one run decide; absolute numbers belong to the machine named. The last line is one JSON object.
"""

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import pyarrow as pa
from tests.engine.hostile import TAIYUAN, hostile_claims, periods_of

from yibao.engine import batch, recipes, scan
from yibao.engine.settle import settle_claim
from yibao.engine.terms import NOTHING_YET, Claim
from yibao.engine.year import advance
from yibao.packs.policies import policies


def main() -> None:
    """Measures and prints; the last line is the JSON object."""
    options = argparse.ArgumentParser()
    options.add_argument("--area", default=TAIYUAN)
    options.add_argument("--people", type=int, default=400_000)
    options.add_argument("--rounds", type=int, default=5)
    asked = options.parse_args()
    area = policies().area(asked.area)
    periods = periods_of(area)
    claims = hostile_claims(asked.people, 1, area)
    print(f"{machine()}；{asked.area}, {claims.num_rows:,} claims of {asked.people:,} people")
    scalar = _scalar(periods, claims.slice(0, 40_000), asked.rounds)
    payers = _compiled(recipes.SETTLE_PAYERS, periods, claims, asked.rounds)
    alone = _compiled(recipes.SETTLE_PAYERS, periods, claims, asked.rounds, freeze=True)
    everything = _compiled(recipes.SETTLE_ALL, periods, claims, asked.rounds)
    checks = _checks(periods, claims)
    print(f"scalar, one claim at a time      {scalar:>14,.0f} claims/s")
    print(f"compiled, payer columns          {payers:>14,.0f} claims/s and core  ({payers / scalar:,.0f}x)")
    print(f"the same, frozen for its terms   {alone:>14,.0f} claims/s and core  ({alone / scalar:,.0f}x)")
    print(
        f"compiled, every step             {everything:>14,.0f} claims/s and core  ({everything / scalar:,.0f}x)"
    )
    print(f"reading and checking columns     {checks:>14,.0f} claims/s and core")
    print(
        json.dumps(
            {
                "scalar_per_s": round(scalar),
                "compiled_per_s": round(payers),
                "frozen_per_s": round(alone),
                "all_outputs_per_s": round(everything),
            }
        )
    )


def full_chain(code: str, people: int = 100_000, rounds: int = 5) -> tuple[float, float]:
    """Claims a second and core of an area's full chain, payer columns, on claims that look for trouble.

    Gives the rate of the kernel for all, and that of one frozen for the area's terms.
    """
    area = policies().area(code)
    periods, claims = periods_of(area), hostile_claims(people, 1, area)
    return tuple(  # type: ignore[return-value]
        _compiled(recipes.SETTLE_PAYERS, periods, claims, rounds, freeze=freeze) for freeze in (False, True)
    )


def machine() -> str:
    """The name of the processor and how many cores there are, nothing else."""
    return f"{platform.processor() or platform.machine()} {_model()}"


def _compiled(
    recipe: batch.Recipe,
    periods: list[batch.Period],
    claims: pa.Table,
    rounds: int,
    *,
    freeze: bool = False,
) -> float:
    fit = batch.ready(recipe, periods, claims)
    if freeze:
        recipe = scan.frozen(recipe, fit)
    scan.kernel(recipe)
    best = min(_spent(lambda: scan.run(recipe, fit, threads=1)) for _ in range(rounds))
    return claims.num_rows / best


def _checks(periods: list[batch.Period], claims: pa.Table) -> float:
    return claims.num_rows / min(
        _spent(lambda: batch.ready(recipes.SETTLE_PAYERS, periods, claims)) for _ in range(3)
    )


def _scalar(periods: list[batch.Period], claims: pa.Table, rounds: int) -> float:
    people = claims.column("person").to_pylist()
    records = [
        Claim(*row) for row in zip(*(claims.column(n).to_pylist() for n in Claim._fields), strict=True)
    ]
    params = [next(p.params for p in periods if p.first_day <= c.day <= p.last_day) for c in records]

    def settle_all() -> None:
        who, so_far = -1, NOTHING_YET
        for person, terms, claim in zip(people, params, records, strict=True):
            if person != who:
                who, so_far = person, NOTHING_YET
            so_far = advance(so_far, settle_claim(terms, so_far, claim).change)

    return len(records) / min(_spent(settle_all) for _ in range(rounds))


def _spent(work: Callable[[], object]) -> float:
    begun = time.thread_time()
    work()
    return time.thread_time() - begun


def _model() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.exists():
        return ""
    names = [
        line.split(":", 1)[1].strip()
        for line in cpuinfo.read_text().splitlines()
        if line.startswith("model name")
    ]
    return f"({names[0]}, {len(names)} cores)" if names else ""


if __name__ == "__main__":
    main()
