"""Words of policy figures: what the keys, codes and members in an entry are called in Chinese and English.

Codes of institution classes, diseases and tiers are called as their pack calls them. A key that is not here stands as it is
written in the YAML.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from yibao.assistance.terms import CATEGORY_WORDS
from yibao.benefits.terms import PATH_WORDS
from yibao.packs.policies import Area
from yibao.reports.slip_words import DELIVERY_WORDS, EXCLUSION_WORDS, TWO_DISEASE_WORDS

SECTION_WORDS: dict[str, tuple[str, str]] = {
    "financing": ("筹资", "Financing"),
    "enrolment": ("参保", "Enrolment"),
    "benefits": ("待遇", "Benefits"),
    "assistance": ("医疗救助", "Assistance"),
    "policy_list": ("待遇清单", "Benefit list"),
    "public_services": ("公共服务", "Public services"),
    "assessment": ("目标和考核", "Targets"),
    "fund": ("基金", "Fund"),
}

FIGURE_WORDS: dict[str, tuple[str, str]] = {
    "about": ("左右", "about"),
    "about_times": ("约为倍数", "about how many times"),
    "accepted": ("接受的材料", "accepted"),
    "allows_earlier": ("可撤销较早的结算", "earlier settlements may be reversed"),
    "amount": ("金额", "amount"),
    "annual_cap": ("年度限额", "annual cap"),
    "annual_quota": ("年度定额", "annual quota"),
    "approval_first": ("先批准", "approved first"),
    "asks": ("要求", "asks"),
    "assistance": ("医疗救助", "assistance"),
    "assistance_fund": ("医疗救助基金", "assistance fund"),
    "at_least": ("不低于", "at least"),
    "at_most": ("不超过", "at most"),
    "at_place_of_school": ("在学籍地参保", "at the place of school"),
    "balance": ("累计结存", "balance"),
    "bands_from_zero": ("分段从零起算", "bands start at zero"),
    "basic": ("基本医保", "basic"),
    "benefits": ("待遇", "benefits"),
    "benefits_kept": ("保留剩余待遇", "benefits kept"),
    "by": ("期限", "by"),
    "cap_lifted": ("取消封顶", "cap lifted"),
    "categories": ("对象", "for whom"),
    "central": ("中央", "central"),
    "class_a_rate": ("甲类支付比例", "rate, class A"),
    "class_b_rate": ("乙类支付比例", "rate, class B"),
    "clauses": ("涉及条目", "clauses"),
    "clearance_points": ("清理规范分值", "points for clearance"),
    "cleared_share": ("清理完的统筹地区占比", "share of areas cleared"),
    "closes": ("截止", "closes"),
    "contract_bonus": ("家庭医生签约加成", "bonus with a family doctor"),
    "counts_chronic": ("计入门诊慢特病", "counts chronic diseases"),
    "counts_employee_years": ("职工医保年限计入", "counts employee years"),
    "counts_initial_self_pay": ("计入先行自付", "counts initial self-pay"),
    "counts_maternity": ("计入生育费用", "counts maternity"),
    "counts_outpatient": ("计入门诊费用", "counts outpatient cost"),
    "county": ("县级", "county"),
    "county_only": ("限参保县内", "only in the county"),
    "covered": ("调剂金负担缺口的比例", "share of a deficit covered"),
    "covered_from_birth": ("自出生起享受", "covered from birth"),
    "daily_cap": ("每日限额", "daily cap"),
    "days": ("天数", "days"),
    "deductible": ("起付标准", "deductible"),
    "deductible_cut": ("起付标准降低", "deductible cut"),
    "effect_first": ("先列出对基金的影响", "effect shown first"),
    "emergency": ("急诊", "emergency"),
    "employee_break_months": ("职工医保中断后月数", "months after leaving employee insurance"),
    "employee_months": ("连续参加职工医保月数", "months in employee insurance"),
    "ends": ("止", "ends"),
    "equals": ("等于", "equal to"),
    "excess_to_hospital": ("超定额由医院承担", "excess borne by the hospital"),
    "exempt": ("不设等待期的人员", "exempt"),
    "expense": ("支出", "expense"),
    "explored": ("探索", "explored"),
    "first_choice_only": ("限首诊机构", "first-choice institution only"),
    "floor": ("下限", "floor"),
    "framework_points": ("制度框架分值", "points for the framework"),
    "framework_share": ("框架统一的统筹地区占比", "share of areas unified"),
    "free_in_birth_year": ("出生当年不缴费", "free in the year of birth"),
    "from": ("自", "from"),
    "graduate_ends": ("毕业生待遇截止", "graduates' cover ends"),
    "household_registration_required": ("要求本地户籍", "local registration required"),
    "id": ("编号", "id"),
    "illness_poverty_about": ("因病致贫起付约为", "illness poverty, about"),
    "inside_city": ("市域内", "inside the city"),
    "inside_province": ("省域内", "inside the province"),
    "item_limits": ("项目限制", "item limits"),
    "keep": ("保留", "keep"),
    "kind": ("性质", "kind"),
    "known": ("已知病种", "known diseases"),
    "late_enrolment": ("可补缴", "late enrolment"),
    "late_path": ("可次年补办", "late registration"),
    "least_surplus": ("至少结余", "least surplus"),
    "list": ("范围", "list"),
    "local_kinds": ("可由地方准入的药品", "kinds admitted locally"),
    "local_schemes_allowed": ("允许自设制度", "local schemes allowed"),
    "low_income": ("低收入人口", "low-income people"),
    "low_income_line": ("低收入人口预警线", "line of low-income people"),
    "may_choose": ("可书面选择", "may choose"),
    "may_enrol": ("可以参保", "may enrol"),
    "may_extend": ("可以延长", "may extend"),
    "measure": ("计算办法", "measure"),
    "money_carried": ("资金转入", "money carried over"),
    "monthly_quota": ("月定额", "monthly quota"),
    "municipal": ("市级", "municipal"),
    "municipal_and_county": ("市县合计", "municipal and county"),
    "newborn_exempt": ("新生儿不等待", "newborns exempt"),
    "none_in_principle": ("原则上不设起付", "none in principle"),
    "off_list_at_most": ("目录外费用占比上限", "own expense at most"),
    "opens": ("开始", "opens"),
    "order": ("次序", "order"),
    "other_line": ("其他人员预警线", "line of others"),
    "path_class": ("起付线所按的类别", "class of the deductible"),
    "path_cut": ("比例降低", "rate cut"),
    "path_rate": ("按就医方式的比例", "rate by care path"),
    "pay_in": ("上解比例", "share paid in"),
    "peers_at_most": ("同类平均的倍数上限", "times the peers' mean at most"),
    "procured_at_least": ("中选产品占比下限", "procured products at least"),
    "properly_referred": ("规范转诊", "properly referred"),
    "provincial": ("省级", "provincial"),
    "quota": ("定额", "quota"),
    "ranked": ("顺位", "ranking"),
    "rate": ("比例", "rate"),
    "rate_rise": ("比例提高", "rate rise"),
    "referral_keeps_deductible": ("转诊连续计算起付线", "referral keeps the deductible"),
    "referred": ("转诊", "referred"),
    "repeat": ("各次住院起付线比例", "share of the deductible by stay"),
    "report_first": ("先请示报告", "reported first"),
    "reporting_points": ("请示报告分值", "points for reporting"),
    "resident": ("居民", "residents"),
    "rest_to_pooling": ("余额转门诊统筹", "rest to pooling"),
    "same_subsidy": ("同等补助", "the same subsidy"),
    "share": ("比例", "share"),
    "since": ("自", "since"),
    "standard": ("标准", "standard"),
    "starts": ("起", "starts"),
    "student": ("大学生", "students"),
    "subsistence_margin_about": ("低保边缘起付约为", "subsistence margin, about"),
    "supplementary": ("补充医保", "supplementary"),
    "supplements_end": ("增补药品消化期限", "supplements end"),
    "third_party_advance": ("第三人不支付时先行支付", "advance for a third party"),
    "unified_within": ("统一范围", "unified within"),
    "uses_assistance_cap": ("占用救助限额", "uses the assistance cap"),
    "valid_months": ("有效月数", "valid months"),
    "years": ("年数", "years"),
}

NOTHING = "—"
"""What a side shows for a figure it does not give."""

PACK_LISTS = ("institution_classes", "chronic_diseases", "contribution_tiers", "counties")
LIST_WORDS: dict[str, tuple[str, str]] = {
    "institution_classes": ("医疗机构类别", "institution classes"),
    "chronic_diseases": ("门诊慢特病病种", "chronic and special diseases"),
    "contribution_tiers": ("缴费档次", "contribution tiers"),
    "counties": ("所辖县（市、区）", "counties"),
}
BY_TIER = ("resident", "student", "annual_cap_by_tier")
"""Keys under which an entry goes by contribution tier."""

DRUG_KIND_WORDS = {
    "ETHNIC": "民族药",
    "PREPARATION": "医疗机构制剂",
    "SLICES": "中药饮片",
    "GRANULES": "中药配方颗粒",
}
MEMBER_WORDS: dict[str, str] = {
    **{
        member.name: words[0]
        for table in (TWO_DISEASE_WORDS, DELIVERY_WORDS, PATH_WORDS, EXCLUSION_WORDS, CATEGORY_WORDS)
        for member, words in table.items()  # type: ignore[attr-defined]
    },
    **DRUG_KIND_WORDS,
    "CHRONIC": "门诊慢特病",
    "SPECIAL_DRUG": "特殊药品",
}


def figure_name(path: Iterable[str], areas: Sequence[Area]) -> str:
    """A figure's Chinese name from its path: `支付比例 · 基层医疗卫生机构`."""
    key, *inner = path
    codes = _codes(areas) | (_tiers(areas) if key in BY_TIER else {})
    return " · ".join(
        [FIGURE_WORDS.get(key, (codes.get(key, key), ""))[0], *(_part(part, codes) for part in inner)]
    )


