"""A case file (案例文件): what `yibao settle` reads, as models that check each value and give the published JSON Schema.

Money is written in yuan and kept in fen, shares as `10%`, days as 2023-06-30, choices by their English name or their
Chinese words. What takes two values to judge (days in order, lines that add up) is judged in `cli.case_claim`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import IntEnum
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from yibao.assistance.terms import CATEGORY_WORDS, Category
from yibao.benefits.terms import (
    PATH_WORDS,
    SPECIAL_FUND_WORDS,
    VISIT_WORDS,
    CarePath,
    Delivery,
    Exclusion,
    ItemClass,
    SpecialFund,
    TwoDisease,
    VisitKind,
)
from yibao.kernel.codes import is_division_code
from yibao.kernel.days import day_from
from yibao.kernel.money import fen_of
from yibao.kernel.rates import bp_of
from yibao.reports.slip_words import DELIVERY_WORDS, EXCLUSION_WORDS, ITEM_CLASS_WORDS, TWO_DISEASE_WORDS

E = TypeVar("E", bound=IntEnum)
QUANTITY_UNIT = 10_000
"""A quantity of 1, in ten-thousandths of a unit, as the interface's N16,4 carries it."""


@dataclass(frozen=True, eq=False)
class Schema:
    """What the JSON Schema says of a type. Pydantic has its own, but reading it takes a tenth of the whole answer."""

    says: dict[str, Any]

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(self.says)


def named(words: dict[E, tuple[str, str]]) -> Callable[[object], E]:
    """Reads a member by its name or by its Chinese or English words."""

    def read(value: object) -> E:
        text = str(value).strip()
        for member, names in words.items():
            if text.upper() == member.name or text in names:
                return member
        known = "、".join(f"{member.name}（{names[0]}）" for member, names in words.items())
        raise ValueError(f"没有这个选项；可用：{known} (unknown choice)")

    return read


def _names(words: dict[E, tuple[str, str]]) -> Schema:
    return Schema({"enum": [m.name for m in words] + [names[0] for names in words.values()]})


def _share(value: object) -> int:
    rate_bp = bp_of(value)
    if not 0 <= rate_bp <= 10_000:
        raise ValueError("应在 0% 到 100% 之间 (not between 0% and 100%)")
    return rate_bp


def _not_negative(value: object) -> int:
    amount_fen = fen_of(value)
    if amount_fen < 0:
        raise ValueError("不能是负数 (must not be negative)")
    return amount_fen


def _quantity(value: object) -> int:
    try:
        parts = Decimal(str(value)) * QUANTITY_UNIT
        if not isinstance(value, bool) and parts == int(parts) and parts != 0:
            return int(parts)
    except (InvalidOperation, OverflowError, ValueError):
        pass
    raise ValueError("应是不为 0 的数，最多四位小数 (not a quantity)")


def _division(value: object) -> str:
    if not is_division_code(str(value)):
        raise ValueError("应是 6 位行政区划代码，加引号 (not a division code)")
    return str(value)


