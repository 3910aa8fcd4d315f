"""A small generated year of Taiyuan, run and gathered once for all tests of the report."""

import pytest

from yibao.cli.year import generated
from yibao.packs.policies import policies
from yibao.reports.year_gathered import Gathered, gathered
from yibao.reports.year_report import Reproduction
from yibao.simulate.year import YearResult, run_year


@pytest.fixture(scope="session")
def result_and_origin():
    area = policies().area("140100")
    made = generated(area, 2023, people=1_500, seed=3)
    return run_year(area, 2023, made.people, made.institutions, made.claims), made.origin


@pytest.fixture(scope="session")
def result(result_and_origin) -> YearResult:
    return result_and_origin[0]


@pytest.fixture(scope="session")
def whole(result_and_origin) -> Gathered:
    reproduction = Reproduction("yibao year --seed 3", 3, "0123456789abcdef", "0", "")
    return gathered(*result_and_origin, opening_reserve_fen=None, reproduction=reproduction)
