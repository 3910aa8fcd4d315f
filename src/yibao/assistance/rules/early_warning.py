"""High-burden early warning (高额费用负担患者预警): whose in-scope burden of the year has passed the line.

The line is not an assistance deductible: it only puts a person on the list that departments look into.

carries_out: AID-03
"""

from typing import Annotated, NamedTuple

from yibao.assistance.params import EarlyWarningParams


class EarlyWarning(NamedTuple):
    """The working of one look at a person's year."""

    line_fen: Annotated[int, "预警线"]
    over_line_fen: Annotated[int, "超过预警线的部分"]


def early_warning(params: EarlyWarningParams, *, category: int, burden_in_scope_fen: int) -> EarlyWarning:
    """How far the year's in-scope burden after all layers lies over the line of the person's group."""
    low_income = params.low_income[category]
    line_fen = params.low_income_line_fen if low_income == 1 else params.other_line_fen
    return EarlyWarning(line_fen=line_fen, over_line_fen=max(burden_in_scope_fen - line_fen, 0))
