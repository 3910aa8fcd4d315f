"""`yibao settle-stream`: settles Parquet files of coded claims of any size, a process a file, to the fen.

For systems whose claims are coded columns already; `settle-batch` takes words, checks people and institutions and writes
for people. What is finished stays finished: after Ctrl-C, a full disk or a bad file the same command goes on.
"""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yibao.cli.screen import bars, print_findings

if TYPE_CHECKING:
    from rich.console import Console

    from yibao.cli.files.log import FindingLog
    from yibao.engine.batch import Period
    from yibao.engine.fit import Unfit
    from yibao.engine.many_files import Outcome
    from yibao.engine.stream import Totals
    from yibao.packs.entries import Entry
    from yibao.packs.settlement import SettlementTerms

UNSOUND = 1
"""Exit code where anything was wrong, also where other files were settled."""

FINDINGS, SUMMARY, LOCK = "findings.csv", "summary.json", ".lock"

WORDS = {
    "total_fen": "医疗费总额 (total)",
    "basic_fen": "基本医保支付 (basic)",
    "catastrophic_fen": "大病保险支付 (catastrophic)",
    "assistance_fen": "医疗救助支付 (assistance)",
    "top_up_fen": "倾斜救助支付 (top-up)",
    "hospital_fen": "医疗机构负担 (hospital)",
    "special_fund_fen": "专项资金支付 (special funds)",
    "person_fen": "个人负担 (person)",
}
"""Sums of the summary, in their order; the seven after the first add up to it."""


class StreamRefused(ValueError):
    """Files, a folder or a choice that this command cannot work with; says what to do."""


def settle_stream(
    claims: Annotated[
        list[Path],
        typer.Argument(help="编码列的 Parquet 文件，或其文件夹 (files of coded claims, or folders)"),
    ],
    area: Annotated[
        list[str],
        typer.Option(
            "--area", metavar="CODE", help="统筹地区，6 位代码；可写几个 (pooling area, or several)"
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="结果文件夹 (folder of results)")],
    processes: Annotated[
        int | None, typer.Option("--processes", min=1, help="进程数，不写时每核一个 (one a core by default)")
    ] = None,
) -> None:
    """大批量结算：编码列 Parquet 进，Parquet 出 (settle Parquet files of any size)."""
    from concurrent.futures.process import BrokenProcessPool

    from rich.console import Console

    from yibao.engine.stream import OutOfOrder

    screen = Console(stderr=True)
    try:
        sound = _run(claims, area, out.absolute(), processes or os.cpu_count() or 1, screen)
    except (StreamRefused, OutOfOrder) as refused:
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


def _run(given: Sequence[Path], codes: Sequence[str], out: Path, processes: int, screen: "Console") -> bool:
    """Settles what is not settled yet; whether everything was sound."""
    from yibao.engine.batch import on_file
    from yibao.engine.many_files import Listener, settle_files

    files = _files(given)
    terms, periods = _terms(codes, by_division=_has_division(files[0]))
    with _folder(out, files), bars(screen) as bar:
        log = _Findings(out / FINDINGS)
        step = _Steps(screen, bar)
        outcome = settle_files(files, on_file(periods), out, Listener(step, log.unfit), processes=processes)
        entries = _entries(terms, outcome.totals)
        (out / SUMMARY).write_text(_summary(outcome, terms, periods, entries), encoding="utf-8")
    if log.log is not None:
        log.log.finish()
        print_findings(log.log, out / FINDINGS, screen)
    _print(outcome, entries, out)
    return outcome.problems == 0


def _files(given: Sequence[Path]) -> list[Path]:
    """The files named, and those of the folders named, each of another name. Raises StreamRefused."""
    files = [path for one in given for path in (sorted(one.glob("*.parquet")) if one.is_dir() else [one])]
    missing = [str(path) for path in files if not path.is_file()]
    if missing or not files:
        where = "、".join(missing or map(str, given))
        raise StreamRefused(f"没有 Parquet 文件：{where}。请检查路径 (no such file)")
    names = [path.stem for path in files]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise StreamRefused(
            f"有同名的文件：{'、'.join(twice)}。结果按文件名存放，请改名或分别结算 (files of one name)"
        )
    return files


