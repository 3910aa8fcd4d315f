"""`yibao warning run | list | push | respond`: early warning of high burdens at the terminal.

Without `--officer` a command acts as the system, with the rights of a city officer in the area; with it, as that officer and
with that officer's own rights. Lists show masked identities.
"""

import json
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yibao.assistance.terms import (
    ANSWER_WORDS,
    CATEGORY_WORDS,
    Category,
    WarningAnswer,
)
from yibao.cli.agency import fail
from yibao.cli.agency_parts import (
    AREA,
    DAY,
    OFFICER,
    OUT,
    actor_for,
    agency,
    area_code,
    day_of,
    moment,
    table,
    written,
)
from yibao.enrolment.terms import DEPARTMENT_WORDS, Department
from yibao.kernel.standing import STANDING_WORDS

if TYPE_CHECKING:
    from yibao.rights.actors import Actor

ON_SCREEN = (1, 2, 3, 5, 7, 9, 11, 12, 13)
"""Columns of the list that the terminal shows; all of them are in the file."""

warning_app = typer.Typer(
    name="warning", help="因病致贫返贫预警 (early warning of high burdens).", no_args_is_help=True
)


@warning_app.command("run")
def run(
    area: Annotated[str | None, AREA] = None,
    day: Annotated[str | None, DAY] = None,
    officer: Annotated[str | None, OFFICER] = None,
) -> None:
    """逐县筛查当日预警名单，同一天重复运行只添新人 (run the day's list, county by county)."""
    with agency():
        from yibao.assistance.orders import RunOrder
        from yibao.journeys.assistance.warning import counties_to_run, run_warning, warning_terms

        place, on, now = area_code(area), day_of(day), moment()
        actor = actor_for(officer, place)
        counties = counties_to_run(actor, place)
        rows = []
        for county in counties:
            order = RunOrder(county, on)
            said = json.loads(run_warning(actor, _key("run", county, on), order, at=now))
            rows.append((county, str(said["added"]), str(said["people"])))
        if not counties:
            fail(f"{place} 没有可以筛查的县（市、区）：没有参保人员，或没有权限 (no county to run)")
        table(f"{on} 预警筛查", ("县（市、区）", "本次新增", "名单人数"), rows)
        _basis([warning_terms(county, on) for county in counties])


@warning_app.command("list")
def show(
    area: Annotated[str | None, AREA] = None,
    day: Annotated[str | None, DAY] = None,
    out: Annotated[Path | None, OUT] = None,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="改列超期未反馈的推送对象 (pushed and not answered in time)")
    ] = False,
    identified: Annotated[
        bool,
        typer.Option(
            "--identified", help="改列部门已认定、尚未办理身份认定的 (identified, not yet certified)"
        ),
    ] = False,
    officer: Annotated[str | None, OFFICER] = None,
) -> None:
    """当日预警名单，身份脱敏 (the list of a day, identities masked)."""
    with agency():
        from yibao.assistance.queries import overdue_cases
        from yibao.journeys.assistance.warning_lists import HEADINGS, identified_not_certified, warning_list

        place, on = area_code(area), day_of(day)
        actor = actor_for(officer, place)
        if overdue:
            cases = overdue_cases(actor, place, on)
            _overdue(list(cases), on)
            return
        if identified:
            _identified(list(identified_not_certified(actor, place, on)))
            return
        lines = warning_list(actor, place, on)
        title = f"{place} {on} 预警名单，共 {len(lines)} 人"
        if out is not None:
            written(out, title, HEADINGS, lines)
            return
        table(title, [HEADINGS[at] for at in ON_SCREEN], [[line[at] for at in ON_SCREEN] for line in lines])
        for basis in sorted({line.basis for line in lines}):
            typer.echo(f"预警线依据 Line: {basis}")


@warning_app.command("push")
def push(
    to: Annotated[
        str, typer.Option("--to", help="接收部门：civil_affairs、rural_revitalisation (department)")
    ],
    area: Annotated[str | None, AREA] = None,
    day: Annotated[str | None, DAY] = None,
    folder: Annotated[
        Path, typer.Option("--folder", metavar="DIR", help="名单文件写入的文件夹 (where the files go)")
    ] = Path(),
    csv: Annotated[bool, typer.Option("--csv", help="写 CSV，不写 Excel (CSV files)")] = False,
    again: Annotated[
        int | None,
        typer.Option("--again", metavar="BATCH", help="只重写某一批次的文件 (write a batch's file again)"),
    ] = None,
    officer: Annotated[str | None, OFFICER] = None,
) -> None:
    """把新增和升档人员推送给部门，一县一批 (push who is new or has risen a band, a batch a county)."""
    with agency():
        from yibao.assistance.failures import NothingNew
        from yibao.assistance.models import WarningRun
        from yibao.assistance.orders import PushOrder
        from yibao.journeys.assistance.warning import counties_to_run
        from yibao.journeys.assistance.warning_push import push_warning

        place, on, now = area_code(area), day_of(day), moment()
        actor, department = actor_for(officer, place), _department(to)
        if again is not None:
            _batch_file(actor, again, folder, csv=csv)
            return
        run_in = set(WarningRun.objects.filter(day=on).values_list("county_code", flat=True))
        counties = [county for county in counties_to_run(actor, place) if county in run_in]
        if not counties:
            fail(f"{place} 在 {on} 还没有预警筛查；请先运行 yibao warning run --day {on} (not run yet)")
        nobody = []
        for county in counties:
            try:
                order = PushOrder(county, department, on)
                said = json.loads(push_warning(actor, _key("push", county, on), order, at=now))
            except NothingNew:
                nobody.append(county)
                continue
            _batch_file(actor, said["batch_id"], folder, csv=csv)
        if nobody:
            typer.echo(f"没有新增或升档人员，未推送：{'、'.join(nobody)} (nobody new)")


