"""The product's own rules in plain Python, one claim at a time, on the first of the claims."""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks import workload
from yibao.engine.settle import settle_claim
from yibao.engine.terms import NOTHING_YET, Claim
from yibao.engine.year import advance

SAMPLE = 20_000


def prepare(claims, figures):
    """The stays as records of the product."""
    table = workload.table(claims)
    people = table.column("person").to_pylist()
    columns = [table.column(name).to_pylist() for name in Claim._fields]
    records = [Claim(*row) for row in zip(*columns, strict=True)]
    terms = workload.terms()

    def run():
        pays, whose, so_far = [], -1, NOTHING_YET
        for person, claim in zip(people, records, strict=True):
            if person != whose:
                whose, so_far = person, NOTHING_YET
            settled = settle_claim(terms, so_far, claim)
            so_far = advance(so_far, settled.change)
            payers = settled.payers
            pays.append((payers.basic_fen, payers.catastrophic_fen, payers.assistance_fen, payers.person_fen))
        return list(np.array(pays, np.int64).T)

    return run
