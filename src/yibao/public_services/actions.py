"""What changes an application (办件): received, papers supplied, a step done, ended; and a certificate issued.

What a step does to a person's enrolment and money is a journey's (`journeys.enrolment.applying`); it marks the step here, in the same
transaction, while the application's row is locked. The row is locked before the person's.

carries_out: ENR-02, SVC-02
"""

from datetime import date

from django.utils import timezone

from yibao.enrolment.terms import OneApplicationStep
from yibao.public_services.checks import check_number
from yibao.public_services.failures import ApplicationEnded, ApplicationWrong, NoSuchApplication, StepTaken
from yibao.public_services.models import Application, ApplicationStep, Certificate
from yibao.public_services.orders import EndApplication, Issue, MorePapers, NewApplication
from yibao.public_services.terms import STEP_OFFSET, ApplicationEvent, ApplicationState
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import canonical, once
from yibao.rights.terms import Deed, Matter

OPEN = (ApplicationState.WAITING_FOR_PAPERS, ApplicationState.IN_HAND)
LONGEST_APPLICANT = 64


def receive_within(actor: Actor, order: NewApplication) -> Application:
    """Receives an application as part of a journey; it is accepted at once where no paper is missing."""
    actor.require(Matter.ENROLMENT_MATTER, Deed.DO, order.county_code)
    if not order.applicant.strip() or len(order.applicant) > LONGEST_APPLICANT:
        raise ApplicationWrong(["请写明申请人（不超过 64 字）"])
    row = Application.objects.create(
        kind=order.kind,
        state=ApplicationState.WAITING_FOR_PAPERS,
        county_code=order.county_code,
        applicant=order.applicant,
        body=order.body,
        asked_steps=order.asked_steps,
        missing=order.missing,
        needed_departments=order.needed_departments,
        received_on=order.received_on,
        actor=actor.name,
        recorded_at=timezone.now(),
    )
    happened(actor, row, ApplicationEvent.RECEIVED, order.received_on, missing=order.missing)
    _accept(actor, row, order.received_on, order.due_on)
    note(actor, "receive_application", row.county_code, f"application:{row.pk}", kind=row.kind)
    return row  # type: ignore[no-any-return]


def supply_papers(actor: Actor, key: str, order: MorePapers) -> str:
    """Takes papers handed in later; `{"missing": …}`, bit n for Paper n. Raises NoSuchApplication, ApplicationEnded.

    The key is bound to the papers alone, so that it may be tried again on a later day.
    """

    def do() -> dict[str, int]:
        row = locked_application(actor, order.application_id)
        supplied = sum(1 << paper for paper in set(order.papers))
        row.missing &= ~supplied
        row.save()
        happened(actor, row, ApplicationEvent.PAPERS_SUPPLIED, order.supplied_on, papers=supplied)
        if row.state == ApplicationState.WAITING_FOR_PAPERS:
            _accept(actor, row, order.supplied_on, order.due_on)
        note(actor, "supply_papers", row.county_code, f"application:{row.pk}", papers=supplied)
        return {"missing": row.missing}

    return once(actor.name, key, "supply_papers", [order.application_id, order.papers], do)


def end_application(actor: Actor, key: str, order: EndApplication) -> str:
    """Turns an application down or lets it be withdrawn, as long as nothing is billed; `{"state": …}`.

    Raises StepTaken, ApplicationWrong, NoSuchApplication, ApplicationEnded.
    """

    def do() -> dict[str, int]:
        row = locked_application(actor, order.application_id)
        end_within(actor, row, order)
        return {"state": row.state}

    return once(actor.name, key, "end_application", order, do)


def end_within(actor: Actor, row: Application, order: EndApplication) -> None:
    """Ends a locked application as part of a journey. Raises StepTaken, ApplicationWrong."""
    if not order.reason.strip():
        raise ApplicationWrong(["请写明理由"])
    if row.bill_id is not None:
        raise StepTaken(row.pk)
    event = ApplicationEvent.WITHDRAWN if order.withdrawn else ApplicationEvent.TURNED_DOWN
    row.state = ApplicationState.WITHDRAWN if order.withdrawn else ApplicationState.TURNED_DOWN
    row.ended_on, row.reason = order.ended_on, order.reason
    row.save()
    happened(actor, row, event, order.ended_on)
    note(actor, "end_application", row.county_code, f"application:{row.pk}", order.reason)


def locked_application(
    actor: Actor, application_id: int, matter: Matter = Matter.ENROLMENT_MATTER, *, ended_too: bool = False
) -> Application:
    """An application whose row is locked. Raises NoSuchApplication, and ApplicationEnded unless ended ones are asked for."""
    row = Application.objects.select_for_update().filter(pk=application_id).first()
    if row is None or not actor.may(matter, Deed.DO, row.county_code):
        raise NoSuchApplication(application_id)
    if row.state not in OPEN and not ended_too:
        raise ApplicationEnded(application_id, row.state)
    return row  # type: ignore[no-any-return]


def step_done(actor: Actor, row: Application, step: OneApplicationStep, day: date, **detail: object) -> None:
    """Marks a step of a locked application; when the last that is asked is done, the application is completed."""
    row.done_steps |= 1 << step
    happened(actor, row, ApplicationEvent(step + STEP_OFFSET), day, **detail)
    row.save()


def completed(actor: Actor, row: Application, day: date) -> None:
    """Ends a locked application of which nothing is left to do."""
    row.state, row.ended_on = ApplicationState.COMPLETED, day
    row.save()
    happened(actor, row, ApplicationEvent.COMPLETED, day)
    note(actor, "complete_application", row.county_code, f"application:{row.pk}")


def happened(actor: Actor, row: Application, event: ApplicationEvent, day: date, **detail: object) -> None:
    """Writes down what happened to a locked application."""
    ApplicationStep.objects.create(
        application=row,
        event=event,
        happened_on=day,
        detail=canonical(detail) if detail else "",
        actor=actor.name,
        recorded_at=timezone.now(),
    )


def issue(actor: Actor, order: Issue) -> Certificate:
    """Issues a certificate as part of a journey; what was issued before with the same words is given again."""
    number = check_number(order.kind, order.facts)
    standing = Certificate.objects.filter(check_number=number).first()
    if standing is not None:
        return standing  # type: ignore[no-any-return]
    row = Certificate.objects.create(
        kind=order.kind,
        person_id=order.person_id,
        county_code=order.county_code,
        bill_id=order.bill_id,
        payment_id=order.payment_id,
        coverage_id=order.coverage_id,
        transfer_id=order.transfer_id,
        facts=order.facts,
        check_number=number,
        issued_on=order.issued_on,
        actor=actor.name,
        recorded_at=timezone.now(),
    )
    note(actor, "issue_certificate", order.county_code, f"person:{order.person_id}", certificate=row.pk)
    return row  # type: ignore[no-any-return]


def _accept(actor: Actor, row: Application, day: date, due_on: date) -> None:
    if row.missing:
        return
    row.state, row.accepted_on, row.due_on = ApplicationState.IN_HAND, day, due_on
    row.save()
    happened(actor, row, ApplicationEvent.ACCEPTED, day)
