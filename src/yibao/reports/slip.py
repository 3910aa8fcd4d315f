"""A settlement slip (结算单) as plain data: what a claim costs, who pays, each step with the entry it rests on.

Terminal, PDF and JSON print the same `Slip`; nothing is reckoned here but what is left of a cap. Layers stand in the
order of the notice, and one that does not apply says why in a line. Whatever is not the wording of a notice is named
with its standing, so that nobody takes an assumed figure for a rule.

carries_out: BEN-13
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from yibao.assistance.terms import CATEGORY_WORDS, Category
from yibao.benefits.refusals import REFUSAL_WORDS, RefusalWords
from yibao.benefits.rules.refusal import refusal_of_chronic, refusal_of_special_fund
from yibao.benefits.terms import (
    PATH_WORDS,
    SPECIAL_FUND_WORDS,
    VISIT_WORDS,
    CarePath,
    Delivery,
    Refusal,
    SpecialFund,
    TwoDisease,
    VisitKind,
)
from yibao.engine.basic import is_year_stay
from yibao.engine.settle import Settlement
from yibao.engine.terms import OLDEST, Claim, YearSoFar
from yibao.kernel.days import day_of
from yibao.kernel.standing import Standing
from yibao.packs.clauses import clause_of
from yibao.packs.policies import Area
from yibao.packs.settlement import SettlementTerms
from yibao.reports.slip_layers import (
    BASIC_LAYERS,
    Cap,
    Layer,
    Skipped,
    Source,
    caps,
    layers,
    skipped,
    source_of,
)
from yibao.reports.slip_words import (
    DELIVERY_WORDS,
    NO_STAYS_HERE_WORDS,
    NOT_GIVEN_HERE_WORDS,
    PAYER_WORDS,
    TWO_DISEASE_WORDS,
)


@dataclass(frozen=True)
class LineShown:
    """A fee line as the slip prints it: what it was and its four parts."""

    item: str
    item_class: str
    amount_fen: int
    own_expense_fen: int
    over_standard_fen: int
    initial_self_pay_fen: int
    in_scope_fen: int


@dataclass(frozen=True)
class SlipFacts:
    """What a slip prints that a claim's whole numbers do not hold. The identity number is not among it."""

    claim_id: str = ""
    person_name: str = ""
    institution_name: str = ""
    categories: tuple[Category, ...] = ()
    admitted_on: date | None = None
    settled_on: date | None = None
    lines: tuple[LineShown, ...] = ()
    county_code: str = ""
    referred_outside: bool = False


@dataclass(frozen=True)
class Slip:
    """One settled or refused claim, ready to print."""

    area: str
    header: tuple[tuple[str, str, str], ...]
    facts: SlipFacts
    claim: Claim
    settlement: Settlement
    split: tuple[tuple[str, str, int], ...]
    layers: tuple[Layer, ...]
    skipped: tuple[Skipped, ...]
    payers: tuple[tuple[str, str, int], ...]
    caps: tuple[Cap, ...]
    refusal: RefusalWords | None
    refusal_source: Source | None
    doubtful: tuple[Source, ...] = field(default=())

    @property
    def total_fen(self) -> int:
        """The bill."""
        return self.settlement.total_fen


def slip(
    facts: SlipFacts, terms: SettlementTerms, claim: Claim, settlement: Settlement, after: YearSoFar
) -> Slip:
    """The slip of one claim: `after` is the year so far with this claim in it."""
    refused = settlement.refusal != Refusal.NONE
    shown = () if refused else tuple(layers(terms, claim, settlement))
    passed = (
        () if refused else tuple(skipped(terms, claim, settlement, referred_outside=facts.referred_outside))
    )
    refusal_source = _refusal_source(terms, claim, settlement) if refused else None
    made = Slip(
        area=terms.area.name,
        header=tuple(_header(facts, terms, claim)),
        facts=facts,
        claim=claim,
        settlement=settlement,
        split=_split(claim, settlement),
        layers=shown,
        skipped=passed,
        payers=tuple(_payers(claim, settlement)),
        caps=() if refused else tuple(caps(terms, claim, settlement, after)),
        refusal=_refusal_words(terms, claim, settlement, refusal_source) if refused else None,
        refusal_source=refusal_source,
        doubtful=_doubtful(terms, claim, shown, passed, refusal_source),
    )
    assert sum(fen for _, _, fen in made.payers) == settlement.total_fen
    assert sum(fen for _, _, fen in made.split[1:]) == settlement.total_fen
    return made


