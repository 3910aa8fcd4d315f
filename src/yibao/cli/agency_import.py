"""`yibao import people FILE …`: an agency moves in, file by file; each may be stopped and run again."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yibao.cli.agency import UNSOUND, agency_database, fail

if TYPE_CHECKING:
    from yibao.rights.actors import Actor

import_app = typer.Typer(
    help="期初接管：从原系统导入 (move in from the system before).", no_args_is_help=True
)
File = Annotated[Path, typer.Argument(help="CSV、Parquet 或 .xlsx 文件 (file)")]
AreaCode = Annotated[str, typer.Option("--area", metavar="CODE", help="接管的地区，6 位代码 (area)")]
Day = Annotated[datetime, typer.Option("--day", formats=["%Y-%m-%d"], help="接管日 (day of the move)")]
Officer = Annotated[str, typer.Option("--as", metavar="NAME", help="办理人的登录名 (who acts)")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只检查，不写入 (look, write nothing)")]
SoundRows = Annotated[
    bool, typer.Option("--sound-rows", help="有问题的行留下，其余写入 (leave bad rows out, write the rest)")
]
Year = Annotated[int, typer.Option("--year", help="待遇年度 (benefit year)")]
Academic = Annotated[bool, typer.Option("--academic", help="学年 (a student's year)")]
Findings = Annotated[
    Path | None, typer.Option("--findings", metavar="FILE", help="问题清单 (where all findings go)")
]


@import_app.command("people")
def people(
    file: File,
    area: AreaCode,
    day: Day,
    officer: Officer,
    dry_run: DryRun = False,
    sound_rows: SoundRows = False,
    findings: Findings = None,
) -> None:
    """导入人员 (people: documents, name, birth, county, household, address)."""
    _import("people", file, area, day.date(), officer, dry_run, sound_rows, findings)


@import_app.command("categories")
def categories(
    file: File,
    area: AreaCode,
    day: Day,
    officer: Officer,
    dry_run: DryRun = False,
    sound_rows: SoundRows = False,
    findings: Findings = None,
) -> None:
    """导入身份类别 (categories that departments certify)."""
    _import("categories", file, area, day.date(), officer, dry_run, sound_rows, findings)


@import_app.command("coverage")
def coverage(
    file: File,
    area: AreaCode,
    day: Day,
    officer: Officer,
    dry_run: DryRun = False,
    sound_rows: SoundRows = False,
    findings: Findings = None,
) -> None:
    """导入参保期 (days on which each person is covered)."""
    _import("coverage", file, area, day.date(), officer, dry_run, sound_rows, findings)


@import_app.command("years")
def years(
    file: File,
    area: AreaCode,
    day: Day,
    officer: Officer,
    year: Year,
    academic: Academic = False,
    dry_run: DryRun = False,
    sound_rows: SoundRows = False,
    findings: Findings = None,
) -> None:
    """导入年度累计 (the year so far of each person)."""
    _import("years", file, area, day.date(), officer, dry_run, sound_rows, findings, year, academic)


@import_app.command("settlements")
def settlements(
    file: File,
    area: AreaCode,
    day: Day,
    officer: Officer,
    year: Year,
    academic: Academic = False,
    dry_run: DryRun = False,
    sound_rows: SoundRows = False,
    findings: Findings = None,
) -> None:
    """导入还可能撤销的结算 (settlements that may still be reversed)."""
    _import("settlements", file, area, day.date(), officer, dry_run, sound_rows, findings, year, academic)


@import_app.command("close")
def close(
    control: Annotated[Path, typer.Argument(help="原系统合计，YAML (totals of the system before)")],
    area: AreaCode,
    officer: Officer,
    dry_run: DryRun = False,
) -> None:
    """与原系统的合计核对，一致才关闭接管 (reconcile with the system before, and close the move)."""
    with agency_database():
        from yibao.cli.files.move_control import ControlUnreadable, read_control
        from yibao.journeys.importing import ImportFailure
        from yibao.journeys.importing_closing import (
            Control,
            NothingMoved,
            NotReconciled,
            close_move,
            reconciled,
        )
        from yibao.rights.actors import NotAllowed
        from yibao.rights.requests import KeyReused, TryAgain

        try:
            order = Control(area, read_control(control))
            actor = _actor(officer)
            if dry_run:
                for difference in (found := reconciled(actor, order)):
                    typer.echo(difference.sentence(), err=True)
                if found:
                    fail(f"有 {len(found)} 项不一致 (totals differ)")
                typer.echo("各项合计一致；只核对，没有关闭 (agreed, not closed)")
                return
            close_move(actor, f"close/{area}", order)
        except NotReconciled as differ:
            for difference in differ.differences:
                typer.echo(difference.sentence(), err=True)
            fail(f"有 {len(differ.differences)} 项不一致，没有关闭 (totals differ, not closed)")
        except (ControlUnreadable, ImportFailure, NothingMoved, NotAllowed, KeyReused, TryAgain) as failure:
            fail(str(failure))
    typer.echo(f"{area} 的接管已核对一致并关闭 (closed)")


def _import(
    kind: str,
    file: Path,
    area: str,
    day: date,
    officer: str,
    dry_run: bool,
    sound_rows: bool,
    findings: Path | None,
    benefit_year: int = 0,
    academic: bool = False,
) -> None:
    from rich.console import Console

    from yibao.cli.screen import bars, print_findings

    if not file.is_file():
        fail(f"没有文件 {file}；请检查路径 (no such file)")
    screen = Console(stderr=True)
    listed = findings or file.with_name(f"{file.stem}-findings.csv")
    with agency_database():
        from yibao.cli.files.log import FindingLog
        from yibao.cli.move_in import BATCH_ROWS, hash_of, move_in
        from yibao.journeys.importing import ImportFailure, ImportFile, words_of
        from yibao.journeys.importing_rows import RowsRefused
        from yibao.rights.actors import NotAllowed
        from yibao.rights.requests import TryAgain
        from yibao.takeover.terms import ImportKind

        order = ImportFile(area, day, ImportKind(kind), hash_of(file), BATCH_ROWS, benefit_year, academic)
        log = FindingLog(listed)
        actor = _actor(officer)
        try:
            with bars(screen) as told:
                done = move_in(actor, file, order, log, dry_run=dry_run, sound_rows=sound_rows, told=told)
        except (ImportFailure, RowsRefused, NotAllowed, TryAgain) as failure:
            fail(str(failure))
        except KeyboardInterrupt:
            typer.echo("已停下。写完的批次都在，再运行一次接着导入 (stopped: run again to go on)", err=True)
            raise typer.Exit(130) from None
        finally:
            log.finish()
            if log.count == 0:
                listed.unlink(missing_ok=True)
    print_findings(log, listed, screen)
    what = words_of(ImportKind(kind))
    if log.stopped or (log.count and not sound_rows):
        fail(f"{what}：共 {done.rows} 行，有问题 {done.left_out} 行，没有写入任何行 (nothing was written)")
    if dry_run:
        typer.echo(
            f"{what}：共 {done.rows} 行，可以写入 {done.rows - done.left_out} 行；只检查，没有写入 (dry run)"
        )
        return
    before = f"，此前已写 {done.before} 批" if done.before else ""
    left = f"，留下 {done.left_out} 行" if done.left_out else ""
    typer.echo(f"{what}：共 {done.rows} 行，写入 {done.written} 行{before}{left} (written)")
    if done.left_out:
        raise typer.Exit(UNSOUND)


def _actor(name: str) -> "Actor":
    from django.utils import timezone

    from yibao.rights.actors import actor_of
    from yibao.rights.models import Officer

    found = Officer.objects.filter(username=name, is_active=True).first()
    if found is None:
        fail(f"没有登录名为 {name} 的在用人员；请核对，或由管理员建立 (no such officer)")
    return actor_of(found, timezone.localdate(), "cli")
