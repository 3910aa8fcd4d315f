"""What writes an application's records (申请办理记账): each is part of a journey's transaction, none begins one of its own."""

from datetime import date

from django.utils import timezone

from yibao.assistance.deadlines import working_day_after
from yibao.assistance.models import Application, ApplicationRecord
from yibao.assistance.params import ApplicationParams
from yibao.assistance.terms import ApplicationAct, ApplicationOutcome, ApplicationStep
from yibao.kernel.shapes import NOT_ON_FILE
from yibao.rights.actors import Actor


def due_after(params: ApplicationParams, step: ApplicationStep, day: date) -> date | None:
    """The last day of a step that begins on a day; None where the entry gives it no limit."""
    if step is ApplicationStep.CLOSED or params.working_days[step] == NOT_ON_FILE:
        return None
    return working_day_after(day, params.working_days[step])


def record(
    actor: Actor,
    application: Application,
    act: ApplicationAct,
    day: date,
    words: str,
    *,
    step: ApplicationStep,
    due_on: date | None,
) -> None:
    """Writes what happened on a day, and moves the locked application to a step with its deadline."""
    late = application.due_on is not None and day > application.due_on and step != application.step
    application.step = step
    application.due_on = due_on
    fields = ["step", "due_on"]
    if application.pk is None:
        application.save()
    else:
        application.save(update_fields=[*fields, "proposal"])
    _write(actor, application, act, day, words, late=late)


def close(
    actor: Actor,
    application: Application,
    act: ApplicationAct,
    day: date,
    words: str,
    outcome: ApplicationOutcome,
) -> None:
    """Writes how a locked application ended."""
    late = application.due_on is not None and day > application.due_on
    application.step = ApplicationStep.CLOSED
    application.due_on = None
    application.outcome = outcome
    application.closed_on = day
    application.save(update_fields=["step", "due_on", "outcome", "closed_on"])
    _write(actor, application, act, day, words, late=late)


def _write(
    actor: Actor, application: Application, act: ApplicationAct, day: date, words: str, *, late: bool
) -> None:
    ApplicationRecord.objects.create(
        application=application,
        sequence=ApplicationRecord.objects.filter(application=application).count() + 1,
        act=act,
        day=day,
        step=application.step,
        due_on=application.due_on,
        late=late,
        words=words,
        actor=actor.name,
        recorded_at=timezone.now(),
    )
