"""The words and clauses of refusals: what a slip and a page say when a claim is not settled.

Where a refusal rests on an entry of policy, `entry` names it: its own cite says more than `clause`, and differs from place
to place (`packs.clauses.clause_of`).
"""

from typing import NamedTuple

from yibao.benefits.terms import Refusal


class RefusalWords(NamedTuple):
    """What is said of a refusal: Chinese, English, the clause it rests on, and what the person can do."""

    chinese: str
    english: str
    clause: str
    remedy: str
    entry: tuple[str, str] | None = None


_BENEFIT_LIST = "国家医疗保障待遇清单：基金不予支付的范围"

REFUSAL_WORDS: dict[Refusal, RefusalWords] = {
    Refusal.NOT_COVERED: RefusalWords(
        "就医当日不在参保期内",
        "not covered on that day",
        "参保期 (enrolment)",
        "请核对参保和缴费记录，或办理参保后再结算",
    ),
    Refusal.WAITING_PERIOD: RefusalWords(
        "就医当日在待遇享受等待期内",
        "in the waiting period",
        "待遇享受等待期 (waiting period)",
        "属免等待期人群的，请补充认定材料",
        ("enrolment", "waiting_period"),
    ),
    Refusal.WORK_INJURY: RefusalWords(
        "应由工伤保险基金支付", "work injury fund's duty", _BENEFIT_LIST, "请向工伤保险经办机构申请"
    ),
    Refusal.THIRD_PARTY: RefusalWords(
        "应由第三人负担", "a third party's duty", _BENEFIT_LIST, "第三人不支付或无法确定的，可申请先行支付"
    ),
    Refusal.PUBLIC_HEALTH: RefusalWords(
        "应由公共卫生负担", "public health's duty", _BENEFIT_LIST, "请向公共卫生机构了解"
    ),
    Refusal.ABROAD: RefusalWords("在境外就医", "care abroad", _BENEFIT_LIST, "境外就医不在支付范围"),
    Refusal.WELLNESS: RefusalWords(
        "体育健身、养生保健消费、健康体检", "wellness or check-up", _BENEFIT_LIST, "此类费用由个人负担"
    ),
    Refusal.OTHER_EXCLUSION: RefusalWords(
        "国家规定的其他不予支付费用", "other national exclusion", _BENEFIT_LIST, "此类费用由个人负担"
    ),
    Refusal.NOT_DESIGNATED: RefusalWords(
        "该机构当日不是定点医疗机构",
        "institution not designated on that day",
        "定点管理 (service agreement)",
        "请到定点机构就医，或核对定点起止日期",
    ),
    Refusal.NOT_ALLOWED_HERE: RefusalWords(
        "该类机构不开展此项待遇，或不是本人选定的首诊机构",
        "this visit is not allowed at that institution",
        "该项待遇的机构范围 (where the benefit is given)",
        "请到开展此项待遇的机构就医",
    ),
    Refusal.OUTSIDE_COUNTY: RefusalWords(
        "不在参保所属县（市、区）内",
        "outside the county of enrolment",
        "门诊统筹的就医范围 (outpatient pooling)",
        "普通门诊统筹请在参保所属县域内就医",
        ("benefits", "outpatient_pooling"),
    ),
    Refusal.NOT_CERTIFIED: RefusalWords(
        "没有该病种的待遇认定",
        "not certified for the disease",
        "门诊慢特病、“两病”认定 (certification)",
        "请先办理病种认定",
    ),
    Refusal.NOT_ON_FILE: RefusalWords(
        "政策中没有这项待遇、该病种或专项资金当日的标准",
        "no figure on file for that benefit, disease or special fund on that day",
        "见条目说明",
        "请由政策部门补充条目",
    ),
    Refusal.TERMS_REFUSED: RefusalWords(
        "该身份当日的救助标准没有文件依据",
        "assistance terms of that category are not on file",
        "见条目说明",
        "请由政策部门补充条目",
    ),
}
