"""How one figure of an area departs from the benefit list's (清单外政策): the class of the deviation, not a judgement.

An "about" names a figure without saying how near is near; the caller gives how far still counts, in the unit of the figure.

carries_out: LST-01
"""

from yibao.policy_list.terms import Bound, Deviation


def deviation(*, bound: int, listed: int, found: int, near: int) -> int:
    """The Deviation of a figure, both in one unit (fen, basis points, or yes and no); `near` is read for ABOUT alone."""
    if bound == Bound.AT_LEAST:
        return Deviation.BELOW_FLOOR if found < listed else Deviation.NONE
    if bound == Bound.AT_MOST:
        return Deviation.ABOVE_CEILING if found > listed else Deviation.NONE
    apart = max(found - listed, listed - found)
    if bound == Bound.ABOUT:
        return Deviation.DIFFERS if apart > near else Deviation.NONE
    return Deviation.DIFFERS if apart > 0 else Deviation.NONE
