"""Back payment for a newborn (新生儿补缴): the next year's full financing, for one not registered in the year of birth.

It is the personal and the fiscal part of the year after the birth, so its params are that year's, not the birth year's.
The family pays both, hence no government subsidy is split for it. The path is open until the provincial platform registers
by the number of the birth certificate.

carries_out: ENR-04
"""

from typing import Annotated, NamedTuple

from yibao.financing.params import FullFinancingTerms
from yibao.financing.rules.contribution import contribution
from yibao.financing.terms import ContributionGroup


class NewbornBackPayment(NamedTuple):
    """The working of one back payment."""

    on_file: Annotated[int, "该档次是否有在册标准"]
    personal_fen: Annotated[int, "次年个人缴费部分"]
    fiscal_fen: Annotated[int, "次年财政补助部分"]
    pays_fen: Annotated[int, "补缴金额"]


def newborn_back_payment(params: FullFinancingTerms, *, tier: int) -> NewbornBackPayment:
    """What a family pays so that a child born last year is covered from birth (按次年筹资标准全额补缴)."""
    personal = contribution(params.contribution, group=ContributionGroup.RESIDENT, tier=tier)
    fiscal_fen = params.subsidy.standard_fen
    return NewbornBackPayment(
        on_file=personal.on_file,
        personal_fen=personal.standard_fen,
        fiscal_fen=fiscal_fen,
        pays_fen=personal.standard_fen + fiscal_fen,
    )
