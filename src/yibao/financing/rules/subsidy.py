"""The fiscal subsidy (财政补助) of one person and year, split by who bears it (分级负担): parts add up to the standard.

A level's part is the amount a notice prints, else its share of the standard, rounded half up to the fen, and never more
than the levels before it leave. What no document on file gives to a level goes to `local`: the rest is borne by governments
there in any case, and giving it to one of them by habit would state a debt that nobody has written down. So does a fen that
rounding leaves. A notice may well print the centre's share and leave the province's to another document.

A holder of a residence permit gets the same split; a student of a ministry's, the province's or the city's university has
a split of their own where the notice prints one.

carries_out: FIN-04, FIN-05, FIN-06, FIN-07, FIN-08
"""

from typing import Annotated, NamedTuple

from yibao.financing.params import SubsidyParams
from yibao.kernel.money import share_fen


class SubsidySplit(NamedTuple):
    """The subsidy of one person and year by level; the six parts add up to the standard."""

    standard_fen: Annotated[int, "人均财政补助标准"]
    central_fen: Annotated[int, "中央财政补助"]
    provincial_fen: Annotated[int, "省级财政补助"]
    municipal_fen: Annotated[int, "市级财政补助"]
    county_fen: Annotated[int, "县级财政补助"]
    municipal_and_county_fen: Annotated[int, "市县财政补助合计"]
    local_fen: Annotated[int, "其余地方财政负担（分担办法不在册）"]


def subsidy_split(params: SubsidyParams) -> SubsidySplit:
    """The fiscal subsidy of one person and year by level (分级财政补助)."""
    standard_fen = params.standard_fen
    central_fen = part_fen(
        printed_fen=params.central_fen,
        rate_bp=params.central_bp,
        standard_fen=standard_fen,
        left_fen=standard_fen,
    )
    left_fen = standard_fen - central_fen
    provincial_fen = part_fen(
        printed_fen=params.provincial_fen,
        rate_bp=params.provincial_bp,
        standard_fen=standard_fen,
        left_fen=left_fen,
    )
    left_fen = left_fen - provincial_fen
    municipal_fen = part_fen(
        printed_fen=params.municipal_fen,
        rate_bp=params.municipal_bp,
        standard_fen=standard_fen,
        left_fen=left_fen,
    )
    left_fen = left_fen - municipal_fen
    county_fen = part_fen(
        printed_fen=params.county_fen, rate_bp=params.county_bp, standard_fen=standard_fen, left_fen=left_fen
    )
    left_fen = left_fen - county_fen
    both_fen = part_fen(
        printed_fen=params.municipal_and_county_fen,
        rate_bp=params.municipal_and_county_bp,
        standard_fen=standard_fen,
        left_fen=left_fen,
    )
    return SubsidySplit(
        standard_fen=standard_fen,
        central_fen=central_fen,
        provincial_fen=provincial_fen,
        municipal_fen=municipal_fen,
        county_fen=county_fen,
        municipal_and_county_fen=both_fen,
        local_fen=left_fen - both_fen,
    )


def part_fen(*, printed_fen: int, rate_bp: int, standard_fen: int, left_fen: int) -> int:
    """One level's part: the printed amount, else the share of the standard, up to what is left of it."""
    part = printed_fen if printed_fen > 0 else share_fen(standard_fen, rate_bp)
    return min(part, left_fen)
