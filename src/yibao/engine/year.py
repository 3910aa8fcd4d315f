"""A person's year in order (年度结算序列): settle, reverse, recompute, and the adjustments that late events lead to.

A posted settlement is never changed. A reversal (撤销) is a second record with the stored amounts and their sign turned;
what a late event changes in settlements that stand, a reversal of an earlier one or a back-dated category, comes out as
`Adjustment` records, while the year so far becomes that of the year replayed in order of settlement.

What a reader would get wrong: undoing a change of the year so far is exact only for the last settlement, because the
outpatient day and the deductible of an episode are kept as differences to what stood before. Anything earlier is
replayed. And refused claims are posted too, with nothing paid: a late filing may turn one into a settlement.

carries_out: BEN-13
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

from yibao.engine.settle import Settlement, settle_claim
from yibao.engine.terms import (
    NO_CELL,
    NOTHING_YET,
    Claim,
    Payers,
    ReversalParams,
    SettlementParams,
    YearChange,
    YearSoFar,
)

TermsOf = Callable[[int], SettlementParams]
"""The parameters in force on a day number."""


class Payer(IntEnum):
    """Who pays beside the person (支付方), in the order of `Payers`."""

    BASIC = 0
    CATASTROPHIC = 1
    ASSISTANCE = 2
    TOP_UP = 3
    HOSPITAL = 4
    SPECIAL_FUND = 5


class Filed(NamedTuple):
    """A claim with the id it is known by, and its facts as they are known today."""

    claim_id: str
    claim: Claim


class Posting(NamedTuple):
    """One record of the year: a settlement, or the reversal of one (`reverses` names it). Never changed."""

    sequence: int
    claim_id: str
    claim: Claim
    refusal: int
    payers: Payers
    change: YearChange
    reverses: str


class Adjustment(NamedTuple):
    """What one payer owes differently for one settlement after a late event (补差).

    A difference above zero is payable to the person, below zero due from the person. `sequence` is the place of the
    event in the year's order.
    """

    sequence: int
    claim_id: str
    payer: Payer
    difference_fen: int


class Year(NamedTuple):
    """A person's year as kept: records and adjustments, the claims that stand, and the year so far they lead to.

    `replayed_to` is the sequence up to which a replay has made the postings' changes no longer what the year gained by
    them; 0 where it was never replayed.
    """

    start: YearSoFar
    postings: tuple[Posting, ...]
    adjustments: tuple[Adjustment, ...]
    standing: tuple[Filed, ...]
    so_far: YearSoFar
    replayed_to: int


class NotPosted(ValueError):
    """A settlement that the year does not have, or no longer has."""

    def __init__(self, claim_id: str, standing: Sequence[str]) -> None:
        super().__init__(
            f"没有可撤销的结算 {claim_id!r}：未结算或已撤销；现有 {'、'.join(standing) or '无'} (nothing to reverse)"
        )


class LaterOnesStand(ValueError):
    """An earlier settlement that may not be reversed while later ones stand."""

    def __init__(self, claim_id: str, later: Sequence[str]) -> None:
        super().__init__(
            f"{claim_id} 之后还有结算 {'、'.join(later)}；请先从最后一笔起逐笔撤销 (reverse the later ones first)"
        )


class AlreadyPosted(ValueError):
    """A claim id that the year has already used."""

    def __init__(self, claim_id: str) -> None:
        super().__init__(f"结算号 {claim_id!r} 本年度已用过，请换一个 (claim id already used)")


def opened(start: YearSoFar = NOTHING_YET) -> Year:
    """A year with no settlement yet, or one that goes on from a year so far brought from elsewhere."""
    return Year(start=start, postings=(), adjustments=(), standing=(), so_far=start, replayed_to=0)


def advance(so_far: YearSoFar, change: YearChange) -> YearSoFar:
    """The year so far after one change: every field of the same name is added, and the quota's cell."""
    sums = {
        name: getattr(so_far, name) + getattr(change, name)
        for name in YearSoFar._fields
        if name != "quota_paid_fen"
    }
    cells = list(so_far.quota_paid_fen)
    if change.quota_cell != NO_CELL:
        cells[change.quota_cell] += change.quota_fen
    return YearSoFar(**sums, quota_paid_fen=tuple(cells))


def settle_in_order(
    terms_of: TermsOf, claims: Iterable[Filed], so_far: YearSoFar = NOTHING_YET
) -> list[tuple[YearSoFar, Settlement]]:
    """Each claim's settlement in order, with the year so far that it was settled after."""
    found = []
    for filed in claims:
        settlement = settle_claim(terms_of(filed.claim.day), so_far, filed.claim)
        found.append((so_far, settlement))
        so_far = advance(so_far, settlement.change)
    return found


