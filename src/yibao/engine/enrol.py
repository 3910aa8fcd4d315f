"""Enrolling one person for a benefit year (参保登记与应缴): may they, what is the bill, who pays it, and when are they covered.

The order is that of the counter: eligibility, contribution, aid, payment, window, waiting period, coverage, subsidy. The
bill is made before anything is paid, so somebody who has not paid yet gets the bill with the refusal NOT_PAID; who has
nothing to pay is enrolled on the day of registration. The government subsidy is split only for someone who is covered, and
not where a family pays the fiscal part itself. A newborn that is covered without a contribution counts for it like anyone.

carries_out: FIN-02, FIN-06, FIN-08, FIN-11, FIN-12, FIN-13, FIN-15, FIN-17, ENR-02, ENR-03, ENR-04, ENR-05, ENR-06
"""

from typing import Annotated, NamedTuple

from yibao.assistance.terms import Category
from yibao.engine.enrol_terms import EnrolParams, PersonFacts
from yibao.enrolment.rules.coverage import Coverage, coverage, is_late_newborn, is_newborn, last_covered_day
from yibao.enrolment.rules.eligibility import Eligibility, eligibility
from yibao.enrolment.rules.waiting import Waiting, waiting_period
from yibao.enrolment.rules.window import enrolment_window
from yibao.enrolment.terms import (
    NEVER_DAY,
    CoverageStart,
    EnrolmentRefusal,
    Ground,
    WaitingExemption,
    WindowState,
)
from yibao.financing.rules.contribution import contribution
from yibao.financing.rules.enrolment_aid import EnrolmentAid, enrolment_aid
from yibao.financing.rules.newborn_back_payment import newborn_back_payment
from yibao.financing.rules.subsidy import SubsidySplit, subsidy_split
from yibao.financing.terms import ContributionGroup


class Enrolled(NamedTuple):
    """The whole answer for one person and benefit year; the days are -1 where there is none, both ends inside."""

    eligible: Annotated[int, "是否符合参保条件"]
    refusal: Annotated[int, "不予参保原因"]
    ground: Annotated[int, "参保依据"]
    covered_from_day: Annotated[int, "参保期首日"]
    covered_to_day: Annotated[int, "参保期末日"]
    coverage_start: Annotated[int, "待遇起始依据"]
    waiting_to_day: Annotated[int, "等待期末日"]
    waiting_exemption: Annotated[int, "不设等待期的情形"]
    contribution_fen: Annotated[int, "个人应缴"]
    aid_on_file: Annotated[int, "资助标准是否在册"]
    aid_category: Annotated[int, "资助身份"]
    aid_through_household: Annotated[int, "是否作为家庭成员资助"]
    aid_assistance_fund_fen: Annotated[int, "医疗救助基金资助"]
    aid_municipal_fen: Annotated[int, "市级财政资助"]
    aid_county_fen: Annotated[int, "县（市、区）财政资助"]
    person_pays_fen: Annotated[int, "个人实缴"]
    subsidy_central_fen: Annotated[int, "中央财政补助"]
    subsidy_provincial_fen: Annotated[int, "省级财政补助"]
    subsidy_municipal_fen: Annotated[int, "市级财政补助"]
    subsidy_county_fen: Annotated[int, "县级财政补助"]
    subsidy_municipal_and_county_fen: Annotated[int, "市县财政补助合计"]
    subsidy_local_fen: Annotated[int, "其余地方财政负担（分担办法不在册）"]


class Birth(NamedTuple):
    """Which of the newborn's two paths a person is on, if any."""

    newborn: Annotated[int, "出生当年参保"]
    late_newborn: Annotated[int, "出生次年补办"]


class Cover(NamedTuple):
    """The days of coverage, and the waiting period inside them."""

    days: Coverage
    waiting: Waiting


