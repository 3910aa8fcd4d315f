"""Whether what was taken over adds up (期初接管核验): the rows of every batch against what the batch says of them."""

import json
from collections import Counter
from collections.abc import Iterator

from django.db.models import Sum

from yibao.benefits.terms import VisitKind
from yibao.engine.terms import Payers, YearSoFar
from yibao.enrolment.models import Event
from yibao.journeys.takeover.importing_closing import totals_of
from yibao.journeys.takeover.importing_years import sums_of
from yibao.journeys.takeover.opening_reversing import MEMO, turned_payers
from yibao.kernel.findings import Finding
from yibao.ledger.models import Entry, EntryLine
from yibao.settlement.accounts import settlement_lines
from yibao.settlement.models import YearRow
from yibao.settlement.openings import BEGIN_ANEW
from yibao.settlement.vectors import unpacked
from yibao.takeover.models import Closing, FormerReversal, ImportBatch, ImportRun, OpenSettlement, TakenYear
from yibao.takeover.terms import ImportKind

AT_ONCE = 2_000
RESTORE = "请停止办理，对照备份与审计链查明原因 (stop, compare with the backup and the audit chain)"

EVENTS = {
    ImportKind.PEOPLE: "take_over_person",
    ImportKind.CATEGORIES: "take_over_category",
    ImportKind.COVERAGE: "take_over_cover",
}


def takeover_findings() -> Iterator[Finding]:
    """Batches that miss a number, rows that are not what their batches say, and closings whose totals have changed."""
    yield from _events()
    for run in ImportRun.objects.order_by("id"):
        yield from _run(run)
    yield from _open_settlements()
    yield from _reversals()
    for closing in Closing.objects.select_related("moving_in"):
        if json.loads(closing.totals) != totals_of(closing.moving_in):
            yield _found(
                "takeover_closing", closing.pk, "totals", "关闭时的合计与批次之和不一致 (totals changed)"
            )


def _events() -> Iterator[Finding]:
    """Each person, category and coverage that was taken over has its record of that."""
    for kind, action in EVENTS.items():
        rows = ImportBatch.objects.filter(run__kind=kind).aggregate(sum=Sum("rows"))["sum"] or 0
        if Event.objects.filter(action=action).count() != rows:
            yield _found("enrolment_event", 0, "action", f"{action} 的记录数与接管批次不一致 (not one a row)")


def _run(run: ImportRun) -> Iterator[Finding]:
    said: Counter[str] = Counter()
    for batch in run.batches.order_by("number"):
        sums = json.loads(batch.sums)
        if sums["rows"] != batch.rows:
            yield _found("takeover_importbatch", batch.pk, "rows", "行数与合计中的行数不一致 (rows differ)")
        said.update(sums)
    if run.kind == ImportKind.YEARS:
        held = _years_of(run)
    elif run.kind == ImportKind.SETTLEMENTS:
        held = _settlements_of(run)
    else:
        return
    if {name: number for name, number in said.items() if number} != held:
        yield _found("takeover_importrun", run.pk, "sums", "接管的金额与批次合计不一致 (amounts differ)")


def _years_of(run: ImportRun) -> dict[str, int]:
    found: Counter[str] = Counter()
    openings = TakenYear.objects.filter(run=run).values_list("year__opening", flat=True)
    batch: list[bytes] = []
    for opening in openings.iterator(chunk_size=AT_ONCE):
        batch.append(bytes(opening))
        if len(batch) == AT_ONCE:
            found.update({"rows": len(batch), **sums_of(batch)})
            batch = []
    found.update({"rows": len(batch), **sums_of(batch)})
    return {name: number for name, number in found.items() if number}


def _settlements_of(run: ImportRun) -> dict[str, int]:
    names = ("total_fen", *Payers._fields)
    kept = OpenSettlement.objects.filter(run=run)
    sums = kept.aggregate(**{f"sum_{name}": Sum(name) for name in names})
    found = {"rows": kept.count(), **{name: sums[f"sum_{name}"] or 0 for name in names}}
    return {name: number for name, number in found.items() if number}


def _open_settlements() -> Iterator[Finding]:
    """What the open settlements of a year added to it is part of what the year was taken over with."""
    added: Counter[str] = Counter()
    key: tuple[int, int, bool] | None = None
    rows = OpenSettlement.objects.order_by("person_id", "benefit_year", "academic", "id")
    for settlement in rows.iterator(chunk_size=AT_ONCE):
        here = (settlement.person_id, settlement.benefit_year, settlement.academic)
        if key is not None and here != key:
            yield from _more_than_the_year(key, added)
            added = Counter()
        key = here
        added.update(_flat(settlement.change))
    if key is not None:
        yield from _more_than_the_year(key, added)


def _more_than_the_year(key: tuple[int, int, bool], added: Counter[str]) -> Iterator[Finding]:
    person_id, benefit_year, academic = key
    row = YearRow.objects.filter(person_id=person_id, benefit_year=benefit_year, academic=academic).first()
    if row is None:
        yield _found(
            "takeover_opensettlement", person_id, "person_id", "没有接管这一年度的累计 (no year so far)"
        )
        return
    opening = _flat(row.opening)
    if any(amount > opening[name] for name, amount in added.items()):
        yield _found(
            "settlement_yearrow",
            row.pk,
            "opening",
            "可撤销的结算之和超过接管的年度累计 (more than the year so far)",
        )


def _reversals() -> Iterator[Finding]:
    """Each reversal has the entry of what came back, and each such entry a reversal."""
    reversals = FormerReversal.objects.select_related("settlement").order_by("id")
    for row in reversals.iterator(chunk_size=AT_ONCE):
        lines = settlement_lines(
            turned_payers(row.settlement), VisitKind(row.settlement.kind), row.posted_on, ""
        )
        due = Counter({(str(line.fund), line.account): 0 for line in lines})
        for line in lines:
            due[str(line.fund), line.account] += line.amount_fen
        posted: Counter[tuple[str, str]] = Counter()
        for fund, account, amount in EntryLine.objects.filter(entry_id=row.entry_id).values_list(
            "fund", "account", "amount_fen"
        ):
            posted[fund, account] += amount
        if due != posted:
            message = "凭证与撤销金额不一致 (not what was posted)"
            yield _found("takeover_formerreversal", row.pk, "entry", message)
    for entry_id in Entry.objects.filter(memo=MEMO, formerreversal=None).values_list("pk", flat=True):
        yield _found("ledger_entry", entry_id, "", "凭证没有对应的撤销 (belongs to nothing)")


def _flat(vector: bytes | memoryview) -> dict[str, int]:
    """The numbers of a year so far by name, each cell of the quotas by its own; what begins anew is left out."""
    found = unpacked(YearSoFar, vector)._asdict()
    cells = found.pop("quota_paid_fen")
    for name in ("pooling_day", *BEGIN_ANEW):
        del found[name]
    return found | {f"quota_{at}": amount for at, amount in enumerate(cells)}


def _found(table: str, row_id: int, column: str, message: str) -> Finding:
    return Finding(table, row_id, column, "", message, RESTORE)
