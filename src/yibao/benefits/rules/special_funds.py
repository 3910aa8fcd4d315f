"""Special funds (专项资金): bills that money of their own pays, as COVID-19 treatment and vaccination.

What insurance pays of such a bill stays insurance's, and is told apart: the special fund is a payer beside the layers and
pays its share of what the person would bear of the whole bill, in scope or not. A fund that insurance does not precede
(vaccination is no benefit of insurance) is asked alone. From the claim's mark to the payer's amount each step is in the
working, so that what is cleared later can be traced to its bills.

carries_out: FND-05
"""

from typing import Annotated, NamedTuple

from yibao.benefits.params import SpecialFundsParams
from yibao.benefits.terms import SpecialFund
from yibao.kernel.money import share_fen


class SpecialFundPayment(NamedTuple):
    """The working of one bill's special fund."""

    fund: Annotated[int, "专项资金"]
    would_bear_fen: Annotated[int, "专项资金支付前个人负担"]
    share_bp: Annotated[int, "专项资金负担比例"]
    pays_fen: Annotated[int, "专项资金支付"]


def special_fund_payment(params: SpecialFundsParams, *, fund: int, would_bear_fen: int) -> SpecialFundPayment:
    """What the bill's special fund pays of what the person would bear; nothing where the bill belongs to none."""
    share_bp = 0
    if fund != SpecialFund.NONE:
        share_bp = params.share_bp[fund]
    return SpecialFundPayment(
        fund=fund,
        would_bear_fen=would_bear_fen,
        share_bp=share_bp,
        pays_fen=share_fen(would_bear_fen, share_bp),
    )


def pays_alone(params: SpecialFundsParams, *, fund: int) -> int:
    """Whether a bill is paid by its special fund alone, without the layers of insurance."""
    return 1 if fund != SpecialFund.NONE and params.layers_first[fund] == 0 else 0
