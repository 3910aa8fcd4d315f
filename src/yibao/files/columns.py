"""The columns of the three files: their names, Chinese headings, what else a heading may say, and which are needed.

A heading is found by its English name or by a Chinese one; blanks, case, full-width marks and a unit in brackets do not
matter. Money stands in yuan (`class_a`) or in whole fen (`class_a_fen`), never in both.
"""

import difflib
import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from yibao.files.log import FindingLog
from yibao.kernel.findings import Finding


class Column(NamedTuple):
    """One column: the name the program uses, the Chinese heading, other headings, and what goes in."""

    name: str
    chinese: str
    others: tuple[str, ...] = ()
    holds: str = ""


class Layout(NamedTuple):
    """The columns of one file. Of each group in `needed` one has to be there, of each in `either` at most one may."""

    title: str
    columns: tuple[Column, ...]
    needed: tuple[tuple[str, ...], ...]
    either: tuple[tuple[str, ...], ...] = ()


MONEY = {
    "own_expense": ("全自费", ("自费", "自费金额", "全自费金额")),
    "over_standard": ("超限价自付", ("超限价", "超限价金额")),
    "initial_self_pay": ("先行自付", ("先行自付金额", "先行自负")),
    "class_a": ("政策范围内甲类", ("甲类", "甲类费用")),
    "class_b": ("政策范围内乙类", ("乙类", "乙类费用")),
}
"""The five parts of a bill; they add up to the total."""

TOTAL = {"total": ("医疗费总额", ("总费用", "总额", "医疗总费用"))}

PEOPLE_LAYOUT = Layout(
    "人员文件 (people)",
    (
        Column("person_id", "人员编号", ("个人编号", "参保人编号"), "本系统的编号；不能用身份证号"),
        Column(
            "identity_no",
            "身份证号",
            ("公民身份号码", "身份证号码", "证件号码"),
            "可不写；核对校验位，不进入结果",
        ),
        Column("born_on", "出生日期", ("出生日",), "日期"),
        Column("sex", "性别", (), "1 男、2 女，或 男、女"),
        Column("county_code", "县区代码", ("参保县区", "参保县区代码", "县区", "统筹区县"), "六位代码或名称"),
        Column("scheme", "险种", ("险种类型", "参保险种"), "城乡居民（390）；写职工的会被指出"),
        Column("group", "缴费人群", ("人群", "人员类别"), "RESIDENT 居民、STUDENT 学生；不写为居民"),
        Column("university", "学校隶属", (), "NONE、MINISTRY 部属、PROVINCE 省属、CITY 市属；不写为无"),
        Column("tier", "缴费档次", ("档次",), "本地区档次的代码或名称；不写为第一档"),
        Column("hukou_local", "本地户籍", ("是否本地户籍",), "是、否；不写为是"),
        Column("residence_permit", "居住证", ("持居住证",), "是、否；不写为否"),
        Column(
            "category_tags",
            "身份类别",
            ("人员身份", "救助身份", "身份标识"),
            "如 低保对象|重度残疾人；可多项",
        ),
        Column("rural", "农村", ("农村户籍",), "是、否；不写为否"),
        Column("contracted", "家庭医生签约", ("签约",), "是、否；不写为否"),
        Column(
            "chronic_diseases",
            "慢特病认定",
            ("慢特病", "门诊慢特病"),
            "本地区病种的代码或名称，最多四项，用 | 分开",
        ),
        Column("two_diseases", "两病认定", ("两病",), "高血压、糖尿病、1型糖尿病，用 | 分开"),
        Column("first_choice", "首诊机构", ("选定首诊机构", "首诊机构代码"), "机构文件中的机构代码"),
        Column("employee_cover_ended_on", "职工医保终止日", ("职工医保停保日",), "日期；没有参加过不写"),
        Column("enrolled_on", "登记日", ("参保登记日", "参保日期"), "日期"),
        Column("paid_on", "缴费日", ("缴费日期",), "日期；没有缴费不写"),
        Column("covered_from", "待遇起始日", ("参保期起", "待遇开始日期"), "日期；已在别处定好参保期的写"),
        Column("covered_to", "待遇终止日", ("参保期止", "待遇终止日期"), "日期，含当日"),
        Column("waiting_to", "等待期末日", ("等待期止",), "日期；没有等待期不写"),
    ),
    needed=(("person_id",), ("county_code",), ("covered_from", "paid_on")),
)

