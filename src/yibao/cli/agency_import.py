"""`yibao import people FILE …`: an agency moves in, file by file; each may be stopped and run again."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yibao.cli.agency import UNSOUND, agency_database, fail
from yibao.takeover.terms import IMPORT_WORDS, ImportKind

if TYPE_CHECKING:
    from yibao.cli.move_in import Outcome
    from yibao.files.log import FindingLog
    from yibao.journeys.takeover.importing import ImportFile
    from yibao.rights.actors import Actor

import_app = typer.Typer(
    help="期初接管：从原系统导入 (move in from the system before).", no_args_is_help=True
)
OF_A_YEAR = (ImportKind.YEARS, ImportKind.SETTLEMENTS)
AreaCode = Annotated[str, typer.Option("--area", metavar="CODE", help="接管的地区，6 位代码 (area)")]
Officer = Annotated[str, typer.Option("--as", metavar="NAME", help="办理人的登录名 (who acts)")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只检查，不写入 (look, write nothing)")]


def take_in(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV、Parquet 或 .xlsx 文件 (file)")],
    area: AreaCode,
    day: Annotated[datetime, typer.Option("--day", formats=["%Y-%m-%d"], help="接管日 (day of the move)")],
    officer: Officer,
    year: Annotated[
        int | None, typer.Option("--year", help="年度累计和结算所属的待遇年度 (benefit year)")
    ] = None,
    academic: Annotated[bool, typer.Option("--academic", help="学年 (a student's year)")] = False,
    dry_run: DryRun = False,
    sound_rows: Annotated[
        bool, typer.Option("--sound-rows", help="有问题的行留下，其余写入 (write the sound rows only)")
    ] = False,
    findings: Annotated[
        Path | None, typer.Option("--findings", metavar="FILE", help="问题清单 (where all findings go)")
    ] = None,
) -> None:
    """Takes a file in; what it holds is the name that the command is called by."""
    kind = ImportKind(context.info_name or "")
    if (kind in OF_A_YEAR) != (year is not None):
        told = (
            "请用 --year 写明待遇年度 (say the year)"
            if year is None
            else "这种文件不分年度，请去掉 --year (no year)"
        )
        fail(told)
    if not file.is_file():
        fail(f"没有文件 {file}；请检查路径 (no such file)")
    listed = findings or file.with_name(f"{file.stem}-findings.csv")
    with agency_database():
        from yibao.cli.move_in import BATCH_ROWS, hash_of
        from yibao.files.log import FindingLog
        from yibao.journeys.takeover.importing import ImportFile

        actor = _actor(officer)
        order = ImportFile(area, day.date(), kind, hash_of(file), BATCH_ROWS, year or 0, academic)
        try:
            log = FindingLog(listed)
        except OSError as failed:
            fail(f"写不了 {listed}：{failed.strerror}；请用 --findings 指定位置 (cannot write findings)")
        done = _moved(actor, file, order, log, listed, dry_run=dry_run, sound_rows=sound_rows)
    what = IMPORT_WORDS[kind][0]
    if log.stopped or (log.count and not sound_rows):
        fail(f"{what}：共 {done.rows} 行，有问题 {done.left_out} 行，没有写入任何行 (nothing was written)")
    if dry_run:
        sound = done.rows - done.left_out
        typer.echo(f"{what}：共 {done.rows} 行，可以写入 {sound} 行；只检查，没有写入 (dry run)")
        return
    before = f"，此前已写 {done.before} 批" if done.before else ""
    left = f"，留下 {done.left_out} 行" if done.left_out else ""
    typer.echo(f"{what}：共 {done.rows} 行，写入 {done.written} 行{before}{left} (written)")
    if done.left_out:
        raise typer.Exit(UNSOUND)


for _kind, (_chinese, _english) in IMPORT_WORDS.items():
    import_app.command(_kind.value, help=f"导入{_chinese} ({_english}).")(take_in)


@import_app.command("close")
def close(
    control: Annotated[Path, typer.Argument(help="原系统合计，YAML (totals of the system before)")],
    area: AreaCode,
    officer: Officer,
    dry_run: DryRun = False,
) -> None:
    """与原系统的合计核对，一致才关闭接管 (reconcile with the system before, and close the move)."""
    with agency_database():
        from yibao.files.move_control import ControlUnreadable, read_control
        from yibao.journeys.takeover.importing import ImportFailure
        from yibao.journeys.takeover.importing_closing import (
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


def _moved(
    actor: "Actor",
    file: Path,
    order: "ImportFile",
    log: "FindingLog",
    listed: Path,
    *,
    dry_run: bool,
    sound_rows: bool,
) -> "Outcome":
    """What becomes of a file; what is wrong with it is on the screen and in the list, which is gone where nothing is."""
    from rich.console import Console

    from yibao.cli.move_in import move_in
    from yibao.cli.screen import bars, print_findings
    from yibao.journeys.takeover.importing import ImportFailure
    from yibao.journeys.takeover.importing_rows import RowsRefused
    from yibao.rights.actors import NotAllowed
    from yibao.rights.requests import TryAgain

    screen = Console(stderr=True)
    try:
        with bars(screen) as told:
            return move_in(actor, file, order, log, dry_run=dry_run, sound_rows=sound_rows, told=told)
    except (ImportFailure, RowsRefused, NotAllowed, TryAgain) as failure:
        fail(str(failure))
    except KeyboardInterrupt:
        typer.echo("已停下。写完的批次都在，再运行一次接着导入 (stopped: run again to go on)", err=True)
        raise typer.Exit(130) from None
    finally:
        log.finish()
        print_findings(log, listed, screen)
        if log.count == 0:
            listed.unlink(missing_ok=True)


def _actor(name: str) -> "Actor":
    from django.utils import timezone

    from yibao.rights.actors import actor_of
    from yibao.rights.models import Officer

    found = Officer.objects.filter(username=name, is_active=True).first()
    if found is None:
        fail(f"没有登录名为 {name} 的在用人员；请核对，或由管理员建立 (no such officer)")
    return actor_of(found, timezone.localdate(), "cli")
