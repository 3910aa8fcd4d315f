"""The tax bureau's daily file (税务日对账): received whole under the hash of its content, then booked row by row.

Receiving keeps the rows as they were sent and changes nobody's bill. Booking judges them in order, some in each transaction,
so that a large file holds nobody's row for long and goes on where it stopped. The same file again finds itself; a corrected
file of the same day finds what was booked before, and books what differs. What a reader would get wrong: a row that cannot
be booked is an answer with a reason, not a failure of the file.

carries_out: FIN-19, FIN-20
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone

from yibao.enrolment.failures import EnrolmentFailure
from yibao.enrolment.models import Coverage, Identity, Person
from yibao.enrolment.terms import IdentityKind
from yibao.financing.models import (
    ContributionBill,
    ContributionPayment,
    ContributionRefund,
    Overpayment,
    TaxFile,
    TaxFileRow,
    TaxFileVerdict,
)
from yibao.financing.terms import CollectionChannel, TaxVerdict
from yibao.journeys.financing.contribution_failures import ContributionFailure
from yibao.journeys.financing.giving_back import SurplusOrder, surplus_within
from yibao.journeys.financing.paying import GivingBack, PayOrder, give_back_within, is_paid, pay_within
from yibao.kernel.money import yuan
from yibao.ledger.books import PostingRefused
from yibao.packs.entries import PolicyFailure
from yibao.rights.actors import Actor
from yibao.rights.areas import covers
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter

AT_ONCE = 50
"""Rows booked in one transaction: their people are locked no longer than others wait for a lock."""

LOOKED_UP = 500
"""Identity numbers looked up in one query."""

LONGEST_REASON = 300
BY_MACHINE = (CollectionChannel.ONLINE, CollectionChannel.COUNTER)
"""Channels that a row may be booked by; an agent's cash is booked with its receipt."""


@dataclass(frozen=True)
class TaxRow:
    """A row as the file has it; of `bill_id` and `identity_no` one says whose it is."""

    row: int
    external_no: str
    channel: CollectionChannel
    paid_on: date
    amount_fen: int
    benefit_year: int
    bill_id: int = 0
    identity_no: str = ""
    county_code: str = ""
    taken_back: bool = False


@dataclass(frozen=True)
class TaxFileOrder:
    """A day's file of an area, its content's hash, and its rows."""

    area_code: str
    day: date
    name: str
    content_hash: str
    rows: tuple[TaxRow, ...]


@dataclass(frozen=True)
class BookOrder:
    """The next rows of a file to be booked, at most so many."""

    file_id: int
    at_most: int = AT_ONCE


class NoSuchFile(ContributionFailure):
    """A tax file that is not there, or not where the actor may act."""

    def __init__(self, file_id: int) -> None:
        super().__init__(f"没有税务对账文件 {file_id}，或不在您的管辖地区；请核对编号 (no such file)")


class Judged(NamedTuple):
    """A verdict on a row, why, and what was booked."""

    verdict: TaxVerdict
    reason: str = ""
    payment_id: int | None = None
    overpayment_id: int | None = None


def import_tax_file(actor: Actor, key: str, order: TaxFileOrder) -> dict[str, int]:
    """Receives a file and books all of it; `{"file_id": …, "again": …}`. Raises NotAllowed, TryAgain: then ask again.

    What was booked before a failure stays booked, and asking again goes on after it.
    """
    said = json.loads(receive_tax_file(actor, key, order))
    file_id = int(said["file_id"])
    left = 1
    while left:
        done = TaxFileVerdict.objects.filter(row__file_id=file_id).count()
        book_key = f"tax-rows-{file_id}-{done}"
        left = int(json.loads(book_tax_rows(actor, book_key, BookOrder(file_id)))["left"])
    return {"file_id": file_id, "again": int(said["again"])}


def receive_tax_file(actor: Actor, key: str, order: TaxFileOrder) -> str:
    """Keeps a file's rows as they were sent; `{"file_id": …, "again": …}`, `again` where the content is known already."""

    def do() -> dict[str, object]:
        actor.require(Matter.CONTRIBUTION_MATTER, Deed.DO, order.area_code)
        file = _new_file(actor, order)
        if file is None:
            known = TaxFile.objects.get(area_code=order.area_code, content_hash=_hash(order))
            return {"file_id": known.pk, "again": True}
        people = _people(order)
        TaxFileRow.objects.bulk_create(
            TaxFileRow(
                file=file,
                row=row.row,
                external_no=row.external_no,
                channel=row.channel,
                paid_on=row.paid_on,
                amount_fen=row.amount_fen,
                taken_back=row.taken_back,
                benefit_year=row.benefit_year,
                county_code=row.county_code,
                person_id=people.get(row.identity_no.upper()),
                bill_no=row.bill_id or None,
            )
            for row in order.rows
        )
        note(actor, "receive_tax_file", order.area_code, f"tax_file:{file.pk}", rows=len(order.rows))
        return {"file_id": file.pk, "again": False}

    return once(actor.name, key, "receive_tax_file", order, do)


