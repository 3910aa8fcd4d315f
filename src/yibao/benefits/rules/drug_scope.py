"""A drug of an area's list against the national one (用药范围基本统一): the same, missing here, or only here.

What a province had added itself was to be digested by a day; after it such a drug is off the list. Kinds that an area
admits by its own rules (ethnic drugs, hospital preparations, slices, granules) may stand only here.

carries_out: BEN-17
"""

from yibao.benefits.params import DrugScopeParams
from yibao.benefits.terms import DrugScope


def drug_scope(
    params: DrugScopeParams, *, in_area: int, in_national: int, is_same_terms: int, kind: int, day: int
) -> int:
    """The DrugScope of a drug on a day; `is_same_terms` is whether class and payment standard are the national ones."""
    if in_national == 1:
        if in_area == 0:
            return DrugScope.ONLY_NATIONAL
        return DrugScope.SAME if is_same_terms == 1 else DrugScope.DIFFERENT_TERMS
    if in_area == 0:
        return DrugScope.NOWHERE
    if params.local_kinds[kind] == 1:
        return DrugScope.ALLOWED_HERE
    return DrugScope.BEING_DIGESTED if day <= params.supplements_end_day else DrugScope.OFF_LIST
