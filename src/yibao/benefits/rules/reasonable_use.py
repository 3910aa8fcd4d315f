"""Reasonable drugs, tests and treatment (合理用药、合理检查、合理治疗): an institution or doctor against the peers' mean.

One rule serves every indicator: drug cost in all cost, test cost in all cost, cost a visit, days a stay. What is over the
peers' line is a lead to look at, not a finding of fault. Peers are the others of the same class, without the one looked at.

carries_out: BEN-16
"""

from typing import Annotated, NamedTuple

from yibao.benefits.params import ReasonableUseParams
from yibao.benefits.terms import UseVerdict
from yibao.kernel.money import WHOLE_BP


class AgainstPeers(NamedTuple):
    """How many times the peers' mean, rounded down (10,000 is the mean itself), its line and what comes of it."""

    of_peers_bp: Annotated[int, "相当于同类平均"]
    line_bp: Annotated[int, "关注线"]
    verdict: Annotated[int, "与关注线相比"]


def against_peers(
    params: ReasonableUseParams, *, part: int, whole: int, peers_part: int, peers_whole: int
) -> AgainstPeers:
    """An indicator `part / whole` (fen in fen, or fen a visit) against the peers' own; the line holds at the line."""
    line_bp = params.peers_at_most_bp
    if whole <= 0 or peers_whole <= 0 or peers_part <= 0:
        return AgainstPeers(of_peers_bp=0, line_bp=line_bp, verdict=UseVerdict.NOTHING_TO_MEASURE)
    own = part * peers_whole
    mean = peers_part * whole
    return AgainstPeers(
        of_peers_bp=own * WHOLE_BP // mean,
        line_bp=line_bp,
        verdict=UseVerdict.PAST_LINE if own * WHOLE_BP > mean * line_bp else UseVerdict.WITHIN,
    )