INSTITUTION_LAYOUT = Layout(
    "机构文件 (institutions)",
    (
        Column("institution_code", "机构代码", ("医疗机构代码", "定点医药机构编号"), "一个机构一行"),
        Column("name", "机构名称", ("医疗机构名称", "名称"), "可不写"),
        Column("institution_class", "机构类别", ("类别",), "本地区机构类别的代码或名称"),
        Column(
            "county_code", "县区代码", ("所在县区", "机构县区代码", "县区"), "六位代码或名称；外地机构也写"
        ),
        Column("designated_from", "定点起始日", ("定点开始日期",), "日期；不写为一直定点"),
        Column("designated_to", "定点终止日", ("定点结束日期",), "日期，含当日；不写为仍在定点"),
        Column("gives_pooling", "开展门诊统筹", ("门诊统筹",), "是、否；不写为是"),
    ),
    needed=(("institution_code",), ("institution_class",), ("county_code",)),
)


def _money_columns(named: Mapping[str, tuple[str, tuple[str, ...]]]) -> tuple[Column, ...]:
    found = []
    for name, (chinese, others) in named.items():
        found.append(Column(name, chinese, others, "元，最多两位小数；没有写 0"))
        found.append(Column(f"{name}_fen", f"{chinese}分", (), "整数，分；与上一列二选一"))
    return tuple(found)


CLAIM_LAYOUT = Layout(
    "结算文件 (claims)",
    (
        Column("claim_id", "结算号", ("结算编号", "就诊编号", "单据号"), "一笔一个，不重复"),
        Column("person_id", "人员编号", ("个人编号", "参保人编号"), "人员文件中的编号"),
        Column("institution_code", "机构代码", ("医疗机构代码", "定点医药机构编号"), "机构文件中的代码"),
        Column("institution_class", "机构类别", (), "没有机构文件时写：本地区机构类别的代码或名称"),
        Column("institution_county", "机构县区", ("机构县区代码",), "没有机构文件时，普通门诊要写"),
        Column(
            "kind",
            "医疗类别",
            ("就医类别", "类别"),
            "hospital 住院、outpatient 普通门诊、chronic 慢特病、two_diseases 两病、maternity 生育",
        ),
        Column(
            "care_path",
            "就医方式",
            ("转诊情况",),
            "LOCAL 本地、REFERRED 转诊、EMERGENCY 异地急诊、FILED 备案、UNFILED 未备案；不写为本地",
        ),
        Column(
            "served_on", "就医日期", ("出院日期", "就诊日期", "服务日期"), "日期；住院写出院日，门诊写就诊日"
        ),
        Column("settled_at", "结算时间", ("结算日期",), "日期或时间；不写为就医日期，同日按行的先后"),
        Column("disease", "病种", ("病种代码",), "慢特病、两病要写；其他类别不看这一列"),
        Column("delivery", "生育类别", (), "NATURAL 顺产、CAESAREAN 剖宫产、ANTENATAL 产前检查；生育要写"),
        Column(
            "exclusion",
            "不予支付情形",
            ("除外情形",),
            "NONE 无、WORK_INJURY 工伤、THIRD_PARTY 第三人……；不写为无",
        ),
        Column(
            "special_fund",
            "专项资金",
            (),
            "NONE 无、COVID_TREATMENT 新冠患者救治、COVID_VACCINATION 新冠疫苗接种；不写为无",
        ),
        Column("continues_episode", "转诊连续住院", ("连续住院",), "是、否；不写为否"),
        Column("properly_referred", "规范转诊", (), "是、否；不写为否"),
        *_money_columns(MONEY),
        *_money_columns(TOTAL),
        Column("reverses", "冲销结算号", ("撤销结算号",), "冲销行：被冲销的结算号；其他列可以空着"),
    ),
    needed=(
        ("claim_id",),
        ("person_id",),
        ("institution_code", "institution_class"),
        ("kind",),
        ("served_on",),
        *((name, f"{name}_fen") for name in MONEY),
    ),
    either=tuple((name, f"{name}_fen") for name in (*MONEY, *TOTAL)),
)


