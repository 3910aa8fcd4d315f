"""Databases for the tests of the agency: each test has one of its own, copied from one that was migrated once.

`database` runs a test on SQLite and on PostgreSQL; `postgres` on PostgreSQL alone, for what two connections do at once.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from tests.agency.at_database import migrated, point_at
from tools.postgres import Server

from yibao.web.start import start

os.environ["YIBAO_DATABASE"] = os.devnull  # a test that asks for no database must reach none
start()

TEMPLATE = "template_agency"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    running = Server()
    _sql(running, f"CREATE DATABASE {TEMPLATE}")
    with migrated(running.url(TEMPLATE)):
        pass
    yield running
    running.stop()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "agency.sqlite3"
    with migrated(str(path)):
        connections["default"].cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


_made = iter(range(1_000_000))


@pytest.fixture
def postgres(server: Server) -> Iterator[str]:
    """The URL of an empty migrated database on PostgreSQL; the default connection is to it."""
    name = f"agency_{next(_made)}"
    _sql(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    point_at(server.url(name))
    yield server.url(name)
    connections.close_all()
    _sql(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty migrated database, on each engine in turn; the default connection is to it."""
    if request.param == "postgresql":
        yield request.getfixturevalue("postgres")
        return
    path = tmp_path / "agency.sqlite3"
    shutil.copy(request.getfixturevalue("migrated_file"), path)
    point_at(str(path))
    yield str(path)
    connections.close_all()


def _sql(server: Server, statement: str) -> None:
    import psycopg

    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]
