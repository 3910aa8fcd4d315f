"""What the verifier asks of objections (复核核验): stages in order, ruled on by another, and carried out only where changed."""

from collections.abc import Iterator

from yibao.kernel.findings import Finding
from yibao.settlement.models import Objection
from yibao.settlement.terms import ObjectionResult, ObjectionStage, ObjectionSubject

REMEDY = "请对照审计链查明原因 (compare with the audit chain)"
FOLLOWS = {
    ObjectionResult.ADMITTED: {ObjectionResult.DECISION_KEPT, ObjectionResult.DECISION_CHANGED},
    ObjectionResult.DECISION_CHANGED: {ObjectionResult.CARRIED_OUT},
}
"""What may follow what came of a stage; nothing follows the rest."""


def objection_findings() -> Iterator[Finding]:
    """Everything about objections that cannot be."""
    for objection in Objection.objects.order_by("id").iterator():
        steps = list(objection.stages.order_by("stage"))
        expected = {ObjectionResult.ADMITTED, ObjectionResult.NOT_ADMITTED}
        for step in steps:
            if step.result not in expected:
                yield _found(objection, step.result, "复核阶段次序不对 (out of order)")
            expected = FOLLOWS.get(ObjectionResult(step.result), set())
            if step.stage == ObjectionStage.RULING and objection.maker in (step.actor, ""):
                yield _found(objection, step.actor, "由原办理人自己复核 (ruled on by its maker)")
            done = step.result == ObjectionResult.CARRIED_OUT
            by_nothing = step.late_event_id is None and step.reversal_id is None
            if done and by_nothing and objection.subject == ObjectionSubject.SETTLED:
                yield _found(objection, "", "已执行却没有撤销或补差 (carried out by nothing)")


def _found(objection: Objection, value: str, message: str) -> Finding:
    return Finding("settlement_objection", objection.pk, "", value, message, REMEDY)
