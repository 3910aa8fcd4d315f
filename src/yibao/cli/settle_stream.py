"""`yibao settle-stream`: settles Parquet files of coded claims of any size, a process a file, to the fen.

For systems whose claims are coded columns already; `settle-batch` takes words, checks people and institutions and writes
for people. What is finished stays finished: after Ctrl-C, a full disk or a bad file the same command goes on.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from yibao.cli.screen import bars
from yibao.cli.stream_inputs import (
    FINDINGS,
    SUMMARY,
    StreamRefused,
    columns_of,
    facts_of,
    files_of,
    results_folder,
    terms_of,
)
from yibao.cli.stream_summary import Findings, Steps, entries_of, print_outcome, summary_text

UNSOUND = 1
"""Exit code where anything was wrong, also where other files were settled."""

LOCAL = "local"
"""The engine that needs no cluster: processes of this machine."""


def settle_stream(
    claims: Annotated[
        list[str],
        typer.Argument(help="编码列的 Parquet 文件，或其文件夹 (files of coded claims, or folders)"),
    ],
    area: Annotated[
        list[str],
        typer.Option(
            "--area", metavar="CODE", help="统筹地区，6 位代码；可写几个 (pooling area, or several)"
        ),
    ],
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="结果文件夹 (folder of results)")],
    processes: Annotated[
        int | None, typer.Option("--processes", min=1, help="进程数，不写时每核一个 (one a core by default)")
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            "--engine", metavar="URL", help="local，或 Spark 的地址 spark://…、yarn (local, or Spark)"
        ),
    ] = LOCAL,
    fact: Annotated[
        list[str] | None,
        typer.Option(
            "--fact",
            metavar="COLUMN=N",
            help="文件里没有的列，每笔都是这个数；可写几个 (a column that files leave out, alike for all claims)",
        ),
    ] = None,
    freeze: Annotated[
        bool,
        typer.Option(
            "--freeze",
            help="专为本地区的标准编译一次内核，几千万笔以上合算 (a kernel for these terms alone, for tens of millions)",
        ),
    ] = False,
) -> None:
    """大批量结算：编码列 Parquet 进，Parquet 出 (settle Parquet files of any size)."""
    from concurrent.futures.process import BrokenProcessPool

    try:
        count = processes or os.cpu_count() or 1
        if engine == LOCAL:
            files = files_of([Path(one) for one in claims])
            sound = _run(files, Asked(area, fact or (), freeze), Path(out).absolute(), count)
        elif fact or freeze:
            raise StreamRefused("--fact 和 --freeze 只用于单机 (not with Spark)")
        else:
            from yibao.cli.settle_spark import run_on_spark

            sound = run_on_spark(engine, claims, area, out, count)
    except StreamRefused as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(UNSOUND) from None
    except BrokenProcessPool:
        what = "一个进程被结束了（内存不够？）。结完的文件都在，再运行一次接着结算；可用 --processes 减少进程"
        typer.echo(f"{what} (a process was ended: run again to go on)", err=True)
        raise typer.Exit(UNSOUND) from None
    except KeyboardInterrupt:
        typer.echo("已停下。结完的文件都在，再运行一次接着结算 (stopped: run again to go on)", err=True)
        raise typer.Exit(130) from None
    except OSError as failed:
        what = f"{failed.filename or out}：{failed.strerror or failed}"
        typer.echo(f"读不了或写不出：{what}。请检查磁盘空间和权限 (cannot read or write)", err=True)
        raise typer.Exit(UNSOUND) from None
    if not sound:
        raise typer.Exit(UNSOUND)


class Asked(NamedTuple):
    """What claims are to be settled by: areas, facts said of all claims, and whether by a kernel for these alone."""

    codes: Sequence[str]
    facts: Sequence[str]
    freeze: bool


def _run(files: Sequence[Path], asked: Asked, out: Path, processes: int) -> bool:
    """Settles what is not settled yet; whether everything was sound.

    Processes get ready first of all, and import while policies are read here.
    """
    from yibao.engine.workers import Listener, get_ready

    if min(processes, len(files)) > 1:
        get_ready()

    from rich.console import Console

    from yibao.engine.batch import frozen_for, on_file
    from yibao.engine.many_files import settle_files
    from yibao.engine.settler import OutOfOrder

    screen, facts = Console(stderr=True), facts_of(asked.facts)
    there = columns_of(files)
    terms, periods = terms_of(asked.codes, by_division="division" in there)
    laid_out = on_file(periods, facts)
    if asked.freeze:
        laid_out = frozen_for(laid_out, there)
    ours = frozenset(f"{path.stem}.parquet" for path in files)
    with results_folder(out, files, ours), bars(screen) as bar:
        log = Findings(out / FINDINGS)
        step = Steps(screen, bar)
        try:
            outcome = settle_files(files, laid_out, out, Listener(step, log.unfit), processes=processes)
        except OutOfOrder as failed:
            raise StreamRefused(str(failed)) from None
        entries = entries_of(terms, outcome.totals)
        (out / SUMMARY).write_text(summary_text(outcome, terms, periods, entries), encoding="utf-8")
    log.show(screen)
    print_outcome(outcome, entries, out)
    return outcome.problems == 0
