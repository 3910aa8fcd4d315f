"""Reversals and late events (结算撤销、迟到事项): a second record with the sign turned, and adjustments for what stands.

What the engine says of a person's year (`engine.year`) is written down as it is: this page loads the year, asks, and keeps
what is new. Nothing that was posted is touched.

carries_out: BEN-13
"""

from datetime import datetime
from typing import NamedTuple

from yibao.assistance.failures import AssistedTwice
from yibao.assistance.models import AssistedCost
from yibao.assistance.terms import AssistanceKind
from yibao.engine.terms import Claim, SettlementParams
from yibao.engine.year import Adjustment, Payer, TermsOf, Year, recompute
from yibao.engine.year import reverse as reversed_year
from yibao.journeys.settlement.facts import Insured, insured, known_facts
from yibao.kernel.days import day_of
from yibao.packs.settlement import SettlementTerms
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.actions import Record, keep_year, locked_year, write_late_event, write_settlement
from yibao.settlement.checks import too_long
from yibao.settlement.failures import (
    AdvanceStands,
    NoSuchSettlement,
    NoSuchYear,
    ReasonUnfit,
    ReversedAlready,
)
from yibao.settlement.models import LateEvent, Settlement, ThirdPartyCase, YearRow
from yibao.settlement.orders import LateFact, Reversal
from yibao.settlement.queries import advance_of, answer_of, bill_of, year_of
from yibao.settlement.terms import LateCause
from yibao.settlement.versions import in_force, pooling_area

BY_ASSISTANCE_FUND = (Payer.ASSISTANCE, Payer.TOP_UP)
NEW = "new"
"""What the engine calls a record that is yet to be written."""


def reverse(actor: Actor, key: str, order: Reversal, *, at: datetime) -> str:
    """Reverses a settlement; later ones that stand are adjusted. The same key gives the same bytes for ever.

    Raises NotAllowed, KeyReused, NoSuchSettlement, ReversedAlready, and the engine's LaterOnesStand where the policy asks
    for the last one first.
    """

    def do() -> dict[str, object]:
        refuse_reason(order.reason)
        person = person_of(actor, order.settlement_id)
        posted = Settlement.objects.select_related("visit", "year").get(pk=order.settlement_id)
        if posted.reverses_id or Settlement.objects.filter(reverses=posted).exists():
            raise ReversedAlready(posted.pk)
        case = ThirdPartyCase.objects.filter(settlement=posted).first()
        if case is not None and advance_of(case) is not None:
            raise AdvanceStands(posted.pk)
        row = locked_row(posted.year)
        before = year_of(row)
        terms = in_force(posted.terms_code, posted.served_on).terms
        after = reversed_year(terms.reversal, terms_of(person), before, str(posted.pk), reversal_id=NEW)
        undone = after.postings[-1]
        record = Record(
            visit_id=posted.visit_id,
            claim=undone.claim,
            refusal=undone.refusal,
            payers=undone.payers,
            change=undone.change,
            area_code=posted.area_code,
            terms_code=posted.terms_code,
            terms_id=posted.terms_id,
            rules_hash=posted.rules_hash,
            settled_at=at,
            actor=actor.name,
            reverses_id=posted.pk,
            manual=posted.visit.manual,
        )
        reversal_id = write_settlement(row, record)
        replayed = after.replayed_to != before.replayed_to
        if replayed:
            keep_replay(
                actor, row, before, after, LateCause.EARLIER_REVERSED, order.reason, {}, posted.area_code, at
            )
        else:
            keep_year(row, after.so_far)
        note(
            actor,
            "reverse",
            person.county_code,
            f"settlement:{posted.pk}",
            order.reason,
            reversal=reversal_id,
            adjustments=len(after.adjustments) - len(before.adjustments),
        )
        return answer_of(reversal_id, undone.refusal, undone.payers)

    return once(actor.name, key, "reverse", order, do)


def replay(actor: Actor, key: str, order: LateFact, *, at: datetime) -> str:
    """Replays a person's year by the facts as they are known now; differences become adjustments.

    Raises NotAllowed, KeyReused, NoSuchYear, and AssistedTwice where that would pay for cost paid once on application.
    """

    def do() -> dict[str, object]:
        refuse_reason(order.reason)
        person = insured(order.person_id, lock=True)
        if person is None:
            raise NoSuchYear(order.person_id, order.benefit_year)
        actor.require(Matter.LATE_EVENT_MATTER, Deed.DO, person.county_code)
        replayed = replay_year_within(actor, person, order, at=at)
        return {
            "changed": replayed.changed,
            "adjustments": [
                {"settlement_id": int(a.claim_id), "payer": int(a.payer), "difference_fen": a.difference_fen}
                for a in replayed.adjustments
            ],
        }

    return once(actor.name, key, "replay", order, do)


class Replayed(NamedTuple):
    """The late event, how many claims have other facts than they were settled by, and what each payer owes differently."""

    event: LateEvent
    changed: int
    adjustments: tuple[Adjustment, ...]


