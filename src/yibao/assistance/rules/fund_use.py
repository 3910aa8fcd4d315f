"""The assistance fund (医疗救助基金): whether it is pooled where basic insurance is, and how much of its money was used.

A level that no document on file gives is unknown, and then nothing is said of being in line. The use rate is compared exactly
and printed rounded; money spent above what there was is shown, never hidden in a rate above the whole.

carries_out: AID-06
"""

from typing import Annotated, NamedTuple

from yibao.assistance.params import POOLING_LEVELS, FundPoolingParams, FundUseParams
from yibao.assistance.terms import PoolingLevel
from yibao.kernel.money import WHOLE_BP


class FundPooling(NamedTuple):
    """The two levels, and how far apart they are."""

    on_file: Annotated[int, "两个统筹层次是否都在册"]
    basic_level: Annotated[int, "基本医保统筹层次"]
    assistance_level: Annotated[int, "医疗救助统筹层次"]
    levels_below: Annotated[int, "低于基本医保的层级数"]
    in_line: Annotated[int, "是否一致"]


class FundUse(NamedTuple):
    """One year's money: spent out of it and unspent add up to what there was."""

    unspent_fen: Annotated[int, "结余"]
    overspent_fen: Annotated[int, "超支"]
    use_bp: Annotated[int, "资金使用率"]
    reached: Annotated[int, "是否达到要求"]


def fund_pooling(params: FundPoolingParams) -> FundPooling:
    """Whether the pooling level of assistance is that of basic insurance (统筹层次一致)."""
    basic_level = 0
    assistance_level = 0
    for level in range(POOLING_LEVELS):
        if params.basic[level] == 1:
            basic_level = level
        if params.assistance[level] == 1:
            assistance_level = level
    on_file = 1 if basic_level != PoolingLevel.UNKNOWN and assistance_level != PoolingLevel.UNKNOWN else 0
    return FundPooling(
        on_file=on_file,
        basic_level=basic_level,
        assistance_level=assistance_level,
        levels_below=max(basic_level - assistance_level, 0) if on_file == 1 else 0,
        in_line=1 if on_file == 1 and basic_level == assistance_level else 0,
    )


def fund_use(params: FundUseParams, *, available_fen: int, spent_fen: int) -> FundUse:
    """How much of a year's assistance money was spent; a fund without money has no rate and reaches nothing."""
    if available_fen <= 0:
        return FundUse(unspent_fen=0, overspent_fen=max(spent_fen, 0), use_bp=0, reached=0)
    return FundUse(
        unspent_fen=max(available_fen - spent_fen, 0),
        overspent_fen=max(spent_fen - available_fen, 0),
        use_bp=(spent_fen * WHOLE_BP + available_fen // 2) // available_fen,
        reached=1 if spent_fen * WHOLE_BP >= params.at_least_bp * available_fen else 0,
    )
