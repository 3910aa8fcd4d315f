"""The deductible of a stay (起付标准): by institution class or care path, less for a child or a later stay, never halved twice.

What goes on with an earlier stay, an episode or the stay of the year that a special disease is, bears what is left of it. Of the
child's and the stay's share the smaller one holds.

carries_out: BEN-02, BEN-09
"""

from yibao.benefits.params import STAYS, HospitalParams
from yibao.kernel.money import WHOLE_BP, share_fen
from yibao.kernel.shapes import NOT_ON_FILE


def stay_deductible_fen(
    params: HospitalParams,
    *,
    institution_class: int,
    care_path: int,
    age: int,
    stays_before: int,
    continues_episode: int,
    year_stay: int,
    deductible_before_fen: int,
) -> int:
    """The deductible (起付标准) of the n-th stay; what goes on (an episode, a year's stay) bears what is left of it."""
    at_class = institution_class
    if params.path_class[care_path] != NOT_ON_FILE:
        at_class = params.path_class[care_path]
    share_bp = params.child_deductible_bp if age < params.child_below_age else WHOLE_BP
    goes_on = year_stay == 1 or (continues_episode == 1 and params.referral_keeps_deductible == 1)
    if not goes_on and params.repeat_class[institution_class] == 1:
        share_bp = min(share_bp, params.repeat_bp[min(stays_before, STAYS - 1)])
    deductible_fen = share_fen(params.deductible_fen[at_class], share_bp)
    return max(deductible_fen - deductible_before_fen, 0) if goes_on else deductible_fen
