"""The chart of accounts (会计科目): names only, for four funds kept apart.

Names follow the accounting rules of social-insurance funds (财会〔2017〕28号, from 2018-01-01); codes of accounts are not
shipped because none was seen. Each fund is a separate accounting entity, so the same account may stand in all four.
"""

from enum import StrEnum
from typing import NamedTuple


class Fund(StrEnum):
    """A fund (基金) with books of its own."""

    BASIC = "basic"
    CATASTROPHIC = "catastrophic"
    ASSISTANCE = "assistance"
    SPECIAL = "special"


FUND_WORDS: dict[Fund, tuple[str, str]] = {
    Fund.BASIC: ("城乡居民基本医疗保险基金", "residents' basic medical insurance fund"),
    Fund.CATASTROPHIC: ("大病保险资金", "catastrophic insurance money"),
    Fund.ASSISTANCE: ("医疗救助基金", "medical assistance fund"),
    Fund.SPECIAL: ("专项资金（新冠患者救治、疫苗及接种）", "special funds (COVID-19 treatment, vaccination)"),
}


class AccountKind(StrEnum):
    """What an account is: balances of the first three are carried forward, of the last two closed each year."""

    ASSET = "asset"
    LIABILITY = "liability"
    NET_ASSET = "net_asset"
    INCOME = "income"
    EXPENSE = "expense"


class Account(NamedTuple):
    """One account: its name in the journal, its kind, and what pages call it."""

    name: str
    kind: AccountKind
    chinese: str
    english: str


_A, _L, _N, _I, _E = AccountKind

ACCOUNTS: dict[str, Account] = {
    account.name: account
    for account in (
        Account("income_account", _A, "收入户存款", "income account"),
        Account("fiscal_account", _A, "财政专户存款", "fiscal account"),
        Account("expense_account", _A, "支出户存款", "expense account"),
        Account("treasury", _A, "国库存款", "treasury deposit"),
        Account("cash_with_agents", _A, "代办人员待缴存现金", "cash still with agents"),
        Account("transit_account", _A, "待报解账户存款", "bank transit account"),
        Account("aid_receivable", _A, "应收资助参保款", "aid with contributions receivable"),
        Account("advances", _A, "暂付款", "advances"),
        Account("bonds", _A, "债券投资", "bond investment"),
        Account("temporary_receipts", _L, "暂收款（预收下年度个人缴费）", "received in advance"),
        Account("payable_institutions", _L, "应付医疗机构款", "payable to institutions"),
        Account("payable_people", _L, "应付个人补差款", "adjustments payable to people"),
        Account("overpayments", _L, "暂收款（多缴待退抵）", "overpaid, to be refunded or set off"),
        Account("aid_payable", _L, "应付资助参保款", "aid with contributions payable"),
        Account("borrowings", _L, "借入款项", "borrowings"),
        Account("general_balance", _N, "一般基金结余", "general balance"),
        Account("risk_reserve", _N, "风险储备", "risk reserve"),
        Account("contribution_person", _I, "缴费收入—个人", "contributions of people"),
        Account("contribution_collective", _I, "缴费收入—集体扶持", "contributions by collectives"),
        Account(
            "contribution_assistance", _I, "缴费收入—医疗救助资助", "contributions by medical assistance"
        ),
        Account("contribution_municipal", _I, "缴费收入—市级财政资助", "contributions by the city's budget"),
        Account("contribution_county", _I, "缴费收入—县级财政资助", "contributions by the county's budget"),
        Account("subsidy_central", _I, "财政补助收入—中央", "central subsidy"),
        Account("subsidy_provincial", _I, "财政补助收入—省级", "provincial subsidy"),
        Account("subsidy_municipal", _I, "财政补助收入—市级", "municipal subsidy"),
        Account("subsidy_county", _I, "财政补助收入—县级", "county subsidy"),
        Account(
            "subsidy_municipal_and_county", _I, "财政补助收入—市县（未分列）", "city and county, not split"
        ),
        Account("subsidy_local", _I, "财政补助收入—地方（分担未在册）", "local, split not on file"),
        Account("subsidy_vaccine", _I, "财政补助收入—疫苗及接种", "subsidy for vaccines"),
        Account("assistance_budget", _I, "财政补助收入—医疗救助", "budget money for assistance"),
        Account("special_fund_budget", _I, "财政拨款—专项资金", "budget money for special funds"),
        Account("catastrophic_funding", _I, "大病保险筹资收入", "catastrophic funding received"),
        Account("interest", _I, "利息收入", "interest"),
        Account("other_income", _I, "其他收入", "other income"),
        Account("transfer_from_above", _I, "上级补助收入", "transfer from above"),
        Account("transfer_from_below", _I, "下级上解收入", "transfer from below"),
        Account("benefit_hospital", _E, "住院待遇支出", "hospital benefits"),
        Account("benefit_maternity", _E, "生育待遇支出", "maternity benefits"),
        Account("benefit_outpatient", _E, "普通门诊待遇支出", "outpatient benefits"),
        Account("benefit_chronic", _E, "门诊慢特病待遇支出", "chronic and special disease benefits"),
        Account("benefit_two_diseases", _E, "“两病”门诊用药支出", "two-disease drugs"),
        Account("catastrophic_transfer", _E, "大病保险支出", "paid over to catastrophic insurance"),
        Account("benefit_catastrophic", _E, "大病保险待遇支出", "catastrophic benefits"),
        Account("enrolment_aid", _E, "资助参保支出", "aid with contributions"),
        Account("direct_assistance", _E, "直接救助支出", "direct assistance"),
        Account("top_up_assistance", _E, "倾斜救助支出", "top-up assistance"),
        Account("special_fund_payments", _E, "专项资金支出", "paid from special funds"),
        Account("other_expense", _E, "其他支出", "other expense"),
        Account("transfer_to_below", _E, "补助下级支出", "transfer to below"),
        Account("transfer_to_above", _E, "上解上级支出", "transfer to above"),
    )
}
"""Every account there is, by name: an entry that names another one is refused."""

