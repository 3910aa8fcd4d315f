"""Reconciling a day (日对账): the tax bureau's file, the books here and the treasury's arrival against each other.

What was booked here and is missing in the file is found anew each time, from the records; so is what a corrected file of the
same day says otherwise than the file before it. The totals of a day stand by channel, since each arrives by its own way.

carries_out: FIN-19, FIN-20
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from yibao.financing.models import (
    CashBatch,
    CashReceipt,
    ContributionPayment,
    ContributionRefund,
    Overpayment,
    OverpaymentClosed,
    TaxFile,
    TaxFileRow,
    TreasuryArrival,
)
from yibao.financing.rules.collection import Collection, collection
from yibao.financing.terms import CollectionChannel, TaxVerdict
from yibao.journeys.financing.contribution_failures import ContributionFailure
from yibao.journeys.financing.tax_files import NoSuchFile
from yibao.ledger.accounts import Fund
from yibao.rights.actors import Actor
from yibao.rights.areas import covers, inside
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.versions import pooling_area

COMPARED = ("amount_fen", "paid_on", "taken_back", "bill_no", "person_id", "benefit_year")
"""What of two rows of one number is compared, a corrected file against the one before."""


class ReconciledRow(NamedTuple):
    """A row of the file, or a payment that the file lacks (`row` 0), and its verdict."""

    row: int
    external_no: str
    channel: CollectionChannel
    paid_on: date
    amount_fen: int
    verdict: TaxVerdict
    reason: str
    bill_id: int | None


class Change(NamedTuple):
    """A number that a corrected file has otherwise: `kind` is added, changed or withdrawn."""

    kind: str
    external_no: str
    before_fen: int
    after_fen: int


class DayTotal(NamedTuple):
    """A channel's day: booked here, in the file, arrived in the treasury."""

    channel: CollectionChannel
    booked_fen: int
    file_fen: int
    arrived_fen: int

    @property
    def outstanding_fen(self) -> int:
        """What was booked here and has not arrived; negative where more arrived."""
        return self.booked_fen - self.arrived_fen


@dataclass(frozen=True)
class Reconciled:
    """A file against the books: every row, what the file lacks, what it changes, and the day's totals."""

    file_id: int
    area_code: str
    day: date
    name: str
    rows: list[ReconciledRow]
    changes: list[Change]
    totals: list[DayTotal]

    def counts(self) -> Counter[TaxVerdict]:
        """How many rows have each verdict."""
        return Counter(row.verdict for row in self.rows)


@dataclass(frozen=True)
class TreasuryOrder:
    """What arrived in the treasury of a day's collection by a channel; negative where it corrects an earlier record."""

    area_code: str
    day: date
    channel: CollectionChannel
    amount_fen: int
    arrived_on: date
    document_no: str
    corrects_id: int = 0


