"""The terms of financing of an area and year: what they hold, what they rest on, and that a later notice changes no earlier year.

carries_out: FIN-01, FIN-02, FIN-06, FIN-11, FIN-22
"""

import shutil
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yibao.financing.rules.subsidy import subsidy_split
from yibao.financing.terms import University
from yibao.kernel.money import yuan
from yibao.kernel.shapes import NOT_ON_FILE
from yibao.kernel.standing import Standing
from yibao.packs.entries import EntryRefuses, NoSuchEntry, NotOnFile
from yibao.packs.financing import (
    NoSuchTier,
    NoSuchYear,
    aid_params,
    financing_terms,
    first_day_of,
    subsidy_params,
    tier_place,
)
from yibao.packs.policies import policies, policies_folder

TAIYUAN, YANGQU = "140100", "140122"
NUMBERS = count()


def area(code: str):
    return policies().area(code)


def test_a_city_and_a_county_differ_in_the_subsidy_alone():
    city, county = financing_terms(area(TAIYUAN), 2022), financing_terms(area(YANGQU), 2022)
    assert (city.contribution, city.aid, city.catastrophic_funding) == (
        county.contribution,
        county.aid,
        county.catastrophic_funding,
    )
    assert city.subsidy[University.NONE] != county.subsidy[University.NONE]
    assert county.sources["subsidy"].area_code == YANGQU
    assert county.sources["contribution"].area_code == TAIYUAN


def test_every_split_of_every_year_on_file_adds_up():
    for code in (TAIYUAN, YANGQU, "140123"):
        for year in (2022, 2023):
            for params in financing_terms(area(code), year).subsidy:
                split = subsidy_split(params)
                assert sum(split[1:]) == split.standard_fen
                assert split.local_fen == 0


def test_an_aid_that_the_notice_does_not_give_is_refused_not_guessed():
    terms = financing_terms(area(TAIYUAN), 2022)
    assert set(terms.aid[0].assistance_fund_fen) == {NOT_ON_FILE}
    assert terms.sources["enrolment_aid"].refuses
    with pytest.raises(EntryRefuses):
        aid_params(area(TAIYUAN), 2022, 0)


def test_what_is_assumed_says_so():
    assert financing_terms(area(TAIYUAN), 2022).sources["subsidy"].standing == Standing.NOTICE
    assert financing_terms(area(TAIYUAN), 2023).sources["subsidy"].standing == Standing.ASSUMED
    assert financing_terms(area(TAIYUAN), 2023).sources["contribution"].standing == Standing.NOTICE


@pytest.mark.parametrize("year", [2021, 2024, 1900, 9999])
def test_no_year_is_taken_for_another(year):
    with pytest.raises(NotOnFile):
        financing_terms(area(TAIYUAN), year)


@pytest.mark.parametrize("year", [0, 10_000, 10**30])
def test_a_number_that_is_no_year(year):
    with pytest.raises(NoSuchYear):
        first_day_of(year)


def test_a_tier_that_an_area_does_not_have():
    assert tier_place(area(TAIYUAN), "1") == 0
    with pytest.raises(NoSuchTier):
        tier_place(area(TAIYUAN), "2")


def test_an_area_without_a_subsidy():
    with pytest.raises(NoSuchEntry):
        subsidy_params(area("140000"), 2022)


@pytest.fixture(scope="module")
def copies(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("policies")


@pytest.mark.property
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first_day=st.dates(date(2024, 1, 1), date(2030, 12, 31)), standard=st.integers(61_000, 200_000))
def test_a_later_notice_changes_no_earlier_year(copies, first_day, standard):
    folder = copies / str(next(NUMBERS))
    shutil.copytree(policies_folder(), folder)
    path = folder / "140100_taiyuan" / "financing.yaml"
    block = f"  {first_day}:\n    standard: {yuan(standard)} 元\n    central: 60%\n    cite: 某号 一\n    quote: 某\n\n"
    head = "subsidy_student_ministry:\n"
    path.write_text(path.read_text("utf-8").replace(head, block + head), "utf-8")
    later = policies(folder).area(TAIYUAN)
    assert later.entry("financing", "subsidy", first_day).values["standard"] == f"{yuan(standard)} 元"
    for year in (2022, 2023):
        assert subsidy_params(later, year)[0] == subsidy_params(area(TAIYUAN), year)[0]
        assert financing_terms(later, year).subsidy == financing_terms(area(TAIYUAN), year).subsidy
