"""The reference workload from Parquet to Parquet: `yibao settle-stream` with two processes, results checked to the fen.

    .venv/bin/python benchmarks/reference_stream.py [--millions 100] [--processes 2] [--rounds 3] [--work DIR]

The five million stays of `benchmarks/peers.py`, again and again for other people, in files of whole persons: the columns in
which stays differ are read, what holds of all is said by `--fact`, and every column of a result is written. The whole
command is measured, with its start, its kernel compiled before. Every row of every file is compared with what `settle_table` pays in
memory by the kernel for all places. Wall time is the best of the rounds; where other
work shares the machine, what as many free cores would do stands beside it, from processor time: a start on one of them, the
claims on all. The last line is one JSON object.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import stream, workload
from yibao.engine.batch import settle_table
from yibao.engine.settler import PAID

SMALL = 1_000


def main() -> None:
    """Measures and prints; the last line is the JSON object. Ends with 1 where a pay differs."""
    options = argparse.ArgumentParser()
    options.add_argument("--millions", type=int, default=100)
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--work", type=Path)
    asked = options.parse_args()
    claims = workload.generated(workload.PEOPLE, workload.CLAIMS, workload.SEED)
    stays = workload.differing(claims)
    with tempfile.TemporaryDirectory(prefix="yibao-reference-", dir=asked.work) as folder:
        place = Path(folder)
        small = measured(place / "small", stays.slice(0, SMALL // 2), SMALL, asked.processes, 4)
        start_s, start_cpu_s = min(run.wall_s for run in small), min(run.cpu_s for run in small)
        runs = measured(
            place / "all", stays, asked.millions * 1_000_000, asked.processes, asked.rounds, keep=True
        )
        wrong = differences(place / "all", settle_table(workload.periods(), workload.table(claims)))
    wall = min(runs, key=lambda run: run.wall_s)
    spent = min(runs, key=lambda run: run.cpu_s)
    cost = (spent.cpu_s - start_cpu_s) / spent.claims * 1e9
    free = spent.claims / (start_cpu_s + spent.claims * cost / 1e9 / asked.processes)
    print(
        f"{stream.machine()}；{asked.processes} processes；load of the last minute {os.getloadavg()[0]:.1f}"
    )
    print(
        f"{wall.claims:,} claims {wall.wall_s:.1f} s, of which {start_s:.2f} s a start: "
        f"{wall.claims / wall.wall_s:,.0f} claims/s; {cost:.0f} ns of processor a claim, "
        f"so {free:,.0f} claims/s on free cores; {wall.peak_mb} MB a process; "
        f"{wall.in_mb:,} MB in, {wall.out_mb:,} MB out; wrong: {wrong}"
    )
    print(
        json.dumps(
            {
                "processes": asked.processes,
                "claims": wall.claims,
                "start_s": round(start_s, 2),
                "claims_per_s": round(wall.claims / wall.wall_s),
                "cpu_ns_a_claim": round(cost),
                "claims_per_s_of_free_cores": round(free),
                "peak_mb": max(run.peak_mb for run in runs),
                "wrong": wrong,
            }
        )
    )
    if wrong:
        sys.exit("从文件到文件与内存中的结果不一致 (pays differ)")


def measured(
    place: Path, stays: pa.Table, claims: int, processes: int, rounds: int, *, keep: bool = False
) -> list[stream.Run]:
    """Writes so many stays and settles them by the command, round after round; the first compiles and does not count."""
    source, out = place / "claims", place / "settled"
    source.mkdir(parents=True)
    stream.write(source, [stays], claims, processes)
    runs = []
    for _ in range(rounds):
        shutil.rmtree(out, ignore_errors=True)
        runs.append(stream.run(source, out, processes, *words(), policies=workload.POLICIES))
    if not keep:
        shutil.rmtree(place)
    return runs


def words() -> list[str]:
    """How the command is told of the workload: its area, what holds of all stays, a kernel of its own."""
    facts = [word for name, value in workload.facts().items() for word in ("--fact", f"{name}={value}")]
    return ["--area", workload.AREA, "--freeze", *facts]


def differences(place: Path, expected: pa.Table) -> int:
    """How many pays and refusals, of all rows of all files, are not those settled in memory; claims that have no result too."""
    wrong, names = 0, [*PAID, "refusal"]
    theirs = {name: expected.column(name).to_numpy() for name in names}
    for path in sorted((place / "claims").glob("*.parquet")):
        begin = 0
        with pq.ParquetFile(place / "settled" / path.name) as made:
            for batch in made.iter_batches(1 << 20, columns=names):
                rows = np.arange(begin, begin + batch.num_rows) % expected.num_rows
                wrong += sum(int((batch.column(n).to_numpy() != theirs[n][rows]).sum()) for n in names)
                begin += batch.num_rows
        wrong += abs(pq.read_metadata(path).num_rows - begin)
    return wrong


if __name__ == "__main__":
    main()