def settle(terms_of: TermsOf, year: Year, filed: Filed) -> Year:
    """The year after one more claim. Raises AlreadyPosted."""
    if filed.claim_id in {posting.claim_id for posting in year.postings}:
        raise AlreadyPosted(filed.claim_id)
    settlement = settle_claim(terms_of(filed.claim.day), year.so_far, filed.claim)
    posting = Posting(
        sequence=len(year.postings) + 1,
        claim_id=filed.claim_id,
        claim=filed.claim,
        refusal=settlement.refusal,
        payers=settlement.payers,
        change=settlement.change,
        reverses="",
    )
    return year._replace(
        postings=(*year.postings, posting),
        standing=(*year.standing, filed),
        so_far=advance(year.so_far, settlement.change),
    )


def reverse(
    reversal: ReversalParams, terms_of: TermsOf, year: Year, claim_id: str, *, reversal_id: str
) -> Year:
    """The year after a settlement is reversed: a record with the sign turned, adjustments for what came after it.

    Raises NotPosted, AlreadyPosted, and LaterOnesStand where the parameter asks for the last one first.
    """
    ids = [filed.claim_id for filed in year.standing]
    if claim_id not in ids:
        raise NotPosted(claim_id, ids)
    if reversal_id in {posting.claim_id for posting in year.postings}:
        raise AlreadyPosted(reversal_id)
    later = ids[ids.index(claim_id) + 1 :]
    if later and reversal.allows_earlier == 0:
        raise LaterOnesStand(claim_id, later)
    posted = next(posting for posting in year.postings if posting.claim_id == claim_id)
    undone = posted._replace(
        sequence=len(year.postings) + 1,
        claim_id=reversal_id,
        payers=Payers(*(-amount_fen for amount_fen in posted.payers)),
        change=turned(posted.change),
        reverses=claim_id,
    )
    after = year._replace(
        postings=(*year.postings, undone),
        standing=tuple(filed for filed in year.standing if filed.claim_id != claim_id),
    )
    if not later and posted.sequence > year.replayed_to:
        return after._replace(so_far=advance(year.so_far, undone.change))
    return recompute(terms_of, after, {})


def recompute(terms_of: TermsOf, year: Year, claims_now: Mapping[str, Claim]) -> Year:
    """The year after a late event: claims as known now, replayed in order of settlement; differences as adjustments.

    `claims_now` has the claims whose facts have changed (a back-dated category or filing), by claim id. Raises
    NotPosted for an id that the year does not have.
    """
    ids = [filed.claim_id for filed in year.standing]
    for claim_id in claims_now:
        if claim_id not in ids:
            raise NotPosted(claim_id, ids)
    standing = tuple(
        filed._replace(claim=claims_now.get(filed.claim_id, filed.claim)) for filed in year.standing
    )
    so_far = year.start
    paid: dict[str, Payers] = {}
    for filed, (before, settlement) in zip(
        standing, settle_in_order(terms_of, standing, year.start), strict=True
    ):
        paid[filed.claim_id] = settlement.payers
        so_far = advance(before, settlement.change)
    return year._replace(
        adjustments=(*year.adjustments, *_differences(year, paid)),
        standing=standing,
        so_far=so_far,
        replayed_to=len(year.postings),
    )


def turned(change: YearChange) -> YearChange:
    """A change with its sign turned; the quota keeps its cell."""
    return YearChange(*(-amount for amount in change))._replace(quota_cell=change.quota_cell)


def paid_fen(year: Year, claim_id: str, payer: Payer) -> int:
    """What a payer has paid for one settlement so far: as posted, less what was reversed, and adjustments."""
    posted = sum(p.payers[payer] for p in year.postings if claim_id in (p.claim_id, p.reverses))
    return posted + sum(
        a.difference_fen for a in year.adjustments if a.claim_id == claim_id and a.payer == payer
    )


def _differences(year: Year, paid: Mapping[str, Payers]) -> list[Adjustment]:
    """One adjustment for each payer and settlement whose amount is no longer what has been paid; reversed ones owe 0."""
    nothing = Payers(*([0] * len(Payers._fields)))
    found = []
    for posting in year.postings:
        if posting.reverses:
            continue
        for payer in Payer:
            due_fen = paid.get(posting.claim_id, nothing)[payer]
            difference_fen = due_fen - paid_fen(year, posting.claim_id, payer)
            if difference_fen != 0:
                found.append(Adjustment(len(year.postings), posting.claim_id, payer, difference_fen))
    return found
