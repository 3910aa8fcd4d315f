"""The report of a reform (改革测算报告) as plain structures: what a page, a workbook and the terminal show.

Nothing is reckoned here but sums and words. A difference is after less before: above zero a payer bears more, a person
pays more.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import polars as pl

from yibao.benefits.terms import VISIT_WORDS, BalanceVerdict
from yibao.fund.statement import decimals
from yibao.kernel.money import UNREACHED_FEN, yuan_grouped
from yibao.kernel.rates import percent as rate
from yibao.kernel.standing import STANDING_WORDS
from yibao.packs.change_text import figure_named
from yibao.packs.overlay import Changed
from yibao.reports.figure_words import figure_name, value_words
from yibao.reports.year_words import Tile, percent, wan
from yibao.simulate.reform import Reform
from yibao.simulate.reform_breakdown import BILL, BILL_WORDS, BY_WORDS
from yibao.simulate.reform_people import HOUSEHOLD
from yibao.simulate.reform_pooling import Pooled
from yibao.simulate.tables import PAYER_WORDS

Words = tuple[str, str]

BALANCE_WORDS: dict[BalanceVerdict, Words] = {
    BalanceVerdict.ALLOWED: ("收支平衡、略有结余", "within what comes in"),
    BalanceVerdict.DEFICIT: ("当年收不抵支", "a deficit of the year"),
    BalanceVerdict.SURPLUS_TOO_THIN: ("当年结余低于应留的结余", "the surplus is too thin"),
    BalanceVerdict.STILL_SHORT_BUT_BETTER: ("仍收不抵支，但缺口缩小", "still short, but less so"),
}
UNIT_WORDS: dict[str, Words] = {"person": ("人", "people"), "household": ("户", "households")}


class Reproduction(NamedTuple):
    """How to get the same again. `seed` is -1 where the data were brought; hashes name the compiled rules of each side."""

    command: str
    seed: int
    version: str
    input_name: str
    rules_before: str
    rules_after: str


class Difference(NamedTuple):
    """An amount before and after."""

    words: Words
    before_fen: int
    after_fen: int

    @property
    def difference_fen(self) -> int:
        """After less before."""
        return self.after_fen - self.before_fen


class ChangeRow(NamedTuple):
    """A changed figure in words: where, what it was and is, from when, and whether it was there at all."""

    entry: str
    label: str
    figure: str
    name: str
    before: str
    after: str
    days: str


class BreakdownRow(NamedTuple):
    """One row of a breakdown: whom it is of, and the difference of each payer and of the bill."""

    words: Words
    claims: int
    people: int
    cells: tuple[int, ...]
    bill: int


class BandRow(NamedTuple):
    """Units that pay so much less or more."""

    words: str
    units: int
    difference_fen: int


@dataclass(frozen=True)
class ReformReport:
    """A reform, how to get it again; a grid, and the adjustment fund today and after, where they were asked for."""

    reform: Reform
    reproduction: Reproduction
    area: Words
    grid: pl.DataFrame | None = None
    grid_axes: tuple[str, ...] = ()
    pooled: tuple[Pooled, Pooled] | None = None


def difference_of(reform: Reform, payer: str) -> Difference:
    """What one payer bears of all bills, before and after; `bill` is the bills themselves."""
    row = reform.by("all").filter(pl.col("payer") == payer)
    words = BILL_WORDS if payer == BILL else PAYER_WORDS[payer]
    if not row.height:
        return Difference(words, 0, 0)
    return Difference(words, int(row["before_fen"][0]), int(row["after_fen"][0]))


def layer_rows(reform: Reform) -> list[Difference]:
    """Every payer in the order of the notice, then the bill."""
    return [difference_of(reform, payer) for payer in (*PAYER_WORDS, BILL)]


def fund_rows(reform: Reform) -> list[Difference]:
    """Every fund, the hospitals and people."""
    return [
        Difference((row["chinese"], row["english"]), row["before_fen"], row["after_fen"])
        for row in reform.by_fund.iter_rows(named=True)
    ]


def statement_rows(reform: Reform) -> list[Difference]:
    """The basic fund's year and the catastrophic money's, before and after."""
    was, now = reform.funds_before, reform.funds_after
    before, after = was.statement, now.statement
    return [
        Difference(("本年收入", "Income of the year"), before.income_total_fen, after.income_total_fen),
        Difference(
            ("其中：缴费（含资助）", "of which contributions, aided too"),
            before.contribution_fen,
            after.contribution_fen,
        ),
        Difference(("其中：财政补贴", "of which subsidy"), before.subsidy_fen, after.subsidy_fen),
        Difference(("本年支出", "Expense of the year"), before.expense_total_fen, after.expense_total_fen),
        Difference(("其中：待遇支出", "of which benefits"), before.benefit_fen, after.benefit_fen),
        Difference(
            ("其中：划转大病保险", "of which to catastrophic"),
            before.catastrophic_fen,
            after.catastrophic_fen,
        ),
        Difference(("本年收支结余", "Surplus of the year"), before.surplus_fen, after.surplus_fen),
        Difference(
            ("年末滚存结余", "Carried forward"), before.carried_forward_fen, after.carried_forward_fen
        ),
        Difference(
            ("大病保险资金当年结余", "Catastrophic money, balance"),
            was.catastrophic_balance_fen,
            now.catastrophic_balance_fen,
        ),
        Difference(
            ("医疗救助支出（含资助参保）", "Assistance spent"),
            was.assistance_expense_fen,
            now.assistance_expense_fen,
        ),
    ]


def breakdown_rows(reform: Reform, by: str) -> list[BreakdownRow]:
    """The differences of one breakdown, a row each, in its order."""
    found: dict[str, dict[str, Any]] = {}
    for row in reform.by(by).iter_rows(named=True):
        kept = found.setdefault(row["code"], row | {"cells": {}})
        kept["cells"][row["payer"]] = row["difference_fen"]
    return [
        BreakdownRow(
            (row["chinese"], row["english"]),
            row["claims"],
            row["people"],
            tuple(row["cells"][payer] for payer in PAYER_WORDS),
            row["cells"][BILL],
        )
        for row in found.values()
    ]


def breakdowns(reform: Reform) -> dict[str, list[BreakdownRow]]:
    """Every breakdown that there is, the total left out."""
    known = reform.breakdown["by"].unique().to_list()
    return {by: breakdown_rows(reform, by) for by in BY_WORDS if by in known and by != "all"}


def change_rows(reform: Reform) -> list[ChangeRow]:
    """The changed figures in words."""
    return [_change_row(reform, changed) for changed in reform.overlay.changed]


def _change_row(reform: Reform, changed: Changed) -> ChangeRow:
    areas = (reform.area,)
    block = changed.after
    days = f"{block.first_day} 起" if block.last_day is None else f"{block.first_day} 至 {block.last_day}"
    county = "" if block.area_code == reform.area.code else f"{block.area_code}:"
    return ChangeRow(
        f"{county}{block.section}.{block.key}",
        block.label,
        figure_name(changed.path, areas),
        changed.name,
        value_words(changed.before, areas),
        "删去" if changed.value is None else value_words(changed.value, areas),
        days,
    )


def axis_words(reform: Reform, name: str) -> str:
    """The figure of an axis in words: the entry's label and the figure's name."""
    section, key, path = figure_named(name.rpartition(":")[2])
    label = reform.overlay.area.block(section, key, reform.first_day).label
    return f"{label}：{figure_name(path, (reform.area,))}"


def band_rows(reform: Reform) -> list[BandRow]:
    """How many pay so much less, as before, so much more: from the most saved to the most lost."""
    rows: dict[str, list[BandRow]] = {side: [] for side in ("less", "same", "more")}
    for row in reform.reached.bands.iter_rows(named=True):
        rows[row["pays"]].append(BandRow(_band_words(row), row["units"], row["difference_fen"]))
    return [*reversed(rows["less"]), *rows["same"], *rows["more"]]


def _band_words(row: dict[str, Any]) -> str:
    word = {"less": "少付", "more": "多付", "same": "不变"}[row["pays"]]
    if row["pays"] == "same":
        return word
    low, high = row["from_fen"] // 100, row["to_fen"] // 100
    if row["to_fen"] == UNREACHED_FEN:
        return f"{word} {low:,} 元及以上"
    return f"{word}不足 {high:,} 元" if row["from_fen"] == 1 else f"{word} {low:,}–{high:,} 元"


def tiles(reform: Reform) -> list[Tile]:
    """The figures a reader looks for first; the terminal prints the same."""
    reach, was, now = reform.reached, reform.funds_before, reform.funds_after
    unit = UNIT_WORDS[reach.unit][0]
    fund = difference_of(reform, "basic")
    person = difference_of(reform, "person")
    gained, lost = -int(reach.winners["difference_fen"].sum()), int(reach.losers["difference_fen"].sum())
    surplus = now.statement.surplus_fen - was.statement.surplus_fen
    opening = "" if reform.opening_given else "期初结余为假定值"
    return [
        Tile("基本医保多支", "Basic fund pays more", signed(fund.difference_fen), "万元", _share(fund)),
        Tile("个人多负担", "People bear more", signed(person.difference_fen), "万元", _share(person)),
        Tile(
            "当年结余变动",
            "Change of the surplus",
            signed(surplus),
            "万元",
            f"改革后 {wan(now.statement.surplus_fen)}",
        ),
        Tile(
            "可支付月数",
            "Months of reserve",
            f"{decimals(was.reserve_months)}→{decimals(now.reserve_months)}",
            "个月",
            opening,
        ),
        Tile(
            "受益／受损",
            "Pay less / more",
            f"{reach.winners.height:,}／{reach.losers.height:,}",
            unit,
            f"共少付 {wan(gained)}、多付 {wan(lost)} 万元",
        ),
        Tile(
            "重负担",
            "Over the heavy line",
            f"{reach.heavy_before:,}→{reach.heavy_after:,}",
            unit,
            "预警线以上" if reach.warning else "没有预警线在册",
        ),
    ]


def signed(amount_fen: int) -> str:
    """Fen as ten thousand yuan, with a plus where it is above zero."""
    shown = f"+{wan(amount_fen)}" if amount_fen > 0 else wan(amount_fen)
    return "≈0" if amount_fen and shown in ("+0.00", "-0.00", "0.00") else shown


def _share(of: Difference) -> str:
    if of.before_fen <= 0:
        return f"原为 {wan(of.before_fen)}"
    if of.difference_fen == 0:
        return f"原为 {wan(of.before_fen)}，不变"
    share = Fraction(of.difference_fen, of.before_fen)
    word = percent(abs(share))
    return f"原为 {wan(of.before_fen)}，{'增' if share >= 0 else '减'} {word}"


def response_rows(reform: Reform) -> list[tuple[Words, Words, str, str, str, str]]:
    """The response by kind and class: elasticity, the person's share before and after, how much more bills are."""
    if reform.response is None:
        return []
    classes = [
        (str(c["label"]), str(c.get("label_en", ""))) for c in reform.area.listed("institution_classes")
    ]
    return [
        (
            VISIT_WORDS[of.kind],
            classes[of.institution_class],
            f"{float(reform.response.elasticity[of.kind]):g}",
            percent(of.share_before),
            percent(of.share_after),
            f"{decimals(Fraction(of.millionths - 1_000_000, 10_000), 2)}%",
        )
        for of in reform.factors
    ]


