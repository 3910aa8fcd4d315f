"""`yibao migrate`, `demo`, `verify`, `backup`, `restore`: the agency's database at the terminal.

These alone start Django, each when it is called.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from yibao.kernel.findings import Finding

UNSOUND = 1
SHOWN = 20


def migrate() -> None:
    """建立或升级数据库 (make or upgrade the tables of the database)."""
    with agency_database():
        _migrate()
        typer.echo("数据库已是最新 (tables are up to date)")


def demo(
    area: Annotated[
        str | None, typer.Option("--area", metavar="CODE", help="统筹地区 (pooling area)")
    ] = None,
    year: Annotated[int, typer.Option("--year", help="待遇年度 (benefit year)")] = 2023,
    people: Annotated[int, typer.Option("--people", min=1, help="人数 (how many people)")] = 3000,
    seed: Annotated[int, typer.Option("--seed", help="同一个种子，同样的数据 (same seed, same data)")] = 1,
) -> None:
    """把演示数据装入空库：参保、结算、账簿 (load a generated area with a year of history)."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from yibao.packs.policies import policies

    place = policies().area(area or policies().first_shown)
    with agency_database():
        from yibao.journeys.demo import load_demo
        from yibao.journeys.verifying.database import counts, database_findings

        began = time.monotonic()
        _migrate()
        screen = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=screen, disable=not screen.is_terminal) as bars:
            tasks: dict[str, int] = {}

            def told(stage: str, done: int, of: int) -> None:
                task = tasks.setdefault(stage, -1)
                if task == -1:
                    task = tasks[stage] = int(bars.add_task(stage, total=of))
                bars.update(task, completed=done, total=of)  # type: ignore[arg-type]

            load_demo(place, year, people=people, seed=seed, told=told)
        _told(counts())
        report(database_findings())
        typer.echo(
            f"{place.name} {year} 年度的演示数据已装入，用时 {time.monotonic() - began:.0f} 秒 (loaded)"
        )


def verify(
    recompute: Annotated[
        bool,
        typer.Option("--recompute", help="另按当时的规则逐笔重算 (also work out every settlement again)"),
    ] = False,
) -> None:
    """核验数据库是否自洽 (whether everything in the database adds up)."""
    with agency_database():
        from yibao.journeys.verifying.database import counts, database_findings, recomputed_findings
        from yibao.rights.audit import seal

        head = seal()
        _told(counts())
        typer.echo(f"审计链尾 Audit head: {head.sequence} {head.chain_hash}")
        found = database_findings()
        if recompute:
            found += recomputed_findings()
        report(found)


def backup(to: Annotated[Path, typer.Argument(help="备份文件 (file to write)")]) -> None:
    """备份整个数据库到一个文件 (the whole database as one file)."""
    with agency_database():
        from yibao.web.backup import back_up

        back_up(to)
        typer.echo(f"已备份 Backed up: {to}")


def restore(source: Annotated[Path, typer.Argument(help="备份文件 (file to read)")]) -> None:
    """把备份恢复到空库，并核验 (a backup into an empty database, then verify)."""
    with agency_database():
        from yibao.journeys.verifying.database import counts, database_findings
        from yibao.web.backup import restore as restored

        restored(source)
        _migrate()
        _told(counts())
        report(database_findings())


@contextmanager
def agency_database() -> Iterator[None]:
    """Starts Django; what keeps the database from being used is one line and exit code 1."""
    from django.db import DatabaseError

    from yibao.web.databases import DatabaseUnreadable
    from yibao.web.start import start

    try:
        start()
        from yibao.journeys.demo import NotEmpty
        from yibao.web.backup import BackupFailed
    except DatabaseUnreadable as failure:
        fail(str(failure))
    try:
        yield
    except (BackupFailed, NotEmpty) as failure:
        fail(str(failure))
    except DatabaseError as failure:
        words = str(failure).strip().splitlines()
        fail(
            f"数据库不能使用：{words[0] if words else type(failure).__name__}；"
            f"请核对 YIBAO_DATABASE，或先运行 yibao migrate (database cannot be used)"
        )


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def _told(counted: dict[str, int]) -> None:
    words = {
        "people": "人员 people",
        "coverages": "参保期 coverages",
        "entries": "凭证 entries",
        "settlements": "结算 settlements",
        "years": "年度累计 years",
        "requests": "请求 requests",
        "audit_records": "审计记录 audit records",
    }
    typer.echo("　".join(f"{words[name]} {count}" for name, count in counted.items()))


def report(found: "list[Finding]") -> None:
    if not found:
        typer.echo("核验通过，没有发现问题 (verified: nothing found)")
        return
    for finding in found[:SHOWN]:
        typer.echo(finding.sentence(), err=True)
    fail(f"核验未通过：共 {len(found)} 处问题 (findings: {len(found)})")


def fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(UNSOUND)
