"""Claims a second from Parquet to Parquet with `yibao settle-stream`, peak memory of a process, and cost a claim by size.

    .venv/bin/python benchmarks/stream.py [--millions 1 10] [--processes 2] [--rounds 2] [--work DIR]

`--millions 1 10 100` also takes a hundred million claims (8 GB of disk for claims and results), `400` four hundred (30 GB).
Claims look for trouble, as in benchmarks/settle.py; some two and a half million are drawn, and larger sizes repeat them for
other persons. They lie in files of whole persons. The whole command is measured, with its start, the best of
the rounds; the cost of a claim is processor time of all processes less that of a start. Where other work shares the machine,
the wall says how busy it is; what as many free cores would do is reported beside it. The last line is one JSON object.
"""

import argparse
import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from tests.engine.hostile import hostile_claims

from yibao.engine.recipes import SETTLE_PAYERS
from yibao.engine.stream import written_as

AREA = "140100"
DRAWN, PEOPLE = 4, 90_000
"""How many pieces are drawn, and the people of each: some 650,000 claims."""

MOST_IN_FILE = 12_500_000


class Run(NamedTuple):
    """One run of the command: claims, seconds, processor seconds of all its processes, the largest of them in MB."""

    claims: int
    wall_s: float
    cpu_s: float
    peak_mb: int
    in_mb: int
    out_mb: int


def main() -> None:
    """Measures and prints; the last line is the JSON object."""
    options = argparse.ArgumentParser()
    options.add_argument("--millions", type=int, nargs="+", default=[1, 10])
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--work", type=Path)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="yibao-stream-", dir=asked.work) as folder:
        place = Path(folder)
        pieces = [piece(seed) for seed in range(DRAWN)]
        small = [some.slice(0, 500) for some in pieces]
        starts = [measured(place, small, 1_000, asked.processes) for _ in range(3)]
        start = min(starts, key=lambda run: run.cpu_s)
        print(f"{machine()}；{asked.processes} processes；a start takes {start.wall_s:.2f} s")
        runs = [best(place, pieces, n, asked) for n in asked.millions]
    costs = [round((run.cpu_s - start.cpu_s) / run.claims * 1e9) for run in runs]
    for run, cost in zip(runs, costs, strict=True):
        print(
            f"{run.claims:>12,} claims {run.wall_s:8.1f} s {run.claims / run.wall_s:>12,.0f} claims/s"
            f"   {cost:>5} ns of processor a claim   {run.peak_mb:>4} MB a process"
            f"   {run.in_mb:,} MB in, {run.out_mb:,} MB out"
        )
    print(
        json.dumps(
            {
                "processes": asked.processes,
                "start_s": round(start.wall_s, 2),
                "claims": [run.claims for run in runs],
                "claims_per_s": [round(run.claims / run.wall_s) for run in runs],
                "cpu_ns_a_claim": costs,
                "claims_per_s_of_free_cores": [round(asked.processes * 1e9 / cost) for cost in costs],
                "cost_spread": round(max(costs) / min(costs), 3),
                "peak_mb": max(run.peak_mb for run in runs),
            }
        )
    )


def best(place: Path, pieces: list[pa.Table], millions: int, asked: argparse.Namespace) -> Run:
    """The run with the least processor time of the rounds."""
    runs = [measured(place, pieces, millions * 1_000_000, asked.processes) for _ in range(asked.rounds)]
    return min(runs, key=lambda run: run.cpu_s)


def piece(seed: int) -> pa.Table:
    """Claims of PEOPLE people, in the types that the kernel reads."""
    drawn = hostile_claims(PEOPLE, seed)
    kinds = {"person": "int32", **SETTLE_PAYERS.columns}
    return pa.table({name: drawn.column(name).to_numpy().astype(kind) for name, kind in kinds.items()})


def measured(place: Path, pieces: list[pa.Table], claims: int, processes: int) -> Run:
    """Writes so many claims, settles them by the command, and takes the files away again."""
    source, out = place / "claims", place / "settled"
    source.mkdir()
    write(source, pieces, claims, processes)
    found = run(source, out, processes, "--area", AREA)
    shutil.rmtree(source)
    shutil.rmtree(out)
    return found


def run(source: Path, out: Path, processes: int, *words: str, policies: Path | None = None) -> Run:
    """Settles a folder of claims by the command, with its start."""
    command = [str(Path(sys.executable).parent / "yibao")]
    command += [] if policies is None else ["--policies", str(policies)]
    command += ["settle-stream", str(source), "--out", str(out), "--processes", str(processes), *words]
    inherit_orphans()
    begun = time.perf_counter()
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(running.pid, 0)
    wall_s = time.perf_counter() - begun
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise SystemExit(f"yibao settle-stream ended with {running.returncode}")
    all_used = [used, *of_orphans()]
    cpu_s = sum(one.ru_utime + one.ru_stime for one in all_used)
    peak_mb = max(one.ru_maxrss for one in all_used) // 1024
    rows = sum(pq.read_metadata(path).num_rows for path in out.glob("*.parquet"))
    return Run(rows, wall_s, cpu_s, peak_mb, megabytes(source), megabytes(out))


def inherit_orphans() -> None:
    """Makes processes that outlive the command by a moment children of this one, so that what they used is counted."""
    set_child_subreaper = 36
    if ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0):
        raise SystemExit("needs Linux: what a process used is counted when it is waited for")


def of_orphans() -> Iterator[resource.struct_rusage]:
    """What each process used that the command left behind, its own children included, once all of them have ended."""
    while True:
        try:
            yield os.wait4(-1, 0)[2]
        except ChildProcessError:
            return


def write(source: Path, pieces: list[pa.Table], claims: int, processes: int) -> None:
    """Files of whole persons in order, as many claims as asked, cut where a person ends."""
    files = max(processes, -(-claims // MOST_IN_FILE))
    files += -files % processes
    person, left = 0, claims
    for at in range(files):
        in_file = left // (files - at)
        left -= in_file
        name = source / f"claims-{at:02}.parquet"
        with pq.ParquetWriter(name, pieces[0].schema, **written_as(pieces[0].schema)) as out:
            turn = 0
            while in_file > 0:
                some = pieces[turn % len(pieces)].slice(0, in_file)
                shifted = some.column("person").to_numpy() + np.int32(person)
                out.write_table(some.set_column(0, "person", pa.array(shifted)))
                person, turn, in_file = int(shifted[-1]) + 1, turn + 1, in_file - some.num_rows


def megabytes(folder: Path) -> int:
    """What the files of a folder take."""
    return sum(path.stat().st_size for path in folder.glob("*.parquet")) // 1_000_000


def machine() -> str:
    """The processor and how many cores there are."""
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text() if cpuinfo.exists() else ""
    names = [line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("model name")]
    return f"{names[0] if names else 'unknown processor'}, {os.cpu_count()} cores"


if __name__ == "__main__":
    main()
