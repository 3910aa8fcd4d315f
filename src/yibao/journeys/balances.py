"""The balance of an account on a transfer (个人账户余额): proposed by finance, decided by a reviewer, booked then.

Out, it is an expense of the fund and payable, to the other area, the person or the heirs as the transfer says; in, it is
received as other income. A transfer with a balance ends only when this is done.

carries_out: ENR-10
"""

import json
from dataclasses import dataclass
from datetime import date

from yibao.enrolment.models import Person
from yibao.ledger.accounts import Fund
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line
from yibao.public_services.failures import ApplicationWrong, NoSuchTransfer
from yibao.public_services.models import Transfer
from yibao.public_services.terms import TransferDirection, TransferState
from yibao.rights.actors import Actor
from yibao.rights.approvals import decide, propose
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.versions import pooling_area

WITH_FORM = (TransferState.FORM_SENT, TransferState.FORM_RECEIVED)


@dataclass(frozen=True)
class BalanceDecision:
    """What a reviewer decides on a proposed balance, and the day it is booked on."""

    proposal_id: int
    approved: bool
    reason: str
    booked_on: date


def propose_balance(actor: Actor, key: str, transfer_id: int) -> str:
    """Puts the balance of a transfer up for decision; `{"proposal_id": …}`. Raises NotAllowed, NoSuchTransfer."""

    def do() -> dict[str, int]:
        row = Transfer.objects.filter(pk=transfer_id).first()
        if row is None or not actor.may(Matter.FUND_MATTER, Deed.DO, row.county_code, Fund.BASIC):
            raise NoSuchTransfer(transfer_id)
        if row.state not in WITH_FORM or row.balance_fen == 0 or row.entry_id is not None:
            raise ApplicationWrong([f"转移 {transfer_id} 没有待入账的个人账户余额"])
        body = {"transfer_id": row.pk, "balance_fen": row.balance_fen, "balance_case": row.balance_case}
        proposal_id = propose(actor, Matter.FUND_MATTER, row.county_code, body, fund=Fund.BASIC)
        return {"proposal_id": proposal_id}

    return once(actor.name, key, "propose_balance", transfer_id, do)


def decide_balance(actor: Actor, key: str, order: BalanceDecision) -> str:
    """Decides a proposed balance and books it where it is approved; `{"approved": …}`.

    Raises NoSuchProposal, NotAllowed, SamePerson, DecidedAlready, and ApplicationWrong where it is booked already.
    """

    def do() -> dict[str, bool]:
        decide(
            actor,
            order.proposal_id,
            approved=order.approved,
            reason=order.reason,
            carry_out=lambda body: _book(json.loads(body), order.booked_on),
        )
        return {"approved": order.approved}

    return once(actor.name, key, "decide_balance", order, do)


def balance_lines(row: Transfer, day: date) -> list[Line]:
    """The entry of a transfer's balance."""
    accounts, memo = ("other_expense", "payable_people"), "balance_out"
    if row.direction == TransferDirection.JOINS:
        accounts, memo = ("income_account", "other_income"), "balance_in"
    debit, credit = accounts
    return [
        Line(1, day, account, Fund.BASIC, amount_fen, memo, f"transfer:{row.pk}")
        for account, amount_fen in ((debit, row.balance_fen), (credit, -row.balance_fen))
    ]


def _book(body: dict[str, int], day: date) -> None:
    seen = Transfer.objects.get(pk=body["transfer_id"])
    Person.objects.select_for_update().get(pk=seen.person_id)
    row = Transfer.objects.select_for_update().get(pk=seen.pk)
    if row.entry_id is not None or row.state not in WITH_FORM:
        raise ApplicationWrong([f"转移 {row.pk} 的个人账户余额已经入账，或转移已经结束"])
    row.entry_id = post_entry(pooling_area(row.county_code), balance_lines(row, day))
    row.save()
