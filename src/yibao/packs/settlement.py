"""The terms of a one-stop settlement: params of three layers for an area and a day, and the entry behind each."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from yibao.assistance.params import DirectParams, RankingParams, TopUpParams
from yibao.assistance.terms import Category
from yibao.benefits.params import (
    BasicCapParams,
    CapScopeParams,
    CatastrophicParams,
    ChronicParams,
    HospitalParams,
    MaternityParams,
    PoolingParams,
    SpecialFundsParams,
    TwoDiseasesParams,
)
from yibao.benefits.terms import VisitKind
from yibao.engine.terms import ReversalParams, SettlementParams
from yibao.kernel.shapes import CATEGORIES
from yibao.packs.build import absent, params
from yibao.packs.entries import Entry, PolicyFailure
from yibao.packs.policies import Area

LAYERS: dict[str, tuple[str, str, type[Any]]] = {
    "hospital": ("benefits", "hospital", HospitalParams),
    "basic_cap": ("benefits", "basic_cap", BasicCapParams),
    "cap_scope": ("benefits", "basic_cap_scope", CapScopeParams),
    "pooling": ("benefits", "outpatient_pooling", PoolingParams),
    "two_diseases": ("benefits", "two_diseases", TwoDiseasesParams),
    "chronic": ("benefits", "chronic_special", ChronicParams),
    "maternity": ("benefits", "maternity", MaternityParams),
    "top_up": ("assistance", "top_up", TopUpParams),
    "special_funds": ("benefits", "special_funds", SpecialFundsParams),
}
"""Field of SettlementParams → section, key and params of its entry."""

MAY_BE_MISSING = "special_funds"
"""The one layer that an area may have no entry of: a bill that belongs to a special fund is then refused."""

VISITS = ("hospital", "pooling", "two_diseases", "chronic", "maternity")
"""The layers that say what a kind of visit is paid. Where all of them refuse, no claim reaches a later layer."""

ALWAYS = (
    ("assistance", "ranking"),
    ("benefits", "catastrophic"),
    ("benefits", "catastrophic_preferential"),
)
"""What every claim that is settled passes through."""

NOBODY_RANKED = RankingParams(ranked=(Category.ORDINARY,) * CATEGORIES)
"""The ranking of an area that settles nothing and has none on file."""

NO_ASSISTANCE = DirectParams(deductible_fen=0, rate_bp=0, annual_cap_fen=0, counts_outpatient=0)
"""Direct assistance of a category that no entry names."""


class SettlesWithout(PolicyFailure):
    """An area that settles some kind of visit and refuses what every claim passes through; all such entries at once."""

    def __init__(self, area: Area, day: date, missing: list[Entry]) -> None:
        shown = "、".join(f"{entry.section}.{entry.key}（{entry.file}）" for entry in missing)
        super().__init__(
            f"{area.code} {area.name}在 {day} 已有就医可以结算，每笔都要用到的条目却还没有数字：{shown}。请写上，没有文件的写"
            "借来的数字和 standing: assumed (visits settle, but these entries refuse)"
        )


@dataclass(frozen=True)
class SettlementTerms:
    """The terms of an area that hold from one day to another, and what they rest on.

    `sources` names the entry of each layer: `hospital`, `pooling`, …, and by category `catastrophic` and `direct` in
    tuples of 24 (None where no entry names the category).
    """

    area: Area
    first_day: date
    last_day: date
    params: SettlementParams
    ranking: RankingParams
    reversal: ReversalParams
    sources: dict[str, Entry] = field(hash=False)
    catastrophic_sources: tuple[Entry, ...] = ()
    direct_sources: tuple[Entry | None, ...] = ()

    def entries(self) -> list[Entry]:
        """Every entry these terms rest on, once each."""
        found = [*self.sources.values(), *self.catastrophic_sources, *(e for e in self.direct_sources if e)]
        return list({entry.id: entry for entry in found}.values())


def settlement_terms(area: Area, day: date) -> SettlementTerms:
    """The terms in force on a day. Raises NotOnFile where an entry has no block for it.

    The ranking and catastrophic insurance may refuse only where every kind of visit does; else SettlesWithout is raised.
    """
    sources = {
        name: area.block(section, key, day)
        for name, (section, key, _) in LAYERS.items()
        if name != MAY_BE_MISSING or key in area.keys(section)
    }
    built = {name: _params(kind, sources.get(name), area) for name, (_, _, kind) in LAYERS.items()}
    always = [area.block(section, key, day) for section, key in ALWAYS]
    missing = [entry for entry in always if entry.refuses]
    if missing and not all(sources[name].refuses for name in VISITS):
        raise SettlesWithout(area, day, missing)
    sources["ranking"], ordinary, preferential = always
    sources["reversal"] = area.entry("benefits", "reversal", day)
    catastrophic, catastrophic_sources = _catastrophic(area, ordinary, preferential)
    direct, direct_sources = _direct(area, day)
    blocks = [*sources.values(), *catastrophic_sources, *(e for e in direct_sources if e)]
    return SettlementTerms(
        area=area,
        first_day=max(b.first_day for b in blocks),
        last_day=min([b.last_day for b in blocks if b.last_day] or [date.max]),
        params=SettlementParams(**built, catastrophic=catastrophic, direct=direct),
        ranking=NOBODY_RANKED
        if sources["ranking"].refuses
        else params(RankingParams, sources["ranking"], area),
        reversal=params(ReversalParams, sources["reversal"], area),
        sources=sources,
        catastrophic_sources=catastrophic_sources,
        direct_sources=direct_sources,
    )


def settlement_periods(area: Area, first_day: date, last_day: date) -> list[SettlementTerms]:
    """The terms from one day to another, cut where any entry changes. Raises NotOnFile as settlement_terms."""
    found: list[SettlementTerms] = []
    day = first_day
    while day <= last_day:
        terms = settlement_terms(area, day)
        found.append(terms)
        day = (
            terms.last_day + timedelta(days=1) if terms.last_day < last_day else last_day + timedelta(days=1)
        )
    return found


def basic_entries(terms: SettlementTerms, kind: VisitKind) -> list[Entry]:
    """The entries that the basic layer reads for a kind of visit."""
    scope, rest = terms.params.cap_scope, terms.params.two_diseases.rest_to_pooling == 1
    names = {
        VisitKind.HOSPITAL: ["hospital", "basic_cap"],
        VisitKind.OUTPATIENT: ["pooling"],
        VisitKind.CHRONIC: ["chronic", "cap_scope", *(["basic_cap"] if scope.counts_chronic == 1 else [])],
        VisitKind.MATERNITY: [
            "maternity",
            "cap_scope",
            *(["basic_cap"] if scope.counts_maternity == 1 else []),
        ],
        VisitKind.TWO_DISEASES: ["two_diseases", *(["pooling"] if rest else [])],
    }
    return [terms.sources[name] for name in names[kind]]


def _params(kind: type[Any], entry: Entry | None, area: Area) -> Any:
    return absent(kind) if entry is None or entry.refuses else params(kind, entry, area)


def _catastrophic(
    area: Area, ordinary: Entry, preferential: Entry
) -> tuple[tuple[CatastrophicParams, ...], tuple[Entry, ...]]:
    both = {entry.id: _params(CatastrophicParams, entry, area) for entry in (ordinary, preferential)}
    entries = tuple(preferential if _named(c, preferential) else ordinary for c in range(CATEGORIES))
    return tuple(both[entry.id] for entry in entries), entries


def _direct(area: Area, day: date) -> tuple[tuple[DirectParams, ...], tuple[Entry | None, ...]]:
    found: list[Entry | None] = [None] * CATEGORIES
    for key in area.keys("assistance"):
        if key.startswith("direct_"):
            entry = area.block("assistance", key, day)
            for name in entry.categories:
                at = int(Category[name])
                if found[at] is not None:
                    raise PolicyFailure(
                        f"{entry.file}：{name} 在 {day} 同时列入 {key} 与另一条目 (category named twice)"
                    )
                found[at] = entry
    built = tuple(NO_ASSISTANCE if e is None else _params(DirectParams, e, area) for e in found)
    return built, tuple(found)


def _named(category: int, entry: Entry) -> bool:
    return any(int(Category[name]) == category for name in entry.categories)
