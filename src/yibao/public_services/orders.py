"""What public services are asked to do: plain records, also the body that a caller's key is bound to."""

from dataclasses import dataclass
from datetime import date

from yibao.enrolment.terms import Department
from yibao.public_services.terms import ApplicationKind, Paper


@dataclass(frozen=True)
class NewApplication:
    """An application to be received: what it is of, what was asked for as canonical JSON, and what the item asks.

    `asked_steps` has bit n for OneApplicationStep n, `needed_departments` for Department n; `due_on` is the end of the limit if it is accepted today.
    """

    kind: ApplicationKind
    county_code: str
    applicant: str
    body: str
    asked_steps: int
    missing: int
    received_on: date
    due_on: date
    needed_departments: int = 0


@dataclass(frozen=True)
class MorePapers:
    """Papers that an applicant hands in later; `due_on` is the end of the limit if nothing is missing now."""

    application_id: int
    papers: tuple[Paper, ...]
    supplied_on: date
    due_on: date


@dataclass(frozen=True)
class EndApplication:
    """An application to be turned down or withdrawn, and why."""

    application_id: int
    ended_on: date
    reason: str
    withdrawn: bool = False


@dataclass(frozen=True)
class Issue:
    """A certificate to be issued; `facts` is what it says as canonical JSON, ids only."""

    kind: int
    person_id: int
    county_code: str
    facts: str
    issued_on: date
    bill_id: int | None = None
    payment_id: int | None = None
    coverage_id: int | None = None
    transfer_id: int | None = None


@dataclass(frozen=True)
class LeaveOrder:
    """A person who leaves for another pooling area; `other_code` is "" for somebody who settles abroad."""

    person_id: int
    other_code: str
    applied_on: date
    reason: str


@dataclass(frozen=True)
class TransferOrder:
    """A transfer to be taken on or finished on a day."""

    transfer_id: int
    day: date


@dataclass(frozen=True)
class SendForm:
    """The information form of somebody who leaves; `movable`: the other area takes the balance of an account."""

    transfer_id: int
    sent_on: date
    balance_fen: int = 0
    movable: bool = True


@dataclass(frozen=True)
class ReceiveForm:
    """The information form of somebody who joins, as the area left has sent it.

    Months are those of enrolment there, as a resident and as an employee.
    """

    transfer_id: int
    received_on: date
    resident_months: int
    employee_months: int
    last_covered_day: date | None
    employee_cover_ended_on: date | None = None
    balance_fen: int = 0


@dataclass(frozen=True)
class RefuseTransfer:
    """A transfer that is not carried out, and why."""

    transfer_id: int
    ended_on: date
    reason: str


@dataclass(frozen=True)
class VerdictOrder:
    """What a department says of an application; a refusal has its reason."""

    application_id: int
    department: Department
    agreed: bool
    said_on: date
    reason: str = ""
