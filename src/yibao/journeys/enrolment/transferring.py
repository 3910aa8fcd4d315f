"""Transfer of an insurance relation (转移接续): leaving and joining, step by step, each in its limit of working days.

Leaving: applied for, accepted, form sent, done. Joining: applied for, accepted, form received, done. Townships apply and
accept; the form, a refusal and the end are a county's or city's, whose officers see the person's settlements too. The days of
the area left run from the application to the form, those of the area joined from the form to the end. Sending the form ends
enrolment here as the area's `life_cycle` says. What a reader would get wrong: residents have no personal account; a balance
is a family account's or one that came from employee insurance, so it passes through other expense and income of the fund.

carries_out: ENR-10
"""

import hashlib
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from yibao.enrolment.actions import stop, take_in_within
from yibao.enrolment.failures import NoSuchPerson
from yibao.enrolment.models import Person
from yibao.enrolment.orders import LifeOrder, Registration
from yibao.enrolment.rules.transfer import account_balance
from yibao.enrolment.terms import EnrolmentState, StopCause
from yibao.journeys.enrolment.applying import known_person, registered_person
from yibao.journeys.enrolment.transfer_forms import form_facts, recognised
from yibao.kernel.codes import is_division_code
from yibao.packs.policies import policies
from yibao.packs.services import (
    balance_params,
    due_day,
    life_cycle_params,
    transfer_params,
)
from yibao.public_services.actions import issue
from yibao.public_services.failures import (
    ApplicationWrong,
    NoSuchTransfer,
    TransferNotAllowed,
    TransferUnderWay,
)
from yibao.public_services.models import Transfer, TransferStep
from yibao.public_services.orders import (
    Issue,
    LeaveOrder,
    ReceiveForm,
    RefuseTransfer,
    SendForm,
    TransferOrder,
)
from yibao.public_services.terms import BalanceCase, CertificateKind, TransferDirection, TransferState
from yibao.rights.actors import Actor
from yibao.rights.areas import covers
from yibao.rights.audit import note
from yibao.rights.requests import canonical, once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.versions import pooling_area

NO_BALANCE = -1
REASON = "转移接续"
MAY_COME_FROM: dict[TransferState, tuple[tuple[TransferDirection, TransferState], ...]] = {
    TransferState.TAKEN_ON: (
        (TransferDirection.LEAVES, TransferState.APPLIED_FOR),
        (TransferDirection.JOINS, TransferState.APPLIED_FOR),
    ),
    TransferState.FORM_SENT: ((TransferDirection.LEAVES, TransferState.TAKEN_ON),),
    TransferState.FORM_RECEIVED: ((TransferDirection.JOINS, TransferState.TAKEN_ON),),
    TransferState.TRANSFERRED: (
        (TransferDirection.LEAVES, TransferState.FORM_SENT),
        (TransferDirection.JOINS, TransferState.FORM_RECEIVED),
    ),
    TransferState.NOT_TRANSFERRED: (
        (TransferDirection.LEAVES, TransferState.APPLIED_FOR),
        (TransferDirection.LEAVES, TransferState.TAKEN_ON),
        (TransferDirection.JOINS, TransferState.APPLIED_FOR),
        (TransferDirection.JOINS, TransferState.TAKEN_ON),
        (TransferDirection.JOINS, TransferState.FORM_RECEIVED),
    ),
}
"""State → directions and states that it may follow. Once its form is sent, a transfer out can only be finished."""


def apply_to_leave(actor: Actor, key: str, order: LeaveOrder) -> str:
    """Applies for a transfer out (转出); `{"transfer_id", "due_on"}`. Raises TransferUnderWay, NoSuchPerson."""

    def do() -> dict[str, object]:
        person = Person.objects.select_for_update().filter(pk=order.person_id).first()
        if person is None or not actor.may(Matter.ENROLMENT_MATTER, Deed.DO, person.county_code):
            raise NoSuchPerson(order.person_id)
        here = covers(pooling_area(person.county_code), order.other_code)
        if order.other_code and (not is_division_code(order.other_code) or here):
            raise ApplicationWrong([f"转入地 {order.other_code!r} 应为本统筹地区以外的 6 位区划代码"])
        row = _opened(actor, person, TransferDirection.LEAVES, order.other_code, order.applied_on)
        return {"transfer_id": row.pk, "due_on": row.due_on}

    return once(actor.name, key, "apply_to_leave", order, do)


def apply_to_join(actor: Actor, key: str, order: Registration, other_code: str, *, today: date) -> str:
    """Applies for a transfer in (转入), registering the person here; `{"transfer_id", "person_id", "due_on"}`.

    Somebody whom another area on this database has sent the form of is taken over with what is on file. Raises
    IdentityTaken where the other area has not, TransferUnderWay, ApplicationWrong and the failures of registering.
    """

    def do() -> dict[str, object]:
        actor.require(Matter.ENROLMENT_MATTER, Deed.DO, order.county_code)
        here = covers(pooling_area(order.county_code), other_code)
        if not is_division_code(other_code) or here:
            raise ApplicationWrong([f"转出地 {other_code!r} 应为本统筹地区以外的 6 位区划代码"])
        person = _arrived(actor, key, order, today)
        row = _opened(actor, person, TransferDirection.JOINS, other_code, order.happened_on)
        return {"transfer_id": row.pk, "person_id": person.pk, "due_on": row.due_on}

    return once(actor.name, key, "apply_to_join", [order, other_code], do)


