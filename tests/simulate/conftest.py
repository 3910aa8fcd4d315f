"""A generated year of Taiyuan, small enough to be run often."""

import pytest

from yibao.packs.policies import policies
from yibao.simulate.claims import claims
from yibao.simulate.institutions import institutions
from yibao.simulate.population import population
from yibao.simulate.year import YearResult, run_year

YEAR = 2023


@pytest.fixture(scope="session")
def taiyuan():
    return policies().area("140100")


@pytest.fixture(scope="session")
def generate(taiyuan):
    """Makes people, institutions and claims for a number of people and a seed."""

    def made(n: int, seed: int):
        register = institutions(taiyuan, seed, YEAR)
        people = population(taiyuan, n, seed, YEAR, register)
        return people, register, claims(taiyuan, people, register, seed, YEAR)

    return made


@pytest.fixture(scope="session")
def run(taiyuan, generate):
    """Runs the generated year for a number of people and a seed."""

    def ran(n: int, seed: int) -> YearResult:
        return run_year(taiyuan, YEAR, *generate(n, seed))

    return ran


@pytest.fixture(scope="session")
def result(run) -> YearResult:
    return run(4_000, 11)
