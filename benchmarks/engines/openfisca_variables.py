"""OpenFisca-core, whole numbers, parameters looked up in tables."""

import variables
from openfisca_core import entities, parameters, periods, simulation_builder, taxbenefitsystems
from openfisca_core.variables import Variable


def prepare(claims, figures):
    """See `variables`."""
    core = variables.Core(
        entities.Entity,
        entities.GroupEntity,
        parameters.ParameterNode,
        simulation_builder.SimulationBuilder,
        taxbenefitsystems.TaxBenefitSystem,
        Variable,
        periods.YEAR,
    )
    return variables.prepare(core, claims, figures)
