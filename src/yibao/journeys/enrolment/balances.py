"""The balance of an account on a transfer (个人账户余额): proposed by finance, decided by a reviewer, booked then.

Out, it is an expense of the fund: what moves along is paid to the other area, what the person or the heirs get is owed as
every payment to people is. In, it is received as other income. A transfer with a balance ends only when this is done.

carries_out: ENR-10
"""

import json
from dataclasses import dataclass
from datetime import date

from yibao.enrolment.models import Person
from yibao.ledger.accounts import Fund
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line
from yibao.payment.payables import owe
from yibao.payment.terms import PayableCause
from yibao.public_services.failures import ApplicationWrong, NoSuchTransfer
from yibao.public_services.models import Transfer
from yibao.public_services.terms import BalanceCase, TransferDirection, TransferState
from yibao.rights.actors import Actor
from yibao.rights.approvals import NoSuchProposal, decide, propose
from yibao.rights.models import Proposal
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.accounts import TO_PEOPLE, owed_to_people
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
        told = Proposal.objects.filter(pk=order.proposal_id).values_list("body", flat=True).first()
        if told is None or "balance_case" not in json.loads(told):
            raise NoSuchProposal(order.proposal_id)
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
    memo, debit, credit = "balance_out", "other_expense", TO_PEOPLE
    if row.direction == TransferDirection.JOINS:
        memo, debit, credit = "balance_in", "income_account", "other_income"
    elif row.balance_case == BalanceCase.MOVES_ALONG:
        credit = "expense_account"
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
    area_code, lines = pooling_area(row.county_code), balance_lines(row, day)
    row.entry_id = post_entry(area_code, lines)
    row.save()
    owed = owed_to_people(lines)
    owe(row.person_id, area_code, PayableCause.ACCOUNT_BALANCE, f"transfer:{row.pk}", owed, row.entry_id, day)
