"""Settlement on a real cluster of two workers equals that of one machine, to the fen, whatever happens to the cluster."""

import itertools
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from tests.cluster.standalone import Standalone
from tests.engine.hostile import hostile_claims, periods_of, taiyuan_periods
from typer.testing import CliRunner

from yibao.cli.settle_stream import settle_stream
from yibao.engine import cluster
from yibao.engine.batch import OnFile, on_file, settle_table
from yibao.engine.settler import PAID
from yibao.packs.policies import policies

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

PERIODS = taiyuan_periods()
RESULTS = ["claim_id", "person", "refusal", *PAID, "period"]


@pytest.fixture(scope="module")
def claims() -> pa.Table:
    drawn = hostile_claims(3_000, 17)
    return numbered(drawn)


def numbered(claims: pa.Table) -> pa.Table:
    ids = pa.array(np.arange(claims.num_rows, dtype=np.int64))
    return claims.append_column("claim_id", ids).append_column("settled_at", ids)


def save(path: Path, table: pa.Table) -> str:
    pq.write_table(table, path, row_group_size=3_000)
    return str(path)


def expected(claims: pa.Table, periods: Any = PERIODS) -> pa.Table:
    settled = settle_table(periods, claims)
    for at, name in enumerate(("claim_id", "person")):
        settled = settled.add_column(at, name, claims.column(name))
    return settled.select(RESULTS)


def result(out: Path) -> pa.Table:
    """What Spark wrote, in the order of the claims."""
    parts = [pq.read_table(path) for path in sorted(out.glob("*.parquet"))]
    return pa.concat_tables(parts).sort_by("claim_id").select(RESULTS).combine_chunks()


def quiet(*_: object) -> None:
    """Listens to nothing."""


def test_files_of_whole_persons_are_a_task_each(spark, tmp_path, claims):
    person = claims.column("person").to_numpy()
    cuts = [0, *np.searchsorted(person, [700, 1_400, 2_500]).tolist(), claims.num_rows]
    files = [
        save(tmp_path / f"第 {n}.parquet", claims[begin:end])
        for n, (begin, end) in enumerate(itertools.pairwise(cuts))
    ]
    read = cluster.claims_in(spark, files, origin=False)
    assert read.rdd.getNumPartitions() == len(files)
    out = tmp_path / "out"
    done = cluster.settle_on_spark(spark, files, on_file(PERIODS), str(out), quiet, ordered=True)
    assert result(out).equals(expected(claims))
    assert done.problems == 0
    assert done.totals.sums["claims"] == claims.num_rows
    assert done.totals.sums["total_fen"] == sum(done.totals.sums[name] for name in PAID)


def test_claims_in_no_order_over_files_are_put_in_order_by_spark(spark, tmp_path, claims):
    order = np.random.default_rng(5).permutation(claims.num_rows)
    files = [
        save(tmp_path / "a.parquet", claims.take(order[:9_000])),
        save(tmp_path / "b c.parquet", claims.take(order[9_000:])),
    ]
    out = tmp_path / "out"
    cluster.settle_on_spark(spark, files, on_file(PERIODS), str(out), quiet, ordered=False)
    assert result(out).equals(expected(claims))


def test_without_a_moment_of_settlement_files_and_rows_decide_as_on_one_machine(spark, tmp_path, claims):
    by_day = claims.drop_columns(["settled_at"])
    order = np.random.default_rng(6).permutation(by_day.num_rows)
    files = [
        save(tmp_path / "z.parquet", by_day.take(order[:9_000])),
        save(tmp_path / "a.parquet", by_day.take(order[9_000:])),
    ]
    given = by_day.take(order)
    person, day = (given.column(name).to_numpy() for name in ("person", "day"))
    sorted_as_given = given.take(np.lexsort([np.arange(len(person)), day, person]))
    out = tmp_path / "out"
    cluster.settle_on_spark(spark, files, on_file(PERIODS), str(out), quiet, ordered=False)
    assert result(out).equals(expected(sorted_as_given).sort_by("claim_id").combine_chunks())


