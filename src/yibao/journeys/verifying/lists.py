"""The verifier's checks of lists (名单核验): what a list did stands, and what was taken back does not.

Arithmetic over stored records only: a committed list has an effect for each row that writes one and none taken back, an
undone one has every effect taken back once, and a duplicate stands where its last step left it.
"""

import json
from collections.abc import Iterator

from yibao.enrolment.models import DepartmentList, DuplicateEnrolment, Identity, ListEffect, PersonMerge
from yibao.enrolment.terms import ListState, RowVerdict
from yibao.kernel.findings import Finding

WRITES = (RowVerdict.NEW, RowVerdict.ENDED, RowVerdict.CROSS_COVER)
"""Verdicts that write something."""

LOOK = "请停止办理，对照备份与审计链查明原因 (stop, compare with the backup and the audit chain)"


def list_findings() -> Iterator[Finding]:
    """Lists, duplicates and merges that do not add up."""
    yield from _lists()
    yield from _duplicates()
    yield from _merges()


def _lists() -> Iterator[Finding]:
    for kept in DepartmentList.objects.order_by("id").iterator():
        effects = ListEffect.objects.filter(row__department_list=kept)
        done, undone = effects.filter(undoes=None).count(), effects.exclude(undoes=None).count()
        due = 0 if kept.state == ListState.DRY_RUN else kept.rows.filter(verdict__in=WRITES).count()
        if done != due:
            message = f"应办 {due} 项，记录 {done} 项 (effects and rows differ)"
            yield _found("enrolment_departmentlist", kept.pk, "state", done, message)
        if undone != (done if kept.state == ListState.UNDONE else 0):
            message = f"办理 {done} 项，撤回 {undone} 项 (taken back in part)"
            yield _found("enrolment_departmentlist", kept.pk, "state", undone, message)


def _duplicates() -> Iterator[Finding]:
    for duplicate in DuplicateEnrolment.objects.order_by("id").iterator():
        last = duplicate.steps.order_by("-id").first()
        if last is None or (last.state, last.keep) != (duplicate.state, duplicate.keep):
            message = "办理状态与最后一步不一致 (not where its last step left it)"
            yield _found("enrolment_duplicateenrolment", duplicate.pk, "state", duplicate.state, message)


def _merges() -> Iterator[Finding]:
    """A document that was taken over and is neither of the kept record nor of one that record went into."""
    into = dict(PersonMerge.objects.values_list("gone_id", "kept_id"))
    for merge in PersonMerge.objects.order_by("id").iterator():
        kept = merge.kept_id
        while kept in into:
            kept = into[kept]
        moved = Identity.objects.filter(pk__in=json.loads(merge.identities))
        if moved.exclude(person_id=kept).exists():
            message = "转入的证件不在保留的记录上 (documents are elsewhere)"
            yield _found("enrolment_personmerge", merge.pk, "identities", "", message)


def _found(table: str, row_id: int, column: str, value: object, message: str) -> Finding:
    return Finding(table, int(row_id), column, str(value), message, LOOK)
