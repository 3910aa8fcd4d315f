"""Processes that settle: who imports what, and when; what becomes of them where one dies or the parent does."""

import os
import subprocess
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
from tests.engine.hostile import hostile_claims, taiyuan_periods

from yibao.engine.batch import on_file
from yibao.engine.workers import Listener, here, working

TERMS = on_file(taiyuan_periods())
HEAVY = ("numpy", "pyarrow", "numba", "polars", "yaml")


def quiet(*_: object) -> None:
    """Listens to nothing."""


def loaded(name: str) -> bool:
    """Whether a process has a module; what it was given is there too."""
    assert here().terms.rows.tolist() == TERMS.rows.tolist()
    return name in sys.modules


def parent_after(_: int) -> int:
    """The process that this one is a fork of, or was begun by."""
    return os.getppid()


def printed(program: str, *words: str) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return ran.stdout.splitlines()


def test_getting_ready_imports_nothing_heavy():
    program = "import sys, yibao.engine.workers; print(*sys.modules, sep='\\n')"
    assert not set(printed(program)) & set(HEAVY)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each process imports for itself")
def test_processes_are_forks_of_one_that_has_the_kernel_and_nothing_of_the_command():
    with working(2, TERMS, Listener(quiet, quiet)) as workers:
        modules = ["yibao.engine.loaded", "numba", "polars", "typer", "yibao.cli.main"]
        found = dict(zip(modules, workers.each(loaded, modules, "looking"), strict=True))
        [parent] = set(workers.each(parent_after, list(range(8)), "looking"))
    assert found == {name: name in ("yibao.engine.loaded", "numba") for name in modules}
    assert parent != os.getpid()


PROGRAM = """
print("imported")
if __name__ == "__main__":
    from yibao.engine.workers import Listener, working

    with working(2, None, Listener(lambda *_: None, lambda *_: None)) as workers:
        print(workers.each(abs, [-1, -2, -3], "counting"))
"""


def test_the_program_that_begins_processes_is_not_imported_by_them(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    ran = subprocess.run(
        [sys.executable, tmp_path / "program.py"], capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines() == ["imported", "[1, 2, 3]"]


def test_a_process_that_is_ended_from_outside_is_told():
    with (
        pytest.raises(BrokenProcessPool),
        working(2, TERMS, Listener(quiet, quiet)) as workers,
    ):
        workers.each(os._exit, [1, 1], "ending")


COMMAND = """
import sys
from yibao.engine import workers
from yibao.cli import settle_stream
from yibao.cli.main import app
ready = workers.get_ready
workers.get_ready = lambda: print("ready", *set(sys.modules) & set(sys.argv[1].split())) or ready()
app(sys.argv[2:], standalone_mode=False)
print("end", *set(sys.modules) & set(sys.argv[1].split()))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each process imports for itself")
@pytest.mark.parametrize("processes", ["1", "2"])
def test_processes_get_ready_before_anything_is_imported_and_only_they_load_the_kernel(tmp_path, processes):
    import pyarrow.parquet as pq

    (tmp_path / "in").mkdir()
    for seed in range(2):
        claims = hostile_claims(20, seed)
        person = claims.column("person").to_numpy() + 100 * seed
        claims = claims.set_column(0, "person", [person.astype("int32")])
        pq.write_table(claims, tmp_path / "in" / f"{seed}.parquet")
    words = ["settle-stream", str(tmp_path / "in"), "--area", "140100", "--out", str(tmp_path / "out")]
    said = printed(COMMAND, " ".join(HEAVY), *words, "--processes", processes)
    told = {line.split()[0]: set(line.split()[1:]) for line in said if line.startswith(("ready", "end"))}
    assert told.get("ready", set()) <= {"yaml"}
    assert ("ready" in told) == (processes == "2")
    assert "polars" not in told["end"]
    assert ("numba" in told["end"]) == (processes == "1")
