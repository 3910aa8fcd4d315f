"""`yibao policy check`: everything that can be said of a folder of policies without a person, as findings.

Errors are what must not be used: a figure without a source, a quote that its notice does not have, a day left out, a
subsidy below the national floor. Departures are what the national list asks to be reported. What cannot be looked up,
for want of a text, is counted.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from yibao.kernel.findings import Finding
from yibao.packs.category_grid import lower_pays_more
from yibao.packs.entries import Entry, PolicyFailure
from yibao.packs.list_figures import STATE_WORDS, figure_checks, unaccounted
from yibao.packs.list_progress import pooling_areas
from yibao.packs.national_list import below_floor, departures
from yibao.packs.notices import NoticeText, notices, texts_at_hand
from yibao.packs.policies import Area, Policies
from yibao.packs.provenance import is_to_fill, provenance
from yibao.packs.settlement import settlement_periods
from yibao.packs.spans import county_lists, promised_days, schema, settles, spans


@dataclass(frozen=True)
class Report:
    """What a check found: errors, departures from the national list, and how many quotes a text confirmed."""

    errors: list[Finding]
    departures: list[Finding]
    verified: int
    unverified: dict[str, int]
    other_texts: list[str]
    areas: int
    blocks: int
    list_figures: dict[str, int]


def check(found: Policies, texts: Path | None = None) -> Report:
    """Checks a folder of policies against itself and against the texts at hand."""
    known = notices(found.folder)
    at_hand = texts_at_hand(texts, found.folder)
    blocks = all_blocks(found)
    sources = provenance(blocks, known, at_hand)
    errors = [*sources.findings, *unaccounted(found)]
    off_list: list[Finding] = []
    areas = all_areas(found)
    for area in areas:
        if area.code in found.packs:  # a county with no pack of its own is its city, entry by entry
            errors += _of_area(area)
            off_list += _departures(area)
    return Report(
        errors=_once(errors),
        departures=_once(off_list),
        verified=sources.verified,
        unverified=sources.unverified,
        other_texts=_other_texts(at_hand),
        areas=len(areas),
        blocks=len(blocks),
        list_figures=_list_figures(found),
    )


def all_areas(found: Policies) -> list[Area]:
    """Every area of a folder: each pack's own and the counties it lists."""
    codes = set(found.packs)
    for pack in found.packs.values():
        codes |= {str(county["code"]) for county in pack.facts.get("counties", ())}
    return [found.area(code) for code in sorted(codes)]


def all_blocks(found: Policies) -> list[Entry]:
    """Every dated block of a folder."""
    return [block for pack in found.packs.values() for blocks in pack.entries.values() for block in blocks]


def _of_area(area: Area) -> list[Finding]:
    own = [block for blocks in area.chain[0].entries.values() for block in blocks]
    found = [problem for block in own for problem in schema(block, area)]
    if found:
        return found
    try:
        found = [*spans(area), *county_lists(area), *below_floor(area)]
        if any(
            is_to_fill(block) for pack in area.chain for blocks in pack.entries.values() for block in blocks
        ):
            return found  # what is to be filled in is a finding of its own
        found += settles(area)
        return found if found else _grid(area)
    except PolicyFailure as bad:
        return [Finding(area.code, 0, "", "", str(bad), "改好后再查 (cannot be read)")]


def _departures(area: Area) -> list[Finding]:
    try:
        return departures(area)
    except PolicyFailure:
        return []  # _of_area has said why these entries cannot be read


def _list_figures(found: Policies) -> dict[str, int]:
    """How many figures of the benefit list came to what, over every pooling area and every day it promises."""
    counts: Counter[str] = Counter()
    for area in pooling_areas(found):
        try:
            counts.update(STATE_WORDS[of.state][0] for of in figure_checks(area))
        except PolicyFailure:
            continue  # _of_area has said why these entries cannot be read
    return dict(counts)


def _grid(area: Area) -> list[Finding]:
    """The category grid, for a pack of its own: a county that only changes financing settles as its city does."""
    days = promised_days(area)
    of_its_own = any(section in ("benefits", "assistance") for section, _ in area.chain[0].entries)
    if days is None or not of_its_own or not area.listed("institution_classes"):
        return []
    return [problem for terms in settlement_periods(area, *days) for problem in lower_pays_more(terms)]


def _other_texts(at_hand: dict[str, NoticeText]) -> list[str]:
    return sorted(number for number, text in at_hand.items() if not text.as_read)


def _once(findings: list[Finding]) -> list[Finding]:
    """Findings in order, each once: what a county inherits is found with its city."""
    return list(dict.fromkeys(findings))
