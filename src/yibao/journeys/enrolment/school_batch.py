"""A school's list of students (在校学生批量参保): each row registered or found and billed, in a transaction of its own.

A row that cannot be done says why and keeps no other from being done; its verdict stays, and a corrected list is handed in
under a new key, where what was billed before is only said. The school's agent pays for all of them in one payment, or each
student pays alone. A trial run does everything and takes it back.

carries_out: ENR-05, FIN-03
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from yibao.enrolment.failures import EnrolmentFailure
from yibao.enrolment.orders import Document, Registration
from yibao.enrolment.terms import IdentityKind
from yibao.financing.models import ContributionBill, ContributionPayment
from yibao.financing.terms import CollectionChannel, ContributionGroup, University
from yibao.journeys.enrolment.applying import registered_person
from yibao.journeys.financing.contributing import BillOrder, PayOrder, bill_within, pay
from yibao.journeys.financing.contribution_failures import ContributionFailure
from yibao.kernel.money import yuan
from yibao.packs.enrolment import enrol_terms
from yibao.packs.policies import policies
from yibao.public_services.failures import ApplicationWrong, NoSuchApplication, ServiceFailure
from yibao.public_services.models import SchoolBatch, SchoolRow
from yibao.public_services.terms import RowVerdict
from yibao.rights.actors import Actor
from yibao.rights.areas import rows_inside
from yibao.rights.audit import note
from yibao.rights.requests import canonical, once
from yibao.rights.terms import Deed, Matter

REASON = "学校批量参保"
LONGEST_SAID = 300
LONGEST_NUMBER = 64
REFUSALS = (EnrolmentFailure, ContributionFailure, ServiceFailure)
"""What refuses one row and lets the others go on."""


@dataclass(frozen=True)
class Student:
    """One row of a school's list; `row_no` is the row of the file as a person counts it."""

    row_no: int
    student_no: str
    name: str
    sex: int
    born_on: date
    identity_no: str
    tier: int = 0
    hukou_local: bool = True
    graduating: bool = False


@dataclass(frozen=True)
class SchoolList:
    """A list of students at a school in a county, to be enrolled for a benefit year on a day."""

    school: str
    county_code: str
    university: University
    benefit_year: int
    enrolled_on: date
    students: tuple[Student, ...]


@dataclass(frozen=True)
class PaySchool:
    """One payment of everything a list still owes, through a channel, known there by a number."""

    batch_id: int
    amount_fen: int
    channel: CollectionChannel
    external_no: str
    paid_on: date


class RowResult(NamedTuple):
    """What became of a row: its verdict, what the student owes, whether it is paid, and why it was refused."""

    row_no: int
    student_no: str
    verdict: RowVerdict
    person_pays_fen: int
    paid: bool
    said: str


def try_school(actor: Actor, order: SchoolList, *, today: date) -> list[RowResult]:
    """What enrolling a list would give, row by row (试算): everything is done and taken back. Raises as `enrol_school`."""
    with transaction.atomic():
        batch = _batch(actor, order)
        for student in order.students:
            _tried(actor, batch, student, order, today)
        found = _results(batch)
        transaction.set_rollback(True)
    return found


def enrol_school(actor: Actor, key: str, order: SchoolList, *, today: date) -> str:
    """Enrols a list; `{"batch_id", "rows", a count of each verdict, "due_fen"}`.

    Where it is cut off the same key goes on with the rows that are left. Raises NotAllowed, ApplicationWrong for the list
    as a whole, and the failures of `packs` where the year is not on file.
    """
    said = once(actor.name, key, "enrol_school", order, lambda: {"batch_id": _batch(actor, order).pk})
    batch = SchoolBatch.objects.get(pk=json.loads(said)["batch_id"])
    done = set(SchoolRow.objects.filter(batch=batch).values_list("row_no", flat=True))
    for student in order.students:
        if student.row_no not in done:
            _kept(actor, batch, student, order, today)
    found = _results(batch)
    counted = Counter(result.verdict for result in found)
    owed = sum(result.person_pays_fen for result in found if not result.paid)
    verdicts = {verdict.name.lower(): counted[verdict] for verdict in RowVerdict}
    return canonical({"batch_id": batch.pk, "rows": len(found), "due_fen": owed, **verdicts})


def pay_for_school(actor: Actor, key: str, order: PaySchool) -> str:
    """Takes one payment of everything a list still owes; `{"payments", "amount_fen"}`. All of it is paid, or nothing.

    Raises ApplicationWrong where the amount is another, NoSuchApplication, and the failures of paying.
    """

    def do() -> dict[str, int]:
        batch = SchoolBatch.objects.select_for_update().filter(pk=order.batch_id).first()
        if batch is None or not actor.may(Matter.CONTRIBUTION_MATTER, Deed.DO, batch.county_code):
            raise NoSuchApplication(order.batch_id)
        owed = _owed(batch)
        total_fen = sum(bill.person_pays_fen for bill in owed)
        if order.amount_fen != total_fen or not owed:
            raise ApplicationWrong(
                [
                    f"名单 {batch.pk} 还应缴 {yuan(total_fen)} 元，收到 {yuan(order.amount_fen)} 元，请核对名单与金额"
                ]
            )
        for bill in owed:
            number = f"{order.external_no}/{bill.pk}"
            if len(number) > LONGEST_NUMBER:
                raise ApplicationWrong([f"渠道流水号 {order.external_no} 过长"])
            one = PayOrder(bill.pk, bill.person_pays_fen, order.channel, number, order.paid_on)
            pay(actor, f"school:{batch.pk}:pay:{bill.pk}:{order.external_no}", one)
        note(actor, "pay_for_school", batch.county_code, f"school_batch:{batch.pk}", payments=len(owed))
        return {"payments": len(owed), "amount_fen": total_fen}

    return once(actor.name, key, "pay_for_school", order, do)


