"""Which category settles (结算身份): a person certified by several departments is settled as one of them.

The pack ranks the categories; the first that the person holds on the day decides all layers at once, so a claim is
never pieced together from the better parts of two.

carries_out: FIN-12, FIN-16
"""

from yibao.assistance.params import RankingParams
from yibao.assistance.terms import Category
from yibao.kernel.shapes import CATEGORIES


def settlement_category(params: RankingParams, *, tags: int) -> int:
    """The category of a person whose certified categories are the set bits of `tags` (bit 3 is Category 3)."""
    found = 0
    for place in range(CATEGORIES):
        category = params.ranked[place]
        holds = (tags >> category) & 1
        if found == Category.ORDINARY and category != Category.ORDINARY and holds == 1:
            found = category
    return found
