"""From file to file, the benchmark runs the product's command, and the command pays what the rules pay one by one."""

import numpy as np
import pyarrow.parquet as pq
import pytest
from benchmarks.engines import plain_python
from typer.testing import CliRunner

from benchmarks import reference_stream, stream, workload
from yibao.cli.main import app
from yibao.engine.batch import settle_table

CLAIMS = workload.generated(people=600, claims=3_000, seed=5)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder of claims in two files, the stays of other people in each."""
    monkeypatch.setenv("YIBAO_POLICIES", str(workload.POLICIES))
    (tmp_path / "claims").mkdir()
    stream.write(tmp_path / "claims", [workload.differing(CLAIMS)], 8_000, 2)
    return tmp_path


def settle(place, *words: str):
    source, out = str(place / "claims"), str(place / "settled")
    done = CliRunner().invoke(app, ["settle-stream", source, "--out", out, "--processes", "1", *words])
    assert done.exit_code == 0, done.output


def test_from_file_to_file_is_what_the_rules_pay_one_by_one(place):
    settle(place, *reference_stream.words())
    by_rules = plain_python.prepare(CLAIMS, None)()
    for path in (place / "settled").glob("*.parquet"):
        made = pq.read_table(path)
        assert made.num_rows == 4_000
        rows = np.arange(4_000) % 3_000
        for name, pays in zip(("basic", "catastrophic", "assistance", "person"), by_rules, strict=True):
            assert (made.column(f"{name}_fen").to_numpy() == pays[rows]).all(), name


def test_the_benchmark_finds_a_fen_and_a_claim_that_are_not_there(place):
    settle(place, *reference_stream.words())
    expected = settle_table(workload.periods(), workload.table(CLAIMS))
    assert reference_stream.differences(place, expected) == 0
    one = place / "settled" / "claims-01.parquet"
    made = pq.read_table(one)
    paid = made.column("person_fen").to_numpy().copy()
    paid[7] += 1
    at = made.column_names.index("person_fen")
    pq.write_table(made.set_column(at, "person_fen", [paid]).slice(0, 3_998), one)
    assert reference_stream.differences(place, expected) == 3


class Asked(Exception):
    """A command that was asked for, and not run."""


def test_the_benchmark_runs_the_command_of_the_product(tmp_path, monkeypatch):
    def asked(command, **_):
        raise Asked(command)

    monkeypatch.setattr(stream.subprocess, "Popen", asked)
    with pytest.raises(Asked) as ran:
        reference_stream.measured(tmp_path / "all", workload.differing(CLAIMS), 3_000, 2, 1)
    [[command, *words]] = ran.value.args
    assert command.endswith("bin/yibao")
    assert words[:3] == ["--policies", str(workload.POLICIES), "settle-stream"]
    assert words[words.index("--processes") + 1] == "2"
    assert words[-len(reference_stream.words()) :] == reference_stream.words()
