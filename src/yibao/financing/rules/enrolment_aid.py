"""Enrolment aid (资助参保): who pays how much of a person's contribution, and what the person pays.

A person in several categories gets the aid of one of them, the largest, never two added up; on a tie the category that the
notice names first. Aid is never above the contribution: a contribution that is lower than the printed aid is paid by the
payers in their order until nothing is left. Students have a table of their own where the notice sets another payer.

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
    assistance_fund_fen: Annotated[int, "医疗救助基金资助"]
    municipal_fen: Annotated[int, "市级财政资助"]
    county_fen: Annotated[int, "县（市、区）财政资助"]
    person_pays_fen: Annotated[int, "个人实缴"]


def enrolment_aid(params: EnrolmentAidParams, *, category_tags: int, contribution_fen: int) -> EnrolmentAid:
    """The aid of the most favourable single category; bit n of `category_tags` is Category n."""
    category = aided_category(params, category_tags=category_tags, contribution_fen=contribution_fen)
    left_fen = contribution_fen
    assistance_fund_fen = min(max(params.assistance_fund_fen[category], 0), left_fen)
    left_fen = left_fen - assistance_fund_fen
    municipal_fen = min(max(params.municipal_fen[category], 0), left_fen)
    left_fen = left_fen - municipal_fen
    county_fen = min(max(params.county_fen[category], 0), left_fen)
    return EnrolmentAid(
        on_file=0 if params.assistance_fund_fen[category] == NOT_ON_FILE else 1,
        contribution_fen=contribution_fen,
        category=category,
        assistance_fund_fen=assistance_fund_fen,
        municipal_fen=municipal_fen,
        county_fen=county_fen,
        person_pays_fen=left_fen - county_fen,
    )


def aided_category(params: EnrolmentAidParams, *, category_tags: int, contribution_fen: int) -> int:
    """The category with the largest aid of those a person holds; on a tie the first of the notice; else ORDINARY."""
    found: int = Category.ORDINARY
    found_fen = 0
    found_order = 0
    for category in range(CATEGORIES):
        if (category_tags >> category) & 1 == 1:
            offered_fen = (
                params.assistance_fund_fen[category]
                + params.municipal_fen[category]
                + params.county_fen[category]
            )
            aid_fen = min(offered_fen, contribution_fen)
            order = params.order[category]
            if aid_fen > found_fen or (aid_fen == found_fen and aid_fen > 0 and order < found_order):
                found = category
                found_fen = aid_fen
                found_order = order
    return found
