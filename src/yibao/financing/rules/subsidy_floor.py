"""The national floor of the subsidy (国家最低标准): a standard below it is refused, one at it is not.

The floor is an entry of the national pack and is dated like the subsidy it judges, so a later floor never judges an earlier year.

carries_out: FIN-01
"""

from typing import Annotated, NamedTuple

from yibao.financing.params import SubsidyFloorTerms


class SubsidyFloor(NamedTuple):
    """How one area's standard stands to the floor."""

    standard_fen: Annotated[int, "人均财政补助标准"]
    floor_fen: Annotated[int, "国家最低标准"]
    short_fen: Annotated[int, "低于国家最低标准的差额"]
    refused: Annotated[int, "是否不予采用"]


def subsidy_floor(params: SubsidyFloorTerms) -> SubsidyFloor:
    """Whether a subsidy standard reaches the national floor, and by how much it falls short."""
    short_fen = max(params.floor.standard_fen - params.subsidy.standard_fen, 0)
    return SubsidyFloor(
        standard_fen=params.subsidy.standard_fen,
        floor_fen=params.floor.standard_fen,
        short_fen=short_fen,
        refused=1 if short_fen > 0 else 0,
    )
