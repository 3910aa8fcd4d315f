"""The same settlement on Apache Spark: each task is the worker of `engine.stream` over whole persons in order.

Nothing here schedules or shuffles. Files of whole persons are one task each; anything else Spark partitions by a hash of the
person and sorts within the partition. The package travels with the job, the terms inside the task; the kernel is built once
on each machine (`engine.compiled.kernel_once`). What is lost with a machine Spark does again, and the result is the same.

Spark needs Java 17 or newer, and Python with NumPy, Numba and PyArrow on every machine.
"""

import atexit
import os
import re
import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

import yibao
from yibao.engine.batch import OnFile, ready
from yibao.engine.fit import ColumnsUnfit, Unfit
from yibao.engine.recipes import SETTLE_PAYERS
from yibao.engine.settler import ORIGIN, PAID, Settler, Totals, nothing_settled, settled_schema
from yibao.engine.stream import PIECE, READ
from yibao.engine.whole_persons import ORDER, PART_ROWS

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Task = Callable[[OnFile, pa.Schema, Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]

FACTS = ("kind", "category")
"""Columns of the claims that stand in the result too: the totals by standing are added up from it."""

MOST_TOLD = 10_000
"""Problems that are brought back to the driver; the others are counted."""

WHOLE = 1 << 40
"""Larger than any file: Spark then makes one task of each file and never cuts one."""

LOCAL = "^file:/+"
"""How the address of a local file begins: Spark writes one slash in one place and three in another."""

SETTINGS = {
    "spark.app.name": "yibao settle-stream",
    "spark.sql.files.maxPartitionBytes": str(WHOLE),
    "spark.sql.files.openCostInBytes": str(WHOLE),
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(PIECE),
    "spark.sql.adaptive.enabled": "false",  # a partition of whole persons is not to be cut or put together
    "spark.sql.legacy.parquet.nanosAsLong": "true",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "8",  # of small tables only; the claims have a number of their own
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


class SparkMissing(RuntimeError):
    """What Spark needs is not on this machine; says what to install."""


class JobFailed(RuntimeError):
    """A job that Spark gave up; its own log says more."""

    def __init__(self, failed: Exception) -> None:
        super().__init__(f"Spark 没有做完：{_first_lines(failed)}。详见 Spark 的日志 (the job failed)")


class ClaimsLost(RuntimeError):
    """Another number of claims came out of a job than went in: the result must not be used."""

    def __init__(self, given: int, made: int) -> None:
        super().__init__(
            f"读入 {given} 笔，结果有 {made} 笔：结果不能用，请报告这个问题 (claims lost: do not use the result)"
        )


class Settled(NamedTuple):
    """What came of a job: totals, and how many problems kept it from being done, all of them told up to MOST_TOLD."""

    totals: Totals
    problems: int


def nothing_done(problems: int) -> Settled:
    """What came of files that cannot be used."""
    return Settled(nothing_settled(), problems)


def session(master: str) -> "SparkSession":
    """A session on a cluster, with the package on its way there. Raises SparkMissing."""
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError:
        raise SparkMissing(
            "没有装 PySpark；请运行 pip install 'yibao[cluster]' (install the extra `cluster`)"
        ) from None
    builder = SparkSession.builder.master(master)
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    if "YIBAO_KERNELS" in os.environ:
        builder = builder.config("spark.executorEnv.YIBAO_KERNELS", os.environ["YIBAO_KERNELS"])
    try:
        spark = builder.getOrCreate()
    except PySparkRuntimeError as failed:
        raise SparkMissing(
            f"Spark 起不来：{failed}。需要 Java 17 以上；Debian：apt-get install openjdk-17-jre-headless (needs Java)"
        ) from None
    except Py4JError as failed:
        raise SparkMissing(f"连不上 Spark {master}：{_first_lines(failed)} (cannot reach Spark)") from None
    spark.sparkContext.addPyFile(str(_package()))
    return spark


def _first_lines(failed: Exception) -> str:
    return " ".join(str(failed).split("\n")[:2])[:300]


def _package() -> Path:
    """This package as a zip file, for machines of the cluster that have none or another."""
    root = Path(next(iter(yibao.__path__)))
    folder = tempfile.mkdtemp(prefix="yibao-")
    atexit.register(
        shutil.rmtree, folder, ignore_errors=True
    )  # Spark fetches it from here as long as it runs
    archive = Path(folder) / "yibao.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(root.rglob("*.py")):
            packed.write(path, Path("yibao") / path.relative_to(root))
    return archive


def claims_in(spark: "SparkSession", files: Sequence[str], *, origin: bool) -> "DataFrame":
    """The claims of files, columns of READ only; with `origin` the place of their file in `files` and the row there."""
    from pyspark.sql import functions

    whole = spark.read.parquet(*files)
    kept = [name for name in (*READ, "settled_at") if name in whole.columns]
    if not origin:
        return whole.select(*kept)
    address = functions.regexp_replace("_metadata.file_path", LOCAL, "file:/").alias("address")
    row = (functions.col("_metadata.row_index") + 1).alias("row")
    places = spark.createDataFrame(sorted(_places(spark, files).items()), "address string, file int")
    named = whole.select(*kept, address, row)
    return named.join(functions.broadcast(places), "address", "left").drop("address")


def _places(spark: "SparkSession", files: Sequence[str]) -> dict[str, int]:
    """The place in `files` of every file that Spark reads, by the address it has for it."""
    found: dict[str, int] = {}
    for at, file in enumerate(files):
        for address in spark.read.parquet(file).inputFiles():
            found[re.sub(LOCAL, "file:/", address)] = at
    return found


def in_order(claims: "DataFrame", rows: int) -> "DataFrame":
    """Claims with ORIGIN, partitioned by a hash of the person and sorted within the partition."""
    from pyspark.sql import functions

    parts = max(claims.sparkSession.sparkContext.defaultParallelism, -(-rows // PART_ROWS))
    day = functions.col("day").cast("date") if claims.schema["day"].dataType.typeName() == "date" else None
    if day is None:
        day = functions.date_add(functions.lit("1970-01-01").cast("date"), functions.col("day").cast("int"))
    year = functions.col("benefit_year") if "benefit_year" in claims.columns else functions.year(day)
    order = next(name for name in ORDER if name in claims.columns)
    return claims.repartition(parts, "person").sortWithinPartitions("person", year, order, *ORIGIN)


def settled(claims: "DataFrame", terms: OnFile, task: Task | None = None) -> "DataFrame":
    """What `engine.settler.Settler` makes of every partition, with the columns of FACTS; `task` in place of settle_batches."""
    from pyspark.sql.pandas.types import from_arrow_schema

    there = pa.schema([(f.name, _arrow(f.dataType)) for f in claims.schema])
    schema = _with_facts(settled_schema(there))

    def worker(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return (task or settle_batches)(terms, schema, batches)

    return claims.mapInArrow(worker, from_arrow_schema(schema))


def settle_batches(
    terms: OnFile, schema: pa.Schema, batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """A task: batches of whole persons in order, the year so far carried from one to the next. Raises ColumnsUnfit."""
    settler = Settler(terms)
    for batch in batches:
        claims = pa.Table.from_batches([batch])
        if claims.num_rows:
            fit = settler.check(claims)
            made = settler.settle(claims, fit)
            for name in FACTS:
                made = made.append_column(name, pa.array(fit.columns[name]))
            yield from made.select(schema.names).cast(schema).combine_chunks().to_batches()


def _with_facts(schema: pa.Schema) -> pa.Schema:
    for name in FACTS:
        schema = schema.append(pa.field(name, pa.int8()))
    return schema


def _arrow(kind: Any) -> pa.DataType:
    from pyspark.sql.pandas.types import to_arrow_type

    return to_arrow_type(kind)


def settle_on_spark(
    spark: "SparkSession", files: Sequence[str], terms: OnFile, out: str, unfit: Any, *, ordered: bool
) -> Settled:
    """Settles files of claims into a folder of Parquet files. `ordered` says that the files hold whole persons in order.

    Tells `unfit(file, problem)` of what is wrong, as the local engine does; then there is no result. Raises ClaimsLost, JobFailed.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    claims = claims_in(spark, files, origin=not ordered)
    given = spark.read.parquet(*files).count()
    if not ordered:
        claims = in_order(claims, given)
    made = settled(claims, terms)
    try:
        made.write.mode("error").parquet(out)
    except (PySparkException, Py4JError) as failed:
        if ColumnsUnfit.__name__ not in str(failed):
            raise JobFailed(failed) from None
        return Settled(nothing_settled(), _tell_problems(spark, files, terms, unfit))
    totals = _totals(spark.read.parquet(out))
    if totals.sums["claims"] != given:
        raise ClaimsLost(given, totals.sums["claims"])
    return Settled(totals, 0)


def _totals(made: "DataFrame") -> Totals:
    """Added up from what was written: a task that ran twice counts once."""
    from pyspark.sql import functions

    keys = ("period", "kind", "category", "refusal")
    sums = [functions.sum(functions.col(name).cast("decimal(38,0)")).alias(name) for name in PAID]
    totals = nothing_settled()
    for row in made.groupBy(*keys).agg(functions.count("*").alias("claims"), *sums).collect():
        paid = Counter({name: int(row[name]) for name in PAID})
        totals.sums.update(paid + Counter({"claims": row["claims"], "total_fen": paid.total()}))
        totals.used[row["period"], row["kind"], row["category"]] += row["claims"]
        if row["refusal"]:
            totals.refused[row["refusal"]] += row["claims"]
    return totals


PROBLEM = "file int, row bigint, column string, value string, message string"


def _tell_problems(spark: "SparkSession", files: Sequence[str], terms: OnFile, unfit: Any) -> int:
    """Goes through all claims again, telling what is wrong in which row; how many problems there are."""

    def worker(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return problems_of(terms, batches)

    found = claims_in(spark, files, origin=True).mapInArrow(worker, PROBLEM).cache()
    count = int(found.count())
    told: dict[tuple[int, str, str], list[tuple[int, str]]] = {}
    for row in found.orderBy("file", "row").limit(MOST_TOLD).collect():
        told.setdefault((row.file, row.column, row.message), []).append((row.row, row.value))
    for (file, column, message), places in told.items():
        rows, values = (np.array(part) for part in zip(*places, strict=True))
        unfit(files[file], Unfit(column, message, rows, values))
    if count > MOST_TOLD:
        unfit("", Unfit("", f"另有 {count - MOST_TOLD} 处问题未列出 (more problems)"))
    found.unpersist()
    return count


def problems_of(terms: OnFile, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """A task: every problem of claims with ORIGIN."""
    for batch in batches:
        claims = pa.Table.from_batches([batch])
        try:
            ready(SETTLE_PAYERS, terms, claims, ordered=False)
        except ColumnsUnfit as failed:
            file, row = (claims.column(name).to_numpy() for name in ORIGIN)
            for problem in failed.unfit:
                at = problem.rows if len(problem.rows) else np.zeros(1, np.int64)
                values = problem.values if len(problem.rows) else [""]
                columns = {
                    "file": pa.array(file[at], pa.int32()),
                    "row": pa.array(row[at], pa.int64()),
                    "column": pa.array([problem.column] * len(at)),
                    "value": pa.array([str(value) for value in values]),
                    "message": pa.array([problem.message] * len(at)),
                }
                yield pa.RecordBatch.from_pydict(columns)
