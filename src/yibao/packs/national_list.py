"""The national frame (国家最低标准与待遇清单): what no pack may fall below, and where it departs from the benefit list.

A subsidy below the national floor is refused. A departure from the benefit list is named, for the list itself is not on
file and leaves room; whoever reports on clearance (清理规范) reads these findings.

An area's entries are compared with the list's day by day where either changes, so a later floor never judges an earlier day.
"""

from collections.abc import Iterator
from datetime import date

from yibao.assistance.params import DirectParams
from yibao.assistance.terms import CATEGORY_WORDS, Category
from yibao.benefits.params import CatastrophicParams
from yibao.financing.params import SubsidyParams
from yibao.kernel.findings import Finding
from yibao.kernel.money import UNREACHED_FEN, fen_of, share_fen, yuan
from yibao.kernel.rates import bp_of, percent
from yibao.packs.build import params
from yibao.packs.entries import Entry, PolicyFailure
from yibao.packs.financing import COUNTY_LIST_KEY
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
    return [
        *_unshared(area),
        *_catastrophic(area),
        *_preference(area),
        *_assistance(area),
        *_outpatient(area),
        *_schemes(area),
    ]


def _subsidy(entry: Entry, area: Area) -> list[Finding]:
    found = []
    terms = params(SubsidyParams, entry, area)
    for floor in _listed(area, "financing", "subsidy_floor", entry):
        floor_fen = fen_of(floor.values["standard"])
        if terms.standard_fen < floor_fen:
            message = f"财政补助低于国家最低标准 {yuan(floor_fen)} 元（{floor.first_day} 起）"
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


def _catastrophic(area: Area) -> Iterator[Finding]:
    for key in ("catastrophic", "catastrophic_preferential"):
        for entry in _filled(area, "benefits", key):
            lowest_bp = min(params(CatastrophicParams, entry, area).band_rate_bp)
            for rule in _listed(area, "policy_list", "catastrophic_rate_floor", entry):
                if lowest_bp < bp_of(rule.values["at_least"]):
                    yield finding(
                        entry,
                        percent(lowest_bp),
                        f"大病保险比例低于清单的 {rule.values['at_least']}",
                        "核对文件 (off the national list)",
                    )


def _preference(area: Area) -> Iterator[Finding]:
    for entry in _filled(area, "benefits", "catastrophic_preferential"):
        terms = params(CatastrophicParams, entry, area)
        for plain_entry in _listed(area, "benefits", "catastrophic", entry):
            plain = params(CatastrophicParams, plain_entry, area)
            for rule in _listed(area, "policy_list", "catastrophic_preference", entry):
                cut_fen = share_fen(plain.deductible_fen, bp_of(rule.values["deductible_cut"]))
                if terms.deductible_fen != plain.deductible_fen - cut_fen:
                    yield finding(
                        entry,
                        yuan(terms.deductible_fen),
                        "倾斜起付标准不是普通的一半",
                        "核对文件 (off the national list)",
                    )
                if any(
                    preferred - ordinary != bp_of(rule.values["rate_rise"])
                    for preferred, ordinary in zip(terms.band_rate_bp, plain.band_rate_bp, strict=True)
                ):
                    yield finding(
                        entry,
                        percent(terms.band_rate_bp[0]),
                        f"倾斜比例没有提高 {rule.values['rate_rise']}",
                        "核对文件 (off the national list)",
                    )
                if rule.values["cap_lifted"] and terms.annual_cap_fen < UNREACHED_FEN:
                    yield finding(
                        entry,
                        yuan(terms.annual_cap_fen),
                        "倾斜支付没有取消封顶",
                        "核对文件 (off the national list)",
                    )
                if set(entry.categories) != set(rule.categories):
                    yield finding(
                        entry,
                        "、".join(entry.categories),
                        "倾斜对象与清单不同",
                        "核对文件 (off the national list)",
                    )


def _assistance(area: Area) -> Iterator[Finding]:
    for key in area.keys("assistance"):
        if not key.startswith("direct_"):
            continue
        for entry in _filled(area, "assistance", key):
            terms = params(DirectParams, entry, area)
            for rule in _listed(area, "policy_list", "assistance_rate_floor", entry):
                if set(entry.categories) & set(rule.categories) and terms.rate_bp < bp_of(
                    rule.values["at_least"]
                ):
                    yield finding(
                        entry,
                        percent(terms.rate_bp),
                        f"救助比例低于清单的 {rule.values['at_least']}",
                        "核对文件 (off the national list)",
                    )
            for rule in _listed(area, "policy_list", "assistance_deductible_ceiling", entry):
                free = set(entry.categories) & set(rule.values["none_in_principle"])
                if free and terms.deductible_fen > 0:
                    words = "、".join(CATEGORY_WORDS[Category[name]][0] for name in sorted(free))
                    yield finding(
                        entry,
                        yuan(terms.deductible_fen),
                        f"{words}原则上不设救助起付线",
                        "核对文件 (off the national list)",
                    )


def _outpatient(area: Area) -> Iterator[Finding]:
    for entry in _filled(area, "benefits", "outpatient_pooling"):
        for rule in _listed(area, "policy_list", "outpatient_rate_floor", entry):
            for table in ("class_a_rate", "class_b_rate"):
                rates = {
                    str(rate)
                    for rate in entry.values[table].values()
                    if bp_of(rate) < bp_of(rule.values["at_least"])
                }
                if rates:
                    message = f"{table} 有低于清单 {rule.values['at_least']} 的门诊比例"
                    yield finding(
                        entry,
                        "、".join(sorted(rates)),
                        message,
                        f"清单这一数字的依据：{rule.source} (off the national list)",
                    )


def _schemes(area: Area) -> Iterator[Finding]:
    for pack in area.chain[:-1]:
        for entry in pack.entries.get(("policy_list", "schemes"), ()):
            for rule in area.chain[-1].entries.get(("policy_list", "schemes"), ()):
                for layer in ("basic", "supplementary", "assistance"):
                    for scheme in set(entry.values.get(layer, ())) - set(rule.values[layer]):
                        yield finding(
                            entry,
                            scheme,
                            "国家清单以外的制度",
                            "并入清单内的制度，资金和待遇衔接 (off-list scheme)",
                        )


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
