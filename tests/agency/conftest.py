"""Databases for the tests of the agency: each test has an empty one, migrated once.

`database` runs a test on SQLite and on PostgreSQL; `postgres` on PostgreSQL alone, for what two connections do at once.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from tests.agency.at_database import migrated, point_at
from tools.postgres import Server

from yibao.web.start import start

os.environ["YIBAO_DATABASE"] = os.devnull  # a test that asks for no database must reach none
start()

from django.conf import settings  # noqa: E402

ARGON2 = settings.PASSWORD_HASHERS
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""Every officer of a test signs in: a hash that is slow on purpose would be most of the time."""

from yibao.settlement import versions  # noqa: E402 - models need Django to be started

AGENCY = "agency"
EMPTY = """
SET session_replication_role = replica;
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename !~ '^(django|auth)_' LOOP
        EXECUTE format('DELETE FROM %I', found.tablename);
    END LOOP;
    PERFORM setval(format('%I', sequencename), start_value, false) FROM pg_sequences
        WHERE schemaname = 'public' AND last_value IS NOT NULL AND sequencename !~ '^(django|auth)_';
END $$;
INSERT INTO rights_audithead (id, sequence, chain_hash) VALUES (1, 0, '');
"""
"""Empties every table of ours behind the guards' back, and begins the chain anew: faster than a new database a test.

A sequence is set back, not restarted: that would make its file anew."""


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    running = Server()
    _sql(running, "postgres", f"CREATE DATABASE {AGENCY}")
    with migrated(running.url(AGENCY)):
        pass
    yield running
    running.stop()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "agency.sqlite3"
    with migrated(str(path)):
        connections["default"].cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def postgres(server: Server) -> Iterator[str]:
    """The URL of an empty migrated database on PostgreSQL; the default connection is to it."""
    _sql(server, AGENCY, EMPTY)
    versions._ROWS.clear()
    point_at(server.url(AGENCY))
    yield server.url(AGENCY)
    connections.close_all()


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


def _sql(server: Server, name: str, statements: str) -> None:
    with psycopg.connect(server.url(name), autocommit=True) as session:
        session.execute(statements)  # type: ignore[arg-type]
