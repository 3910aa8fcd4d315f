"""Money as whole fen (分): the one way in, the one way out, and the one rounding.

A reader would expect yuan somewhere; there is none. Text from a notice (`2743 元`, `30.5 元`, `6 万元`) comes in through
`fen_of`, goes out through `yuan`, and everything between is an int whose name ends in `_fen`.
"""

import re
from decimal import Decimal

WHOLE_BP = 10_000
"""A rate of 100 %, in basis points."""

UNREACHED_FEN = 10**15
"""A line no bill reaches (ten trillion yuan): what `不设封顶` and unused bands are, as a number."""

LARGEST_FEN = 10**12
"""The largest total a claim may carry (ten billion yuan); above it sums of a year could leave 64 bits unseen."""

_UNITS = {"元": 100, "万元": 1_000_000, "亿元": 10_000_000_000, "": 100}
_AMOUNT = re.compile(r"\s*(-?)([0-9][0-9,]*(?:\.[0-9]+)?)\s*(元|万元|亿元|)\s*")


class AmountUnreadable(ValueError):
    """A text that is not an amount of money in whole fen."""

    def __init__(self, text: object) -> None:
        super().__init__(
            f"金额无法识别：{text!r}；请写成如 2743 元、30.5 元 或 1234.56，最多两位小数 (amount not understood)"
        )


def share_fen(amount_fen: int, rate_bp: int) -> int:
    """A share of an amount (按比例计算), rounded half up to the fen. The amount must not be negative."""
    return rounded_fen(amount_fen * rate_bp)


def rounded_fen(weighted: int) -> int:
    """Fen times basis points, added up over bands, as whole fen: the one place where money is rounded, half up."""
    return (weighted + WHOLE_BP // 2) // WHOLE_BP


def fraction_of(amount: int, numerator: int, denominator: int) -> int:
    """An amount times a fraction that no basis point can hold, rounded half up. The denominator is above zero."""
    return (2 * amount * numerator + denominator) // (2 * denominator)


def stepped_fen(amount_fen: int, step_fen: int) -> int:
    """An amount as the nearest whole number of steps (whole yuan, tens of yuan), half up. The step is above zero."""
    return (2 * amount_fen + step_fen) // (2 * step_fen) * step_fen


def fen_of(text: object) -> int:
    """An amount as a notice or a file prints it, as fen. Raises AmountUnreadable where fen cannot hold it."""
    if isinstance(text, (bool, float)):
        raise AmountUnreadable(text)
    found = _AMOUNT.fullmatch(str(text).replace("，", ","))
    if found is None:
        raise AmountUnreadable(text)
    sign, digits, unit = found.groups()
    value = Decimal(digits.replace(",", "")) * _UNITS[unit]
    if value != int(value):
        raise AmountUnreadable(text)
    return -int(value) if sign else int(value)


def yuan(amount_fen: int) -> str:
    """Fen as yuan with two decimals (`274300` → `2743.00`), the form files and the interface carry."""
    sign = "-" if amount_fen < 0 else ""
    whole, fen = divmod(abs(amount_fen), 100)
    return f"{sign}{whole}.{fen:02d}"


def yuan_grouped(amount_fen: int) -> str:
    """Fen as people read it (`27,430.00`)."""
    sign = "-" if amount_fen < 0 else ""
    whole, fen = divmod(abs(amount_fen), 100)
    return f"{sign}{whole:,}.{fen:02d}"
