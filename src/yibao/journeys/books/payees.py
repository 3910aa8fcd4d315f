"""Accounts of people and what they owe (收款账户、抵扣、收回): where somebody is paid, and money that goes the other way.

A change of account is a new record; the number of an account goes into no audit record and no answer. What a person owes a
fund is set off against what the same fund owes the person, which moves no money, or comes back through the bank.

carries_out: FND-06
"""

from django.db import IntegrityError, transaction
from django.utils import timezone

from yibao.enrolment.models import Person
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line
from yibao.payment.checks import account_problems
from yibao.payment.failures import (
    AccountWrong,
    CollectedAlready,
    CollectedTooMuch,
    NoSuchItem,
    NoSuchPayee,
    NothingToSetOff,
)
from yibao.payment.models import Collected, PayableItem, PayeeAccount
from yibao.payment.orders import Collection, Netting, NewAccount
from yibao.payment.payables import set_off
from yibao.payment.queries import account_of, with_left
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.accounts import TO_PEOPLE


def change_account(actor: Actor, key: str, order: NewAccount) -> str:
    """Records where a person is paid from now on; `{"account_id", "turn"}`. Raises AccountWrong, NoSuchPayee."""

    def do() -> dict[str, int]:
        person = Person.objects.select_for_update().filter(pk=order.person_id).first()
        if person is None or not actor.may(Matter.SETTLEMENT_MATTER, Deed.DO, person.county_code):
            raise NoSuchPayee(order.person_id)
        problems = account_problems(order)
        if problems:
            raise AccountWrong(problems)
        before = account_of(person.pk)
        row = PayeeAccount.objects.create(
            person=person,
            turn=0 if before is None else before.turn + 1,
            form=order.form,
            bank=order.bank.strip(),
            account_no=order.account_no,
            holder=order.holder.strip(),
            reason=order.reason,
            recorded_at=timezone.now(),
            actor=actor.name,
        )
        note(actor, "change_account", person.county_code, f"person:{person.pk}", account=row.pk)
        return {"account_id": row.pk, "turn": row.turn}

    return once(actor.name, key, "change_account", order, do)


def net(actor: Actor, key: str, order: Netting) -> str:
    """Sets off what a person owes a fund against what the fund owes, oldest first; `{"set_off_fen", "times"}`.

    Raises NotAllowed, NoSuchPayee, NothingToSetOff.
    """

    def do() -> dict[str, int]:
        actor.require(Matter.FUND_MATTER, Deed.DO, order.area_code, order.fund)
        if Person.objects.select_for_update().filter(pk=order.person_id).first() is None:
            raise NoSuchPayee(order.person_id)
        own = PayableItem.objects.filter(
            person_id=order.person_id, area_code=order.area_code, fund=order.fund
        )
        rows = list(with_left(own).order_by("pk"))
        left = {row.pk: abs(row.left_fen) for row in rows}
        receivables = [row for row in rows if row.amount_fen < 0 and left[row.pk]]
        payables = [row for row in rows if row.amount_fen > 0 and left[row.pk] and not row.live]
        set_off_fen = times = 0
        for receivable in receivables:
            for payable in payables:
                amount_fen = min(left[receivable.pk], left[payable.pk])
                if amount_fen:
                    set_off(actor.name, receivable=receivable, payable=payable, amount_fen=amount_fen)
                    left[receivable.pk] -= amount_fen
                    left[payable.pk] -= amount_fen
                    set_off_fen, times = set_off_fen + amount_fen, times + 1
        if times == 0:
            raise NothingToSetOff(order.person_id, order.fund)
        note(
            actor,
            "set_off",
            order.area_code,
            f"person:{order.person_id}",
            fund=order.fund,
            amount_fen=set_off_fen,
        )
        return {"set_off_fen": set_off_fen, "times": times}

    return once(actor.name, key, "set_off", order, do)


def collect(actor: Actor, key: str, order: Collection) -> str:
    """Takes back what a person owes, into the income account; `{"collected_id", "left_fen"}`.

    Raises NoSuchItem, CollectedTooMuch, CollectedAlready.
    """

    def do() -> dict[str, int]:
        found = PayableItem.objects.filter(pk=order.item_id, amount_fen__lt=0).first()
        if found is None or not actor.may(Matter.FUND_MATTER, Deed.DO, found.area_code, found.fund):
            raise NoSuchItem(order.item_id)
        Person.objects.select_for_update().get(pk=found.person_id)
        left_fen = -with_left(PayableItem.objects.filter(pk=found.pk)).get().left_fen
        if not 0 < order.amount_fen <= left_fen:
            raise CollectedTooMuch(found.pk, left_fen, order.amount_fen)
        row = _collected(actor, found, order)
        note(actor, "collect", found.area_code, f"person:{found.person_id}", collected=row.pk)
        return {"collected_id": row.pk, "left_fen": left_fen - order.amount_fen}

    return once(actor.name, key, "collect", order, do)


def _collected(actor: Actor, item: PayableItem, order: Collection) -> Collected:
    lines = [
        Line(
            1, order.collected_on, account, item.fund, sign * order.amount_fen, "collected", f"item:{item.pk}"
        )
        for account, sign in (("income_account", 1), (TO_PEOPLE, -1))
    ]
    try:
        with transaction.atomic():
            return Collected.objects.create(  # type: ignore[no-any-return]
                receivable=item,
                amount_fen=order.amount_fen,
                collected_on=order.collected_on,
                external_no=order.external_no,
                entry_id=post_entry(item.area_code, lines),
                recorded_at=timezone.now(),
                actor=actor.name,
            )
    except IntegrityError as refused:
        if "external_no" not in str(refused):
            raise
        raise CollectedAlready(order.external_no) from None
