"""Why a settlement came to what it did (结算说明): its slip, worked out again from what is stored and held to what was posted.

The slip has each step with the entry it rests on; beside it stand the versions, what became of the settlement since, and what a
third party bears. Whoever looks is written down.

carries_out: BEN-13
"""

import json
from dataclasses import dataclass

from yibao.benefits.terms import ItemClass
from yibao.engine.terms import Claim, YearSoFar
from yibao.engine.year import Payer, advance
from yibao.reports.slip import LineShown, Slip, SlipFacts, slip
from yibao.reports.slip_json import slip_json_text
from yibao.reports.slip_words import ITEM_CLASS_WORDS
from yibao.rights.actors import Actor
from yibao.settlement.models import AdjustmentRow, FeeLineRow, Settlement, Visit
from yibao.settlement.queries import same_working, settlement_of, working_of
from yibao.settlement.terms import LATE_WORDS, LateCause
from yibao.settlement.vectors import unpacked
from yibao.settlement.versions import in_force


class NotAsPosted(ValueError):
    """A settlement that worked out again is not what was posted."""

    def __init__(self, settlement_id: int) -> None:
        super().__init__(
            f"结算 {settlement_id} 重算与入账不一致；请停止办理并运行 yibao verify --recompute (not as posted)"
        )


@dataclass(frozen=True)
class Since:
    """What one payer owes differently for a settlement since it was posted, and why."""

    cause: tuple[str, str]
    payer: Payer
    difference_fen: int


@dataclass(frozen=True)
class Explanation:
    """A settlement explained: its slip, the versions it rests on, and what has happened to it since.

    `settlement_id` is the settlement itself where a reversal was asked for. `entries` is the version of each entry by its
    name; `third_party_bp` the share that a third party was last found to bear, None where there is none.
    """

    settlement_id: int
    slip: Slip
    rules_hash: str
    terms_hash: str
    entries: dict[str, str]
    reversed_by: int | None
    since: tuple[Since, ...]
    third_party_bp: int | None

    def as_json(self) -> str:
        """The slip as the interface carries it."""
        return slip_json_text(self.slip)


def explanation(actor: Actor, settlement_id: int, *, reason: str) -> Explanation:
    """Why a settlement, or that which a reversal undid, came to what it did.

    Raises NoSuchSettlement, VersionChanged where rules or entries are no longer those it was made by, and NotAsPosted.
    """
    asked = settlement_of(actor, settlement_id, reason=reason)
    posted = Settlement.objects.select_related("visit__person", "visit__institution", "terms").get(
        pk=asked.reverses_id or asked.pk
    )
    working = working_of(posted.pk)
    if not same_working(posted, working):
        raise NotAsPosted(posted.pk)
    terms = in_force(posted.terms_code, posted.served_on).terms
    claim = unpacked(Claim, posted.claim)
    after = advance(unpacked(YearSoFar, posted.before), working.change)
    undone = Settlement.objects.filter(reverses=posted).first()
    case = getattr(posted, "third_party_case", None)
    return Explanation(
        settlement_id=posted.pk,
        slip=slip(_facts(posted, claim), terms, claim, working, after),
        rules_hash=posted.rules_hash,
        terms_hash=posted.terms.content_hash,
        entries=json.loads(posted.terms.content),
        reversed_by=None if undone is None else undone.pk,
        since=_since(posted),
        third_party_bp=None if case is None else case.shares.latest("id").share_bp,
    )


def _facts(posted: Settlement, claim: Claim) -> SlipFacts:
    visit = posted.visit
    return SlipFacts(
        claim_id=str(posted.pk),
        person_name=visit.person.name,
        institution_name=visit.institution.name or visit.institution.code,
        admitted_on=visit.admitted_on,
        settled_on=posted.posted_on,
        lines=_lines(visit),
        county_code=posted.terms_code,
        referred_outside=bool(visit.properly_referred and claim.properly_referred == 0),
    )


def _lines(visit: Visit) -> tuple[LineShown, ...]:
    return tuple(
        LineShown(
            row.item_code,
            ITEM_CLASS_WORDS[ItemClass(row.item_class)][0],
            row.amount_fen,
            row.own_expense_fen,
            row.over_standard_fen,
            row.initial_self_pay_fen,
            row.in_scope_fen,
        )
        for row in FeeLineRow.objects.filter(visit=visit).order_by("id")
    )


def _since(posted: Settlement) -> tuple[Since, ...]:
    rows = AdjustmentRow.objects.filter(settlement=posted).select_related("late_event").order_by("id")
    return tuple(
        Since(LATE_WORDS[LateCause(row.late_event.cause)], Payer(row.payer), row.difference_fen)
        for row in rows
    )
