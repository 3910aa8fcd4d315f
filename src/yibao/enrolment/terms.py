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


class ListKind(IntEnum):
    """What a list from a department says of the people on it (名单种类). COMPARED_LIST is compared and writes nothing."""

    CATEGORY_LIST = 0
    TWO_DISEASE_LIST = 1
    DEATH_LIST = 2
    SUSPENSION_LIST = 3
    COVER_ELSEWHERE_LIST = 4
    COMPARED_LIST = 5


class ListState(IntEnum):
    """Where a list stands (名单状态): looked at only, carried out, or taken back."""

    DRY_RUN = 0
    COMMITTED = 1
    UNDONE = 2


class RowVerdict(IntEnum):
    """What a row of a list comes to (名单行结果); only NEW, ENDED and CROSS_COVER write something."""

    NEW = 0
    ALREADY = 1
    ENDED = 2
    CROSS_COVER = 3
    NOT_FOUND = 4
    AMBIGUOUS = 5
    WRONG_NUMBER = 6
    WRONG_NAME = 7
    OUTSIDE_AREA = 8
    DEAD = 9
    FUTURE_DAY = 10
    FORMULA_CELL = 11
    GIVEN_TWICE = 12
    UNREADABLE_ROW = 13
    STATE_FORBIDS = 14
    CLEAR_ROW = 15
    NOT_COVERED_NOW = 16


class MatchedBy(IntEnum):
    """By what a row was matched with a person (匹配方式)."""

    NOBODY = 0
    NUMBER = 1
    LINKED = 2
    OFFICER = 3


class ListEffectKind(IntEnum):
    """What committing a list did to a person (名单办理结果)."""

    TAG_GIVEN = 0
    TAG_ENDED = 1
    DISEASE_GIVEN = 2
    DISEASE_ENDED = 3
    DEATH_RECORDED = 4
    COVER_SUSPENDED = 5
    CROSS_COVER_FOUND = 6


class GapState(IntEnum):
    """How far somebody certified and not enrolled has been followed up (认定未参保跟进)."""

    FOUND_MISSING = 0
    CONTACTED = 1
    PROMISED = 2
    CLOSED_ENROLLED = 3
    CLOSED_DIED = 4
    CLOSED_ELSEWHERE = 5


class DuplicateState(IntEnum):
    """Where a duplicate enrolment stands (重复参保办理状态)."""

    PROPOSED = 0
    NOTIFIED = 1
    CHOSEN = 2
    CLOSED_HERE = 3
    CLOSED_THERE = 4
    DISMISSED = 5


LIST_KIND_WORDS: dict[ListKind, tuple[str, str]] = {
    ListKind.CATEGORY_LIST: ("身份认定名单", "certified categories"),
    ListKind.TWO_DISEASE_LIST: ("“两病”患者名单", "two-disease patients"),
    ListKind.DEATH_LIST: ("死亡名单", "deaths"),
    ListKind.SUSPENSION_LIST: ("停保名单", "suspensions"),
    ListKind.COVER_ELSEWHERE_LIST: ("异地或职工参保比对名单", "cover elsewhere"),
    ListKind.COMPARED_LIST: ("只比对的名单", "compared only"),
}

LIST_STATE_WORDS: dict[ListState, tuple[str, str]] = {
    ListState.DRY_RUN: ("试导入", "dry run"),
    ListState.COMMITTED: ("已入库", "committed"),
    ListState.UNDONE: ("已撤回", "undone"),
}

ROW_VERDICT_WORDS: dict[RowVerdict, tuple[str, str]] = {
    RowVerdict.NEW: ("匹配，新增", "matched and new"),
    RowVerdict.ALREADY: ("匹配，已是", "matched and already so"),
    RowVerdict.ENDED: ("本次名单不再列入", "no longer listed"),
    RowVerdict.CROSS_COVER: ("在别处或职工医保参保", "covered elsewhere"),
    RowVerdict.NOT_FOUND: ("未找到", "not found"),
    RowVerdict.AMBIGUOUS: ("待人工核对", "to be looked at"),
    RowVerdict.WRONG_NUMBER: ("身份号码有误", "wrong number"),
    RowVerdict.WRONG_NAME: ("姓名与登记不符", "another name"),
    RowVerdict.OUTSIDE_AREA: ("不在本名单的地区", "outside the area"),
    RowVerdict.DEAD: ("已死亡", "dead"),
    RowVerdict.FUTURE_DAY: ("日期在将来", "a day to come"),
    RowVerdict.FORMULA_CELL: ("含公式的单元格", "a formula in a cell"),
    RowVerdict.GIVEN_TWICE: ("名单内重复", "given twice"),
    RowVerdict.UNREADABLE_ROW: ("内容读不懂", "not readable"),
    RowVerdict.STATE_FORBIDS: ("参保状态不允许", "state forbids it"),
    RowVerdict.CLEAR_ROW: ("比对无异常", "nothing to do"),
    RowVerdict.NOT_COVERED_NOW: ("已登记，未参保", "registered, not covered"),
}

GAP_STATE_WORDS: dict[GapState, tuple[str, str]] = {
    GapState.FOUND_MISSING: ("尚未联系", "not contacted"),
    GapState.CONTACTED: ("已联系", "contacted"),
    GapState.PROMISED: ("已承诺参保", "promised"),
    GapState.CLOSED_ENROLLED: ("已参保", "enrolled"),
    GapState.CLOSED_DIED: ("已死亡", "died"),
    GapState.CLOSED_ELSEWHERE: ("已在别处参保", "enrolled elsewhere"),
}

DUPLICATE_STATE_WORDS: dict[DuplicateState, tuple[str, str]] = {
    DuplicateState.PROPOSED: ("已提出建议", "proposed"),
    DuplicateState.NOTIFIED: ("已通知本人", "notified"),
    DuplicateState.CHOSEN: ("本人已确认或选择", "confirmed or chosen"),
    DuplicateState.CLOSED_HERE: ("已终止本地一条", "closed here"),
    DuplicateState.CLOSED_THERE: ("由对方终止", "closed there"),
    DuplicateState.DISMISSED: ("不是重复参保", "no duplicate"),
}

KEEP_WORDS: dict[Keep, tuple[str, str]] = {
    Keep.BOTH: ("两条都保留", "both"),
    Keep.FIRST: ("保留第一条", "the first"),
    Keep.SECOND: ("保留第二条", "the second"),
    Keep.PERSON_CHOOSES: ("由本人书面选择", "the person chooses"),
}

DEPARTMENT_WORDS: dict[Department, tuple[str, str]] = {
    Department.MEDICAL_INSURANCE: ("医疗保障", "medical insurance"),
    Department.TAX: ("税务", "tax"),
    Department.FINANCE: ("财政", "finance"),
    Department.CIVIL_AFFAIRS: ("民政", "civil affairs"),
    Department.PUBLIC_SECURITY: ("公安", "public security"),
    Department.HEALTH: ("卫生健康", "health"),
    Department.EDUCATION: ("教育", "education"),
    Department.DISABLED_FEDERATION: ("残联", "disabled persons' federation"),
    Department.RURAL_REVITALISATION: ("乡村振兴", "rural revitalisation"),
}