def _payers(claim: Claim, settlement: Settlement) -> Iterator[tuple[str, str, int]]:
    """Who pays; the special fund only where the bill belongs to one."""
    for name, fen in zip(settlement.payers._fields, settlement.payers, strict=True):
        if name != "special_fund_fen" or fen != 0 or claim.special_fund != SpecialFund.NONE:
            yield (*PAYER_WORDS[name], fen)


def _refusal_words(
    terms: SettlementTerms, claim: Claim, settlement: Settlement, source: Source | None
) -> RefusalWords:
    """The words of a refusal, with the clause that it rests on in this area on this day."""
    reason = Refusal(settlement.refusal)
    words = REFUSAL_WORDS[reason]
    clause = clause_of(words, terms.area, day_of(claim.day))
    if reason in (Refusal.NOT_ON_FILE, Refusal.TERMS_REFUSED) and source is not None:
        clause = source.cite or f"{source.label}：{clause}"
    if reason is Refusal.NOT_ALLOWED_HERE and _refusing(terms, claim) == "hospital":
        chinese, english, remedy = NO_STAYS_HERE_WORDS
        clause = clause if source is None else source.cite or source.label
        return words._replace(chinese=chinese, english=english, remedy=remedy, clause=clause)
    chosen = claim.kind == VisitKind.OUTPATIENT and terms.params.pooling.first_choice_only == 1
    if reason is Refusal.NOT_ALLOWED_HERE and not chosen:
        chinese, english = NOT_GIVEN_HERE_WORDS
        return words._replace(chinese=chinese, english=english, clause=clause)
    return words._replace(clause=clause)


def _header(facts: SlipFacts, terms: SettlementTerms, claim: Claim) -> Iterator[tuple[str, str, str]]:
    kind = VisitKind(claim.kind)
    row = terms.area.listed("institution_classes")[claim.institution_class]
    held = "、".join(
        CATEGORY_WORDS[c][0] for c in facts.categories if c not in (Category.ORDINARY, claim.category)
    )
    category = CATEGORY_WORDS[Category(claim.category)][0] + (f"（另有：{held}）" if held else "")
    day = day_of(claim.day)
    yield from _places(facts, terms.area)
    if facts.claim_id:
        yield "结算号", "Claim", facts.claim_id
    if facts.person_name:
        yield "姓名", "Name", facts.person_name
    if claim.age != OLDEST:
        yield "年龄", "Age", f"{claim.age} 周岁" if claim.age else "不满 1 周岁"
    yield "结算身份", "Category", category
    tiers = terms.area.listed("contribution_tiers")
    if len(tiers) > 1:
        yield "缴费档次", "Contribution tier", str(tiers[claim.tier]["label"])
    yield "就医机构", "Institution", facts.institution_name or "—"
    yield "机构类别", "Class", str(row["label"])
    yield "医疗类别", "Kind of visit", _kind_words(terms, claim, kind)
    yield "就医方式", "Care path", PATH_WORDS[CarePath(claim.care_path)][0]
    if claim.special_fund != SpecialFund.NONE:
        yield "专项资金", "Special fund", SPECIAL_FUND_WORDS[SpecialFund(claim.special_fund)][0]
    if facts.admitted_on:
        yield "入院日", "Admitted", facts.admitted_on.isoformat()
    by_stay = kind is VisitKind.HOSPITAL or (
        kind is VisitKind.MATERNITY and claim.delivery != Delivery.ANTENATAL
    )
    yield ("出院日", "Discharged", day.isoformat()) if by_stay else ("就诊日", "Served", day.isoformat())
    yield "结算日", "Settled", (facts.settled_on or day).isoformat()


