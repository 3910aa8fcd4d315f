"""Recognition of years (参保年限互认): years of enrolment elsewhere in the province that count like years here.

It matters to chronic and special diseases, special drugs and maternity, and only for someone under the line here: who has
the years here needs nothing recognised. Years outside the province do not count.

carries_out: ENR-07
"""

from typing import Annotated, NamedTuple

from yibao.enrolment.params import RecognitionParams
from yibao.enrolment.rules.months import MONTHS_OF_A_YEAR


class Recognition(NamedTuple):
    """The months that count toward one benefit, and whether they reach the line."""

    asked_months: Annotated[int, "要求的参保月数"]
    recognised_months: Annotated[int, "省内互认月数"]
    counted_months: Annotated[int, "合计参保月数"]
    reached: Annotated[int, "是否达到年限"]


def recognised_years(
    params: RecognitionParams,
    *,
    benefit: int,
    here_months: int,
    resident_elsewhere_months: int,
    employee_elsewhere_months: int,
) -> Recognition:
    """Months of enrolment that count for a RecognisedBenefit; elsewhere means other pooling areas of the province."""
    asked_months = params.years * MONTHS_OF_A_YEAR
    recognised_months = 0
    if here_months < asked_months and params.benefits[benefit] == 1:
        recognised_months = resident_elsewhere_months
        if params.counts_employee_years == 1:
            recognised_months = resident_elsewhere_months + employee_elsewhere_months
    counted_months = here_months + recognised_months
    return Recognition(
        asked_months=asked_months,
        recognised_months=recognised_months,
        counted_months=counted_months,
        reached=1 if counted_months >= asked_months else 0,
    )
