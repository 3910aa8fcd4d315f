"""One application for everything (参保一件事): register or find the person, check category, bill, pay, voucher and certificate.

It takes at most four transactions, each under a key of its own: received; registered; billed, and covered at once where
nothing is left to pay; paid. Nothing is half done inside one. Where one fails the application stands at the step it has
reached, and the same key, or `go_on` by any officer of the area, takes it up there. So the answer of this action tells how
far the application has come, and is the same for ever only once it has ended.

carries_out: ENR-02, SVC-02
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from yibao.enrolment.actions import register, register_again
from yibao.enrolment.models import Coverage, Person
from yibao.enrolment.orders import LifeOrder, Registration
from yibao.enrolment.params import ONE_APPLICATION_STEPS, OneApplicationParams
from yibao.enrolment.queries import category_tags_on, person_with
from yibao.enrolment.rules.one_application import OneApplication, one_application
from yibao.enrolment.terms import EnrolmentState, OneApplicationStep
from yibao.financing.models import ContributionPayment
from yibao.financing.terms import CollectionChannel, ContributionGroup, University
from yibao.journeys.enrolment.issuing import certificate, voucher
from yibao.journeys.enrolment.joint_handling import all_agree, bits_of
from yibao.journeys.financing.contributing import BillOrder, PayOrder, Told, bill_within, pay
from yibao.kernel.shapes import NOT_ON_FILE
from yibao.packs.policies import Area, policies
from yibao.packs.services import due_day, item_params, joint_params, life_cycle_params, step_params
from yibao.public_services.actions import (
    completed,
    locked_application,
    receive_within,
    step_done,
    supply_papers,
)
from yibao.public_services.failures import ApplicationWrong, NoSuchApplication
from yibao.public_services.models import Application, Certificate
from yibao.public_services.orders import MorePapers, NewApplication
from yibao.public_services.queries import employee_cover_ended_on, missing_papers
from yibao.public_services.terms import ApplicationKind, ApplicationState, Paper
from yibao.rights.actors import Actor
from yibao.rights.requests import canonical, once
from yibao.rights.terms import Deed, Matter

NOT_KNOWN_FEN = 1
"""Stands for an amount to pay while no bill says that nothing is due."""


@dataclass(frozen=True)
class YearAsked:
    """The benefit year a person is to be enrolled for, and what the person says of it."""

    benefit_year: int
    group: ContributionGroup = ContributionGroup.RESIDENT
    university: University = University.NONE
    tier: int = 0
    hukou_local: bool = True
    parent_hukou_local: bool = False
    residence_permit: bool = False
    flexible_worker: bool = False
    graduating: bool = False
    employee_cover_ended_on: date | None = None
    unregistered_at_birth: bool = False
    pays_full_financing: bool = False


@dataclass(frozen=True)
class Taken:
    """A payment taken with an application: the whole bill, through a channel, known there by a number."""

    amount_fen: int
    channel: CollectionChannel
    external_no: str
    paid_on: date


@dataclass(frozen=True)
class EnrolOrder:
    """One application: who applies, the person as to be registered, the year asked for, papers shown, payment if any.

    `jointly`: the departments of the area's `joint_handling` decide it together before anything is billed.
    """

    applicant: str
    applied_on: date
    registration: Registration
    year: YearAsked
    papers: tuple[Paper, ...]
    payment: Taken | None = None
    jointly: bool = False


class Found(NamedTuple):
    """A person's id, and whether the person was registered here before."""

    person_id: int
    was_here: bool