def _places(facts: SlipFacts, area: Area) -> Iterator[tuple[str, str, str]]:
    """The pooling area, the district whose own terms hold where it is not that, and the county of enrolment."""
    pool = _pool(area)
    yield "统筹地区", "Pooling area", f"{pool[0]} {pool[1]}"
    if pool[1] != area.code:
        yield "适用政策", "Terms of", f"{area.name} {area.code}"
    counties = [county for pack in area.chain for county in pack.facts.get("counties", ())]
    for county in counties:
        if county["code"] == facts.county_code and county["code"] != area.code:
            yield "参保所属地", "Enrolled in", f"{county['name']} {county['code']}"
            return


def _pool(area: Area) -> tuple[str, str]:
    """Name and code of the pooling area: the one above that lists this one among its counties, else this one."""
    for pack in area.chain:
        if any(county["code"] == area.code for county in pack.facts.get("counties", ())):
            return str(pack.names["zh"]), pack.code
    return area.name, area.code


def _kind_words(terms: SettlementTerms, claim: Claim, kind: VisitKind) -> str:
    words = VISIT_WORDS[kind][0]
    if kind is VisitKind.CHRONIC:
        return f"{words}（{terms.area.listed('chronic_diseases')[claim.disease]['label']}）"
    if kind is VisitKind.TWO_DISEASES:
        return f"{words}（{TWO_DISEASE_WORDS[TwoDisease(claim.disease)][0]}）"
    return (
        f"{words}（{DELIVERY_WORDS[Delivery(claim.delivery)][0]}）" if kind is VisitKind.MATERNITY else words
    )


def _split(claim: Claim, settlement: Settlement) -> tuple[tuple[str, str, int], ...]:
    return (
        ("医疗费总额", "Total", settlement.total_fen),
        ("全自费", "Own expense", claim.own_expense_fen),
        ("超限价自付", "Over the payment standard", claim.over_standard_fen),
        ("先行自付", "Initial self-pay", claim.initial_self_pay_fen),
        ("政策范围内费用", "In scope", settlement.in_scope_fen),
    )


def _refusal_source(terms: SettlementTerms, claim: Claim, settlement: Settlement) -> Source | None:
    """The entry behind a refusal that a policy decides."""
    if settlement.refusal == Refusal.TERMS_REFUSED:
        entry = terms.direct_sources[claim.category]
        return source_of(entry) if entry else None
    if settlement.refusal < Refusal.NOT_ALLOWED_HERE or settlement.refusal == Refusal.NOT_CERTIFIED:
        return None
    if refusal_of_special_fund(terms.params.special_funds, fund=claim.special_fund) != Refusal.NONE:
        entry = terms.sources.get("special_funds")
        return source_of(entry) if entry else None
    return source_of(terms.sources[_refusing(terms, claim)])


def _refusing(terms: SettlementTerms, claim: Claim) -> str:
    """The benefit that refuses; what is settled as a stay is refused by the hospital's once its disease is on file."""
    if is_year_stay(terms.params, claim) == 1:
        refusal = refusal_of_chronic(
            terms.params.chronic,
            disease=claim.disease,
            institution_class=claim.institution_class,
            certified=claim.certified,
        )
        return "hospital" if refusal == Refusal.NONE else "chronic"
    return BASIC_LAYERS[VisitKind(claim.kind)]


def _doubtful(
    terms: SettlementTerms,
    claim: Claim,
    shown: tuple[Layer, ...],
    passed: tuple[Skipped, ...],
    refusal_source: Source | None,
) -> tuple[Source, ...]:
    """Every entry used that is neither the notice's wording nor another official document, surest last."""
    used = [source for layer in shown for source in layer.sources]
    used += [one.source for one in passed if one.source]
    used += [refusal_source] if refusal_source else []
    if shown and claim.category != Category.ORDINARY:
        used.append(source_of(terms.sources["ranking"]))
    below = {source.entry_id: source for source in used if source.standing > Standing.OFFICIAL}
    return tuple(sorted(below.values(), key=lambda source: -source.standing))
