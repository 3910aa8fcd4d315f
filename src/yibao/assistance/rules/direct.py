"""Direct assistance (直接救助): what the assistance fund pays toward in-scope cost that two layers left to the person.

Deductible and cap run over the whole year, so a claim is judged after those settled before it. The deductible counts
only the kinds of cost its entry names, often inpatient cost alone; outpatient care of a long illness may have a rate of
its own and bear no deductible, while both kinds share the year's cap.

carries_out: AID-01, BEN-11, BEN-13
"""

from typing import Annotated, NamedTuple

from yibao.assistance.params import DirectParams
from yibao.kernel.money import share_fen
from yibao.kernel.shapes import NOT_ON_FILE


class DirectAssistance(NamedTuple):
    """The working of one payment, in the order it is reached."""

    above_deductible_fen: Annotated[int, "超过救助起付标准的部分"]
    at_rate_fen: Annotated[int, "按救助比例计算"]
    cap_left_fen: Annotated[int, "年度救助限额余额"]
    pays_fen: Annotated[int, "本次救助支付"]


def direct_assistance(
    params: DirectParams,
    *,
    outpatient: int,
    self_pay_before_fen: int,
    self_pay_fen: int,
    paid_before_fen: int,
) -> DirectAssistance:
    """What assistance pays toward in-scope cost left to the person (政策范围内个人自付).

    `self_pay_before_fen` is of the kinds of cost that run under the same deductible (shares_deductible).
    """
    deductible_fen = params.deductible_fen
    if outpatient == 1 and params.outpatient_bears_deductible == 0:
        deductible_fen = 0
    rate_bp = params.rate_bp
    if outpatient == 1 and params.outpatient_rate_bp != NOT_ON_FILE:
        rate_bp = params.outpatient_rate_bp
    above_before_fen = max(self_pay_before_fen - deductible_fen, 0)
    above_after_fen = max(self_pay_before_fen + self_pay_fen - deductible_fen, 0)
    at_rate_fen = share_fen(above_after_fen, rate_bp) - share_fen(above_before_fen, rate_bp)
    cap_left_fen = max(params.annual_cap_fen - paid_before_fen, 0)
    return DirectAssistance(
        above_deductible_fen=above_after_fen - above_before_fen,
        at_rate_fen=at_rate_fen,
        cap_left_fen=cap_left_fen,
        pays_fen=min(at_rate_fen, cap_left_fen),
    )


def shares_deductible(params: DirectParams) -> int:
    """Whether inpatient and outpatient cost run under one deductible, so that each fills it up for the other."""
    return 1 if params.counts_outpatient == 1 and params.outpatient_bears_deductible == 1 else 0
