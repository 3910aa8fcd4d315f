"""The December report as a text (到位情况报告): what an area writes to the level above of city and county money.

carries_out: FIN-07
"""

from datetime import date

from yibao.financing.terms import LEVEL_WORDS
from yibao.journeys.financing.appropriating import LevelStanding, ReportStanding
from yibao.journeys.financing.financing_tables import STATE_WORDS, county_name
from yibao.kernel.days import day_of
from yibao.kernel.money import WHOLE_BP, fraction_of, yuan_grouped
from yibao.kernel.shapes import NOT_ON_FILE
from yibao.kernel.standing import STANDING_WORDS, Standing
from yibao.kernel.time_limits import Timeliness
from yibao.packs.collecting import arrival_params
from yibao.packs.policies import policies


def arrival_letter(
    area_code: str,
    benefit_year: int,
    *,
    as_of: date,
    standing: list[LevelStanding],
    report: ReportStanding,
) -> str:
    """The report of arrival as a text, by county; what is overdue stands at its end."""
    due_fen = sum(one.due_fen for one in standing)
    arrived_fen = sum(one.arrived_fen for one in standing)
    outstanding_fen = sum(one.outstanding_fen for one in standing)
    lines = [
        f"{county_name(area_code)}{benefit_year}年度城乡居民基本医疗保险市县财政补助资金到位情况",
        "",
        f"截至{_day(as_of)}，市县财政应负担补助{yuan_grouped(due_fen)}元，"
        f"列入预算{yuan_grouped(sum(one.budgeted_fen for one in standing))}元，"
        f"已拨付{yuan_grouped(sum(one.appropriated_fen for one in standing))}元，"
        f"已到位{yuan_grouped(arrived_fen)}元{_share(arrived_fen, due_fen)}，"
        f"未到位{yuan_grouped(outstanding_fen)}元。",
        *_limits(area_code, benefit_year, report),
        "",
        "分县（市、区）情况：",
        *(_of_county(one) for one in standing),
    ]
    overdue = [one for one in standing if one.state is Timeliness.OVERDUE]
    if overdue:
        lines += ["", "超过到位期限的：", *(_overdue(one) for one in overdue)]
    return "\n".join(lines) + "\n"


def _limits(area_code: str, benefit_year: int, report: ReportStanding) -> list[str]:
    params, entry = arrival_params(policies().area(area_code), benefit_year)
    if entry is None or entry.refuses:
        why = f"：{entry.note}" if entry is not None else ""
        return [f"到位和报送的期限没有文件在册{why}。"]
    words = [f"到位的最后一天：{_day(day_of(params.due_day))}。"]
    if params.report_by_day != NOT_ON_FILE:
        sent = "、".join(_day(day) for day in report.reported_on) or "尚未报送"
        state = STATE_WORDS[Timeliness(report.limit.state)]
        words.append(f"报送的最后一天：{_day(day_of(params.report_by_day))}；报送：{sent}（{state}）。")
    else:
        words.append("没有文件要求报送到位情况。")
    assumed = ""
    if entry.standing > Standing.OFFICIAL:
        assumed = f"，{STANDING_WORDS[entry.standing][0]}：{entry.note}"
    return [*words, f"依据：{entry.cite or entry.source}{assumed}。"]


def _of_county(one: LevelStanding) -> str:
    return (
        f"  {county_name(one.county_code)}（{LEVEL_WORDS[one.level][0]}，{one.people}人）："
        f"应负担{yuan_grouped(one.due_fen)}元，已到位{yuan_grouped(one.arrived_fen)}元"
        f"{_share(one.arrived_fen, one.due_fen)}，未到位{yuan_grouped(one.outstanding_fen)}元，{STATE_WORDS[one.state]}"
    )


def _overdue(one: LevelStanding) -> str:
    return (
        f"  {county_name(one.county_code)}（{LEVEL_WORDS[one.level][0]}）：{yuan_grouped(one.outstanding_fen)}元，"
        f"逾期{one.days_late}天"
    )


def _share(part_fen: int, whole_fen: int) -> str:
    """The share of a whole in words; nothing where there is no whole."""
    if whole_fen <= 0:
        return ""
    bp = fraction_of(WHOLE_BP, part_fen, whole_fen)
    return f"（到位率{bp // 100}.{bp % 100:02d}%）"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
