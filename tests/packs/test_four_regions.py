"""The packs of Chongqing, Henan and Jilin: what their notices print, to the fen, and a complete claim in each pooling area.

carries_out: FIN-01, FIN-03, FIN-05, FIN-07, FIN-15, FIN-18, ENR-05, BEN-02, BEN-04, BEN-05, BEN-09, BEN-13, SVC-08
"""

import shutil
from datetime import date
from pathlib import Path

import pytest

from yibao.assistance.rules.direct import direct_assistance
from yibao.assistance.terms import Category
from yibao.benefits.rules.catastrophic import catastrophic_benefit, yielded_fen
from yibao.benefits.terms import CarePath, Refusal, TwoDisease, VisitKind
from yibao.engine.settle import Settlement, settle_claim
from yibao.engine.terms import NOTHING_YET, OLDEST, Claim
from yibao.financing.rules.enrolment_aid import enrolment_aid
from yibao.financing.rules.subsidy import subsidy_split
from yibao.financing.terms import ContributionGroup
from yibao.kernel.days import day_number
from yibao.kernel.money import UNREACHED_FEN, fen_of
from yibao.kernel.rates import bp_of
from yibao.kernel.shapes import NOT_ON_FILE
from yibao.kernel.standing import Standing
from yibao.packs.category_grid import plain_claim
from yibao.packs.check import all_areas, check
from yibao.packs.enrolment import enrol_terms
from yibao.packs.entries import EntryRefuses
from yibao.packs.financing import CountyUnlisted, financing_terms, subsidy_params
from yibao.packs.policies import SECTIONS, Area, policies, policies_folder
from yibao.packs.settlement import settlement_periods, settlement_terms
from yibao.packs.spans import spans

SHARED_TEXTS = Path(__file__).parents[2].parent / "shared" / "notices"
NOTICES = {"410000": "豫医保〔2022〕5号", "500000": "渝医保发〔2022〕25号", "220000": "吉医保联〔2022〕25号"}
POOLING_AREAS = ("500000", "500112", "410100", "411600", "220200", "222400", "220323", "220623", "220721")
FIRST_DAY, LAST_DAY = date(2022, 1, 1), date(2023, 12, 31)
IN_2022, IN_2023 = date(2022, 6, 30), date(2023, 6, 30)


def area(code: str) -> Area:
    return policies().area(code)


def areas_of_three_regions() -> list[Area]:
    return [found for found in all_areas(policies()) if found.code[:2] in ("22", "41", "50")]


def stay(
    code: str,
    day: date,
    at: str,
    in_scope: str,
    *,
    tier: int = 0,
    age: int = OLDEST,
    stays: int = 0,
    category: Category = Category.ORDINARY,
    path: CarePath = CarePath.LOCAL,
) -> Settlement:
    """One stay settled after so many stays of the year, at an institution class named by its code."""
    asked = claim(code, day, at, in_scope)._replace(category=category, care_path=path, tier=tier, age=age)
    return settle_claim(settlement_terms(area(code), day).params, NOTHING_YET._replace(stays=stays), asked)


def claim(code: str, day: date, at: str, in_scope: str, kind: VisitKind = VisitKind.HOSPITAL) -> Claim:
    return plain_claim(
        kind=kind,
        day=day_number(day),
        month=day.month - 1,
        institution_class=area(code).codes("institution_classes").index(at),
        in_scope_fen=fen_of(in_scope),
    )


# ---- subsidies: the split of each level, parts adding up ------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "central", "provincial", "municipal_and_county", "local"),
    [
        ("220000", "366", "146.4", "97.6", "0"),
        ("220200", "366", "146.4", "97.6", "0"),
        ("220281", "366", "146.4", "97.6", "0"),
        ("222400", "488", "73.2", "48.8", "0"),
        ("222401", "488", "73.2", "48.8", "0"),
        ("220323", "366", "195.2", "48.8", "0"),
        ("220623", "366", "195.2", "48.8", "0"),
        ("220721", "366", "195.2", "48.8", "0"),
        ("500000", "488", "0", "122", "0"),
        ("500112", "488", "0", "122", "0"),
        ("410100", "366", "0", "0", "244"),
        ("411600", "366", "0", "0", "244"),
    ],
)
def test_the_subsidy_of_2022_is_split_as_printed(code, central, provincial, municipal_and_county, local):
    split = subsidy_split(subsidy_params(area(code), 2022)[0])
    assert (split.central_fen, split.provincial_fen) == (fen_of(central), fen_of(provincial))
    assert (split.municipal_and_county_fen, split.local_fen) == (
        fen_of(municipal_and_county),
        fen_of(local),
    )
    assert sum(split[1:]) == split.standard_fen == fen_of("610 元")


