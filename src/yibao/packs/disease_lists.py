"""Lists of chronic and special diseases (门诊慢特病病种目录) side by side, between two areas, or residents against employees.

Diseases are matched by national code. Where one list has a disease and the other only a finer or coarser code of the same
family (M078: M07800, M07803), the match stays "only here", and the other's code is named beside it: a reader decides.
Of the employees' list only what a document says is on file, so a disease it does not name is unknown there, not missing.
"""

from datetime import date
from typing import NamedTuple

from yibao.packs.entries import Entry, EntryRefuses, NoSuchEntry, NotOnFile
from yibao.packs.policies import Area
from yibao.policy_list.rules.disease_lists import ListAgreement, disease_match, list_agreement
from yibao.policy_list.terms import DiseaseMatch

LIST = "chronic_diseases"
EMPLOYEE = ("policy_list", "chronic_diseases_employee")
FAMILY = 4
"""Characters of a national code that a family of diseases shares: `M078`."""


class Disease(NamedTuple):
    """One disease as a pack lists it; the national code is empty where the pack has none."""

    code: str
    national_code: str
    label: str
    note: str


class DiseaseRow(NamedTuple):
    """A disease of either list: on each side what the pack has, None where it lacks it; `near` is of the same family."""

    national_code: str
    match: DiseaseMatch
    left: Disease | None
    right: Disease | None
    near: tuple[str, ...]


class ListComparison(NamedTuple):
    """Two lists side by side, and how far they agree."""

    rows: list[DiseaseRow]
    agreement: ListAgreement
    uncoded: list[Disease]


def diseases(area: Area) -> list[Disease]:
    """An area's list, in its own order."""
    return [
        Disease(
            str(row["code"]), str(row.get("national_code", "")), str(row["label"]), str(row.get("note", ""))
        )
        for row in area.listed(LIST)
    ]


def compared(left: Area, right: Area) -> ListComparison:
    """The lists of two areas by national code, the first's order first; what has no national code stands apart."""
    here, there = _by_code(left), _by_code(right)
    rows = []
    for code in dict.fromkeys([*here, *there]):
        one, other = here.get(code), there.get(code)
        same_name = one is not None and other is not None and one.label == other.label
        match = DiseaseMatch(
            disease_match(
                is_here=int(one is not None), is_there=int(other is not None), is_same_name=int(same_name)
            )
        )
        opposite = {DiseaseMatch.ONLY_HERE: there, DiseaseMatch.ONLY_THERE: here}.get(match, {})
        near = tuple(f"{near} {opposite[near].label}" for near in opposite if near[:FAMILY] == code[:FAMILY])
        rows.append(DiseaseRow(code, match, one, other, near))
    counts = [row.match for row in rows]
    agreement = list_agreement(
        same=counts.count(DiseaseMatch.SAME),
        named_differently=counts.count(DiseaseMatch.NAMED_DIFFERENTLY),
        only_here=counts.count(DiseaseMatch.ONLY_HERE),
        only_there=counts.count(DiseaseMatch.ONLY_THERE),
    )
    uncoded = [disease for area in (left, right) for disease in diseases(area) if not disease.national_code]
    return ListComparison(rows, agreement, uncoded)


def in_employee_scheme(area: Area, day: date) -> Entry | None:
    """The entry that names diseases the employees' scheme has too (`known`); None where nothing is on file for the day."""
    try:
        return area.entry(*EMPLOYEE, day)
    except (NoSuchEntry, NotOnFile, EntryRefuses):
        return None


def _by_code(area: Area) -> dict[str, Disease]:
    return {disease.national_code: disease for disease in diseases(area) if disease.national_code}
