"""Remarks on a slip's layers: the terms of this claim that no step of the working prints.

A reader checks a step by its line and its rate. The working has what came out; the lines of a deductible, the rates of
further bands, and what a tier, an age, a later stay or a care path changed stand here, as the entry in force has them.
"""

from collections.abc import Callable, Iterator

from yibao.benefits.rules.hospital import band_rate_bp
from yibao.benefits.terms import PATH_WORDS, CarePath
from yibao.engine.settle import Settlement, is_long_outpatient
from yibao.engine.terms import Claim
from yibao.kernel.money import UNREACHED_FEN, WHOLE_BP, yuan_grouped
from yibao.kernel.rates import percent
from yibao.kernel.shapes import BANDS, NOT_ON_FILE
from yibao.packs.settlement import SettlementTerms

Remark = tuple[str, str]
"""Chinese and English."""


def remarks(terms: SettlementTerms, claim: Claim, settlement: Settlement, key: str) -> tuple[Remark, ...]:
    """What is to be said of a layer of a claim, by the layer's key; nothing where the steps say all."""
    said = _OF_LAYER.get(key)
    return () if said is None else tuple(said(terms, claim, settlement))


def _hospital(terms: SettlementTerms, claim: Claim, settlement: Settlement) -> Iterator[Remark]:
    params, path = terms.params.hospital, CarePath(claim.care_path)
    if settlement.basic.year_stay:
        yield (
            "起付标准全年一次，已付的不再付；分段按全年费用累计",
            "the deductible is borne once a year, bands run over the year's cost",
        )
    first = claim.institution_class * BANDS
    rates = [
        band_rate_bp(
            params,
            institution_class=claim.institution_class,
            care_path=claim.care_path,
            tier=claim.tier,
            age=claim.age,
            band=band,
        )
        for band in range(BANDS)
    ]
    yield from _bands(params.band_from_fen[first : first + BANDS], rates, origin_fen=0)
    yield from _deductible_share(terms, claim, settlement)
    yield from _rate_changes(terms, claim)
    if params.path_class[path] != NOT_ON_FILE:
        row = terms.area.listed("institution_classes")[params.path_class[path]]
        words = PATH_WORDS[path]
        yield f"{words[0]}：起付标准按{row['label']}", f"{words[1]}: deductible of {row['label_en']}"