def match_headers(headers: list[str], layout: Layout, file: str, log: FindingLog) -> dict[str, int]:
    """Which column of the file is which: name → place. What is wrong with the headings stops the file."""
    names = {_plain(text): c.name for c in layout.columns for text in (c.name, c.chinese, *c.others)}
    found: dict[str, int] = {}
    strangers: list[str] = []
    for place, heading in enumerate(headers):
        name = names.get(_plain(heading))
        if name is None:
            strangers.append(heading)
        elif name in found:
            message = f"第 {found[name] + 1} 列和第 {place + 1} 列都是 {name} (column given twice)"
            log.stop(Finding(file, 1, heading, heading, message, "请只保留一列，或改正列名 (keep one)"))
        else:
            found[name] = place
    for group in layout.either:
        both = [name for name in group if name in found]
        if len(both) > 1:
            message = f"{' 与 '.join(both)} 不能同时有 (yuan and fen at once)"
            log.stop(Finding(file, 1, headers[found[both[1]]], "", message, "请只保留一列 (keep one)"))
    _missing(layout, found, headers, strangers, file, log)
    return found


def _missing(
    layout: Layout,
    found: dict[str, int],
    headers: list[str],
    strangers: list[str],
    file: str,
    log: FindingLog,
) -> None:
    chinese = {c.name: c.chinese for c in layout.columns}
    absent = [group for group in layout.needed if not any(name in found for name in group)]
    if absent:
        words = "；".join(" 或 ".join(f"{name}（{chinese[name]}）" for name in group) for group in absent)
        wanted = [name for group in absent for name in group]
        log.stop(
            Finding(
                file,
                1,
                "",
                "、".join(h or "（空）" for h in headers) or "（没有列名）",
                f"{layout.title}缺少必要的列：{words} (missing columns)",
                f"请在第一行写上这些列名{_meant(strangers, wanted, layout)} (add them to the first row)",
            )
        )
    others = [c.name for c in layout.columns if c.name not in found]
    wanted_already = {name for group in absent for name in group}
    for heading in strangers:
        near = _nearest(heading, [name for name in others if name not in wanted_already], layout)
        if near:
            message = f"不认识列名 {heading!r}，像是 {near}（{chinese[near]}） (unknown column)"
            log.stop(
                Finding(file, 1, heading, heading, message, f"请改成 {near}；确实不是的话请换一个名字或删去")
            )


def _meant(strangers: list[str], wanted: list[str], layout: Layout) -> str:
    pairs = [(heading, _nearest(heading, wanted, layout)) for heading in strangers]
    words = "；".join(f"{heading!r} 是不是 {near}？" for heading, near in pairs if near)
    return f"（{words}）" if words else ""


def _nearest(heading: str, names: list[str], layout: Layout) -> str:
    """The column a heading was probably meant to be; "" where none is near."""
    texts = {
        _plain(t): c.name for c in layout.columns if c.name in names for t in (c.name, c.chinese, *c.others)
    }
    near = difflib.get_close_matches(_plain(heading), texts, n=1, cutoff=0.8)
    return texts[near[0]] if near else ""


def _plain(heading: str) -> str:
    text = unicodedata.normalize("NFKC", heading).strip("\ufeff \t\r\n").lower()
    text = re.sub(r"\((元|yuan)\)$", "", text).replace("(分)", "分")
    return re.sub(r"[\s\-]+", "_", text)
