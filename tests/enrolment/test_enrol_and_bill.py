"""Enrolling a person from eligibility to subsidy: one life after another, then what holds of everyone.

carries_out: FIN-02, FIN-06, FIN-08, FIN-11, FIN-12, FIN-13, FIN-17, FIN-20, ENR-02, ENR-03, ENR-04, ENR-05, ENR-06
"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.assistance.terms import Category
from yibao.engine.enrol import Enrolled, enrol_and_bill
from yibao.engine.enrol_terms import EnrolParams, PersonFacts
from yibao.enrolment.terms import NEVER_DAY, CoverageStart, EnrolmentRefusal, Ground, WaitingExemption
from yibao.financing.terms import ContributionGroup, University
from yibao.kernel.days import day_number
from yibao.kernel.shapes import CATEGORIES
from yibao.packs.enrolment import enrol_terms
from yibao.packs.entries import EntryRefuses
from yibao.packs.policies import policies


def params_of(code: str) -> EnrolParams:
    return enrol_terms(policies().area(code), 2023).params


TAIYUAN, YANGQU = params_of("140100"), params_of("140122")


def day(text: str) -> int:
    return day_number(date.fromisoformat(text))


GROWN = PersonFacts(*[0] * len(PersonFacts._fields))._replace(
    born_day=day("1980-05-01"),
    enrolled_day=day("2022-10-08"),
    paid_day=day("2022-10-08"),
    employee_cover_ended_day=NEVER_DAY,
    hukou_local=1,
)
CHILD = GROWN._replace(hukou_local=0, parent_hukou_local=1, paid_day=NEVER_DAY)


def subsidy_of(answer: Enrolled) -> tuple[int, ...]:
    return answer[-6:]


def test_an_ordinary_person_pays_in_the_window():
    answer = enrol_and_bill(YANGQU, GROWN)
    assert (answer.eligible, answer.refusal, answer.ground) == (1, 0, Ground.HOUSEHOLD_REGISTRATION)
    assert (answer.covered_from_day, answer.covered_to_day) == (day("2023-01-01"), day("2023-12-31"))
    assert (answer.waiting_to_day, answer.waiting_exemption) == (NEVER_DAY, WaitingExemption.PAID_IN_WINDOW)
    assert (answer.contribution_fen, answer.person_pays_fen) == (35_000, 35_000)
    assert subsidy_of(answer) == (51_200, 6_400, 3_200, 3_200, 0, 0)


def test_who_has_not_paid_gets_the_bill_and_no_cover():
    answer = enrol_and_bill(
        TAIYUAN, GROWN._replace(paid_day=NEVER_DAY, category_tags=1 << Category.LOW_INCOME_MINOR)
    )
    assert (answer.eligible, answer.refusal) == (1, EnrolmentRefusal.NOT_PAID)
    assert (answer.person_pays_fen, answer.aid_assistance_fund_fen) == (17_500, 17_500)
    assert (answer.covered_from_day, sum(subsidy_of(answer))) == (NEVER_DAY, 0)


def test_who_is_aided_in_full_is_covered_without_a_payment():
    answer = enrol_and_bill(
        TAIYUAN, GROWN._replace(paid_day=NEVER_DAY, category_tags=1 << Category.EXTREME_POVERTY)
    )
    assert (answer.refusal, answer.person_pays_fen) == (EnrolmentRefusal.NONE, 0)
    assert answer.covered_from_day == day("2023-01-01")


def test_a_late_payer_is_covered_from_that_day_and_waits():
    answer = enrol_and_bill(
        TAIYUAN, GROWN._replace(enrolled_day=day("2023-03-01"), paid_day=day("2023-03-01"))
    )
    assert (answer.coverage_start, answer.covered_from_day) == (CoverageStart.PAYMENT, day("2023-03-01"))
    assert answer.waiting_to_day == day("2023-05-29")


def test_a_year_that_is_over_buys_nothing():
    answer = enrol_and_bill(TAIYUAN, GROWN._replace(paid_day=day("2024-01-01")))
    assert (answer.refusal, answer.contribution_fen) == (EnrolmentRefusal.YEAR_OVER, 0)
    assert enrol_and_bill(TAIYUAN, GROWN._replace(paid_day=day("2023-12-31"))).refusal == 0


def test_a_window_that_is_not_open_takes_nothing():
    assert enrol_and_bill(TAIYUAN, GROWN._replace(paid_day=day("2022-08-31"))).refusal == 5
    assert enrol_and_bill(TAIYUAN, GROWN._replace(paid_day=day("2022-09-01"))).refusal == 0


def test_where_late_enrolment_is_not_allowed_the_window_closes():
    year = TAIYUAN.coverage.year._replace(late_enrolment=0)
    strict = TAIYUAN._replace(coverage=TAIYUAN.coverage._replace(year=year))
    assert enrol_and_bill(strict, GROWN._replace(paid_day=day("2022-12-21"))).refusal == 6
    assert enrol_and_bill(strict, GROWN._replace(paid_day=day("2022-12-20"))).refusal == 0


def test_a_newborn_pays_nothing_and_is_covered_from_birth():
    born = CHILD._replace(born_day=day("2023-05-06"), enrolled_day=day("2023-06-30"))
    answer = enrol_and_bill(TAIYUAN, born)
    assert (answer.ground, answer.contribution_fen, answer.person_pays_fen) == (Ground.NEWBORN, 0, 0)
    assert (answer.covered_from_day, answer.covered_to_day) == (day("2023-05-06"), day("2023-12-31"))
    assert answer.waiting_exemption == WaitingExemption.NEWBORN


def test_a_child_not_registered_in_its_year_is_covered_back_to_birth_by_enrolling_for_the_next():
    born = GROWN._replace(born_day=day("2022-07-07"), unregistered_at_birth=1)
    answer = enrol_and_bill(TAIYUAN, born)
    assert (answer.covered_from_day, answer.contribution_fen) == (day("2022-07-07"), 35_000)
    assert sum(subsidy_of(answer)) == 64_000


def test_or_by_paying_the_next_years_full_financing():
    born = GROWN._replace(
        born_day=day("2022-07-07"),
        unregistered_at_birth=1,
        pays_full_financing=1,
        paid_day=day("2023-04-01"),
        category_tags=1 << Category.EXTREME_POVERTY,
    )
    answer = enrol_and_bill(TAIYUAN, born)
    assert (answer.covered_from_day, answer.contribution_fen) == (day("2022-07-07"), 35_000 + 64_000)
    assert (answer.person_pays_fen, sum(subsidy_of(answer))) == (99_000, 0)
    assert answer.waiting_exemption == WaitingExemption.NEWBORN


def test_the_later_path_is_not_bound_to_the_window():
    year = TAIYUAN.coverage.year._replace(late_enrolment=0)
    strict = TAIYUAN._replace(coverage=TAIYUAN.coverage._replace(year=year))
    born = GROWN._replace(born_day=day("2022-07-07"), unregistered_at_birth=1, paid_day=day("2023-04-01"))
    assert enrol_and_bill(strict, born).covered_from_day == day("2022-07-07")
    grown = GROWN._replace(paid_day=day("2023-04-01"))
    assert enrol_and_bill(strict, grown).refusal == EnrolmentRefusal.WINDOW_CLOSED


def test_the_later_path_asks_for_local_registration():
    born = GROWN._replace(
        born_day=day("2022-07-07"), unregistered_at_birth=1, hukou_local=0, residence_permit=1
    )
    assert enrol_and_bill(TAIYUAN, born).covered_from_day == day("2023-01-01")


def test_on_the_later_path_a_parents_registration_counts_as_the_childs():
    born = CHILD._replace(born_day=day("2022-07-07"), unregistered_at_birth=1, paid_day=day("2023-02-01"))
    answer = enrol_and_bill(TAIYUAN, born)
    assert (answer.ground, answer.covered_from_day) == (Ground.NEWBORN, day("2022-07-07"))
    assert answer.person_pays_fen == 35_000
    registered = born._replace(unregistered_at_birth=0)
    assert enrol_and_bill(TAIYUAN, registered).refusal == EnrolmentRefusal.NOT_RESIDENT


@pytest.mark.parametrize(
    ("born", "year", "late", "first", "last"),
    [
        ("2024-02-29", 2024, 0, "2024-02-29", "2024-12-31"),
        ("2024-02-29", 2025, 1, "2024-02-29", "2025-12-31"),
        ("2024-12-31", 2025, 1, "2024-12-31", "2025-12-31"),
        ("2024-01-01", 2025, 1, "2024-01-01", "2025-12-31"),
    ],
)
def test_a_child_of_a_leap_day_is_covered_from_that_day(born, year, late, first, last):
    of_year = TAIYUAN.coverage.year._replace(starts_day=day(f"{year}-01-01"), ends_day=day(f"{year}-12-31"))
    leap = TAIYUAN._replace(coverage=TAIYUAN.coverage._replace(year=of_year))
    child = CHILD._replace(
        born_day=day(born), enrolled_day=day(f"{year}-11-30"), paid_day=day(f"{year}-11-30"),
        unregistered_at_birth=late,
    )  # fmt: skip
    answer = enrol_and_bill(leap, child)
    assert (answer.covered_from_day, answer.covered_to_day) == (day(first), day(last))
    assert answer.person_pays_fen == (35_000 if late else 0)


def test_a_child_born_after_the_window_closed_does_not_wait_for_its_second_year():
    born = GROWN._replace(
        born_day=day("2022-12-25"), enrolled_day=day("2023-01-10"), paid_day=day("2023-01-10")
    )
    assert enrol_and_bill(TAIYUAN, born).waiting_exemption == WaitingExemption.NEWBORN


def test_a_student_of_a_ministry_costs_the_centre_all():
    student = GROWN._replace(group=ContributionGroup.STUDENT, university=University.MINISTRY, hukou_local=0)
    answer = enrol_and_bill(TAIYUAN, student)
    assert (answer.ground, subsidy_of(answer)) == (Ground.STUDENT, (64_000, 0, 0, 0, 0, 0))


def test_a_severely_disabled_student_is_aided_by_the_city_alone():
    student = GROWN._replace(group=ContributionGroup.STUDENT, category_tags=1 << Category.SEVERELY_DISABLED)
    answer = enrol_and_bill(TAIYUAN, student)
    assert (answer.aid_municipal_fen, answer.aid_county_fen, answer.person_pays_fen) == (35_000, 0, 0)


def test_a_residence_permit_brings_the_same_subsidy_and_only_where_the_entry_says_so():
    holder = GROWN._replace(hukou_local=0, residence_permit=1)
    assert subsidy_of(enrol_and_bill(TAIYUAN, holder)) == subsidy_of(enrol_and_bill(TAIYUAN, GROWN))
    permit = TAIYUAN.eligibility.residence_permit._replace(same_subsidy=0)
    other = TAIYUAN._replace(eligibility=TAIYUAN.eligibility._replace(residence_permit=permit))
    assert sum(subsidy_of(enrol_and_bill(other, holder))) == 0


def test_a_tier_that_is_not_on_file_has_no_bill():
    answer = enrol_and_bill(TAIYUAN, GROWN._replace(tier=1))
    assert (answer.eligible, answer.refusal, answer.contribution_fen) == (
        1,
        EnrolmentRefusal.TIER_NOT_ON_FILE,
        0,
    )


def test_a_year_whose_window_is_on_no_file_enrols_nobody():
    with pytest.raises(EntryRefuses):
        enrol_terms(policies().area("140100"), 2022)


FLAG = st.integers(0, 1)
DAYS = st.integers(day("2022-06-01"), day("2024-03-01"))
PEOPLE = st.builds(
    PersonFacts,
    born_day=st.one_of(DAYS, st.integers(-15_000, day("2024-01-31"))),
    enrolled_day=DAYS,
    paid_day=st.one_of(st.just(NEVER_DAY), DAYS),
    employee_cover_ended_day=st.one_of(st.just(NEVER_DAY), DAYS),
    category_tags=st.one_of(st.just(0), st.integers(0, 2**CATEGORIES - 1)),
    group=FLAG,
    university=st.integers(0, 3),
    tier=st.sampled_from((0, 0, 0, 1)),
    hukou_local=FLAG,
    parent_hukou_local=FLAG,
    residence_permit=FLAG,
    flexible_worker=FLAG,
    in_employee_insurance=st.sampled_from((0, 0, 0, 1)),
    enrolled_elsewhere=st.sampled_from((0, 0, 0, 1)),
    studies_elsewhere=st.sampled_from((0, 0, 0, 1)),
    graduating=FLAG,
    unregistered_at_birth=FLAG,
    pays_full_financing=FLAG,
)


@pytest.mark.property
@given(PEOPLE, st.sampled_from((TAIYUAN, YANGQU)))
def test_parts_add_up_and_nobody_uncovered_is_subsidised(person, params):
    answer = enrol_and_bill(params, person)
    aid = answer.aid_assistance_fund_fen + answer.aid_municipal_fen + answer.aid_county_fen
    assert aid + answer.person_pays_fen == answer.contribution_fen
    assert min(answer.person_pays_fen, aid, *subsidy_of(answer)) >= 0
    assert sum(subsidy_of(answer)) in (0, params.subsidy[person.university].standard_fen)
    covered = answer.refusal == EnrolmentRefusal.NONE
    assert covered == (answer.covered_from_day != NEVER_DAY) == (answer.coverage_start != CoverageStart.NONE)
    if covered:
        assert answer.eligible == 1
        assert answer.covered_from_day <= answer.covered_to_day
    else:
        assert sum(subsidy_of(answer)) == 0
        assert answer.contribution_fen == 0 or answer.refusal == EnrolmentRefusal.NOT_PAID
    if answer.waiting_to_day != NEVER_DAY:
        assert answer.waiting_exemption == WaitingExemption.NONE
        assert answer.coverage_start == CoverageStart.PAYMENT


@pytest.mark.property
@given(PEOPLE, st.integers(0, 2**CATEGORIES - 1))
def test_one_more_category_never_costs_a_person_or_makes_them_wait(person, more):
    before = enrol_and_bill(TAIYUAN, person)
    after = enrol_and_bill(TAIYUAN, person._replace(category_tags=person.category_tags | more))
    if before.refusal == after.refusal == EnrolmentRefusal.NONE and person.paid_day == person.enrolled_day:
        assert after.person_pays_fen <= before.person_pays_fen
        assert after.waiting_to_day in (before.waiting_to_day, NEVER_DAY)