def apply_to_enrol(
    actor: Actor,
    key: str,
    order: EnrolOrder,
    *,
    today: date,
    kind: ApplicationKind = ApplicationKind.ENROL_AT_ONE_GO,
    body: object = None,
) -> str:
    """Receives an application and takes it as far as it goes; where it stands then, see `standing_of`.

    `body` is what the key is bound to where the order was made from something else.

    Raises ApplicationWrong, NotAllowed, and the failures of registering, billing and paying: what was done before one of
    these stays, and the same key goes on from there.
    """

    def do() -> dict[str, int]:
        county_code = order.registration.county_code
        area = policies().area(county_code)
        if order.applied_on > today:
            raise ApplicationWrong([f"申请日期 {order.applied_on} 在今天之后"])
        if order.registration.born_on >= date(order.year.benefit_year, 1, 1):
            refuse_late_birth(area, order.registration.born_on, order.applied_on)
        item = item_params(area, kind, order.applied_on)
        steps = step_params(area, order.applied_on).steps
        new = NewApplication(
            kind=kind,
            county_code=county_code,
            applicant=order.applicant,
            body=canonical(order),
            asked_steps=bits_of(steps),
            missing=bits_of(item.papers) & ~sum(1 << paper for paper in set(order.papers)),
            received_on=order.applied_on,
            due_on=due_day(area, order.applied_on, item.limit_working_days),
            needed_departments=bits_of(joint_params(area, order.applied_on).departments)
            if order.jointly
            else 0,
        )
        return {"application_id": receive_within(actor, new).pk}

    said = once(actor.name, key, "apply_to_enrol", [kind, body or order], do)
    return go_on(actor, int(json.loads(said)["application_id"]), today=today)


def supply(actor: Actor, key: str, application_id: int, papers: tuple[Paper, ...], *, today: date) -> str:
    """Hands papers in later and goes on; where the application stands then."""
    row = _seen(actor, application_id)
    area = policies().area(row.county_code)
    item = item_params(area, ApplicationKind(row.kind), row.received_on)
    order = MorePapers(application_id, papers, today, due_day(area, today, item.limit_working_days))
    supply_papers(actor, key, order)
    return go_on(actor, application_id, today=today)


def pay_for(actor: Actor, key: str, application_id: int, taken: Taken, *, today: date) -> str:
    """Takes the payment of a billed application, with voucher and certificate, by whoever collects; where it stands then.

    Raises NoSuchApplication, ApplicationEnded, ApplicationWrong and the failures of paying.
    """

    def do() -> dict[str, Any]:
        row = locked_application(actor, application_id, Matter.CONTRIBUTION_MATTER)
        if row.bill_id is None:
            raise ApplicationWrong([f"办件 {application_id} 尚未核定应缴"])
        _take(actor, row, taken, today)
        return standing_of(row)

    return once(actor.name, key, "pay_for_application", [application_id, taken], do)


def go_on(actor: Actor, application_id: int, *, today: date) -> str:
    """Takes an application as far as it goes now; where it stands then. Raises NoSuchApplication and as `apply_to_enrol`."""
    for _ in OneApplicationStep:
        row = _seen(actor, application_id)
        if row.state != ApplicationState.IN_HAND:
            break
        order, payment = _order_of(row), _paid(row)
        if not row.done_steps >> OneApplicationStep.REGISTRATION & 1:
            _do(actor, row, "register", lambda row, order=order: _register(actor, row, order, today))
        elif row.bill_id is None:
            if not all_agree(row):
                break
            _do(actor, row, "bill", lambda row, order=order: _bill(actor, row, order, today))
        elif payment is not None:
            _do(actor, row, f"collect:{payment.pk}", lambda row: _collect(actor, row, today))
        elif order.payment is not None:
            _do(actor, row, "pay", lambda row, order=order: _pay(actor, row, order, today))
        else:
            break
    return canonical(standing_of(_seen(actor, application_id)))


def refuse_late_birth(area: Area, born_on: date, applied_on: date) -> None:
    """Raises ApplicationWrong where a child comes too late for cover from birth: no rule on file says what it gets then."""
    within_days = item_params(area, ApplicationKind.BIRTH_AT_ONE_GO, applied_on).within_days
    days = (applied_on - born_on).days
    if within_days != NOT_ON_FILE and days > within_days:
        raise ApplicationWrong(
            [
                f"出生已 {days} 日，超过 {area.name}的 {within_days} 日登记期限，待遇起始日在册没有规定，请人工核定"
            ]
        )


