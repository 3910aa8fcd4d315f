"""What enrolment is asked to do (参保业务请求): plain records, also the body that a caller's key is bound to."""

from dataclasses import dataclass
from datetime import date

from yibao.enrolment.terms import AddressKind, Department, IdentityKind, Scheme, StopCause


@dataclass(frozen=True)
class Document:
    """A document that identifies a person; `country` is empty for China."""

    kind: IdentityKind
    number: str
    country: str = ""


@dataclass(frozen=True)
class Place:
    """An address from a day on."""

    kind: AddressKind
    division_code: str
    text: str
    first_day: date


@dataclass(frozen=True)
class Cover:
    """A coverage to be given: its days, both inside, and what it was reckoned for."""

    first_day: date
    last_day: date
    benefit_year: int
    area_code: str
    scheme: Scheme = Scheme.RESIDENT
    waiting_last_day: date | None = None
    group: int = 0
    tier: int = 0


@dataclass(frozen=True)
class Registration:
    """A person to be registered (参保登记), in a household that stands or a new one (`household_id` None)."""

    name: str
    sex: int
    born_on: date
    county_code: str
    documents: tuple[Document, ...]
    happened_on: date
    reason: str
    addresses: tuple[Place, ...] = ()
    covers: tuple[Cover, ...] = ()
    household_id: int | None = None
    document_no: str = ""


@dataclass(frozen=True)
class Change:
    """Facts of a person to be changed (参保变更); None leaves a fact as it is. `version` is the one the officer saw."""

    person_id: int
    version: int
    happened_on: date
    reason: str
    name: str | None = None
    sex: int | None = None
    born_on: date | None = None
    county_code: str | None = None
    address: Place | None = None
    document_no: str = ""


@dataclass(frozen=True)
class LifeOrder:
    """A suspension, resumption or stop of a person's enrolment on a day; `cause` is why it is stopped."""

    person_id: int
    happened_on: date
    reason: str
    document_no: str = ""
    cause: StopCause = StopCause.ASKED


@dataclass(frozen=True)
class Recognition:
    """A department's certification of a person as of a Category (身份类别认定)."""

    person_id: int
    category: int
    certified_by: Department
    first_day: date
    last_day: date | None
    reason: str
    document_no: str = ""


@dataclass(frozen=True)
class CoverOrder:
    """A coverage for a person who is registered already."""

    person_id: int
    cover: Cover
    happened_on: date
    reason: str
    document_no: str = ""


@dataclass(frozen=True)
class NewDocument:
    """A document by which a registered person is identified from now on, beside those on file."""

    person_id: int
    document: Document
    happened_on: date
    reason: str
    document_no: str = ""
