"""Pre-settlement and settlement (预结算、结算): from a bill to who pays what, posted in one transaction.

The person is locked first, then the year: every journey takes locks in that order. Pre-settlement takes none and writes
nothing, and gives what settlement would if nothing happens in between.

carries_out: BEN-13, FND-06
"""

from datetime import datetime

from django.utils import timezone

from yibao.engine.settle import Settlement as Working
from yibao.engine.settle import settle_claim
from yibao.engine.terms import NOTHING_YET, Payers, YearSoFar
from yibao.engine.year import advance
from yibao.journeys.settlement.facts import Insured, Known, insured, known_facts
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.actions import Record, keep_year, locked_year, write_settlement, write_visit
from yibao.settlement.checks import bill_problems
from yibao.settlement.failures import BillWrong
from yibao.settlement.liability import without_share
from yibao.settlement.models import YearRow
from yibao.settlement.orders import Bill
from yibao.settlement.queries import answer_of
from yibao.settlement.vectors import unpacked
from yibao.settlement.versions import InForce, in_force, pooling_area, rules_hash, terms_row


def pre_settle(actor: Actor, bill: Bill, *, at: datetime) -> dict[str, object]:
    """Who would pay what of a bill; nothing is written. Raises as `settle`."""
    person = _person(actor, bill, lock=False)
    version, known = _sound(person, bill, at)
    row = YearRow.objects.filter(
        person_id=person.person_id, benefit_year=known.year.name, academic=known.academic
    ).first()
    so_far = NOTHING_YET if row is None else unpacked(YearSoFar, row.so_far)
    working = settle_claim(version.terms.params, so_far, known.claim)
    return answer(working)


def settle(actor: Actor, key: str, bill: Bill, *, at: datetime) -> str:
    """Settles a bill and posts it; the answer as JSON. The same key and bill give the same bytes for ever.

    Raises NotAllowed, KeyReused, BillWrong, and the failures of `packs` where the policy of the day is not on file.
    """

    return once(actor.name, key, "settle", bill, lambda: settle_within(actor, bill, at=at))


def settle_within(
    actor: Actor, bill: Bill, *, at: datetime, share_bp: int | None = None
) -> dict[str, object]:
    """Settles a bill, or what a third party with a share leaves of it, in the transaction of what asks for it.

    Raises as `settle`.
    """
    person = _person(actor, bill, lock=True)
    version, known = _sound(person, bill, at, share_bp)
    year = locked_year(person.person_id, known.year.name, academic=known.academic)
    so_far = unpacked(YearSoFar, year.so_far)
    working = settle_claim(version.terms.params, so_far, known.claim)
    record = Record(
        visit_id=write_visit(bill, known.institution_id),
        claim=known.claim,
        refusal=working.refusal,
        payers=working.payers,
        change=working.change,
        area_code=pooling_area(person.county_code),
        terms_code=person.county_code,
        terms_id=terms_row(version),
        rules_hash=rules_hash(),
        settled_at=at,
        actor=actor.name,
        manual=bill.manual,
    )
    settlement_id = write_settlement(year, record)
    keep_year(year, advance(so_far, working.change))
    note(actor, "settle", person.county_code, f"settlement:{settlement_id}")
    return answer_of(settlement_id, working.refusal, working.payers)


def answer(working: Working) -> dict[str, object]:
    """What a working says to whoever asked, without the number of a settlement."""
    return {
        "refusal": working.refusal,
        "total_fen": working.total_fen,
        **{name: getattr(working.payers, name) for name in Payers._fields},
    }


def _person(actor: Actor, bill: Bill, *, lock: bool) -> Insured:
    person = insured(bill.person_id, lock=lock)
    if person is None or not actor.may(Matter.SETTLEMENT_MATTER, Deed.DO, person.county_code):
        raise BillWrong([f"没有人员 {bill.person_id}，或不在您的管辖地区"])
    return person


def _sound(person: Insured, bill: Bill, at: datetime, share_bp: int | None = None) -> tuple[InForce, Known]:
    version = in_force(person.county_code, bill.served_on)
    problems = bill_problems(bill, person.born_on, timezone.localdate(at), version.terms.area)
    if problems:
        raise BillWrong(problems)
    settled = bill if share_bp is None else without_share(bill, share_bp)
    return version, known_facts(person, settled, version.terms)