def standing_of(row: Application) -> dict[str, Any]:
    """Where an application stands: state, next step, what is missing or due, and what it has led to."""
    found = _progress(row)
    issued = Certificate.objects.filter(bill_id=row.bill_id) if row.bill_id else Certificate.objects.none()
    coverage = _coverage(row)
    return {
        "application_id": row.pk,
        "state": row.state,
        "next_step": found.next_step,
        "steps_left": found.left,
        "missing": missing_papers(row),
        "due_on": row.due_on,
        "person_id": row.person_id,
        "bill_id": row.bill_id,
        "person_pays_fen": None if row.bill_id is None else row.bill.person_pays_fen,
        "coverage_id": None if coverage is None else coverage.pk,
        "first_day": None if coverage is None else coverage.first_day,
        "last_day": None if coverage is None else coverage.last_day,
        "waiting_last_day": None if coverage is None else coverage.waiting_last_day,
        "vouchers": list(issued.order_by("id").values_list("check_number", flat=True)),
        "certificates": []
        if coverage is None
        else list(
            Certificate.objects.filter(coverage=coverage)
            .order_by("id")
            .values_list("check_number", flat=True)
        ),
    }


def _do(actor: Actor, row: Application, step: str, do: Any) -> None:
    """One transaction of an application, under a key derived from it, with its row locked."""

    def locked() -> dict[str, int]:
        held = locked_application(actor, row.pk, ended_too=True)
        if held.state == ApplicationState.IN_HAND:
            do(held)
        return {"application_id": row.pk}

    once(actor.name, f"application:{row.pk}:{step}", "application_step", [row.pk, step], locked)


def _register(actor: Actor, row: Application, order: EnrolOrder, today: date) -> None:
    if row.done_steps >> OneApplicationStep.REGISTRATION & 1:
        return
    found = registered_person(actor, f"application:{row.pk}", order.registration, today=today)
    row.person_id = found.person_id
    step_done(actor, row, OneApplicationStep.REGISTRATION, today, found=found.was_here)


def _bill(actor: Actor, row: Application, order: EnrolOrder, today: date) -> None:
    if row.bill_id is not None:
        return
    year, day = order.year, order.applied_on
    tags = category_tags_on(row.person_id, day)
    step_done(actor, row, OneApplicationStep.CATEGORY_CHECK, today, tags=tags)
    asked = BillOrder(
        person_id=row.person_id,
        benefit_year=year.benefit_year,
        enrolled_on=day,
        group=year.group,
        university=year.university,
        tier=year.tier,
        hukou_local=year.hukou_local,
        parent_hukou_local=year.parent_hukou_local,
        residence_permit=year.residence_permit,
        flexible_worker=year.flexible_worker,
        graduating=year.graduating,
    )
    left_on = year.employee_cover_ended_on or employee_cover_ended_on(row.person_id)
    told = Told(left_on, year.unregistered_at_birth, year.pays_full_financing)
    billed = bill_within(actor, asked, told)
    row.bill = billed.bill
    step_done(actor, row, OneApplicationStep.BILL, today, bill=billed.bill.pk)
    if billed.coverage_id is not None:
        _finish(actor, row, None, today)


def _pay(actor: Actor, row: Application, order: EnrolOrder, today: date) -> None:
    """Takes the payment that came with the application."""
    actor.require(Matter.CONTRIBUTION_MATTER, Deed.DO, row.county_code)
    assert order.payment is not None, "asked only where there is one"
    _take(actor, row, order.payment, today)


def _collect(actor: Actor, row: Application, today: date) -> None:
    """Takes up a payment that came to the bill by another way."""
    payment = _paid(row)
    if payment is not None:
        _collected(actor, row, payment, today)


def _take(actor: Actor, row: Application, taken: Taken, today: date) -> None:
    order = PayOrder(row.bill_id, taken.amount_fen, taken.channel, taken.external_no, taken.paid_on)
    said = json.loads(pay(actor, f"application:{row.pk}:payment:{taken.external_no}", order))
    _collected(actor, row, ContributionPayment.objects.get(pk=said["payment_id"]), today)


def _collected(actor: Actor, row: Application, payment: ContributionPayment, today: date) -> None:
    step_done(actor, row, OneApplicationStep.PAYMENT, today, payment=payment.pk)
    _finish(actor, row, payment, today)


