"""What settlement holds (结算查询): a person's year as the engine knows it, and what a settlement was worked out from."""

from collections.abc import Iterable
from typing import Any

from yibao.benefits.terms import CarePath, Delivery, Exclusion, SpecialFund, VisitKind
from yibao.engine.settle import Settlement as Working
from yibao.engine.settle import settle_claim
from yibao.engine.terms import Claim, Payers, YearChange, YearSoFar
from yibao.engine.year import Adjustment, Filed, Payer, Posting, Year
from yibao.rights.actors import Actor
from yibao.rights.areas import rows_inside
from yibao.rights.audit import note
from yibao.rights.terms import Matter
from yibao.settlement.failures import NoSuchSettlement, VersionChanged
from yibao.settlement.liability import without_share
from yibao.settlement.models import (
    AdjustmentRow,
    CaseEvent,
    ClaimNow,
    Settlement,
    ThirdPartyCase,
    Visit,
    YearRow,
)
from yibao.settlement.openings import opening_now
from yibao.settlement.orders import Bill, Totals
from yibao.settlement.terms import CaseStep
from yibao.settlement.vectors import unpacked
from yibao.settlement.versions import in_force, rules_hash

PAYERS = tuple(Payers._fields)
AMOUNTS = tuple(Totals.__dataclass_fields__)


def payers_of(settlement: Settlement) -> Payers:
    """Who paid what of a settlement, as stored."""
    return Payers(*(getattr(settlement, name) for name in PAYERS))


def settlements(actor: Actor) -> Any:
    """The settlements an actor may look at, as a query: of people enrolled in the actor's areas."""
    return rows_inside(
        Settlement.objects, actor.areas_of(Matter.SETTLEMENT_MATTER), "visit__person__county_code"
    )


def settlement_of(actor: Actor, settlement_id: int, *, reason: str) -> Settlement:
    """One settlement, and a record that the actor looked. Raises NoSuchSettlement, also outside the actor's areas."""
    found = settlements(actor).select_related("visit__person").filter(pk=settlement_id).first()
    if found is None:
        raise NoSuchSettlement(settlement_id)
    note(actor, "look_at_settlement", found.visit.person.county_code, f"settlement:{found.pk}", reason)
    return found  # type: ignore[no-any-return]


def year_of(row: YearRow) -> Year:
    """A year as the engine keeps it: records in order, adjustments, the claims that stand as they are known now."""
    rows = list(Settlement.objects.filter(year=row).order_by("sequence"))
    changed = {
        now.settlement_id: unpacked(Claim, now.claim)
        for now in ClaimNow.objects.filter(settlement__year=row).order_by("id")
    }
    undone = {settlement.reverses_id for settlement in rows if settlement.reverses_id}
    standing = [s for s in rows if not s.reverses_id and s.pk not in undone]
    return Year(
        start=opening_now(row),
        postings=tuple(_posting(settlement) for settlement in rows),
        adjustments=tuple(_adjustments(row)),
        standing=tuple(
            Filed(str(s.pk), changed[s.pk] if s.pk in changed else unpacked(Claim, s.claim)) for s in standing
        ),
        so_far=unpacked(YearSoFar, row.so_far),
        replayed_to=row.replayed_to,
    )


def working_of(settlement_id: int) -> Working:
    """The whole working of a settlement, reckoned anew from what is stored; equal to what was posted.

    Raises NoSuchSettlement, and VersionChanged where rules or entries are no longer those it was made by.
    """
    stored = Settlement.objects.select_related("terms").filter(pk=settlement_id).first()
    if stored is None:
        raise NoSuchSettlement(settlement_id)
    found = in_force(stored.terms_code, stored.served_on)
    changed = [] if stored.rules_hash == rules_hash() else ["规则 (rules)"]
    if stored.terms.content_hash != found.content_hash:
        changed.append("政策条目 (entries)")
    if changed:
        raise VersionChanged(settlement_id, changed)
    return settle_claim(found.terms.params, unpacked(YearSoFar, stored.before), unpacked(Claim, stored.claim))


def answer_of(settlement_id: int, refusal: int, payers: Payers) -> dict[str, object]:
    """What is answered to whoever asked for a settlement."""
    return {
        "settlement_id": settlement_id,
        "refusal": refusal,
        "total_fen": sum(payers),
        **payers._asdict(),
    }


def bill_of(visit: Visit) -> Bill:
    """The bill of a visit as it is settled today: without what a third party bears of it."""
    billed = billed_of(visit)
    case = ThirdPartyCase.objects.filter(settlement__visit=visit).first()
    return billed if case is None else without_share(billed, share_of(case))


def share_of(case: ThirdPartyCase) -> int:
    """What a third party bears of a bill as it is settled today: nothing while an advance stands."""
    if advance_of(case) is not None:
        return 0
    return int(case.shares.latest("id").share_bp)


def advance_of(case: ThirdPartyCase) -> CaseEvent | None:
    """The advance of a case that stands; None where there is none."""
    last = case.steps.filter(step__in=[CaseStep.ADVANCED, CaseStep.WITHDRAWN]).order_by("-id").first()
    return last if last is not None and last.step == CaseStep.ADVANCED else None


def billed_of(visit: Visit) -> Bill:
    """The bill of a visit as it was sent, its lines added up."""
    return Bill(
        person_id=visit.person_id,
        institution_code=visit.institution.code,
        kind=VisitKind(visit.kind),
        served_on=visit.served_on,
        totals=Totals(**{name: getattr(visit, name) for name in AMOUNTS}),
        admitted_on=visit.admitted_on,
        care_path=CarePath(visit.care_path),
        disease_code=visit.disease_code,
        delivery=Delivery(visit.delivery),
        exclusion=Exclusion(visit.exclusion),
        special_fund=SpecialFund(visit.special_fund),
        continues_episode=visit.continues_episode,
        properly_referred=visit.properly_referred,
        manual=visit.manual,
    )


def same_working(settlement: Settlement, working: Working) -> bool:
    """Whether a working is the one that was posted."""
    return (
        payers_of(settlement) == working.payers
        and settlement.refusal == working.refusal
        and unpacked(YearChange, settlement.change) == working.change
    )


def _posting(settlement: Settlement) -> Posting:
    return Posting(
        sequence=settlement.sequence,
        claim_id=str(settlement.pk),
        claim=unpacked(Claim, settlement.claim),
        refusal=settlement.refusal,
        payers=payers_of(settlement),
        change=unpacked(YearChange, settlement.change),
        reverses=str(settlement.reverses_id or ""),
    )


def _adjustments(row: YearRow) -> Iterable[Adjustment]:
    rows = AdjustmentRow.objects.filter(late_event__year=row).select_related("late_event").order_by("id")
    for adjusted in rows:
        yield Adjustment(
            adjusted.late_event.sequence,
            str(adjusted.settlement_id),
            Payer(adjusted.payer),
            adjusted.difference_fen,
        )