def value_words(value: Any, areas: Sequence[Area]) -> str:
    """A figure as people read it: codes and members by name, yes and no, bands as `10000 元起 60%`."""
    return _value(value, _codes(areas))


def _value(value: Any, codes: dict[str, str]) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        between = "；" if any(isinstance(inner, dict) for inner in value) else "、"
        return between.join(_value(inner, codes) for inner in value)
    if isinstance(value, dict):
        if set(value) == {"from", "rate"}:
            return f"{value['from']}起 {value['rate']}"
        return "，".join(f"{_part(str(name), codes)} {_value(inner, codes)}" for name, inner in value.items())
    return codes.get(str(value), MEMBER_WORDS.get(str(value), str(value)))


def _part(part: str, codes: dict[str, str]) -> str:
    return codes.get(part) or MEMBER_WORDS.get(part) or FIGURE_WORDS.get(part, (part, ""))[0]


def _tiers(areas: Sequence[Area]) -> dict[str, str]:
    """Contribution tiers by their code, which is a bare number and means a tier only where an entry goes by tier."""
    return {
        str(row["code"]): str(row["label"]) for area in areas for row in area.listed("contribution_tiers")
    }


def _codes(areas: Sequence[Area]) -> dict[str, str]:
    """Codes of the packs' lists and what they are called; a bare number is no code to look up."""
    found: dict[str, str] = {}
    for area in areas:
        for name in PACK_LISTS:
            for row in area.listed(name):
                code = str(row["code"])
                if not code.isdigit():
                    found.setdefault(code, str(row.get("label", row.get("name", code))))
    return found
