"""Parameters of the fund: one NamedTuple an entry of policy."""

from typing import NamedTuple


class NationalReserveParams(NamedTuple):
    """The residents' funds of the whole country at a year's end: what is carried forward, and the year's expense.

    An opening reserve that nobody gave is as many months of a fund's own expense as these two make.
    """

    balance_fen: int
    expense_fen: int
