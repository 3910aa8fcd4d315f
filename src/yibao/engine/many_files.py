"""Many files of claims at once, a process a file: looked through, put in order where they are not, settled, added up.

A finished file is not done again: interrupt the work and run it once more. Each process holds one file, a piece at a time,
so memory is that of one process times their number, however large the files. Where there are fewer files than processes, the
cores that are left read and write beside the settling.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from yibao.engine.batch import Facts, OnFile
from yibao.engine.compiled import kernel_once
from yibao.engine.recipes import SETTLE_PAYERS
from yibao.engine.settler import Totals, nothing_settled
from yibao.engine.stream import (
    Claims,
    FileUnfit,
    Stopped,
    WholeFile,
    check_file,
    finished,
    settle_file,
    stamp_of,
)
from yibao.engine.whole_persons import (
    SORTED,
    Part,
    Survey,
    give_back,
    inputs_digest,
    mixed,
    parts_kept,
    split,
    survey,
    unlike,
)
from yibao.engine.workers import Listener, Workers, here, working

PARTS = ".in-order-"
"""How the name of the folder begins that holds claims put in order, until all of them are settled."""


class Outcome(NamedTuple):
    """What became of files: totals of all that is settled, results by name, and how many were there already.

    `problems` counts what is wrong in the files; the files with a problem have no result. `ordered` are the files whose
    claims were put in order first, so that their results are by part and not by file.
    """

    totals: Totals
    results: tuple[str, ...]
    earlier: int
    problems: int
    ordered: tuple[Path, ...]


SURVEYING = "查看文件 (looking through)"
ORDERING = "排序 (putting in order)"
SETTLING = "结算 (settling)"


def settle_files(
    files: Sequence[Path], terms: OnFile, out: Path, listener: Listener, *, processes: int
) -> Outcome:
    """Settles files of claims into a folder. Raises BrokenProcessPool where a process is ended from outside."""
    with working(min(processes, len(files)), terms, listener) as workers:
        surveys, at_odds, problems = _looked_through(workers, files, listener)
        if problems:
            return Outcome(nothing_settled(), (), 0, problems, ())
        to_order = [files[at] for at in sorted(at_odds)]
        parts = _in_order(workers, to_order, out, terms.facts) if to_order else []
        jobs: list[tuple[Claims, Path, int]] = [
            (WholeFile(seen.path), out / f"{seen.path.stem}.parquet", seen.rows)
            for at, seen in enumerate(surveys)
            if at not in at_odds
        ]
        jobs += [(part, _result(out, part), rows) for part, rows in parts]
        jobs.sort(key=lambda job: -job[2])  # the largest first, so that none is left over at the end
        wanted = {target for _, target, _ in jobs}
        for path in set(out.glob(f"{SORTED}*.parquet")) - wanted:
            path.unlink()  # of other claims that were put in order
        given = [(claims, target, len(jobs) < processes) for claims, target, _ in jobs]
        rows = sum(count for _, _, count in jobs)
        if len(files) < min(processes, len(jobs)):
            with working(processes, terms, listener) as more:
                done = more.each(_settle, given, SETTLING, rows)
        else:
            done = workers.each(_settle, given, SETTLING, rows)
    totals = nothing_settled()
    for found, _, _ in done:
        totals.add(found)
    problems = sum(wrong for _, _, wrong in done)
    if parts and not problems:
        give_back(parts)
    results = [target.name for (_, target, _), (_, _, wrong) in zip(jobs, done, strict=True) if not wrong]
    earlier = sum(there for _, there, _ in done)
    return Outcome(totals, tuple(sorted(results)), earlier, problems, tuple(to_order))


def look_through(
    files: Sequence[Path], terms: OnFile, listener: Listener, *, processes: int
) -> tuple[set[int], int]:
    """Which files have to be put in order, and how many problems keep files from being used; all of those are told."""
    with working(min(processes, len(files)), terms, listener) as workers:
        _, at_odds, problems = _looked_through(workers, files, listener)
    return at_odds, problems


def _looked_through(
    workers: Workers, files: Sequence[Path], listener: Listener
) -> tuple[list[Survey], set[int], int]:
    surveys: list[Survey] = workers.each(_survey, list(files), SURVEYING)
    unusable = [(seen.path, problem) for seen in surveys for problem in seen.unfit]
    at_odds: set[int] = set() if unusable else workers.one(_mixed, surveys)
    unusable += unlike([files[at] for at in sorted(at_odds)])
    if not unusable:
        return surveys, at_odds, 0
    # Nothing can be settled, for who is in which file is not known; but everything that is wrong is found.
    for path, problem in unusable:
        listener.unfit(str(path), problem)
    bad = {path for path, _ in unusable}
    rest = [seen for seen in surveys if seen.path not in bad]
    counts = workers.each(_check, [seen.path for seen in rest], SURVEYING, sum(seen.rows for seen in rest))
    return surveys, at_odds, len(unusable) + sum(counts)


def _in_order(workers: Workers, files: Sequence[Path], out: Path, facts: Facts) -> list[tuple[Part, int]]:
    """The parts that files are split into, on disk beside the results; those of an earlier try are used again."""
    digests = workers.each(_digest, list(files), ORDERING)
    named = [(path.name, digest) for path, digest in zip(files, digests, strict=True)]
    name = inputs_digest([*named, *((fact, str(value)) for fact, value in sorted(facts.items()))])
    known = parts_kept(out / f"{PARTS}{name}", files)
    if known and workers.one(_all_finished, [(part, _result(out, part)) for part, _ in known]):
        return known
    parts: list[tuple[Part, int]] = workers.one(_split, (files, out / f"{PARTS}{name}"))
    return parts


def _result(out: Path, part: Part) -> Path:
    return out / f"{SORTED}{part.name}.parquet"


def _halt() -> None:
    if here().telling.stop():
        raise Stopped


def _survey(path: Path) -> Survey:
    return survey(path, here().terms, _halt)


def _mixed(surveys: list[Survey]) -> set[int]:
    return mixed(surveys, _halt)


def _digest(path: Path) -> str:
    return WholeFile(path).digest()


def _split(given: tuple[Sequence[Path], Path]) -> list[tuple[Part, int]]:
    return split(*given, _halt, here().terms.facts)


def _all_finished(results: Sequence[tuple[Part, Path]]) -> bool:
    loaded, terms = kernel_once(SETTLE_PAYERS), here().terms
    return all(
        finished(target, stamp_of(part.digest(), terms, loaded)) is not None for part, target in results
    )


def _check(path: Path) -> int:
    own = here()
    return check_file(WholeFile(path), own.terms, own.telling)


def _settle(given: tuple[Claims, Path, bool]) -> tuple[Totals, bool, int]:
    """Totals, whether the result was there already, and how many problems kept it from being made."""
    claims, target, side_by_side = given
    own = here()
    _halt()
    try:
        done = settle_file(claims, target, own.terms, own.telling, side_by_side=side_by_side)
        return (*done, 0)
    except FileUnfit as unfit:
        return nothing_settled(), False, unfit.problems
