"""Layers of a settlement slip: the steps of each, the entry behind each step, why a layer is passed over, what caps leave.

A reader would look for the order of the code in the order of the law: basic, catastrophic, assistance, top-up; the special
fund of a bill that has one comes last, or stands alone. Two-disease drugs may be paid twice in the basic layer, by their own
quota and then by outpatient pooling; a special disease that is settled as a stay has the working of one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from yibao.benefits.rules.chronic_special import yearly_limit_fen
from yibao.benefits.rules.special_funds import pays_alone
from yibao.benefits.terms import SPECIAL_FUND_WORDS, VISIT_WORDS, SpecialFund, VisitKind
from yibao.engine.basic import paid_in_slot_fen
from yibao.engine.settle import Settlement
from yibao.engine.terms import Claim, YearSoFar
from yibao.kernel.money import UNREACHED_FEN, share_fen
from yibao.kernel.shapes import NOT_ON_FILE
from yibao.kernel.standing import STANDING_WORDS, Standing
from yibao.kernel.workings import steps
from yibao.packs.entries import Entry
from yibao.packs.settlement import SettlementTerms
from yibao.reports.slip_remarks import Remark, remarks
from yibao.reports.slip_words import LAYER_WORDS, NO_FIGURE_WORDS, STEP_ENGLISH, YEAR_STAY_WORDS

NO_LIMIT_FEN = UNREACHED_FEN // 2
"""From here on an amount is the absence of a limit, less what has been used of it."""

BASIC_CAP_STEPS = {("hospital", "cap_left_fen"), ("chronic", "cap_left_fen"), ("maternity", "cap_left_fen")}
"""Steps of a layer that rest on the entry of the basic fund's annual cap."""

BASIC_LAYERS = {
    VisitKind.HOSPITAL: "hospital",
    VisitKind.OUTPATIENT: "pooling",
    VisitKind.CHRONIC: "chronic",
    VisitKind.TWO_DISEASES: "two_diseases",
    VisitKind.MATERNITY: "maternity",
}
"""The benefit of the basic layer that a kind of visit is for."""


@dataclass(frozen=True)
class Source:
    """The entry a figure rests on, as a reader checks it."""

    entry_id: str
    label: str
    cite: str
    quotes: tuple[str, ...]
    source: str
    standing: Standing
    note: str

    @property
    def words(self) -> tuple[str, str]:
        """How sure it is, in Chinese and English."""
        if self.standing is Standing.NOTICE and not self.quotes:
            return NO_FIGURE_WORDS
        return STANDING_WORDS[self.standing]

    @property
    def remark(self) -> str:
        """What is to be known of it, to stand after how sure it is: a note does not say its standing again."""
        return (self.note or self.source).removeprefix(f"{self.words[0]}；")

    @property
    def rests_on(self) -> str:
        """The notice and section where it is the notice's wording, else the source named."""
        return self.cite if self.standing is Standing.NOTICE or not self.source else self.source


@dataclass(frozen=True)
class SlipStep:
    """One step of a working: `unit` is fen, bp or number; `told` is what a number stands for, where it is a code."""

    name: str
    chinese: str
    english: str
    value: int
    unit: str
    source: Source
    told: str = ""


@dataclass(frozen=True)
class Layer:
    """A layer that applies: its steps, what it pays, what is left to the person in scope after it, its entries, its terms."""

    key: str
    chinese: str
    english: str
    steps: tuple[SlipStep, ...]
    pays_fen: int
    left_fen: int
    sources: tuple[Source, ...]
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Skipped:
    """A layer that does not apply, and why."""

    key: str
    chinese: str
    english: str
    why_chinese: str
    why_english: str
    source: Source | None


@dataclass(frozen=True)
class Cap:
    """A limit and what has been used of it after this claim; `limit_fen` is NO_LIMIT_FEN or more where there is none."""

    chinese: str
    english: str
    limit_fen: int
    used_fen: int

    @property
    def left_fen(self) -> int:
        """What is left of it."""
        return max(self.limit_fen - self.used_fen, 0)

    @property
    def unlimited(self) -> bool:
        """Whether the policy sets no limit."""
        return self.limit_fen >= NO_LIMIT_FEN


def source_of(entry: Entry) -> Source:
    """An entry as a slip names it."""
    return Source(entry.id, entry.label, entry.cite, entry.quotes, entry.source, entry.standing, entry.note)


def layers(terms: SettlementTerms, claim: Claim, settlement: Settlement) -> Iterator[Layer]:
    """The layers that apply, in the order of the notice; the special fund of the bill after them, or alone."""
    for layer in _layers(terms, claim, settlement):
        yield replace(layer, remarks=remarks(terms, claim, settlement, layer.key))


