"""Income check (家庭经济状况核对): whether a household is poor enough, and burdened enough, to be recognised on application.

What a reader would get wrong: the line is compared with the whole household's income exactly, income against line times
heads; the income a head that is shown is rounded. The burden asked about is what the person bore in all, not in scope only.

carries_out: AID-04
"""

from typing import Annotated, NamedTuple

from yibao.assistance.params import HouseholdIncomeParams
from yibao.assistance.terms import IncomeResult
from yibao.kernel.money import WHOLE_BP, fraction_of
from yibao.kernel.shapes import NOT_ON_FILE


class IncomeLook(NamedTuple):
    """The working of one income check."""

    per_head_fen: Annotated[int, "家庭人均年收入"]
    line_fen: Annotated[int, "人均收入线"]
    result: Annotated[int, "核对结果"]


def household_income(
    params: HouseholdIncomeParams, *, category: int, income_fen: int, members: int, burden_fen: int
) -> IncomeLook:
    """The IncomeResult for a household of `members` with a year's income and a year's burden; `members` is above zero."""
    line_fen = params.per_head_line_fen[category]
    per_head_fen = fraction_of(income_fen, 1, members)
    if line_fen == NOT_ON_FILE:
        return IncomeLook(per_head_fen=per_head_fen, line_fen=0, result=IncomeResult.NOT_ASKED)
    result: int = IncomeResult.WITHIN
    if income_fen > line_fen * members:
        result = IncomeResult.OVER_LINE
    elif burden_fen * WHOLE_BP < income_fen * params.burden_share_bp:
        result = IncomeResult.BURDEN_TOO_SMALL
    return IncomeLook(per_head_fen=per_head_fen, line_fen=line_fen, result=result)
