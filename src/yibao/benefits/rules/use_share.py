"""Preferring what the catalogue and procurement offer (优先选择): an institution's shares against the lines on file.

Shares are compared exactly and shown rounded down; a line holds at the line itself. The line on own expense is for
institutions within the county; outside there is none.

carries_out: BEN-15
"""

from typing import Annotated, NamedTuple

from yibao.benefits.params import UseLineParams
from yibao.benefits.terms import UseVerdict
from yibao.kernel.money import WHOLE_BP
from yibao.kernel.shapes import NOT_ON_FILE


class UseShare(NamedTuple):
    """One share of an institution, its line (-1 where there is none) and what comes of it."""

    share_bp: Annotated[int, "占比"]
    line_bp: Annotated[int, "控制线"]
    verdict: Annotated[int, "与控制线相比"]


def off_list_share(params: UseLineParams, *, off_list_fen: int, total_fen: int, in_county: int) -> UseShare:
    """The share of cost outside the catalogues (目录外医疗费用占比): the rest is catalogue drugs and payable items."""
    line_bp = params.off_list_at_most_bp if in_county == 1 else NOT_ON_FILE
    if total_fen <= 0:
        return UseShare(share_bp=0, line_bp=line_bp, verdict=UseVerdict.NOTHING_TO_MEASURE)
    verdict = UseVerdict.NO_LINE
    if line_bp >= 0:
        is_past = off_list_fen * WHOLE_BP > total_fen * line_bp
        verdict = UseVerdict.PAST_LINE if is_past else UseVerdict.WITHIN
    return UseShare(share_bp=off_list_fen * WHOLE_BP // total_fen, line_bp=line_bp, verdict=verdict)


def procured_share(params: UseLineParams, *, procured_fen: int, same_products_fen: int) -> UseShare:
    """The share of procured products (集采中选产品) in the cost of all products of the kinds that were procured."""
    line_bp = params.procured_at_least_bp
    if same_products_fen <= 0:
        return UseShare(share_bp=0, line_bp=line_bp, verdict=UseVerdict.NOTHING_TO_MEASURE)
    verdict = UseVerdict.NO_LINE
    if line_bp >= 0:
        is_past = procured_fen * WHOLE_BP < same_products_fen * line_bp
        verdict = UseVerdict.PAST_LINE if is_past else UseVerdict.WITHIN
    return UseShare(share_bp=procured_fen * WHOLE_BP // same_products_fen, line_bp=line_bp, verdict=verdict)