def notices(reform: Reform) -> list[Words]:
    """What a reader has to know beside the figures."""
    found = []
    linked = linked_words(reform)
    if linked is not None:
        found.append(linked)
    for entry in reform.unread:
        found.append(
            (
                f"改动的 {entry} 在这一年的参保、结算和基金收支中没有用到，不产生差额。",
                f"Nothing in the year reads {entry}: it makes no difference.",
            )
        )
    for entry, counties in reform.overlay.kept_by.items():
        found.append(
            (
                f"{'、'.join(counties)}有自己的 {entry}，不受改动影响；要一并改，写 县代码:{entry}.键=值。",
                f"These counties have a {entry} of their own and keep it.",
            )
        )
    if "covered_from" in reform.data.people.column_names:
        found.append(
            (
                "数据给出了待遇起止日，没有参保和缴费，基金没有收入；收支差额只看支出一侧。",
                "People came with their days of cover: nobody is billed, and the fund has no income.",
            )
        )
    return found


class PoolRow(NamedTuple):
    """One county's side of the adjustment fund, after the reform; `after_today_fen` is its balance with the fund today."""

    name: str
    covered: int
    balance_fen: int
    pays_in_fen: int
    receives_fen: int
    after_fen: int
    after_today_fen: int


def pool_rows(report: ReformReport) -> list[PoolRow]:
    """The counties' sides of the adjustment fund."""
    if report.pooled is None:
        return []
    today, now = report.pooled
    names = {str(c["code"]): str(c["name"]) for c in report.reform.area.listed("counties")}
    before = dict(zip(today.rows["code"], today.rows["after_fen"], strict=True))
    return [
        PoolRow(
            name=names.get(row["code"], row["code"]),
            covered=row["covered"],
            balance_fen=row["balance_fen"],
            pays_in_fen=row["pays_in_fen"],
            receives_fen=row["receives_fen"],
            after_fen=row["after_fen"],
            after_today_fen=before[row["code"]],
        )
        for row in now.rows.iter_rows(named=True)
    ]


