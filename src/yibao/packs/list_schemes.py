"""Schemes (制度框架) and exclusions (基金不予支付的范围) of the national benefit list against an area's."""

from collections.abc import Iterator

from yibao.benefits.terms import Exclusion
from yibao.packs.entries import Entry
from yibao.packs.list_segments import (
    Checker,
    Compared,
    Cut,
    Segment,
    bounded,
    missing,
)
from yibao.packs.policies import Area
from yibao.policy_list.terms import Bound, Deviation

LAYERS = ("basic", "supplementary", "assistance")


def schemes(layer: str) -> Checker:
    """Whether an area's schemes of one layer are among the list's."""

    def of_layer(area: Area, rule: Entry, cut: Cut) -> Iterator[Compared]:
        for segment in cut(("policy_list", "schemes")):
            own = _own_schemes(segment)
            if own is None:
                yield missing(segment, "地区的制度框架不在册")
                continue
            strange = [name for name in own.values.get(layer, ()) if name not in rule.values[layer]]
            verdict = Deviation.OFF_LIST if strange else Deviation.NONE
            said = "国家清单以外的制度，应并入清单内的制度，资金和待遇衔接" if strange else ""
            words = "、".join(strange or own.values.get(layer, ()))
            yield Compared(segment.first_day, segment.last_day, own, words, verdict, said)

    return of_layer


def local_schemes(area: Area, rule: Entry, cut: Cut) -> Iterator[Compared]:
    """Whether an area keeps schemes of its own, whatever layer they are written under."""
    for segment in cut(("policy_list", "schemes")):
        own = _own_schemes(segment)
        if own is None:
            yield missing(segment, "地区的制度框架不在册")
            continue
        strange = _strange(own, rule)
        verdict = Deviation.OFF_LIST if strange else Deviation.NONE
        said = "清单不允许地方自设制度" if strange else ""
        yield Compared(
            segment.first_day, segment.last_day, own, "、".join(strange) or "没有自设制度", verdict, said
        )


def framework_by(area: Area, rule: Entry, cut: Cut) -> Iterator[Compared]:
    """Whether the framework is the list's after the day the notice sets; before it nothing is due."""
    by = rule.values["by"]
    listed = [
        block for key, blocks in area.chain[-1].entries.items() if key[1] == "schemes" for block in blocks
    ]
    for segment in cut(("policy_list", "schemes")):
        own = _own_schemes(segment)
        if segment.last_day <= by:
            yield Compared(
                segment.first_day,
                segment.last_day,
                own,
                "",
                Deviation.NONE,
                f"{by} 前完成即可",
                is_early=True,
            )
        elif own is None:
            yield missing(segment, "地区的制度框架不在册")
        else:
            strange = [name for block in listed for name in _strange(own, block)]
            verdict = Deviation.OFF_LIST if strange else Deviation.NONE
            said = f"{by} 后仍有清单以外的制度" if strange else ""
            yield Compared(
                segment.first_day,
                segment.last_day,
                own,
                "、".join(dict.fromkeys(strange)) or "统一",
                verdict,
                said,
            )


def exclusions(area: Area, rule: Entry, cut: Cut) -> Iterator[Compared]:
    """Whether what every settlement refuses is what the list excludes; no entry of an area can pay for it."""
    refused = {member.name for member in Exclusion if member != Exclusion.NONE}
    for segment in cut():
        same = int(refused == set(rule.values["list"]))
        said = "" if same else "结算时不予支付的情形与清单不同"
        words = "结算一律不予支付这些情形"
        yield bounded(segment, None, Bound.EQUALS, 1, same, words, said)


def _own_schemes(segment: Segment) -> Entry | None:
    """An area's own framework; the national entry it inherits says what the list has, not what the area has."""
    entry = segment.entries[0]
    return None if entry is None or not entry.area_code.strip("0") else entry


def _strange(own: Entry, rule: Entry) -> list[str]:
    return [
        name
        for layer in LAYERS
        for name in own.values.get(layer, ())
        if name not in rule.values.get(layer, ())
    ]
