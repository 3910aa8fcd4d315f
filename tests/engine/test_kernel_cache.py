"""The traps of a compiled kernel's cache, each with a small rule in two files and processes of its own.

A stale cache would go on paying an old rate, and nobody would see it: so these run what a user runs, from a real folder.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

RATES = "RATE_BP = {rate}\n\n\ndef share(amount_fen: int) -> int:\n    return (amount_fen * RATE_BP + 5_000) // 10_000\n"

RULE = """
from typing import NamedTuple

from small_rates import share
from yibao.engine.compiled import Recipe


class Terms(NamedTuple):
    deductible_fen: int


class Bill(NamedTuple):
    category: int
    total_fen: int


class Paid(NamedTuple):
    pays_fen: int


def pay(params: Terms, bill: Bill) -> Paid:
    return Paid(pays_fen=share(max(bill.total_fen - params.deductible_fen, 0)){more})


SMALL = Recipe(
    composition=pay,
    params=Terms,
    state=None,
    record=Bill,
    result=Paid,
    columns={{"category": "int8", "total_fen": "int64"}},
    outputs={{"pays_fen": "int64"}},
    ranges={{"category": (0, 127), "total_fen": (0, 10**12)}},
)
"""

RUN = """
import json, sys
import numpy as np
import pyarrow as pa
from small_rule import SMALL, Terms
from yibao.engine.batch import run_records
from yibao.engine.compiled import kernel_once

loaded = kernel_once(SMALL)
columns = {"category": np.zeros(1, np.int8), "total_fen": np.array([100_000])}
paid = run_records(SMALL, [Terms(0)], columns, np.zeros(1, np.int16)).column("pays_fen")[0].as_py()
frozen = {name: pa.array(values).to_numpy() for name, values in columns.items()}
assert not any(values.flags.writeable for values in frozen.values())
run_records(SMALL, [Terms(0)], frozen, np.zeros(1, np.int16))
stats = loaded.scan.stats
print(json.dumps({
    "name": loaded.name,
    "paid": paid,
    "hits": sum(stats.cache_hits.values()),
    "misses": sum(stats.cache_misses.values()),
    "signatures": len(loaded.scan.signatures),
    "known": loaded.name in sys.modules,
}))
"""


class Small:
    """A rule in two files, and the kernels built from it, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.kernels = folder, folder / "kernels"
        self.write(rate=7_000)

    def write(self, *, rate: int, more: str = "") -> None:
        """The rule, with a rate in the other file and anything added to what it pays."""
        (self.folder / "small_rates.py").write_text(RATES.format(rate=rate))
        (self.folder / "small_rule.py").write_text(RULE.format(more=more))

    def run(self, program: str = RUN) -> dict:
        """What a new process pays of 1,000 yuan, and how it came by its kernel."""
        places = {"PYTHONPATH": str(self.folder), "YIBAO_KERNELS": str(self.kernels)}
        environment = {**os.environ, **places, "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def small(tmp_path) -> Small:
    return Small(tmp_path)


def test_a_kernel_is_built_once_and_then_loaded(small):
    built, loaded = small.run(), small.run()
    assert built == {
        "name": built["name"],
        "paid": 70_000,
        "hits": 0,
        "misses": 1,
        "signatures": 1,
        "known": True,
    }
    assert loaded == {**built, "hits": 1, "misses": 0}


def test_a_rate_that_changes_in_another_file_is_paid_at_once(small):
    before = small.run()
    small.write(rate=7_500)
    after = small.run()
    assert (before["paid"], after["paid"]) == (70_000, 75_000)
    assert after["name"] != before["name"]
    small.write(rate=7_000)  # and back: the first kernel is still there, and is the right one
    assert small.run() == {**before, "hits": 1, "misses": 0}


def test_a_rule_that_changes_is_paid_at_once(small):
    before = small.run()
    small.write(rate=7_000, more=" - 1")
    assert (before["paid"], small.run()["paid"]) == (70_000, 69_999)


def test_two_processes_at_once_build_one_kernel(small):
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: small.run(), range(2)))
    assert [found["paid"] for found in both] == [70_000, 70_000]
    assert sorted(found["misses"] for found in both) == [0, 1]
    assert len(list(small.kernels.glob("*.py"))) == 1


TWO = """
import json
import numpy as np
import small_rates
from small_rule import SMALL, Terms
from yibao.engine.batch import run_records

def paid(recipe):
    columns = {"category": np.zeros(1, np.int8), "total_fen": np.array([100_000])}
    return run_records(recipe, [Terms(0)], columns, np.zeros(1, np.int16)).column("pays_fen")[0].as_py()

first = paid(SMALL)
small_rates.RATE_BP = 6_000
changed = SMALL._replace()
print(json.dumps([first, paid(changed), paid(changed)]))
"""


def test_two_texts_live_in_one_process(small):
    assert small.run(TWO) == [70_000, 60_000, 60_000]


def test_read_only_columns_of_arrow_are_the_same_kernel(small):
    """RUN settles writable columns, then Arrow's own, which Numba takes for another type unless it is told."""
    assert small.run()["signatures"] == 1
