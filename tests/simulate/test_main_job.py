"""Everybody of the main job, claim by claim on the scalar path: the batch paid each of them the same to the fen.

`make fuzz` does it for a million people. Who has a reversal is settled on the scalar path in the batch as well, and is
compared by `tests/engine/test_compiled.py`.

carries_out: BEN-13
"""

import numpy as np
import pytest
from hypothesis import settings

from yibao.engine.settle import settle_claim
from yibao.engine.terms import NOTHING_YET, Claim
from yibao.engine.year import advance
from yibao.simulate.facts import claim_facts, numbers

FUZZING = settings.default.max_examples >= 1_000
PEOPLE = 1_000_000 if FUZZING else 50_000
AT_ONCE = 100_000


@pytest.mark.property
@pytest.mark.slow
def test_the_main_job_pays_everybody_what_the_scalar_rules_pay(run):
    result = run(PEOPLE, 1)
    groups = result.settlement_terms
    facts = claim_facts(
        groups, result.people, result.institutions, result.enrolled, result.claims, first_day=result.first_day
    )
    assert len(groups) == 1, "the year of Taiyuan has one set of terms"
    paid = zip(*(result.settlements.column(f"{p}_fen").to_numpy() for p in PAYERS), strict=True)
    reversing = np.asarray(result.claims.column("reverses").is_valid())
    late = set(numbers(result.claims, "person")[reversing].tolist())
    who, so_far, compared = -1, NOTHING_YET, 0
    for person, claim, posted in zip(numbers(facts, "person").tolist(), _claims(facts), paid, strict=True):
        if person != who:
            who, so_far = person, NOTHING_YET
        if person in late:
            continue
        settlement = settle_claim(groups[0].params, so_far, claim)
        so_far = advance(so_far, settlement.change)
        compared += 1
        assert posted == tuple(settlement.payers), f"person {person}, day {claim.day}"
    assert compared > PEOPLE


PAYERS = ("basic", "catastrophic", "assistance", "top_up", "hospital", "special_fund", "person")


def _claims(facts):
    for begin in range(0, facts.num_rows, AT_ONCE):
        part = facts.slice(begin, AT_ONCE)
        columns = (part.column(name).to_pylist() for name in Claim._fields)
        yield from map(Claim._make, zip(*columns, strict=True))
