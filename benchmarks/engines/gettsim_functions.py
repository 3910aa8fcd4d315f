"""GETTSIM's engine (ttsim): scalar functions that it rewrites to columns; running sums are functions of whole columns."""

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import yaml

PAYS = ("basic", "catastrophic", "assistance", "bears")
STEPS = Path(__file__).parent / "gettsim_rules" / "steps.py"
GIVEN = ("institution_class", "category", "own_expense", "initial_self_pay", "in_scope")

os.environ.setdefault("TTSIM_BEARTYPE_CLAW", "1")


def prepare(claims, figures):
    """The policy objects once; the graph is made and run at each call, as the engine's `main` does."""
    from ttsim import InputData, MainTarget, OrigPolicyObjects, TTTargets, main
    from ttsim.tt import Currency, UnitSystem

    rules = tempfile.TemporaryDirectory()
    shutil.copy(STEPS, rules.name)
    written = {name: parameter(name, figure) for name, figure in figures.items()}
    (Path(rules.name) / "figures.yaml").write_text(yaml.dump(written))
    objects = OrigPolicyObjects.root(Path(rules.name))
    count = len(claims["person"])
    data = {"p_id": np.arange(count), "insured": claims["person"].astype(np.int64)}
    data |= {name: claims[name].astype(np.int64) for name in GIVEN}
    units = UnitSystem(currencies={"CNY": Currency(statutory_from="1949-01-01")})

    def run():
        settled = main(
            main_target=MainTarget.results.qname,
            input_data=InputData.qname(data),
            policy_date_str="2023-06-01",
            orig_policy_objects=objects,
            tt_targets=TTTargets.qname(dict.fromkeys(PAYS)),
            unit_system=units,
            include_fail_nodes=False,
            include_warn_nodes=False,
            rounding=False,
        )
        return [np.asarray(settled[pay]) for pay in PAYS]

    run.rules = rules  # read again at each call, so kept as long as `run` is
    return run


def parameter(name, figure):
    """A figure as the engine's YAML has it: a number, or a table by code."""
    words = {"de": name, "en": name}
    is_table = isinstance(figure, list)
    return {
        "name": words,
        "description": words,
        "unit": "DIMENSIONLESS",
        "type": "require_converter" if is_table else "scalar",
        yaml_date(): dict(enumerate(figure)) if is_table else {"value": figure},
    }


def yaml_date():
    """The first day, as a date and not as text: the engine does not see a key in quotes."""
    return yaml.safe_load("2023-01-01")