MEMO_WORDS: dict[str, tuple[str, str]] = {
    "opening": ("年初结转", "brought forward"),
    "contribution": ("个人缴费", "contributions"),
    "contribution_in_advance": ("预收个人缴费", "contributions in advance"),
    "advance_earned": ("预收转当年收入", "advance turned into income"),
    "enrolment_aid": ("资助参保", "aid with contributions"),
    "aid_received": ("资助参保款到账", "aid with contributions received"),
    "cash_handed_over": ("代收现金缴存待报解账户", "agents' cash paid in"),
    "cash_settled": ("待报解划转收入户", "transit account settled"),
    "overpayment": ("多缴待退抵", "overpaid"),
    "overpayment_closed": ("多缴退费、抵费", "overpayment refunded or set off"),
    "subsidy": ("财政补助", "fiscal subsidy"),
    "catastrophic_funding": ("大病保险筹资划转", "catastrophic funding"),
    "settlement": ("待遇结算", "settlements"),
    "adjustment": ("迟到事项补差", "adjustments after late events"),
    "former_settlement": ("撤销原系统结算", "settlements of the system before, reversed"),
    "recovery": ("第三人责任追偿收回", "recovered from third parties"),
    "one_off_assistance": ("依申请一次性救助", "one-off assistance on application"),
    "payment": ("支付", "paid"),
    "payment_returned": ("银行退汇", "sent back by the bank"),
    "collected": ("收回个人欠款", "collected back from a person"),
    "sweep": ("收入户归集财政专户", "income account swept"),
    "drawing": ("财政专户拨入支出户", "drawn for payment"),
    "assistance_budget": ("医疗救助财政拨款", "budget money for assistance"),
    "special_fund_budget": ("专项资金财政拨款", "budget money for special funds"),
    "interest": ("利息", "interest"),
    "balance_out": ("转出个人账户余额", "balance of an account going out"),
    "balance_in": ("转入个人账户余额", "balance of an account coming in"),
    "closing": ("年终结转", "year-end closing"),
}
"""What the journal's memo codes mean."""
