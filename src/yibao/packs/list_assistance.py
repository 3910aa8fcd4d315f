"""Assistance (医疗救助) of an area against the national benefit list: floors of rates, ceilings of deductibles."""

from collections.abc import Iterable, Iterator

from yibao.assistance.params import DirectParams
from yibao.kernel.money import WHOLE_BP, share_fen, yuan
from yibao.kernel.rates import bp_of, percent
from yibao.packs.build import params
from yibao.packs.entries import Entry
from yibao.packs.list_segments import (
    INCOME,
    Checker,
    Compared,
    Cut,
    Segment,
    bounded,
    category_words,
    income_fen,
    missing,
)
from yibao.packs.policies import Area
from yibao.policy_list.terms import Bound


def assistance_rate(area: Area, rule: Entry, cut: Cut) -> Iterator[Compared]:
    """The assistance rate of the list's categories against its floor."""
    for segment, entry, terms in _direct(area, cut, rule.categories):
        if entry is None or terms is None:
            yield missing(segment, "这些对象的救助待遇不在册")
            continue
        said = f"救助比例低于清单的 {rule.values['at_least']}"
        yield bounded(
            segment,
            entry,
            Bound.AT_LEAST,
            bp_of(rule.values["at_least"]),
            terms.rate_bp,
            percent(terms.rate_bp),
            said,
        )


def assistance_no_deductible(area: Area, rule: Entry, cut: Cut) -> Iterator[Compared]:
    """Whether those for whom the list wants no deductible in principle have none."""
    names = rule.values["none_in_principle"]
    for segment, entry, terms in _direct(area, cut, names):
        if entry is None or terms is None:
            yield missing(segment, "这些对象的救助待遇不在册")
            continue
        free = category_words(name for name in names if name in entry.categories)
        said = f"{free}原则上不设救助起付线"
        yield bounded(
            segment, entry, Bound.AT_MOST, 0, terms.deductible_fen, f"{yuan(terms.deductible_fen)} 元", said
        )


def assistance_deductible(area: Area, rule: Entry, cut: Cut) -> Iterator[Compared]:
    """Their deductible, where there is one all the same, against a share of income per head."""
    for key in _direct_keys(area, rule.values["none_in_principle"]):
        for segment in cut(("assistance", key), INCOME):
            entry, income = segment.entries
            terms = params(DirectParams, entry, area) if entry is not None else None
            if entry is None or terms is None or (income is None and terms.deductible_fen > 0):
                yield missing(
                    segment, "这些对象的救助待遇不在册" if entry is None else "居民人均可支配收入不在册"
                )
                continue
            most_fen = (
                share_fen(income_fen(income), bp_of(rule.values["at_most"])) if income is not None else 0
            )
            said = f"救助起付线高于居民人均可支配收入的 {rule.values['at_most']}（{yuan(most_fen)} 元）"
            yield bounded(
                segment,
                entry,
                Bound.AT_MOST,
                most_fen,
                terms.deductible_fen,
                f"{yuan(terms.deductible_fen)} 元",
                said,
            )


def assistance_about(figure: str, category: str) -> Checker:
    """The deductible of one category as a share of income per head, against the list's "about"."""

    def of_category(area: Area, rule: Entry, cut: Cut) -> Iterator[Compared]:
        listed = rule.values[figure]
        keys = _direct_keys(area, [category])
        for key in keys:
            for segment in cut(("assistance", key), INCOME):
                entry, income = segment.entries
                if entry is None or income is None:
                    yield missing(segment, "救助待遇不在册" if entry is None else "居民人均可支配收入不在册")
                    continue
                share_bp = params(DirectParams, entry, area).deductible_fen * WHOLE_BP // income_fen(income)
                said = f"起付线约为收入的 {percent(share_bp)}，清单为 {listed} 左右（读作上下5个百分点以内）"
                yield bounded(segment, entry, Bound.ABOUT, bp_of(listed), share_bp, percent(share_bp), said)
        if not keys:
            yield from (missing(segment, "救助待遇不在册") for segment in cut())

    return of_category


def _direct(
    area: Area, cut: Cut, names: Iterable[str]
) -> Iterator[tuple[Segment, Entry | None, DirectParams | None]]:
    keys = _direct_keys(area, names)
    for key in keys:
        for segment in cut(("assistance", key)):
            entry = segment.entries[0]
            yield segment, entry, params(DirectParams, entry, area) if entry is not None else None
    if not keys:
        yield from ((segment, None, None) for segment in cut())


def _direct_keys(area: Area, names: Iterable[str]) -> list[str]:
    """The direct-assistance entries that are, in some block, for one of these categories."""
    wanted = set(names)
    return [
        key
        for key in area.keys("assistance")
        if key.startswith("direct_")
        and any(wanted & set(block.categories) for block in area.blocks("assistance", key))
    ]
