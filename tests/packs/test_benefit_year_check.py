"""Whether a year can be run: every missing entry at once, in both languages, and the years that can.

carries_out: ORG-02
"""

import pytest

from yibao.packs.benefit_year_check import NotAPoolingArea, YearNotOnFile, missing_of_year, require_year
from yibao.packs.list_progress import pooling_areas
from yibao.packs.policies import policies

FOUND = policies()
AREAS = [area.code for area in pooling_areas(FOUND)]


@pytest.mark.parametrize("code", AREAS)
def test_a_year_on_file_can_be_run_and_another_names_every_entry_that_is_missing(code):
    area = FOUND.area(code)
    require_year(FOUND, area, 2023)
    with pytest.raises(YearNotOnFile, match="能运行的年度：2023") as refused:
        require_year(FOUND, area, 2030)
    said = str(refused.value)
    assert len(refused.value.missing) > 3
    assert "enrolment.window、" in said
    assert "years that can be: 2023" in said
    assert all(str(one) in said for one in refused.value.missing)


@pytest.mark.parametrize("code", AREAS)
def test_an_entry_that_only_says_why_there_is_no_figure_is_missing(code):
    with pytest.raises(YearNotOnFile, match=r"missing entries: enrolment\.window") as refused:
        require_year(FOUND, FOUND.area(code), 2022)
    assert "缺 1 项（enrolment.window）" in str(refused.value)
    assert missing_of_year(FOUND.area(code), 2023) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("140122", "请用 --area 140100"),
        ("500112", "请用 --area 500000"),
        ("220323", "its pooling area has no pack"),
        ("410000", "its cities pool"),
    ],
)
def test_a_county_or_a_province_is_told_which_area_to_run(code, said):
    with pytest.raises(NotAPoolingArea, match="不是统筹地区") as refused:
        require_year(FOUND, FOUND.area(code), 2023)
    assert said in str(refused.value)
