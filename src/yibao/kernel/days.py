"""Days. A notice decides by `date`; compiled rules count days since 1970-01-01, as Arrow's date32 does."""

from datetime import date, timedelta

_FIRST = date(1970, 1, 1)


class DayUnreadable(ValueError):
    """A text that is no day."""

    def __init__(self, text: object) -> None:
        super().__init__(f"日期无法识别：{text!r}；请写成 2023-01-31 (not a day)")


def day_number(day: date) -> int:
    """Days since 1970-01-01: the number inside compiled rules and in Arrow's date32."""
    return (day - _FIRST).days


def day_of(number: int) -> date:
    """The day of a day number."""
    return _FIRST + timedelta(days=number)


def age_on(born_on: date, day: date) -> int:
    """Whole years of age on a day."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def day_from(text: object) -> date:
    """A day from a file: a date, or text such as 2023-01-31. Raises DayUnreadable."""
    if isinstance(text, date):
        return date(text.year, text.month, text.day)
    try:
        return date.fromisoformat(str(text).strip())
    except ValueError:
        raise DayUnreadable(text) from None
