"""Catastrophic funding (大病保险筹资): what of a year's financing goes to catastrophic insurance.

A share of all the money raised for the year, personal and fiscal, and never below the amounts that earlier years added
for it; those are counted a person. The floor is an entry of its own, since its figure is not in the notice.

carries_out: FIN-09
"""

from typing import Annotated, NamedTuple

from yibao.financing.params import CatastrophicFundingTerms
from yibao.kernel.money import share_fen
from yibao.kernel.shapes import NOT_ON_FILE


class CatastrophicFunding(NamedTuple):
    """The working of one year's transfer."""

    on_file: Annotated[int, "筹资比例是否在册"]
    at_rate_fen: Annotated[int, "按筹资总额比例计算"]
    floor_fen: Annotated[int, "专项资金筹资下限"]
    funding_fen: Annotated[int, "大病保险筹资额"]


def catastrophic_funding(
    params: CatastrophicFundingTerms, *, financing_fen: int, people: int
) -> CatastrophicFunding:
    """The catastrophic funding of a year's total financing (当年筹资总额) and the people it was raised for."""
    if params.funding.rate_bp == NOT_ON_FILE:
        return CatastrophicFunding(on_file=0, at_rate_fen=0, floor_fen=0, funding_fen=0)
    at_rate_fen = share_fen(financing_fen, params.funding.rate_bp)
    floor_fen = max(params.floor.floor_fen, 0) * people
    return CatastrophicFunding(
        on_file=1, at_rate_fen=at_rate_fen, floor_fen=floor_fen, funding_fen=max(at_rate_fen, floor_fen)
    )
