"""What takes a certification or an end of enrolment back (撤回认定、停保): only as part of a journey, on a locked person.

The event of what is taken back stays, and another one says that it was; a tag that was never right is removed, so that
no later reader counts it.
"""

from datetime import date
from typing import Any

from yibao.enrolment.actions import record_event
from yibao.enrolment.models import CategoryTag, Coverage, Person
from yibao.enrolment.orders import LifeOrder, Recognition
from yibao.enrolment.terms import LifeEvent
from yibao.rights.actors import Actor


def end_category_within(
    actor: Actor, person: Person, tag: CategoryTag, last_day: date, reason: str, document_no: str
) -> None:
    """Lets a certification end on a day; one that had not begun by then is removed."""
    before = _days(tag)
    order = _recognition(tag, reason, document_no)
    if last_day < tag.first_day:
        CategoryTag.objects.filter(pk=tag.pk).delete()
    else:
        CategoryTag.objects.filter(pk=tag.pk).update(last_day=last_day)
    after = {"category": tag.category, "first_day": tag.first_day, "last_day": last_day}
    record_event(actor, person, LifeEvent.CHANGE, "end_category", order, before=before, after=after)


def take_category_back_within(actor: Actor, person: Person, tag: CategoryTag, reason: str) -> None:
    """Removes a certification that was recorded by mistake."""
    order = _recognition(tag, reason, tag.document_no)
    before = _days(tag)
    CategoryTag.objects.filter(pk=tag.pk).delete()
    record_event(actor, person, LifeEvent.CHANGE, "take_category_back", order, before=before)


def reopen_category_within(
    actor: Actor, person: Person, tag: CategoryTag, last_day: date | None, reason: str
) -> None:
    """Lets a certification that was ended run again up to the day it had, or without one."""
    order = _recognition(tag, reason, tag.document_no)
    before = _days(tag)
    CategoryTag.objects.filter(pk=tag.pk).update(last_day=last_day)
    after = {**before, "last_day": last_day}
    record_event(actor, person, LifeEvent.CHANGE, "reopen_category", order, before=before, after=after)


def standing_of(person: Person) -> dict[str, Any]:
    """What an end of enrolment changes about a person, as it is now."""
    rows = Coverage.objects.filter(person=person).order_by("id")
    return {
        "state": int(person.state),
        "died_on": person.died_on,
        "coverages": [list(row) for row in rows.values_list("id", "last_day", "void")],
    }


def restore_within(actor: Actor, person: Person, standing: dict[str, Any], order: LifeOrder) -> None:
    """Puts a person back to what `standing_of` said, dates as ISO text, when an end of enrolment was a mistake."""
    before = {"state": person.state, "died_on": person.died_on}
    person.state = standing["state"]
    person.died_on = None if standing["died_on"] is None else date.fromisoformat(standing["died_on"])
    person.version += 1
    person.save()
    for coverage_id, last_day, void in standing["coverages"]:
        Coverage.objects.filter(pk=coverage_id, person=person).update(
            last_day=date.fromisoformat(last_day), void=void
        )
    after = {"state": person.state, "died_on": person.died_on}
    record_event(actor, person, LifeEvent.CHANGE, "restore", order, before=before, after=after)


def _days(tag: CategoryTag) -> dict[str, Any]:
    return {"category": tag.category, "first_day": tag.first_day, "last_day": tag.last_day}


def _recognition(tag: CategoryTag, reason: str, document_no: str) -> Recognition:
    return Recognition(
        person_id=tag.person_id,
        category=tag.category,
        certified_by=tag.certified_by,
        first_day=tag.first_day,
        last_day=tag.last_day,
        reason=reason,
        document_no=document_no,
    )
