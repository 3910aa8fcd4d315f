"""Parameters of enrolment: one NamedTuple an entry of policy. Blocks are dated by the benefit year they are for."""

from typing import Annotated, NamedTuple

from yibao.assistance.terms import Category
from yibao.enrolment.terms import Department, LifeEvent, ListVerdict, OneApplicationStep, RecognisedBenefit
from yibao.kernel.shapes import CATEGORIES, NOT_ON_FILE, Members

RECOGNISED_BENEFITS = 3
DEPARTMENTS = 9
LIFE_EVENTS = 5
ONE_APPLICATION_STEPS = 6
LIST_VERDICTS = 5


class WindowParams(NamedTuple):
    """Enrolment window (集中参保期) of a benefit year: first and last day, both inside.

    `extended_to_day` is the last day after an extension that the tax and insurance bureaus agreed on, NOT_ON_FILE where
    there is none; its reason is the entry's note. It counts only where `may_extend`.
    """

    opens_day: int
    closes_day: int
    may_extend: int = 0
    extended_to_day: int = NOT_ON_FILE


class CoverageParams(NamedTuple):
    """Coverage (参保期) of a benefit year: its first and last day; who pays late is covered from the day of payment.

    Without `late_enrolment` a payment after the window buys no coverage of that year.
    """

    starts_day: int
    ends_day: int
    late_enrolment: int


class StudentParams(NamedTuple):
    """Students (大学生): where they enrol, and the first and last day of the year they pay for.

    `graduate_ends_day` is the last day of someone who graduates in that year.
    """

    at_place_of_school: int
    starts_day: int
    ends_day: int
    graduate_ends_day: int


class WaitingParams(NamedTuple):
    """Waiting period (待遇享受等待期): its length in days from the day of payment, and who has none.

    `employee_break_months`: who left employee insurance at most so many months before. `exempt`: categories of people.
    """

    days: int
    employee_break_months: int
    newborn_exempt: int
    exempt: Annotated[tuple[int, ...], Members(Category, CATEGORIES)]


class NewbornParams(NamedTuple):
    """Newborns (新生儿落地参保): no contribution in the year of birth, covered from birth, and the later path.

    `late_path`: who did not register in the year of birth is covered from birth after enrolling for the next year, or
    paying the next year's full financing (personal and fiscal part).
    """

    free_in_birth_year: int
    covered_from_birth: int
    late_path: int


class RecognitionParams(NamedTuple):
    """Recognition of years (参保年限互认): under so many years here, years elsewhere in the province count as well."""

    years: int
    counts_employee_years: int
    benefits: Annotated[tuple[int, ...], Members(RecognisedBenefit, RECOGNISED_BENEFITS)]


class DuplicateParams(NamedTuple):
    """Duplicate enrolment (重复参保): months in employee insurance from which it is kept, and whether a person may choose.

    `may_choose`: a written statement decides between two records of residents' insurance.
    """

    employee_months: int
    may_choose: int


class ResidencePermitParams(NamedTuple):
    """Holders of a residence permit (持居住证参保): whether they enrol where they live, and get the same subsidy."""

    may_enrol: int
    same_subsidy: int


class FlexibleWorkerParams(NamedTuple):
    """Flexibly employed people (灵活就业人员): whether they still need local household registration."""

    household_registration_required: int


class EligibilityTerms(NamedTuple):
    """What decides who may enrol (参保条件): three entries, in this order."""

    residence_permit: ResidencePermitParams
    flexible_worker: FlexibleWorkerParams
    student: StudentParams


class CoverageTerms(NamedTuple):
    """What decides from which day to which day somebody is covered: three entries, in this order."""

    year: CoverageParams
    student: StudentParams
    newborn: NewbornParams


class LifeCycleParams(NamedTuple):
    """The life of an enrolment (参保管理): events that take effect when the month is over; any other does on its day."""

    at_month_end: Annotated[tuple[int, ...], Members(LifeEvent, LIFE_EVENTS)]


class OneApplicationParams(NamedTuple):
    """One application for enrolment (参保一件事): the steps that are done with it."""

    steps: Annotated[tuple[int, ...], Members(OneApplicationStep, ONE_APPLICATION_STEPS)]


class KeyGroupsParams(NamedTuple):
    """Key groups (重点人群): categories of whom everyone is to be enrolled, in residents' or employees' insurance."""

    groups: Annotated[tuple[int, ...], Members(Category, CATEGORIES)]


class TransferParams(NamedTuple):
    """Transfer of an insurance relation (转移接续): working days of the agency left and of the agency joined."""

    leaving_working_days: int
    arriving_working_days: int


class AccountBalanceParams(NamedTuple):
    """The balance of an account (个人账户余额): whether it moves along, and when it is paid out in one sum instead."""

    moves: int
    paid_if_not_movable: int
    paid_on_emigration: int
    to_heirs_on_death: int


class ListFeedbackParams(NamedTuple):
    """A department's list (部门名单): what is sent back to the department, and every how many months a list is due."""

    sent_back: Annotated[tuple[int, ...], Members(ListVerdict, LIST_VERDICTS)]
    every_months: int


class JointHandlingParams(NamedTuple):
    """Joint handling of registration (参保登记联办): the departments whose verdict an application needs."""

    departments: Annotated[tuple[int, ...], Members(Department, DEPARTMENTS)]


class StudentFilingParams(NamedTuple):
    """Students treated in another province (大学生异地备案): led to file, and how late a filing still settles directly."""

    led_to_file: int
    before_discharge_settlement: int
