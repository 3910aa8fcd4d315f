"""People who are owed money: what tests of payments begin with. No number of an account here is anybody's."""

import json
from datetime import date

from stdnum import luhn
from tests.agency.acting import actor
from tests.agency.settling import AT, CITY, OFFICER, person, stay

from yibao.journeys.books.payees import change_account
from yibao.journeys.books.paying_people import decide_batch, gather, issue_file, read_back
from yibao.journeys.settlement.settling import settle
from yibao.ledger.books import balance_fen
from yibao.ledger.queries import trial_balance_of
from yibao.payment.models import BatchLine, PayableItem
from yibao.payment.orders import (
    BatchDecision,
    GatherOrder,
    HandOut,
    NewAccount,
    ReturnedLine,
    ReturnOrder,
)
from yibao.payment.terms import AccountForm, BankResult
from yibao.rights.terms import Role

FINANCE = actor(Role.FINANCE_OFFICER, CITY)
REVIEWER = actor(Role.REVIEWER, CITY)
PERIOD = "2023-12"
ORDER = GatherOrder(CITY, "basic", PERIOD)
DAY = date(2023, 12, 28)
HOLDER = "示例户名"


def card_no(serial: int) -> str:
    """The number of a card that no bank gives out, with a right check digit."""
    body = f"000000{serial:012d}"
    return body + luhn.calc_check_digit(body)


def account(person_id: int, serial: int = 1, **more: object) -> NewAccount:
    facts = {
        "form": AccountForm.BANK_CARD,
        "bank": "示例银行",
        "account_no": card_no(serial),
        "holder": HOLDER,
        "reason": "本人申请",
        **more,
    }
    return NewAccount(person_id=person_id, **facts)  # type: ignore[arg-type]


def owed(
    name: str, yuan: int = 20_000, *, with_account: bool = True, day: date = date(2023, 5, 1)
) -> PayableItem:
    """Somebody who asks for a stay to be reimbursed: what the basic fund owes."""
    who = person()
    if with_account:
        change_account(OFFICER, f"{name}-account", account(who))
    said = json.loads(settle(OFFICER, name, stay(who, yuan, day, manual=True), at=AT))
    return PayableItem.objects.get(source=f"settlement:{said['settlement_id']}", fund="basic")


def gathered(key: str = "g", order: GatherOrder = ORDER) -> int:
    return int(json.loads(gather(FINANCE, key, order))["batch_id"])


def sent(batch_id: int) -> dict[str, object]:
    """A batch approved, and its file handed out."""
    decide_batch(REVIEWER, f"d{batch_id}", BatchDecision(batch_id, True, ""))
    return json.loads(issue_file(FINANCE, f"f{batch_id}", HandOut(batch_id)))  # type: ignore[no-any-return]


def line_said(line: BatchLine, result: BankResult, **more: object) -> ReturnedLine:
    reason = "账号户名不符" if result is BankResult.SENT_BACK else ""
    return ReturnedLine(line.pk, line.amount_fen, result, DAY, **{"reason": reason, **more})  # type: ignore[arg-type]


def read(batch_id: int, *lines: ReturnedLine, file: str = "a", key: str = "") -> dict[str, int]:
    order = ReturnOrder(batch_id, file * 64, DAY, lines)
    return json.loads(read_back(FINANCE, key or f"r{batch_id}{file}", order))  # type: ignore[no-any-return]


def line_of(item: PayableItem) -> BatchLine:
    """The newest line of an item."""
    return BatchLine.objects.filter(item=item).order_by("turn").last()  # type: ignore[no-any-return]


def balance(*accounts: str) -> int:
    return balance_fen(trial_balance_of(CITY), "basic", *accounts)