def test_one_person_with_a_hundred_thousand_claims_and_one_area_with_half_of_all(spark, tmp_path, claims):
    some = claims.drop_columns(["claim_id", "settled_at"])
    many = pa.concat_tables([some] * (100_000 // some.num_rows + 1))[:100_000].sort_by("day")
    many = many.set_column(0, "person", pa.array(np.full(100_000, 1_500, np.int32)))
    others = some.filter(pa.array(some.column("person").to_numpy() != 1_500))
    low = int(np.searchsorted(others.column("person").to_numpy(), 1_500))
    whole = numbered(pa.concat_tables([others[:low], many, others[low:]]).combine_chunks())
    person = whole.column("person").to_numpy()
    division = np.where(person == 1_500, 140100, np.where(person % 2 == 0, 140100, 220200)).astype(np.int32)
    whole = whole.append_column("division", pa.array(division))
    assert (division == 140100).mean() > 0.5
    jilin = periods_of(policies().area("220200"))
    both = [p._replace(division=140100) for p in PERIODS] + [p._replace(division=220200) for p in jilin]
    shuffled = whole.take(np.random.default_rng(7).permutation(whole.num_rows))
    files = [save(tmp_path / "a.parquet", shuffled[:60_000]), save(tmp_path / "b.parquet", shuffled[60_000:])]
    out = tmp_path / "out"
    cluster.settle_on_spark(spark, files, on_file(both), str(out), quiet, ordered=False)
    assert result(out).equals(expected(whole, both))


def test_every_problem_is_told_with_file_and_row_and_there_is_no_result(spark, tmp_path, claims):
    slot = claims.column("slot").to_numpy().copy()
    slot[[11, 12_000]] = (9, 7)
    wrong = claims.set_column(claims.column_names.index("slot"), "slot", pa.array(slot))
    files = [save(tmp_path / "a.parquet", wrong[:9_000]), save(tmp_path / "b.parquet", wrong[9_000:])]
    told = []

    def unfit(file, problem):
        rows = zip(problem.rows.tolist(), problem.values.tolist(), strict=True)
        told.extend((Path(file).name, problem.column, row, value) for row, value in rows)

    out = tmp_path / "out"
    done = cluster.settle_on_spark(spark, files, on_file(PERIODS), str(out), unfit, ordered=False)
    assert done.problems == 2
    assert sorted(told) == [("a.parquet", "slot", 12, "9"), ("b.parquet", "slot", 3_001, "7")]
    assert not list(out.glob("*.parquet"))


def test_the_package_travels_with_the_job(spark):
    def where(batches):
        import yibao.engine.stream

        for batch in batches:
            yield pa.RecordBatch.from_pydict({"file": [yibao.engine.stream.__file__] * batch.num_rows})

    found = {row.file for row in spark.range(4, numPartitions=4).mapInArrow(where, "file string").collect()}
    assert all("yibao.zip" in file for file in found), found


class Kept:
    """The session of all tests, which a command may not end."""

    def __init__(self, spark: Any) -> None:
        self._spark = spark

    def __getattr__(self, name: str) -> Any:
        return getattr(self._spark, name)

    def stop(self) -> None:
        """Does nothing."""


def test_the_command_gives_what_it_gives_on_one_machine(spark, tmp_path, monkeypatch, claims):
    monkeypatch.setattr(cluster, "session", lambda url: Kept(spark))
    for name, part in (("b", claims[:9_000]), ("a", claims[9_000:])):  # a person lies in both
        save(tmp_path / f"{name}.parquet", part)
    inputs = [str(tmp_path / "b.parquet"), str(tmp_path / "a.parquet"), "--area", "140100"]
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(settle_stream)
    told = []
    for engine in ("spark://somewhere:7077", "spark://somewhere:7077", "local"):
        out = tmp_path / engine[:5]
        done = CliRunner().invoke(app, [*inputs, "--out", str(out), "--engine", engine, "--processes", "1"])
        assert done.exit_code == 0, done.output
        told.append(json.loads((out / "summary.json").read_text("utf-8")))
    assert told[0] == told[1], "a second run takes the place of the first"
    assert {**told[0], "files": []} == {**told[2], "files": []}
    assert result(tmp_path / "spark" / "settled").equals(expected(claims))
    assert [path.name for path in (tmp_path / "spark").iterdir() if "partial" in path.name] == []


def test_files_here_and_elsewhere_at_once_are_refused(spark, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "session", lambda url: Kept(spark))
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(settle_stream)
    words = ["hdfs://x/claims", "--area", "140100", "--out", str(tmp_path), "--engine", "spark://x"]
    refused = CliRunner().invoke(app, words)
    assert refused.exit_code == 1
    assert "hdfs://…" in refused.output


def held(folder: str, terms: OnFile, schema: pa.Schema, batches: Any) -> Any:
    """A task that has begun to read and waits for a word before it goes on."""
    first = next(batches)
    Path(folder, f"begun-{time.monotonic_ns()}").touch()
    while not Path(folder, "go").exists():
        time.sleep(0.05)
    yield from cluster.settle_batches(terms, schema, itertools.chain([first], batches))


def test_a_worker_killed_in_the_middle_changes_nothing(spark, standalone: Standalone, tmp_path, claims):
    from pyspark import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    person = claims.column("person").to_numpy()
    cuts = [0, *np.searchsorted(person, [700, 1_400, 2_500]).tolist(), claims.num_rows]
    files = [
        save(tmp_path / f"{n}.parquet", claims[b:e]) for n, (b, e) in enumerate(itertools.pairwise(cuts))
    ]
    marks, out = tmp_path / "marks", tmp_path / "out"
    marks.mkdir()
    read = cluster.claims_in(spark, files, origin=False)
    folder = str(marks)
    made = cluster.settled(read, on_file(PERIODS), lambda *given: held(folder, *given))
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(made.write.parquet, str(out))
        while len(list(marks.glob("begun-*"))) < 2 and not writing.done():
            time.sleep(0.05)
        standalone.kill_worker()
        (marks / "go").touch()
        writing.result()
    assert result(out).equals(expected(claims))
    assert len(list(marks.glob("begun-*"))) > len(files), "no task was lost, so nothing was tried"
    standalone.add_worker()
