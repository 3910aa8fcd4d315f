"""A generated year beside the published figures: what was aimed at is met, and every figure has its source.

With 50,000 people chance alone moves the numbers, most of all the cost of stays with its heavy tail; the tolerances say how
far. `pytest -s tests/simulate/test_calibration.py` prints the table.
"""

import pytest
import yaml

from yibao.kernel.standing import Standing
from yibao.simulate.assumptions import FILE, AssumptionUnsourced, NotCalibrated, assumptions
from yibao.simulate.calibration import MEASURES, calibration_table

PEOPLE = 50_000

TOLERANCE = {
    "outpatient_visits": 0.04,
    "chronic_visits": 0.06,
    "stays": 0.05,
    "cost_per_stay": 0.10,
    "cost_per_stay_level_3": 0.15,
    "cost_per_stay_level_2": 0.10,
    "cost_per_stay_level_1": 0.10,
    "adults": 0.02,
    "children": 0.05,
    "students": 0.12,
    "aided": 0.08,
}
"""How far a figure that was aimed at may lie from the published one, as a share of it."""

BY_AGE = 0.22
FOLLOWS = 0.30
"""A figure that only follows from local policy is of the same order as the national one."""


@pytest.fixture(scope="module")
def table(run):
    rows = calibration_table(run(PEOPLE, 1))
    print()
    for row in rows:
        mark = "" if row.aimed else "  （随政策得出）"
        shown = f"{row.shown(row.published):>12}{row.shown(row.generated):>12}{row.difference:>+9.1%}"
        print(f"{shown}  {row.words[0]}{mark}")
    return rows


def test_what_was_aimed_at_is_met(table):
    missed = [
        (row.indicator, row.published, row.generated)
        for row in table
        if row.aimed and abs(row.difference) > TOLERANCE.get(row.indicator, BY_AGE)
    ]
    assert missed == []


def test_what_follows_from_policy_is_of_the_same_order(table):
    follows = [row for row in table if not row.aimed]
    assert follows
    assert [row.indicator for row in follows if abs(row.difference) > FOLLOWS] == []


def test_every_row_says_where_its_published_figure_is_from(table):
    assert all(row.source for row in table)
    assert {row.standing for row in table} <= {Standing.PRESS, Standing.ASSUMED}


def test_every_published_figure_is_measured():
    assert {row.key for row in assumptions().published} == set(MEASURES)


def test_every_group_of_figures_has_its_source(tmp_path):
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    del content["deliveries"]["source"]
    path = tmp_path / "calibration.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(AssumptionUnsourced, match="deliveries 没有 source"):
        assumptions(path)


def test_an_area_without_figures_is_refused(taiyuan):
    stranger = type(taiyuan)("140000", taiyuan.chain[1:])
    with pytest.raises(NotCalibrated, match="没有地区 140000 的生成假设；现有：140100"):
        assumptions().area(stranger)
