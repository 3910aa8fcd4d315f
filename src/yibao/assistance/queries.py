"""What only looks at assistance (医疗救助查询): lists of early warning, answers to come, and the work list of applications."""

from datetime import date
from typing import Any

from django.db.models import Count, F, Q

from yibao.assistance.failures import NoSuchApplication, NoSuchCase
from yibao.assistance.models import Application, Warned, WarningBatch, WarningCase
from yibao.assistance.terms import WarningAnswer
from yibao.rights.actors import Actor
from yibao.rights.areas import rows_inside
from yibao.rights.audit import note
from yibao.rights.terms import Matter


def warned(actor: Actor, area_code: str, day: date) -> Any:
    """Who is on the lists of a day inside an area, the heaviest burden first, as a query; looking is written down."""
    note(actor, "look_at_warnings", area_code, f"day:{day}")
    mine = rows_inside(Warned.objects, _areas(actor), "run__county_code")
    found = rows_inside(mine, [area_code], "run__county_code").filter(run__day=day)
    return found.select_related("person", "run").order_by("-band", "-over_line_fen", "id")


def batch_of(actor: Actor, batch_id: int) -> WarningBatch:
    """One batch, and a record that the actor looked. Raises NoSuchCase, also outside the actor's areas."""
    found = rows_inside(WarningBatch.objects, _areas(actor), "county_code").filter(pk=batch_id).first()
    if found is None:
        raise NoSuchCase("推送批次", batch_id)
    note(actor, "look_at_batch", found.county_code, f"warning_batch:{found.pk}")
    return found  # type: ignore[no-any-return]


def cases(actor: Actor, area_code: str) -> Any:
    """The people pushed to departments inside an area, oldest deadline first, as a query.

    `answers` counts what came back; `closed` is 1 where the case is closed.
    """
    mine = rows_inside(WarningCase.objects, _areas(actor), "batch__county_code")
    found = rows_inside(mine, [area_code], "batch__county_code").annotate(
        answers=Count("responses"),
        closed=Count("responses", filter=Q(responses__answer=WarningAnswer.CLOSE)),
    )
    return found.select_related("batch", "warned").order_by("due_on", "id")


def overdue_cases(actor: Actor, area_code: str, today: date) -> Any:
    """The people of whom nothing was answered within the limit (超期未反馈)."""
    return cases(actor, area_code).filter(answers=0, due_on__lt=today)


def applications(actor: Actor, area_code: str) -> Any:
    """The applications taken in inside an area, as a query."""
    mine = rows_inside(Application.objects, _areas(actor), "county_code")
    return rows_inside(mine, [area_code], "county_code").select_related("person")


def work_list(actor: Actor, area_code: str) -> Any:
    """The open applications inside an area, the nearest deadline first and those without one last (待办清单)."""
    waiting = applications(actor, area_code).filter(closed_on=None)
    return waiting.order_by(F("due_on").asc(nulls_last=True), "id")


def overdue_applications(actor: Actor, area_code: str, today: date) -> Any:
    """The open applications whose step is past its last day (超期未办)."""
    return work_list(actor, area_code).filter(due_on__lt=today)


def application_of(actor: Actor, application_id: int, *, reason: str) -> Application:
    """One application, and a record that the actor looked. Raises NoSuchApplication, also outside the actor's areas."""
    mine = rows_inside(Application.objects, _areas(actor), "county_code")
    found = mine.filter(pk=application_id).first()
    if found is None:
        raise NoSuchApplication("申请", application_id)
    note(actor, "look_at_application", found.county_code, f"application:{found.pk}", reason)
    return found  # type: ignore[no-any-return]


def _areas(actor: Actor) -> tuple[str, ...]:
    return actor.areas_of(Matter.ASSISTANCE_MATTER)
