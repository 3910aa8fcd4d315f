"""PolicyEngine-core, the fork of OpenFisca-core that PolicyEngine's models run on; the same variables."""

import variables
from policyengine_core import entities, parameters, periods, simulations, taxbenefitsystems
from policyengine_core.variables import Variable


def prepare(claims, figures):
    """See `variables`."""
    core = variables.Core(
        entities.Entity,
        entities.GroupEntity,
        parameters.ParameterNode,
        simulations.SimulationBuilder,
        taxbenefitsystems.TaxBenefitSystem,
        Variable,
        periods.YEAR,
    )
    return variables.prepare(core, claims, figures)
