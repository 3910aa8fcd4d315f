"""`yibao assistance work | statistics`: applications for assistance and a month's figures at the terminal."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from yibao.assistance.terms import CATEGORY_WORDS, STEP_WORDS, ApplicationStep, Category
from yibao.cli.agency_parts import (
    AREA,
    DAY,
    OFFICER,
    OUT,
    actor_for,
    agency,
    area_code,
    day_of,
    table,
    written,
)
from yibao.kernel.days import day_from
from yibao.kernel.money import yuan, yuan_grouped
from yibao.kernel.standing import STANDING_WORDS, Standing

assistance_app = typer.Typer(
    name="assistance", help="依申请救助 (assistance on application).", no_args_is_help=True
)


@assistance_app.command("work")
def work(
    area: Annotated[str | None, AREA] = None,
    day: Annotated[str | None, DAY] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只列超期的 (past their last day only)")] = False,
    officer: Annotated[str | None, OFFICER] = None,
) -> None:
    """在办申请和各环节期限 (open applications by deadline)."""
    with agency():
        from yibao.assistance.queries import overdue_applications, work_list

        place, on = area_code(area), day_of(day)
        actor = actor_for(officer, place)
        waiting = overdue_applications(actor, place, on) if overdue else work_list(actor, place)
        rows = [
            (
                str(row.pk),
                row.county_code,
                CATEGORY_WORDS[Category(row.category)][0],
                row.applied_on.isoformat(),
                STEP_WORDS[ApplicationStep(row.step)][0] + ("（待复核）" if row.proposal_id else ""),
                "" if row.due_on is None else row.due_on.isoformat(),
                "超期" if row.due_on is not None and row.due_on < on else "",
            )
            for row in waiting
        ]
        headings = ("申请", "县（市、区）", "申请身份", "申请日期", "环节", "期限", "状态")
        table(f"{place} 在办申请，共 {len(rows)} 件", headings, rows)
        for entry, standing in sorted({(row.entry, row.standing) for row in waiting}):
            typer.echo(f"办理依据 Terms: {entry}（{STANDING_WORDS[Standing[standing.upper()]][0]}）")


@assistance_app.command("statistics")
def statistics(
    month: Annotated[str, typer.Option("--month", metavar="YYYY-MM", help="月份 (month)")],
    area: Annotated[str | None, AREA] = None,
    out: Annotated[Path | None, OUT] = None,
    officer: Annotated[str | None, OFFICER] = None,
) -> None:
    """医疗救助月度统计，按县和身份 (a month's assistance by county and category)."""
    with agency():
        from yibao.journeys.assistance.assistance_statistics import assistance_of_month

        place, first_day = area_code(area), day_from(f"{month}-01")
        next_month = date(first_day.year + first_day.month // 12, first_day.month % 12 + 1, 1)
        last_day = date.fromordinal(next_month.toordinal() - 1)
        found = assistance_of_month(actor_for(officer, place), place, first_day, last_day)
        headings = (
            "县（市、区）",
            "身份类别",
            "人数",
            "结算笔数",
            "结算救助（元）",
            "补差（元）",
            "申请审批",
            "同意",
            "申请救助（元）",
        )
        shown = yuan if out is not None else yuan_grouped
        rows = [
            (
                m.county_code,
                CATEGORY_WORDS[Category(m.category)][0],
                str(m.people),
                str(m.settlements),
                shown(m.settled_fen),
                shown(m.adjusted_fen),
                str(m.decisions),
                str(m.granted),
                shown(m.applied_fen),
            )
            for m in found
        ]
        title = f"{place} {month} 医疗救助"
        if out is not None:
            written(out, title, headings, rows)
            return
        total_fen = sum(m.settled_fen + m.adjusted_fen + m.applied_fen for m in found)
        table(f"{title}，合计 {yuan_grouped(total_fen)} 元", headings, rows)
