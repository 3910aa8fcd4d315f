"""The verifier (核验): whether what the database holds adds up, from the database alone.

It reads no policy and works out no benefit: every check is arithmetic over stored records, so it can be run after a crash, a
restore or an upgrade, and by somebody who trusts none of the program's rules. `settlement.queries.working_of` is what works
a settlement out again.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from django.db.models import Sum

from yibao.benefits.terms import VisitKind
from yibao.engine.terms import Payers, YearChange, YearSoFar
from yibao.engine.year import Payer, advance, settle_in_order, turned
from yibao.enrolment.models import Coverage, Person
from yibao.journeys.books.replaying import replay_findings
from yibao.journeys.verifying.appropriations import appropriation_findings
from yibao.journeys.verifying.assistance import assistance_findings
from yibao.journeys.verifying.financing import financing_findings
from yibao.journeys.verifying.lists import list_findings
from yibao.journeys.verifying.objections import objection_findings
from yibao.journeys.verifying.paying import paying_findings
from yibao.journeys.verifying.services import service_findings
from yibao.journeys.verifying.special_funds import special_fund_findings
from yibao.journeys.verifying.takeover import takeover_findings
from yibao.journeys.verifying.third_party import third_party_findings
from yibao.kernel.days import day_of
from yibao.kernel.findings import Finding
from yibao.ledger.books import Line
from yibao.ledger.models import Entry, EntryLine
from yibao.rights.audit import Head, chain_findings
from yibao.rights.models import AuditRecord, Request
from yibao.settlement.accounts import adjustment_lines, settlement_lines
from yibao.settlement.failures import VersionChanged
from yibao.settlement.models import AdjustmentRow, LateEvent, Settlement, YearRow
from yibao.settlement.queries import payers_of, same_working, working_of, year_of
from yibao.settlement.vectors import unpacked
from yibao.settlement.versions import in_force

AT_ONCE = 2_000
RESTORE = "请停止办理，对照备份与审计链查明原因 (stop, compare with the backup and the audit chain)"


def database_findings(published: Head | None = None) -> list[Finding]:
    """Everything that does not add up; nothing where all does. `published` is a head of the audit chain kept elsewhere."""
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _ledger,
        _years,
        _settlement_entries,
        _adjustment_entries,
        _stray_entries,
        _requests,
        _audited,
        _coverages,
        service_findings,
        financing_findings,
        takeover_findings,
        paying_findings,
        third_party_findings,
        special_fund_findings,
        objection_findings,
        assistance_findings,
        list_findings,
        appropriation_findings,
    )
    return [finding for check in checks for finding in check()] + chain_findings(published)


def counts() -> dict[str, int]:
    """How much was looked at."""
    return {
        "people": Person.objects.count(),
        "coverages": Coverage.objects.filter(void=False).count(),
        "entries": Entry.objects.count(),
        "settlements": Settlement.objects.count(),
        "years": YearRow.objects.count(),
        "requests": Request.objects.count(),
        "audit_records": AuditRecord.objects.count(),
    }


def recomputed_findings() -> list[Finding]:
    """Settlements, years and balances that, worked out again by rules and entries, are not what is stored.

    Each settlement is worked out by the versions it names, each year replayed from its opening over the claims that stand,
    each balance of an account and month rebuilt from its causes.
    """
    found = list(replay_findings())
    found += replayed_findings()
    for settlement in Settlement.objects.filter(reverses=None).order_by("id").iterator(chunk_size=AT_ONCE):
        try:
            same = same_working(settlement, working_of(settlement.pk))
        except VersionChanged as changed:
            found.append(_found("settlement_settlement", settlement.pk, "rules_hash", "", str(changed)))
            continue
        if not same:
            message = "重算与入账不一致 (not what the rules say)"
            found.append(_found("settlement_settlement", settlement.pk, "payers", "", message))
    return found


def replayed_findings() -> list[Finding]:
    """Years that are not those of the claims that stand, replayed from their openings."""
    return [finding for row in YearRow.objects.order_by("id").iterator() for finding in _replayed(row)]


def _replayed(row: YearRow) -> Iterator[Finding]:
    """A year that is not that of the claims that stand, replayed in order of settlement."""
    last = Settlement.objects.filter(year=row).order_by("-sequence").first()
    if last is None:
        return
    year = year_of(row)
    so_far = year.start
    terms_code = last.terms_code
    for before, working in settle_in_order(
        lambda day: in_force(terms_code, day_of(day)).terms.params, year.standing, year.start
    ):
        so_far = advance(before, working.change)
    if so_far != year.so_far:
        message = "按时点重放的年度累计与库中不一致 (not the replayed year)"
        yield _found("settlement_yearrow", row.pk, "so_far", "", message)


def _ledger() -> Iterator[Finding]:
    sums = EntryLine.objects.values("entry", "fund").annotate(left=Sum("amount_fen")).order_by()
    for row in sums.exclude(left=0).iterator():
        yield _found(
            "ledger_entry", row["entry"], "amount_fen", row["left"], f"{row['fund']} 借贷不平 (unbalanced)"
        )
    for entry_id in Entry.objects.filter(lines=None).values_list("pk", flat=True).iterator():
        yield _found("ledger_entry", entry_id, "", "", "凭证没有分录 (no lines)")


def _years() -> Iterator[Finding]:
    """Every year's records in order: numbered without a gap, each after the one before, up to the year so far."""
    rows = (
        Settlement.objects.select_related("reverses")
        .order_by("year_id", "sequence")
        .iterator(chunk_size=AT_ONCE)
    )
    of_year = groupby(rows, key=lambda settlement: settlement.year_id)
    seen = set()
    for year_id, settlements in of_year:
        seen.add(year_id)
        yield from _year(YearRow.objects.get(pk=year_id), list(settlements))
    replayed = dict(LateEvent.objects.filter(sequence=0).order_by("id").values_list("year_id", "so_far"))
    for row in _years_but(seen):
        if row.sequence != 0 or bytes(row.so_far) != bytes(replayed.get(row.pk, row.opening)):
            yield _found(
                "settlement_yearrow", row.pk, "so_far", "", "没有结算，年度累计却不是年初数 (no settlement)"
            )


