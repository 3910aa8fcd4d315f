"""The columns of the files of a move (接管文件): people, categories, coverage, years so far, open settlements."""

from collections.abc import Mapping

from yibao.benefits.terms import TwoDisease
from yibao.engine.terms import CHRONIC_SLOTS, MONTHS, Payers
from yibao.files.columns import Column, Layout
from yibao.reports.slip_words import TWO_DISEASE_WORDS

PERSON_NO = Column(
    "person_no", "原系统人员编号", ("人员编号", "个人编号", "参保人编号"), "原系统的编号；不能用身份证号"
)
IDENTITY_NO = Column("identity_no", "身份证号", ("公民身份号码", "身份证号码"), "18 位；核对校验位")
DOCUMENTS = (
    IDENTITY_NO,
    Column("document_kind", "证件类型", ("身份凭证类型",), "没有身份证号的写：护照、出生医学证明……"),
    Column("document_no", "证件号码", ("其他证件号码",), "没有身份证号的写"),
    Column("document_country", "签发国家", ("签发国家或地区",), "三位代码；中国的不写"),
)
WHO = (PERSON_NO, *DOCUMENTS)
SOME_WHO = ("person_no", "identity_no", "document_no")

PEOPLE_IN = Layout(
    "接管人员文件 (people)",
    (
        *WHO,
        Column("name", "姓名", ("人员姓名",), "不超过 64 个字"),
        Column("sex", "性别", (), "1 男、2 女；有身份证号的可不写"),
        Column("born_on", "出生日期", ("出生日",), "日期；有身份证号的可不写"),
        Column("county_code", "县区代码", ("参保县区", "参保县区代码", "县区"), "六位代码或名称"),
        Column("household_no", "户号", ("原系统户号", "家庭编号"), "同一户写同一个号；没有可不写"),
        Column("address_code", "居住地区划代码", ("居住地代码",), "6、9 或 12 位；不写为县区代码"),
        Column("address", "居住地址", ("住址", "地址", "现住址"), "不超过 200 个字"),
        Column("registered_code", "户籍地区划代码", ("户籍地代码",), "6、9 或 12 位；不写为县区代码"),
        Column("registered_address", "户籍地址", ("户口所在地",), "不超过 200 个字"),
    ),
    needed=(("identity_no", "document_no"), ("name",), ("county_code",)),
)

COVERAGE_IN = Layout(
    "接管参保期文件 (coverage)",
    (
        *WHO,
        Column("covered_from", "待遇起始日", ("参保期起", "待遇开始日期"), "日期"),
        Column("covered_to", "待遇终止日", ("参保期止", "待遇终止日期"), "日期，含当日"),
        Column("waiting_to", "等待期末日", ("等待期止",), "日期；没有等待期不写"),
        Column("benefit_year", "待遇年度", ("年度",), "如 2023；不写为终止日所在年"),
        Column("group", "缴费人群", ("人群", "人员类别"), "RESIDENT 居民、STUDENT 学生；不写为居民"),
        Column("tier", "缴费档次", ("档次",), "本地区档次的代码或名称；不写为第一档"),
    ),
    needed=(SOME_WHO, ("covered_from",), ("covered_to",)),
)

CATEGORIES_IN = Layout(
    "接管身份类别文件 (categories)",
    (
        *WHO,
        Column("category", "身份类别", ("人员身份", "救助身份"), "如 低保对象；一行一项"),
        Column("certified_by", "认定部门", (), "民政、乡村振兴、残联……"),
        Column("certificate_no", "认定文号", ("证书编号",), "可不写"),
        Column("first_day", "认定起始日", ("起始日",), "日期"),
        Column("last_day", "认定终止日", ("终止日",), "日期，含当日；没有不写"),
    ),
    needed=(SOME_WHO, ("category",), ("certified_by",), ("first_day",)),
)