def enrol_and_bill(params: EnrolParams, person: PersonFacts) -> Enrolled:
    """Enrols one person: eligibility, bill, aid by payer, days of coverage and waiting, subsidy by level."""
    found = eligibility_of(params, person)
    standard = contribution(params.full_financing.contribution, group=person.group, tier=person.tier)
    refusal = found.refusal
    if refusal == EnrolmentRefusal.NONE and standard.on_file == 0:
        refusal = EnrolmentRefusal.TIER_NOT_ON_FILE
    if refusal != EnrolmentRefusal.NONE:
        return answer(found, refusal=refusal, cover=no_cover(), aid=no_aid(), subsidy=no_subsidy())
    birth = birth_of(params, person, ground=found.ground)
    aid = bill(params, person, birth=birth, standard_fen=standard.standard_fen)
    paid_day = person.enrolled_day if aid.person_pays_fen == 0 else person.paid_day
    refusal = payment_refusal(params, person, birth=birth, paid_day=paid_day)
    if refusal == EnrolmentRefusal.NOT_PAID:
        return answer(found, refusal=refusal, cover=no_cover(), aid=aid, subsidy=no_subsidy())
    if refusal != EnrolmentRefusal.NONE:
        return answer(found, refusal=refusal, cover=no_cover(), aid=no_aid(), subsidy=no_subsidy())
    cover = cover_of(params, person, birth=birth, paid_day=paid_day)
    if found.same_subsidy == 0 or (birth.late_newborn == 1 and person.pays_full_financing == 1):
        return answer(found, refusal=refusal, cover=cover, aid=aid, subsidy=no_subsidy())
    subsidy = subsidy_split(params.subsidy[person.university])
    return answer(found, refusal=refusal, cover=cover, aid=aid, subsidy=subsidy)


def eligibility_of(params: EnrolParams, person: PersonFacts) -> Eligibility:
    """Whether a person may enrol here."""
    return eligibility(
        params.eligibility,
        in_employee_insurance=person.in_employee_insurance,
        enrolled_elsewhere=person.enrolled_elsewhere,
        newborn=is_of_either_path(params, person),
        student=is_student(person),
        studies_elsewhere=person.studies_elsewhere,
        hukou_local=person.hukou_local,
        parent_hukou_local=person.parent_hukou_local,
        residence_permit=person.residence_permit,
        flexible_worker=person.flexible_worker,
    )


def is_of_either_path(params: EnrolParams, person: PersonFacts) -> int:
    """Whether somebody was born in the year, or in the one before it and is registered now: a parent's registration counts."""
    late = is_late_newborn(
        params.coverage, born_day=person.born_day, unregistered=person.unregistered_at_birth
    )
    return 1 if late == 1 or is_newborn(params.coverage, born_day=person.born_day) == 1 else 0


def is_student(person: PersonFacts) -> int:
    """Whether a person pays as a student."""
    return 1 if person.group == ContributionGroup.STUDENT else 0


def birth_of(params: EnrolParams, person: PersonFacts, *, ground: int) -> Birth:
    """The newborn's path; both ask for local household registration, the child's or a parent's."""
    late = is_late_newborn(
        params.coverage, born_day=person.born_day, unregistered=person.unregistered_at_birth
    )
    registered_here = person.hukou_local == 1 or person.parent_hukou_local == 1
    newborn = 1 if ground == Ground.NEWBORN and late == 0 else 0
    return Birth(newborn=newborn, late_newborn=late if registered_here else 0)


def bill(params: EnrolParams, person: PersonFacts, *, birth: Birth, standard_fen: int) -> EnrolmentAid:
    """What is due and who pays it. A family that pays the full financing gets no aid with it."""
    due_fen = standard_fen
    tags = person.category_tags
    household_tags = person.household_tags
    if birth.newborn == 1 and params.coverage.newborn.free_in_birth_year == 1:
        due_fen = 0
    if birth.late_newborn == 1 and person.pays_full_financing == 1:
        back = newborn_back_payment(params.full_financing, tier=person.tier)
        due_fen = back.pays_fen
        tags = 0
        household_tags = 0
    return enrolment_aid(
        params.aid[person.group],
        category_tags=tags,
        household_tags=household_tags,
        contribution_fen=due_fen,
    )