MONEY_SCHEMA = {"type": ["number", "string"], "examples": [1234.5, "2743 元"]}
DAY_SCHEMA = {"type": "string", "format": "date"}
Yuan = Annotated[int, BeforeValidator(fen_of), Schema(MONEY_SCHEMA)]
YuanOwned = Annotated[int, BeforeValidator(_not_negative), Schema({**MONEY_SCHEMA, "minimum": 0})]
Share = Annotated[int, BeforeValidator(_share), Schema({"type": "string", "pattern": "^[0-9.]+ *%$"})]
Day = Annotated[date, BeforeValidator(day_from), Schema(DAY_SCHEMA)]
Division = Annotated[
    str, BeforeValidator(_division), Schema({"type": "string", "pattern": "^[1-9][0-9]{5}$"})
]
Quantity = Annotated[int, BeforeValidator(_quantity), Schema({"type": ["number", "string"]})]
VisitKindNamed = Annotated[VisitKind, BeforeValidator(named(VISIT_WORDS)), _names(VISIT_WORDS)]
CarePathNamed = Annotated[CarePath, BeforeValidator(named(PATH_WORDS)), _names(PATH_WORDS)]
CategoryNamed = Annotated[Category, BeforeValidator(named(CATEGORY_WORDS)), _names(CATEGORY_WORDS)]
TwoDiseaseNamed = Annotated[TwoDisease, BeforeValidator(named(TWO_DISEASE_WORDS)), _names(TWO_DISEASE_WORDS)]
DeliveryNamed = Annotated[Delivery, BeforeValidator(named(DELIVERY_WORDS)), _names(DELIVERY_WORDS)]
SpecialFundNamed = Annotated[
    SpecialFund, BeforeValidator(named(SPECIAL_FUND_WORDS)), _names(SPECIAL_FUND_WORDS)
]
ExclusionNamed = Annotated[Exclusion, BeforeValidator(named(EXCLUSION_WORDS)), _names(EXCLUSION_WORDS)]
ItemClassNamed = Annotated[ItemClass, BeforeValidator(named(ITEM_CLASS_WORDS)), _names(ITEM_CLASS_WORDS)]


class Part(BaseModel):
    """A part of a case: no key that it does not know, texts may be written as bare numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, coerce_numbers_to_str=True)


class Span(Part, title="起止日"):
    """Days from one to another, both inside."""

    first_day: Day = Field(title="起始日")
    last_day: Day | None = Field(None, title="终止日", description="含当日；不写为一直有效")

    def holds_on(self, day: date) -> bool:
        """Whether a day lies inside."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


class Certified(Part):
    """What a department certifies, with its days; written as a bare word it holds on every day."""

    bare_word: ClassVar[str]
    first_day: Day | None = Field(None, title="认定起始日")
    last_day: Day | None = Field(None, title="认定终止日", description="含当日")
    certified_by: str = Field("", title="认定部门")

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: Any) -> Any:
        return {cls.bare_word: value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, handler.resolve_ref_schema(handler(core))]}

    def holds_on(self, day: date) -> bool:
        """Whether it is certified on a day."""
        return (self.first_day is None or self.first_day <= day) and (
            self.last_day is None or day <= self.last_day
        )


class CategoryTag(Certified, title="身份类别"):
    """A certified category (身份类别)."""

    bare_word = "category"
    category: CategoryNamed = Field(title="身份类别")


class ChronicCertificate(Certified, title="慢特病认定"):
    """A certified chronic or special disease (门诊慢特病认定)."""

    bare_word = "disease"
    disease: str = Field(title="病种", description="本地区病种的代码、名称或国家编码")


class Person(Part, title="参保人"):
    """The insured person (参保人)."""

    name: str = Field("", title="姓名", description="印在结算单上；可不写")
    identity_no: str = Field("", title="公民身份号码", description="可不写；只核对校验位，从不打印")
    born_on: Day | None = Field(None, title="出生日期")
    county_code: Division = Field(title="参保所属县（市、区）", description="6 位行政区划代码，加引号")
    categories: list[CategoryTag] = Field(
        [], title="身份类别", description="可有多项；按本地区顺位取一项结算"
    )
    family_doctor_contract: bool = Field(False, title="家庭医生签约")
    covered: Span = Field(title="参保期")
    waiting: Span | None = Field(None, title="待遇享受等待期")
    chronic: list[ChronicCertificate] = Field([], title="门诊慢特病认定", max_length=4)
    two_diseases: list[TwoDiseaseNamed] = Field([], title="“两病”认定")
    tier: str = Field("", title="缴费档次", description="本地区缴费档次的代码；不写为第一档")
    first_choice: str = Field("", title="选定的首诊机构", description="机构的 code 或 name")