def _layers(terms: SettlementTerms, claim: Claim, settlement: Settlement) -> Iterator[Layer]:
    if not _alone(terms, claim):
        yield from _basic_layers(terms, claim, settlement)
        yield from _further_layers(terms, claim, settlement)
    if claim.special_fund != SpecialFund.NONE:
        working, left_fen = settlement.special_fund, settlement.left_in_scope_fen
        left_fen -= share_fen(left_fen, working.share_bp)
        yield _layer(terms, "special_fund", working, terms.sources["special_funds"], left_fen)


def _alone(terms: SettlementTerms, claim: Claim) -> bool:
    """Whether the bill's special fund pays without any layer of insurance."""
    return pays_alone(terms.params.special_funds, fund=claim.special_fund) == 1


def _basic_layers(terms: SettlementTerms, claim: Claim, settlement: Settlement) -> Iterator[Layer]:
    basic, left_fen = settlement.basic, settlement.in_scope_fen
    if basic.year_stay:
        left_fen -= basic.hospital.pays_fen
        made = _layer(terms, "hospital", basic.hospital, terms.sources["hospital"], left_fen)
        decides = source_of(terms.sources["chronic"])
        sources = {source.entry_id: source for source in (*made.sources, decides)}
        yield replace(
            made,
            chinese=YEAR_STAY_WORDS[0],
            english=YEAR_STAY_WORDS[1],
            steps=tuple(
                replace(step, told="全年一次", source=decides) if step.name == "stay_number" else step
                for step in made.steps
            ),
            sources=tuple(sources.values()),
        )
        return
    own = BASIC_LAYERS[VisitKind(claim.kind)]
    keys = [own] if own != "pooling" else []
    for key in [*keys, *(["pooling"] if basic.pooled else [])]:
        working = getattr(basic, key)
        left_fen -= working.pays_fen + getattr(working, "hospital_bears_fen", 0)
        yield _layer(terms, key, working, terms.sources[key], left_fen)


def _further_layers(terms: SettlementTerms, claim: Claim, settlement: Settlement) -> Iterator[Layer]:
    if settlement.catastrophic.base_fen:
        entry = terms.catastrophic_sources[claim.category]
        left = settlement.left_by_catastrophic_fen
        yield _layer(terms, "catastrophic", settlement.catastrophic, entry, left)
    direct_entry = terms.direct_sources[claim.category]
    left = settlement.left_by_catastrophic_fen - settlement.direct.pays_fen
    if direct_entry and _assisted(terms, claim, settlement):
        yield _layer(terms, "direct", settlement.direct, direct_entry, left)
    if settlement.change.top_up_base_fen:
        entry = terms.sources["top_up"]
        left = settlement.left_in_scope_fen
        yield _layer(terms, "top_up", settlement.top_up, entry, left)


def _layer(terms: SettlementTerms, key: str, working: Any, entry: Entry, left_fen: int) -> Layer:
    own, cap = source_of(entry), source_of(terms.sources["basic_cap"])
    shown = tuple(
        SlipStep(
            name=step.name,
            chinese=step.label,
            english=STEP_ENGLISH[key][step.name],
            value=step.value,
            unit="fen" if step.name.endswith("_fen") else "bp" if step.name.endswith("_bp") else "number",
            source=cap if (key, step.name) in BASIC_CAP_STEPS and step.value < NO_LIMIT_FEN else own,
            told=SPECIAL_FUND_WORDS[SpecialFund(step.value)][0] if step.name == "fund" else "",
        )
        for step in steps(working)
    )
    return Layer(
        key=key,
        chinese=LAYER_WORDS[key][0],
        english=LAYER_WORDS[key][1],
        steps=shown,
        pays_fen=working.pays_fen,
        left_fen=left_fen,
        sources=tuple({step.source.entry_id: step.source for step in shown}.values()),
    )


def _assisted(terms: SettlementTerms, claim: Claim, settlement: Settlement) -> bool:
    """Whether the claim's rest counts for direct assistance."""
    counts = terms.params.direct[claim.category].counts_outpatient == 1
    by_stay = claim.kind in (VisitKind.HOSPITAL, VisitKind.MATERNITY)
    return settlement.left_by_catastrophic_fen > 0 and (
        by_stay or (counts and claim.kind in (VisitKind.CHRONIC, VisitKind.TWO_DISEASES))
    )