@warning_app.command("respond")
def respond(
    case: Annotated[int, typer.Argument(help="推送对象编号 (number of the pushed person)")],
    answer: Annotated[
        str, typer.Option("--answer", help="identified、assisted、not_needed、close (what was answered)")
    ],
    category: Annotated[
        str | None, typer.Option("--category", help="认定的身份，如 SUBSISTENCE_MARGIN (category identified)")
    ] = None,
    words: Annotated[str, typer.Option("--words", help="说明 (in words)")] = "",
    area: Annotated[str | None, AREA] = None,
    day: Annotated[str | None, DAY] = None,
    officer: Annotated[str | None, OFFICER] = None,
) -> None:
    """登记部门对一名推送对象的反馈 (record what a department answered)."""
    with agency():
        from yibao.assistance.orders import AnswerOrder
        from yibao.journeys.assistance.warning_push import answer_warning

        on, now = day_of(day), moment()
        given = _member(WarningAnswer, answer)
        identified = None if category is None else _member(Category, category)
        order = AnswerOrder(case, given, on, words, identified)
        answer_warning(actor_for(officer, area_code(area)), _key("answer", str(case), on), order, at=now)
        shown = "" if identified is None else f"：{CATEGORY_WORDS[identified][0]}"
        typer.echo(f"已登记 {case} 的反馈：{ANSWER_WORDS[given][0]}{shown} (recorded)")
        if identified is not None:
            typer.echo(
                "身份没有自动变更；请凭认定文件办理身份认定，再重算年度 (certify the category, then replay)"
            )


def _batch_file(actor: "Actor", batch_id: int, folder: Path, *, csv: bool) -> None:
    from yibao.files.list_file import write_list
    from yibao.journeys.assistance.warning_lists import HEADINGS, batch_list

    batch, lines = batch_list(actor, batch_id)
    department = DEPARTMENT_WORDS[Department(batch.department)][0]
    title = f"{batch.county_code} 第 {batch.number} 批 {department} {batch.day} 共 {batch.people} 人"
    ending = "csv" if csv else "xlsx"
    path = folder / f"预警名单_{batch.county_code}_第{batch.number}批_{department}.{ending}"
    write_list(path, title, HEADINGS, lines)
    typer.echo(f"{title}，批次 {batch.pk}，已写入 {path} (written)")


def _overdue(cases: list[Any], day: date) -> None:
    rows = [
        (
            str(case.pk),
            case.batch.county_code,
            str(case.batch.number),
            DEPARTMENT_WORDS[Department(case.department)][0],
            case.batch.day.isoformat(),
            case.due_on.isoformat(),
            str((day - case.due_on).days),
        )
        for case in cases
    ]
    headings = ("推送对象", "县（市、区）", "批次", "部门", "推送日", "反馈期限", "超期天数")
    table(f"{day} 超期未反馈，共 {len(rows)} 人", headings, rows)


def _identified(answers: list[Any]) -> None:
    rows = [
        (
            str(one.case_id),
            str(one.case.person_id),
            one.case.batch.county_code,
            CATEGORY_WORDS[Category(one.category)][0],
            one.answered_on.isoformat(),
        )
        for one in answers
    ]
    headings = ("推送对象", "人员", "县（市、区）", "部门认定身份", "反馈日期")
    table(f"已认定、尚未办理身份认定，共 {len(rows)} 人", headings, rows)


def _basis(found: list[Any]) -> None:
    """The entries that lines come from, and those that no document gives."""
    for entry in {terms.entry.id: terms.entry for terms in found}.values():
        typer.echo(f"预警线依据 Line: {entry.id}（{STANDING_WORDS[entry.standing][0]}）{entry.note}")


def _key(what: str, where: str, day: date) -> str:
    """A key of this one call: a list may be asked for again, and an answer given again."""
    return f"terminal-{what}/{where}/{day}/{uuid.uuid4().hex}"


def _department(word: str) -> Department:
    return _member(Department, word)


def _member(kind: Callable[..., Any], word: str) -> Any:
    """The member of an enum that a word names, in whichever case."""
    names = kind.__members__  # type: ignore[attr-defined]
    name = word.strip().upper().replace("-", "_")
    if name not in names:
        fail(f"没有 {word!r}；可用：{'、'.join(one.lower() for one in names)} (unknown word)")
    return names[name]
