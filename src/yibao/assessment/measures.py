"""What a benefit year's tables give for each thing that targets are about (指标口径): two whole numbers and a definition.

Pure on the tables of `simulate.tables`. Every value is an exact fraction and carries the sentence that defines it, because
the notices name shares without saying of what. Fixed here:

- county institutions (县域内机构) are those not run by a city or province and not outside the province, whatever
  district they stand in; where a class goes by level alone (不分), those below level three;
- "in-scope share" counts the basic fund alone: catastrophic insurance and assistance are not in the numerator.

What a reader would get wrong: the out-of-catalogue share is not one less the in-scope share; between them lie what is
over the payment standard and the initial self-pay.

carries_out: BEN-02, BEN-03, AID-02, FIN-01, FIN-02, FIN-09, FIN-11, FIN-12, FIN-13, FIN-14, FIN-16, ENR-09, BEN-06
"""

from typing import NamedTuple

import polars as pl
import pyarrow as pa

from yibao.assessment.terms import ANYBODY, LOW_INCOME, MONITORED, Target
from yibao.assistance.terms import Category
from yibao.benefits.terms import Refusal, VisitKind

MILLION = 1_000_000

AID_GROUPS: dict[str, tuple[Category, ...]] = {
    "aid_extreme_poverty": (Category.EXTREME_POVERTY,),
    "aid_subsistence_allowance": (
        Category.SUBSISTENCE_ALLOWANCE,
        Category.ENTITLED_GROUP,
        Category.BRAVE_ACT,
        Category.RELIEF_40,
    ),
    "aid_at_risk": (Category.UNSTABLE_EXIT, Category.EDGE_OF_POVERTY),
    "aid_fell_into_poverty": (Category.FELL_INTO_POVERTY,),
    "aid_severely_disabled": (Category.SEVERELY_DISABLED,),
    "aid_low_income_family": (Category.LOW_INCOME_ELDERLY, Category.LOW_INCOME_MINOR),
}
"""Whose aid a target of `aid_per_person` is about, by the target's key."""

KEY_GROUPS: dict[str, tuple[Category, ...]] = {
    "rural_groups_covered": (*MONITORED, Category.FELL_INTO_POVERTY, Category.STABLE_EXIT),
    "key_groups_enrolled": (
        Category.EXTREME_POVERTY,
        Category.SUBSISTENCE_ALLOWANCE,
        *MONITORED,
        Category.FELL_INTO_POVERTY,
        Category.STABLE_EXIT,
        Category.SEVERELY_DISABLED,
    ),
}
"""Who must be enrolled, by the key of a target of `enrolled_share`."""


class YearTables(NamedTuple):
    """What indicators are measured on: `people` and `claims` (settlements with their institution and person) in frames.

    `aidable` are the categories with enrolment aid in the year's policy.
    """

    people: pl.DataFrame
    claims: pl.DataFrame
    catastrophic_funding_fen: int
    aidable: frozenset[int]


class Measured(NamedTuple):
    """A value as two whole numbers, and the sentence that says what they are; `denominator` 0 is nothing to measure."""

    chinese: str
    english: str
    numerator: int
    denominator: int
    definition: str
    definition_english: str


def year_tables(
    people: pa.Table,
    institutions: pa.Table,
    enrolled: pa.Table,
    settlements: pa.Table,
    *,
    catastrophic_funding_fen: int,
    aidable: frozenset[int],
) -> YearTables:
    """The year's tables joined once: a row of `people` is a person with enrolment, of `claims` a settlement that stands."""
    own = _frame(people.select(["county_code", "category_tags", "rural", "tier", "group"]))
    persons = own.with_columns(pl.col("county_code").cast(pl.String)).hstack(_frame(enrolled))
    persons = persons.with_columns(covered=(pl.col("eligible") == 1) & pl.col("covered_from").is_not_null())
    places = placed(institutions).with_row_index("institution")
    claims = _frame(settlements).filter(pl.col("refusal") == Refusal.NONE.value)
    claims = claims.join(
        places.with_columns(pl.col("institution").cast(pl.Int32)), on="institution", how="left"
    )
    facts = [persons[name].gather(claims["person"]) for name in ("rural", "tier", "group")]
    claims = claims.with_columns(facts)
    return YearTables(persons, claims, catastrophic_funding_fen, aidable)


