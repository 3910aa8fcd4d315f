"""What public services are asked to do: plain records, also the body that a caller's key is bound to."""

from dataclasses import dataclass
from datetime import date

from yibao.public_services.terms import ApplicationKind, Paper


@dataclass(frozen=True)
class NewApplication:
    """An application to be received: what it is of, what was asked for as canonical JSON, and what the item asks.

    `asked_steps` has bit n for OneApplicationStep n; `due_on` is the end of the limit if it is accepted today.
    """

    kind: ApplicationKind
    county_code: str
    applicant: str
    body: str
    asked_steps: int
    missing: int
    received_on: date
    due_on: date


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