class Institution(Part, title="就医机构"):
    """The institution (定点医疗机构): its class in the area's list, by code or by what the class is made of."""

    code: str = Field("", title="机构代码")
    name: str = Field("", title="机构名称")
    class_code: str = Field("", alias="class", title="机构类别", description="本地区机构类别的代码或名称")
    price_class: str = Field("", title="收费类别", description="不写 class 时用：一类、二类、三类")
    level: str = Field("", title="等级", description="不写 class 时用，如 三级甲等")
    administrative_level: str = Field("", title="隶属", description="不写 class 时用，如 县级、省市级")
    county_code: Division | None = Field(None, title="所在县（市、区）")
    designated: bool = Field(True, title="当日是否定点")


class Visit(Part, title="就医"):
    """The visit or stay (就医)."""

    kind: VisitKindNamed = Field(title="医疗类别")
    care_path: CarePathNamed = Field(CarePath.LOCAL, title="就医方式")
    served_on: Day | None = Field(None, title="就诊日", description="门诊写这一项")
    admitted_on: Day | None = Field(None, title="入院日")
    discharged_on: Day | None = Field(None, title="出院日", description="住院、生育写这一项；待遇按出院日")
    continues_episode: bool = Field(False, title="转诊连续住院", description="同一次疾病转院，接着上一次住院")
    properly_referred: bool = Field(False, title="规范转诊", description="倾斜救助的条件")
    disease: str = Field("", title="病种", description="慢特病或“两病”的病种")
    delivery: DeliveryNamed | None = Field(None, title="生育类别")
    exclusion: ExclusionNamed = Field(Exclusion.NONE, title="不予支付情形")
    special_fund: SpecialFundNamed = Field(SpecialFund.NONE, title="专项资金")

    @property
    def day(self) -> date | None:
        """The day that decides: of discharge, else of service."""
        return self.discharged_on or self.served_on


class Line(Part, title="费用明细"):
    """A fee line (费用明细); a refund is negative."""

    item: str = Field(title="项目", description="名称或编码；退费与原项目同名")
    amount_fen: Yuan = Field(alias="amount", title="金额（元）", description="退费写负数")
    quantity: Quantity = Field(QUANTITY_UNIT, title="数量", description="不写为 1")
    standard_fen: YuanOwned | None = Field(
        None, alias="standard", title="支付标准（元/单位）", description="不写为不限价"
    )
    item_class: ItemClassNamed = Field(alias="class", title="目录类别")
    initial_bp: Share = Field(
        0, alias="initial_self_pay", title="先行自付比例", description="如 10%；只用于乙类"
    )


class Totals(Part, title="费用合计"):
    """The bill already split four ways (费用四分), in scope by class."""

    own_expense_fen: YuanOwned = Field(0, alias="own_expense", title="全自费")
    over_standard_fen: YuanOwned = Field(0, alias="over_standard", title="超限价自付")
    initial_self_pay_fen: YuanOwned = Field(0, alias="initial_self_pay", title="先行自付")
    class_a_fen: YuanOwned = Field(0, alias="class_a", title="政策范围内甲类")
    class_b_fen: YuanOwned = Field(0, alias="class_b", title="政策范围内乙类")


class QuotaPaid(Part, title="定额已支付"):
    """What a quota has paid: of a chronic disease in a month, or of one of the two diseases in the year."""

    disease: str = Field(title="病种")
    month: int | None = Field(None, ge=1, le=12, title="月份", description="慢特病写月份；“两病”不写")
    paid_fen: YuanOwned = Field(alias="paid", title="已支付（元）")


