"""Words of a settlement slip: what a claim's codes are called, and the English beside a working's Chinese label.

Chinese labels of steps stand in the workings themselves; English ones stand here, by layer and field, so that a rule
stays free of them. `tests/reports/test_slip.py` says when a field has no English yet.
"""

from yibao.benefits.terms import Delivery, Exclusion, ItemClass, TwoDisease

TWO_DISEASE_WORDS: dict[TwoDisease, tuple[str, str]] = {
    TwoDisease.HYPERTENSION: ("高血压", "hypertension"),
    TwoDisease.DIABETES_TYPE_1: ("1型糖尿病", "type 1 diabetes"),
    TwoDisease.DIABETES_OTHER: ("2型及其他糖尿病", "type 2 and other diabetes"),
    TwoDisease.GRADE_ONE: ("一类“两病”患者", "two-disease patient, grade one"),
    TwoDisease.GRADE_TWO: ("二类“两病”患者", "two-disease patient, grade two"),
}

DELIVERY_WORDS: dict[Delivery, tuple[str, str]] = {
    Delivery.NATURAL: ("顺产", "natural delivery"),
    Delivery.CAESAREAN: ("剖宫产", "caesarean section"),
    Delivery.ANTENATAL: ("产前检查", "antenatal care"),
}

EXCLUSION_WORDS: dict[Exclusion, tuple[str, str]] = {
    Exclusion.NONE: ("无", "none"),
    Exclusion.WORK_INJURY: ("工伤", "work injury"),
    Exclusion.THIRD_PARTY: ("第三人负担", "third party"),
    Exclusion.PUBLIC_HEALTH: ("公共卫生负担", "public health"),
    Exclusion.ABROAD: ("境外就医", "abroad"),
    Exclusion.WELLNESS: ("健身、养生、体检", "wellness or check-up"),
    Exclusion.OTHER: ("其他不予支付", "other exclusion"),
}

ITEM_CLASS_WORDS: dict[ItemClass, tuple[str, str]] = {
    ItemClass.A: ("甲类", "class A"),
    ItemClass.B: ("乙类", "class B"),
    ItemClass.C: ("丙类", "class C"),
}

PAYER_WORDS: dict[str, tuple[str, str]] = {
    "basic_fen": ("基本医疗保险统筹基金", "Basic insurance, pooled fund"),
    "catastrophic_fen": ("居民大病保险", "Catastrophic insurance"),
    "assistance_fen": ("医疗救助", "Medical assistance"),
    "top_up_fen": ("倾斜救助", "Top-up assistance"),
    "hospital_fen": ("医疗机构负担", "Hospital"),
    "special_fund_fen": ("专项资金", "Special fund"),
    "person_fen": ("个人负担", "Person"),
}

LAYER_WORDS: dict[str, tuple[str, str]] = {
    "hospital": ("基本医保 · 住院", "Basic insurance: hospital"),
    "two_diseases": ("基本医保 · “两病”门诊用药", "Basic insurance: two-disease drugs"),
    "pooling": ("基本医保 · 门诊统筹", "Basic insurance: outpatient pooling"),
    "chronic": ("基本医保 · 门诊慢特病", "Basic insurance: chronic and special"),
    "maternity": ("基本医保 · 生育", "Basic insurance: maternity"),
    "catastrophic": ("大病保险", "Catastrophic insurance"),
    "direct": ("医疗救助", "Medical assistance"),
    "top_up": ("倾斜救助", "Top-up assistance"),
    "special_fund": ("专项资金", "Special fund"),
}

NO_STAYS_HERE_WORDS = (
    "在册的住院标准不含这类机构",
    "the terms of stays on file leave that class of institution out",
    "请到标准所列的机构就医；这类机构另有标准的，请由政策部门补充条目",
)
"""A stay at an institution that no table has: nothing says that it may not be there, only that its terms are not on file."""

NOT_GIVEN_HERE_WORDS = ("这类机构不开展此项待遇", "the benefit is not given at that class of institution")
"""A visit that its benefit does not give there, where nobody has to choose an institution."""

NO_FIGURE_WORDS = ("通知没有给出标准", "the notice gives no figure")
"""How sure an entry is that names its notice and quotes nothing, because there is nothing to quote."""

YEAR_STAY_WORDS = (
    "基本医保 · 门诊慢特病（按全年一次住院）",
    "Basic insurance: special disease as a stay of the year",
)
"""What the hospital benefit of a special disease is called that is settled as one stay of the year."""

STEP_ENGLISH: dict[str, dict[str, str]] = {
    "hospital": {
        "stay_number": "Stay of the year",
        "deductible_fen": "Deductible",
        "deductible_used_fen": "Deductible borne",
        "above_deductible_fen": "Above the deductible",
        "rate_bp": "Rate of the first band",
        "at_rate_fen": "At the rates",
        "cap_left_fen": "Left of the annual cap",
        "pays_fen": "Pooled fund pays",
    },
    "two_diseases": {
        "deductible_used_fen": "Deductible borne",
        "at_rate_fen": "At the rates",
        "quota_left_fen": "Left of the year's quota",
        "pays_fen": "Two-disease quota pays",
        "class_a_rest_fen": "Class A cost passed to pooling",
        "class_b_rest_fen": "Class B cost passed to pooling",
    },
    "pooling": {
        "class_a_rate_bp": "Rate, class A",
        "class_b_rate_bp": "Rate, class B",
        "at_rate_fen": "At the rates",
        "day_left_fen": "Left of the day's limit",
        "year_left_fen": "Left of the year's limit",
        "pays_fen": "Outpatient pooling pays",
    },
    "chronic": {
        "deductible_used_fen": "Deductible borne",
        "rate_bp": "Rate",
        "at_rate_fen": "At the rate",
        "quota_left_fen": "Left of the month's quota",
        "year_left_fen": "Left of the year's limit for chronic diseases",
        "cap_left_fen": "Left of the annual cap",
        "pays_fen": "Pooled fund pays",
    },
    "maternity": {
        "quota_fen": "Fixed amount for the delivery",
        "cap_left_fen": "Left of the annual cap",
        "pays_fen": "Pooled fund pays",
        "hospital_bears_fen": "Hospital bears",
    },
    "catastrophic": {
        "base_fen": "Cost that counts",
        "above_deductible_fen": "Above the year's deductible",
        "at_rate_fen": "At the rates by band",
        "cap_left_fen": "Left of the annual cap",
        "pays_fen": "Catastrophic insurance pays",
    },
    "direct": {
        "above_deductible_fen": "Above the year's deductible",
        "at_rate_fen": "At the rate",
        "cap_left_fen": "Left of the annual cap",
        "pays_fen": "Assistance pays",
    },
    "top_up": {
        "above_deductible_fen": "Above the top-up deductible",
        "at_rate_fen": "At the rate",
        "cap_left_fen": "Left of the cap",
        "pays_fen": "Top-up pays",
    },
    "special_fund": {
        "fund": "Special fund of the bill",
        "would_bear_fen": "Left to the person before it, whole bill",
        "share_bp": "Share that it bears",
        "pays_fen": "Special fund pays",
    },
}
"""Layer → field of its working → English."""
