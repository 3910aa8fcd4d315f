"""A fee line splits four ways (费用四分): own expense, over the payment standard, initial self-pay, in scope.

The order decides the amounts: what lies over the payment standard (支付标准) is taken off before initial self-pay is
reckoned as a share of the rest. A refund line is negative; it splits as its mirror image, so that line and refund cancel.

carries_out: BEN-02, BEN-03, PAY-02
"""

from typing import Annotated, NamedTuple

from yibao.benefits.terms import ItemClass
from yibao.kernel.money import share_fen


class FeeLine(NamedTuple):
    """The split of one line; the four parts add up to the line."""

    own_expense_fen: Annotated[int, "全自费"]
    over_standard_fen: Annotated[int, "超限价自付"]
    initial_self_pay_fen: Annotated[int, "先行自付"]
    in_scope_fen: Annotated[int, "政策范围内费用"]


def fee_line(
    *, amount_fen: int, quantity: int, standard_fen: int, has_standard: int, item_class: int, initial_bp: int
) -> FeeLine:
    """The four parts of a line of `quantity` (in ten-thousandths of a unit, as N16,4 carries) at a standard per unit."""
    size_fen = max(amount_fen, -amount_fen)
    if item_class == ItemClass.C:
        return FeeLine(
            own_expense_fen=amount_fen, over_standard_fen=0, initial_self_pay_fen=0, in_scope_fen=0
        )
    over_fen = 0
    if has_standard == 1:
        over_fen = max(size_fen - share_fen(standard_fen, max(quantity, -quantity)), 0)
    initial_fen = share_fen(size_fen - over_fen, initial_bp)
    sign = 1 if amount_fen >= 0 else -1
    return FeeLine(
        own_expense_fen=0,
        over_standard_fen=sign * over_fen,
        initial_self_pay_fen=sign * initial_fen,
        in_scope_fen=sign * (size_fen - over_fen - initial_fen),
    )
