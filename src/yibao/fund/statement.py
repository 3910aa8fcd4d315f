"""The year's income and expense of the residents' fund (基金收支表), in the form budgets and final accounts are filed in.

Lines, sub-totals and their numbers follow the form that a county published for 2023 and 2024. What a reader would get
wrong: months of reserve (可支付月数) divide what is carried forward by the *year's* expense a month, not by income.

carries_out: FND-03, FND-06
"""

from fractions import Fraction
from typing import NamedTuple

import pyarrow as pa

from yibao.fund.params import NationalReserveParams
from yibao.ledger.accounts import Fund
from yibao.ledger.books import balance_fen


class Statement(NamedTuple):
    """One year of the fund in fen, leaf lines only; sub-totals are properties, so they always tie."""

    contribution_person_fen: int = 0
    contribution_collective_fen: int = 0
    contribution_assistance_fen: int = 0
    contribution_finance_fen: int = 0
    subsidy_standard_fen: int = 0
    subsidy_vaccine_fen: int = 0
    interest_fen: int = 0
    other_income_fen: int = 0
    transfer_from_above_fen: int = 0
    transfer_from_below_fen: int = 0
    benefit_inpatient_fen: int = 0
    benefit_outpatient_fen: int = 0
    catastrophic_fen: int = 0
    other_expense_fen: int = 0
    transfer_to_below_fen: int = 0
    transfer_to_above_fen: int = 0
    brought_forward_fen: int = 0

    @property
    def contribution_fen(self) -> int:
        """Contribution income (缴费收入), aid with contributions included."""
        return sum(self[:4])

    @property
    def subsidy_fen(self) -> int:
        """Fiscal subsidy income (财政补贴收入)."""
        return self.subsidy_standard_fen + self.subsidy_vaccine_fen

    @property
    def income_fen(self) -> int:
        """Income of the year before transfers (本年收入小计)."""
        return self.contribution_fen + self.subsidy_fen + self.interest_fen + self.other_income_fen

    @property
    def income_total_fen(self) -> int:
        """Income with transfers (本年收入合计)."""
        return self.income_fen + self.transfer_from_above_fen + self.transfer_from_below_fen

    @property
    def benefit_fen(self) -> int:
        """Benefit expense of the basic fund (待遇支出)."""
        return self.benefit_inpatient_fen + self.benefit_outpatient_fen

    @property
    def expense_fen(self) -> int:
        """Expense of the year before transfers (本年支出小计)."""
        return self.benefit_fen + self.catastrophic_fen + self.other_expense_fen

    @property
    def expense_total_fen(self) -> int:
        """Expense with transfers (本年支出合计)."""
        return self.expense_fen + self.transfer_to_below_fen + self.transfer_to_above_fen

    @property
    def surplus_fen(self) -> int:
        """What the year left (本年收支结余); below zero a deficit."""
        return self.income_total_fen - self.expense_total_fen

    @property
    def carried_forward_fen(self) -> int:
        """What the next year begins with (年末滚存结余)."""
        return self.brought_forward_fen + self.surplus_fen

    @property
    def reserve_months(self) -> Fraction:
        """Months of reserve (可支付月数); 0 where nothing was spent."""
        if self.expense_total_fen == 0:
            return Fraction(0)
        return Fraction(self.carried_forward_fen * 12, self.expense_total_fen)


class FormLine(NamedTuple):
    """One line of the form: number as printed, label, amount; `part` marks an “of which”."""

    number: str
    chinese: str
    english: str
    amount_fen: int
    part: bool = False


