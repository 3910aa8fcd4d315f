"""The entries of policy behind settlements, so that a summary can say which of them no official document gives."""

from collections.abc import Iterable

from yibao.benefits.terms import VisitKind
from yibao.packs.entries import Entry
from yibao.packs.settlement import SettlementTerms, basic_entries


def entries_behind(
    terms: SettlementTerms, kinds: Iterable[VisitKind], categories: Iterable[int]
) -> list[Entry]:
    """The entries of policy that settlements of these kinds of visits and categories rest on."""
    entries = [entry for kind in kinds for entry in basic_entries(terms, kind)]
    entries.append(terms.sources["ranking"])
    for at in categories:
        entries.append(terms.catastrophic_sources[at])
        direct = terms.direct_sources[at]
        entries += [] if direct is None else [direct]
        entries += [terms.sources["top_up"]] if terms.params.top_up.categories[at] == 1 else []
    return entries