class SoFar(Part, title="年度累计"):
    """The year so far (年度累计) where it is known from elsewhere: the fields of engine.terms.YearSoFar, in yuan."""

    stays: int = Field(0, ge=0, title="已住院次数")
    episode_deductible_fen: YuanOwned = Field(0, alias="episode_deductible", title="本次疾病已付起付线")
    basic_capped_fen: YuanOwned = Field(0, alias="basic_capped", title="已计入基本医保年度限额")
    pooling_class_a_fen: YuanOwned = Field(0, alias="pooling_class_a", title="门诊统筹已计甲类费用")
    pooling_class_b_fen: YuanOwned = Field(0, alias="pooling_class_b", title="门诊统筹已计乙类费用")
    pooling_paid_fen: YuanOwned = Field(0, alias="pooling_paid", title="门诊统筹已支付")
    pooling_day: Day | None = Field(None, title="最近一次门诊统筹就诊日")
    pooling_day_paid_fen: YuanOwned = Field(0, alias="pooling_day_paid", title="该日门诊统筹已支付")
    two_diseases_counted_fen: YuanOwned = Field(0, alias="two_diseases_counted", title="“两病”已付起付线")
    chronic_deductible_fen: YuanOwned = Field(0, alias="chronic_deductible", title="慢特病已付起付线")
    chronic_paid_fen: YuanOwned = Field(0, alias="chronic_paid", title="各慢特病已支付合计")
    special_cost_fen: YuanOwned = Field(
        0, alias="special_cost", title="按全年一次住院结算的特殊病费用", description="政策范围内费用累计"
    )
    special_deductible_fen: YuanOwned = Field(
        0, alias="special_deductible", title="按全年一次住院结算已付起付线"
    )
    catastrophic_base_fen: YuanOwned = Field(0, alias="catastrophic_base", title="已计入大病保险的费用")
    catastrophic_paid_fen: YuanOwned = Field(0, alias="catastrophic_paid", title="大病保险已支付")
    self_pay_inpatient_fen: YuanOwned = Field(
        0, alias="self_pay_inpatient", title="政策范围内个人自付（住院）"
    )
    self_pay_outpatient_fen: YuanOwned = Field(
        0, alias="self_pay_outpatient", title="政策范围内个人自付（慢特病、“两病”）"
    )
    assistance_paid_fen: YuanOwned = Field(0, alias="assistance_paid", title="医疗救助已支付")
    top_up_base_fen: YuanOwned = Field(0, alias="top_up_base", title="已计入倾斜救助的费用")
    top_up_paid_fen: YuanOwned = Field(0, alias="top_up_paid", title="倾斜救助已支付")
    total_fen: YuanOwned = Field(0, alias="total", title="医疗费累计")
    in_scope_fen: YuanOwned = Field(0, alias="in_scope", title="政策范围内费用累计")
    basic_paid_fen: YuanOwned = Field(0, alias="basic_paid", title="基本医保已支付")
    burden_in_scope_fen: YuanOwned = Field(0, alias="burden_in_scope", title="政策范围内个人负担累计")
    quota_paid: list[QuotaPaid] = Field([], title="定额已支付")


class Bill(Part, title="一次就医"):
    """One claim: where, what for, and its fee lines or its totals."""

    claim_id: str = Field("", title="结算号", description="可不写")
    institution: Institution = Field(title="就医机构")
    visit: Visit = Field(title="就医")
    lines: list[Line] = Field([], title="费用明细", description="与 totals 写其中一项")
    totals: Totals | None = Field(None, title="费用合计", description="与 lines 写其中一项")
    total_fen: YuanOwned | None = Field(
        None, alias="total", title="医疗费总额", description="写了就核对明细或合计"
    )


class Case(Bill, title="案例"):
    """A case (案例): one visit of one insured person, with what the year has added up to before it."""

    area: Division = Field(title="统筹地区", description="6 位行政区划代码，加引号")
    settled_on: Day | None = Field(None, title="结算日", description="不写为就医日")
    person: Person = Field(title="参保人")
    year_so_far: SoFar | None = Field(
        None, title="年度累计", description="本年度此前的累计；与 earlier 同写时先取累计"
    )
    earlier: list[Bill] = Field([], title="本年度此前的就医", description="按结算先后，先逐笔结算")


def case_schema() -> dict[str, Any]:
    """The JSON Schema of a case file, with Chinese titles and descriptions."""
    schema = Case.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def case_schema_text() -> str:
    """The JSON Schema as `docs/schema/case.schema.json` holds it."""
    return json.dumps(case_schema(), ensure_ascii=False, indent=2) + "\n"
