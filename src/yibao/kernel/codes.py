"""Codes of people and places: identity numbers (公民身份号码) with their check digit, division codes (行政区划代码)."""

import re
from datetime import date

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2

_DIVISION = re.compile(r"[1-9][0-9]{5}")
_IDENTITY = re.compile(r"[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9Xx]")


def is_division_code(code: str) -> bool:
    """Whether a text has the form of a division code: six digits."""
    return _DIVISION.fullmatch(code) is not None


def identity_problem(identity_no: str) -> str:
    """What is wrong with an identity number, in words; "" where it is well formed and its check digit is right."""
    if _IDENTITY.fullmatch(identity_no) is None:
        return "应为 18 位（前 17 位数字，末位数字或 X）"
    try:
        date(int(identity_no[6:10]), int(identity_no[10:12]), int(identity_no[12:14]))
    except ValueError:
        return "第 7–14 位不是日期"
    try:
        mod_11_2.validate(identity_no.upper())
    except ValidationError:
        return f"校验位不符，末位应为 {mod_11_2.calc_check_digit(identity_no[:17])}"
    return ""
