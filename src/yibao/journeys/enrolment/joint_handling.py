"""Departments that decide an application together (参保登记联办): each says its verdict once; one refusal turns it down.

An application asks for this when it is received; nothing is billed before every department has agreed. Who may write a
department's verdict down is whoever handles enrolment in the county.

carries_out: ENR-12
"""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from yibao.enrolment.params import DEPARTMENTS, JointHandlingParams
from yibao.enrolment.rules.joint_handling import JointHandling, joint_handling
from yibao.enrolment.terms import JointState
from yibao.public_services.actions import end_within, locked_application
from yibao.public_services.failures import ApplicationWrong, VerdictNotAsked
from yibao.public_services.models import Application, DepartmentVerdict
from yibao.public_services.orders import EndApplication, VerdictOrder
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import once


def say_verdict(actor: Actor, key: str, order: VerdictOrder) -> str:
    """Writes down what a department says; `{"joint_state", "waiting"}`. A refusal turns the application down.

    Raises VerdictNotAsked, ApplicationWrong, NoSuchApplication, ApplicationEnded.
    """

    def do() -> dict[str, int]:
        row = locked_application(actor, order.application_id)
        if not row.needed_departments >> order.department & 1:
            raise VerdictNotAsked(row.pk)
        if not order.agreed and not order.reason.strip():
            raise ApplicationWrong(["不同意的请写明理由"])
        _write(actor, row, order)
        note(actor, "say_verdict", row.county_code, f"application:{row.pk}", department=int(order.department))
        found = standing_together(row)
        if found.state == JointState.RETURNED:
            end_within(actor, row, EndApplication(row.pk, order.said_on, order.reason))
        return {"joint_state": found.state, "waiting": found.waiting}

    return once(actor.name, key, "say_verdict", order, do)


def standing_together(row: Application) -> JointHandling:
    """Where an application stands with the departments that decide it."""
    agreed = refused = 0
    for department, agrees in row.verdicts.values_list("department", "agreed"):
        if agrees:
            agreed |= 1 << department
        else:
            refused |= 1 << department
    needed = JointHandlingParams(tuple(row.needed_departments >> n & 1 for n in range(DEPARTMENTS)))
    return joint_handling(needed, agreed_departments=agreed, refused_departments=refused)


def all_agree(row: Application) -> bool:
    """Whether every department that is needed has agreed; so it is where none is."""
    return row.needed_departments == 0 or standing_together(row).state == JointState.AGREED


def bits_of(flags: Sequence[int]) -> int:
    """Yes/no flags as a number whose bit n is the flag at place n."""
    return sum(1 << place for place, flag in enumerate(flags) if flag)


def _write(actor: Actor, row: Application, order: VerdictOrder) -> None:
    try:
        with transaction.atomic():
            DepartmentVerdict.objects.create(
                application=row,
                department=order.department,
                agreed=order.agreed,
                reason=order.reason,
                said_on=order.said_on,
                actor=actor.name,
                recorded_at=timezone.now(),
            )
    except IntegrityError:
        raise VerdictNotAsked(row.pk) from None
