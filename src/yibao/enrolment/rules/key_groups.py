"""Key groups (重点人群): a certified person who is not covered, and what is to be done about it, so that not one is missing.

Either basic insurance covers: a person with a severe mental disorder on the health department's list who works is in
employees' insurance and no gap. Someone who died or moved away is taken off the list rather than enrolled.

carries_out: ENR-08, ENR-09
"""

from typing import Annotated, NamedTuple

from yibao.assistance.terms import Category
from yibao.enrolment.params import KeyGroupsParams
from yibao.enrolment.terms import FollowUp
from yibao.kernel.shapes import CATEGORIES


class KeyGroupGap(NamedTuple):
    """One person looked at; `group` is the first key group held, ORDINARY where there is none."""

    group: Annotated[int, "重点人群身份"]
    follow_up: Annotated[int, "跟进事项"]
    missing: Annotated[int, "是否漏保"]


def key_group_gap(
    params: KeyGroupsParams,
    *,
    category_tags: int,
    died: int,
    moved_away: int,
    in_employee_insurance: int,
    registered: int,
    person_owes_fen: int,
) -> KeyGroupGap:
    """Whether somebody certified is covered, and the FollowUp if not; bit n of `category_tags` is Category n."""
    group = first_group(params, category_tags=category_tags)
    follow_up: int = FollowUp.TO_REGISTER
    if group == Category.ORDINARY:
        follow_up = FollowUp.OUTSIDE
    elif died == 1 or moved_away == 1:
        follow_up = FollowUp.TO_TAKE_OFF_LIST
    elif in_employee_insurance == 1:
        follow_up = FollowUp.ENROLLED
    elif registered == 1:
        follow_up = FollowUp.TO_PAY if person_owes_fen > 0 else FollowUp.ENROLLED
    missing = 1 if follow_up == FollowUp.TO_PAY or follow_up == FollowUp.TO_REGISTER else 0
    return KeyGroupGap(group=group, follow_up=follow_up, missing=missing)


def first_group(params: KeyGroupsParams, *, category_tags: int) -> int:
    """The first key group among a person's categories; ORDINARY where there is none."""
    found: int = Category.ORDINARY
    for category in range(CATEGORIES):
        held = params.groups[category] == 1 and (category_tags >> category) & 1 == 1
        if held and found == Category.ORDINARY:
            found = category
    return found
