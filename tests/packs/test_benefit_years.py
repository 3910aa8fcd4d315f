"""Benefit years: residents by the calendar, students of an academic year by the year it ends, graduates beyond it.

carries_out: FIN-03, ENR-05
"""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from tests.engine.hostile import hostile_claims, periods_of

from yibao.engine.batch import settle_table
from yibao.kernel.days import day_number
from yibao.packs.benefit_years import NoBenefitYear, benefit_year
from yibao.packs.policies import policies

CHONGQING = policies().area("500000")


@pytest.mark.parametrize(
    ("day", "graduating", "name", "month"),
    [
        (date(2022, 8, 31), False, 2022, 11),
        (date(2022, 9, 1), False, 2023, 0),
        (date(2023, 8, 31), False, 2023, 11),
        (date(2023, 8, 31), True, 2023, 11),
        (date(2023, 9, 1), True, 2023, 0),
        (date(2023, 12, 31), True, 2023, 3),
    ],
)
def test_an_academic_year_is_named_by_the_year_it_ends(day, graduating, name, month):
    found = benefit_year(CHONGQING, day, student=True, graduating=graduating)
    assert (found.name, found.month(day)) == (name, month)


def test_a_resident_s_year_is_the_calendar_s():
    for day, name in ((date(2022, 12, 31), 2022), (date(2023, 1, 1), 2023)):
        assert benefit_year(CHONGQING, day).name == name


def test_where_the_pack_has_no_academic_year_students_have_the_calendar_s():
    assert benefit_year(policies().area("140105"), date(2022, 10, 1), student=True).name == 2022


def test_a_day_of_no_year_on_file_names_those_there_are():
    with pytest.raises(NoBenefitYear, match=r"学生在 2023-09-01 不属于.*2023（2022-09-01—2023-08-31）"):
        benefit_year(CHONGQING, date(2023, 9, 1), student=True)


def test_caps_of_a_student_run_over_the_academic_year():
    """Two stays of 200,000 yuan, on the last day of August and the first of September: each reaches a cap of its own."""
    days = [day_number(date(2022, 8, 31)), day_number(date(2022, 9, 1))]
    claims = hostile_claims(60, 1, CHONGQING).slice(0, 2)
    facts = {name: [0, 0] for name in claims.column_names}
    facts |= {name: [1, 1] for name in ("covered", "designated", "in_county", "certified")}
    facts |= {"institution_class": [3, 3], "age": [20, 20], "day": days, "class_a_fen": [20_000_000] * 2}
    table = pa.table({name: np.array(values) for name, values in facts.items()})
    years = [benefit_year(CHONGQING, date(2022, 8 + at, 31 - 30 * at), student=True).name for at in (0, 1)]
    by_year = table.append_column("benefit_year", pa.array(years, pa.int16()))
    assert settle_table(periods_of(CHONGQING), by_year).column("basic_fen").to_pylist() == [8_000_000] * 2
    assert settle_table(periods_of(CHONGQING), table).column("basic_fen").to_pylist() == [8_000_000, 0]
