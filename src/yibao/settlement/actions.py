"""What writes settlement's tables (结算记账): each is part of a journey's transaction, none begins one of its own.

What a reader would get wrong: `locked_year` makes the row where there is none, in one statement, so that two first
settlements of a year at once wait for each other and neither fails.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from yibao.benefits.rules.fee_line import FeeLine
from yibao.benefits.terms import VisitKind
from yibao.engine.bill_lines import split_of
from yibao.engine.terms import NOTHING_YET, Claim, Payers, YearChange, YearSoFar
from yibao.engine.year import Adjustment, Payer
from yibao.kernel.days import day_of
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line
from yibao.payment.payables import owe, take_back
from yibao.payment.terms import PayableCause
from yibao.settlement.accounts import adjustment_lines, owed_to_people, settlement_lines
from yibao.settlement.checks import totals_of
from yibao.settlement.models import (
    AdjustmentRow,
    ClaimNow,
    LateEvent,
    Settlement,
    YearRow,
)
from yibao.settlement.orders import Bill, BillLine, Totals
from yibao.settlement.terms import LateCause
from yibao.settlement.vectors import layout_of, packed
from yibao.tables.rows import executed, insert, insert_many

_LOCK = """
INSERT INTO settlement_yearrow (person_id, benefit_year, academic, layout, opening, so_far, sequence, replayed_to)
VALUES (%s, %s, %s, %s, %s, %s, 0, 0)
ON CONFLICT (person_id, benefit_year, academic) DO UPDATE SET layout = settlement_yearrow.layout
RETURNING id, layout, opening, so_far, sequence, replayed_to
"""

AMOUNTS = tuple(Totals.__dataclass_fields__)
LINE_FIELDS = tuple(BillLine.__dataclass_fields__)
VISIT_FIELDS = tuple(
    name for name in Bill.__dataclass_fields__ if name not in ("institution_code", "lines", "totals")
)


@dataclass(frozen=True)
class Record:
    """A settlement or a reversal to be written: what was settled by whom, by which versions, and when."""

    visit_id: int
    claim: Claim
    refusal: int
    payers: Payers
    change: YearChange
    area_code: str
    terms_code: str
    terms_id: int
    rules_hash: str
    settled_at: datetime
    actor: str
    reverses_id: int | None = None
    manual: bool = False


def locked_year(
    person_id: int, benefit_year: int, *, academic: bool, opening: YearSoFar = NOTHING_YET
) -> YearRow:
    """The year so far of a person, locked until the transaction ends; a new one where there is none."""
    start = packed(opening)
    given = [person_id, benefit_year, academic, layout_of(YearSoFar), start, start]
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, given)
        row_id, layout, kept, so_far, sequence, replayed_to = cursor.fetchone()
    return YearRow(
        id=row_id,
        person_id=person_id,
        benefit_year=benefit_year,
        academic=academic,
        layout=layout,
        opening=bytes(kept),
        so_far=bytes(so_far),
        sequence=sequence,
        replayed_to=replayed_to,
    )


def write_visit(bill: Bill, institution_id: int) -> int:
    """A visit with its lines; its id."""
    fields = {name: getattr(bill, name) for name in VISIT_FIELDS}
    totals = totals_of(bill)
    fields |= {name: getattr(totals, name) for name in AMOUNTS}
    visit_id = insert("settlement_visit", fields | {"institution_id": institution_id})
    if bill.lines:
        rows = [
            (visit_id, *(getattr(line, name) for name in LINE_FIELDS), *split_of(line)) for line in bill.lines
        ]
        insert_many("settlement_feelinerow", ("visit_id", *LINE_FIELDS, *FeeLine._fields), rows)
    return visit_id


def write_settlement(year: YearRow, record: Record) -> int:
    """The next record of a year, and the entry of what it spends; the year so far is left to `keep_year`. Its id."""
    year.sequence += 1
    posted_on = timezone.localdate(record.settled_at)
    reference = f"year:{year.pk}/{year.sequence}"
    kind = VisitKind(record.claim.kind)
    lines = settlement_lines(record.payers, kind, posted_on, reference, manual=record.manual)
    entry_id = post_entry(record.area_code, lines) if lines else None
    settlement_id = insert(
        "settlement_settlement",
        {
            "year_id": year.pk,
            "visit_id": record.visit_id,
            "sequence": year.sequence,
            "area_code": record.area_code,
            "terms_code": record.terms_code,
            "served_on": day_of(record.claim.day),
            "settled_at": record.settled_at,
            "posted_on": posted_on,
            "category": record.claim.category,
            "refusal": record.refusal,
            "total_fen": sum(record.payers),
            **record.payers._asdict(),
            "claim": packed(record.claim),
            "before": year.so_far,
            "change": packed(record.change),
            "terms_id": record.terms_id,
            "rules_hash": record.rules_hash,
            "reverses_id": record.reverses_id,
            "entry_id": entry_id,
            "actor": record.actor,
        },
    )
    if record.manual:
        _owe_person(year.person_id, record, settlement_id, lines, entry_id)
    return settlement_id


def _owe_person(
    person_id: int, record: Record, settlement_id: int, lines: Sequence[Line], entry_id: int | None
) -> None:
    """What a manual reimbursement owes the person; what its reversal takes back is set off where it is not paid yet."""
    items = owe(
        person_id,
        record.area_code,
        PayableCause.MANUAL_REIMBURSEMENT,
        f"settlement:{settlement_id}",
        owed_to_people(lines),
        entry_id,
        timezone.localdate(record.settled_at),
    )
    if record.reverses_id is not None:
        take_back(record.actor, f"settlement:{record.reverses_id}", items)


def write_late_event(
    year: YearRow,
    cause: LateCause,
    reason: str,
    *,
    so_far: YearSoFar,
    claims_now: Mapping[str, Claim],
    adjustments: Sequence[Adjustment],
    area_code: str,
    at: datetime,
    actor: str,
) -> LateEvent:
    """A replay of a year: the facts as they are known now, what each payer owes differently, and its entries."""
    event = LateEvent.objects.create(
        year=year,
        sequence=year.sequence,
        cause=cause,
        reason=reason,
        so_far=packed(so_far),
        actor=actor,
        recorded_at=at,
    )
    ClaimNow.objects.bulk_create(
        ClaimNow(settlement_id=int(claim_id), late_event=event, claim=packed(claim))
        for claim_id, claim in claims_now.items()
    )
    _write_adjustments(event, adjustments, area_code, timezone.localdate(at))
    return event  # type: ignore[no-any-return]


def keep_year(year: YearRow, so_far: YearSoFar, *, replayed_to: int | None = None) -> None:
    """The year so far as it is now."""
    year.so_far = packed(so_far)
    if replayed_to is not None:
        year.replayed_to = replayed_to
    executed(
        "UPDATE settlement_yearrow SET so_far = %s, sequence = %s, replayed_to = %s WHERE id = %s",
        [year.so_far, year.sequence, year.replayed_to, year.pk],
    )


def _write_adjustments(
    event: LateEvent, adjustments: Sequence[Adjustment], area_code: str, posted_on: date
) -> None:
    kinds = dict(
        Settlement.objects.filter(pk__in={int(a.claim_id) for a in adjustments}).values_list(
            "pk", "visit__kind"
        )
    )
    for settlement_id in dict.fromkeys(int(adjusted.claim_id) for adjusted in adjustments):
        own = [a for a in adjustments if int(a.claim_id) == settlement_id]
        differences = [(Payer(a.payer), a.difference_fen) for a in own]
        reference = f"late:{event.pk}/{settlement_id}"
        lines = adjustment_lines(differences, VisitKind(kinds[settlement_id]), posted_on, reference)
        entry_id = post_entry(area_code, lines) if lines else None
        owe(
            event.year.person_id,
            area_code,
            PayableCause.LATE_ADJUSTMENT,
            reference,
            owed_to_people(lines),
            entry_id,
            posted_on,
        )
        AdjustmentRow.objects.bulk_create(
            AdjustmentRow(
                late_event=event,
                settlement_id=settlement_id,
                payer=a.payer,
                difference_fen=a.difference_fen,
                entry_id=entry_id,
            )
            for a in own
        )
