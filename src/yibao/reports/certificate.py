"""What vouchers and certificates show (缴费凭证、参保凭证、转移接续信息表): rows in both languages, made from what was certified.

A certificate carries its check number and no identity number in full. What a reader would get wrong: it says what held on
the day it was issued; whether that still stands is said apart, on the day it is printed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yibao.enrolment.terms import RecognisedBenefit
from yibao.financing.terms import CollectionChannel, ContributionGroup
from yibao.kernel.money import yuan_grouped
from yibao.packs.policies import Area
from yibao.reports.slip_pdf import amount_in_words

CHANNEL_WORDS: dict[CollectionChannel, tuple[str, str]] = {
    CollectionChannel.ONLINE: ("线上缴费", "online"),
    CollectionChannel.COUNTER: ("窗口缴费", "at the counter"),
    CollectionChannel.AGENTS_CASH: ("代办现金缴费", "cash taken by an agent"),
}
GROUP_WORDS: dict[ContributionGroup, tuple[str, str]] = {
    ContributionGroup.RESIDENT: ("居民", "resident"),
    ContributionGroup.STUDENT: ("学生", "student"),
}
BENEFIT_WORDS: dict[RecognisedBenefit, tuple[str, str]] = {
    RecognisedBenefit.CHRONIC: ("门诊慢特病", "chronic and special diseases"),
    RecognisedBenefit.SPECIAL_DRUG: ("特殊药品", "special drugs"),
    RecognisedBenefit.MATERNITY: ("生育医疗", "maternity"),
}
AIDS = (
    ("aid_assistance_fund_fen", "医疗救助基金资助", "Aid of the assistance fund"),
    ("aid_municipal_fen", "市级财政资助", "Aid of the city"),
    ("aid_county_fen", "县（市、区）财政资助", "Aid of the county"),
)
SHOWN_FIRST, SHOWN_LAST, LONG_ENOUGH = 3, 4, 12
NONE = "无"


@dataclass(frozen=True)
class Holder:
    """Whose certificate it is: name, document kind and number, as they are on file; the number is masked here."""

    name: str
    born_on: date
    document: str
    number: str


@dataclass(frozen=True)
class Page:
    """One certificate ready to be set: rows of (Chinese, English, value), amounts likewise, and what stands below."""

    title: str
    subtitle: str
    holder: list[tuple[str, str, str]]
    rows: list[tuple[str, str, str]]
    amounts: list[tuple[str, str, str]]
    words: str
    standing: str
    stands: bool
    number: str
    issued_on: date
    office: str


def masked_number(number: str) -> str:
    """A document's number with its middle hidden; of a short one only the last two signs are shown."""
    if len(number) < LONG_ENOUGH:
        return "*" * max(len(number) - 2, 0) + number[-2:]
    hidden = len(number) - SHOWN_FIRST - SHOWN_LAST
    return number[:SHOWN_FIRST] + "*" * hidden + number[-SHOWN_LAST:]


def voucher_page(facts: Mapping[str, Any], holder: Holder, area: Area, number: str, *, stands: bool) -> Page:
    """A voucher of a contribution: the standard, who aids it, and what the person paid."""
    amounts = [("个人缴费标准", "Contribution", yuan_grouped(facts["contribution_fen"]))]
    amounts += [(zh, en, "-" + yuan_grouped(facts[key])) for key, zh, en in AIDS if facts[key]]
    amounts.append(("个人实缴", "Paid by the person", yuan_grouped(facts["amount_fen"])))
    paid = facts["payment_id"] is not None
    rows = [
        ("险种", "Scheme", "城乡居民基本医疗保险"),
        ("待遇年度", "Benefit year", str(facts["benefit_year"])),
        ("应缴编号", "Bill", str(facts["bill_id"])),
    ]
    if paid:
        channel = CHANNEL_WORDS[CollectionChannel(facts["channel"])]
        rows += [
            ("缴费日期", "Paid on", str(facts["paid_on"])),
            ("缴费渠道", "Channel", channel[0]),
            ("渠道流水号", "Number at the channel", facts["external_no"]),
        ]
    else:
        rows.append(("缴费", "Payment", "无需个人缴费 Nothing to pay"))
    return Page(
        title="城乡居民基本医疗保险缴费凭证",
        subtitle="Residents' basic medical insurance: payment voucher",
        holder=_holder(holder),
        rows=rows,
        amounts=amounts,
        words=amount_in_words(facts["amount_fen"]),
        standing="缴费有效 Stands" if stands else "已退费，本凭证失效 Given back: void",
        stands=stands,
        number=number,
        issued_on=date.fromisoformat(facts["issued_on"]),
        office=f"{area.name}医疗保障经办机构",
    )


def enrolment_page(
    facts: Mapping[str, Any], holder: Holder, area: Area, number: str, *, stands: bool
) -> Page:
    """A certificate of a coverage: its days, the waiting period, group and tier."""
    waits = facts["waiting_last_day"]
    tiers = area.listed("contribution_tiers")
    rows = [
        ("险种", "Scheme", "城乡居民基本医疗保险"),
        ("统筹地区", "Pooling area", f"{area.name}（{facts['area_code']}）"),
        ("待遇年度", "Benefit year", str(facts["benefit_year"])),
        ("参保期", "Covered", f"{facts['first_day']} 至 {facts['last_day']}"),
        ("等待期至", "Waits until", waits or NONE),
        ("缴费人群", "Group", GROUP_WORDS[ContributionGroup(facts["group"])][0]),
    ]
    if len(tiers) > 1:
        rows.append(("缴费档次", "Tier", str(tiers[facts["tier"]]["label"])))
    return Page(
        title="城乡居民基本医疗保险参保凭证",
        subtitle="Residents' basic medical insurance: certificate of enrolment",
        holder=_holder(holder),
        rows=rows,
        amounts=[],
        words="",
        standing="参保期有效 Stands" if stands else "参保期已变更，以经办机构记录为准 Changed since",
        stands=stands,
        number=number,
        issued_on=date.fromisoformat(facts["issued_on"]),
        office=f"{area.name}医疗保障经办机构",
    )


def transfer_page(facts: Mapping[str, Any], holder: Holder, area: Area, number: str) -> Page:
    """The information form of a transfer (转移接续信息表) that goes to the area joined."""
    rows = [
        ("转出统筹地区", "Area left", f"{area.name}（{facts['area_code']}）"),
        ("转入统筹地区", "Area joined", facts["other_code"]),
        ("居民医保参保月数", "Months as a resident", str(facts["resident_months"])),
        ("参保终止日", "Covered until", facts["last_covered_day"] or NONE),
        ("年度范围内费用", "In-scope cost, year", f"{yuan_grouped(facts['in_scope_fen'])} 元"),
        ("年度基金支付", "Paid by funds, year", f"{yuan_grouped(facts['fund_paid_fen'])} 元"),
        ("个人账户余额", "Account balance", f"{yuan_grouped(facts['balance_fen'])} 元"),
    ]
    return Page(
        title="基本医疗保险关系转移接续信息表",
        subtitle="Information form for the transfer of a medical insurance relation",
        holder=_holder(holder),
        rows=rows,
        amounts=[],
        words="",
        standing="",
        stands=True,
        number=number,
        issued_on=date.fromisoformat(facts["issued_on"]),
        office=f"{area.name}医疗保障经办机构",
    )


def _holder(holder: Holder) -> list[tuple[str, str, str]]:
    return [
        ("姓名", "Name", holder.name),
        ("出生日期", "Born on", str(holder.born_on)),
        ("证件类型", "Document", holder.document),
        ("证件号码", "Number", masked_number(holder.number)),
    ]