def book_tax_rows(actor: Actor, key: str, order: BookOrder) -> str:
    """Judges and books the next rows of a file; `{"judged": …, "left": …}`. Raises NoSuchFile."""

    def do() -> dict[str, int]:
        file = TaxFile.objects.select_for_update().filter(pk=order.file_id).first()
        if file is None or not actor.may(Matter.CONTRIBUTION_MATTER, Deed.DO, file.area_code):
            raise NoSuchFile(order.file_id)
        waiting = TaxFileRow.objects.filter(file=file, verdict=None).order_by("row")
        rows = list(waiting[: order.at_most])
        bills = {row.pk: _bill_of(row) for row in rows}
        people = _locked_people([bill.person_id for bill in bills.values() if bill is not None])
        for row in rows:
            judged = _judged(actor, file, row, bills[row.pk], people)
            TaxFileVerdict.objects.create(
                row=row,
                verdict=judged.verdict,
                reason=judged.reason[:LONGEST_REASON],
                payment_id=judged.payment_id,
                overpayment_id=judged.overpayment_id,
                recorded_at=timezone.now(),
            )
        if rows:
            note(actor, "book_tax_rows", file.area_code, f"tax_file:{file.pk}", rows=len(rows))
        return {"judged": len(rows), "left": waiting.count()}

    return once(actor.name, key, "book_tax_rows", order, do)


def _judged(
    actor: Actor,
    file: TaxFile,
    row: TaxFileRow,
    bill: ContributionBill | None,
    people: dict[int, Person],
) -> Judged:
    """What becomes of a row; its person is locked."""
    earlier = TaxFileRow.objects.filter(
        file=file,
        channel=row.channel,
        external_no=row.external_no,
        taken_back=row.taken_back,
        row__lt=row.row,
    )
    first = earlier.order_by("row").values_list("row", flat=True).first()
    if first is not None:
        return Judged(TaxVerdict.SAME_NUMBER_TWICE, f"与第 {first} 行的流水号相同")
    if row.county_code and not covers(file.area_code, row.county_code):
        return Judged(TaxVerdict.WRONG_AREA, f"地区 {row.county_code} 不在 {file.area_code} 内")
    if bill is None:
        return Judged(TaxVerdict.NO_BILL, f"没有 {row.benefit_year} 年度的应缴；请核对人员，或先核定应缴")
    if not covers(file.area_code, bill.terms_code):
        return Judged(TaxVerdict.WRONG_AREA, f"应缴不在 {file.area_code} 内")
    try:
        with transaction.atomic():
            if row.taken_back:
                return _taken_back(actor, row, bill, people[bill.person_id])
            return _known(row, bill) or _booked(actor, row, bill, people[bill.person_id])
    except (ContributionFailure, EnrolmentFailure, PostingRefused, PolicyFailure) as failure:
        return Judged(TaxVerdict.NOT_BOOKED, str(failure))


def _known(row: TaxFileRow, bill: ContributionBill) -> Judged | None:
    """The verdict on a row whose number is in the books already; None where it is not."""
    payment = ContributionPayment.objects.filter(channel=row.channel, external_no=row.external_no).first()
    over = Overpayment.objects.filter(channel=row.channel, external_no=row.external_no).first()
    booked = [one for one in (payment, over) if one is not None]
    if not booked:
        return None
    if any(one.bill_id != bill.pk for one in booked):
        return Judged(TaxVerdict.SAME_NUMBER_TWICE, f"流水号已用于应缴 {booked[0].bill_id}")
    amount_fen = sum(one.amount_fen for one in booked)
    ids = {
        "payment_id": None if payment is None else payment.pk,
        "overpayment_id": None if over is None else over.pk,
    }
    if amount_fen != row.amount_fen:
        return Judged(
            TaxVerdict.AMOUNT_DIFFERS,
            f"已入账 {yuan(amount_fen)} 元，文件为 {yuan(row.amount_fen)} 元；请核对后走退费或补缴",
            **ids,
        )
    given_back = payment is not None and ContributionRefund.objects.filter(payment=payment).exists()
    return Judged(TaxVerdict.ALREADY_BOOKED, "入账后已退费" if given_back else "", **ids)