def school_results(actor: Actor, batch_id: int, *, reason: str) -> list[RowResult]:
    """What became of each row of a list, as it stands now: what goes back to the school. Raises NoSuchApplication."""
    rows = rows_inside(SchoolBatch.objects, actor.areas_of(Matter.ENROLMENT_MATTER), "county_code")
    batch = rows.filter(pk=batch_id).first()
    if batch is None:
        raise NoSuchApplication(batch_id)
    note(actor, "look_at_school_batch", batch.county_code, f"school_batch:{batch.pk}", reason)
    return _results(batch)


def _batch(actor: Actor, order: SchoolList) -> SchoolBatch:
    actor.require(Matter.ENROLMENT_MATTER, Deed.DO, order.county_code)
    problems = [] if order.school.strip() else ["请写明学校名称"]
    if order.university is University.NONE:
        problems.append("请写明学校隶属（部属、省属或市属）")
    times = Counter(student.row_no for student in order.students)
    problems += [f"第 {row_no} 行出现 {count} 次" for row_no, count in times.items() if count > 1]
    if problems:
        raise ApplicationWrong(problems)
    enrol_terms(policies().area(order.county_code), order.benefit_year)
    batch = SchoolBatch.objects.create(
        school=order.school,
        county_code=order.county_code,
        university=order.university,
        benefit_year=order.benefit_year,
        enrolled_on=order.enrolled_on,
        rows=len(order.students),
        actor=actor.name,
        recorded_at=timezone.now(),
    )
    note(actor, "enrol_school", batch.county_code, f"school_batch:{batch.pk}", rows=batch.rows)
    return batch  # type: ignore[no-any-return]


def _kept(actor: Actor, batch: SchoolBatch, student: Student, order: SchoolList, today: date) -> None:
    """One row in a transaction of its own; the row's own key keeps it from being done twice."""

    def asked(do: Callable[[], None]) -> None:
        once(actor.name, f"school:{batch.pk}:{student.row_no}", "school_row", [batch.pk, student], do)

    try:
        asked(lambda: _enrolled(actor, batch, student, order, today))
    except REFUSALS as refused:
        why = str(refused)
        asked(lambda: _written(batch, student, RowVerdict.ROW_REFUSED, said=why))


def _tried(actor: Actor, batch: SchoolBatch, student: Student, order: SchoolList, today: date) -> None:
    try:
        with transaction.atomic():
            _enrolled(actor, batch, student, order, today)
    except REFUSALS as refused:
        _written(batch, student, RowVerdict.ROW_REFUSED, said=str(refused))


def _enrolled(actor: Actor, batch: SchoolBatch, student: Student, order: SchoolList, today: date) -> None:
    asked = Registration(
        name=student.name,
        sex=student.sex,
        born_on=student.born_on,
        county_code=order.county_code,
        documents=(Document(IdentityKind.IDENTITY_NUMBER, student.identity_no),),
        happened_on=order.enrolled_on,
        reason=REASON,
    )
    key = f"school:{batch.pk}:{student.row_no}"
    person_id = registered_person(actor, key, asked, today=today).person_id
    standing = ContributionBill.objects.filter(
        person_id=person_id, benefit_year=order.benefit_year, void=False
    ).first()
    if standing is not None:
        _written(batch, student, RowVerdict.BILLED_BEFORE, bill=standing)
        return
    bill = BillOrder(
        person_id=person_id,
        benefit_year=order.benefit_year,
        enrolled_on=order.enrolled_on,
        group=ContributionGroup.STUDENT,
        university=order.university,
        tier=student.tier,
        hukou_local=student.hukou_local,
        graduating=student.graduating,
    )
    billed = bill_within(actor, bill)
    free = billed.coverage_id is not None
    _written(batch, student, RowVerdict.ENROLLED_FREE if free else RowVerdict.BILLED, bill=billed.bill)


def _written(
    batch: SchoolBatch,
    student: Student,
    verdict: RowVerdict,
    *,
    bill: ContributionBill | None = None,
    said: str = "",
) -> None:
    SchoolRow.objects.create(
        batch=batch,
        row_no=student.row_no,
        student_no=student.student_no,
        verdict=verdict,
        person_id=None if bill is None else bill.person_id,
        bill=bill,
        said=said[:LONGEST_SAID],
        recorded_at=timezone.now(),
    )


def _owed(batch: SchoolBatch) -> list[ContributionBill]:
    """The bills of a list that are neither free nor paid, in the order of their people, as locks are taken."""
    bills = {row.bill_id: row.bill for row in batch.results.select_related("bill") if row.bill_id}
    paid = _paid(batch)
    owed = [bill for pk, bill in bills.items() if bill.person_pays_fen and pk not in paid and not bill.void]
    return sorted(owed, key=lambda bill: int(bill.person_id))


def _paid(batch: SchoolBatch) -> set[int]:
    rows = ContributionPayment.objects.filter(bill__schoolrow__batch=batch, contributionrefund=None)
    return set(rows.values_list("bill_id", flat=True))


def _results(batch: SchoolBatch) -> list[RowResult]:
    paid = _paid(batch)
    return [
        RowResult(
            row_no=row.row_no,
            student_no=row.student_no,
            verdict=RowVerdict(row.verdict),
            person_pays_fen=row.bill.person_pays_fen if row.bill_id else 0,
            paid=bool(row.bill_id) and (row.bill_id in paid or row.bill.person_pays_fen == 0),
            said=row.said,
        )
        for row in batch.results.select_related("bill").order_by("row_no")
    ]