@pytest.mark.parametrize(
    ("code", "central", "provincial", "municipal_and_county"),
    [
        ("220200", "384", "153.6", "102.4"),
        ("222400", "512", "76.8", "51.2"),
        ("220721", "384", "204.8", "51.2"),
    ],
)
def test_the_subsidy_of_2023_keeps_the_shares_and_says_that_it_is_assumed(
    code, central, provincial, municipal_and_county
):
    params, entry = subsidy_params(area(code), 2023)
    split = subsidy_split(params)
    assert (split.central_fen, split.provincial_fen, split.municipal_and_county_fen) == (
        fen_of(central),
        fen_of(provincial),
        fen_of(municipal_and_county),
    )
    assert entry.standing is Standing.ASSUMED


def own_copy(tmp_path: Path, *, counties: str, complete: bool) -> Path:
    """The package's policies, with the list of counties treated as western filled in."""
    folder = tmp_path / "copy"
    shutil.copytree(policies_folder(), folder)
    path = folder / "410000_henan" / "pack.yaml"
    text = path.read_text("utf-8")
    assert "complete: false\n    counties: []" in text
    words = f"complete: {str(complete).lower()}\n    counties: [{counties}]"
    path.write_text(text.replace("complete: false\n    counties: []", words), "utf-8")
    return folder


def test_a_county_of_henan_is_refused_while_the_list_is_not_complete():
    for code in ("411621", "410122", "410105"):
        with pytest.raises(CountyUnlisted, match="共 54 个，已列 0 个"):
            subsidy_params(area(code), 2022)


def test_a_listed_county_of_henan_has_the_west_s_share_and_the_others_wait_for_the_whole_list(tmp_path):
    found = policies(own_copy(tmp_path, counties='"411621"', complete=False))
    assert subsidy_split(subsidy_params(found.area("411621"), 2022)[0]).central_fen == fen_of("488 元")
    with pytest.raises(CountyUnlisted):
        subsidy_params(found.area("411622"), 2022)


def test_a_complete_list_gives_every_county_of_henan_its_share(tmp_path):
    found = policies(own_copy(tmp_path, counties='"411621"', complete=True))
    listed, other = (subsidy_split(subsidy_params(found.area(c), 2022)[0]) for c in ("411621", "411622"))
    assert (listed.central_fen, listed.local_fen) == (fen_of("488 元"), fen_of("122 元"))
    assert (other.central_fen, other.local_fen) == (fen_of("366 元"), fen_of("244 元"))


# ---- contributions, enrolment, aid ----------------------------------------------------------------------------------


def test_chongqing_has_two_tiers_and_a_lower_contribution_for_students():
    terms = financing_terms(area("500000"), 2023)
    assert terms.contribution.resident_fen == (fen_of("350 元"), fen_of("725 元"))
    assert terms.contribution.student_fen == (fen_of("320 元"), fen_of("695 元"))
    assert terms.sources["contribution"].standing is Standing.NOTICE
    assert financing_terms(area("500000"), 2022).contribution.student_fen == (NOT_ON_FILE, NOT_ON_FILE)


def test_chongqing_s_students_pay_for_an_academic_year_and_graduates_are_covered_to_december():
    coverage = enrol_terms(area("500000"), 2023).params.coverage
    assert coverage.student.starts_day == day_number(date(2022, 9, 1))
    assert coverage.student.ends_day == day_number(date(2023, 8, 31))
    assert coverage.student.graduate_ends_day == day_number(date(2023, 12, 31))
    before = area("500000").entry("enrolment", "student", date(2022, 1, 1))
    assert before.values["graduate_ends"] == date(2022, 8, 31)


