"""What commands over files show while they work: progress bars, and the findings of a run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from yibao.files.log import FindingLog
    from yibao.files.source import Progress

SHOWN = 20
"""Findings that the terminal shows; all of them are in the file."""


def print_findings(log: "FindingLog", path: Path, screen: "Console") -> None:
    """The first findings, how many there are of each kind, and where all of them are."""
    if log.count == 0:
        return
    for finding in log.findings()[:SHOWN]:
        screen.print(finding.sentence(), markup=False, highlight=False, soft_wrap=True)
    if log.count > SHOWN:
        for file, column, kind, times in log.kinds():
            screen.print(
                f"{file} {column}：{kind}，共 {times} 处", markup=False, highlight=False, soft_wrap=True
            )
    told = f"共 {log.count} 处问题，全部见 {path} (all findings are in that file)"
    screen.print(told, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def bars(screen: "Console") -> "Iterator[Progress]":
    """Progress bars, one for each file or step, where the screen is a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen, disable=not screen.is_terminal) as bars:
        tasks: dict[str, Any] = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total or None)
            bars.update(tasks[what], completed=done)

        yield told
