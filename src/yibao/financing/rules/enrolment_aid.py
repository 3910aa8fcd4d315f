"""Enrolment aid (资助参保): who pays how much of a person's contribution, and what the person pays.

A person in several categories gets the aid of one of them, the largest, never two added up; on a tie the category that the
notice names first. Aid may also come through the household: where one is certified, its members get the amount that the
entry names for them, unless a category of their own gives as much. Aid is never above the contribution: a contribution that
is lower than the printed aid is paid by the payers in their order until nothing is left. Students have a table of their own
where the notice sets another payer.

carries_out: FIN-11, FIN-12, FIN-13, FIN-14, FIN-15, FIN-22
"""

from typing import Annotated, NamedTuple

from yibao.assistance.terms import Category
from yibao.financing.params import EnrolmentAidParams
from yibao.kernel.shapes import CATEGORIES, NOT_ON_FILE


class EnrolmentAid(NamedTuple):
    """The working of one person's aid; the three payers and the person add up to the contribution."""

    on_file: Annotated[int, "资助标准是否在册"]
    contribution_fen: Annotated[int, "个人缴费标准"]
    category: Annotated[int, "资助身份"]
    through_household: Annotated[int, "是否作为家庭成员资助"]
    assistance_fund_fen: Annotated[int, "医疗救助基金资助"]
    municipal_fen: Annotated[int, "市级财政资助"]
    county_fen: Annotated[int, "县（市、区）财政资助"]
    person_pays_fen: Annotated[int, "个人实缴"]


class AidedAs(NamedTuple):
    """What somebody is aided as: the category, one's own or the household's, and the one whose amounts hold."""

    category: Annotated[int, "资助身份"]
    through_household: Annotated[int, "是否作为家庭成员资助"]
    amounts_of: Annotated[int, "参照的身份"]
    aid_fen: Annotated[int, "资助金额"]


def enrolment_aid(
    params: EnrolmentAidParams, *, category_tags: int, household_tags: int, contribution_fen: int
) -> EnrolmentAid:
    """The aid of the most favourable single category; bit n of either set of tags is Category n."""
    found = aided_as(
        params,
        category_tags=category_tags,
        household_tags=household_tags,
        contribution_fen=contribution_fen,
    )
    row = found.amounts_of
    left_fen = contribution_fen
    assistance_fund_fen = min(max(params.assistance_fund_fen[row], 0), left_fen)
    left_fen = left_fen - assistance_fund_fen
    municipal_fen = min(max(params.municipal_fen[row], 0), left_fen)
    left_fen = left_fen - municipal_fen
    county_fen = min(max(params.county_fen[row], 0), left_fen)
    return EnrolmentAid(
        on_file=0 if params.assistance_fund_fen[row] == NOT_ON_FILE else 1,
        contribution_fen=contribution_fen,
        category=found.category,
        through_household=found.through_household,
        assistance_fund_fen=assistance_fund_fen,
        municipal_fen=municipal_fen,
        county_fen=county_fen,
        person_pays_fen=left_fen - county_fen,
    )


def aided_as(
    params: EnrolmentAidParams, *, category_tags: int, household_tags: int, contribution_fen: int
) -> AidedAs:
    """The category with the largest aid, the person's own before the household's; ORDINARY where there is none."""
    own = own_category(params, category_tags=category_tags, contribution_fen=contribution_fen)
    found = own
    for category in range(CATEGORIES):
        row = params.household_category[category]
        if row > Category.ORDINARY and (household_tags >> category) & 1 == 1:
            aid_fen = min(offered_fen(params, category=row), contribution_fen)
            if aid_fen > found.aid_fen:
                found = AidedAs(category=category, through_household=1, amounts_of=row, aid_fen=aid_fen)
    return found


def own_category(params: EnrolmentAidParams, *, category_tags: int, contribution_fen: int) -> AidedAs:
    """The category with the largest aid of those a person holds; on a tie the first of the notice; else ORDINARY."""
    found: int = Category.ORDINARY
    found_fen = 0
    found_order = 0
    for category in range(CATEGORIES):
        if (category_tags >> category) & 1 == 1:
            aid_fen = min(offered_fen(params, category=category), contribution_fen)
            order = params.order[category]
            if aid_fen > found_fen or (aid_fen == found_fen and aid_fen > 0 and order < found_order):
                found = category
                found_fen = aid_fen
                found_order = order
    return AidedAs(category=found, through_household=0, amounts_of=found, aid_fen=found_fen)


def offered_fen(params: EnrolmentAidParams, *, category: int) -> int:
    """What the three payers offer together for a category."""
    return params.assistance_fund_fen[category] + params.municipal_fen[category] + params.county_fen[category]