def _booked(actor: Actor, row: TaxFileRow, bill: ContributionBill, person: Person) -> Judged:
    channel = CollectionChannel(row.channel)
    if channel not in BY_MACHINE:
        return Judged(TaxVerdict.NOT_BOOKED, "代办现金没有登记收据；请先按代办人和收据入账")
    if is_paid(bill):
        taking = SurplusOrder(bill.pk, row.amount_fen, channel, row.external_no, row.paid_on)
        said = surplus_within(actor, person, bill, taking)
        overpayment_id = int(str(said["overpayment_id"]))
        return Judged(TaxVerdict.PAID_TWICE, "应缴已经缴清；请办理退费或抵缴", overpayment_id=overpayment_id)
    if row.amount_fen != bill.person_pays_fen:
        return Judged(
            TaxVerdict.AMOUNT_DIFFERS,
            f"应缴 {yuan(bill.person_pays_fen)} 元，文件为 {yuan(row.amount_fen)} 元",
        )
    paying = PayOrder(bill.pk, row.amount_fen, channel, row.external_no, row.paid_on)
    payment = pay_within(actor, person, bill, paying)
    note(actor, "pay", person.county_code, f"person:{person.pk}", payment=payment.pk, tax_file=row.file_id)
    return Judged(TaxVerdict.BOOKED, payment_id=payment.pk)


def _taken_back(actor: Actor, row: TaxFileRow, bill: ContributionBill, person: Person) -> Judged:
    """A payment that the tax bureau reversed is given back where its cover has not begun."""
    payment = (
        ContributionPayment.objects.select_related("bill", "entry")
        .filter(channel=row.channel, external_no=row.external_no, bill=bill)
        .first()
    )
    if payment is None:
        return Judged(TaxVerdict.NOT_BOOKED, "没有可以冲正的缴费；请核对流水号")
    if ContributionRefund.objects.filter(payment=payment).exists():
        return Judged(TaxVerdict.ALREADY_BOOKED, "此前已经退费", payment_id=payment.pk)
    if payment.amount_fen != row.amount_fen:
        return Judged(
            TaxVerdict.AMOUNT_DIFFERS,
            f"已入账 {yuan(payment.amount_fen)} 元，冲正 {yuan(row.amount_fen)} 元",
            payment_id=payment.pk,
        )
    first_day = Coverage.objects.values_list("first_day", flat=True).get(pk=payment.coverage_id)
    if row.paid_on >= first_day:
        return Judged(
            TaxVerdict.NOT_BOOKED, "参保期已经开始，不能直接冲正；请走退费复核", payment_id=payment.pk
        )
    give_back_within(actor, person, payment, GivingBack(row.paid_on, "税务冲正"))
    note(actor, "refund", person.county_code, f"person:{person.pk}", "税务冲正", payment=payment.pk)
    return Judged(TaxVerdict.TAKEN_BACK, payment_id=payment.pk)


def _new_file(actor: Actor, order: TaxFileOrder) -> TaxFile | None:
    """The file as a new row; None where its content is known already."""
    try:
        with transaction.atomic():
            return TaxFile.objects.create(  # type: ignore[no-any-return]
                area_code=order.area_code,
                day=order.day,
                name=order.name[-128:],
                content_hash=_hash(order),
                rows_count=len(order.rows),
                amount_fen=sum(row.amount_fen for row in order.rows if not row.taken_back),
                recorded_at=timezone.now(),
                actor=actor.name,
            )
    except IntegrityError as refused:
        if "financing_tax_file_once" not in str(refused) and "content_hash" not in str(refused):
            raise
        return None


def _hash(order: TaxFileOrder) -> str:
    """What a file is known by: its content, and the day it is sent for."""
    return hashlib.sha256(f"{order.day}\n{order.content_hash}".encode()).hexdigest()


def _people(order: TaxFileOrder) -> dict[str, int]:
    """Person ids by identity number, for the rows that name one."""
    numbers = sorted({row.identity_no.upper() for row in order.rows if row.identity_no})
    found: dict[str, int] = {}
    for begin in range(0, len(numbers), LOOKED_UP):
        rows = Identity.objects.filter(
            kind=IdentityKind.IDENTITY_NUMBER, number__in=numbers[begin : begin + LOOKED_UP]
        )
        found |= dict(rows.values_list("number", "person_id"))
    return found


def _bill_of(row: TaxFileRow) -> ContributionBill | None:
    """The standing bill that a row is for: by its number, else the person's of the year."""
    standing = ContributionBill.objects.filter(void=False)
    if row.bill_no is not None:
        own = standing.filter(pk=row.bill_no)
        return own.filter(person_id=row.person_id).first() if row.person_id else own.first()  # type: ignore[no-any-return]
    if row.person_id is None:
        return None
    return standing.filter(person_id=row.person_id, benefit_year=row.benefit_year).first()  # type: ignore[no-any-return]


def _locked_people(ids: list[int]) -> dict[int, Person]:
    rows = Person.objects.select_for_update().filter(pk__in=sorted(set(ids))).order_by("pk")
    return {person.pk: person for person in rows}
