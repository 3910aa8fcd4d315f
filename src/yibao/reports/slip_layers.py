"""Layers of a settlement slip: the steps of each, the entry behind each step, why a layer is passed over, what caps leave.

A reader would look for the order of the code in the order of the law: basic, catastrophic, assistance, top-up. Two-disease
drugs may be paid twice in the basic layer, by their own quota and then by outpatient pooling.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from yibao.benefits.terms import VISIT_WORDS, VisitKind
from yibao.engine.settle import Settlement
from yibao.engine.terms import Claim, YearSoFar
from yibao.kernel.money import UNREACHED_FEN
from yibao.kernel.standing import STANDING_WORDS, Standing
from yibao.kernel.workings import steps
from yibao.packs.entries import Entry
from yibao.packs.settlement import SettlementTerms
from yibao.reports.slip_words import LAYER_WORDS, STEP_ENGLISH

NO_LIMIT_FEN = UNREACHED_FEN // 2
"""From here on an amount is the absence of a limit, less what has been used of it."""

BASIC_CAP_STEPS = {("hospital", "cap_left_fen"), ("chronic", "cap_left_fen"), ("maternity", "cap_left_fen")}
"""Steps of a layer that rest on the entry of the basic fund's annual cap."""


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
        return STANDING_WORDS[self.standing]

    @property
    def rests_on(self) -> str:
        """The notice and section where it is the notice's wording, else the source named."""
        return self.cite if self.standing is Standing.NOTICE or not self.source else self.source


@dataclass(frozen=True)
class SlipStep:
    """One step of a working: `unit` is fen, bp or number."""

    name: str
    chinese: str
    english: str
    value: int
    unit: str
    source: Source


@dataclass(frozen=True)
class Layer:
    """A layer that applies: its steps, what it pays, what is left to the person in scope after it, its entries."""

    key: str
    chinese: str
    english: str
    steps: tuple[SlipStep, ...]
    pays_fen: int
    left_fen: int
    sources: tuple[Source, ...]


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
    """The layers that apply, in the order of the notice."""
    basic = settlement.basic
    parts: list[tuple[str, Any]] = []
    if claim.kind == VisitKind.HOSPITAL:
        parts.append(("hospital", basic.hospital))
    if claim.kind == VisitKind.CHRONIC:
        parts.append(("chronic", basic.chronic))
    if claim.kind == VisitKind.MATERNITY:
        parts.append(("maternity", basic.maternity))
    if claim.kind == VisitKind.TWO_DISEASES:
        parts.append(("two_diseases", basic.two_diseases))
    if basic.pooled:
        parts.append(("pooling", basic.pooling))
    left_fen = settlement.in_scope_fen
    for key, working in parts:
        left_fen -= working.pays_fen + getattr(working, "hospital_bears_fen", 0)
        yield _layer(terms, key, working, terms.sources[key], left_fen)
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
    """The layers after the basic one that do not apply, and why."""
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
            None,
        )


def _why_no_top_up(terms: SettlementTerms, claim: Claim, *, referred_outside: bool) -> tuple[str, str]:
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
    year_fen = params.basic_cap.annual_cap_fen
    yield Cap("基本医保年度最高支付限额", "Basic insurance, year", year_fen, after.basic_capped_fen)
    if settlement.basic.pooled:
        yield Cap(
            "门诊统筹当日限额", "Pooling, day", params.pooling.daily_cap_fen, after.pooling_day_paid_fen
        )
        yield Cap("门诊统筹年度限额", "Pooling, year", params.pooling.annual_cap_fen, after.pooling_paid_fen)
    if claim.kind == VisitKind.CHRONIC:
        quota_fen = params.chronic.monthly_quota_fen[claim.disease]
        yield Cap("该病种当月定额", "Disease quota, month", quota_fen, after.quota_paid_fen[cell])
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
