"""The benefit list's line in a performance assessment (落实清单情况纳入绩效考核): points for framework, clearance, reporting.

carries_out: LST-05
"""

from typing import Annotated, NamedTuple

from yibao.policy_list.params import ScorecardParams


class ScorecardLine(NamedTuple):
    """The line of one area; its three parts add up to the points."""

    framework_points: Annotated[int, "制度框架统一得分"]
    clearance_points: Annotated[int, "清理规范得分"]
    reporting_points: Annotated[int, "请示报告得分"]
    points: Annotated[int, "合计得分"]
    full_points: Annotated[int, "满分"]


def scorecard_line(
    params: ScorecardParams,
    *,
    framework_unified: int,
    figures_checked: int,
    figures_deviating: int,
    changes: int,
    changes_unreported: int,
) -> ScorecardLine:
    """Points by share, rounded down; what could not be checked earns nothing, a year without a change loses nothing."""
    framework = params.framework_points if framework_unified == 1 else 0
    kept = max(figures_checked - figures_deviating, 0)
    clearance = params.clearance_points * kept // max(figures_checked, 1)
    reporting = params.reporting_points
    if changes > 0:
        reporting = params.reporting_points * max(changes - changes_unreported, 0) // changes
    return ScorecardLine(
        framework_points=framework,
        clearance_points=clearance,
        reporting_points=reporting,
        points=framework + clearance + reporting,
        full_points=params.framework_points + params.clearance_points + params.reporting_points,
    )
