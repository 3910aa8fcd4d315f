"""The terms of collecting (征缴) in operation: params of entries that an area need not have.

Where no pack of the area has the entry, or it only says why there is no figure, the params are NOT_ON_FILE and asked for by
nobody; the entry, if there is one, still says why.
"""

from datetime import date
from typing import Any, TypeVar

from yibao.financing.params import CashDepositParams, RepeatedPaymentParams, SubsidyArrivalParams
from yibao.packs.build import absent, params
from yibao.packs.entries import Entry, NotOnFile
from yibao.packs.financing import SECTION, first_day_of
from yibao.packs.policies import Area

T = TypeVar("T", bound=tuple[Any, ...])


def cash_deposit_params(area: Area, day: date) -> tuple[CashDepositParams, Entry | None]:
    """By when cash taken by agents is to be paid in, for cash taken on a day."""
    return _asked(CashDepositParams, area, "cash_deposit", day)


def arrival_params(area: Area, year: int) -> tuple[SubsidyArrivalParams, Entry | None]:
    """By when a year's subsidy is to have arrived, and by when arrival is reported."""
    return _asked(SubsidyArrivalParams, area, "subsidy_arrival", first_day_of(year))


def repeated_payment_params(area: Area, year: int) -> tuple[RepeatedPaymentParams, Entry]:
    """What becomes of a second payment for a year. Raises NotOnFile, NoSuchEntry, EntryRefuses."""
    entry = area.entry(SECTION, "repeated_payment", first_day_of(year))
    return params(RepeatedPaymentParams, entry, area), entry


def _asked(kind: type[T], area: Area, key: str, day: date) -> tuple[T, Entry | None]:
    if key not in area.keys(SECTION):
        return absent(kind), None
    try:
        entry = area.block(SECTION, key, day)
    except NotOnFile:
        return absent(kind), None
    return (absent(kind) if entry.refuses else params(kind, entry, area)), entry