def test_chongqing_s_window_opens_with_the_notice():
    window = enrol_terms(area("500000"), 2023).params.window
    assert window.opens_day == day_number(date(2022, 10, 25))
    assert window.closes_day == day_number(date(2022, 12, 31))


def test_contributions_of_henan_and_jilin():
    for code in ("410100", "411600", "220200", "222400"):
        for year, due in ((2022, "320 元"), (2023, "350 元")):
            terms = financing_terms(area(code), year)
            assert terms.contribution.resident_fen[0] == fen_of(due)


def test_a_monitored_household_of_henan_gets_the_aid_of_the_subsistence_allowance():
    aid = financing_terms(area("411600"), 2023).aid[ContributionGroup.RESIDENT]
    for household in (Category.UNSTABLE_EXIT, Category.EDGE_OF_POVERTY, Category.SUDDEN_HARDSHIP):
        found = enrolment_aid(
            aid, category_tags=0, household_tags=1 << household, contribution_fen=fen_of("350 元")
        )
        assert (found.category, found.through_household) == (household, 1)
        assert found.assistance_fund_fen == aid.assistance_fund_fen[Category.SUBSISTENCE_ALLOWANCE] > 0
    none = enrolment_aid(
        aid,
        category_tags=0,
        household_tags=1 << Category.SUBSISTENCE_ALLOWANCE,
        contribution_fen=fen_of("350 元"),
    )
    assert none.assistance_fund_fen == 0


# ---- stays ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "at", "in_scope", "facts", "pays"),
    [
        ("500000", "level_one", "10000 元", {"age": 40}, "7920"),
        ("500000", "level_two", "10000 元", {"age": 40}, "6790"),
        ("500000", "level_three", "10000 元", {"age": 40}, "4600"),
        ("500000", "level_one", "10000 元", {"tier": 1, "age": 40}, "8415"),
        ("500000", "level_two", "10000 元", {"tier": 1, "age": 40}, "7275"),
        ("500000", "level_three", "10000 元", {"tier": 1, "age": 40}, "5060"),
        ("500000", "level_three", "10000 元", {"age": 17}, "5060"),
        ("500000", "level_three", "10000 元", {"age": 18}, "4600"),
        ("500000", "level_three", "10000 元", {"tier": 1, "age": 17}, "5520"),
        ("411600", "grass_roots", "800 元", {"age": 40}, "420"),
        ("411600", "grass_roots", "1000 元", {"age": 40}, "600"),
        ("411600", "grass_roots", "1000 元", {"age": 40, "stays": 1}, "600"),
        ("411600", "grass_roots", "1000 元", {"age": 14}, "670"),
        ("411600", "grass_roots", "1000 元", {"age": 15}, "600"),
        ("411600", "county_level", "5000 元", {"age": 40}, "3598"),
        ("411600", "county_level", "5000 元", {"age": 40, "stays": 1}, "3724"),
        ("411600", "county_level", "5000 元", {"age": 14, "stays": 1}, "3724"),
        ("411600", "city_level_two", "4000 元", {"age": 40}, "2125"),
        ("411600", "city_level_three", "10000 元", {"age": 40}, "5963"),
        ("411600", "province_level_two", "10000 元", {"age": 40}, "6122"),
        ("411600", "province_level_three", "10000 元", {"age": 40}, "4790"),
        ("411600", "outside_province", "10000 元", {"age": 40, "stays": 1}, "5165"),
        ("410100", "grass_roots", "10000 元", {"age": 40}, "8780"),
        ("410100", "class_one", "10000 元", {"age": 40}, "6810"),
        ("410100", "class_two", "10000 元", {"age": 40}, "5780"),
        ("410100", "class_three", "10000 元", {"age": 40}, "4600"),
        ("410100", "class_three", "10000 元", {"age": 40, "stays": 1}, "5150"),
        ("410100", "class_three", "10000 元", {"age": 14}, "5150"),
        ("410100", "class_three_tcm", "10000 元", {"age": 40}, "4655"),
        ("220200", "level_one", "30000 元", {}, "23680"),
        ("220200", "level_two", "30000 元", {}, "20440"),
        ("220200", "level_three", "30000 元", {}, "15895"),
        ("220200", "level_three", "60000 元", {}, "33895"),
        ("220200", "level_three", "70000 元", {}, "40395"),
    ],
)
def test_a_stay_is_paid_by_the_table_of_its_place(code, at, in_scope, facts, pays):
    """Chongqing by level, tier and age; Zhoukou and Zhengzhou halve the deductible of a child or a later stay; Jilin by level."""
    assert stay(code, IN_2023, at, in_scope, **facts).payers.basic_fen == fen_of(pays)


