"""People of the system before (接管人员): registered in batches, each document identifying one person, by the database's word."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.utils import timezone

from yibao.enrolment.documents import DOCUMENT_WORDS
from yibao.enrolment.models import Address, Event, Household, Identity, Person
from yibao.enrolment.terms import AddressKind, EnrolmentState, IdentityKind, LifeEvent
from yibao.journeys.takeover.importing_rows import (
    Document,
    Looked,
    RowsRefused,
    documents_held,
    former_held,
    may_act,
    problem,
    repeated,
)
from yibao.kernel.findings import Finding
from yibao.rights.actors import Actor
from yibao.rights.requests import canonical
from yibao.rights.terms import Matter
from yibao.tables.bulk import insert_columns, new_ids, selected_among
from yibao.takeover.models import FormerHousehold, FormerPerson, ImportRun

REASON = "期初接管"


class ImportedPerson(NamedTuple):
    """One row of a people file. `county_code` is the county of enrolment; empty texts are not given."""

    row: int
    person_no: str
    kind: int
    country: str
    number: str
    name: str
    sex: int
    born_on: date
    county_code: str
    household_no: str
    address_code: str
    address: str
    registered_code: str
    registered_address: str

    @property
    def document(self) -> Document:
        """What identifies the person."""
        return Document(self.kind, self.country, self.number)


def look_at_people(actor: Actor, run: ImportRun, rows: Sequence[ImportedPerson], *, lock: bool) -> Looked:
    """Documents and numbers that somebody has already, and counties in which the actor may not register."""
    found = repeated(rows, lambda row: row.document, "identity_no", "证件号码")
    found += repeated(rows, lambda row: row.person_no or None, "person_no", "原系统人员编号")
    held = documents_held([row.document for row in rows])
    former = former_held(run, [row.person_no for row in rows if row.person_no])
    allowed = {
        code: may_act(actor, run, Matter.ENROLMENT_MATTER, code) for code in {r.county_code for r in rows}
    }
    for row in rows:
        if not allowed[row.county_code]:
            message = "不在接管地区或您的管辖地区 (outside your area)"
            found.append(
                problem(row, "county_code", message, "请由当地人员导入，或核对县区 (check the county)")
            )
        if row.document in held:
            found.append(_taken(row))
        if row.person_no in former:
            found.append(_called(row))
    return Looked(found, {})


def write_people(
    actor: Actor, run: ImportRun, rows: Sequence[ImportedPerson], looked: Looked
) -> dict[str, int]:
    """Registers the people of a batch. Raises RowsRefused where somebody else has registered one in the meantime."""
    ids = new_ids(Person, len(rows))
    households = _households(run, rows)
    insert_columns(
        Person,
        {
            "id": ids,
            "household_id": [households.get(row.household_no) for row in rows],
            **{
                name: [getattr(row, name) for row in rows]
                for name in ("name", "sex", "born_on", "county_code")
            },
        },
        state=EnrolmentState.ACTIVE,
        version=1,
    )
    documents = {name: [getattr(row, name) for row in rows] for name in ("kind", "country", "number")}
    taken = insert_columns(Identity, {"person_id": ids, **documents})
    numbered = [(id_, row.person_no) for id_, row in zip(ids, rows, strict=True) if row.person_no]
    called = insert_columns(
        FormerPerson,
        {"person_id": [id_ for id_, _ in numbered], "number": [number for _, number in numbered]},
        moving_in_id=run.moving_in_id,
    )
    if taken < len(rows) or called < len(numbered):
        raise RowsRefused(_held_by_others(run, rows, set(ids)))
    _addresses(run, ids, rows)
    _events(actor, run, ids, rows)
    return {}


def _held_by_others(run: ImportRun, rows: Sequence[ImportedPerson], own: set[int]) -> list[Finding]:
    """The rows that somebody else has registered while this batch was being written."""
    held = documents_held([row.document for row in rows])
    former = former_held(run, [row.person_no for row in rows if row.person_no])
    return [
        *(_taken(row) for row in rows if held.get(row.document) not in own),
        *(_called(row) for row in rows if row.person_no and former.get(row.person_no) not in own),
    ]


def _households(run: ImportRun, rows: Sequence[ImportedPerson]) -> dict[str, int]:
    """The household of each number; new ones in the county of their first person. Nobody without a number gets one."""
    first = {row.household_no: row.county_code for row in reversed(rows) if row.household_no}
    known = _former_households(run, sorted(first))
    new = sorted(set(first) - set(known))
    ids = new_ids(Household, len(new))
    insert_columns(Household, {"id": ids, "division_code": [first[number] for number in new]})
    insert_columns(FormerHousehold, {"household_id": ids, "number": new}, moving_in_id=run.moving_in_id)
    return _former_households(run, sorted(first)) if new else known


def _former_households(run: ImportRun, numbers: Sequence[str]) -> dict[str, int]:
    columns = ("number", "household_id")
    rows = selected_among(
        "takeover_formerhousehold", columns, "number", numbers, moving_in_id=run.moving_in_id
    )
    return {number: int(household_id) for number, household_id in rows}


def _addresses(run: ImportRun, ids: Sequence[int], rows: Sequence[ImportedPerson]) -> None:
    found = [
        (id_, kind, code, text)
        for id_, row in zip(ids, rows, strict=True)
        for kind, code, text in (
            (AddressKind.LIVES_AT, row.address_code, row.address),
            (AddressKind.REGISTERED_ADDRESS, row.registered_code, row.registered_address),
        )
        if code
    ]
    columns = ("person_id", "kind", "division_code", "text")
    insert_columns(
        Address,
        {name: [one[at] for one in found] for at, name in enumerate(columns)},
        first_day=run.moving_in.taken_over_on,
    )


def _events(actor: Actor, run: ImportRun, ids: Sequence[int], rows: Sequence[ImportedPerson]) -> None:
    after = [
        canonical(
            {
                "name": row.name,
                "sex": row.sex,
                "born_on": row.born_on,
                "county_code": row.county_code,
                "state": int(EnrolmentState.ACTIVE),
            }
        )
        for row in rows
    ]
    write_events(actor, run, ids, LifeEvent.REGISTER, "take_over_person", after)


def write_events(
    actor: Actor, run: ImportRun, ids: Sequence[int], event: LifeEvent, action: str, after: Sequence[str]
) -> None:
    """What happened to each person by being taken over."""
    day = run.moving_in.taken_over_on
    same: dict[str, Any] = {"event": event, "action": action, "happened_on": day, "effective_on": day}
    insert_columns(
        Event,
        {"person_id": ids, "after": after},
        **same,
        reason=REASON,
        document_no="",
        actor=actor.name,
        recorded_at=timezone.now(),
        before="",
    )


def _taken(row: ImportedPerson) -> Finding:
    kind = DOCUMENT_WORDS[IdentityKind(row.kind)]
    message = f"该{kind}已有参保登记 (document is registered already)"
    return problem(row, "identity_no", message, "请核对原登记；是同一人的，删去这一行 (take the row out)")


def _called(row: ImportedPerson) -> Finding:
    message = "原系统人员编号已接管 (taken over already)"
    return problem(row, "person_no", message, "请核对是否同一人；是的，删去这一行 (take the row out)")
