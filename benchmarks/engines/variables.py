"""The workload as variables with formulas, for OpenFisca-core and its fork PolicyEngine-core, which share their words.

A claim is the person entity, an insured person's year the group; each step of the settlement is a variable, each figure a
dated parameter. Amounts are whole numbers; what either engine holds in 32 bits is reckoned in 64. Parameters are looked up
by code in a NumPy table, which is many times faster than either engine's own look-up by Enum.
"""

from typing import NamedTuple

import numpy as np
from person_runs import Runs, raised, rounded

PERIOD = "2023"
PAYS = ("basic", "catastrophic", "assistance", "bears")
GIVEN = ("institution_class", "category", "own_expense", "initial_self_pay", "in_scope")


class Core(NamedTuple):
    """What the two engines call the same and keep in other places."""

    Entity: type
    GroupEntity: type
    ParameterNode: type
    SimulationBuilder: type
    TaxBenefitSystem: type
    Variable: type
    year: object


def prepare(core, claims, figures):
    """The system of variables once; a simulation, as every batch must have it, at each run."""
    system = system_of(core, figures)

    def run():
        simulation = simulation_of(core, system, claims)
        return [simulation.calculate(pay, PERIOD) for pay in PAYS]

    return run


def system_of(core, figures):
    """Entities, parameters and variables."""
    claim = core.Entity("claim", "claims", "One stay", "")
    roles = [{"key": "stay", "plural": "stays", "label": "stay", "doc": ""}]
    insured = core.GroupEntity("insured", "insureds", "A person's year", "", roles=roles)
    system = core.TaxBenefitSystem([claim, insured])
    system.parameters = core.ParameterNode("", data={name: tree(f) for name, f in figures.items()})
    for name in GIVEN:
        system.add_variable(variable(core, claim, name, None))
    for formula in FORMULAS:
        system.add_variable(variable(core, claim, formula.__name__, formula))
    return system


def simulation_of(core, system, claims):
    """A simulation with the claims as its input."""
    runs = Runs(claims["person"])
    count, people = len(claims["person"]), len(runs.first)
    builder = core.SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("claim", np.arange(count))
    insured = builder.declare_entity("insured", np.arange(people))
    whose = np.repeat(np.arange(people), runs.count)
    builder.join_with_persons(insured, whose, np.repeat("stay", count))
    simulation = builder.build(system)
    simulation.runs = runs
    for name in GIVEN:
        simulation.set_input(name, PERIOD, claims[name])
    return simulation


def variable(core, entity, name, formula):
    """A class of the engine for one step; without a formula, an input."""
    members = {
        "value_type": int,
        "entity": entity,
        "definition_period": core.year,
        "label": name,
        "reference": "benchmarks/policies",
    }
    if formula is not None:
        members["formula"] = formula
    return type(name, (core.Variable,), members)


def tree(figure):
    """A figure as dated parameters: one value, or one for each code."""
    if isinstance(figure, list):
        return {f"code_{code}": tree(value) for code, value in enumerate(figure)}
    return {"values": {"2023-01-01": {"value": figure}}}


def of_code(node, code):
    """The parameter of each claim's code."""
    count = len(list(node))
    return np.array([getattr(node, f"code_{n}") for n in range(count)], np.int64)[code]


def wide(amount):
    """An amount in 64 bits."""
    return np.asarray(amount, np.int64)


def stays_before(claim, period, parameters):
    return claim.simulation.runs.earlier(np.ones(claim.count, np.int64))


def deductible(claim, period, parameters):
    p, at = parameters(period), claim("institution_class", period)
    first = claim("stays_before", period) == 0
    return np.where(first, of_code(p.deductible_fen, at), of_code(p.later_deductible_fen, at))


def due(claim, period, parameters):
    above = np.maximum(wide(claim("in_scope", period)) - claim("deductible", period), 0)
    return rounded(above * of_code(parameters(period).rate_bp, claim("institution_class", period)))


def basic(claim, period, parameters):
    asked = wide(claim("due", period))
    before = claim.simulation.runs.earlier(asked)
    return raised(before, before + asked, parameters(period).basic_cap_fen)


def own(claim, period, parameters):
    return claim("in_scope", period) - claim("basic", period)


def own_before(claim, period, parameters):
    return claim.simulation.runs.earlier(wide(claim("own", period)))


def catastrophic(claim, period, parameters):
    p, category = parameters(period), claim("category", period)
    low, second = of_code(p.catastrophic_deductible_fen, category), p.catastrophic_second_fen
    first_bp = of_code(p.catastrophic_first_bp, category)
    second_bp = of_code(p.catastrophic_second_bp, category)

    def yielded(year):
        above = np.maximum(np.minimum(year, second) - low, 0)
        return rounded(above * first_bp + np.maximum(year - second, 0) * second_bp)

    before = wide(claim("own_before", period))
    after = before + claim("own", period)
    return raised(yielded(before), yielded(after), of_code(p.catastrophic_cap_fen, category))


def remains(claim, period, parameters):
    return claim("own", period) - claim("catastrophic", period)


def remains_before(claim, period, parameters):
    return claim.simulation.runs.earlier(wide(claim("remains", period)))


def assistance(claim, period, parameters):
    p, category = parameters(period), claim("category", period)
    low = of_code(p.assistance_deductible_fen, category)
    rate_bp = of_code(p.assistance_rate_bp, category)
    before = wide(claim("remains_before", period))
    after = before + claim("remains", period)
    return raised(
        rounded(np.maximum(before - low, 0) * rate_bp),
        rounded(np.maximum(after - low, 0) * rate_bp),
        of_code(p.assistance_cap_fen, category),
    )


def bears(claim, period, parameters):
    return (
        claim("own_expense", period)
        + claim("initial_self_pay", period)
        + claim("remains", period)
        - claim("assistance", period)
    )


FORMULAS = (
    *(stays_before, deductible, due, basic, own, own_before),
    *(catastrophic, remains, remains_before, assistance, bears),
)
