"""`yibao settle-stream --engine spark://…`: the same files and the same answer, on a cluster that has Apache Spark."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from yibao.cli.screen import bars
from yibao.cli.stream_inputs import (
    FINDINGS,
    SUMMARY,
    StreamRefused,
    columns_of,
    files_of,
    results_folder,
    terms_of,
)
from yibao.cli.stream_summary import Findings, Steps, entries_of, print_outcome, summary_text

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from rich.console import Console

    from yibao.engine.cluster import Settled
    from yibao.engine.many_files import Outcome

SETTLING = "Spark 结算 (settling on Spark)"

RESULTS = "settled"
"""The folder of results inside that of the user, which Spark makes itself."""


def run_on_spark(engine: str, given: Sequence[str], codes: Sequence[str], out: str, processes: int) -> bool:
    """Settles all files in one job; whether everything was sound. Raises StreamRefused.

    Files that this machine sees too (a shared folder) are looked through first, and go to Spark as they are where they hold
    whole persons in order. Those with an address of their own (`hdfs://…`) Spark partitions and sorts itself.
    """
    from rich.console import Console

    from yibao.engine.cluster import ClaimsLost, JobFailed, SparkMissing, session

    screen = Console(stderr=True)
    far = ["://" in one for one in (*given, out)]
    if any(far) and not all(far):
        raise StreamRefused(
            "文件和 --out 要么都在本机也能看到的文件夹里，要么都写完整地址，如 hdfs://… (all here, or all with an address)"
        )
    try:
        spark = session(engine)
    except SparkMissing as missing:
        raise StreamRefused(str(missing)) from None
    try:
        if far[0]:
            return _far(spark, given, codes, out, screen)
        return _near(
            spark, files_of([Path(one) for one in given]), codes, Path(out).absolute(), processes, screen
        )
    except (ClaimsLost, JobFailed) as failed:
        raise StreamRefused(str(failed)) from None
    finally:
        spark.stop()


def _near(
    spark: "SparkSession",
    files: list[Path],
    codes: Sequence[str],
    out: Path,
    processes: int,
    screen: "Console",
) -> bool:
    """Files in folders that all machines share; the result appears whole, in the place of an earlier one."""
    from yibao.engine.batch import on_file
    from yibao.engine.cluster import nothing_done, settle_on_spark
    from yibao.engine.many_files import look_through
    from yibao.engine.workers import Listener

    terms, periods = terms_of(codes, by_division="division" in columns_of(files))
    laid_out = on_file(periods)
    with results_folder(out, files, frozenset({RESULTS})), bars(screen) as bar:
        log = Findings(out / FINDINGS)
        steps = Steps(screen, bar)
        at_odds, problems = look_through(files, laid_out, Listener(steps, log.unfit), processes=processes)
        done = nothing_done(problems)
        if not problems:
            steps(SETTLING, 0, 0)
            draft = out / f"{RESULTS}.partial-{os.getpid()}"
            names = [str(path.resolve()) for path in files]
            done = settle_on_spark(spark, names, laid_out, str(draft), log.unfit, ordered=not at_odds)
        if not done.problems:
            shutil.rmtree(out / RESULTS, ignore_errors=True)
            draft.rename(out / RESULTS)
        outcome = _outcome(done, [path.name for path in files])
        entries = entries_of(terms, outcome.totals)
        (out / SUMMARY).write_text(summary_text(outcome, terms, periods, entries), encoding="utf-8")
    log.show(screen)
    print_outcome(outcome, entries, out)
    return outcome.problems == 0


def _far(
    spark: "SparkSession", given: Sequence[str], codes: Sequence[str], out: str, screen: "Console"
) -> bool:
    """Files with an address of their own, of which this machine sees nothing; problems go to a file in this folder."""
    from pyspark.errors import AnalysisException

    from yibao.engine.batch import on_file
    from yibao.engine.cluster import settle_on_spark

    log = Findings(Path.cwd() / FINDINGS)
    try:
        terms, periods = terms_of(codes, by_division="division" in spark.read.parquet(*given).columns)
        done = settle_on_spark(spark, given, on_file(periods), out, log.unfit, ordered=False)
    except AnalysisException as refused:
        raise StreamRefused(f"Spark 不能读写这些地址 (Spark refuses): {refused}") from None
    outcome = _outcome(done, list(given))
    entries = entries_of(terms, outcome.totals)
    log.show(screen)
    print_outcome(outcome, entries, out)
    return outcome.problems == 0


def _outcome(done: "Settled", names: list[str]) -> "Outcome":
    from yibao.engine.many_files import Outcome

    return Outcome(done.totals, () if done.problems else tuple(names), 0, done.problems, ())
