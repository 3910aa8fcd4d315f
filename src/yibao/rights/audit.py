"""The audit (审计): who changed or read what, in a chain of hashes that finds a record edited, removed, moved or put in.

A record is written in the transaction of what it tells of. Sealing follows in batches under the lock of one row, off the
hot path: a record that is not yet sealed is guarded by its table alone, so `seal` runs often, and the head it returns is
worth publishing outside the system: against such a head a chain cut short or written anew is found as well.
"""

import hashlib
from datetime import UTC
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from yibao.kernel.findings import Finding
from yibao.rights.actors import Actor
from yibao.rights.models import AuditHead, AuditRecord, AuditSeal
from yibao.rights.requests import canonical
from yibao.tables.rows import insert

AT_ONCE = 5_000


class Head(NamedTuple):
    """The end of the chain: how many records are sealed, and the last hash."""

    sequence: int
    chain_hash: str


def note(actor: Actor, action: str, area_code: str, subject: str, reason: str = "", **detail: object) -> None:
    """Writes one record; `subject` and `detail` name people by id, never by name or number."""
    insert(
        "rights_auditrecord",
        {
            "recorded_at": timezone.now(),
            "actor": actor.name,
            "origin": actor.origin,
            "action": action,
            "area_code": area_code,
            "subject": subject,
            "reason": reason,
            "detail": canonical(detail) if detail else "",
        },
    )


def seal() -> Head:
    """Seals every committed record that is not yet sealed; the head of the chain."""
    head = Head(-1, "")
    while True:
        with transaction.atomic():
            row = AuditHead.objects.select_for_update().get(pk=1)
            waiting = list(AuditRecord.objects.filter(auditseal=None).order_by("id")[:AT_ONCE])
            seals = []
            for record in waiting:
                row.sequence += 1
                row.chain_hash = _linked(row.chain_hash, row.sequence, record)
                seals.append(AuditSeal(sequence=row.sequence, record=record, chain_hash=row.chain_hash))
            AuditSeal.objects.bulk_create(seals)
            if seals:
                row.save()
            head = Head(row.sequence, row.chain_hash)
        if len(waiting) < AT_ONCE:
            return head


def chain_findings(published: Head | None = None) -> list[Finding]:
    """Everything wrong with the chain; nothing where each sealed record stands as it was sealed.

    `published` is a head that was kept elsewhere: the chain must still run through it.
    """
    found: list[Finding] = []
    before, expected, passed = "", 1, {(0, "")}
    rows = AuditSeal.objects.order_by("sequence").select_related("record")
    for row in rows.iterator(chunk_size=AT_ONCE):
        if row.sequence != expected:
            found.append(_finding(expected, "链上缺少一环，记录被删除 (a link is missing)"))
        if _linked(before, row.sequence, row.record) != row.chain_hash:
            found.append(_finding(row.sequence, "记录的内容或顺序被改动 (edited or moved)"))
        before, expected = row.chain_hash, row.sequence + 1
        if published is not None and row.sequence == published.sequence:
            passed.add((row.sequence, row.chain_hash))
    head = AuditHead.objects.get(pk=1)
    if (head.sequence, head.chain_hash) != (expected - 1, before):
        found.append(_finding(head.sequence, "链尾与最后一环不一致，末尾被删除 (the end was cut off)"))
    if published is not None and published not in passed:
        found.append(_finding(published.sequence, "与已公布的链尾不符 (not the published chain)"))
    return found


def _linked(before: str, sequence: int, record: AuditRecord) -> str:
    told = [
        sequence,
        record.id,
        record.recorded_at.astimezone(UTC).isoformat(),
        record.actor,
        record.origin,
        record.action,
        record.area_code,
        record.subject,
        record.reason,
        record.detail,
    ]
    return hashlib.sha256(f"{before}\n{canonical(told)}".encode()).hexdigest()


def _finding(sequence: int, message: str) -> Finding:
    remedy = "请封存现场，对照备份与已公布的链尾查明 (compare with a backup and the published head)"
    return Finding("rights_auditseal", sequence, "chain_hash", "", message, remedy)
