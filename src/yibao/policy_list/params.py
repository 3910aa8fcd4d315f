"""Parameters of the benefit list: one NamedTuple an entry of policy."""

from typing import NamedTuple


class ListProgressParams(NamedTuple):
    """What share of pooling areas must have done what (落实清单的进度要求), and by which day."""

    framework_share_bp: int
    cleared_share_bp: int
    by_day: int


class ChangeWorkflowParams(NamedTuple):
    """Which steps come before a change of policy takes effect (重大政策调整的程序); each a yes or no."""

    effect_first: int
    report_first: int
    approval_first: int


class SchemeMergeParams(NamedTuple):
    """What is carried over when a supplementary scheme is merged (资金并转、待遇衔接); each a yes or no."""

    money_carried: int
    benefits_kept: int


class AdjustmentFundParams(NamedTuple):
    """The provincial adjustment fund (省级调剂金): a surplus area's share paid in, a deficit's share it covers."""

    pay_in_bp: int
    covered_bp: int


class ScorecardParams(NamedTuple):
    """Points of the benefit-list line in a performance assessment (落实清单的考核分值)."""

    framework_points: int
    clearance_points: int
    reporting_points: int
