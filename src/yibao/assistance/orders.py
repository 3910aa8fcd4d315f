"""What assistance is asked to do (医疗救助请求): plain records, also the body that a caller's key is bound to."""

from dataclasses import dataclass
from datetime import date

from yibao.assistance.terms import Category, WarningAnswer
from yibao.enrolment.terms import Department


@dataclass(frozen=True)
class RunOrder:
    """The list of early warning of a county for a day."""

    county_code: str
    day: date


@dataclass(frozen=True)
class PushOrder:
    """What is new on a county's list of a day, to be pushed to a department."""

    county_code: str
    department: Department
    day: date


@dataclass(frozen=True)
class AnswerOrder:
    """What a department answered on a day; `category` where it identified one."""

    case_id: int
    answer: WarningAnswer
    answered_on: date
    words: str = ""
    category: Category | None = None