def payment_refusal(params: EnrolParams, person: PersonFacts, *, birth: Birth, paid_day: int) -> int:
    """Why a payment on that day buys no coverage of the year. A newborn is not bound to the window."""
    if paid_day == NEVER_DAY:
        return EnrolmentRefusal.NOT_PAID
    if paid_day > last_covered_day(params.coverage, student=is_student(person), graduating=person.graduating):
        return EnrolmentRefusal.YEAR_OVER
    if birth.newborn == 1 or birth.late_newborn == 1:
        return EnrolmentRefusal.NONE
    window = enrolment_window(params.window, day=paid_day)
    if window.state == WindowState.NOT_OPEN:
        return EnrolmentRefusal.WINDOW_NOT_OPEN
    if window.state == WindowState.CLOSED and params.coverage.year.late_enrolment == 0:
        return EnrolmentRefusal.WINDOW_CLOSED
    return EnrolmentRefusal.NONE


def cover_of(params: EnrolParams, person: PersonFacts, *, birth: Birth, paid_day: int) -> Cover:
    """The days of coverage and of waiting that a payment buys.

    A child born since the window opened is a newborn to the waiting period, whatever ground it enrols on.
    """
    window = enrolment_window(params.window, day=paid_day)
    in_window = 1 if window.state == WindowState.OPEN or window.state == WindowState.EXTENDED else 0
    newborn = birth.late_newborn == 1 or person.born_day >= params.window.opens_day
    waiting = waiting_period(
        params.waiting,
        paid_in_window=in_window,
        newborn=1 if newborn else 0,
        enrolled_day=person.enrolled_day,
        paid_day=paid_day,
        employee_cover_ended_day=person.employee_cover_ended_day,
        category_tags=person.category_tags,
    )
    days = coverage(
        params.coverage,
        born_day=person.born_day,
        paid_day=paid_day,
        paid_in_window=in_window,
        newborn=birth.newborn,
        late_newborn=birth.late_newborn,
        student=is_student(person),
        graduating=person.graduating,
    )
    return Cover(days=days, waiting=waiting)


def answer(
    found: Eligibility, *, refusal: int, cover: Cover, aid: EnrolmentAid, subsidy: SubsidySplit
) -> Enrolled:
    """The parts of an answer put together."""
    return Enrolled(
        eligible=1 if found.refusal == EnrolmentRefusal.NONE else 0,
        refusal=refusal,
        ground=found.ground,
        covered_from_day=cover.days.first_day,
        covered_to_day=cover.days.last_day,
        coverage_start=cover.days.start,
        waiting_to_day=cover.waiting.to_day,
        waiting_exemption=cover.waiting.exemption,
        contribution_fen=aid.contribution_fen,
        aid_on_file=aid.on_file,
        aid_category=aid.category,
        aid_through_household=aid.through_household,
        aid_assistance_fund_fen=aid.assistance_fund_fen,
        aid_municipal_fen=aid.municipal_fen,
        aid_county_fen=aid.county_fen,
        person_pays_fen=aid.person_pays_fen,
        subsidy_central_fen=subsidy.central_fen,
        subsidy_provincial_fen=subsidy.provincial_fen,
        subsidy_municipal_fen=subsidy.municipal_fen,
        subsidy_county_fen=subsidy.county_fen,
        subsidy_municipal_and_county_fen=subsidy.municipal_and_county_fen,
        subsidy_local_fen=subsidy.local_fen,
    )


def no_cover() -> Cover:
    """No day covered."""
    return Cover(
        days=Coverage(start=CoverageStart.NONE, first_day=NEVER_DAY, last_day=NEVER_DAY),
        waiting=Waiting(exemption=WaitingExemption.NONE, days=0, to_day=NEVER_DAY),
    )


def no_aid() -> EnrolmentAid:
    """No bill and no aid."""
    return EnrolmentAid(
        on_file=1,
        contribution_fen=0,
        category=Category.ORDINARY,
        through_household=0,
        assistance_fund_fen=0,
        municipal_fen=0,
        county_fen=0,
        person_pays_fen=0,
    )


def no_subsidy() -> SubsidySplit:
    """No government subsidy."""
    return SubsidySplit(
        standard_fen=0,
        central_fen=0,
        provincial_fen=0,
        municipal_fen=0,
        county_fen=0,
        municipal_and_county_fen=0,
        local_fen=0,
    )