def skipped(
    terms: SettlementTerms, claim: Claim, settlement: Settlement, *, referred_outside: bool
) -> Iterator[Skipped]:
    """The layers after the basic one that do not apply, and why; every layer where a special fund pays alone."""
    if _alone(terms, claim):
        alone, by = ("由专项资金单独支付", "paid by its special fund alone"), terms.sources["special_funds"]
        for key in (BASIC_LAYERS[VisitKind(claim.kind)], "catastrophic", "direct", "top_up"):
            yield Skipped(key, *LAYER_WORDS[key], *alone, source_of(by))
        return
    nothing_left = ("政策范围内已无个人负担", "nothing left in scope")
    kind = VISIT_WORDS[VisitKind(claim.kind)]
    if settlement.catastrophic.base_fen == 0:
        left = settlement.left_by_basic_fen == 0
        why = nothing_left if left else (f"{kind[0]}费用不计入", f"{kind[1]} cost does not count")
        entry = None if left else source_of(terms.catastrophic_sources[claim.category])
        yield Skipped("catastrophic", *LAYER_WORDS["catastrophic"], *why, entry)
    direct_entry = terms.direct_sources[claim.category]
    if direct_entry is None or not _assisted(terms, claim, settlement):
        why, entry = ("不是救助对象", "not a person it is for"), None
        if direct_entry is not None:
            left = settlement.left_by_catastrophic_fen == 0
            why = nothing_left if left else (f"{kind[0]}费用不计入", f"{kind[1]} cost does not count")
            entry = None if left else source_of(direct_entry)
        yield Skipped("direct", *LAYER_WORDS["direct"], *why, entry)
    if settlement.change.top_up_base_fen == 0:
        yield Skipped(
            "top_up",
            *LAYER_WORDS["top_up"],
            *_why_no_top_up(terms, claim, referred_outside=referred_outside),
            None,  # what is not on file is said, and no figure rests on it
        )


def _why_no_top_up(terms: SettlementTerms, claim: Claim, *, referred_outside: bool) -> tuple[str, str]:
    if terms.sources["top_up"].refuses and terms.direct_sources[claim.category] is not None:
        return "标准没有文件在册", "no terms on file"
    if terms.params.top_up.categories[claim.category] != 1:
        return "不是救助对象", "not a person it is for"
    if claim.kind != VisitKind.HOSPITAL:
        return "只用于住院", "for hospital stays only"
    if referred_outside:
        return "在省外就医", "care outside the province"
    if claim.properly_referred != 1:
        return "不是规范转诊", "not properly referred"
    return "政策范围内已无个人负担", "nothing left in scope"


def caps(terms: SettlementTerms, claim: Claim, settlement: Settlement, after: YearSoFar) -> Iterator[Cap]:
    """Each limit that the claim touches, with what has been used of it after the claim."""
    params, cell = terms.params, settlement.change.quota_cell
    if _alone(terms, claim):
        return
    year_fen = params.basic_cap.annual_cap_fen[claim.tier]
    yield Cap("基本医保年度最高支付限额", "Basic insurance, year", year_fen, after.basic_capped_fen)
    if settlement.basic.pooled:
        yield Cap(
            "门诊统筹当日限额", "Pooling, day", params.pooling.daily_cap_fen, after.pooling_day_paid_fen
        )
        pooled_fen = params.pooling.annual_cap_fen[claim.tier]
        yield Cap("门诊统筹年度限额", "Pooling, year", pooled_fen, after.pooling_paid_fen)
    if claim.kind == VisitKind.CHRONIC and not settlement.basic.year_stay:
        quota_fen = params.chronic.monthly_quota_fen[claim.disease]
        yield Cap("该病种当月定额", "Disease quota, month", quota_fen, after.quota_paid_fen[cell])
        yield from _chronic_year(terms, claim, after)
    if claim.kind == VisitKind.TWO_DISEASES:
        quota_fen = params.two_diseases.annual_quota_fen[claim.disease]
        yield Cap("该病种年度限额", "Disease quota, year", quota_fen, after.quota_paid_fen[cell])
    terms_fen = params.catastrophic[claim.category].annual_cap_fen
    yield Cap("大病保险年度限额", "Catastrophic, year", terms_fen, after.catastrophic_paid_fen)
    if terms.direct_sources[claim.category] is not None:
        direct_fen = params.direct[claim.category].annual_cap_fen
        yield Cap("医疗救助年度限额", "Assistance, year", direct_fen, after.assistance_paid_fen)
    if params.top_up.categories[claim.category] == 1:
        yield Cap("倾斜救助年度限额", "Top-up, year", params.top_up.annual_cap_fen, after.top_up_paid_fen)


def _chronic_year(terms: SettlementTerms, claim: Claim, after: YearSoFar) -> Iterator[Cap]:
    """The year's limit of a chronic disease, or of all that the person has, where there is one."""
    params = terms.params.chronic
    limit_fen = yearly_limit_fen(params, disease=claim.disease, disease_tags=claim.disease_tags)
    if limit_fen >= NO_LIMIT_FEN:
        return
    if params.further_quota_fen == NOT_ON_FILE:
        yield Cap("该病种年度限额", "Disease limit, year", limit_fen, paid_in_slot_fen(after, claim))
    else:
        yield Cap("慢特病年度限额", "Chronic diseases, year", limit_fen, after.chronic_paid_fen)
