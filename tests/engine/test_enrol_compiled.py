"""Enrolment and bills compiled equal the scalar rules to the fen and the day, whoever the person is.

carries_out: FIN-06, FIN-11, ENR-04, ENR-06
"""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yibao.engine.batch import run_records
from yibao.engine.enrol import Enrolled, enrol_and_bill
from yibao.engine.enrol_terms import PersonFacts
from yibao.engine.fit import ColumnsUnfit
from yibao.engine.recipes import ENROL
from yibao.kernel.days import day_number
from yibao.packs.enrolment import enrol_terms
from yibao.packs.policies import policies

COUNTIES = ("140105", "140122", "411600", "500112", "222401")
PARAMS = [enrol_terms(policies().area(code), 2023).params for code in COUNTIES]


def people(count: int, seed: int) -> dict[str, np.ndarray]:
    """Facts of people of every sort: any category, any day around the year, any yes or no."""
    draw = np.random.default_rng(seed)
    days = {
        "born_day": (date(1930, 1, 1), date(2023, 12, 31)),
        "enrolled_day": (date(2022, 8, 1), date(2024, 1, 31)),
        "paid_day": (date(2022, 8, 1), date(2024, 1, 31)),
        "employee_cover_ended_day": (date(2022, 1, 1), date(2023, 12, 31)),
    }
    found = {n: draw.integers(day_number(a), day_number(b) + 1, count) for n, (a, b) in days.items()}
    for name in ("paid_day", "employee_cover_ended_day"):
        found[name] = np.where(draw.random(count) < 0.3, -1, found[name])
    found["category_tags"] = np.where(draw.random(count) < 0.5, 0, draw.integers(0, 2**19, count))
    found["household_tags"] = np.where(draw.random(count) < 0.7, 0, draw.integers(0, 2**19, count))
    found |= {"group": draw.integers(0, 2, count), "university": draw.integers(0, 4, count)}
    found["tier"] = draw.integers(0, 2, count)
    often = {"hukou_local": 0.8}
    for name in PersonFacts._fields:
        if name not in found:
            found[name] = (draw.random(count) < often.get(name, 0.15)).astype(np.int8)
    return found


@pytest.mark.property
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=6, deadline=None)
def test_compiled_enrolment_is_scalar_in_every_answer(seed):
    facts = people(1_500, seed)
    county = np.random.default_rng(seed).integers(0, len(PARAMS), 1_500).astype(np.int16)
    compiled = run_records(ENROL, PARAMS, facts, county)
    assert run_records(ENROL, PARAMS, facts, county, one_by_one=True).equals(compiled)
    for at, row in enumerate(compiled.to_pylist()):
        person = PersonFacts(**{name: int(values[at]) for name, values in facts.items()})
        assert row == {n: int(v) for n, v in enrol_and_bill(PARAMS[county[at]], person)._asdict().items()}


@pytest.mark.property
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=6, deadline=None)
def test_what_is_due_is_paid_by_the_person_or_a_payer_and_subsidies_add_up(seed):
    answers = run_records(ENROL, PARAMS[:1], people(20_000, seed), np.zeros(20_000, np.int16))
    column = {name: answers.column(name).to_numpy() for name in Enrolled._fields}
    aid = sum(column[f"aid_{payer}_fen"] for payer in ("assistance_fund", "municipal", "county"))
    assert (aid + column["person_pays_fen"] == column["contribution_fen"]).all()
    subsidy = sum(values for name, values in column.items() if name.startswith("subsidy_"))
    assert set(subsidy.tolist()) <= {0, PARAMS[0].subsidy[0].standard_fen}
    assert ((column["covered_from_day"] < 0) <= (subsidy == 0)).all()


def test_columns_of_another_length_are_refused():
    facts = people(10, 1)
    facts["tier"] = facts["tier"][:9]
    with pytest.raises(ColumnsUnfit, match="tier 有 9 行，应为 10 行"):
        run_records(ENROL, PARAMS, facts, np.zeros(10, np.int16))


def test_a_code_that_no_table_has_is_refused_before_the_scan():
    facts = people(10, 1)
    facts["university"] = facts["university"] + 4
    with pytest.raises(ColumnsUnfit, match="university = "):
        run_records(ENROL, PARAMS, facts, np.zeros(10, np.int16))
