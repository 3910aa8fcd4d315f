"""Catastrophic insurance, outpatient pooling and caps of an area against the national benefit list.

"About six times" income has no line to hold to, so both caps together are only shown.
"""

from collections.abc import Iterator

from yibao.benefits.params import BasicCapParams, CatastrophicParams
from yibao.kernel.money import UNREACHED_FEN, WHOLE_BP, share_fen, yuan
from yibao.kernel.rates import bp_of, percent
from yibao.packs.build import params
from yibao.packs.entries import Entry
from yibao.packs.list_segments import (
    INCOME,
    Compared,
    Cut,
    Segment,
    bounded,
    category_words,
    income_fen,
    missing,
)
from yibao.packs.policies import Area
from yibao.policy_list.terms import Bound, Deviation

PLAIN = ("benefits", "catastrophic")
PREFERENTIAL = ("benefits", "catastrophic_preferential")


def catastrophic_rate(area: Area, rule: Entry, cut: Cut) -> Iterator[Compared]:
    """The lowest band of catastrophic insurance, ordinary and preferential, against the floor."""
    for name in (PLAIN, PREFERENTIAL):
        for segment in cut(name):
            entry = segment.entries[0]
            if entry is None:
                yield missing(segment, "大病保险待遇不在册")
                continue
            lowest_bp = min(params(CatastrophicParams, entry, area).band_rate_bp)
            said = f"大病保险比例低于清单的 {rule.values['at_least']}"
            yield bounded(
                segment,
                entry,
                Bound.AT_LEAST,
                bp_of(rule.values["at_least"]),
                lowest_bp,
                percent(lowest_bp),
                said,
            )


def catastrophic_deductible(area: Area, rule: Entry, cut: Cut) -> Iterator[Compared]:
    """The ordinary deductible of catastrophic insurance against a share of income per head."""
    for segment in cut(PLAIN, INCOME):
        entry, income = segment.entries
        if entry is None or income is None:
            yield missing(segment, "大病保险待遇不在册" if entry is None else "居民人均可支配收入不在册")
            continue
        found_fen = params(CatastrophicParams, entry, area).deductible_fen
        most_fen = share_fen(income_fen(income), bp_of(rule.values["at_most"]))
        said = f"大病保险起付标准高于居民人均可支配收入的 {rule.values['at_most']}（{yuan(most_fen)} 元）"
        yield bounded(segment, entry, Bound.AT_MOST, most_fen, found_fen, f"{yuan(found_fen)} 元", said)


def preference_cut(area: Area, rule: Entry, cut: Cut) -> Iterator[Compared]:
    """The preferential deductible against the ordinary one less the list's cut."""
    for segment, entry, terms, plain in _preferential(area, cut):
        if entry is None or terms is None or plain is None:
            yield missing(segment, "大病保险倾斜支付不在册")
            continue
        listed_fen = plain.deductible_fen - share_fen(
            plain.deductible_fen, bp_of(rule.values["deductible_cut"])
        )
        words = f"{yuan(terms.deductible_fen)} 元"
        said = "倾斜起付标准不是普通的一半"
        if bp_of(rule.values["deductible_cut"]) * 2 != WHOLE_BP:
            said = f"倾斜起付标准没有降低 {rule.values['deductible_cut']}"
        yield bounded(segment, entry, Bound.EQUALS, listed_fen, terms.deductible_fen, words, said)


def preference_rise(area: Area, rule: Entry, cut: Cut) -> Iterator[Compared]:
    """The preferential rate of every band against the ordinary one and the list's rise."""
    listed_bp = bp_of(rule.values["rate_rise"])
    for segment, entry, terms, plain in _preferential(area, cut):
        if entry is None or terms is None or plain is None:
            yield missing(segment, "大病保险倾斜支付不在册")
            continue
        rises = [a - b for a, b in zip(terms.band_rate_bp, plain.band_rate_bp, strict=True)]
        worst_bp = max(rises, key=lambda rise: abs(rise - listed_bp))
        said = f"倾斜比例没有提高 {rule.values['rate_rise']}"
        words = percent(terms.band_rate_bp[rises.index(worst_bp)])
        yield bounded(segment, entry, Bound.EQUALS, listed_bp, worst_bp, words, said)


def preference_cap(area: Area, rule: Entry, cut: Cut) -> Iterator[Compared]:
    """Whether the preferential terms have no annual cap."""
    for segment, entry, terms, _ in _preferential(area, cut):
        if entry is None or terms is None:
            yield missing(segment, "大病保险倾斜支付不在册")
            continue
        is_lifted = int(terms.annual_cap_fen >= UNREACHED_FEN)
        words = "不设" if is_lifted else f"{yuan(terms.annual_cap_fen)} 元"
        yield bounded(
            segment,
            entry,
            Bound.AT_LEAST,
            int(rule.values["cap_lifted"]),
            is_lifted,
            words,
            "倾斜支付没有取消封顶",
        )


def preference_categories(area: Area, rule: Entry, cut: Cut) -> Iterator[Compared]:
    """Whether those preferred are those of the list."""
    for segment in cut(PREFERENTIAL):
        entry = segment.entries[0]
        if entry is None:
            yield missing(segment, "大病保险倾斜支付不在册")
            continue
        same = int(set(entry.categories) == set(rule.categories))
        yield bounded(
            segment, entry, Bound.EQUALS, 1, same, category_words(entry.categories), "倾斜对象与清单不同"
        )


def caps_together(area: Area, rule: Entry, cut: Cut) -> Iterator[Compared]:
    """Both annual caps together in times of income per head; "about" six times is no line, so the number is only shown."""
    for segment in cut(("benefits", "basic_cap"), PLAIN, INCOME):
        basic, plain, income = segment.entries
        if basic is None or plain is None or income is None:
            yield missing(segment, "基本医保限额、大病保险限额或居民收入不在册")
            continue
        caps_fen = (
            max(params(BasicCapParams, basic, area).annual_cap_fen)
            + params(CatastrophicParams, plain, area).annual_cap_fen
        )
        said = f"清单只说约 {rule.values['about_times']} 倍，多少算约没有规定，只列出倍数"
        words = (
            "不设封顶" if caps_fen >= UNREACHED_FEN else f"{caps_fen * 10 // income_fen(income) / 10:.1f} 倍"
        )
        yield Compared(segment.first_day, segment.last_day, basic, words, Deviation.NONE, said, is_shown=True)


def outpatient_rate(area: Area, rule: Entry, cut: Cut) -> Iterator[Compared]:
    """The lowest outpatient rate of each class of items against the floor."""
    for segment in cut(("benefits", "outpatient_pooling")):
        entry = segment.entries[0]
        if entry is None:
            yield missing(segment, "门诊统筹待遇不在册")
            continue
        for table in ("class_a_rate", "class_b_rate"):
            rates = sorted({bp_of(rate) for rate in entry.values[table].values()})
            said = f"{table} 有低于清单 {rule.values['at_least']} 的门诊比例"
            yield bounded(
                segment,
                entry,
                Bound.AT_LEAST,
                bp_of(rule.values["at_least"]),
                rates[0],
                percent(rates[0]),
                said,
            )


Preferred = tuple[Segment, Entry | None, CatastrophicParams | None, CatastrophicParams | None]


def _preferential(area: Area, cut: Cut) -> Iterator[Preferred]:
    for segment in cut(PREFERENTIAL, PLAIN):
        entry, plain = segment.entries
        yield (
            segment,
            entry,
            params(CatastrophicParams, entry, area) if entry is not None else None,
            params(CatastrophicParams, plain, area) if plain is not None else None,
        )