def _years_but(seen: set[int]) -> Iterator[YearRow]:
    return (row for row in YearRow.objects.iterator(chunk_size=AT_ONCE) if row.pk not in seen)


def _year(row: YearRow, settlements: list[Settlement]) -> Iterator[Finding]:
    if [s.sequence for s in settlements] != list(range(1, row.sequence + 1)):
        yield _found(
            "settlement_yearrow", row.pk, "sequence", row.sequence, "结算序号不连续 (a record is missing)"
        )
    events = {e.sequence: e for e in LateEvent.objects.filter(year=row).order_by("id")}
    so_far = unpacked(YearSoFar, row.opening)
    if 0 in events:
        so_far = unpacked(YearSoFar, events[0].so_far)
    for settlement in settlements:
        yield from _settlement(settlement)
        if unpacked(YearSoFar, settlement.before) != so_far:
            yield _found(
                "settlement_settlement",
                settlement.pk,
                "before",
                "",
                "结算前累计与上一笔之后不一致 (out of order)",
            )
        so_far = advance(unpacked(YearSoFar, settlement.before), unpacked(YearChange, settlement.change))
        if settlement.sequence in events:
            so_far = unpacked(YearSoFar, events[settlement.sequence].so_far)
    if unpacked(YearSoFar, row.so_far) != so_far:
        yield _found(
            "settlement_yearrow", row.pk, "so_far", "", "年度累计与各笔结算之和不一致 (does not add up)"
        )


def _settlement(settlement: Settlement) -> Iterator[Finding]:
    payers = payers_of(settlement)
    if sum(payers) != settlement.total_fen:
        yield _found(
            "settlement_settlement",
            settlement.pk,
            "total_fen",
            settlement.total_fen,
            "各方支付之和不等于总额 (parts)",
        )
    posted = settlement.reverses
    if posted is None:
        return
    if payers != Payers(*(-amount for amount in payers_of(posted))):
        yield _found(
            "settlement_settlement", settlement.pk, "payers", "", "撤销金额与原结算不互为相反数 (not turned)"
        )
    if unpacked(YearChange, settlement.change) != turned(unpacked(YearChange, posted.change)):
        yield _found(
            "settlement_settlement",
            settlement.pk,
            "change",
            "",
            "撤销的累计与原结算不互为相反数 (not turned)",
        )


def _settlement_entries() -> Iterator[Finding]:
    rows = Settlement.objects.select_related("visit").order_by("id").iterator(chunk_size=AT_ONCE)
    for batch in _batches(rows):
        posted = _posted([settlement.entry_id for settlement in batch])
        for s in batch:
            kind = VisitKind(s.visit.kind)
            due = settlement_lines(payers_of(s), kind, s.posted_on, "", manual=s.visit.manual)
            if _amounts(due) != posted.get(s.entry_id, Counter()):
                yield _found(
                    "settlement_settlement",
                    s.pk,
                    "entry",
                    s.entry_id or "",
                    "凭证与结算金额不一致 (not what was posted)",
                )


