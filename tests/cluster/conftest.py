"""One cluster for all tests of this folder. What is missing for it is said, and the tests fail: they are not skipped."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from tests.cluster.standalone import Standalone, environment

JAVA = "Spark 需要 Java 17 以上。Debian：apt-get install openjdk-17-jre-headless；或运行 make test-cluster (Java is missing)"
PYSPARK = "没有装 PySpark；请运行 make test-cluster，它会装好 (PySpark is missing)"


@pytest.fixture(scope="session")
def standalone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standalone]:
    """A master and two workers."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.fail(PYSPARK)
    java = shutil.which("java")
    if java is None or subprocess.run([java, "-version"], capture_output=True).returncode:
        pytest.fail(JAVA)
    cluster = Standalone(tmp_path_factory.mktemp("spark"))
    try:
        cluster.add_worker()
        cluster.add_worker()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def spark(standalone: Standalone) -> Iterator[Any]:
    """A session on the cluster, made as `yibao settle-stream --engine` makes it."""
    from yibao.engine import cluster

    os.environ.update(environment(standalone.folder))
    cluster.SETTINGS["spark.sql.execution.arrow.maxRecordsPerBatch"] = "10000"
    session = cluster.session(standalone.url)
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
