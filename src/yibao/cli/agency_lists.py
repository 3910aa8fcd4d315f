"""`yibao list …`: lists from departments at the terminal: looked at, committed, taken back, and what goes back.

Who acts is named by the officer's sign-in name; what that officer may not do is refused as anywhere else.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yibao.cli.agency import SHOWN, agency_database, fail

if TYPE_CHECKING:
    from yibao.rights.actors import Actor

list_app = typer.Typer(
    name="list",
    help="部门名单：试导入、入库、撤回、反馈、漏保、重复参保 (lists from departments).",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Officer = Annotated[str, typer.Option("--officer", help="办理人登录名 (sign-in name of who acts)")]
AreaCode = Annotated[str, typer.Option("--area", help="6 位行政区划代码 (division code)")]
ListNumber = Annotated[int, typer.Argument(metavar="LIST", help="名单编号 (number of the list)")]
Reason = Annotated[str, typer.Option("--reason", help="事由 (why)")]
OutFile = Annotated[Path, typer.Argument(help=".xlsx 或 .csv (file to write)")]


@list_app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="Excel 或 CSV (the list)")],
    area: AreaCode,
    officer: Officer,
    department: Annotated[str, typer.Option(help="提供部门，如 民政、CIVIL_AFFAIRS (department)")],
    as_of: Annotated[str, typer.Option("--as-of", help="名单截止日 (the day it is of)")],
    kind: Annotated[str, typer.Option(help="名单种类，如 身份认定名单、死亡名单 (kind)")] = "CATEGORY_LIST",
    category: Annotated[str, typer.Option(help="身份类别；名单有此列的不写 (category)")] = "",
    disease: Annotated[str, typer.Option(help="病种；名单有此列的不写 (disease)")] = "",
    full: Annotated[bool, typer.Option("--full", help="全量名单：不在名单上的终止 (the whole list)")] = False,
    document_no: Annotated[str, typer.Option("--document-no", help="来文文号 (document number)")] = "",
) -> None:
    """试导入一份名单：逐行给出结果，不写任何认定 (a dry run: a verdict on every row, nothing is written)."""
    from yibao.files.department_lists import hash_of_file, read_list
    from yibao.kernel.days import day_from

    rows, findings = read_list(file)
    for finding in findings[:SHOWN]:
        typer.echo(finding.sentence(), err=True)
    if findings:
        fail(f"文件读不了或不完整，共 {len(findings)} 处问题，未导入 (the file cannot be read)")
    with _acting(officer) as (actor, today):
        from yibao.enrolment.terms import DEPARTMENT_WORDS, LIST_KIND_WORDS
        from yibao.journeys.lists.listing import import_list
        from yibao.journeys.lists.listing_rows import ListOrder
        from yibao.journeys.lists.listing_words import category_of, member_of

        of_department = member_of(department, DEPARTMENT_WORDS)
        of_kind = member_of(kind, LIST_KIND_WORDS)
        of_category = category_of(category) if category else None
        for word, found in ((department, of_department), (kind, of_kind), (category, of_category)):
            if word and found is None:
                fail(f"不认识“{word}” (unknown word)")
        assert of_department is not None and of_kind is not None, "told above"
        order = ListOrder(
            area_code=area,
            department=of_department,
            kind=of_kind,
            as_of=day_from(as_of),
            rows=rows,
            file_name=file.name,
            file_hash=hash_of_file(file),
            full=full,
            category=of_category,
            disease=disease,
            document_no=document_no,
        )
        said = json.loads(import_list(actor, f"list-import-{uuid.uuid4()}", order, today=today))
        _show(said)


@list_app.command("show")
def show_command(number: ListNumber, officer: Officer) -> None:
    """重新核对一份试导入的名单：结果、问题和待核对的行 (the dry run as it is now, and rows to be decided)."""
    with _acting(officer) as (actor, today):
        from yibao.journeys.lists.listing import LookAgain, look_again

        _show(
            json.loads(look_again(actor, f"list-show-{uuid.uuid4()}", LookAgain(number), today=today)), actor
        )


@list_app.command("decide")
def decide_command(
    number: ListNumber,
    row: Annotated[int, typer.Argument(help="名单行号 (row of the list)")],
    officer: Officer,
    reason: Reason,
    person: Annotated[int, typer.Option("--person", help="人员编号；都不是的写 0 (0: none of them)")],
) -> None:
    """核对一行是谁 (decide whose a row is)."""
    with _acting(officer) as (actor, today):
        from yibao.enrolment.list_failures import NoSuchRow
        from yibao.enrolment.models import ListRow
        from yibao.journeys.lists.listing import MatchDecision, decide_match

        found = ListRow.objects.filter(department_list_id=number, number=row).first()
        if found is None:
            raise NoSuchRow(row)
        decision = MatchDecision(found.pk, person or None, reason)
        _show(json.loads(decide_match(actor, f"list-decide-{uuid.uuid4()}", decision, today=today)))


@list_app.command("commit")
def commit_command(
    number: ListNumber,
    plan: Annotated[
        str, typer.Argument(metavar="PLAN", help="试导入给出的办理内容摘要 (hash of the dry run)")
    ],
    officer: Officer,
) -> None:
    """按试导入的结果入库；情况有变的不办 (carry out exactly what the dry run said)."""
    with _acting(officer) as (actor, _):
        from django.utils import timezone

        from yibao.journeys.lists.listing_commit import CommitOrder, commit_list
        from yibao.kernel.money import yuan

        key = f"list-commit-{number}-{plan[:32]}"
        said = json.loads(commit_list(actor, key, CommitOrder(number, plan), at=timezone.localtime()))
        done = "、".join(f"{name} {count}" for name, count in said["effects"].items()) or "没有要写入的"
        typer.echo(f"名单 {number} 已入库 Committed：{done}")
        if said["years_replayed"]:
            amount = yuan(said["difference_fen"])
            typer.echo(f"重算 {said['years_replayed']} 个年度，补差合计 {amount} 元 (years replayed)")


@list_app.command("undo")
def undo_command(number: ListNumber, officer: Officer, reason: Reason) -> None:
    """撤回一份名单办的事；之后有办理以它为依据的不撤 (take back what a list did and only that)."""
    with _acting(officer) as (actor, _):
        from django.utils import timezone

        from yibao.journeys.lists.listing_undo import UndoOrder, undo_list

        order = UndoOrder(number, reason)
        said = json.loads(undo_list(actor, f"list-undo-{number}", order, at=timezone.localtime()))
        typer.echo(f"名单 {number} 已撤回，共 {said['taken_back']} 项 (taken back)")


@list_app.command("feedback")
def feedback_command(number: ListNumber, to: OutFile, officer: Officer, reason: Reason) -> None:
    """反馈文件和差异清单；含姓名和号码，请按规定传送 (what goes back to the department)."""
    with _acting(officer) as (actor, _):
        from yibao.journeys.lists.listing_feedback import feedback_of, write_feedback

        feedback = feedback_of(actor, number, reason=reason)
        write_feedback(feedback, to)
        counted = "、".join(f"{words} {count}" for words, count in feedback.counted().items())
        typer.echo(f"{to}：{counted}；下次报送 {feedback.next_list_on} (written)")


@contextmanager
def _acting(officer: str) -> "Iterator[tuple[Actor, date]]":
    """Starts Django as somebody, today; what is refused is one line and exit code 1."""
    with agency_database():
        from django.utils import timezone

        from yibao.enrolment.failures import EnrolmentFailure
        from yibao.rights.actors import NotAllowed, actor_of
        from yibao.rights.models import Officer as Officers
        from yibao.rights.requests import KeyReused, TryAgain

        found = Officers.objects.filter(username=officer).first()
        if found is None:
            fail(f"没有登录名为 {officer} 的人员；请核对 (no such officer)")
        today = timezone.localdate()
        try:
            yield actor_of(found, today, "terminal"), today
        except (EnrolmentFailure, NotAllowed, KeyReused, TryAgain) as failure:
            fail(str(failure))


def _show(said: dict[str, Any], actor: "Actor | None" = None) -> None:
    """A dry run as it is told: how many rows of each verdict, what is wrong with them, and what to do next."""
    from yibao.enrolment.models import ListRow
    from yibao.enrolment.terms import ROW_VERDICT_WORDS, RowVerdict

    for name, count in said["verdicts"].items():
        chinese, english = ROW_VERDICT_WORDS[RowVerdict[name]]
        typer.echo(f"{chinese} {english}：{count}")
    rows = ListRow.objects.filter(department_list_id=said["list_id"], number__gt=0)
    for row in rows.exclude(problems="").order_by("number")[:SHOWN]:
        for column, message, remedy in json.loads(row.problems):
            typer.echo(f"第 {row.number} 行 {column}：{message}。{remedy}", err=True)
    if actor is not None:
        _show_candidates(said["list_id"], actor)
    if said["to_decide"]:
        typer.echo(f"待人工核对 {said['to_decide']} 行：yibao list show {said['list_id']} (to be decided)")
    typer.echo(f"核对无误后入库：yibao list commit {said['list_id']} {said['plan_hash']}")


def _show_candidates(list_id: int, actor: "Actor") -> None:
    """Whom the rows to be decided may be of; that the officer looked at them is written down."""
    from yibao.enrolment.models import ListCandidate
    from yibao.enrolment.queries import person_of
    from yibao.enrolment.terms import RowVerdict

    rows = ListCandidate.objects.filter(
        row__department_list_id=list_id, row__verdict=RowVerdict.AMBIGUOUS
    ).select_related("row")
    for candidate in rows.order_by("row__number", "id")[:SHOWN]:
        person = person_of(actor, candidate.person_id, reason=f"核对名单 {list_id}")
        typer.echo(
            f"第 {candidate.row.number} 行 可能是人员 {person.pk}：{person.name}，{person.born_on}，"
            f"{person.county_code}，匹配分 {candidate.score_bp / 100:.2f}%"
        )


@list_app.command("gaps")
def gaps_command(
    to: OutFile,
    area: AreaCode,
    officer: Officer,
    reason: Reason,
    day: Annotated[str, typer.Option("--day", help="按哪一天，不写为今天 (on which day)")] = "",
) -> None:
    """认定未参保名单（分县）；含姓名和号码 (certified and not enrolled, by county)."""
    with _acting(officer) as (actor, today):
        from yibao.journeys.lists.gaps import write_gaps
        from yibao.kernel.days import day_from

        count = write_gaps(actor, area, day_from(day) if day else today, to, reason=reason)
        typer.echo(f"{to}：认定未参保 {count} 人 (written)")


@list_app.command("duplicates")
def duplicates_command(
    area: AreaCode,
    officer: Officer,
    to: Annotated[Path | None, typer.Option("--to", help="写成 .csv，含姓名和号码 (file to write)")] = None,
    find: Annotated[
        bool, typer.Option("--find", help="先在本地区查找一人两条 (look for two records of one person)")
    ] = False,
    reason: Annotated[str, typer.Option("--reason", help="事由 (why)")] = "",
) -> None:
    """重复参保：查找一人两条，列出待办理的 (duplicate enrolments that want something done)."""
    with _acting(officer) as (actor, today):
        from yibao.enrolment.terms import (
            DUPLICATE_STATE_WORDS,
            KEEP_WORDS,
            DuplicateCase,
            DuplicateState,
            Keep,
        )
        from yibao.journeys.lists.duplicates import (
            CASE_WORDS,
            FindOrder,
            duplicates,
            find_duplicates,
            write_duplicates,
        )

        if find:
            key = f"list-duplicates-{uuid.uuid4()}"
            said = json.loads(find_duplicates(actor, key, FindOrder(area, today)))
            typer.echo(f"新发现 {len(said['new'])} 对，已知 {said['found'] - len(said['new'])} 对 (found)")
        if to is not None:
            if not reason.strip():
                fail("写出含姓名的文件，请写明 --reason (say why)")
            typer.echo(f"{to}：{write_duplicates(actor, area, to, reason=reason)} 条 (written)")
            return
        for row in duplicates(actor, area):
            other = f"人员 {row.other_id}" if row.other_id else f"{row.area_code} 的一条"
            words = CASE_WORDS[DuplicateCase(row.case)][0]
            typer.echo(
                f"{row.pk}：人员 {row.person_id} 与{other}，{words}，{KEEP_WORDS[Keep(row.keep)][0]}，"
                f"{DUPLICATE_STATE_WORDS[DuplicateState(row.state)][0]}"
            )
