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
from yibao.public_services.terms import PAPER_WORDS
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
    "above_price": ("超出打包价部分", "above the price"),
    "accepted": ("接受的材料", "accepted"),
    "admit_within_days": ("受理期限（日）", "days to admit"),
    "allows_earlier": ("可撤销较早的结算", "earlier settlements may be reversed"),
    "amount": ("金额", "amount"),
    "annual_cap": ("年度限额", "annual cap"),
    "annual_quota": ("年度定额", "annual quota"),
    "approval_first": ("先批准", "approved first"),
    "arriving_working_days": ("转入地工作日", "working days of the agency joined"),
    "as": ("比照身份", "as"),
    "as_hospital": ("按住院结算的病种", "settled as a stay"),
    "as_the_state_arranges": ("按国家部署", "as the state arranges"),
    "asks": ("要求", "asks"),
    "assistance": ("医疗救助", "assistance"),
    "assistance_fund": ("医疗救助基金", "assistance fund"),
    "at_least": ("不低于", "at least"),
    "at_month_end": ("月末生效的业务", "takes effect at the end of the month"),
    "at_most": ("不超过", "at most"),
    "at_place_of_school": ("在学籍地参保", "at the place of school"),
    "back_months": ("身份追溯月数", "months a category reaches back"),
    "balance": ("累计结存", "balance"),
    "band": ("分档线（占预警线）", "bands, of the line"),
    "bands_from_zero": ("分段从零起算", "bands start at zero"),
    "basic": ("基本医保", "basic"),
    "before_discharge_settlement": ("出院结算前补办", "before the bill is settled"),
    "below_age": ("年龄低于（岁）", "younger than"),
    "benefits": ("待遇", "benefits"),
    "benefits_kept": ("保留剩余待遇", "benefits kept"),
    "burden_share": ("负担占家庭收入", "burden, share of income"),
    "by": ("期限", "by"),
    "by_tax": ("税务部门办理的环节", "steps done by tax"),
    "cap_lifted": ("取消封顶", "cap lifted"),
    "card_verified_at_admission": ("入院核验凭证", "card verified at admission"),
    "case": ("情形", "case"),
    "categories": ("对象", "for whom"),
    "central": ("中央", "central"),
    "change_after_months": ("变更间隔（月）", "months before a change"),
    "channels": ("渠道", "channels"),
    "child_below_age": ("未成年人年龄界限（岁）", "children are younger than"),
    "child_bonus": ("未成年人支付比例加成", "bonus for children"),
    "child_deductible": ("未成年人起付标准比例", "share of the deductible for children"),
    "choice": ("处理方式", "choice"),
    "claimed_by_hand": ("手工报销", "claimed by hand"),
    "class_a_rate": ("甲类支付比例", "rate, class A"),
    "class_b": ("乙类", "class B"),
    "class_b_drugs": ("乙类药品", "class B drugs"),
    "class_b_rate": ("乙类支付比例", "rate, class B"),
    "class_rate": ("按机构类别的支付比例", "rate by institution class"),
    "clauses": ("涉及条目", "clauses"),
    "clearance_points": ("清理规范分值", "points for clearance"),
    "cleared_share": ("清理完的统筹地区占比", "share of areas cleared"),
    "closes": ("截止", "closes"),
    "contract_bonus": ("家庭医生签约加成", "bonus with a family doctor"),
    "contribution_normal": ("正常缴费", "contributions paid"),
    "counts_chronic": ("计入门诊慢特病", "counts chronic diseases"),
    "counts_employee_years": ("职工医保年限计入", "counts employee years"),
    "counts_initial_self_pay": ("计入先行自付", "counts initial self-pay"),
    "counts_maternity": ("计入生育费用", "counts maternity"),
    "counts_outpatient": ("计入门诊费用", "counts outpatient cost"),
    "county": ("县级", "county"),
    "county_list": ("县（市）名单", "list of counties"),
    "county_only": ("限参保县内", "only in the county"),
    "covered": ("调剂金负担缺口的比例", "share of a deficit covered"),
    "covered_from_birth": ("自出生起享受", "covered from birth"),
    "daily_cap": ("每日限额", "daily cap"),
    "days": ("天数", "days"),
    "deductible": ("起付标准", "deductible"),
    "deductible_cut": ("起付标准降低", "deductible cut"),
    "departments": ("部门", "departments"),
    "deposit_days": ("代收现金缴存天数", "days to deposit cash"),
    "diseases": ("病种", "diseases"),
    "done_at_one_go": ("一次办结", "done at one go"),
    "due": ("到位期限", "due"),
    "effect_first": ("先列出对基金的影响", "effect shown first"),
    "emergency": ("急诊", "emergency"),
    "employee_break_months": ("职工医保中断后月数", "months after leaving employee insurance"),
    "employee_months": ("连续参加职工医保月数", "months in employee insurance"),
    "ends": ("止", "ends"),
    "equals": ("等于", "equal to"),
    "every_months": ("每几个月", "every how many months"),
    "excess_to_hospital": ("超定额由医院承担", "excess borne by the hospital"),
    "exempt": ("不设等待期的人员", "exempt"),
    "expense": ("支出", "expense"),
    "explored": ("探索", "explored"),
    "extended_to": ("延长到", "extended to"),
    "family_account_likewise": ("家庭账户参照执行", "family accounts likewise"),
    "first": ("起", "first"),
    "file_within_days": ("申请期限（日）", "days to object"),
    "first_choice_only": ("限首诊机构", "first-choice institution only"),
    "floor": ("下限", "floor"),
    "framework_points": ("制度框架分值", "points for the framework"),
    "framework_share": ("框架统一的统筹地区占比", "share of areas unified"),
    "free_in_birth_year": ("出生当年不缴费", "free in the year of birth"),
    "from": ("自", "from"),
    "further_quota": ("每增一个病种增加的限额", "more for each further disease"),
    "graduate_ends": ("毕业生待遇截止", "graduates' cover ends"),
    "group": ("人群", "group"),
    "groups": ("人群", "groups"),
    "holidays": ("放假", "holidays"),
    "household_category": ("家庭成员参照的身份", "category by which members of a household are aided"),
    "household_registration_required": ("要求本地户籍", "local registration required"),
    "households": ("所在家庭的身份", "category of the household"),
    "id": ("编号", "id"),
    "illness_poverty_about": ("因病致贫起付约为", "illness poverty, about"),
    "income": ("上年度人均可支配收入", "income a head, last year"),
    "inpatient": ("住院", "inpatient"),
    "inside_city": ("市域内", "inside the city"),
    "inside_province": ("省域内", "inside the province"),
    "institutions": ("医疗机构", "institutions"),
    "item_limits": ("项目限制", "item limits"),
    "items": ("事项数", "items"),
    "joint_meeting": ("部门协同会商", "joint meeting"),
    "keep": ("保留", "keep"),
    "kind": ("性质", "kind"),
    "known": ("已知病种", "known diseases"),
    "large_amount_at": ("大额费用的条件", "where a large amount counts"),
    "large_amount_from": ("大额费用起点", "a large amount from"),
    "last": ("止", "last"),
    "late_enrolment": ("可补缴", "late enrolment"),
    "late_path": ("可次年补办", "late registration"),
    "layers_first": ("基本、大病、救助先付", "the three layers pay first"),
    "least_surplus": ("至少结余", "least surplus"),
    "leaving_working_days": ("转出地工作日", "working days of the agency left"),
    "led_to_file": ("引导备案", "led to file"),
    "limit_working_days": ("办理时限（工作日）", "working days to the end"),
    "list": ("范围", "list"),
    "local_kinds": ("可由地方准入的药品", "kinds admitted locally"),
    "local_schemes_allowed": ("允许自设制度", "local schemes allowed"),
    "low_income": ("低收入人口", "low-income people"),
    "low_income_line": ("低收入人口预警线", "line of low-income people"),
    "low_income_share": ("低收入人口预警线占收入", "low-income line, share of income"),
    "low_income_single_line": ("低收入人口单次负担线", "single settlement, low income"),
    "may_choose": ("可书面选择", "may choose"),
    "may_enrol": ("可以参保", "may enrol"),
    "may_extend": ("可以延长", "may extend"),
    "may_fall": ("可以下调", "may fall"),
    "may_set_off": ("可以抵缴", "may be set off"),
    "measure": ("计算办法", "measure"),
    "mode": ("征收模式", "mode of collection"),
    "money_carried": ("资金转入", "money carried over"),
    "monthly_quota": ("月定额", "monthly quota"),
    "most_quota": ("限额合计不超过", "most of all quotas"),
    "most_rise": ("每年最多提高", "most rise a year"),
    "moves": ("余额随同转移", "the balance moves along"),
    "municipal": ("市级", "municipal"),
    "municipal_and_county": ("市县合计", "municipal and county"),
    "newborn_exempt": ("新生儿不等待", "newborns exempt"),
    "none_in_principle": ("原则上不设起付", "none in principle"),
    "not_reduced": ("不降低", "not reduced"),
    "not_transferable": ("不具备转移条件", "not transferable"),
    "objection_days": ("可提出异议的天数", "days to object"),
    "of": ("以何为基数", "of what"),
    "off_list_at_most": ("目录外费用占比上限", "own expense at most"),
    "offline": ("线下", "offline"),
    "old_way_allowed": ("沿用原办法", "the old way allowed"),
    "on_death": ("死亡", "on death"),
    "on_transfer": ("转移", "on transfer"),
    "once_a_period": ("一个缴费期只缴一次", "once a period"),
    "online": ("线上", "online"),
    "opens": ("开始", "opens"),
    "order": ("次序", "order"),
    "other_line": ("其他人员预警线", "line of others"),
    "other_share": ("其他人员预警线占收入", "line of others, share of income"),
    "other_single_line": ("其他人员单次负担线", "single settlement, others"),
    "outpatient": ("门诊", "outpatient"),
    "outpatient_bears_deductible": ("门诊计起付标准", "outpatient bears the deductible"),
    "outpatient_institutions_per_county": ("每县门诊联网机构", "outpatient institutions a county"),
    "outpatient_rate": ("门诊救助比例", "outpatient rate"),
    "paid_if_not_movable": ("不能转移的退还本人", "paid out where it cannot move"),
    "paid_into": ("拨入账户", "paid into"),
    "paid_on_emigration": ("出国定居的退还本人", "paid out on emigration"),
    "papers": ("申请材料", "papers"),
    "passed_on": ("随收入传导的比例", "share passed on"),
    "path_class": ("起付线所按的类别", "class of the deductible"),
    "path_cut": ("比例降低", "rate cut"),
    "path_rate": ("按就医方式的比例", "rate by care path"),
    "pay_in": ("上解比例", "share paid in"),
    "peers_at_most": ("同类平均的倍数上限", "times the peers' mean at most"),
    "per_head_line": ("家庭人均年收入线", "income line a head"),
    "procured_at_least": ("中选产品占比下限", "procured products at least"),
    "properly_referred": ("规范转诊", "properly referred"),
    "province_wide": ("全省统一", "province-wide"),
    "provincial": ("省级", "provincial"),
    "publicity_days": ("公示天数", "days in public"),
    "quota": ("定额", "quota"),
    "ranked": ("顺位", "ranking"),
    "rate": ("比例", "rate"),
    "rate_rise": ("比例提高", "rate rise"),
    "referral_keeps_deductible": ("转诊连续计算起付线", "referral keeps the deductible"),
    "referred": ("转诊", "referred"),
    "repeat": ("各次住院起付线比例", "share of the deductible by stay"),
    "repeat_class": ("再次住院减免的机构类别", "classes where later stays bear less"),
    "report_by": ("报送期限", "report by"),
    "report_first": ("先请示报告", "reported first"),
    "reported_to": ("报送", "reported to"),
    "reporting_points": ("请示报告分值", "points for reporting"),
    "required": ("须备案", "required"),
    "resident": ("居民", "residents"),
    "respond_working_days": ("反馈期限（工作日）", "working days to answer"),
    "rest_to_pooling": ("余额转门诊统筹", "rest to pooling"),
    "rule_within_days": ("复核期限（日）", "days to rule"),
    "rural_chronic": ("农村慢特病患者", "rural people with chronic diseases"),
    "same_as_basic_insurance": ("与基本医保一致", "same as basic insurance"),
    "same_subsidy": ("同等补助", "the same subsidy"),
    "sent_back": ("反馈的情形", "what is sent back"),
    "settled_abroad": ("出国定居", "settled abroad"),
    "settles_as": ("按何种情形结算", "settled as"),
    "share": ("比例", "share"),
    "since": ("自", "since"),
    "standard": ("标准", "standard"),
    "starts": ("起", "starts"),
    "step": ("取整到", "rounded to"),
    "steps": ("环节", "steps"),
    "student": ("大学生", "students"),
    "subsistence_margin_about": ("低保边缘起付约为", "subsistence margin, about"),
    "supplementary": ("补充医保", "supplementary"),
    "supplements_end": ("增补药品消化期限", "supplements end"),
    "terms_of": ("待遇依据", "terms of"),
    "terms_of_class": ("比照的机构类别", "terms of the class"),
    "third_party_advance": ("第三人不支付时先行支付", "advance for a third party"),
    "tier": ("档次", "tier"),
    "tier_bonus": ("各档支付比例加成", "bonus by tier"),
    "to_charitable_relief": ("衔接慈善救助", "handed over to charity"),
    "to_heirs_on_death": ("死亡的拨付继承人", "paid to heirs on death"),
    "to_temporary_relief": ("衔接临时救助", "handed over to temporary relief"),
    "township": ("乡镇（街道）", "township"),
    "townships": ("乡镇占比", "share of townships"),
    "unfiled_guided_to_file": ("未备案的引导备案", "unfiled people are led to file"),
    "unified": ("统收统支", "collected and paid as one"),
    "unified_collection_and_payment": ("统收统支", "collected and paid as one"),
    "unified_within": ("统一范围", "unified within"),
    "used_for": ("用于", "used for"),
    "uses_assistance_cap": ("占用救助限额", "uses the assistance cap"),
    "valid_months": ("有效月数", "valid months"),
    "village": ("村（社区）", "village"),
    "villages": ("村占比", "share of villages"),
    "visits_limited": ("限制就医次数", "visits limited"),
    "widen_institutions": ("扩大联网机构", "more institutions"),
    "widen_special_diseases": ("扩大门诊慢特病", "more special diseases"),
    "with_provincial": ("与省级互认", "mutual with the province"),
    "within_days": ("出生后登记期限（日）", "days of birth within which it is registered"),
    "worked": ("调休上班", "worked instead"),
    "working_days": ("各环节工作日", "working days of each step"),
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
BY_TIER = ("resident", "student", "annual_cap", "tier", "tier_bonus")
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
        for table in (
            TWO_DISEASE_WORDS,
            DELIVERY_WORDS,
            PATH_WORDS,
            EXCLUSION_WORDS,
            CATEGORY_WORDS,
            PAPER_WORDS,
        )
        for member, words in table.items()  # type: ignore[attr-defined]
    },
    **DRUG_KIND_WORDS,
    "ACCEPT": "受理",
    "ASSESS": "核定应缴",
    "BILL": "核定应缴",
    "BY_HAND": "手工报销救助",
    "CATEGORY_CHECK": "身份核对",
    "CERTIFICATE": "参保证明",
    "CHECK": "核对",
    "CHRONIC": "门诊慢特病",
    "CITY": "市级",
    "CIVIL_AFFAIRS": "民政部门",
    "COLLECT": "征收",
    "COVID_TREATMENT": "新冠肺炎患者救治费用",
    "COVID_VACCINATION": "新冠疫苗及接种费用",
    "DECIDE": "审批",
    "DIED": "已死亡",
    "ENROLMENT_AID": "资助参保",
    "JOINED_EMPLOYEE": "已参加职工医保",
    "MATERNITY": "生育",
    "MEDICAL_INSURANCE": "医保部门",
    "NOT_ENROLLED": "未参保",
    "ON_APPLICATION": "依申请救助",
    "PAY": "拨付",
    "PAYMENT": "缴费",
    "REFUND": "退费",
    "REGISTRATION": "登记",
    "REMIT": "上解入库",
    "RURAL_REVITALISATION": "乡村振兴部门",
    "SPECIAL_DRUG": "特殊药品",
    "STOP": "终止",
    "SUSPEND": "暂停",
    "TAX": "税务部门",
    "VOUCHER": "电子凭证",
    "WRONG_DATA": "数据有误",
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