def _has_division(file: Path) -> bool:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return "division" in pq.read_schema(file).names
    except (OSError, pa.ArrowException):
        return False  # told with all else that is wrong with the file


def _terms(codes: Sequence[str], *, by_division: bool) -> "tuple[list[SettlementTerms], list[Period]]":
    """The terms on file of the areas, and of their counties with terms of their own where claims name a division."""
    from yibao.cli.files.days import SECTIONS, days_on_file
    from yibao.engine.batch import ANYWHERE, Period
    from yibao.kernel.days import day_number
    from yibao.packs.policies import policies

    if len(codes) > 1 and not by_division:
        raise StreamRefused(
            "给了几个地区，文件里没有 division 列（六位代码的整数），不知道每笔是哪个地区的 (which area?)"
        )
    areas = [policies().area(code) for code in codes]
    if by_division:
        known = policies()
        areas += [
            known.area(code)
            for code, pack in known.packs.items()
            if code not in codes
            and any(section in SECTIONS for section, _ in pack.entries)
            and any(above.code in codes for above in known.area(code).chain[1:])
        ]
    found = [(area, of) for area in areas for of in days_on_file(area).on_file()]
    if not found:
        raise StreamRefused(f"{'、'.join(codes)} 没有可以结算的政策在册 (no terms on file)")
    periods = [
        Period(
            day_number(of.first_day),
            day_number(of.last_day),
            of.params,
            int(area.code) if by_division else ANYWHERE,
        )
        for area, of in found
    ]
    return [of for _, of in found], periods


@contextmanager
def _folder(out: Path, files: Sequence[Path]) -> Iterator[None]:
    """The folder of results, made and held for this run alone. Raises StreamRefused where it holds anything else."""
    from yibao.engine.stream import STAMP, footer
    from yibao.engine.whole_persons import SORTED

    if out.exists() and not out.is_dir():
        raise StreamRefused(f"{out} 已存在，不是文件夹。请用 --out 指定另一个位置 (not a folder)")
    if any(path.parent.resolve() == out.resolve() for path in files):
        raise StreamRefused(
            f"{out} 是文件所在的文件夹。请用 --out 指定另一个位置 (results beside the claims)"
        )
    out.mkdir(parents=True, exist_ok=True)
    with (out / LOCK).open("a") as lock:
        _alone(lock, out)
        ours = {f"{path.stem}.parquet" for path in files} | {FINDINGS, SUMMARY}
        strangers = []
        for path in sorted(out.iterdir()):
            if ".partial-" in path.name:  # left by a run that was killed
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            elif path.name.startswith("."):
                continue
            elif (path.suffix == ".parquet" and STAMP not in (footer(path) or {})) or (
                path.name not in ours and not path.name.startswith(SORTED)
            ):
                strangers.append(path.name)
        if strangers:
            raise StreamRefused(
                f"{out} 里有别的文件：{'、'.join(strangers[:5])}。请用 --out 指定另一个文件夹 (folder holds other files)"
            )
        for name in (FINDINGS, SUMMARY):
            (out / name).unlink(missing_ok=True)
        yield


def _alone(lock: Any, out: Path) -> None:
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StreamRefused(f"另一个结算正在写 {out}。请等它结束 (another run writes there)") from None


class _Steps:
    """Shows how far the work is: bars on a terminal, else a line for each step."""

    def __init__(self, screen: "Console", bar: Any) -> None:
        self._screen, self._bar, self._seen = screen, bar, ""

    def __call__(self, step: str, done: int, total: int) -> None:
        self._bar(step, done, total)
        if step != self._seen and not self._screen.is_terminal:
            self._seen = step
            self._screen.print(step, highlight=False, markup=False)


