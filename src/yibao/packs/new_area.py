"""A new area (新地区): the folder of a pack in which everything refuses, with what to fill in written beside it.

Only what no pack above the area gives is written; the rest is inherited entry by entry. Each block has a note and no
figure, so the folder is sound as it stands and no visit is settled by a figure that nobody wrote.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import yaml

from yibao.kernel.codes import is_division_code
from yibao.packs.block_keys import key_lines
from yibao.packs.entries import PolicyFailure
from yibao.packs.kinds import kind_of
from yibao.packs.new_year import FolderThere
from yibao.packs.policies import NATIONAL, Area, Policies
from yibao.packs.quotes import LONGEST_QUOTE
from yibao.packs.spans import promised_years

BLOCKS: dict[str, dict[str, str]] = {
    "benefits": {
        "hospital": "住院待遇",
        "basic_cap": "基本医保年度最高支付限额",
        "basic_cap_scope": "计入基本医保年度限额的待遇",
        "outpatient_pooling": "普通门诊统筹",
        "two_diseases": "“两病”门诊用药",
        "chronic_special": "门诊慢特病待遇",
        "maternity": "生育医疗费用",
        "catastrophic": "大病保险",
        "catastrophic_preferential": "大病保险倾斜支付",
    },
    "assistance": {"ranking": "结算身份顺位", "top_up": "倾斜救助"},
    "financing": {"subsidy": "财政补助", "contribution": "个人缴费标准", "enrolment_aid": "资助参保"},
    "enrolment": {
        "window": "集中参保缴费期",
        "coverage": "参保期",
        "student": "大学生参保",
        "waiting_period": "待遇享受等待期",
        "newborn": "新生儿落地参保",
    },
}
"""Section → entries that settling a claim, and billing and enrolling a person, ask of an area, and their labels."""

DIRECT = ("assistance", "direct_", "某类人员医疗救助")
"""Assistance has an entry for each group: one is shown, and none is there until a group has terms."""

_NAME_EN = re.compile(r"[A-Za-z][A-Za-z' -]*")


@dataclass(frozen=True)
class NewArea:
    """What is said of a new area; `parent` empty for the nearest pack above its code, `years` for those of the parent."""

    code: str
    name: str
    name_en: str = ""
    parent: str = ""
    years: tuple[int, ...] = ()


class Written(NamedTuple):
    """What was written: the folder, by section the entries that refuse, and those inherited from above."""

    folder: Path
    refusing: dict[str, list[str]]
    inherited: dict[str, list[str]]


class AreaUnfit(PolicyFailure):
    """What was said of a new area cannot stand; all of it at once."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("没有写入：" + "；".join(problems) + " (nothing was written)")


class FolderNotWritable(PolicyFailure):
    """The folder of policies cannot be written."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"写不了 {folder}：{reason}。请加 --to 写到自己的一个新文件夹 (cannot write; use --to)"
        )


def new_area(found: Policies, said: NewArea, words: Mapping[str, str], to: Path | None = None) -> Written:
    """Writes the pack of a new area into the folder of policies, or into a copy of all of them.

    `words`: what a key of a figure is called, for the comments. Raises AreaUnfit, NoSuchArea, FolderThere,
    FolderNotWritable; then nothing was written.
    """
    above = found.area(said.parent or _nearest(found, said.code))
    years = sorted(said.years or promised_years(above))
    problems = _problems(found, said, above, years)
    if problems:
        raise AreaUnfit(problems)
    if to is not None and to.exists():
        raise FolderThere(to)
    slug = re.sub(r"[^a-z]+", "_", said.name_en.lower()).strip("_")
    folder = (to or found.folder) / (f"{said.code}_{slug}" if slug else said.code)
    files = dict(_files(said, above, years, words))
    try:
        if to is not None:
            shutil.copytree(found.folder, to)
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except FileExistsError:
        raise FolderThere(folder) from None
    except OSError as refused:
        raise FolderNotWritable(folder, str(refused.strerror)) from None
    refusing = {section: _missing(section, above) for section in BLOCKS}
    return Written(folder, refusing, {s: [k for k in BLOCKS[s] if k not in refusing[s]] for s in BLOCKS})


def _nearest(found: Policies, code: str) -> str:
    """The code of the nearest pack above a code: the city's, the province's, else the state's."""
    above = (f"{code[:4]}00", f"{code[:2]}0000")
    return next((at for at in above if at != code and at in found.packs), NATIONAL)


def _problems(found: Policies, said: NewArea, above: Area, years: list[int]) -> list[str]:
    problems = []
    if not is_division_code(said.code):
        problems.append(f"代码 {said.code!r} 不是六位行政区划代码")
    if said.code in found.packs:
        problems.append(f"{said.code} 已有文件夹 {found.packs[said.code].folder}，请直接改里面的条目")
    if not said.name.strip():
        problems.append("名称是空的")
    if said.name_en and not _NAME_EN.fullmatch(said.name_en):
        problems.append(f"英文名 {said.name_en!r} 只能用拉丁字母、空格和连字符，文件夹名由它而来")
    if above.code not in found.packs:
        problems.append(f"上级 {above.code} 没有自己的文件夹，请写它上级的代码")
    if not years:
        problems.append("上级没有写 years，请用 --year 写明要用的年度")
    kept = promised_years(above)
    beyond = [year for year in years if kept and not min(kept) <= year <= max(kept)]
    if beyond:
        problems.append(
            f"上级 {above.code} 的条目只到 {min(kept)}—{max(kept)} 年，不含 {'、'.join(map(str, beyond))} 年；"
            f"请先运行 yibao policy new-year {above.code} {beyond[0]}，再对那个文件夹加地区"
        )
    return problems