def statement(balances: pa.Table) -> Statement:
    """The statement of the basic fund from a trial balance taken before closing."""

    def income(*accounts: str) -> int:
        return -balance_fen(balances, Fund.BASIC, *accounts)

    def expense(*accounts: str) -> int:
        return balance_fen(balances, Fund.BASIC, *accounts)

    levels = ("central", "provincial", "municipal", "county", "municipal_and_county", "local")
    return Statement(
        contribution_person_fen=income("contribution_person"),
        contribution_collective_fen=income("contribution_collective"),
        contribution_assistance_fen=income("contribution_assistance"),
        contribution_finance_fen=income("contribution_municipal", "contribution_county"),
        subsidy_standard_fen=income(*(f"subsidy_{level}" for level in levels)),
        subsidy_vaccine_fen=income("subsidy_vaccine"),
        interest_fen=income("interest"),
        other_income_fen=income("other_income"),
        transfer_from_above_fen=income("transfer_from_above"),
        transfer_from_below_fen=income("transfer_from_below"),
        benefit_inpatient_fen=expense("benefit_hospital", "benefit_maternity"),
        benefit_outpatient_fen=expense("benefit_outpatient", "benefit_chronic", "benefit_two_diseases"),
        catastrophic_fen=expense("catastrophic_transfer"),
        other_expense_fen=expense("other_expense"),
        transfer_to_below_fen=expense("transfer_to_below"),
        transfer_to_above_fen=expense("transfer_to_above"),
        brought_forward_fen=income("general_balance", "risk_reserve"),
    )


def income_lines(of: Statement) -> list[FormLine]:
    """The income side of the form (收入), numbered as printed."""
    return [
        FormLine("1", "缴费收入", "Contributions", of.contribution_fen),
        FormLine("", "其中：集体扶持", "of which collective support", of.contribution_collective_fen, True),
        FormLine(
            "",
            "其中：医疗救助资助",
            "of which paid by medical assistance",
            of.contribution_assistance_fen,
            True,
        ),
        FormLine(
            "",
            "其中：财政对困难人员资助",
            "of which paid by finance for the needy",
            of.contribution_finance_fen,
            True,
        ),
        FormLine("2", "财政补贴收入", "Fiscal subsidy", of.subsidy_fen),
        FormLine("", "其中：按标准补助", "of which by the standard", of.subsidy_standard_fen, True),
        FormLine("", "其中：疫苗及接种费用补助", "of which for vaccines", of.subsidy_vaccine_fen, True),
        FormLine("3", "利息收入", "Interest", of.interest_fen),
        FormLine("4", "其他收入", "Other income", of.other_income_fen),
        FormLine("5", "本年收入小计", "Sub-total", of.income_fen),
        FormLine("6", "上级补助收入", "Transfer from above", of.transfer_from_above_fen),
        FormLine("7", "下级上解收入", "Transfer from below", of.transfer_from_below_fen),
        FormLine("8", "本年收入合计", "Total income", of.income_total_fen),
        FormLine("9", "上年结余", "Brought forward", of.brought_forward_fen),
    ]


def expense_lines(of: Statement) -> list[FormLine]:
    """The expense side of the form (支出), numbered as printed."""
    return [
        FormLine("1", "待遇支出", "Benefits", of.benefit_fen),
        FormLine(
            "",
            "其中：住院费用支出（含生育）",
            "of which inpatient (with maternity)",
            of.benefit_inpatient_fen,
            True,
        ),
        FormLine("", "其中：门诊费用支出", "of which outpatient", of.benefit_outpatient_fen, True),
        FormLine("2", "大病保险支出", "Catastrophic insurance", of.catastrophic_fen),
        FormLine("3", "其他支出", "Other expense", of.other_expense_fen),
        FormLine("4", "本年支出小计", "Sub-total", of.expense_fen),
        FormLine("5", "补助下级支出", "Transfer to below", of.transfer_to_below_fen),
        FormLine("6", "上解上级支出", "Transfer to above", of.transfer_to_above_fen),
        FormLine("7", "本年支出合计", "Total expense", of.expense_total_fen),
        FormLine("8", "本年收支结余", "Surplus of the year", of.surplus_fen),
        FormLine("9", "年末滚存结余", "Carried forward", of.carried_forward_fen),
    ]


def national_reserve_months(params: NationalReserveParams) -> Fraction:
    """The months of reserve that the country's residents' funds had together."""
    return Fraction(params.balance_fen * 12, params.expense_fen)


def assumed_opening_reserve_fen(params: NationalReserveParams, expense_fen: int) -> int:
    """An opening reserve where none was given: the national months, at this fund's own expense a month."""
    return int(national_reserve_months(params) * expense_fen / 12 + Fraction(1, 2))


def decimals(value: Fraction, places: int = 2) -> str:
    """A fraction with so many decimals, rounded half up away from zero, as forms print it."""
    scaled = abs(value) * 10**places
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    sign = "-" if value < 0 and whole else ""
    digits = str(whole).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"