class _Findings:
    """Keeps the problems that processes tell; the log is made with the first one."""

    def __init__(self, path: Path) -> None:
        self.log: FindingLog | None = None
        self._path = path

    def unfit(self, file: str, problem: "Unfit") -> None:
        """One kind of problem in rows of a file."""
        import polars as pl

        from yibao.cli.files.log import FindingLog, Where
        from yibao.kernel.findings import Finding

        if self.log is None:
            self.log = FindingLog(self._path)
        name, remedy = Path(file).name, "请改好文件后再运行一次 (mend the file and run again)"
        if not len(problem.rows):
            return self.log.one(Finding(name, 0, problem.column, "", problem.message, remedy))
        at = Where(name, problem.column, pl.Series(problem.rows), pl.Series([str(v) for v in problem.values]))
        self.log.many(at, problem.message, remedy, kind=problem.message)


def _entries(terms: "list[SettlementTerms]", totals: "Totals") -> "list[Entry]":
    """The entries of policy behind what was settled, once each."""
    from yibao.benefits.terms import VisitKind
    from yibao.cli.files.settling import entries_behind

    found: dict[str, Entry] = {}
    for place, kind, category in totals.used:
        behind = entries_behind(terms[place], [VisitKind(kind)], [category])
        found |= {entry.id: entry for entry in behind}
    return [found[key] for key in sorted(found)]


def _summary(
    outcome: "Outcome", terms: "list[SettlementTerms]", periods: "list[Period]", entries: "list[Entry]"
) -> str:
    """What programs read: sums in fen, refusals, which place in `period` is which terms, and what is not official."""
    from yibao.benefits.terms import Refusal
    from yibao.kernel.standing import Standing

    sums = outcome.totals.sums
    return json.dumps(
        {
            "claims": sums["claims"],
            **{name: sums[name] for name in WORDS},
            "refused": {Refusal(code).name: n for code, n in sorted(outcome.totals.refused.items())},
            "files": list(outcome.results),
            "problems": outcome.problems,
            "periods": [
                {
                    "area": of.area.code,
                    "first_day": str(of.first_day),
                    "last_day": None if of.last_day == date.max else str(of.last_day),
                    "division": period.division or None,
                }
                for of, period in zip(terms, periods, strict=True)
            ],
            "not_official": [
                {"entry": entry.id, "standing": entry.standing.name.lower(), "note": entry.note}
                for entry in entries
                if entry.standing > Standing.OFFICIAL
            ],
        },
        ensure_ascii=False,
        indent=1,
    )


def _print(outcome: "Outcome", entries: "list[Entry]", out: Path) -> None:
    """What was settled, what was refused and why, and which figures no official document gives."""
    from rich.console import Console
    from rich.table import Table

    from yibao.benefits.refusals import REFUSAL_WORDS
    from yibao.benefits.terms import Refusal
    from yibao.kernel.money import yuan_grouped
    from yibao.kernel.standing import STANDING_WORDS, Standing

    def line(text: str) -> None:
        screen.print(text, markup=False, highlight=False, soft_wrap=True)

    screen, totals = Console(), outcome.totals
    table = Table(
        title=f"大批量结算：{totals.sums['claims']:,} 笔 (claims)，{len(outcome.results)} 个文件 (files)"
    )
    table.add_column("项目 (item)")
    table.add_column("元 (yuan)", justify="right")
    for name, words in WORDS.items():
        table.add_row(words, yuan_grouped(totals.sums[name]))
    screen.print(table)
    for code, times in sorted(totals.refused.items()):
        refusal = REFUSAL_WORDS[Refusal(code)]
        line(f"不予支付 {times:,} 笔：{refusal.chinese} ({refusal.english})")
    if outcome.earlier:
        line(f"{outcome.earlier} 个文件上次已结完 (finished before)")
    if outcome.ordered:
        names = "、".join(path.name for path in outcome.ordered[:5])
        line(
            f"{len(outcome.ordered)} 个文件不是按整人排好的，先排了序，结果在 sorted-*.parquet，"
            f"file 和 row 两列写出处：{names} (were put in order first)"
        )
    for entry in entries:
        if entry.standing > Standing.OFFICIAL:
            chinese, english = STANDING_WORDS[entry.standing]
            line(f"  {entry.label}（{entry.id}）：{chinese} ({english})。{entry.note}")
    if outcome.problems:
        line(f"{outcome.problems} 处问题，有问题的文件没有结果 (files with a problem have no result)")
    line(f"结果在 {out} (results)")