def test_chongqing_s_cap_goes_by_tier():
    for tier, cap in ((0, "80000 元"), (1, "120000 元")):
        settled = stay("500000", IN_2023, "level_two", "300000 元", tier=tier)
        assert settled.payers.basic_fen == fen_of(cap)


@pytest.mark.parametrize(
    ("day", "ordinary", "preferential"),
    [
        (date(2022, 12, 31), "15412 元", "7706 元"),
        (date(2023, 1, 1), "16901 元", "8450.5 元"),
        (date(2023, 12, 31), "16901 元", "8450.5 元"),
    ],
)
def test_chongqing_s_catastrophic_deductible_by_day(day, ordinary, preferential):
    terms = settlement_terms(area("500000"), day).params.catastrophic
    assert terms[Category.ORDINARY].deductible_fen == fen_of(ordinary)
    assert terms[Category.SUBSISTENCE_ALLOWANCE].deductible_fen == fen_of(preferential)
    assert terms[Category.SUBSISTENCE_ALLOWANCE].annual_cap_fen == UNREACHED_FEN


def test_a_district_s_published_example_is_met_to_the_fen_but_for_its_cap():
    """180,000 in scope at level two: basic 125,790 (the example leaves out the cap), then 29,743.68 and 17,126.42."""
    terms = settlement_terms(area("500000"), IN_2023).params
    at_rate_fen = stay("500000", IN_2023, "level_two", "180000 元").basic.hospital.at_rate_fen
    assert at_rate_fen == fen_of("125790 元")
    left_fen = fen_of("180000 元") - at_rate_fen
    paid = catastrophic_benefit(
        terms.catastrophic[Category.SUBSISTENCE_ALLOWANCE],
        base_before_fen=0,
        base_fen=left_fen,
        paid_before_fen=0,
    )
    assert paid.pays_fen == fen_of("29743.68")
    assisted = direct_assistance(
        terms.direct[Category.SUBSISTENCE_ALLOWANCE],
        outpatient=0,
        self_pay_before_fen=0,
        self_pay_fen=left_fen - paid.pays_fen,
        paid_before_fen=0,
    )
    assert assisted.pays_fen == fen_of("17126.42")


def test_yubei_overrides_assistance_and_top_up_and_nothing_else():
    here, city = (settlement_terms(area(code), IN_2023) for code in ("500112", "500000"))
    assert here.params.direct[Category.EXTREME_POVERTY].rate_bp == bp_of("75%")
    assert city.params.direct[Category.EXTREME_POVERTY].rate_bp == bp_of("70%")
    assert here.params.direct[Category.SUBSISTENCE_MARGIN].rate_bp == bp_of("70%")
    assert (here.params.top_up.deductible_fen, city.params.top_up.deductible_fen) == (
        fen_of("3000 元"),
        fen_of("3500 元"),
    )
    same = set(here.params._fields) - {"direct", "top_up"}
    assert all(getattr(here.params, name) == getattr(city.params, name) for name in same)
    assert settlement_terms(area("500113"), IN_2023).params == city.params


