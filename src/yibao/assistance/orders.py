"""What assistance is asked to do (医疗救助请求): plain records, also the body that a caller's key is bound to."""

from dataclasses import dataclass
from datetime import date

from yibao.assistance.terms import Applicant, Category, WarningAnswer
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


@dataclass(frozen=True)
class Member:
    """A member of the household and the income declared for a year; the applicant is one of them."""

    relation: str
    income_fen: int
    person_id: int | None = None


@dataclass(frozen=True)
class Paper:
    """A document handed in: its title and the SHA-256 of its content."""

    title: str
    content_hash: str


@dataclass(frozen=True)
class ApplyOrder:
    """An application of a person for a benefit year as a category; `objects_to` is a refused one that is objected to."""

    person_id: int
    benefit_year: int
    category: Category
    applied_on: date
    words: str
    members: tuple[Member, ...]
    documents: tuple[Paper, ...]
    applicant: Applicant = Applicant.PERSON
    academic: bool = False
    objects_to: int | None = None


@dataclass(frozen=True)
class AcceptOrder:
    """Whether an application is accepted (受理), and why it is not."""

    application_id: int
    day: date
    accepted: bool
    words: str = ""


@dataclass(frozen=True)
class Source:
    """What a department that was asked says of the household's income of a year."""

    department: Department
    found_fen: int
    words: str = ""


@dataclass(frozen=True)
class CheckOrder:
    """A check of the household's means (核对), with every source that was asked."""

    application_id: int
    day: date
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class PublicityOrder:
    """Hanging an application out in public (公示) from one day to another, both inside."""

    application_id: int
    first_day: date
    last_day: date
    place: str


@dataclass(frozen=True)
class ObjectionOrder:
    """What somebody says against an application in public (公示异议)."""

    application_id: int
    day: date
    words: str


@dataclass(frozen=True)
class ObjectionAnswerOrder:
    """What was found of an objection."""

    objection_id: int
    day: date
    upheld: bool
    words: str


@dataclass(frozen=True)
class WithdrawOrder:
    """An application that its applicant takes back."""

    application_id: int
    day: date
    words: str


@dataclass(frozen=True)
class ProposeOrder:
    """What is proposed on an application: the category recognised, by whom it is certified and by which paper."""

    application_id: int
    category: Category
    certified_by: Department
    words: str
    document_no: str = ""


@dataclass(frozen=True)
class DecideOrder:
    """Whether a proposal on an application is approved; one that is not is sent back to be proposed anew."""

    application_id: int
    approved: bool
    words: str
