"""High-burden early warning (高额费用负担患者预警): whose in-scope burden of the year has passed the line.

The line is not an assistance deductible: it only puts a person on the list that departments look into. A burden at the line
is not over it, while a band begins at its own edge.

carries_out: AID-03
"""

from typing import Annotated, NamedTuple

from yibao.assistance.params import WARNING_BANDS, EarlyWarningParams, WarningHandlingParams
from yibao.kernel.money import WHOLE_BP, share_fen


class EarlyWarning(NamedTuple):
    """The working of one look at a person's year."""

    line_fen: Annotated[int, "预警线"]
    over_line_fen: Annotated[int, "超过预警线的部分"]


def early_warning(params: EarlyWarningParams, *, category: int, burden_in_scope_fen: int) -> EarlyWarning:
    """How far the year's in-scope burden after all layers lies over the line of the person's group."""
    low_income = params.low_income[category]
    amount_fen = params.low_income_line_fen if low_income == 1 else params.other_line_fen
    share_bp = params.low_income_share_bp if low_income == 1 else params.other_share_bp
    line_fen = max(amount_fen, share_fen(params.income_fen, share_bp))
    return EarlyWarning(line_fen=line_fen, over_line_fen=max(burden_in_scope_fen - line_fen, 0))


def warning_band(params: WarningHandlingParams, *, line_fen: int, burden_in_scope_fen: int) -> int:
    """How many bands above the line a burden has entered (预警档次); 0 where it is not over the line."""
    band = 0
    before_bp = 0
    for at in range(WARNING_BANDS):
        entered = burden_in_scope_fen * WHOLE_BP >= line_fen * params.band_bp[at]
        if burden_in_scope_fen > line_fen and params.band_bp[at] > before_bp and entered:
            band += 1
        before_bp = params.band_bp[at]
    return band
