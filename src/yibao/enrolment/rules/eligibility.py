"""Who may enrol here (参保条件): household registration is one ground among several, and nobody is enrolled twice.

What a reader would get wrong: a residence permit counts as much as household registration, a flexible worker needs
neither, and a student enrols at the place of school even where the household registration is elsewhere. Someone who is in
employee insurance now is refused first, whatever else holds.

carries_out: FIN-08, ENR-04, ENR-05
"""

from typing import Annotated, NamedTuple

from yibao.enrolment.params import EligibilityTerms
from yibao.enrolment.terms import EnrolmentRefusal, Ground


class Eligibility(NamedTuple):
    """Whether a person may enrol here: the refusal, and the ground where there is none."""

    refusal: Annotated[int, "不予参保原因"]
    ground: Annotated[int, "参保依据"]
    same_subsidy: Annotated[int, "是否享受与当地居民相同的财政补助"]


def eligibility(
    params: EligibilityTerms,
    *,
    in_employee_insurance: int,
    enrolled_elsewhere: int,
    newborn: int,
    student: int,
    studies_elsewhere: int,
    hukou_local: int,
    parent_hukou_local: int,
    residence_permit: int,
    flexible_worker: int,
) -> Eligibility:
    """Whether and on what ground a person may enrol in the residents' insurance of this area. All facts are 1 or 0."""
    if in_employee_insurance == 1:
        return Eligibility(refusal=EnrolmentRefusal.IN_EMPLOYEE_INSURANCE, ground=Ground.NONE, same_subsidy=0)
    if enrolled_elsewhere == 1:
        return Eligibility(refusal=EnrolmentRefusal.ENROLLED_ALREADY, ground=Ground.NONE, same_subsidy=0)
    if student == 1 and studies_elsewhere == 1 and params.student.at_place_of_school == 1:
        return Eligibility(refusal=EnrolmentRefusal.STUDYING_ELSEWHERE, ground=Ground.NONE, same_subsidy=0)
    ground = ground_of(
        params,
        newborn=newborn,
        student=student,
        studies_elsewhere=studies_elsewhere,
        hukou_local=hukou_local,
        parent_hukou_local=parent_hukou_local,
        residence_permit=residence_permit,
        flexible_worker=flexible_worker,
    )
    if ground == Ground.NONE:
        return Eligibility(refusal=EnrolmentRefusal.NOT_RESIDENT, ground=ground, same_subsidy=0)
    same_subsidy = params.residence_permit.same_subsidy if ground == Ground.RESIDENCE_PERMIT else 1
    return Eligibility(refusal=EnrolmentRefusal.NONE, ground=ground, same_subsidy=same_subsidy)


def ground_of(
    params: EligibilityTerms,
    *,
    newborn: int,
    student: int,
    studies_elsewhere: int,
    hukou_local: int,
    parent_hukou_local: int,
    residence_permit: int,
    flexible_worker: int,
) -> int:
    """The first ground (参保依据) that a person has; a newborn has it through a parent's registration as well."""
    if newborn == 1 and (hukou_local == 1 or parent_hukou_local == 1):
        return Ground.NEWBORN
    if student == 1 and studies_elsewhere == 0:
        return Ground.STUDENT
    if hukou_local == 1:
        return Ground.HOUSEHOLD_REGISTRATION
    if residence_permit == 1 and params.residence_permit.may_enrol == 1:
        return Ground.RESIDENCE_PERMIT
    if flexible_worker == 1 and params.flexible_worker.household_registration_required == 0:
        return Ground.FLEXIBLE_WORKER
    return Ground.NONE