def _deductible_share(terms: SettlementTerms, claim: Claim, settlement: Settlement) -> Iterator[Remark]:
    """Why a stay bears less than the table's deductible: its episode, its number in the year, or the person's age."""
    params, stay = terms.params.hospital, settlement.basic.hospital
    if claim.continues_episode and params.referral_keeps_deductible:
        yield "转诊连续住院：只补起付标准的差额", "referral goes on: the difference of the deductible only"
        return
    at_class = params.path_class[claim.care_path]
    table_fen = params.deductible_fen[at_class if at_class != NOT_ON_FILE else claim.institution_class]
    if settlement.basic.year_stay or not table_fen or stay.deductible_fen == table_fen:
        return
    share = percent(stay.deductible_fen * WHOLE_BP // table_fen)
    whole = yuan_grouped(table_fen)
    if claim.age < params.child_below_age and params.child_deductible_bp < WHOLE_BP:
        below = params.child_below_age
        yield f"不满{below}周岁：起付标准 {whole} 元的 {share}", f"under {below}: {share} of the deductible"
    else:
        number = stay.stay_number
        yield (
            f"本年度第{number}次住院：起付标准 {whole} 元的 {share}",
            f"stay {number} of the year: {share} of the deductible",
        )


def _rate_changes(terms: SettlementTerms, claim: Claim) -> Iterator[Remark]:
    """What the rates shown hold above or below the table's."""
    params, path = terms.params.hospital, CarePath(claim.care_path)
    words = PATH_WORDS[path]
    if params.path_rate_bp[path] != NOT_ON_FILE:
        rate = percent(params.path_rate_bp[path])
        yield f"{words[0]}：一律按 {rate} 支付", f"{words[1]}: {rate} throughout"
        return
    if params.tier_bonus_bp[claim.tier]:
        tier, added = terms.area.listed("contribution_tiers")[claim.tier], params.tier_bonus_bp[claim.tier]
        yield (
            f"{tier['label']}：比例加 {_points(added)} 个百分点",
            f"{tier['label_en']}: +{_points(added)} points",
        )
    if claim.age < params.child_below_age and params.child_bonus_bp:
        below, added = params.child_below_age, params.child_bonus_bp
        yield (
            f"不满{below}周岁：比例加 {_points(added)} 个百分点",
            f"under {below}: +{_points(added)} points",
        )
    if params.path_cut_bp[path]:
        cut = _points(params.path_cut_bp[path])
        yield f"{words[0]}：各段比例降 {cut} 个百分点", f"{words[1]}: -{cut} points"


def _pooling(terms: SettlementTerms, claim: Claim, settlement: Settlement) -> Iterator[Remark]:
    params = terms.params.pooling
    deductible_fen = params.deductible_fen[claim.institution_class]
    if deductible_fen:
        line = yuan_grouped(deductible_fen)
        yield f"这类机构全年起付标准 {line} 元", f"deductible of the year at that class: {line}"
    added = params.contract_bonus_bp[claim.institution_class]
    if claim.contracted and added:
        yield (
            f"家庭医生签约：比例加 {_points(added)} 个百分点",
            f"contracted family doctor: +{_points(added)} points",
        )


def _two_diseases(terms: SettlementTerms, claim: Claim, settlement: Settlement) -> Iterator[Remark]:
    params = terms.params.two_diseases
    a, b = (percent(rates[claim.disease]) for rates in (params.class_a_rate_bp, params.class_b_rate_bp))
    yield f"支付比例：甲类 {a}，乙类 {b}", f"rates: class A {a}, class B {b}"


def _chronic(terms: SettlementTerms, claim: Claim, settlement: Settlement) -> Iterator[Remark]:
    params = terms.params.chronic
    if params.deductible_fen:
        line = yuan_grouped(params.deductible_fen)
        yield f"全年起付标准 {line} 元，各病种合并计算", f"deductible of the year, all diseases: {line}"


def _catastrophic(terms: SettlementTerms, claim: Claim, settlement: Settlement) -> Iterator[Remark]:
    params = terms.params.catastrophic[claim.category]
    line, label = yuan_grouped(params.deductible_fen), terms.catastrophic_sources[claim.category].label
    rate = percent(params.band_rate_bp[0])
    single = params.band_from_fen[1] >= _NO_LINE_FEN
    yield (
        f"{label}：年度起付标准 {line} 元" + (f"，以上 {rate}" if single else ""),
        f"deductible of the year {line}" + (f", {rate} above" if single else ""),
    )
    origin_fen = 0 if params.bands_from_zero else params.deductible_fen
    yield from _bands(params.band_from_fen, params.band_rate_bp, origin_fen=origin_fen)


def _direct(terms: SettlementTerms, claim: Claim, settlement: Settlement) -> Iterator[Remark]:
    params = terms.params.direct[claim.category]
    deductible_fen, rate_bp = params.deductible_fen, params.rate_bp
    if is_long_outpatient(claim):
        deductible_fen = deductible_fen if params.outpatient_bears_deductible else 0
        rate_bp = rate_bp if params.outpatient_rate_bp == NOT_ON_FILE else params.outpatient_rate_bp
    entry = terms.direct_sources[claim.category]
    yield _line_and_rate(entry.label if entry else "", deductible_fen, rate_bp)


def _top_up(terms: SettlementTerms, claim: Claim, settlement: Settlement) -> Iterator[Remark]:
    params = terms.params.top_up
    yield _line_and_rate(terms.sources["top_up"].label, params.deductible_fen, params.rate_bp)


def _line_and_rate(label: str, deductible_fen: int, rate_bp: int) -> Remark:
    line, rate = yuan_grouped(deductible_fen), percent(rate_bp)
    if not deductible_fen:
        return f"{label}：不设起付标准，{rate}", f"no deductible, {rate}"
    return f"{label}：年度起付标准 {line} 元，以上 {rate}", f"deductible of the year {line}, {rate} above"


def _bands(
    from_fen: tuple[int, ...], rates_bp: tuple[int, ...] | list[int], *, origin_fen: int
) -> Iterator[Remark]:
    """The bands where there are several: up to which line each rate holds."""
    lines = [fen + origin_fen for fen in from_fen[1:] if fen < _NO_LINE_FEN]
    if not lines:
        return
    shown = [(percent(rate), yuan_grouped(line)) for rate, line in zip(rates_bp, lines, strict=False)]
    last = percent(rates_bp[len(lines)])
    yield (
        "分段比例：" + "，".join(f"至 {line} 元 {rate}" for rate, line in shown) + f"，以上 {last}",
        "bands: " + ", ".join(f"{rate} to {line}" for rate, line in shown) + f", {last} above",
    )


def _points(bp: int) -> str:
    return percent(bp).removesuffix("%")


_NO_LINE_FEN = UNREACHED_FEN // 2
_OF_LAYER: dict[str, Callable[[SettlementTerms, Claim, Settlement], Iterator[Remark]]] = {
    "hospital": _hospital,
    "pooling": _pooling,
    "two_diseases": _two_diseases,
    "chronic": _chronic,
    "catastrophic": _catastrophic,
    "direct": _direct,
    "top_up": _top_up,
}
