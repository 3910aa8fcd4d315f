"""Nouns of public services that other areas may use: kinds and states of applications, papers, transfers, certificates."""

from enum import IntEnum


class ApplicationKind(IntEnum):
    """What is applied for (办件种类)."""

    ENROL_AT_ONE_GO = 0
    BIRTH_AT_ONE_GO = 1


class ApplicationState(IntEnum):
    """Where an application stands (办件状态)."""

    WAITING_FOR_PAPERS = 0
    IN_HAND = 1
    COMPLETED = 2
    TURNED_DOWN = 3
    WITHDRAWN = 4


class ApplicationEvent(IntEnum):
    """What happened to an application (办件环节); from REGISTERED on, in the order of a OneApplicationStep."""

    RECEIVED = 0
    PAPERS_SUPPLIED = 1
    ACCEPTED = 2
    COMPLETED = 3
    TURNED_DOWN = 4
    WITHDRAWN = 5
    REGISTERED = 10
    CATEGORY_CHECKED = 11
    BILLED = 12
    PAID = 13
    VOUCHER_ISSUED = 14
    CERTIFICATE_ISSUED = 15


STEP_OFFSET = 10
"""An ApplicationEvent less this is the OneApplicationStep that it does."""


class Paper(IntEnum):
    """What an applicant shows or hands in (申请材料)."""

    IDENTITY_PAPER = 0
    HOUSEHOLD_PAPER = 1
    BIRTH_PAPER = 2
    PARENT_IDENTITY_PAPER = 3
    RESIDENCE_PAPER = 4
    SCHOOL_PAPER = 5
    CATEGORY_PAPER = 6


class CertificateKind(IntEnum):
    """What is issued to a person (凭证种类)."""

    PAYMENT_VOUCHER = 0
    ENROLMENT_CERTIFICATE = 1
    TRANSFER_FORM = 2


class TransferDirection(IntEnum):
    """Whether a person leaves this area or joins it (转移方向)."""

    LEAVES = 0
    JOINS = 1


class TransferState(IntEnum):
    """Where a transfer stands (转移状态)."""

    APPLIED_FOR = 0
    TAKEN_ON = 1
    FORM_SENT = 2
    FORM_RECEIVED = 3
    TRANSFERRED = 4
    NOT_TRANSFERRED = 5


class BalanceCase(IntEnum):
    """Where the balance of an account goes (个人账户余额去向)."""

    MOVES_ALONG = 0
    TO_THE_PERSON = 1
    TO_THE_HEIRS = 2


class RowVerdict(IntEnum):
    """What became of one row of a school's list (名单行办理结果)."""

    ENROLLED_FREE = 0
    BILLED = 1
    BILLED_BEFORE = 2
    ROW_REFUSED = 3


KIND_WORDS: dict[ApplicationKind, tuple[str, str]] = {
    ApplicationKind.ENROL_AT_ONE_GO: ("参保一件事", "enrolment at one go"),
    ApplicationKind.BIRTH_AT_ONE_GO: ("出生一件事", "birth at one go"),
}

STATE_WORDS: dict[ApplicationState, tuple[str, str]] = {
    ApplicationState.WAITING_FOR_PAPERS: ("待补正材料", "waiting for papers"),
    ApplicationState.IN_HAND: ("办理中", "in hand"),
    ApplicationState.COMPLETED: ("已办结", "completed"),
    ApplicationState.TURNED_DOWN: ("不予办理", "turned down"),
    ApplicationState.WITHDRAWN: ("已撤回", "withdrawn"),
}

PAPER_WORDS: dict[Paper, tuple[str, str]] = {
    Paper.IDENTITY_PAPER: ("身份证件", "identity document"),
    Paper.HOUSEHOLD_PAPER: ("户口簿（本人或父母一方）", "household register, one's own or a parent's"),
    Paper.BIRTH_PAPER: ("出生医学证明", "birth certificate"),
    Paper.PARENT_IDENTITY_PAPER: ("父母一方身份证件", "identity document of a parent"),
    Paper.RESIDENCE_PAPER: ("居住证", "residence permit"),
    Paper.SCHOOL_PAPER: ("学籍证明", "proof of enrolment at a school"),
    Paper.CATEGORY_PAPER: ("身份类别认定材料", "proof of category"),
}

TRANSFER_WORDS: dict[TransferState, tuple[str, str]] = {
    TransferState.APPLIED_FOR: ("已申请", "applied for"),
    TransferState.TAKEN_ON: ("已受理", "accepted"),
    TransferState.FORM_SENT: ("信息表已发出", "form sent"),
    TransferState.FORM_RECEIVED: ("信息表已收到", "form received"),
    TransferState.TRANSFERRED: ("已办结", "done"),
    TransferState.NOT_TRANSFERRED: ("不予办理", "refused"),
}

VERDICT_WORDS: dict[RowVerdict, tuple[str, str]] = {
    RowVerdict.ENROLLED_FREE: ("已参保（无需个人缴费）", "enrolled, nothing to pay"),
    RowVerdict.BILLED: ("已核定应缴，待缴费", "billed, to be paid"),
    RowVerdict.BILLED_BEFORE: ("此前已有应缴", "billed before"),
    RowVerdict.ROW_REFUSED: ("未办理", "refused"),
}
