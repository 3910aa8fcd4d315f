"""Months on day numbers: what "within three months" (3个月内) means where a rule counts days since 1970-01-01.

Three months after 31 March are 30 June: a day that the month does not have becomes its last one. A year is taken to begin
in March, so that the leap day is its last and no table of month lengths is needed (Richards' and Hinnant's method).

carries_out: ENR-06
"""

MONTHS_OF_A_YEAR = 12

DAYS_TO_MARCH_0000 = 719_468
"""Days from 1 March of the year 0 to 1970-01-01."""

DAYS_OF_400_YEARS = 146_097


def months_later(*, day: int, months: int) -> int:
    """The day number so many whole months after a day, at the latest the last day of that month."""
    month = month_number(day=day)
    in_month = day - month_first_day(month=month)
    last_day = month_first_day(month=month + months + 1) - 1
    return min(month_first_day(month=month + months) + in_month, last_day)


def month_number(*, day: int) -> int:
    """The month a day lies in, counted from March of the year 0."""
    since = day + DAYS_TO_MARCH_0000
    era = since // DAYS_OF_400_YEARS
    day_of_era = since - era * DAYS_OF_400_YEARS
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    return (era * 400 + year_of_era) * MONTHS_OF_A_YEAR + (5 * day_of_year + 2) // 153


def month_first_day(*, month: int) -> int:
    """The day number of the first day of a month counted from March of the year 0."""
    year = month // MONTHS_OF_A_YEAR
    in_year = (153 * (month % MONTHS_OF_A_YEAR) + 2) // 5
    return year * 365 + year // 4 - year // 100 + year // 400 + in_year - DAYS_TO_MARCH_0000
