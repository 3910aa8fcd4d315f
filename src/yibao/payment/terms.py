"""Nouns of payment that others may use: why somebody is owed money, what an account is, what the bank did."""

from enum import IntEnum


class PayableCause(IntEnum):
    """Why a person is owed money, or owes it (待付事由)."""

    MANUAL_REIMBURSEMENT = 0
    LATE_ADJUSTMENT = 1
    REFUND_DUE = 2
    ONE_OFF_ASSISTANCE = 3
    ACCOUNT_BALANCE = 4


class AccountForm(IntEnum):
    """What a payee's account is (账户类型): the number of a card carries a check digit, that of a passbook does not."""

    BANK_CARD = 0
    PASSBOOK = 1


class BankResult(IntEnum):
    """What the bank did with a line of a batch (银行处理结果)."""

    PAID_OUT = 1
    SENT_BACK = 2


CAUSE_WORDS: dict[PayableCause, tuple[str, str]] = {
    PayableCause.MANUAL_REIMBURSEMENT: ("手工报销", "manual reimbursement"),
    PayableCause.LATE_ADJUSTMENT: ("迟到事项补差", "adjustment after a late event"),
    PayableCause.REFUND_DUE: ("退还缴费", "contribution given back"),
    PayableCause.ONE_OFF_ASSISTANCE: ("一次性救助", "one-off assistance"),
    PayableCause.ACCOUNT_BALANCE: ("个人账户余额", "balance of an account"),
}

FORM_WORDS: dict[AccountForm, tuple[str, str]] = {
    AccountForm.BANK_CARD: ("银行卡（含社会保障卡金融账户）", "bank card"),
    AccountForm.PASSBOOK: ("存折或结算账户", "passbook or settlement account"),
}

RESULT_WORDS: dict[BankResult, tuple[str, str]] = {
    BankResult.PAID_OUT: ("成功", "paid"),
    BankResult.SENT_BACK: ("退回", "returned"),
}
