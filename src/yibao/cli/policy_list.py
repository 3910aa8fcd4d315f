"""`yibao policy list-check`: every figure of the national benefit list against each pooling area, and how far they have come.

carries_out: LST-01, LST-05
"""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from yibao.cli.policy import DayOption, JsonOption, PoliciesOption, print_json, print_table, table_of

if TYPE_CHECKING:
    from yibao.packs.list_figures import FigureCheck
    from yibao.packs.list_progress import AreaProgress, Progress
    from yibao.packs.policies import Area


def list_check_command(
    area: Annotated[
        str | None, typer.Argument(help="只看一个统筹地区，写 6 位代码 (one pooling area)")
    ] = None,
    day: DayOption = None,
    policies: PoliciesOption = None,
    as_json: JsonOption = False,
) -> None:
    """待遇清单逐项核对，各统筹地区的进度和考核行 (the benefit list, figure by figure; progress over areas)."""
    from yibao.packs.list_progress import progress
    from yibao.packs.policies import NATIONAL
    from yibao.packs.policies import policies as read
    from yibao.packs.spans import last_promised_day

    found = read(policies)
    on = day.date() if day else last_promised_day(found.area(NATIONAL))
    whole = progress(found, on)
    shown = [of for of in whole.areas if area in (None, of.area.code)]
    if area is not None and not shown:
        found.area(area)  # says which areas there are
        raise typer.BadParameter(f"{area} 不是统筹地区：没有自己的住院待遇 (no pooling area)")
    if as_json:
        return print_json(_facts(whole, shown))
    for of in shown:
        _print_area(of, on.isoformat())
    return _print_progress(whole)


def _print_area(of: "AreaProgress", day: str) -> None:
    from yibao.kernel.standing import STANDING_WORDS
    from yibao.packs.list_figures import STATE_WORDS
    from yibao.reports.figure_words import FIGURE_WORDS

    table = table_of(
        "清单项目",
        "数字",
        "清单",
        "地区",
        "结果",
        "说明",
        "清单依据",
        title=f"{of.area.name} {of.area.code} · {day}",
    )
    for check in of.checks:
        table.add_row(
            check.rule.label,
            FIGURE_WORDS.get(check.figure, (check.figure, ""))[0],
            _listed(check, of.area),
            _found(check),
            STATE_WORDS[check.state][0],
            check.reason,
            STANDING_WORDS[check.rule.standing][0],
        )
    print_table(table)
    counts = "，".join(f"{STATE_WORDS[state][0]} {count}" for state, count in of.counts.items() if count)
    line = of.scorecard
    typer.echo(
        f"{counts}。考核行：{line.points} / {line.full_points} 分"
        f"（框架 {line.framework_points}，清理 {line.clearance_points}，请示报告 {line.reporting_points}，"
        "分值为假定，政策调整没有记录时报告一项不扣分） (scorecard; the points are assumed)"
    )


def _listed(check: "FigureCheck", area: "Area") -> str:
    """The list's figure in words: names of categories and of exclusions, not their codes."""
    from yibao.reports.figure_words import value_words

    value = check.rule.values.get(check.figure)
    return check.listed if value is None else value_words(value, (area,))


def _found(check: "FigureCheck") -> str:
    """What the area has, which entry says so, and how sure that is where no official document gives it."""
    from yibao.kernel.standing import STANDING_WORDS, Standing

    if check.entry is None:
        return check.found
    weak = check.entry.standing > Standing.OFFICIAL
    said = f"，{STANDING_WORDS[check.entry.standing][0]}" if weak else ""
    return f"{check.found}（{check.entry.label}{said}）"


def _print_progress(whole: "Progress") -> None:
    from yibao.kernel.rates import percent
    from yibao.packs.list_figures import State

    unknown = sum(of.framework == State.NOT_ON_FILE for of in whole.areas)
    shares, asked = whole.shares, whole.asked
    typer.echo(
        f"{whole.day}，{len(whole.areas)} 个统筹地区：制度框架统一 {percent(shares.framework_share_bp)}"
        f"（要求 {percent(asked.framework_share_bp)}，{_met(shares.framework_met)}），"
        f"框架不在册 {unknown} 个，不算统一；清单外政策清理完 {percent(shares.cleared_share_bp)}"
        f"（要求 {percent(asked.cleared_share_bp)}，{_met(shares.cleared_met)}）；"
        f"{'已到期限' if shares.due else '未到期限'} (framework unified, off-list policies cleared)"
    )


def _met(met: int) -> str:
    return "达到" if met else "未达到"


def _facts(whole: "Progress", shown: "list[AreaProgress]") -> dict[str, Any]:
    return {
        "day": whole.day,
        "areas": len(whole.areas),
        "progress": whole.shares._asdict(),
        "asked": {
            "framework_share_bp": whole.asked.framework_share_bp,
            "cleared_share_bp": whole.asked.cleared_share_bp,
        },
        "by_area": [
            {
                "code": of.area.code,
                "name": of.area.name,
                "framework": of.framework,
                "cleared": of.is_cleared,
                "counts": of.counts,
                "scorecard": of.scorecard._asdict(),
                "figures": [_check_facts(check) for check in of.checks],
            }
            for of in shown
        ],
    }


def _check_facts(check: "FigureCheck") -> dict[str, Any]:
    return {
        "list_entry": check.rule.id,
        "figure": check.figure,
        "listed": check.listed,
        "list_standing": check.rule.standing.name.lower(),
        "first_day": check.first_day,
        "last_day": check.last_day,
        "state": check.state,
        "found": check.found,
        "deviation": check.deviation.name.lower(),
        "reason": check.reason,
        "entry": check.entry.id if check.entry is not None else None,
        "entry_standing": check.entry.standing.name.lower() if check.entry is not None else None,
    }
