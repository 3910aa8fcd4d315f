"""What enrolment reads: the facts about a person and the parameters of enrolment and financing for one benefit year."""

from typing import Annotated, NamedTuple

from yibao.enrolment.params import CoverageTerms, EligibilityTerms, WaitingParams, WindowParams
from yibao.financing.params import EnrolmentAidParams, FullFinancingTerms, SubsidyParams
from yibao.kernel.shapes import Places

GROUPS = 2
"""Places of `aid`: one for each ContributionGroup."""

UNIVERSITIES = 4
"""Places of `subsidy`: one for each University, the first for anyone who is at none."""


class EnrolParams(NamedTuple):
    """Every parameter of enrolling one person of an area for a benefit year.

    `full_financing` holds the contribution and the ordinary subsidy of the year; `subsidy` has a place for each
    University, the ordinary one first; `aid` one for each ContributionGroup.
    """

    eligibility: EligibilityTerms
    window: WindowParams
    waiting: WaitingParams
    coverage: CoverageTerms
    full_financing: FullFinancingTerms
    subsidy: Annotated[tuple[SubsidyParams, ...], Places(UNIVERSITIES)]
    aid: Annotated[tuple[EnrolmentAidParams, ...], Places(GROUPS)]


class PersonFacts(NamedTuple):
    """What enrolment asks about a person, in whole numbers only.

    `group` is a ContributionGroup, `university` a University, `tier` the place of the tier in the pack's list. Bit n of
    `category_tags` is Category n. Days are day numbers; `paid_day` and `employee_cover_ended_day` are NEVER_DAY (-1) where
    they have not come. The rest are 1 or 0, and 0 is what holds for most people but for `hukou_local`:
    `unregistered_at_birth` is a child born last year and not registered then, `pays_full_financing` one whose family pays
    personal and fiscal part. Bit n of `household_tags` is set where the household is certified as Category n, whether or
    not the person holds the category.
    """

    born_day: int
    enrolled_day: int
    paid_day: int
    employee_cover_ended_day: int
    category_tags: int
    group: int
    university: int
    tier: int
    hukou_local: int
    parent_hukou_local: int
    residence_permit: int
    flexible_worker: int
    in_employee_insurance: int
    enrolled_elsewhere: int
    studies_elsewhere: int
    graduating: int
    unregistered_at_birth: int
    pays_full_financing: int
    household_tags: int = 0