def take_on(actor: Actor, key: str, order: TransferOrder) -> str:
    """Accepts a transfer that is applied for (受理); its due day stays, since it runs from the application."""

    def do() -> dict[str, object]:
        row, _ = _locked(actor, order.transfer_id, TransferState.TAKEN_ON, order.day)
        row.accepted_on = order.day
        return _came_to(actor, row, TransferState.TAKEN_ON, order.day)

    return once(actor.name, key, "take_on_transfer", order, do)


def send_form(actor: Actor, key: str, order: SendForm, *, today: date) -> str:
    """Sends the information form of somebody who leaves, ends enrolment here, and says where a balance goes.

    `{"state", "due_on", "check_number", "last_covered_day", "balance_case"}`; the due day is the other area's.
    """

    def do() -> dict[str, object]:
        row, person = _locked(actor, order.transfer_id, TransferState.FORM_SENT, order.sent_on)
        _require_decider(actor, row)
        _refuse_negative(order.balance_fen)
        area = policies().area(row.county_code)
        if person.state in (EnrolmentState.ACTIVE, EnrolmentState.SUSPENDED):
            ends = LifeOrder(person.pk, order.sent_on, REASON, cause=StopCause.MOVED_AWAY)
            stop(actor, f"transfer:{row.pk}:stop", ends, life_cycle_params(area, order.sent_on), today=today)
        row.balance_case, row.balance_fen = _balance(row, person, order)
        facts = form_facts(row, person, order.sent_on)
        row.form, row.form_on = canonical(facts), order.sent_on
        row.due_on = due_day(area, order.sent_on, transfer_params(area, order.sent_on).arriving_working_days)
        said = _came_to(actor, row, TransferState.FORM_SENT, order.sent_on)
        form = issue(
            actor,
            Issue(
                CertificateKind.TRANSFER_FORM,
                person.pk,
                row.county_code,
                row.form,
                order.sent_on,
                transfer_id=row.pk,
            ),
        )
        more = {"check_number": form.check_number, "last_covered_day": facts["last_covered_day"]}
        return {**said, **more, "balance_case": row.balance_case}

    return once(actor.name, key, "send_form", order, do)


def receive_form(actor: Actor, key: str, order: ReceiveForm) -> str:
    """Takes the form of somebody who joins; the area's own limit begins. `{"state", "due_on"}`."""

    def do() -> dict[str, object]:
        row, _ = _locked(actor, order.transfer_id, TransferState.FORM_RECEIVED, order.received_on)
        _require_decider(actor, row)
        _refuse_negative(order.balance_fen, order.resident_months, order.employee_months)
        area = policies().area(row.county_code)
        row.form, row.form_on = canonical(order), order.received_on
        row.balance_fen = order.balance_fen
        row.balance_case = BalanceCase.MOVES_ALONG if order.balance_fen else NO_BALANCE
        limit = transfer_params(area, order.received_on).arriving_working_days
        row.due_on = due_day(area, order.received_on, limit)
        return _came_to(actor, row, TransferState.FORM_RECEIVED, order.received_on)

    return once(actor.name, key, "receive_form", order, do)


def finish_transfer(actor: Actor, key: str, order: TransferOrder) -> str:
    """Ends a transfer (办结), once its balance is booked; a transfer in tells which benefits its years count for.

    `{"state", "recognised": {benefit: {"counted_months", "reached"}}}`; empty where the area recognises no years.
    """

    def do() -> dict[str, object]:
        row, _ = _locked(actor, order.transfer_id, TransferState.TRANSFERRED, order.day)
        _require_decider(actor, row)
        if row.balance_fen and row.entry_id is None:
            raise ApplicationWrong([f"转移 {row.pk} 的个人账户余额还没有复核入账"])
        row.ended_on, row.due_on = order.day, None
        joins = row.direction == TransferDirection.JOINS
        counts = recognised(row, order.day) if joins else {}
        return {**_came_to(actor, row, TransferState.TRANSFERRED, order.day), "recognised": counts}

    return once(actor.name, key, "finish_transfer", order, do)


def refuse_transfer(actor: Actor, key: str, order: RefuseTransfer) -> str:
    """Ends a transfer that is not carried out (不予办理), with its reason."""

    def do() -> dict[str, object]:
        row, _ = _locked(actor, order.transfer_id, TransferState.NOT_TRANSFERRED, order.ended_on)
        _require_decider(actor, row)
        if not order.reason.strip():
            raise ApplicationWrong(["请写明不予办理的理由"])
        if row.entry_id is not None:
            raise ApplicationWrong([f"转移 {row.pk} 的个人账户余额已经入账，不能改为不予办理"])
        row.ended_on, row.due_on, row.reason = order.ended_on, None, order.reason
        return _came_to(actor, row, TransferState.NOT_TRANSFERRED, order.ended_on)

    return once(actor.name, key, "refuse_transfer", order, do)


