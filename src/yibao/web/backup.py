"""Backup and restore (备份、恢复): one consistent file of the whole database, and back into an empty one.

SQLite is copied by its own backup, PostgreSQL by `pg_dump` and `pg_restore`, which are looked for in YIBAO_POSTGRES_BIN and
then on the path. A backup is written beside its place and renamed when it is whole, so that a broken one never has its name.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.db import connection

BIN = "YIBAO_POSTGRES_BIN"
SQLITE_MAGIC, POSTGRES_MAGIC = b"SQLite format 3\0", b"PGDMP"


class BackupFailed(RuntimeError):
    """A backup or a restore that was not carried out; the database is as it was."""


def back_up(to: Path) -> None:
    """Writes a backup. Raises BackupFailed."""
    if to.exists():
        raise BackupFailed(f"{to} 已存在；请换一个文件名，旧的备份不会被覆盖 (file exists)")
    part = to.with_name(f"{to.name}.part")
    try:
        part.unlink(missing_ok=True)
        if connection.vendor == "sqlite":
            _copied(Path(str(connection.settings_dict["NAME"])), part)
        else:
            _run("pg_dump", "--format=custom", "--no-owner", f"--file={part}")
        part.replace(to)
    except OSError as refused:
        raise BackupFailed(f"写不出 {to}：{refused.strerror} (cannot write the backup)") from None
    finally:
        part.unlink(missing_ok=True)


def restore(source: Path) -> None:
    """Puts a backup into the empty database that is named. Raises BackupFailed; what was there is never touched."""
    try:
        with source.open("rb") as stream:
            head = stream.read(16)
    except OSError as refused:
        raise BackupFailed(f"读不到 {source}：{refused.strerror} (cannot read the backup)") from None
    made_by = {SQLITE_MAGIC: "sqlite", POSTGRES_MAGIC: "postgresql"}
    engine = next((of for magic, of in made_by.items() if head.startswith(magic)), None)
    if engine is None:
        raise BackupFailed(f"{source} 不是备份文件；请核对文件 (not a backup)")
    if engine != connection.vendor:
        raise BackupFailed(
            f"{source} 是 {engine} 的备份，现在的库是 {connection.vendor}；请改 YIBAO_DATABASE (other engine)"
        )
    if connection.introspection.table_names():
        raise BackupFailed(
            "目标库不是空的；请用 YIBAO_DATABASE 指定一个空库，原有数据未动 (target is not empty)"
        )
    if engine == "sqlite":
        connection.close()
        _copied(source, Path(str(connection.settings_dict["NAME"])))
    else:
        _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(source), into=True)


def _copied(source: Path, to: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as from_,
            closing(sqlite3.connect(to)) as into,
        ):
            from_.backup(into)
            said = into.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as broken:
        raise BackupFailed(f"{source} 无法复制：{broken} (cannot be copied)") from None
    if said != "ok":
        raise BackupFailed(f"{source} 已损坏：{said}；请换一份备份 (damaged)")


def _run(program: str, *words: str, into: bool = False) -> None:
    settings = connection.settings_dict
    found = shutil.which(program, path=os.environ.get(BIN)) or shutil.which(program)
    if found is None:
        raise BackupFailed(
            f"找不到 {program}；请安装 PostgreSQL 客户端，或用 {BIN} 指明它的文件夹 (not found)"
        )
    where = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    given = {name: str(settings[key]) for name, key in where.items() if settings[key]}
    name = str(settings["NAME"])
    command = [found, *(["--dbname", name] if into else []), *words, *([] if into else [name])]
    done = subprocess.run(command, env={**os.environ, **given}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupFailed(f"{program} 未完成：{done.stderr.strip()} (did not finish)")
