"""Spans (在册日期): whether the blocks of an entry leave a day out or hold one twice, and whether every area settles.

Every entry must hold, or refuse by a note, on every day of the years that the packs promise (`years:` in the national
pack, or in an area's own). An entry that begins later needs a first block that refuses.
"""

from datetime import date, timedelta
from itertools import pairwise

from yibao.kernel.codes import is_division_code
from yibao.kernel.findings import Finding
from yibao.packs.build import params, yaml_keys
from yibao.packs.entries import Entry, PolicyFailure
from yibao.packs.kinds import kind_of
from yibao.packs.policies import SECTIONS, Area
from yibao.packs.provenance import finding, is_to_fill
from yibao.packs.settlement import settlement_periods

ONE_DAY = timedelta(days=1)

TARGETS = "assessment"
"""The section whose entries are one notice's targets and need not hold in every year."""


def promised_days(area: Area) -> tuple[date, date] | None:
    """The first and last day on which everything must hold; None where no pack promises any year."""
    years = promised_years(area)
    return (date(min(years), 1, 1), date(max(years), 12, 31)) if years else None


def promised_years(area: Area) -> list[int]:
    """The years that the nearest pack with `years:` promises to hold for; none where no pack does."""
    return next((list(pack.facts["years"]) for pack in area.chain if "years" in pack.facts), [])


def last_promised_day(area: Area) -> date:
    """The last day of the years that the packs promise; the start of the last year there is where they promise none."""
    days = promised_days(area)
    return days[1] if days else date(date.max.year, 1, 1)


def spans(area: Area) -> list[Finding]:
    """Gaps and overlaps of every entry an area has, of its own or of a parent."""
    found: list[Finding] = []
    days = promised_days(area)
    for section in SECTIONS:
        for key in area.keys(section):
            blocks = area.blocks(section, key)
            found += _joints(blocks)
            if days is not None and section != TARGETS:
                found += _ends(blocks, *days)
    return found


def schema(entry: Entry, area: Area) -> list[Finding]:
    """Unknown keys of an entry that a rule reads, and figures that do not fit their place."""
    kind = kind_of(entry.section, entry.key)
    if kind is None or entry.refuses or is_to_fill(entry):
        return []
    strays = sorted(set(map(str, entry.values)) - yaml_keys(kind))
    found = [
        finding(entry, key, "没有这个键", f"可用的键：{'、'.join(sorted(yaml_keys(kind)))} (unknown key)")
        for key in strays
    ]
    try:
        params(kind, entry, area)
    except PolicyFailure as bad:
        found.append(finding(entry, "", str(bad), "改好这一块后再查 (does not build)"))
    return found


def county_lists(area: Area) -> list[Finding]:
    """Lists of counties that say they are complete and are not, or name what is no division code."""
    found = []
    pack = area.chain[0]
    for name, listed in pack.facts.get("county_lists", {}).items():
        codes = [str(code) for code in listed.get("counties", ())]
        where = (f"{pack.folder.name}/pack.yaml", 0, f"county_lists.{name}")
        for code in codes:
            if not is_division_code(code) or codes.count(code) > 1:
                found.append(
                    Finding(
                        *where, code, "不是行政区划代码，或重复", "改成六位代码，各列一次 (no code, or twice)"
                    )
                )
        if listed.get("complete") and len(codes) != listed.get("size", len(codes)):
            message = f"写着已补全，但只有 {len(codes)} 个，应为 {listed['size']} 个"
            found.append(
                Finding(*where, str(len(codes)), message, "补全名单，或写 complete: false (not complete)")
            )
    return found


def settles(area: Area) -> list[Finding]:
    """Whether a complete claim can be settled on every promised day, for an area that has a hospital table."""
    days = promised_days(area)
    if days is None or not area.listed("institution_classes"):
        return []
    try:
        settlement_periods(area, *days)
    except PolicyFailure as bad:
        return [Finding(area.code, 0, "", "", str(bad), "补齐后再结算 (cannot settle)")]
    return []


def _joints(blocks: tuple[Entry, ...]) -> list[Finding]:
    found = []
    for block, after in pairwise(blocks):
        assert block.last_day is not None
        if block.last_day >= after.first_day:
            found.append(
                finding(
                    block,
                    str(block.last_day),
                    f"与 {after.first_day} 起的块重叠",
                    "把 last_day 提前，或去掉 (overlap)",
                )
            )
        elif block.last_day + ONE_DAY < after.first_day:
            found.append(
                finding(
                    block,
                    str(block.last_day),
                    f"到 {after.first_day} 之间没有规定",
                    "补一块，没有文件的用 note 说明 (gap)",
                )
            )
    for block in blocks:
        if block.last_day is not None and block.last_day < block.first_day:
            found.append(
                finding(block, str(block.last_day), "last_day 早于起始日", "改正日期 (ends before it begins)")
            )
    return found


def _ends(blocks: tuple[Entry, ...], first_day: date, last_day: date) -> list[Finding]:
    found = []
    if blocks[0].first_day > first_day:
        found.append(
            finding(
                blocks[0],
                str(first_day),
                f"{blocks[0].first_day} 前没有规定",
                "在前面补一块，没有文件的用 note 说明 (starts late)",
            )
        )
    end = blocks[-1].last_day
    if end is not None and end < last_day:
        found.append(
            finding(
                blocks[-1],
                str(last_day),
                f"{end} 后没有规定",
                "在后面补一块，没有文件的用 note 说明 (ends early)",
            )
        )
    return found
