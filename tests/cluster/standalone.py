"""A real Spark standalone cluster on loopback: a master, and workers that can be killed."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

WAIT_S = 180
"""Until a master or a worker has to stand; a machine that is busy takes a minute."""


class Standalone:
    """A master and its workers, each a process group of its own, with a folder for what they write."""

    def __init__(self, folder: Path) -> None:
        import pyspark

        self.folder = folder
        self._class = Path(pyspark.__file__).parent / "bin" / "spark-class"
        self._running: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []
        options = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
        log = self._start("master", "org.apache.spark.deploy.master.Master", *options)
        self.url = self._line(log, r"Starting Spark master at (spark://127\.0\.0\.1:[1-9]\d*)")

    def add_worker(self) -> None:
        """One more worker of one core."""
        name = f"worker-{len(self._running)}"
        options = ["--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", "1g"]
        options += ["--work-dir", str(self.folder / name)]
        log = self._start(name, "org.apache.spark.deploy.worker.Worker", *options, self.url)
        self._line(log, r"(Successfully registered with master)")
        self.workers.append(self._running[-1])

    def kill_worker(self) -> None:
        """Kills a worker with its executor, as a machine that loses its power."""
        worker = self.workers.pop()
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def stop(self) -> None:
        """Ends everything that was started."""
        for process in self._running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _start(self, name: str, of: str, *options: str) -> Path:
        log = self.folder / f"{name}.log"
        with log.open("wb") as stream:
            command = [str(self._class), of, *options]
            self._running.append(
                subprocess.Popen(
                    command,
                    stdout=stream,
                    stderr=stream,
                    start_new_session=True,
                    env=environment(self.folder),
                )
            )
        return log

    def _line(self, log: Path, pattern: str) -> str:
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            found = re.search(pattern, log.read_text("utf-8", "replace"))
            if found:
                return found[1]
            time.sleep(0.1)
        raise AssertionError(f"{pattern} never stood in {log}:\n{log.read_text('utf-8', 'replace')}")


def environment(folder: Path) -> dict[str, str]:
    """What Spark's processes and its driver are to know: loopback, small, and everything written in one folder."""
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.executor.memory": "512m",
        "spark.driver.memory": "512m",
        "spark.cores.max": "2",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "10000",
    }
    (folder / "spark-defaults.conf").write_text(
        "\n".join(f"{key} {value}" for key, value in settings.items())
    )
    return {
        **os.environ,
        "SPARK_CONF_DIR": str(folder),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder / "scratch"),
        "PYSPARK_PYTHON": sys.executable,
    }
