"""Who is to be covered by help and is not (帮扶政策覆盖): not certified, a chronic disease not recognised, or not enrolled.

What a reader would get wrong: a person is found by what departments' lists say of them, not by what the register has; the gap
between the two is the finding. Of several missing certifications the first is named, and the count says how many there are.

carries_out: AID-08
"""

from typing import Annotated, NamedTuple

from yibao.assistance.params import CoveredGroupsParams
from yibao.assistance.terms import Category
from yibao.kernel.shapes import CATEGORIES


class HelpGap(NamedTuple):
    """What one person lacks; `covered` where somebody who is to be covered lacks nothing."""

    to_be_covered: Annotated[int, "是否属于应覆盖人群"]
    first_missing: Annotated[int, "首个应认定未认定的身份"]
    uncertified: Annotated[int, "应认定未认定的身份数"]
    chronic_to_certify: Annotated[int, "慢性病待遇是否应认定未认定"]
    to_enrol: Annotated[int, "是否应参保未参保"]
    covered: Annotated[int, "是否已覆盖"]


def help_gap(
    params: CoveredGroupsParams,
    *,
    listed_tags: int,
    certified_tags: int,
    rural: int,
    meets_chronic_conditions: int,
    chronic_certified: int,
    enrolled: int,
) -> HelpGap:
    """What somebody on departments' lists lacks; bit n of either set of tags is Category n."""
    listed = 0
    uncertified = 0
    first_missing: int = Category.ORDINARY
    for category in range(CATEGORIES):
        if params.groups[category] == 1 and (listed_tags >> category) & 1 == 1:
            listed += 1
            if (certified_tags >> category) & 1 == 0:
                uncertified += 1
                if uncertified == 1:
                    first_missing = category
    chronic = params.rural_chronic == 1 and rural == 1 and meets_chronic_conditions == 1
    to_be_covered = 1 if listed > 0 or chronic else 0
    chronic_to_certify = 1 if chronic and chronic_certified == 0 else 0
    to_enrol = 1 if to_be_covered == 1 and enrolled == 0 else 0
    lacks = uncertified + chronic_to_certify + to_enrol
    return HelpGap(
        to_be_covered=to_be_covered,
        first_missing=first_missing,
        uncertified=uncertified,
        chronic_to_certify=chronic_to_certify,
        to_enrol=to_enrol,
        covered=1 if to_be_covered == 1 and lacks == 0 else 0,
    )
