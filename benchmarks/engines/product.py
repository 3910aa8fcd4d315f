"""The product's own kernel, in the project's environment."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks import workload
from yibao.engine import batch, scan
from yibao.engine.recipes import SETTLE_PAYERS

PAYERS = ("basic", "catastrophic", "assistance", "person")


def prepare(claims, figures):
    """The kernel for the workload's terms and stays; the output columns are kept from run to run."""
    fit = batch.ready(SETTLE_PAYERS, workload.periods(), workload.table(claims))
    recipe = recipe_of(fit)
    pays = scan.outputs_for(recipe, len(fit.person))

    def run():
        return scan.run(recipe, fit, threads=int(os.environ.get("THREADS", "1")), into=pays)

    return run


def recipe_of(fit):
    """One-stop settlement as it stands, four payers written out, frozen for the terms and the stays."""
    outputs = {f"payers.{payer}_fen": "int64" for payer in PAYERS}
    return scan.frozen(SETTLE_PAYERS._replace(outputs=outputs), fit)
