"""Rates as whole basis points (`_bp`): 70% is 7000. What no basis point can hold is refused, never rounded."""

import re
from decimal import Decimal

_RATE = re.compile(r"\s*(-?[0-9]+(?:\.[0-9]+)?)\s*(%|个百分点)\s*")


class RateUnreadable(ValueError):
    """A text that is not a rate in whole basis points."""

    def __init__(self, text: object) -> None:
        super().__init__(f"比例无法识别：{text!r}；请写成如 70% 或 5 个百分点 (rate not understood)")


def bp_of(text: object) -> int:
    """A rate as a notice prints it (`70%`, `20 个百分点`), as basis points. Raises RateUnreadable."""
    found = _RATE.fullmatch(str(text))
    if found is None:
        raise RateUnreadable(text)
    value = Decimal(found.group(1)) * 100
    if value != int(value):
        raise RateUnreadable(text)
    return int(value)


def percent(rate_bp: int) -> str:
    """Basis points as people read them: `7000` → `70%`, `7250` → `72.5%`."""
    whole, rest = divmod(rate_bp, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"
