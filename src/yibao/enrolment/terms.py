"""Nouns of enrolment that other areas may use: schemes, grounds to enrol, benefits that ask for years of enrolment."""

from enum import IntEnum
from typing import NamedTuple

NEVER_DAY = -1
"""An optional day that has not come: not paid, never in employee insurance, no waiting period."""


class Scheme(IntEnum):
    """Whose basic insurance a record is of (参保险种)."""

    RESIDENT = 0
    EMPLOYEE = 1


class Ground(IntEnum):
    """On what ground a person may enrol here (参保依据)."""

    NONE = 0
    NEWBORN = 1
    STUDENT = 2
    HOUSEHOLD_REGISTRATION = 3
    RESIDENCE_PERMIT = 4
    FLEXIBLE_WORKER = 5


class EnrolmentRefusal(IntEnum):
    """Why a person is not enrolled here (不予参保); 0 is enrolled. Words and clauses stand in `enrolment/refusals.py`."""

    NONE = 0
    IN_EMPLOYEE_INSURANCE = 1
    ENROLLED_ALREADY = 2
    STUDYING_ELSEWHERE = 3
    NOT_RESIDENT = 4
    WINDOW_NOT_OPEN = 5
    WINDOW_CLOSED = 6
    YEAR_OVER = 7
    NOT_PAID = 8
    TIER_NOT_ON_FILE = 9


class WindowState(IntEnum):
    """Where a day lies to the enrolment window (集中参保期)."""

    NOT_OPEN = 0
    OPEN = 1
    EXTENDED = 2
    CLOSED = 3


class WaitingExemption(IntEnum):
    """Why no waiting period is set (不设等待期的情形)."""

    NONE = 0
    PAID_IN_WINDOW = 1
    NEWBORN = 2
    LEFT_EMPLOYEE_INSURANCE = 3
    EXEMPT_CATEGORY = 4


class CoverageStart(IntEnum):
    """What coverage begins with (待遇起始依据)."""

    NONE = 0
    YEAR_BEGINS = 1
    BIRTH = 2
    PAYMENT = 3


class RecognisedBenefit(IntEnum):
    """Benefits for which years of enrolment elsewhere in the province count (参保年限互认的待遇)."""

    CHRONIC = 0
    SPECIAL_DRUG = 1
    MATERNITY = 2


class DuplicateCase(IntEnum):
    """What two overlapping records are to each other (重复参保情形)."""

    NONE = 0
    EMPLOYEE_TWICE = 1
    RESIDENT_TWICE = 2
    STUDENT_TWICE = 3
    ACROSS_SCHEMES = 4
    ACROSS_SCHEMES_FLEXIBLE = 5
    AIDED_TWICE = 6


class Keep(IntEnum):
    """Which of two records is proposed to be kept (保留哪一条); the person confirms before the other is closed."""

    BOTH = 0
    FIRST = 1
    SECOND = 2
    PERSON_CHOOSES = 3


class EnrolmentRecord(NamedTuple):
    """One record of enrolment (参保记录) as the rule for duplicates sees it, in whole numbers only.

    `scheme` is a Scheme; `first_day` and `last_day` both inside. `at_place`: it lies where such a record is kept, that
    is the place of work for employees, of study for students, of habitual residence for anyone else. `aided`: the
    contribution was paid with aid. `gives_benefit`: benefits are being drawn on it. Yes/no facts are 1 or 0.
    """

    scheme: int
    first_day: int
    last_day: int
    at_place: int
    aided: int
    gives_benefit: int


class Department(IntEnum):
    """Departments that keep lists or have a say in an application (部门)."""

    MEDICAL_INSURANCE = 0
    TAX = 1
    FINANCE = 2
    CIVIL_AFFAIRS = 3
    PUBLIC_SECURITY = 4
    HEALTH = 5
    EDUCATION = 6
    DISABLED_FEDERATION = 7
    RURAL_REVITALISATION = 8


class EnrolmentState(IntEnum):
    """Where a person's enrolment stands (参保状态)."""

    NOT_REGISTERED = 0
    ACTIVE = 1
    SUSPENDED = 2
    STOPPED = 3


class LifeEvent(IntEnum):
    """What may happen to an enrolment (参保业务): register, change, suspend, resume, stop."""

    REGISTER = 0
    CHANGE = 1
    SUSPEND = 2
    RESUME = 3
    STOP = 4


class OneApplicationStep(IntEnum):
    """What one application for enrolment (参保一件事) takes, in its order."""

    REGISTRATION = 0
    CATEGORY_CHECK = 1
    BILL = 2
    PAYMENT = 3
    VOUCHER = 4
    CERTIFICATE = 5


class FollowUp(IntEnum):
    """What is to be done about a person of a key group (重点人群参保核对)."""

    OUTSIDE = 0
    ENROLLED = 1
    TO_PAY = 2
    TO_REGISTER = 3
    TO_TAKE_OFF_LIST = 4


class TransferStage(IntEnum):
    """Where a transfer of an insurance relation stands (转移接续环节)."""

    LEAVING = 0
    ARRIVING = 1
    FINISHED = 2


class ListVerdict(IntEnum):
    """What comparing one row of a department's list yields (比对结果)."""

    CONFIRMED = 0
    WRONG_DATA = 1
    DIED = 2
    JOINED_EMPLOYEE = 3
    NOT_ENROLLED = 4


class JointState(IntEnum):
    """Where an application that several departments decide stands (联办状态)."""

    WAITING = 0
    AGREED = 1
    RETURNED = 2


class FilingAdvice(IntEnum):
    """What a student who goes out of the province is told (备案引导)."""

    NOTHING = 0
    FILE_BY_ONESELF = 1
    FILE_BEFORE_SETTLING = 2
    SETTLE_DIRECTLY = 3
    CLAIM_BY_HAND = 4


class IdentityKind(IntEnum):
    """What a person is identified by (身份凭证): an identity number, or a document of somebody who has none."""

    IDENTITY_NUMBER = 0
    PASSPORT = 1
    MAINLAND_TRAVEL_PERMIT = 2
    RESIDENCE_PERMIT_CARD = 3
    FOREIGNER_PERMIT = 4
    BIRTH_CERTIFICATE = 5


class AddressKind(IntEnum):
    """Which address of a person (地址种类)."""

    REGISTERED_ADDRESS = 0
    LIVES_AT = 1
    SENDS_TO = 2


class StopCause(IntEnum):
    """Why an enrolment is stopped (停保原因)."""

    ASKED = 0
    DIED = 1
    JOINED_EMPLOYEES = 2
    MOVED_AWAY = 3
    DUPLICATE_CLOSED = 4
