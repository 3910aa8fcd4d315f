"""What settlement is asked to do (结算请求): plain records, also the body that a caller's key is bound to."""

from dataclasses import dataclass
from datetime import date

from yibao.benefits.terms import CarePath, Delivery, Exclusion, ItemClass, SpecialFund, VisitKind
from yibao.settlement.terms import (
    AdvanceCause,
    BroughtBy,
    CaseStep,
    LateCause,
    ObjectionSubject,
    RecoverySource,
    ThirdParty,
)


@dataclass(frozen=True)
class BillLine:
    """One line of a bill; `quantity` in ten-thousandths of a unit, `standard_fen` None where there is no standard."""

    item_code: str
    item_class: ItemClass
    quantity: int
    amount_fen: int
    standard_fen: int | None = None
    initial_bp: int = 0


@dataclass(frozen=True)
class Totals:
    """A bill split four ways, the in-scope part by class."""

    own_expense_fen: int = 0
    over_standard_fen: int = 0
    initial_self_pay_fen: int = 0
    class_a_fen: int = 0
    class_b_fen: int = 0


@dataclass(frozen=True)
class Bill:
    """A visit or stay to be settled: lines, or totals where the lines were split already. `served_on` decides the terms.

    `manual` says that the person paid the whole bill and asks for it to be reimbursed (手工报销): what the funds bear is
    then owed to the person and not to the institution.
    """

    person_id: int
    institution_code: str
    kind: VisitKind
    served_on: date
    lines: tuple[BillLine, ...] = ()
    totals: Totals | None = None
    admitted_on: date | None = None
    care_path: CarePath = CarePath.LOCAL
    disease_code: str = ""
    delivery: Delivery = Delivery.NATURAL
    exclusion: Exclusion = Exclusion.NONE
    special_fund: SpecialFund = SpecialFund.NONE
    continues_episode: bool = False
    properly_referred: bool = False
    manual: bool = False


@dataclass(frozen=True)
class Reversal:
    """A settlement to be reversed, and why."""

    settlement_id: int
    reason: str


@dataclass(frozen=True)
class LateFact:
    """A year to be replayed by the facts as they are known now, and why."""

    person_id: int
    benefit_year: int
    cause: LateCause
    reason: str
    academic: bool = False


@dataclass(frozen=True)
class Liability:
    """What a third party bears of a bill: by what, how much of each fen, on whose word, known since when."""

    third_party: ThirdParty
    share_bp: int
    evidence: str
    known_on: date


@dataclass(frozen=True)
class SharedBill:
    """A bill of which a third party bears a share: the rest is settled."""

    bill: Bill
    liability: Liability


@dataclass(frozen=True)
class Declaration:
    """A third party found liable for a settlement that stands, or its share determined anew."""

    settlement_id: int
    liability: Liability
    reason: str


@dataclass(frozen=True)
class StepOrder:
    """A step that two people decide: an advance (with its cause), its withdrawal, or an amount written off."""

    case_id: int
    step: CaseStep
    reason: str
    cause: AdvanceCause | None = None
    amount_fen: int = 0


@dataclass(frozen=True)
class StepDecision:
    """What the second person decides on a step that was proposed."""

    proposal_id: int
    approved: bool
    reason: str


@dataclass(frozen=True)
class Recovery:
    """Money of a case that came in, one instalment, known to the bank by a number."""

    case_id: int
    amount_fen: int
    source: RecoverySource
    external_no: str
    received_on: date


@dataclass(frozen=True)
class Objecting:
    """A person's objection as it was received: to what, on what grounds, and since when the decision was known."""

    person_id: int
    subject: ObjectionSubject
    subject_id: int
    grounds: str
    known_on: date
    received_on: date
    brought_by: BroughtBy = BroughtBy.THE_PERSON


@dataclass(frozen=True)
class Admission:
    """Whether an objection is admitted; a late one only where `excuse` says what kept the person."""

    objection_id: int
    admitted: bool
    reason: str
    excuse: str = ""


@dataclass(frozen=True)
class Ruling:
    """Whether the decision objected to is changed, and why."""

    objection_id: int
    changed: bool
    reason: str


@dataclass(frozen=True)
class CarryingOut:
    """How a changed decision is carried out: the settlement reversed and perhaps settled anew, or a year replayed.

    Facts that were wrong are corrected first by the actions that are there for them.
    """

    objection_id: int
    reason: str
    reverse: bool = False
    bill: Bill | None = None
    benefit_year: int | None = None
    academic: bool = False