def replay_within(
    actor: Actor, person: Insured, found: YearRow, cause: LateCause, reason: str, *, at: datetime
) -> Replayed:
    """Replays a year of a locked person as part of a journey that has asked for its own right."""
    row = locked_row(found)
    before = year_of(row)
    claims_now = _claims_now(person, before)
    after = recompute(terms_of(person), before, claims_now)
    area_code = pooling_area(person.county_code)
    event = keep_replay(actor, row, before, after, cause, reason, claims_now, area_code, at)
    made = after.adjustments[len(before.adjustments) :]
    note(actor, "replay", person.county_code, f"person:{person.person_id}", reason, adjustments=len(made))
    return Replayed(event, len(claims_now), tuple(made))


def replay_year_within(actor: Actor, person: Insured, order: LateFact, *, at: datetime) -> Replayed:
    """Replays the year of a locked person that an order names, as `replay_within`. Raises NoSuchYear."""
    found = YearRow.objects.filter(
        person_id=order.person_id, benefit_year=order.benefit_year, academic=order.academic
    ).first()
    if found is None:
        raise NoSuchYear(order.person_id, order.benefit_year)
    return replay_within(actor, person, found, order.cause, order.reason, at=at)


def replay_where_changed(
    actor: Actor, person_id: int, cause: LateCause, reason: str, *, at: datetime
) -> list[Replayed]:
    """Replays each year of a locked person of which a claim that stands has other facts today than it was settled by.

    Raises NotAllowed where the actor may not bring a late event and there is one.
    """
    years = YearRow.objects.filter(person_id=person_id, sequence__gt=0).order_by("benefit_year", "academic")
    found = list(years)
    person = insured(person_id, lock=True) if found else None
    replayed = []
    for row in found:
        assert person is not None, "a year is somebody's"
        if _claims_now(person, year_of(row)):
            actor.require(Matter.LATE_EVENT_MATTER, Deed.DO, person.county_code)
            replayed.append(replay_within(actor, person, row, cause, reason, at=at))
    return replayed


def refuse_reason(reason: str) -> None:
    """Raises ReasonUnfit where a reason is longer than what is kept of one."""
    problems = too_long("reason", reason, "事由")
    if problems:
        raise ReasonUnfit(problems)


def keep_replay(
    actor: Actor,
    row: YearRow,
    before: Year,
    after: Year,
    cause: LateCause,
    reason: str,
    claims_now: dict[str, Claim],
    area_code: str,
    at: datetime,
) -> LateEvent:
    """Writes a replay of a locked year down: the late event, what it changes, and the year so far after it."""
    adjustments = after.adjustments[len(before.adjustments) :]
    _refuse_assisted(adjustments)
    event = write_late_event(
        row,
        cause,
        reason,
        so_far=after.so_far,
        claims_now=claims_now,
        adjustments=adjustments,
        area_code=area_code,
        at=at,
        actor=actor.name,
    )
    keep_year(row, after.so_far, replayed_to=after.replayed_to)
    return event


def _refuse_assisted(adjustments: tuple[Adjustment, ...]) -> None:
    """Raises AssistedTwice where the assistance fund would pay more toward cost that was paid once on application."""
    more = {int(a.claim_id) for a in adjustments if a.payer in BY_ASSISTANCE_FUND and a.difference_fen > 0}
    once_paid = AssistedCost.objects.filter(settlement_id__in=more, payment__kind=AssistanceKind.ONE_OFF)
    twice = sorted(once_paid.values_list("settlement_id", flat=True)) if more else []
    if twice:
        raise AssistedTwice(twice)


def person_of(
    actor: Actor, settlement_id: int, matter: Matter = Matter.SETTLEMENT_MATTER, deed: Deed = Deed.DO
) -> Insured:
    """The person of a settlement, locked, where the actor may do a deed. Raises NoSuchSettlement."""
    owner = Settlement.objects.filter(pk=settlement_id).values_list("visit__person_id", flat=True).first()
    person = None if owner is None else insured(owner, lock=True)
    if person is None or not actor.may(matter, deed, person.county_code):
        raise NoSuchSettlement(settlement_id)
    return person


def locked_row(row: YearRow) -> YearRow:
    """A year's row as it is under its lock."""
    return locked_year(row.person_id, row.benefit_year, academic=row.academic)


def terms_of(person: Insured) -> TermsOf:
    """The parameters of a day for a person, as the engine asks for them."""

    def params_on(day: int) -> SettlementParams:
        return in_force(person.county_code, day_of(day)).terms.params

    return params_on


def _claims_now(person: Insured, year: Year) -> dict[str, Claim]:
    """The claims that stand whose facts of today are others than those they stand with."""
    ids = [int(filed.claim_id) for filed in year.standing]
    rows = Settlement.objects.select_related("visit__institution").in_bulk(ids)
    found = {}
    for filed in year.standing:
        stored = rows[int(filed.claim_id)]
        terms: SettlementTerms = in_force(person.county_code, stored.served_on).terms
        claim = known_facts(person, bill_of(stored.visit), terms).claim
        if claim != filed.claim:
            found[filed.claim_id] = claim
    return found