def _adjustment_entries() -> Iterator[Finding]:
    rows = AdjustmentRow.objects.select_related("settlement__visit").order_by(
        "late_event_id", "settlement_id", "id"
    )
    for _, of_one in groupby(
        rows.iterator(chunk_size=AT_ONCE), key=lambda a: (a.late_event_id, a.settlement_id)
    ):
        own = list(of_one)
        settlement, entry_id = own[0].settlement, own[0].entry_id
        differences = [(Payer(a.payer), a.difference_fen) for a in own]
        due = adjustment_lines(differences, VisitKind(settlement.visit.kind), settlement.posted_on, "")
        if _amounts(due) != _posted([entry_id]).get(entry_id, Counter()):
            yield _found(
                "settlement_adjustmentrow",
                own[0].pk,
                "entry",
                entry_id or "",
                "凭证与补差金额不一致 (not what was posted)",
            )


def _stray_entries() -> Iterator[Finding]:
    stray = Entry.objects.filter(memo="settlement", settlement=None) | Entry.objects.filter(
        memo="adjustment", adjustmentrow=None
    )
    for entry_id in stray.values_list("pk", flat=True).iterator():
        yield _found("ledger_entry", entry_id, "", "", "凭证没有对应的结算或补差 (belongs to nothing)")


def _requests() -> Iterator[Finding]:
    """Each settlement answers one request, and each answered request has its settlement."""
    answered: Counter[int] = Counter()
    asked = Request.objects.filter(action__in=["settle", "settle_shared", "reverse"]).order_by("id")
    for request in asked.iterator(chunk_size=AT_ONCE):
        if request.reply is not None:
            answered[int(json.loads(request.reply)["settlement_id"])] += 1
    for request_id in Request.objects.filter(reply=None).values_list("pk", flat=True):
        yield _found("rights_request", request_id, "reply", "", "请求没有答复，办理只做了一半 (half done)")
    for settlement_id in Settlement.objects.order_by("id").values_list("pk", flat=True).iterator():
        times = answered.pop(settlement_id, 0)
        if times != 1:
            yield _found(
                "settlement_settlement",
                settlement_id,
                "",
                times,
                "结算与办理请求不是一一对应 (not one request)",
            )
    for settlement_id in answered:
        yield _found(
            "rights_request",
            settlement_id,
            "reply",
            settlement_id,
            "已答复的结算不在库中 (acknowledged and lost)",
        )


def _audited() -> Iterator[Finding]:
    made = Counter(
        AuditRecord.objects.filter(action="settle").order_by().values_list("subject", flat=True).iterator()
    )
    undone = Counter(
        AuditRecord.objects.filter(action="reverse").order_by().values_list("subject", flat=True).iterator()
    )
    for settlement_id, reverses_id in Settlement.objects.values_list("pk", "reverses_id").iterator():
        noted = undone[f"settlement:{reverses_id}"] if reverses_id else made[f"settlement:{settlement_id}"]
        if noted != 1:
            yield _found(
                "rights_auditrecord",
                settlement_id,
                "",
                noted,
                "结算没有恰好一条审计记录 (not one audit record)",
            )


def _coverages() -> Iterator[Finding]:
    rows = Coverage.objects.filter(void=False).order_by("person_id", "first_day")
    before: Any = None
    for row in rows.iterator(chunk_size=AT_ONCE):
        if before is not None and before.person_id == row.person_id and row.first_day <= before.last_day:
            yield _found(
                "enrolment_coverage", row.pk, "first_day", row.first_day, "同一人参保期重叠 (covered twice)"
            )
        before = row


def _posted(entry_ids: list[int | None]) -> dict[int | None, Counter[tuple[str, str]]]:
    found: dict[int | None, Counter[tuple[str, str]]] = {}
    lines = EntryLine.objects.filter(entry_id__in=[e for e in entry_ids if e is not None])
    for entry_id, fund, account, amount in lines.values_list("entry_id", "fund", "account", "amount_fen"):
        found.setdefault(entry_id, Counter())[fund, account] += amount
    return {entry_id: _settled(amounts) for entry_id, amounts in found.items()}


def _amounts(lines: list[Line]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for line in lines:
        found[str(line.fund), line.account] += line.amount_fen
    return _settled(found)


def _settled(amounts: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    return Counter({key: amount for key, amount in amounts.items() if amount})


def _batches(rows: Iterator[Settlement]) -> Iterator[list[Settlement]]:
    batch: list[Settlement] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _found(table: str, row_id: int, column: str, value: object, message: str) -> Finding:
    return Finding(table, int(row_id), column, str(value), message, RESTORE)