def _arrived(actor: Actor, key: str, order: Registration, today: date) -> Person:
    """The person who joins, locked: known here, taken over from the area left, or registered now."""
    coming = _sent_here(order) if known_person(actor, order) is None else None
    if coming is not None:
        person = Person.objects.select_for_update().get(pk=coming)
        params = life_cycle_params(policies().area(order.county_code), order.happened_on)
        again = LifeOrder(person.pk, order.happened_on, REASON)
        take_in_within(actor, person, order.county_code, again, params, today=today)
        return person
    person_id = registered_person(actor, _derived(key), order, today=today).person_id
    return Person.objects.select_for_update().get(pk=person_id)


def _derived(key: str) -> str:
    """What keys of steps inside begin with, however long the caller's is."""
    return f"join:{hashlib.sha256(key.encode()).hexdigest()}"


def _sent_here(order: Registration) -> int | None:
    """The person of a document whom another area has sent the form of to an area that this county lies in."""
    for document in order.documents:
        sent = Transfer.objects.filter(
            person__identities__kind=document.kind,
            person__identities__number=document.number.upper(),
            direction=TransferDirection.LEAVES,
            state__in=(TransferState.FORM_SENT, TransferState.TRANSFERRED),
            person__state=EnrolmentState.STOPPED,
        ).order_by("-id")
        row = sent.first()
        if row is not None and row.other_code and covers(row.other_code, order.county_code):
            return int(row.person_id)
    return None


def _opened(
    actor: Actor, person: Person, direction: TransferDirection, other_code: str, applied_on: date
) -> Transfer:
    area = policies().area(person.county_code)
    limit = transfer_params(area, applied_on).leaving_working_days
    try:
        with transaction.atomic():
            row = Transfer.objects.create(
                direction=direction,
                state=TransferState.APPLIED_FOR,
                person=person,
                county_code=person.county_code,
                other_code=other_code,
                applied_on=applied_on,
                due_on=due_day(area, applied_on, limit),
                actor=actor.name,
                recorded_at=timezone.now(),
            )
    except IntegrityError as refused:
        if "services_transfer_once" not in str(refused) and "public_services_transfer.person_id" not in str(
            refused
        ):
            raise
        raise TransferUnderWay(person.pk) from None
    _stepped(actor, row, applied_on)
    return row  # type: ignore[no-any-return]


def _locked(actor: Actor, transfer_id: int, to: TransferState, day: date) -> tuple[Transfer, Person]:
    """A transfer and its person, the person locked first. Raises NoSuchTransfer, TransferNotAllowed, ApplicationWrong."""
    seen = Transfer.objects.filter(pk=transfer_id).first()
    if seen is None or not actor.may(Matter.ENROLMENT_MATTER, Deed.DO, seen.county_code):
        raise NoSuchTransfer(transfer_id)
    person = Person.objects.select_for_update().get(pk=seen.person_id)
    row = Transfer.objects.select_for_update().get(pk=transfer_id)
    if (row.direction, row.state) not in MAY_COME_FROM[to]:
        raise TransferNotAllowed(row.pk, row.state, to)
    before = row.form_on or row.accepted_on or row.applied_on
    if day < before:
        raise ApplicationWrong([f"日期 {day} 早于上一环节的 {before}"])
    return row, person


def _require_decider(actor: Actor, row: Transfer) -> None:
    """The form and the end are for officers who may see the settlements of the county too."""
    actor.require(Matter.SETTLEMENT_MATTER, Deed.LOOK, row.county_code)


def _refuse_negative(*numbers: int) -> None:
    if min(numbers) < 0:
        raise ApplicationWrong(["余额和月数不能为负"])


def _came_to(actor: Actor, row: Transfer, state: TransferState, day: date) -> dict[str, object]:
    row.state = state
    row.save()
    _stepped(actor, row, day)
    return {"state": row.state, "due_on": row.due_on}


def _stepped(actor: Actor, row: Transfer, day: date) -> None:
    TransferStep.objects.create(
        transfer=row, state=row.state, happened_on=day, actor=actor.name, recorded_at=timezone.now()
    )
    note(actor, "transfer", row.county_code, f"transfer:{row.pk}", state=int(row.state))


def _balance(row: Transfer, person: Person, order: SendForm) -> tuple[int, int]:
    """Where the balance goes and how much of it; what stays in the account is no part of the transfer."""
    if order.balance_fen == 0:
        return NO_BALANCE, 0
    area = policies().area(row.county_code)
    parts = account_balance(
        balance_params(area, order.sent_on),
        balance_fen=order.balance_fen,
        movable=int(order.movable),
        emigrated=int(row.other_code == ""),
        died=int(person.died_on is not None),
    )
    for case, part_fen in (
        (BalanceCase.MOVES_ALONG, parts.moves_fen),
        (BalanceCase.TO_THE_PERSON, parts.to_person_fen),
        (BalanceCase.TO_THE_HEIRS, parts.to_heirs_fen),
    ):
        if part_fen:
            return case, part_fen
    return NO_BALANCE, 0
