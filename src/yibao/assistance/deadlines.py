"""Deadlines (办理期限): working days from a day on, Monday to Friday; and the day some months before another.

What a reader would get wrong: public holidays are on no file here, so a deadline may come a few days too early around
them, and never too late. The first day counted is the one after.
"""

from calendar import monthrange
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
WORKING = 5
"""Days of a week that are worked, from Monday."""


def working_day_after(day: date, working_days: int) -> date:
    """The last day of a limit of so many working days that begins the day after `day`."""
    while working_days > 0:
        day += ONE_DAY
        if day.weekday() < WORKING:
            working_days -= 1
    return day


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months before, or the last of a shorter month."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))
