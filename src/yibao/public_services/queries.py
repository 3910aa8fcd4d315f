"""What only looks at public services: applications and transfers in hand or overdue, and a certificate by its number."""

import json
from datetime import date
from typing import Any

from yibao.public_services.checks import as_written
from yibao.public_services.failures import NoSuchApplication, NoSuchCertificate, NoSuchTransfer
from yibao.public_services.models import Application, Certificate, Transfer
from yibao.public_services.terms import ApplicationState, Paper, TransferDirection, TransferState
from yibao.rights.actors import Actor
from yibao.rights.areas import rows_inside
from yibao.rights.audit import note
from yibao.rights.terms import Matter


def applications(actor: Actor) -> Any:
    """The applications an actor may look at, as a query."""
    return rows_inside(Application.objects, actor.areas_of(Matter.ENROLMENT_MATTER), "county_code")


def overdue_applications(actor: Actor, today: date) -> Any:
    """Accepted applications whose limit is over and which have not ended, the longest overdue first."""
    return (
        applications(actor).filter(state=ApplicationState.IN_HAND, due_on__lt=today).order_by("due_on", "id")
    )


def application_of(actor: Actor, application_id: int, *, reason: str) -> Application:
    """One application, and a record that the actor looked. Raises NoSuchApplication."""
    row = applications(actor).filter(pk=application_id).first()
    if row is None:
        raise NoSuchApplication(application_id)
    note(actor, "look_at_application", row.county_code, f"application:{row.pk}", reason)
    return row  # type: ignore[no-any-return]


def missing_papers(row: Application) -> list[Paper]:
    """The papers that an application still waits for."""
    return [paper for paper in Paper if row.missing >> paper & 1]


def transfers(actor: Actor) -> Any:
    """The transfers an actor may look at, as a query."""
    return rows_inside(Transfer.objects, actor.areas_of(Matter.ENROLMENT_MATTER), "county_code")


def overdue_transfers(actor: Actor, today: date) -> Any:
    """Transfers that have not ended and whose present stage is over its limit, the longest overdue first."""
    return transfers(actor).filter(ended_on=None, due_on__lt=today).order_by("due_on", "id")


def transfer_of(actor: Actor, transfer_id: int, *, reason: str) -> Transfer:
    """One transfer, and a record that the actor looked. Raises NoSuchTransfer."""
    row = transfers(actor).filter(pk=transfer_id).first()
    if row is None:
        raise NoSuchTransfer(transfer_id)
    note(actor, "look_at_transfer", row.county_code, f"transfer:{row.pk}", reason)
    return row  # type: ignore[no-any-return]


def employee_cover_ended_on(person_id: int) -> date | None:
    """The last day in employee insurance that the form of a person's newest transfer here tells of; None where it does not."""
    row = (
        Transfer.objects.filter(person_id=person_id, direction=TransferDirection.JOINS)
        .exclude(form="")
        .exclude(state=TransferState.NOT_TRANSFERRED)
        .order_by("-id")
        .first()
    )
    told = None if row is None else json.loads(row.form)["employee_cover_ended_on"]
    return None if told is None else date.fromisoformat(told)


def certificate_numbered(actor: Actor, number: str, *, reason: str) -> Certificate:
    """The certificate of a check number, and a record that the actor looked. Raises NoSuchCertificate."""
    rows = rows_inside(Certificate.objects, actor.areas_of(Matter.ENROLMENT_MATTER), "county_code")
    row = rows.filter(check_number=as_written(number)).first()
    if row is None:
        raise NoSuchCertificate(as_written(number))
    note(actor, "look_at_certificate", row.county_code, f"person:{row.person_id}", reason, certificate=row.pk)
    return row  # type: ignore[no-any-return]