def linked_words(reform: Reform) -> Words | None:
    """What the income-linked financing came to, in a sentence; None where it was not asked for."""
    if reform.linked is None or reform.linked_income is None:
        return None
    of, incomes = reform.linked.working, reform.linked_income
    return (
        f"筹资与可支配收入挂钩：收入 {yuan_grouped(incomes.before_fen)} → {yuan_grouped(incomes.after_fen)} 元，"
        f"居民个人缴费 {yuan_grouped(of.contribution_fen)} 元、财政补助 {yuan_grouped(of.subsidy_fen)} 元，"
        f"人均筹资增加 {yuan_grouped(of.rise_fen)} 元；个人缴费占收入 {rate(of.share_before_bp)} → {rate(of.share_bp)}。"
        f"资助参保的金额照旧。依据 {reform.linked.entry.id}（{STANDING_WORDS[reform.linked.entry.standing][0]}）",
        f"Financing follows income: a person's contribution goes to {yuan_grouped(of.contribution_fen)} yuan, "
        f"the subsidy to {yuan_grouped(of.subsidy_fen)}; enrolment aid stays as it is",
    )


def unit_words(reform: Reform) -> Words:
    """What is counted: people, or households where they are known."""
    return UNIT_WORDS[HOUSEHOLD if reform.reached.unit == HOUSEHOLD else "person"]
