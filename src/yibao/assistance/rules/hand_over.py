"""Handing over (衔接) to temporary relief and charity: low-income people whose burden after three layers is still heavy.

The line is that of early warning, so one figure says what heavy is. Others over their line stay on the warning list: whether
they are in need is for the departments to find out first.

carries_out: AID-05
"""

from typing import Annotated, NamedTuple

from yibao.assistance.params import HandOverTerms
from yibao.assistance.rules.early_warning import early_warning


class HandOver(NamedTuple):
    """One person handed over, or not."""

    over_line_fen: Annotated[int, "超过负担线的部分"]
    to_temporary_relief: Annotated[int, "是否转介临时救助"]
    to_charitable_relief: Annotated[int, "是否转介慈善救助"]


def hand_over(params: HandOverTerms, *, category: int, burden_in_scope_fen: int) -> HandOver:
    """To whom somebody is handed over after basic, catastrophic and assistance have paid."""
    warning = early_warning(params.early_warning, category=category, burden_in_scope_fen=burden_in_scope_fen)
    heavy = 1 if warning.over_line_fen > 0 and params.early_warning.low_income[category] == 1 else 0
    return HandOver(
        over_line_fen=warning.over_line_fen,
        to_temporary_relief=params.hand_over.to_temporary_relief if heavy == 1 else 0,
        to_charitable_relief=params.hand_over.to_charitable_relief if heavy == 1 else 0,
    )
