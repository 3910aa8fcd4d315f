"""Generated people for tests: numbers with a right check digit, of an area that does not exist."""

from datetime import date
from itertools import count

from stdnum.iso7064 import mod_11_2
from tests.agency.acting import CITY, COUNTY

from yibao.enrolment.orders import Cover, Document, Registration
from yibao.enrolment.terms import IdentityKind

TODAY = date(2023, 6, 30)
_numbers = count(1)


def identity_no(born_on: date, sex: int = 1, order: int | None = None) -> str:
    """A number nobody has; its county is not a real one."""
    serial = 2 * ((order or next(_numbers)) % 500) + (1 if sex == 1 else 0)
    body = f"{COUNTY}{born_on:%Y%m%d}{serial:03d}"
    return body + mod_11_2.calc_check_digit(body)


def year_cover(year: int = 2023, first: date | None = None) -> Cover:
    return Cover(first or date(year, 1, 1), date(year, 12, 31), year, CITY)


def registration(
    name: str = "甲某", *, born_on: date = date(1980, 5, 1), sex: int = 1, number: str = "", **more: object
) -> Registration:
    document = Document(IdentityKind.IDENTITY_NUMBER, number or identity_no(born_on, sex))
    facts = {"county_code": COUNTY, "happened_on": date(2023, 1, 1), "reason": "本人申请", **more}
    return Registration(name=name, sex=sex, born_on=born_on, documents=(document,), **facts)  # type: ignore[arg-type]
