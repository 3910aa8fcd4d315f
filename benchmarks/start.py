"""How long the commands take to start: on a case, on a few claims in files, by one process and by two; and what of it is what.

    .venv/bin/python benchmarks/start.py [--rounds 10]

Wall and processor time (user and system, of all processes) from the start of the command to its end, the least of the rounds,
everything in the page cache and kernels compiled before. Then what single parts take in a process of their own, the bare start of
Python taken off. The last line is one JSON object.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import stream

EXAMPLE = Path(__file__).parent.parent / "examples" / stream.AREA
PARTS = {
    "the command line": "import yibao.cli.main",
    "NumPy": "import numpy",
    "NumPy, PyArrow and its Parquet": "import numpy, pyarrow.parquet",
    "NumPy, PyArrow, the stream engine": "import yibao.engine.many_files",
    "what processes are forked from: the same, Numba, the kernel": "import yibao.engine.loaded",
    "NumPy, Numba": "import numba",
    "the terms of an area out of its packs": (
        f"from yibao.cli.stream_inputs import terms_of; terms_of(['{stream.AREA}'], by_division=False)"
    ),
    "Polars": "import polars",
}


class Start(NamedTuple):
    """The least wall and processor time of some rounds, in seconds."""

    wall_s: float
    cpu_s: float


def main() -> None:
    """Measures and prints; the last line is the JSON object."""
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=10)
    asked = options.parse_args()
    stream.inherit_orphans()
    print(f"{stream.machine()}；load of the last minute {os.getloadavg()[0]:.1f}")
    found = {}
    with tempfile.TemporaryDirectory(prefix="yibao-start-") as folder:
        place = Path(folder)
        drawn = [stream.piece(0).slice(0, 500)]
        for files in (1, 2):
            (place / f"claims-{files}").mkdir()
            stream.write(place / f"claims-{files}", drawn, 1_000, files)
        for name, words in commands(place).items():
            found[name] = least([str(Path(sys.executable).parent / "yibao"), *words], place, asked.rounds)
            print(
                f"{name:<62}{found[name].wall_s:>7.2f} s wall{found[name].cpu_s:>7.2f} s of processor",
                flush=True,
            )
        bare = least([sys.executable, "-c", ""], place, asked.rounds)
        for name, program in PARTS.items():
            part = least([sys.executable, "-c", program], place, asked.rounds)
            print(f"  {name:<60}{'':>14}{part.cpu_s - bare.cpu_s:>7.2f} s of processor", flush=True)
    print(json.dumps({name: [round(of.wall_s, 2), round(of.cpu_s, 2)] for name, of in found.items()}))


def commands(place: Path) -> dict[str, list[str]]:
    """The commands that are measured; those that write have `out` in the place as their folder of results."""
    batch = EXAMPLE / "batch"
    files = [batch / "claims.csv", "--people", batch / "people.csv"]
    files += ["--institutions", batch / "institutions.csv"]
    to = ["--area", stream.AREA, "--out", place / "out"]
    found = {
        "yibao --help": ["--help"],
        "yibao settle, a case": ["settle", EXAMPLE / "hospital_ordinary.yaml"],
        "yibao settle-batch, a few claims": ["settle-batch", *files, *to],
        "yibao settle-stream, one file of 1,000 claims": ["settle-stream", place / "claims-1", *to],
        "yibao settle-stream, two files of 500 claims, two processes": [
            *("settle-stream", place / "claims-2", *to, "--processes", 2)
        ],
    }
    return {name: [str(word) for word in words] for name, words in found.items()}


def least(command: list[str], place: Path, rounds: int) -> Start:
    """The least of so many rounds, after one that does not count."""
    found = []
    for _ in range(rounds + 1):
        shutil.rmtree(place / "out", ignore_errors=True)
        begun = time.perf_counter()
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(running.pid, 0)
        wall_s = time.perf_counter() - begun
        running.returncode = os.waitstatus_to_exitcode(status)
        if running.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {running.returncode}")
        all_used = [used, *stream.of_orphans()]
        found.append(Start(wall_s, sum(one.ru_utime + one.ru_stime for one in all_used)))
    return Start(min(one.wall_s for one in found[1:]), min(one.cpu_s for one in found[1:]))


if __name__ == "__main__":
    main()