def test_henan_s_catastrophic_bands_run_from_the_deductible_to_a_hundred_thousand():
    terms = settlement_terms(area("411600"), IN_2023).params.catastrophic
    assert yielded_fen(terms[Category.ORDINARY], base_fen=fen_of("11000 元")) == 0
    assert yielded_fen(terms[Category.ORDINARY], base_fen=fen_of("100000 元")) == fen_of("53400 元")
    assert yielded_fen(terms[Category.ORDINARY], base_fen=fen_of("150000 元")) == fen_of("88400 元")
    assert yielded_fen(terms[Category.EXTREME_POVERTY], base_fen=fen_of("150000 元")) == fen_of("98925 元")


def test_jilin_city_cuts_the_rate_of_the_filed_and_more_of_the_unfiled():
    for path, pays in ((CarePath.FILED, "4005"), (CarePath.UNFILED, "3115")):
        assert stay("220200", IN_2023, "level_three", "10000 元", path=path).payers.basic_fen == fen_of(pays)


# ---- outpatient -----------------------------------------------------------------------------------------------------


def test_chongqing_s_outpatient_limits_go_by_tier():
    params = settlement_terms(area("500000"), IN_2023).params
    for tier, limit in ((0, "300 元"), (1, "500 元")):
        asked = claim("500000", IN_2023, "level_one", "5000 元", VisitKind.OUTPATIENT)._replace(tier=tier)
        assert settle_claim(params, NOTHING_YET, asked).payers.basic_fen == fen_of(limit)


@pytest.mark.parametrize("code", ["220200", "222400", "220323", "220623", "220721"])
@pytest.mark.parametrize(
    ("disease", "national_code"), [("child_autism", "M02207"), ("kawasaki_disease", "M07109")]
)
def test_jilin_s_two_new_special_diseases_begin_with_2023(code, disease, national_code):
    here = area(code)
    listed = here.codes("chronic_diseases").index(disease)
    assert here.listed("chronic_diseases")[listed]["national_code"] == national_code
    for day, refusal in ((date(2022, 12, 31), Refusal.NOT_ON_FILE), (date(2023, 1, 1), Refusal.NONE)):
        asked = claim(code, day, "level_three", "10000 元", VisitKind.CHRONIC)._replace(
            disease=listed, disease_tags=1 << listed
        )
        settled = settle_claim(settlement_terms(here, day).params, NOTHING_YET, asked)
        assert settled.refusal == refusal
        assert settled.payers.basic_fen == (0 if refusal else fen_of("4895"))


def test_what_no_document_gives_is_refused_and_says_why():
    terms = settlement_terms(area("220200"), IN_2023)
    drugs = claim("220200", IN_2023, "level_one", "100 元", VisitKind.TWO_DISEASES)
    delivery = claim("220200", IN_2023, "level_one", "3000 元", VisitKind.MATERNITY)
    for asked, layer in (
        (drugs._replace(disease=TwoDisease.HYPERTENSION), "two_diseases"),
        (delivery, "maternity"),
    ):
        assert settle_claim(terms.params, NOTHING_YET, asked).refusal == Refusal.NOT_ON_FILE
        assert "没有文件在册" in terms.sources[layer].note
    outside = stay("500000", IN_2023, "outside_area", "10000 元")
    assert outside.refusal == Refusal.NOT_ALLOWED_HERE


# ---- whole years, and where figures come from -----------------------------------------------------------------------


@pytest.mark.parametrize("code", POOLING_AREAS)
def test_a_complete_claim_is_settled_on_every_day_of_two_years(code):
    """A large stay of a recipient of the subsistence allowance: three layers pay, and the payers are the bill."""
    periods = settlement_periods(area(code), FIRST_DAY, LAST_DAY)
    assert periods[0].first_day <= FIRST_DAY
    assert periods[-1].last_day >= LAST_DAY
    at = area(code).codes("institution_classes")[3]
    for terms in periods:
        day = max(terms.first_day, FIRST_DAY)
        settled = stay(code, day, at, "200000 元", category=Category.SUBSISTENCE_ALLOWANCE)
        assert settled.refusal == Refusal.NONE
        assert min(settled.payers[:3]) > 0
        assert sum(settled.payers) == fen_of("200000 元")


