"""The mode of collection (征收模式): which department does a step of collecting contributions in an area.

Everywhere the tax bureau takes the money. What differs is who assesses what is due: in the unified mode (统模式), as it is read
here, tax assesses as well, and the insurance agency keeps the register. That reading is the entry's, not the program's.

carries_out: FIN-24
"""

from typing import Annotated, NamedTuple

from yibao.enrolment.terms import Department
from yibao.financing.params import CollectionModeParams
from yibao.financing.terms import CollectionStep


class CollectionDuty(NamedTuple):
    """Who does one step, and what kind of mode the area has."""

    department: Annotated[int, "办理部门"]
    unified: Annotated[int, "是否由税务核定并征收"]


def collection_duty(params: CollectionModeParams, *, step: int) -> CollectionDuty:
    """The department that a CollectionStep belongs to, and whether tax both assesses and collects."""
    assesses = params.by_tax[CollectionStep.ASSESS]
    collects = params.by_tax[CollectionStep.COLLECT]
    return CollectionDuty(
        department=Department.TAX if params.by_tax[step] == 1 else Department.MEDICAL_INSURANCE,
        unified=1 if assesses == 1 and collects == 1 else 0,
    )
