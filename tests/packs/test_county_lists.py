"""Lists of counties with a split of their own: who is on one, who is not, and who cannot be known yet.

carries_out: FIN-05
"""

import pytest

from yibao.financing.terms import University
from yibao.packs.check import check
from yibao.packs.financing import CountyUnlisted, financing_terms, subsidy_params
from yibao.packs.policies import policies

LISTED = (
    "subsidy_county_western:\n  label: 财政补助（名单县）\n  2022-01-01:\n    standard: 610 元\n    central: 80%\n"
    "    county: 20%\n    cite: 测发〔2022〕1号 一\n    quote: 补助610元\n"
)
ORDINARY = "    standard: 610 元\n    central: 366 元\n    county: 40%\n"


def folder(write, counties: str, complete: str):
    """The small folder, its city with a list of counties and an entry for those on it."""
    city = (
        'code: "990100"\nname: {zh: 某市}\ncounties:\n'
        '  - {code: "990121", name: 甲县}\n  - {code: "990122", name: 乙县}\n  - {code: "990123", name: 丙县}\n'
        f"county_lists:\n  western: {{label: 比照县, size: 3, complete: {complete}, counties: [{counties}]}}\n"
    )
    subsidy = (
        "subsidy:\n  label: 财政补助\n  2022-01-01:\n"
        + ORDINARY
        + "    cite: 测发〔2022〕1号 一\n    quote: 补助610元\n"
    )
    return policies(write({"990100_city/pack.yaml": city, "990100_city/financing.yaml": subsidy + LISTED}))


def central(found, code: str) -> tuple[int, int, str]:
    terms, entry = subsidy_params(found.area(code), 2022)
    return terms.central_fen, terms.central_bp, entry.key


def test_a_county_on_the_list_has_the_list_s_split(write):
    found = folder(write, '"990121"', "false")
    assert central(found, "990121") == (0, 8_000, "subsidy_county_western")


def test_an_unlisted_county_is_refused_while_the_list_is_not_complete(write):
    found = folder(write, '"990121"', "false")
    with pytest.raises(
        CountyUnlisted, match=r"990123 丙县不在“比照县”名单里.*共 3 个，已列 1 个.*complete: true"
    ):
        subsidy_params(found.area("990123"), 2022)


def test_once_the_list_is_complete_the_others_have_the_ordinary_split(write):
    found = folder(write, '"990121"', "true")
    assert central(found, "990123") == (36_600, 0, "subsidy")


def test_a_county_with_an_entry_of_its_own_needs_no_list(write):
    assert central(folder(write, "", "false"), "990122") == (48_800, 0, "subsidy")


def test_the_city_s_own_code_stands_for_counties_on_no_list(write):
    assert central(folder(write, '"990121"', "false"), "990100") == (36_600, 0, "subsidy")


def test_a_listed_split_is_checked_like_any_other(write):
    assert check(folder(write, '"990121"', "false")).errors == []
    below = LISTED.replace("610 元", "609.99 元")
    path = folder(write, '"990121"', "false").folder / "990100_city" / "financing.yaml"
    elsewhere = path.parent.parent.rename(path.parents[1].with_name("below"))
    path = elsewhere / "990100_city" / "financing.yaml"
    path.write_text(path.read_text("utf-8").replace(LISTED, below), "utf-8")
    assert any("低于国家最低标准" in problem.message for problem in check(policies(elsewhere)).errors)


def test_a_complete_list_is_sound(write):
    whole = '"990121", "990123", "990124"'
    assert check(folder(write, whole, "true")).errors == []


@pytest.mark.parametrize(
    ("counties", "said"),
    [
        ('"990121"', "写着已补全，但只有 1 个，应为 3 个"),
        ('"990121", "990121", "990123"', "不是行政区划代码，或重复"),
        ('"990121", "99012", "990123"', "不是行政区划代码，或重复"),
    ],
)
def test_a_list_with_a_slip_is_found(write, counties, said):
    assert said in [problem.message for problem in check(folder(write, counties, "true")).errors]


def test_the_fifty_four_counties_are_data_that_a_user_completes():
    henan = policies().area("410000")
    listed = henan.chain[0].facts["county_lists"]["western"]
    assert (listed["size"], listed["complete"]) == (54, False)
    with pytest.raises(CountyUnlisted, match="共 54 个，已列 0 个"):
        financing_terms(policies().area("411625"), 2022)
    assert financing_terms(policies().area("411600"), 2022).subsidy[University.NONE].central_bp == 6_000
