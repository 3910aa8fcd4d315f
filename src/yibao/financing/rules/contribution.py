"""The individual contribution (个人缴费标准) of one person and benefit year, by group and tier.

It is collected in the year before (预收): the 350 yuan of benefit year 2023 were paid in autumn 2022. An area with one
standard has one tier; students may have their own figures and their own year.

carries_out: FIN-02, FIN-03
"""

from typing import Annotated, NamedTuple

from yibao.financing.params import ContributionParams
from yibao.financing.terms import ContributionGroup
from yibao.kernel.shapes import NOT_ON_FILE


class Contribution(NamedTuple):
    """The contribution, and whether there is one on file for that tier."""

    on_file: Annotated[int, "该档次是否有在册标准"]
    standard_fen: Annotated[int, "个人缴费标准"]


def contribution(params: ContributionParams, *, group: int, tier: int) -> Contribution:
    """What a person of a group pays at a tier before aid; tier 0 is the pack's first (一档). Zero where not on file."""
    standard_fen = (
        params.student_fen[tier] if group == ContributionGroup.STUDENT else params.resident_fen[tier]
    )
    if standard_fen == NOT_ON_FILE:
        return Contribution(on_file=0, standard_fen=0)
    return Contribution(on_file=1, standard_fen=standard_fen)