COUNTED: dict[str, str] = {
    "episode_deductible": "本次住院过程已付起付线",
    "basic_capped": "计入基本医保限额",
    "pooling_class_a": "门诊统筹甲类费用",
    "pooling_class_b": "门诊统筹乙类费用",
    "pooling_paid": "门诊统筹已支付",
    "pooling_day_paid": "最近一日门诊统筹已支付",
    "two_diseases_counted": "两病计入起付线费用",
    "chronic_deductible": "慢特病已付起付线",
    "chronic_paid": "慢特病已支付",
    "special_cost": "按住院结算的特病费用",
    "special_deductible": "按住院结算的特病已付起付线",
    "catastrophic_base": "大病保险合规费用",
    "catastrophic_paid": "大病保险已支付",
    "self_pay_inpatient": "住院政策范围内自付",
    "self_pay_outpatient": "门诊政策范围内自付",
    "assistance_paid": "医疗救助已支付",
    "top_up_base": "倾斜救助计算基数",
    "top_up_paid": "倾斜救助已支付",
    "total": "医疗费累计",
    "in_scope": "政策范围内费用累计",
    "basic_paid": "基本医保已支付",
    "burden_in_scope": "政策范围内个人负担累计",
}
"""The year so far, by the fields of YearSoFar that hold money."""

QUOTA_CELLS_IN: dict[str, str] = {
    **{
        f"quota_{slot + 1}_{month + 1:02d}": f"慢特病{slot + 1}第{month + 1:02d}月已用限额"
        for slot in range(CHRONIC_SLOTS)
        for month in range(MONTHS)
    },
    **{f"quota_{disease.name.lower()}": f"{TWO_DISEASE_WORDS[disease][0]}已用限额" for disease in TwoDisease},
}
"""What of each quota is used, in the order of the engine's cells: disease by month, then the two diseases."""

PAID: dict[str, str] = {
    "total": "医疗费总额",
    "basic": "基本医保基金支付",
    "catastrophic": "大病保险支付",
    "assistance": "医疗救助支付",
    "top_up": "倾斜救助支付",
    "hospital": "医疗机构负担",
    "special_fund": "专项资金支付",
    "person": "个人负担",
}
"""A settlement: the total, and who paid what of it."""
assert list(PAID)[1:] == [name.removesuffix("_fen") for name in Payers._fields]


def _money(named: Mapping[str, str], before: str = "") -> tuple[Column, ...]:
    """A column in yuan and one in fen for each amount, of which a file has one."""
    found = []
    for name, chinese in named.items():
        found.append(Column(before + name, chinese, (), "元，最多两位小数；没有写 0 或不写"))
        found.append(Column(f"{before}{name}_fen", f"{chinese}分", (), "整数，分；与上一列二选一"))
    return tuple(found)


YEAR_COLUMNS = (
    Column("stays", "住院次数", ("本年住院次数",), "整数；没有不写"),
    Column("pooling_day", "最近一次门诊统筹日", (), "日期；没有不写"),
    *_money(COUNTED),
    *_money(QUOTA_CELLS_IN),
)
EITHER = tuple((name, f"{name}_fen") for name in (*COUNTED, *QUOTA_CELLS_IN))

YEARS_IN = Layout(
    "接管年度累计文件 (years so far)",
    (*WHO, *YEAR_COLUMNS),
    needed=(
        SOME_WHO,
        *(
            (name, f"{name}_fen")
            for name in ("total", "in_scope", "basic_paid", "catastrophic_paid", "assistance_paid")
        ),
    ),
    either=EITHER,
)

ADDED = "added_"
"""What the columns of what a settlement added to the year begin with."""

SETTLEMENTS_IN = Layout(
    "接管可撤销的结算文件 (open settlements)",
    (
        *WHO,
        Column("settlement_no", "原系统结算号", ("结算号", "结算编号"), "一笔一个，不重复"),
        Column("kind", "医疗类别", ("就医类别", "类别"), "住院、普通门诊、门诊慢特病、“两病”门诊用药、生育"),
        Column("served_on", "待遇日期", ("就医日期", "出院日期", "就诊日期"), "日期"),
        Column("settled_on", "结算日期", (), "日期"),
        *_money(PAID),
        *(
            column._replace(name=ADDED + column.name, chinese=f"本次增加：{column.chinese}", others=())
            for column in YEAR_COLUMNS
        ),
    ),
    needed=(
        SOME_WHO,
        ("settlement_no",),
        ("kind",),
        ("served_on",),
        ("settled_on",),
        *((name, f"{name}_fen") for name in PAID),
    ),
    either=tuple(
        (name, f"{name}_fen") for name in (*PAID, *(ADDED + one for one in (*COUNTED, *QUOTA_CELLS_IN)))
    ),
)
