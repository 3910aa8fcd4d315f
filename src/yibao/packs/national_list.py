"""The national frame (国家最低标准与待遇清单): what no pack may fall below, and where it departs from the benefit list.

A subsidy below the national floor is refused. A departure from the benefit list is named, for the list itself is not on
file and leaves room; `packs.list_figures` goes through it figure by figure, `packs.list_progress` says how far it has come.

An area's entries are compared with the list's day by day where either changes, so a later floor never judges an earlier day.
"""

from collections.abc import Iterator
from datetime import date

from yibao.financing.params import SubsidyFloorParams, SubsidyFloorTerms, SubsidyParams
from yibao.financing.rules.subsidy_floor import subsidy_floor
from yibao.kernel.findings import Finding
from yibao.kernel.money import share_fen, yuan
from yibao.packs.build import params
from yibao.packs.entries import Entry, PolicyFailure
from yibao.packs.financing import COUNTY_LIST_KEY
from yibao.packs.list_figures import departures_of, figure_checks
from yibao.packs.policies import Area
from yibao.packs.provenance import finding, is_to_fill

OTHER_SPLITS = ("subsidy_student_", COUNTY_LIST_KEY)
"""How the keys of subsidies beside the ordinary one begin."""


def below_floor(area: Area) -> list[Finding]:
    """Subsidies below the national floor, and subsidies whose parts come to more than their standard."""
    found: list[Finding] = []
    for key in area.keys("financing"):
        if key == "subsidy" or key.startswith(OTHER_SPLITS):
            for entry in _filled(area, "financing", key):
                found += _subsidy(entry, area)
    return found


def departures(area: Area) -> list[Finding]:
    """Where an area's terms depart from the national frame, each named with the frame's own figure."""
    return [*_unshared(area), *departures_of(figure_checks(area))]


def _subsidy(entry: Entry, area: Area) -> list[Finding]:
    found = []
    terms = params(SubsidyParams, entry, area)
    for floor in _listed(area, "financing", "subsidy_floor", entry):
        reached = subsidy_floor(SubsidyFloorTerms(terms, params(SubsidyFloorParams, floor, area)))
        if reached.refused:
            message = f"财政补助低于国家最低标准 {yuan(reached.floor_fen)} 元（{floor.first_day} 起）"
            found.append(
                finding(
                    entry,
                    yuan(terms.standard_fen),
                    message,
                    "提高到不低于国家标准 (below the national floor)",
                )
            )
    parts_fen = _parts_fen(terms)
    if parts_fen > terms.standard_fen:
        message = f"各级补助之和超过标准 {yuan(terms.standard_fen)} 元"
        found.append(finding(entry, yuan(parts_fen), message, "改正各级数字 (parts exceed the standard)"))
    return found


def _unshared(area: Area) -> Iterator[Finding]:
    for key in area.keys("financing"):
        if key == "subsidy" or key.startswith(OTHER_SPLITS):
            for entry in _filled(area, "financing", key):
                terms = params(SubsidyParams, entry, area)
                left_fen = terms.standard_fen - _parts_fen(terms)
                if left_fen > 0:
                    yield finding(
                        entry,
                        yuan(left_fen),
                        "这部分补助没有写由哪一级负担",
                        "有分担文件后写上 (nobody's part)",
                    )


def _parts_fen(terms: SubsidyParams) -> int:
    printed_fen = (
        terms.central_fen
        + terms.provincial_fen
        + terms.municipal_fen
        + terms.county_fen
        + terms.municipal_and_county_fen
    )
    shares_bp = (
        terms.central_bp
        + terms.provincial_bp
        + terms.municipal_bp
        + terms.county_bp
        + terms.municipal_and_county_bp
    )
    return printed_fen + share_fen(terms.standard_fen, shares_bp)


def _filled(area: Area, section: str, key: str) -> list[Entry]:
    try:
        blocks = area.blocks(section, key)
    except PolicyFailure:
        return []
    return [block for block in blocks if not block.refuses and not is_to_fill(block)]


def _listed(area: Area, section: str, key: str, entry: Entry) -> list[Entry]:
    """The filled blocks of another entry that share a day with this one."""
    return [
        block
        for block in _filled(area, section, key)
        if block.first_day <= (entry.last_day or date.max) and entry.first_day <= (block.last_day or date.max)
    ]
