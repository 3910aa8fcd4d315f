"""Merging two records that are of one person (人员合并): a record of its own; neither record is removed.

The documents of the one that goes name the one that is kept, so that whoever asks by number finds one person. What money
was settled on is not moved: a record with settlements, or with certifications that the other lacks, is refused with what
has to be done first.

carries_out: ENR-01
"""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from yibao.benefits.models import Certification
from yibao.enrolment.actions import record_event
from yibao.enrolment.gap_failures import RecordsTooFull, StepNotOpen
from yibao.enrolment.list_failures import unfit
from yibao.enrolment.models import CategoryTag, DuplicateEnrolment, Identity, Person, PersonMerge
from yibao.enrolment.orders import LifeOrder
from yibao.enrolment.terms import DuplicateState, Keep, LifeEvent, StopCause
from yibao.journeys.lists.duplicate_steps import locked_duplicate
from yibao.rights.actors import Actor
from yibao.rights.requests import canonical, once
from yibao.settlement.models import Settlement


@dataclass(frozen=True)
class MergeOrder:
    """Two records of a closed duplicate to be merged on a day, and why."""

    duplicate_id: int
    done_on: date
    reason: str


def merge_people(actor: Actor, key: str, order: MergeOrder) -> str:
    """Merges the record that was closed into the one that is kept; `{"kept", "gone"}`.

    Raises NoSuchDuplicate, StepNotOpen, RecordsTooFull.
    """

    def do() -> dict[str, int]:
        duplicate, people = locked_duplicate(actor, order.duplicate_id)
        merged = PersonMerge.objects.filter(duplicate=duplicate).exists()
        if duplicate.other_id is None or duplicate.state != DuplicateState.CLOSED_HERE or merged:
            words = "只有本地两条记录、一条已终止、尚未合并的可以合并"
            raise StepNotOpen(duplicate.pk, DuplicateState(duplicate.state), words)
        kept, gone = _which(duplicate, people)
        reasons = _in_the_way(kept, gone)
        if reasons or unfit(order.reason):
            raise RecordsTooFull(gone.pk, reasons or ["没有写明事由，或事由过长"])
        held = list(Identity.objects.filter(person=gone).order_by("id").values_list("pk", flat=True))
        Identity.objects.filter(pk__in=held).update(person=kept)
        PersonMerge.objects.create(
            gone=gone,
            kept=kept,
            duplicate=duplicate,
            identities=canonical(held),
            reason=order.reason,
            actor=actor.name,
            recorded_at=timezone.now(),
        )
        for person in (kept, gone):
            told = LifeOrder(person.pk, order.done_on, order.reason, cause=StopCause.DUPLICATE_CLOSED)
            after = {"kept": kept.pk, "gone": gone.pk}
            record_event(actor, person, LifeEvent.CHANGE, "merge", told, after=after)
        return {"kept": kept.pk, "gone": gone.pk}

    return once(actor.name, key, "merge_people", order, do)


def _which(duplicate: DuplicateEnrolment, people: dict[int, Person]) -> tuple[Person, Person]:
    first, second = people[duplicate.person_id], people[duplicate.other_id]
    return (first, second) if duplicate.keep == Keep.FIRST else (second, first)


def _in_the_way(kept: Person, gone: Person) -> list[str]:
    """What has to be done before a record can go into another."""
    found = []
    settled = Settlement.objects.filter(visit__person=gone, reverses=None, settlement=None).order_by("id")
    if settled.exists():
        ids = "、".join(str(pk) for pk in settled.values_list("pk", flat=True)[:5])
        found.append(f"并入的记录上有结算（{ids} 等），请先撤销，再在保留的记录 {kept.pk} 上结算")
    held = CategoryTag.objects.filter(person=gone, last_day=None).values_list("category", flat=True)
    there = CategoryTag.objects.filter(person=kept, last_day=None).values_list("category", flat=True)
    if set(held) - set(there):
        found.append(f"并入的记录上的身份认定，请先在保留的记录 {kept.pk} 上认定")
    certified = Certification.objects.filter(person=gone, last_day=None).values_list("kind", "disease_code")
    also = Certification.objects.filter(person=kept, last_day=None).values_list("kind", "disease_code")
    if set(certified) - set(also):
        found.append(f"并入的记录上的病种认定，请先在保留的记录 {kept.pk} 上认定")
    return found
