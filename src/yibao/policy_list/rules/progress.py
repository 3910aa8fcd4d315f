"""How far the benefit list has come over areas (落实待遇清单的进度): frameworks unified, off-list policies cleared.

An area whose framework is not on file is not counted as unified: silence is no compliance.

carries_out: LST-01
"""

from typing import Annotated, NamedTuple

from yibao.kernel.money import WHOLE_BP
from yibao.policy_list.params import ListProgressParams


class ListProgress(NamedTuple):
    """Both shares, rounded down, and whether each reaches what the notice asks; `due` from the day it asks it by."""

    framework_share_bp: Annotated[int, "制度框架统一的统筹地区占比"]
    framework_met: Annotated[int, "制度框架统一达到要求"]
    cleared_share_bp: Annotated[int, "清单外政策清理完的统筹地区占比"]
    cleared_met: Annotated[int, "清理规范达到要求"]
    due: Annotated[int, "已到期限"]


def list_progress(
    params: ListProgressParams, *, areas: int, unified: int, cleared: int, day: int
) -> ListProgress:
    """The progress of `areas` pooling areas; with none of them there is nothing reached."""
    counted = max(areas, 1)
    return ListProgress(
        framework_share_bp=unified * WHOLE_BP // counted,
        framework_met=1 if areas > 0 and unified * WHOLE_BP >= areas * params.framework_share_bp else 0,
        cleared_share_bp=cleared * WHOLE_BP // counted,
        cleared_met=1 if areas > 0 and cleared * WHOLE_BP >= areas * params.cleared_share_bp else 0,
        due=1 if day >= params.by_day else 0,
    )
