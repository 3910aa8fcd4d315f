"""The category grid (身份顺位核对): proof that no category ranked lower pays more than one ranked above it.

A person who holds several categories is settled as the first of the pack's ranked list, for all layers at once. That is
fair only where a lower one would never leave the person with less to pay. So years of three claims, over every kind of
visit, institution class, size and referral, are settled under each category, one after the other, and what the person
has borne so far is compared after every claim.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from yibao.assistance.terms import CATEGORY_WORDS, Category
from yibao.benefits.rules.refusal import refusal_of_chronic
from yibao.benefits.terms import CarePath, Refusal, VisitKind
from yibao.engine.settle import settle_claim
from yibao.engine.terms import NOTHING_YET, Claim, SettlementParams, YearChange, YearSoFar
from yibao.kernel.findings import Finding
from yibao.kernel.money import yuan
from yibao.packs.settlement import SettlementTerms

SIZES_FEN = (80_000, 600_000, 2_500_000, 9_000_000, 40_000_000, 200_000_000)
"""In-scope cost of a claim: below the lines, around them, and over every cap (800 yuan to two million)."""

CLAIMS_A_YEAR = 3
ROUNDING_FEN = 4 * CLAIMS_A_YEAR
"""Four layers round once a claim, so two categories may differ by as many fen without meaning to."""


class Year(NamedTuple):
    """Three like claims of one year: what they are for, where, of what size, whether properly referred, what disease."""

    kind: VisitKind
    institution_class: int
    size_fen: int
    referred: int
    disease: int


def lower_pays_more(terms: SettlementTerms) -> list[Finding]:
    """One finding for each pair of neighbours in the ranked list where the lower one leaves the person with less."""
    ranked = [Category(code) for code in terms.ranking.ranked if code != Category.ORDINARY]
    found = [_unranked(terms, category) for category in _with_terms(terms) if category not in ranked]
    order = [*ranked, Category.ORDINARY]
    borne = {
        category: [_borne_fen(terms.params, category, year) for year in _years(terms)] for category in order
    }
    for higher, lower in pairwise(order):
        for year, high, low in zip(_years(terms), borne[higher], borne[lower], strict=True):
            if any(h > at + ROUNDING_FEN for h, at in zip(high, low, strict=True)):
                found.append(_wrong(terms, higher, lower, year, high[-1] - low[-1]))
                break
    return found


def _years(terms: SettlementTerms) -> Iterator[Year]:
    classes = range(len(terms.area.listed("institution_classes")))
    for size_fen in SIZES_FEN:
        for referred in (0, 1):
            for institution_class in classes:
                yield Year(VisitKind.HOSPITAL, institution_class, size_fen, referred, 0)
        for kind in (VisitKind.OUTPATIENT, VisitKind.TWO_DISEASES, VisitKind.MATERNITY):
            yield Year(kind, 0, size_fen, 0, 0)
        for disease in _diseases(terms):
            yield Year(VisitKind.CHRONIC, 0, size_fen, 0, disease)


def _diseases(terms: SettlementTerms) -> list[int]:
    """A chronic disease of each way to settle it, with a quota and as a stay, where the pack has one."""
    chronic = terms.params.chronic
    places = range(len(terms.area.listed("chronic_diseases")))
    settled = [
        at
        for at in places
        if refusal_of_chronic(chronic, disease=at, institution_class=0, certified=1) == Refusal.NONE
    ]
    return list({chronic.as_hospital[at]: at for at in reversed(settled)}.values())


def _borne_fen(params: SettlementParams, category: Category, year: Year) -> list[int]:
    """What the person has borne after each claim of the year."""
    so_far, borne_fen, found = NOTHING_YET, 0, []
    for month in range(CLAIMS_A_YEAR):
        settlement = settle_claim(params, so_far, _claim(category, year, month))
        so_far = _later(so_far, settlement.change)
        borne_fen += settlement.payers.person_fen
        found.append(borne_fen)
    return found


def _claim(category: Category, year: Year, month: int) -> Claim:
    whole = plain_claim(
        kind=year.kind,
        day=month,
        month=month,
        institution_class=year.institution_class,
        in_scope_fen=year.size_fen,
    )
    return whole._replace(
        care_path=CarePath.REFERRED if year.referred else CarePath.LOCAL,
        category=category,
        properly_referred=year.referred,
        disease=year.disease,
    )


def plain_claim(*, kind: VisitKind, day: int, month: int, institution_class: int, in_scope_fen: int) -> Claim:
    """A claim of an ordinary resident at home that nothing stands against, all of its cost of class A; `month` from 0."""
    return Claim(
        kind=kind,
        day=day,
        month=month,
        institution_class=institution_class,
        care_path=CarePath.LOCAL,
        category=Category.ORDINARY,
        covered=1,
        waiting=0,
        exclusion=0,
        designated=1,
        in_county=1,
        first_choice=1,
        certified=1,
        contracted=0,
        continues_episode=0,
        properly_referred=0,
        disease=0,
        slot=0,
        delivery=0,
        own_expense_fen=0,
        over_standard_fen=0,
        initial_self_pay_fen=0,
        class_a_fen=in_scope_fen,
        class_b_fen=0,
    )


def _later(so_far: YearSoFar, change: YearChange) -> YearSoFar:
    """The year so far after a change: like fields added, the one quota cell raised."""
    quotas = list(so_far.quota_paid_fen)
    quotas[change.quota_cell] += change.quota_fen
    sums = {
        name: getattr(so_far, name) + getattr(change, name)
        for name in YearSoFar._fields
        if name != "quota_paid_fen"
    }
    return YearSoFar(**sums, quota_paid_fen=tuple(quotas))


def _with_terms(terms: SettlementTerms) -> list[Category]:
    """Categories whose terms are not an ordinary resident's."""
    ordinary = (terms.params.catastrophic[0], terms.params.direct[0])
    return [c for c in Category if (terms.params.catastrophic[c], terms.params.direct[c]) != ordinary]


def _unranked(terms: SettlementTerms, category: Category) -> Finding:
    entry = terms.sources["ranking"]
    word = CATEGORY_WORDS[category][0]
    return Finding(
        entry.file,
        0,
        f"{entry.key} {terms.first_day}",
        category.name,
        f"{word}有自己的待遇，却不在顺位里",
        "列入 ranked (category not ranked)",
    )


def _wrong(terms: SettlementTerms, higher: Category, lower: Category, year: Year, more_fen: int) -> Finding:
    entry = terms.sources["ranking"]
    words = f"{CATEGORY_WORDS[higher][0]}比{CATEGORY_WORDS[lower][0]}多负担 {yuan(more_fen)} 元"
    case = f"{year.kind.name} {yuan(year.size_fen)}×{CLAIMS_A_YEAR} 类别{year.institution_class} 转诊{year.referred}"
    return Finding(
        entry.file,
        0,
        f"{entry.key} {terms.first_day}",
        case,
        words,
        "把待遇高的身份排在前面 (a lower-ranked category pays more)",
    )