@pytest.mark.parametrize("code", [*POOLING_AREAS, "222401", "220281", "500113"])
def test_people_are_enrolled_and_billed_for_2023(code):
    terms = enrol_terms(area(code), 2023)
    assert all(
        entry.note or entry.standing is Standing.NOTICE for entry in terms.entries() if not entry.refuses
    )
    with pytest.raises(EntryRefuses, match="没有文件在册"):
        enrol_terms(area(code), 2022)


def test_every_entry_holds_or_says_why_not_on_every_day_of_two_years():
    for here in areas_of_three_regions():
        assert spans(here) == []
        for section in SECTIONS:
            for key in here.keys(section):
                blocks = here.blocks(section, key)
                assert all(block.values or block.note for block in blocks), f"{here.code} {section}.{key}"


def test_what_is_assumed_says_so():
    for here in areas_of_three_regions():
        for blocks in here.chain[0].entries.values():
            for block in blocks:
                assert (
                    block.standing < Standing.SECONDARY or block.refuses or (block.note and block.source)
                ), block.id


def test_a_filing_inside_chongqing_ends_with_the_notice():
    here = area("500000")
    for day, required in ((date(2022, 10, 24), True), (date(2022, 10, 25), False)):
        entry = here.entry("public_services", "cross_district_filing", day)
        assert entry.values["required"] is required


@pytest.mark.parametrize(
    ("code", "counties"),
    [("500000", 38), ("220200", 9), ("222400", 8), ("410100", 12), ("411600", 10)],
)
def test_counties_are_listed_once_with_codes_of_their_area(code, counties):
    codes = area(code).codes("counties")
    assert len(codes) == len(set(codes)) == counties
    assert all(len(c) == 6 and c.startswith(code[: 2 if code.endswith("0000") else 4]) for c in codes)


@pytest.mark.parametrize(
    ("code", "prefix", "targets"), [("410000", "HEN", 44), ("500000", "CQ", 34), ("220000", "JL", 16)]
)
def test_every_target_of_a_notice_is_data_with_its_day(code, prefix, targets):
    own = policies().packs[code].entries
    blocks = [block for (section, _), found in own.items() if section == "assessment" for block in found]
    assert {block.values["id"] for block in blocks} == {f"{prefix}-{at:02d}" for at in range(1, targets + 1)}
    assert {block.cite.split(" ")[0] for block in blocks} == {NOTICES[code]}
    for block in blocks:
        dated = "D" in block.values["kind"]
        assert not dated or {"since", "by"} & set(block.values), block.id
        counted = {"equals", "at_least", "at_most", "about"} & set(block.values)
        assert bool(counted) == ("Q" in block.values["kind"]), block.id


@pytest.mark.parametrize(
    ("code", "key", "by"),
    [
        ("410000", "framework_unified", date(2022, 12, 31)),
        ("410000", "benefit_list", date(2023, 12, 31)),
        ("410000", "five_chronic_link", date(2022, 12, 31)),
        ("500000", "vbp_drugs", date(2022, 12, 31)),
        ("220000", "arrival_report", date(2022, 12, 20)),
    ],
)
def test_the_calendar_of_targets(code, key, by):
    assert area(code).entry("assessment", key, IN_2022).values["by"] == by


def test_the_quotes_of_three_notices_are_in_them(capsys):
    """Every quote is looked up, and the run says how many were."""
    if not SHARED_TEXTS.is_dir():
        pytest.skip("no texts of the notices at hand: yibao notice add FILE")
    report = check(policies(), SHARED_TEXTS)
    assert [found for found in report.errors if "引文" in found.message] == []
    quotes = {
        number: sum(
            len(block.quotes)
            for pack in policies().packs.values()
            for blocks in pack.entries.values()
            for block in blocks
            if block.cite.startswith(number)
        )
        for number in NOTICES.values()
    }
    assert min(quotes.values()) > 20
    assert set(quotes) & {*report.unverified, *report.other_texts} == set()
    with capsys.disabled():
        print(f"\nquotes verified: {'、'.join(f'{number} {count}' for number, count in quotes.items())}")
