"""What payment to people is asked to do (支付请求): plain records, also the body that a caller's key is bound to."""

from dataclasses import dataclass
from datetime import date

from yibao.payment.terms import AccountForm, BankResult


@dataclass(frozen=True)
class NewAccount:
    """Where a person is to be paid from now on, and why it is given or changed."""

    person_id: int
    form: AccountForm
    bank: str
    account_no: str
    holder: str
    reason: str


@dataclass(frozen=True)
class Netting:
    """A person whose debts to a fund are to be set off against what the fund owes."""

    person_id: int
    area_code: str
    fund: str


@dataclass(frozen=True)
class Collection:
    """What a person gave back of an item that is owed, known at the bank by a number."""

    item_id: int
    amount_fen: int
    collected_on: date
    external_no: str


@dataclass(frozen=True)
class GatherOrder:
    """Everything payable of a fund up to and with a month (`2023-05`), to be put up for decision as one batch."""

    area_code: str
    fund: str
    period: str


@dataclass(frozen=True)
class BatchDecision:
    """What a second person decides on a batch, and why."""

    batch_id: int
    approved: bool
    reason: str


@dataclass(frozen=True)
class HandOut:
    """A batch whose file for the bank is to be handed out."""

    batch_id: int


@dataclass(frozen=True)
class ReturnedLine:
    """What the bank says of one line of a batch."""

    line_id: int
    amount_fen: int
    result: BankResult
    bank_day: date
    reason: str = ""
    bank_no: str = ""


@dataclass(frozen=True)
class ReturnOrder:
    """A file that came back from the bank, its hash, and the day it is posted on."""

    batch_id: int
    sha256: str
    posted_on: date
    lines: tuple[ReturnedLine, ...]
