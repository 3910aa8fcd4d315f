"""A second payment for the same person and period (重复缴费): what of it is due, and what is set off or refunded.

What a reader would get wrong: a payment that only completes an earlier part payment is no duplicate. Money above what is due
goes back whole: against another period that the person owes and wants it set off against, and the rest as a refund.

carries_out: FIN-20
"""

from typing import Annotated, NamedTuple

from yibao.financing.params import RepeatedPaymentParams


class RepeatedPayment(NamedTuple):
    """One payment taken apart; accepted, set off and refunded add up to it."""

    duplicate: Annotated[int, "是否重复缴费"]
    accepted_fen: Annotated[int, "计入本期缴费"]
    set_off_fen: Annotated[int, "抵缴其他期间"]
    refund_fen: Annotated[int, "应退金额"]


def repeated_payment(
    params: RepeatedPaymentParams,
    *,
    due_fen: int,
    paid_before_fen: int,
    payment_fen: int,
    other_due_fen: int,
    wants_set_off: int,
) -> RepeatedPayment:
    """What becomes of one more payment of a person for a period; `other_due_fen` is owed for another period."""
    accepted_fen = payment_fen
    if params.once_a_period == 1:
        accepted_fen = min(payment_fen, max(due_fen - paid_before_fen, 0))
    surplus_fen = payment_fen - accepted_fen
    set_off_fen = 0
    if params.may_set_off == 1 and wants_set_off == 1:
        set_off_fen = min(surplus_fen, other_due_fen)
    return RepeatedPayment(
        duplicate=1 if payment_fen > 0 and accepted_fen == 0 and paid_before_fen > 0 else 0,
        accepted_fen=accepted_fen,
        set_off_fen=set_off_fen,
        refund_fen=surplus_fen - set_off_fen,
    )
