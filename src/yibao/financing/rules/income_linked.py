"""Dynamic financing (动态筹资机制): next year's standards of a scenario in which they follow disposable income.

The notice asks to explore it and gives no figures, so nothing is billed by this rule: it answers what a standard would be,
what it adds to a person's financing, and what share of an income the contribution takes before and after. Both parts,
personal and fiscal, follow the same income, so the structure of financing stays as it was but for whole steps.

carries_out: FIN-10
"""

from typing import Annotated, NamedTuple

from yibao.financing.params import IncomeLinkedParams
from yibao.kernel.money import WHOLE_BP, fraction_of, share_fen, stepped_fen


class IncomeLinked(NamedTuple):
    """The working of one year's step, a person; shares of income are of the year that each standard goes by."""

    contribution_fen: Annotated[int, "挂钩后个人缴费标准"]
    subsidy_fen: Annotated[int, "挂钩后财政补助标准"]
    financing_before_fen: Annotated[int, "挂钩前人均筹资"]
    financing_fen: Annotated[int, "挂钩后人均筹资"]
    rise_fen: Annotated[int, "人均筹资增加"]
    share_before_bp: Annotated[int, "挂钩前个人缴费占可支配收入"]
    share_bp: Annotated[int, "挂钩后个人缴费占可支配收入"]


def income_linked(
    params: IncomeLinkedParams,
    *,
    contribution_fen: int,
    subsidy_fen: int,
    income_before_fen: int,
    income_fen: int,
) -> IncomeLinked:
    """The standards when disposable income per resident goes from one amount, above zero, to another."""
    contribution_after_fen = linked_fen(
        params, standard_fen=contribution_fen, income_before_fen=income_before_fen, income_fen=income_fen
    )
    subsidy_after_fen = linked_fen(
        params, standard_fen=subsidy_fen, income_before_fen=income_before_fen, income_fen=income_fen
    )
    financing_before_fen = contribution_fen + subsidy_fen
    financing_fen = contribution_after_fen + subsidy_after_fen
    return IncomeLinked(
        contribution_fen=contribution_after_fen,
        subsidy_fen=subsidy_after_fen,
        financing_before_fen=financing_before_fen,
        financing_fen=financing_fen,
        rise_fen=financing_fen - financing_before_fen,
        share_before_bp=fraction_of(WHOLE_BP, contribution_fen, income_before_fen),
        share_bp=fraction_of(WHOLE_BP, contribution_after_fen, income_fen),
    )


def linked_fen(
    params: IncomeLinkedParams, *, standard_fen: int, income_before_fen: int, income_fen: int
) -> int:
    """A standard after one year: raised by the part of the income's rise that is passed on, in whole steps."""
    passed_on_fen = share_fen(standard_fen, params.passed_on_bp)
    rise_fen = fraction_of(passed_on_fen, income_fen - income_before_fen, income_before_fen)
    rise_fen = min(rise_fen, share_fen(standard_fen, params.most_rise_bp))
    if params.may_fall == 0 and rise_fen <= 0:
        return standard_fen
    linked = stepped_fen(standard_fen + rise_fen, params.step_fen)
    return linked if params.may_fall == 1 else max(linked, standard_fen)