def _missing(section: str, above: Area) -> list[str]:
    known = above.keys(section)
    return [key for key in BLOCKS[section] if key not in known]


def _files(
    said: NewArea, above: Area, years: list[int], words: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    yield "pack.yaml", _pack(said, above, years)
    for section, labels in BLOCKS.items():
        keys = _missing(section, above)
        inherited = [key for key in labels if key not in keys]
        if keys:
            lines = [*_head(said, above, inherited)]
            for key in keys:
                lines += ["", *_block(section, key, labels[key], years, words)]
            if section == DIRECT[0] and not any(key.startswith(DIRECT[1]) for key in above.keys(section)):
                lines += ["", *_direct(years, words)]
            yield f"{section}.yaml", "\n".join(lines) + "\n"


def _head(said: NewArea, above: Area, inherited: list[str]) -> Iterator[str]:
    yield f"# {said.name}。每块现在只有 note 没有数字，所以不予办理，并说明原因 (a block with only a note refuses)."
    yield "# 有了文件：去掉要写的各行前面的“# ”，把“…”换成文件上的数字，删去 note 或改成要说明的话；没有限额的写 不设；“可不写”的没有规定就整行不写。出处写其中一组："
    yield f"#   在册通知：cite: 文号 一(一)　和　quote: 不超过{LONGEST_QUOTE}字的原文（新通知先登记：yibao notice register）"
    yield "#   其他文件、报道：source: 来处　和　standing: official、press 或 secondary"
    yield "#   没有文件：source: 借自哪里　和　standing: assumed　和　note: 没有什么文件、数字从何而来"
    if inherited:
        yield f"# 沿用上级 {above.code} {above.name} 的：{'、'.join(inherited)}；本地另有规定的，在这里写同名条目，整条替换上级的。"


def _block(section: str, key: str, label: str, years: list[int], words: Mapping[str, str]) -> Iterator[str]:
    kind = kind_of(section, key)
    assert kind is not None
    yield f"{key}:"
    yield f"  label: {label}"
    yield f"  {years[0]}-01-01:"
    yield from (f"    # {line}" for line in key_lines(kind, words))
    yield f"    last_day: {years[-1]}-12-31"
    yield "    note: 没有文件在册"


def _direct(years: list[int], words: Mapping[str, str]) -> Iterator[str]:
    section, key, label = DIRECT
    kind = kind_of(section, key)
    assert kind is not None
    yield "# 每类救助对象一个条目，名字以 direct_ 开头；没有条目的身份没有医疗救助 (one entry a group)."
    yield f"# {key}…:"
    yield f"#   label: {label}"
    yield f"#   {years[0]}-01-01:"
    yield "#     categories: [SUBSISTENCE_ALLOWANCE, …]"
    yield from (f"#     {line}" for line in key_lines(kind, words))
    yield f"#     last_day: {years[-1]}-12-31"


def _pack(said: NewArea, above: Area, years: list[int]) -> str:
    names = {"zh": said.name, **({"en": said.name_en} if said.name_en else {})}
    named = yaml.safe_dump(names, allow_unicode=True, default_flow_style=True, width=10**6, sort_keys=False)
    lines = [
        f"# {said.name}。列表的次序就是存下的结算里的编号：只在末尾添加，不要重排 (append, never reorder).",
        f'code: "{said.code}"',
        f"name: {named.strip()}",
        f'parent: "{above.chain[0].code}"',
        f"years: [{', '.join(map(str, years))}]  # 每个条目在这些年度的每一天要么有数字，要么说明为什么没有",
    ]
    for name, (what, own) in _LISTS.items():
        listed = above.listed(name) if name != "counties" else []
        if listed:
            codes = "、".join(str(row["code"]) for row in listed)
            lines += ["", f"# {what}沿用上级：{codes}。本地分法不同的，在这里写 {name}，整个换掉。"]
        else:
            lines += ["", f"# {what}", *own]
    return "\n".join(lines) + "\n"


_LISTS: dict[str, tuple[str, list[str]]] = {
    "institution_classes": (
        "医疗机构类别：起付标准和比例按它分。先照等级列出，按本地文件增改。",
        [
            "institution_classes:",
            "  - {code: grass_roots, label: 基层医疗卫生机构, label_en: Grass-roots institution,"
            " price_class: 不分, level: 一级及以下, administrative_level: 乡镇村}",
            "  - {code: level_one, label: 一级医疗机构, label_en: Level one hospital,"
            " price_class: 不分, level: 一级, administrative_level: 不分}",
            "  - {code: level_two, label: 二级医疗机构, label_en: Level two hospital,"
            " price_class: 不分, level: 二级, administrative_level: 不分}",
            "  - {code: level_three, label: 三级医疗机构, label_en: Level three hospital,"
            " price_class: 不分, level: 三级, administrative_level: 不分}",
        ],
    ),
    "chronic_diseases": (
        "门诊慢特病病种。有目录后逐个列出，删去 []：",
        [
            "chronic_diseases: []",
            '#  - {code: dialysis, national_code: "M07800", label: 尿毒症透析, label_en: Dialysis, note: 代码出处}',
        ],
    ),
    "contribution_tiers": (
        "缴费档次。分两档的再加一行：",
        ["contribution_tiers:", '  - {code: "1", label: 一档, label_en: Tier one}'],
    ),
    "counties": (
        "所辖县（市、区）。列出后参保地要在其中，没有列出时不核对；列出时删去 []：",
        ["counties: []", '#  - {code: "六位代码", name: 某区, name_en: Some District}'],
    ),
}
"""List of a pack → what it is, and how it begins where no pack above has it."""
