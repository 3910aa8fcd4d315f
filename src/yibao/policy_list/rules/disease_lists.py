"""Two lists of chronic and special diseases (门诊慢特病病种) side by side: how each disease matches, how far they agree.

Diseases are matched by national code, never by name: one code under two names is one disease named differently.

carries_out: BEN-10
"""

from typing import Annotated, NamedTuple

from yibao.kernel.money import WHOLE_BP
from yibao.policy_list.terms import DiseaseMatch


class ListAgreement(NamedTuple):
    """How far two lists agree: of all diseases that either has, those that both have, and those alike in name too."""

    diseases: Annotated[int, "两份目录合计病种"]
    shared: Annotated[int, "两份都有的病种"]
    agreement_bp: Annotated[int, "一致的占比"]
    unified: Annotated[int, "病种范围统一"]


def disease_match(*, is_here: int, is_there: int, is_same_name: int) -> int:
    """The DiseaseMatch of a disease that at least one of two lists has."""
    if is_there == 0:
        return DiseaseMatch.ONLY_HERE
    if is_here == 0:
        return DiseaseMatch.ONLY_THERE
    return DiseaseMatch.SAME if is_same_name == 1 else DiseaseMatch.NAMED_DIFFERENTLY


def list_agreement(*, same: int, named_differently: int, only_here: int, only_there: int) -> ListAgreement:
    """The agreement from the counts of each match; unified where both lists have the same diseases, whatever they call them."""
    shared = same + named_differently
    diseases = shared + only_here + only_there
    return ListAgreement(
        diseases=diseases,
        shared=shared,
        agreement_bp=shared * WHOLE_BP // max(diseases, 1),
        unified=1 if diseases > 0 and shared == diseases else 0,
    )
