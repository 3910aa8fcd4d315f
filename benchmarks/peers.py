"""The product's kernel beside its peers on the reference workload: every pay equal to the fen, or the run fails.

    .venv/bin/python benchmarks/peers.py [--repeats 5] [--only hand_written polars …]

Each engine runs in a process and an environment of its own, made under `.cache/bench` the first time; none of them is a
dependency of the project. Rates are of one thread, by processor time, so that nobody gains by a second thread or loses
to a neighbour. The last line is one JSON object; `docs/performance.md` says what the workload is and what was found.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import copying, settle, workload

HERE = Path(__file__).parent
CACHE = HERE.parent / ".cache" / "bench"
OURS = "yibao"


class Peer(NamedTuple):
    """An engine: its file under `engines`, and what its environment holds; none means the project's own."""

    engine: str
    packages: tuple[str, ...] = ()


NUMPY = "numpy==2.4.6"
PEERS = {
    OURS: Peer("product"),
    "c": Peer("hand_written"),
    "polars": Peer("polars_columns", ("polars==2.1.0", NUMPY)),
    "duckdb": Peer("duckdb_windows", ("duckdb==2.0.0", "pyarrow==26.0.1", NUMPY)),
    "policyengine": Peer("policyengine_variables", ("policyengine-core==3.33.12",)),
    "gettsim": Peer("gettsim_functions", ("ttsim-backend==1.3.2",)),
    "openfisca": Peer("openfisca_variables", ("openfisca-core==46.0.1",)),
    "python": Peer("plain_python"),
}

ONE_THREAD = {
    name: "1"
    for name in (
        "THREADS",
        "POLARS_MAX_THREADS",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "NUMEXPR_MAX_THREADS",
    )
}


def main() -> None:
    """Measures every engine and prints; the last line is the JSON object. Ends with 1 where a pay differs."""
    options = argparse.ArgumentParser()
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--only", nargs="*", choices=list(PEERS), default=list(PEERS))
    asked = options.parse_args()
    folder = workload.written(CACHE / "data", workload.PEOPLE, workload.CLAIMS, workload.SEED)
    print(f"{settle.machine()}；{workload.CLAIMS:,} claims of {workload.PEOPLE:,} people")
    print(
        f"{'':<14}{'claims/s, best':>16}{'median':>16}{'yibao is':>10}{'start s':>9}{'peak MB':>9}{'wrong':>7}"
    )
    found = {}
    for name in [OURS, *(n for n in asked.only if n != OURS)]:
        found[name] = measured(PEERS[name], environment(name), folder, asked.repeats, answers=name == OURS)
        print(_line(name, found[name], found[OURS]), flush=True)
    copied = copying.bytes_per_s(threads=2)
    two = measured(PEERS[OURS], environment(OURS), folder, copying.ROUNDS, threads=2)
    share = copy_share(two, max(copied, copying.bytes_per_s(threads=2)))
    print(f"load of the last minute {two['load']:.1f}")
    chain = {}
    for code in workload.full_chain_of():
        of_all, alone = settle.full_chain(code)
        chain[code] = round(of_all)
        print(f"full chain of {code} {of_all:,.0f} claims/s and core; frozen for its terms {alone:,.0f}")
    print(
        json.dumps({"ratio": _ratios(found), "share_of_copy_2t": round(share, 3), "full_chain_per_s": chain})
    )
    if any(sum(of["wrong"].values()) for of in [*found.values(), two]):
        sys.exit("有引擎的结果与本系统不一致，见 wrong 一栏 (pays differ)")


def environment(name: str) -> Path:
    """The Python of an engine's environment; made with uv where it is missing or its packages have changed."""
    packages = PEERS[name].packages
    if not packages:
        return Path(sys.executable)
    folder = CACHE / name
    python, stamp = folder / "bin" / "python", folder / "packages"
    if not stamp.exists() or stamp.read_text() != "\n".join(packages):
        uv = Path(sys.executable).parent / "uv"
        make = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder]
        install = [uv, "pip", "install", "--quiet", "--python", python, *packages]
        if subprocess.run(make).returncode or subprocess.run(install).returncode:
            sys.exit(
                f"{name} 的环境没有建成，需要能装 {'、'.join(packages)} (no environment for it; see above)"
            )
        stamp.write_text("\n".join(packages))
    return python


def measured(
    peer: Peer, python: Path, folder: Path, repeats: int, *, threads: int = 1, answers: bool = False
) -> dict[str, Any]:
    """What `measure.py` found of an engine, run in a process of its own; with `answers`, its pays are the others' measure."""
    command = [python, HERE / "measure.py", HERE / "engines" / f"{peer.engine}.py", folder]
    command += ["--repeats", str(repeats), "--spawned", repr(time.time())]
    command += ["--answer"] if answers else []
    given = os.environ | ONE_THREAD | {"THREADS": str(threads)}
    ran = subprocess.run(command, env=given, stdout=subprocess.PIPE, text=True)
    if ran.returncode:
        sys.exit(f"{peer.engine} 没有跑完，见上面的错误 (the engine failed)")
    return dict(json.loads(ran.stdout.splitlines()[-1]))


def copy_share(two: dict[str, Any], copied: float) -> float:
    """Our claims a second on two threads, as a share of what the machine can copy of their bytes; both by the clock."""
    rate, limit = two["claims"] / min(two["walls"]), copied / workload.BYTES
    print(
        f"two threads {rate:,.0f} claims/s; copy {copied / 1e9:.1f} GB/s at {workload.BYTES} bytes a claim: "
        f"limit {limit:,.0f} claims/s, share {rate / limit:.1%}"
    )
    return float(rate / limit)


def _rate(of: dict[str, Any]) -> float:
    return float(of["claims"] / min(of["processor"]))


def _line(name: str, of: dict[str, Any], ours: dict[str, Any]) -> str:
    median = of["claims"] / statistics.median(of["processor"])
    return (
        f"{name:<14}{_rate(of):>16,.0f}{median:>16,.0f}{_rate(ours) / _rate(of):>9.2f}x"
        f"{of['started']:>9.2f}{of['peak_mb']:>9,.0f}{sum(of['wrong'].values()):>7}"
    )


def _ratios(found: dict[str, dict[str, Any]]) -> dict[str, float]:
    return {name: round(_rate(found[OURS]) / _rate(of), 2) for name, of in found.items() if name != OURS}


if __name__ == "__main__":
    main()
