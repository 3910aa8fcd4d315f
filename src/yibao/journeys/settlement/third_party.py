"""Third parties (第三人责任): a bill of which somebody else bears a share, at settlement or found out later.

What the third party bears is out of scope for every layer; the rest is settled. Found out later, the year is replayed and the
difference becomes adjustments. Where the third party does not pay or cannot be found the fund may pay in advance and then
recover: two people decide that (`journeys.settlement.recovering`). Nothing of a case is changed while an advance stands.
"""

from datetime import datetime

from django.utils import timezone

from yibao.benefits.terms import Exclusion
from yibao.engine.year import Adjustment, recompute
from yibao.journeys.settlement.facts import Insured
from yibao.journeys.settlement.reversing import keep_replay, locked_row, person_of, refuse_reason, terms_of
from yibao.journeys.settlement.settling import settle_within
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.failures import AdvanceStands, LiabilityWrong, ReversedAlready
from yibao.settlement.liability import claim_of, liability_problems, without_share
from yibao.settlement.models import LateEvent, Settlement, ThirdPartyCase, ThirdPartyShare
from yibao.settlement.orders import Declaration, Liability, SharedBill
from yibao.settlement.queries import advance_of, billed_of, year_of
from yibao.settlement.terms import LateCause


def settle_shared(actor: Actor, key: str, order: SharedBill, *, at: datetime) -> str:
    """Settles what a third party does not bear of a bill; as `settle`, and the number of the case.

    Raises LiabilityWrong, and as `settle`.
    """

    def do() -> dict[str, object]:
        liability = order.liability
        problems = liability_problems(liability, timezone.localdate(at))
        problems += _exclusion_problems(order.bill.exclusion)
        if problems:
            raise LiabilityWrong(problems)
        said = settle_within(actor, order.bill, at=at, share_bp=liability.share_bp)
        case = _case(actor, int(str(said["settlement_id"])), at)
        _share(actor, case, liability, None, at)
        return {**said, "case_id": case.pk}

    return once(actor.name, key, "settle_shared", order, do)


def declare(actor: Actor, key: str, order: Declaration, *, at: datetime) -> str:
    """Records what a third party bears of a settlement that stands, first or anew, and replays the year.

    `{"case_id", "adjustments"}`. Raises NotAllowed, LiabilityWrong, NoSuchSettlement, ReversedAlready, AdvanceStands.
    """

    def do() -> dict[str, object]:
        refuse_reason(order.reason)
        person = person_of(actor, order.settlement_id)
        actor.require(Matter.LATE_EVENT_MATTER, Deed.DO, person.county_code)
        posted = standing(order.settlement_id)
        problems = liability_problems(order.liability, timezone.localdate(at))
        problems += _exclusion_problems(posted.visit.exclusion)
        if problems:
            raise LiabilityWrong(problems)
        case = ThirdPartyCase.objects.filter(settlement=posted).first() or _case(actor, posted.pk, at)
        if advance_of(case) is not None:
            raise AdvanceStands(posted.pk)
        cause = LateCause.THIRD_PARTY_FOUND
        event, made = refiled(actor, person, posted, order.liability.share_bp, cause, order.reason, at)
        _share(actor, case, order.liability, event, at)
        subject = f"settlement:{posted.pk}"
        note(actor, "declare_third_party", person.county_code, subject, order.reason, case=case.pk)
        return {"case_id": case.pk, "adjustments": [plain(adjusted) for adjusted in made]}

    return once(actor.name, key, "declare_third_party", order, do)


def standing(settlement_id: int) -> Settlement:
    """A settlement that stands, of a person who is locked. Raises ReversedAlready."""
    posted = Settlement.objects.select_related("visit__institution", "year").get(pk=settlement_id)
    if posted.reverses_id or Settlement.objects.filter(reverses=posted).exists():
        raise ReversedAlready(settlement_id)
    return posted  # type: ignore[no-any-return]


def refiled(
    actor: Actor,
    person: Insured,
    posted: Settlement,
    share_bp: int,
    cause: LateCause,
    reason: str,
    at: datetime,
) -> tuple[LateEvent, list[Adjustment]]:
    """Replays the year of a settlement with another share borne by a third party, all other facts as they stand."""
    row = locked_row(posted.year)
    before = year_of(row)
    claim_id = str(posted.pk)
    filed = next(filed for filed in before.standing if filed.claim_id == claim_id)
    claim = claim_of(filed.claim, without_share(billed_of(posted.visit), share_bp))
    claims_now = {} if claim == filed.claim else {claim_id: claim}
    after = recompute(terms_of(person), before, claims_now)
    event = keep_replay(actor, row, before, after, cause, reason, claims_now, posted.area_code, at)
    return event, list(after.adjustments[len(before.adjustments) :])


def plain(adjusted: Adjustment) -> dict[str, int]:
    """An adjustment as it is answered."""
    return {
        "settlement_id": int(adjusted.claim_id),
        "payer": int(adjusted.payer),
        "difference_fen": adjusted.difference_fen,
    }


def _exclusion_problems(exclusion: int) -> list[str]:
    if exclusion in (Exclusion.NONE, Exclusion.THIRD_PARTY):
        return []
    return ["该账单另有不予支付情形，不属于第三人责任"]


def _case(actor: Actor, settlement_id: int, at: datetime) -> ThirdPartyCase:
    return ThirdPartyCase.objects.create(settlement_id=settlement_id, actor=actor.name, recorded_at=at)  # type: ignore[no-any-return]


def _share(
    actor: Actor, case: ThirdPartyCase, liability: Liability, event: LateEvent | None, at: datetime
) -> None:
    ThirdPartyShare.objects.create(
        case=case,
        third_party=liability.third_party,
        share_bp=liability.share_bp,
        evidence=liability.evidence,
        known_on=liability.known_on,
        late_event=event,
        actor=actor.name,
        recorded_at=at,
    )