class NotRecorded(ContributionFailure):
    """An arrival in the treasury that is not recorded."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"{problem}。未登记，请核对 (arrival not recorded)")


def record_treasury_arrival(actor: Actor, key: str, order: TreasuryOrder) -> str:
    """Records what arrived in the treasury; `{"arrival_id": …}`. Raises NotAllowed, NotRecorded."""

    def do() -> dict[str, int]:
        actor.require(Matter.FUND_MATTER, Deed.DO, order.area_code, Fund.BASIC)
        if order.amount_fen == 0:
            raise NotRecorded("入库金额为零")
        corrected = TreasuryArrival.objects.filter(
            pk=order.corrects_id, area_code=order.area_code, day=order.day, channel=order.channel
        )
        if order.corrects_id and not corrected.exists():
            raise NotRecorded(f"没有同日同渠道的入库记录 {order.corrects_id} 可更正")
        if order.amount_fen < 0 and not order.corrects_id:
            raise NotRecorded("负数只用于更正，请写明更正哪一笔")
        try:
            with transaction.atomic():
                row = TreasuryArrival.objects.create(
                    area_code=order.area_code,
                    day=order.day,
                    channel=order.channel,
                    amount_fen=order.amount_fen,
                    arrived_on=order.arrived_on,
                    document_no=order.document_no,
                    corrects_id=order.corrects_id or None,
                    recorded_at=timezone.now(),
                    actor=actor.name,
                )
        except IntegrityError:
            raise NotRecorded(f"凭证 {order.document_no} 的 {order.day} 已经登记") from None
        note(actor, "record_treasury_arrival", order.area_code, f"arrival:{row.pk}", order.document_no)
        return {"arrival_id": row.pk}

    return once(actor.name, key, "record_treasury_arrival", order, do)


def reconciled(actor: Actor, file_id: int) -> Reconciled:
    """A file against the books as they are now. Raises NoSuchFile."""
    file = TaxFile.objects.filter(pk=file_id).first()
    if file is None or not actor.may(Matter.CONTRIBUTION_MATTER, Deed.LOOK, file.area_code):
        raise NoSuchFile(file_id)
    rows = list(
        TaxFileRow.objects.filter(file=file).select_related("verdict", "verdict__payment").order_by("row")
    )
    return Reconciled(
        file_id=file.pk,
        area_code=file.area_code,
        day=file.day,
        name=file.name,
        rows=[*(_row(row) for row in rows if hasattr(row, "verdict")), *_missing(file, rows)],
        changes=_changes(file, rows),
        totals=_totals(file, rows),
    )


def conservation(area_code: str) -> Collection:
    """Whether all money collected in a pooling area lies somewhere and is somebody's, over all days up to now.

    What was paid out of the income account again is no longer in the treasury; what an agent gave back never came to it.
    """
    payments = ContributionPayment.objects.filter(bill__area_code=area_code)
    held = Overpayment.objects.filter(area_code=area_code)
    taken = {
        channel: _sum(payments.filter(channel=channel)) + _sum(held.filter(channel=channel))
        for channel in CollectionChannel
    }
    refunds = ContributionRefund.objects.filter(payment__bill__area_code=area_code)
    refunded_fen = _sum(refunds, "payment__amount_fen") + _sum(
        OverpaymentClosed.objects.filter(overpayment__area_code=area_code), "refunded_fen"
    )
    by_agents = refunds.filter(
        payment__channel=CollectionChannel.AGENTS_CASH, payment__cashreceipt__cashbatchline=None
    )
    arrived_fen = _sum(TreasuryArrival.objects.filter(area_code=area_code))
    standing = payments.filter(contributionrefund=None)
    return collection(
        online_fen=taken[CollectionChannel.ONLINE],
        counter_fen=taken[CollectionChannel.COUNTER],
        agents_cash_fen=taken[CollectionChannel.AGENTS_CASH],
        with_agents_fen=_sum(
            CashReceipt.objects.filter(
                agent__books_code=area_code, cashbatchline=None, payment__contributionrefund=None
            ),
            "payment__amount_fen",
        ),
        transit_fen=_sum(CashBatch.objects.filter(agent__books_code=area_code, cashbatchsettled=None)),
        treasury_fen=arrived_fen - (refunded_fen - _sum(by_agents, "payment__amount_fen")),
        refunded_fen=refunded_fen,
        credited_fen=_sum(standing) + _sum(held.filter(overpaymentclosed=None)),
    )


def _row(row: TaxFileRow) -> ReconciledRow:
    verdict = row.verdict
    bill_id = verdict.payment.bill_id if verdict.payment_id else row.bill_no
    return ReconciledRow(
        row=row.row,
        external_no=row.external_no,
        channel=CollectionChannel(row.channel),
        paid_on=row.paid_on,
        amount_fen=row.amount_fen,
        verdict=TaxVerdict(verdict.verdict),
        reason=verdict.reason,
        bill_id=bill_id,
    )


def _missing(file: TaxFile, rows: Iterable[TaxFileRow]) -> list[ReconciledRow]:
    """Payments of the file's day and area that stand here and are not in the file."""
    told = {(row.channel, row.external_no) for row in rows}
    own = ContributionPayment.objects.filter(
        inside([file.area_code], "bill__terms_code"), paid_on=file.day, contributionrefund=None
    ).exclude(channel=CollectionChannel.SET_OFF)
    return [
        ReconciledRow(
            row=0,
            external_no=payment.external_no,
            channel=CollectionChannel(payment.channel),
            paid_on=payment.paid_on,
            amount_fen=payment.amount_fen,
            verdict=TaxVerdict.MISSING_IN_FILE,
            reason="请向税务部门核对是否漏报",
            bill_id=payment.bill_id,
        )
        for payment in own.order_by("id")
        if (payment.channel, payment.external_no) not in told
    ]


def _changes(file: TaxFile, rows: Iterable[TaxFileRow]) -> list[Change]:
    """What a file says otherwise than the one of the same day and area before it; nothing for a day's first file."""
    earlier = TaxFile.objects.filter(area_code=file.area_code, day=file.day, pk__lt=file.pk)
    before = earlier.order_by("-pk").first()
    if before is None:
        return []
    was = {_number(row): row for row in TaxFileRow.objects.filter(file=before).order_by("-row")}
    now = {_number(row): row for row in sorted(rows, key=lambda row: -row.row)}
    found = [
        Change("added", number[1], 0, row.amount_fen) for number, row in now.items() if number not in was
    ]
    found += [
        Change("withdrawn", number[1], row.amount_fen, 0) for number, row in was.items() if number not in now
    ]
    found += [
        Change("changed", number[1], was[number].amount_fen, row.amount_fen)
        for number, row in now.items()
        if number in was and any(getattr(row, name) != getattr(was[number], name) for name in COMPARED)
    ]
    return sorted(found)


def _number(row: TaxFileRow) -> tuple[int, str, bool]:
    return row.channel, row.external_no, row.taken_back


def _totals(file: TaxFile, rows: Iterable[TaxFileRow]) -> list[DayTotal]:
    """The day by channel. Arrivals are of the whole pooling area, so they are shown for its own file alone."""
    sent: Counter[int] = Counter()
    for row in rows:
        if row.paid_on == file.day:
            sent[row.channel] += -row.amount_fen if row.taken_back else row.amount_fen
    area = inside([file.area_code], "bill__terms_code")
    booked = ContributionPayment.objects.filter(area, paid_on=file.day)
    given_back = ContributionRefund.objects.filter(
        inside([file.area_code], "payment__bill__terms_code"), refunded_on=file.day
    )
    held = Overpayment.objects.filter(area, received_on=file.day)
    books_code = pooling_area(file.area_code)
    arrived = TreasuryArrival.objects.filter(area_code=books_code, day=file.day)
    if not covers(file.area_code, books_code):
        arrived = arrived.none()
    return [
        DayTotal(
            channel=channel,
            booked_fen=_sum(booked.filter(channel=channel))
            + _sum(held.filter(channel=channel))
            - _sum(given_back.filter(payment__channel=channel), "payment__amount_fen"),
            file_fen=sent[channel],
            arrived_fen=_sum(arrived.filter(channel=channel)),
        )
        for channel in CollectionChannel
        if channel is not CollectionChannel.SET_OFF
    ]


def _sum(rows: Any, column: str = "amount_fen") -> int:
    return int(rows.aggregate(sum_fen=Sum(column))["sum_fen"] or 0)
