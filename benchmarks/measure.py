"""Measures one engine in a process of its own: `python measure.py ENGINE FOLDER --spawned SECONDS --repeats N`.

Runs in the environment of the engine, which has NumPy and nothing of ours. Prints one line of JSON. The year's pays of the
product's own kernel lie in the folder as `pays.npy`; with `--answer` this engine writes them, without it each pay that
differs is counted.
"""

import argparse
import importlib
import json
import os
import resource
import sys
import time
from pathlib import Path

import numpy as np

COLUMNS = ("person", "institution_class", "category", "own_expense", "initial_self_pay", "in_scope")
PAYS = ("basic", "catastrophic", "assistance", "bears")
SMALL = 1_000
"""Claims of the first, small run: what an engine needs from the start of its process to a first answer."""


def main() -> None:
    """Starts the engine on a few claims, then times it on all of them."""
    options = argparse.ArgumentParser()
    options.add_argument("engine", type=Path)
    options.add_argument("folder", type=Path)
    options.add_argument("--spawned", type=float, required=True)
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--answer", action="store_true")
    asked = options.parse_args()
    figures = json.loads((asked.folder / "figures.json").read_text())
    whole = {name: np.load(asked.folder / f"{name}.npy", mmap_mode="r") for name in COLUMNS}

    sys.path.insert(0, str(asked.engine.parent))
    engine = importlib.import_module(asked.engine.stem)
    engine.prepare(_first(whole, SMALL), figures)()
    started = time.time() - asked.spawned

    claims = _first(whole, getattr(engine, "SAMPLE", len(whole["person"])))
    run = engine.prepare(claims, figures)
    run()
    walls, processor = [], []
    for _ in range(asked.repeats):
        begun, begun_here = time.process_time(), time.perf_counter()
        pays = run()
        processor.append(time.process_time() - begun)
        walls.append(time.perf_counter() - begun_here)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = np.stack([np.asarray(pay, np.int64) for pay in getattr(run, "in_order", list)(pays)])
    if asked.answer:
        np.save(asked.folder / "pays.npy", found)
    answer = np.load(asked.folder / "pays.npy", mmap_mode="r")[:, : found.shape[1]]
    print(
        json.dumps(
            {
                "claims": found.shape[1],
                "walls": walls,
                "processor": processor,
                "started": started,
                "peak_mb": peak,
                "wrong": {name: int((found[at] != answer[at]).sum()) for at, name in enumerate(PAYS)},
                "load": os.getloadavg()[0],
            }
        )
    )


def _first(whole: dict[str, np.ndarray], count: int) -> dict[str, np.ndarray]:
    return {name: np.array(column[:count]) for name, column in whole.items()}


if __name__ == "__main__":
    main()
