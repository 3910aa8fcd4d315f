"""The commands of the agency: a database made, filled, verified, backed up and restored, and what is refused in words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection, connections
from tests.agency.at_database import point_at
from tests.agency.settling import AT, OFFICER, institutions, person, stay
from tools.postgres import Server

from yibao.journeys.settlement.settling import settle
from yibao.journeys.verifying.database import counts, database_findings

YIBAO = [sys.executable, "-m", "yibao.cli.main"]


def yibao(url: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    ours = {name: value for name, value in os.environ.items() if name != "COLUMNS"}  # xdist sets it
    environment = {**ours, "YIBAO_DATABASE": url, **more}
    return subprocess.run([*YIBAO, *words], capture_output=True, text=True, env=environment, check=False)


@pytest.fixture
def bin_folder(request: pytest.FixtureRequest) -> str:
    server: Server = request.getfixturevalue("server")
    return str(server.bin)


@pytest.fixture
def empty(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> str:
    """The URL of a second database of the same engine, without a table."""
    if connection.vendor == "sqlite":
        return str(tmp_path / "second.sqlite3")
    name = f"empty_{connection.settings_dict['NAME']}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    request.addfinalizer(lambda: _drop(request.getfixturevalue("server"), name))
    return str(request.getfixturevalue("server").url(name))


def _drop(server: Server, name: str) -> None:
    import psycopg

    with psycopg.connect(server.url("postgres"), autocommit=True) as session:
        session.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


def test_a_demonstration_from_nothing_is_verified(tmp_path):
    url = str(tmp_path / "demo.sqlite3")
    done = yibao(url, "demo", "--people", "60", "--area", "140100")
    assert done.returncode == 0, done.stderr
    assert "核验通过" in done.stdout and "人员 people 60" in done.stdout
    again = yibao(url, "demo", "--people", "60", "--area", "140100")
    assert again.returncode == 1 and "只装入空库" in again.stderr
    verified = yibao(url, "verify", "--recompute")
    assert verified.returncode == 0 and "Audit head" in verified.stdout


def test_what_was_backed_up_is_restored_and_verified(database, empty, bin_folder, tmp_path):
    institutions()
    who = person()
    first = settle(OFFICER, "k1", stay(who, 9_000), at=AT)
    before, file = counts(), str(tmp_path / "backup")
    assert yibao(database, "backup", file, YIBAO_POSTGRES_BIN=bin_folder).returncode == 0
    settle(OFFICER, "k2", stay(who, 8_000), at=AT)
    done = yibao(empty, "restore", file, YIBAO_POSTGRES_BIN=bin_folder)
    assert done.returncode == 0, done.stderr
    assert "核验通过" in done.stdout
    point_at(empty)
    assert counts() == before and database_findings() == []
    assert settle(OFFICER, "k1", stay(who, 9_000), at=AT) == first
    settle(OFFICER, "k3", stay(who, 8_000), at=AT)
    assert database_findings() == []
    connections.close_all()


def test_no_backup_is_written_over_and_none_goes_into_a_full_database(database, bin_folder, tmp_path):
    file = tmp_path / "backup"
    assert yibao(database, "backup", str(file), YIBAO_POSTGRES_BIN=bin_folder).returncode == 0
    size = file.stat().st_size
    refused = yibao(database, "backup", str(file), YIBAO_POSTGRES_BIN=bin_folder)
    assert refused.returncode == 1 and "不会被覆盖" in refused.stderr
    full = yibao(database, "restore", str(file), YIBAO_POSTGRES_BIN=bin_folder)
    assert full.returncode == 1 and "不是空的" in full.stderr
    assert file.stat().st_size == size


def test_a_damaged_backup_is_refused(tmp_path):
    wrong = tmp_path / "wrong"
    wrong.write_bytes(b"something else")
    for url, words, said in (
        (str(tmp_path / "a"), ["restore", str(wrong)], "不是备份文件"),
        (str(tmp_path / "b"), ["restore", str(tmp_path / "none")], "读不到"),
        (str(tmp_path / "c"), ["verify"], "yibao migrate"),
        ("postgresql://nobody@127.0.0.1:1/none", ["verify"], "YIBAO_DATABASE"),
        ("mysql://x/y", ["migrate"], "无法识别"),
        (str(tmp_path / "no" / "folder"), ["backup", str(tmp_path / "x")], "backup"),
    ):
        done = yibao(url, *words)
        assert done.returncode == 1 and said in done.stderr, (words, done.stderr)
        assert "Traceback" not in done.stderr
