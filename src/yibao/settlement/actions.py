"""What writes settlement's tables (结算记账): each is part of a journey's transaction, none begins one of its own.

What a reader would get wrong: `locked_year` makes the row where there is none, in one statement, so that two first
settlements of a year at once wait for each other and neither fails.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from yibao.benefits.terms import VisitKind
from yibao.engine.terms import NOTHING_YET, Claim, Payers, YearChange, YearSoFar
from yibao.engine.year import Adjustment, Payer
from yibao.ledger.actions import post_entry
from yibao.settlement.accounts import adjustment_lines, settlement_lines
from yibao.settlement.checks import split_of, totals_of
from yibao.settlement.models import (
    AdjustmentRow,
    ClaimNow,
    FeeLineRow,
    LateEvent,
    Settlement,
    Visit,
    YearRow,
)
from yibao.settlement.orders import Bill
from yibao.settlement.terms import LateCause
from yibao.settlement.vectors import layout_of, packed

_LOCK = """
INSERT INTO settlement_yearrow (person_id, benefit_year, academic, layout, opening, so_far, sequence, replayed_to)
VALUES (%s, %s, %s, %s, %s, %s, 0, 0)
ON CONFLICT (person_id, benefit_year, academic) DO UPDATE SET layout = settlement_yearrow.layout
RETURNING id, layout, opening, so_far, sequence, replayed_to
"""


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


def write_visit(bill: Bill, institution_id: int) -> Visit:
    """A visit with its lines."""
    fields = asdict(bill)
    for name in ("lines", "totals", "institution_code"):
        del fields[name]
    visit = Visit.objects.create(institution_id=institution_id, **fields, **asdict(totals_of(bill)))
    if bill.lines:
        FeeLineRow.objects.bulk_create(
            FeeLineRow(visit=visit, **asdict(line), **split_of(line)._asdict()) for line in bill.lines
        )
    return visit  # type: ignore[no-any-return]


def write_settlement(
    year: YearRow,
    visit: Visit,
    *,
    claim: Claim,
    refusal: int,
    payers: Payers,
    change: YearChange,
    area_code: str,
    terms_code: str,
    terms_id: int,
    rules_hash: str,
    at: datetime,
    actor: str,
    reverses_id: int | None = None,
) -> Settlement:
    """The next record of a year, and the entry of what it spends; the year so far is left to `keep_year`."""
    year.sequence += 1
    posted_on = timezone.localdate(at)
    reference = f"year:{year.pk}/{year.sequence}"
    lines = settlement_lines(payers, VisitKind(visit.kind), posted_on, reference)
    return Settlement.objects.create(  # type: ignore[no-any-return]
        year=year,
        visit=visit,
        sequence=year.sequence,
        area_code=area_code,
        terms_code=terms_code,
        served_on=visit.served_on,
        settled_at=at,
        posted_on=posted_on,
        category=claim.category,
        refusal=refusal,
        total_fen=sum(payers),
        **payers._asdict(),
        claim=packed(claim),
        before=year.so_far,
        change=packed(change),
        terms_id=terms_id,
        rules_hash=rules_hash,
        reverses_id=reverses_id,
        entry_id=post_entry(area_code, lines) if lines else None,
        actor=actor,
    )


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
    YearRow.objects.filter(pk=year.pk).update(
        so_far=year.so_far, sequence=year.sequence, replayed_to=year.replayed_to
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
