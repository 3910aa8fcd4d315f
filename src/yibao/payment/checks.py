"""What an account cannot be (收款账户核对), and how it is shown in lists."""

import re

from stdnum import luhn

from yibao.payment.orders import NewAccount
from yibao.payment.terms import AccountForm

CARD = re.compile(r"\d{16,19}")
"""The number of a bank card by ISO/IEC 7812, as banks here give it out; its last digit is a check digit."""

PASSBOOK = re.compile(r"\d{8,32}")
FORMULA_STARTS = "=+-@"
"""What table software takes for a formula: the words of an account stand in the bank's file."""

SHOWN_FIRST, SHOWN_LAST = 4, 4


def account_problems(order: NewAccount) -> list[str]:
    """Everything that is wrong with an account by itself; no problem repeats its number."""
    found = []
    if order.form is AccountForm.BANK_CARD:
        if CARD.fullmatch(order.account_no) is None:
            found.append(f"银行卡号应为 16–19 位数字，现为 {len(order.account_no)} 个字符")
        elif not luhn.is_valid(order.account_no):
            found.append("银行卡号校验位不对，请逐位核对")
    elif PASSBOOK.fullmatch(order.account_no) is None:
        found.append(f"存折或结算账号应为 8–32 位数字，现为 {len(order.account_no)} 个字符")
    for words, text, longest in (
        ("开户银行", order.bank, 64),
        ("户名", order.holder, 64),
        ("事由", order.reason, 200),
    ):
        if not text.strip():
            found.append(f"缺少{words}")
        elif len(text) > longest:
            found.append(f"{words}超过 {longest} 个字")
        elif not text.isprintable() or text[0] in FORMULA_STARTS:
            found.append(f"{words}含有换行等不可见字符，或以 {' '.join(FORMULA_STARTS)} 开头")
    return found


def masked(account_no: str) -> str:
    """An account as lists show it: its ends alone (`6222********1234`), less of a short one."""
    hidden = max(len(account_no) - SHOWN_FIRST - SHOWN_LAST, 0)
    if hidden < SHOWN_FIRST:
        return "*" * max(len(account_no) - SHOWN_LAST, 0) + account_no[-SHOWN_LAST:]
    return account_no[:SHOWN_FIRST] + "*" * hidden + account_no[-SHOWN_LAST:]