def _finish(actor: Actor, row: Application, payment: ContributionPayment | None, today: date) -> None:
    """Voucher and certificate, as far as the area asks for them, and the end."""
    person = Person.objects.get(pk=row.person_id)
    coverage = _coverage(row)
    if row.asked_steps >> OneApplicationStep.VOUCHER & 1:
        made = voucher(actor, person, row.bill, payment, today)
        step_done(actor, row, OneApplicationStep.VOUCHER, today, certificate=made.pk)
    if row.asked_steps >> OneApplicationStep.CERTIFICATE & 1 and coverage is not None:
        made = certificate(actor, person, coverage, today)
        step_done(actor, row, OneApplicationStep.CERTIFICATE, today, certificate=made.pk)
    if _progress(row).complete == 1:
        completed(actor, row, today)


def registered_person(actor: Actor, key: str, asked: Registration, *, today: date) -> Found:
    """The person whom the documents identify here, registered anew where stopped, or registered now under derived keys."""
    person = known_person(actor, asked)
    if person is None:
        said = json.loads(register(actor, f"{key}:person", asked, today=today))
        return Found(said["person_id"], was_here=False)
    if person.state == EnrolmentState.STOPPED:
        again = LifeOrder(person.pk, asked.happened_on, asked.reason)
        params = life_cycle_params(policies().area(person.county_code), asked.happened_on)
        register_again(actor, f"{key}:again", again, params, today=today)
    return Found(person.pk, was_here=True)


def known_person(actor: Actor, asked: Registration) -> Person | None:
    """The person whom a document of the application identifies here; None where it is nobody's.

    Raises ApplicationWrong where person and application do not agree.
    """
    held = {
        person.pk: person
        for document in asked.documents
        if (person := person_with(actor, document.number, reason=asked.reason, kind=document.kind))
    }
    if not held:
        return None
    if len(held) > 1:
        raise ApplicationWrong(["申请中的证件分属几位已登记的人员，请核对"])
    person = next(iter(held.values()))
    problems = []
    if (person.name, person.sex, person.born_on) != (asked.name, asked.sex, asked.born_on):
        problems.append(f"证件已登记为人员 {person.pk}，姓名、性别或出生日期与申请不一致，请核对后先办理变更")
    if person.county_code != asked.county_code:
        problems.append(f"人员 {person.pk} 登记在 {person.county_code}，请先办理参保地变更或转移")
    if problems:
        raise ApplicationWrong(problems)
    return person


def _paid(row: Application) -> ContributionPayment | None:
    return ContributionPayment.objects.filter(bill_id=row.bill_id, contributionrefund=None).first()  # type: ignore[no-any-return]


def _coverage(row: Application) -> Coverage | None:
    """The coverage that a bill has bought: its payment's, or where nothing was to pay the year's own."""
    if row.bill_id is None:
        return None
    if row.bill.person_pays_fen:
        payment = _paid(row)
        return None if payment is None else payment.coverage
    own = Coverage.objects.filter(person_id=row.person_id, benefit_year=row.bill.benefit_year, void=False)
    return own.order_by("-id").first()  # type: ignore[no-any-return]


def _progress(row: Application) -> OneApplication:
    steps = tuple(row.asked_steps >> n & 1 for n in range(ONE_APPLICATION_STEPS))
    pays_fen = NOT_KNOWN_FEN if row.bill_id is None else row.bill.person_pays_fen
    return one_application(OneApplicationParams(steps), done_steps=row.done_steps, person_pays_fen=pays_fen)


def _seen(actor: Actor, application_id: int) -> Application:
    row = Application.objects.select_related("bill").filter(pk=application_id).first()
    if row is None or not actor.may(Matter.ENROLMENT_MATTER, Deed.DO, row.county_code):
        raise NoSuchApplication(application_id)
    return row  # type: ignore[no-any-return]


def _order_of(row: Application) -> EnrolOrder:
    return _reader().validate_json(row.body)


@cache
def _reader() -> "TypeAdapter[EnrolOrder]":
    return TypeAdapter(EnrolOrder)