def placed(institutions: pa.Table) -> pl.DataFrame:
    """Institutions with whether each stands outside the province and whether it is one of a county (`in_county`)."""
    own = _frame(institutions)
    run_by = pl.col("administrative_level").cast(pl.String).fill_null("")
    by_level_alone = (run_by == "不分") & pl.col("level").cast(pl.String).fill_null("").str.contains("三级")
    return own.select(
        "institution_code",
        "name",
        "institution_class",
        outside=run_by.str.contains("省外|跨省|异地"),
        in_county=~run_by.str.contains("省|市级|国家|部属|异地") & ~by_level_alone,
    )


def off_list_by_institution(of: YearTables) -> pl.DataFrame:
    """Out-of-catalogue cost of each county institution, the largest share first: where to look when the target is missed."""
    return (
        of.claims.filter(pl.col("in_county"))
        .group_by("institution_code", "name")
        .agg(pl.col("own_expense_fen", "total_fen").sum(), visits=pl.len())
        .filter(pl.col("total_fen") > 0)
        .with_columns(share_bp=(pl.col("own_expense_fen") * 10_000) // pl.col("total_fen"))
        .sort("share_bp", "institution_code", descending=[True, False])
    )


def in_scope_share(of: YearTables, target: Target) -> Measured:
    """The basic fund's part of in-scope hospital cost, anywhere."""
    stays = of.claims.filter(pl.col("kind") == VisitKind.HOSPITAL.value)
    return Measured(
        "住院政策范围内基金支付比例",
        "Basic fund's share of in-scope hospital cost",
        _sum(stays, "basic_fen"),
        _sum(stays, "in_scope_fen"),
        "全部住院的基本医保基金支付 ÷ 政策范围内费用；大病保险和医疗救助不在分子内",
        "all stays: paid by the basic fund over in-scope cost; catastrophic insurance and assistance not counted",
    )


def in_county_in_scope_share(of: YearTables, target: Target) -> Measured:
    """The basic fund's part of in-scope hospital cost in county institutions."""
    stays = of.claims.filter((pl.col("kind") == VisitKind.HOSPITAL.value) & pl.col("in_county"))
    return Measured(
        "县域内住院政策范围内报销比例",
        "In-scope reimbursement of stays in county institutions",
        _sum(stays, "basic_fen"),
        _sum(stays, "in_scope_fen"),
        "县级及以下机构住院的基本医保基金支付 ÷ 政策范围内费用；只计基本医保基金",
        "stays in institutions of county level and below: basic fund over in-scope cost, the basic fund alone",
    )


def in_county_off_list_share(of: YearTables, target: Target) -> Measured:
    """What lies outside the catalogues, of all cost in county institutions."""
    visits = of.claims.filter(pl.col("in_county"))
    return Measured(
        "县域内机构目录外费用占比",
        "Out-of-catalogue share in county institutions",
        _sum(visits, "own_expense_fen"),
        _sum(visits, "total_fen"),
        "县级及以下机构的全自费费用 ÷ 医疗费总额（住院和门诊）；超限价和先行自付不算目录外",
        "institutions of county level and below: fully self-paid over total cost; over-standard and initial self-pay not counted",
    )


def combined_share_of_people(of: YearTables, target: Target) -> Measured:
    """The combined share of rural low-income people's stays, each person counting once."""
    people = _low_income_stays(of).group_by("person").agg(pl.col("paid_fen", "in_scope_fen").sum())
    people = people.filter(pl.col("in_scope_fen") > 0)
    cost = pl.col("in_scope_fen")
    millionths = people.select(((pl.col("paid_fen") * 2 * MILLION + cost) // (cost * 2)).sum()).item()
    return Measured(
        "农村低收入人口住院综合报销比例（人均）",
        "Combined share of rural low-income stays, mean over people",
        int(millionths or 0),
        people.height * MILLION,
        "省内住院，（基本＋大病＋救助＋倾斜）÷ 政策范围内费用，每人一个比例（到百万分之一）再取平均",
        "stays inside the province: four payers over in-scope cost, a share for each person (to a millionth), then their mean",
    )


def combined_share_of_cost(of: YearTables, target: Target) -> Measured:
    """The combined share of rural low-income people's stays, weighted by cost."""
    stays = _low_income_stays(of)
    return Measured(
        "农村低收入人口住院综合报销比例（按费用）",
        "Combined share of rural low-income stays, weighted by cost",
        _sum(stays, "paid_fen"),
        _sum(stays, "in_scope_fen"),
        "省内住院，（基本＋大病＋救助＋倾斜）合计 ÷ 政策范围内费用合计",
        "stays inside the province: the sum of four payers over the sum of in-scope cost",
    )


def subsidy_per_person(of: YearTables, target: Target) -> Measured:
    """Fiscal subsidy a covered person, all levels."""
    covered = of.people.filter("covered")
    columns = [name for name in covered.columns if name.startswith("subsidy_")]
    return Measured(
        "人均财政补助",
        "Fiscal subsidy per person",
        sum(_sum(covered, name) for name in columns),
        covered.height,
        "各级财政补助合计 ÷ 参保人数；通知印的是2022年标准，以后年度应不低于它",
        "subsidies of all levels over covered people; the notice prints the standard of 2022, later years must reach it",
    )


def contribution_per_person(of: YearTables, target: Target) -> Measured:
    """The contribution of those who are billed one, aid included."""
    billed = _whose(of.people.filter(pl.col("covered") & (pl.col("contribution_fen") > 0)), target)
    return Measured(
        _named("个人缴费标准（含资助）", target),
        "Contribution per person billed, aid included",
        _sum(billed, "contribution_fen"),
        billed.height,
        "应缴个人缴费合计 ÷ 应缴人数；出生当年免缴的新生儿不计",
        "contributions billed over people billed; newborns free in their first year not counted",
    )


def catastrophic_transfer_share(of: YearTables, target: Target) -> Measured:
    """Catastrophic funding, of all financing of the year."""
    covered = of.people.filter("covered")
    columns = ["contribution_fen", *(name for name in covered.columns if name.startswith("subsidy_"))]
    return Measured(
        "大病保险筹资占筹资总额",
        "Catastrophic funding over total financing",
        of.catastrophic_funding_fen,
        sum(_sum(covered, name) for name in columns),
        "划入大病保险的资金 ÷（个人缴费＋资助＋财政补助）",
        "transferred to catastrophic insurance over contributions, aid and subsidies",
    )


def aid_per_person(of: YearTables, target: Target) -> Measured:
    """What each aided person of the target's groups was given toward the contribution."""
    groups = [int(category) for category in AID_GROUPS.get(target.key, ())]
    aided = of.people.filter(pl.col("covered") & pl.col("aid_category").is_in(groups) & (_aid() > 0))
    return Measured(
        f"{target.label}（人均）",
        "Aid with the contribution, per person aided",
        int(aided.select(_aid().sum()).item() or 0),
        aided.height,
        "该类对象得到的参保资助合计 ÷ 受资助人数；一人多重身份只按最高一项计",
        "aid given to these groups over people aided; a person in several groups counts for the largest aid only",
    )


def aided_share(of: YearTables, target: Target) -> Measured:
    """How many of the covered people in a group with aid were aided."""
    entitled = of.people.filter(pl.col("covered") & _tagged(of.aidable) & (pl.col("contribution_fen") > 0))
    return Measured(
        "救助对象参保资助覆盖率",
        "Coverage of enrolment aid",
        entitled.filter(_aid() > 0).height,
        entitled.height,
        "得到参保资助的人数 ÷ 属于资助类别的参保人数",
        "people aided over covered people of a category with aid",
    )


def enrolled_share(of: YearTables, target: Target) -> Measured:
    """How many people of the key groups are covered."""
    key = of.people.filter(_tagged(frozenset(map(int, KEY_GROUPS.get(target.key, ())))))
    return Measured(
        target.label,
        "Enrolment of key groups",
        key.filter("covered").height,
        key.height,
        "在册重点人群中已参保的人数 ÷ 在册人数",
        "covered people over certified people of these groups",
    )


def pooling_paid_in_year(of: YearTables, target: Target) -> Measured:
    """The most that outpatient pooling paid to one person in the year."""
    return _most(
        _whose(_pooling(of), target).group_by("person").agg(pl.col("basic_fen").sum()),
        _named("门诊统筹年度支付最高的一人", target),
        "Most paid by outpatient pooling to one person in the year",
        "每人全年普通门诊基金支付，取最高；不得超过年度限额",
    )


def pooling_paid_in_day(of: YearTables, target: Target) -> Measured:
    """The most that outpatient pooling paid to one person on one day."""
    return _most(
        _pooling(of).group_by("person", "served_on").agg(pl.col("basic_fen").sum()),
        "门诊统筹单日支付最高的一人",
        "Most paid by outpatient pooling to one person on one day",
        "每人每日普通门诊基金支付，取最高；不得超过每日限额",
    )


def assistance_paid_in_year(of: YearTables, target: Target) -> Measured:
    """The most that direct assistance paid to one monitored person in the year."""
    monitored = of.claims.filter(pl.col("category").is_in([int(category) for category in MONITORED]))
    return _most(
        monitored.group_by("person").agg(basic_fen=pl.col("assistance_fen").sum()),
        "监测对象年度救助最高的一人",
        "Most assistance paid to one monitored person in the year",
        "每名监测对象全年直接救助，取最高；不得超过年度救助限额",
    )


def _low_income_stays(of: YearTables) -> pl.DataFrame:
    groups = [int(category) for category in LOW_INCOME]
    return of.claims.filter(
        pl.col("kind").is_in([VisitKind.HOSPITAL.value])
        & pl.col("category").is_in(groups)
        & (pl.col("rural") == 1)
        & ~pl.col("outside").fill_null(False)
    ).with_columns(
        paid_fen=pl.sum_horizontal("basic_fen", "catastrophic_fen", "assistance_fen", "top_up_fen")
    )


def _pooling(of: YearTables) -> pl.DataFrame:
    return of.claims.filter(pl.col("kind") == VisitKind.OUTPATIENT.value)


def _whose(frame: pl.DataFrame, target: Target) -> pl.DataFrame:
    """The rows of the people a target is about."""
    for name, wanted in (("tier", target.tier), ("group", target.group)):
        frame = frame if wanted == ANYBODY else frame.filter(pl.col(name) == wanted)
    return frame


def _named(name: str, target: Target) -> str:
    """A measure's name; the target's own where it is about some people only."""
    return name if (target.tier, target.group) == (ANYBODY, ANYBODY) else f"{target.label}：{name}"


def _most(paid: pl.DataFrame, chinese: str, english: str, definition: str) -> Measured:
    most_fen = paid["basic_fen"].max() if paid.height else 0
    return Measured(chinese, english, int(str(most_fen)), min(paid.height, 1), definition, english)


def _aid() -> pl.Expr:
    return pl.sum_horizontal("aid_assistance_fund_fen", "aid_municipal_fen", "aid_county_fen")


def _tagged(categories: frozenset[int]) -> pl.Expr:
    mask = sum(1 << category for category in categories)
    return (pl.col("category_tags").cast(pl.Int64) & mask) != 0


def _sum(frame: pl.DataFrame, column: str) -> int:
    return int(frame[column].sum())


def _frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame
