"""Which database the agency runs on (数据库): SQLite in one file unless YIBAO_DATABASE names another.

`YIBAO_DATABASE` is the path of an SQLite file, or `postgresql://user:password@host:port/name`. SQLite serves one office,
the demo and developers; PostgreSQL is for an agency.
"""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

VARIABLE = "YIBAO_DATABASE"
EMBEDDED = "yibao.sqlite3"
"""The file of the embedded default, in the folder a command runs in."""

BUSY_SECONDS = 60
"""How long a writer on SQLite waits for the one before it."""

LOCK_MILLISECONDS = 60_000
"""How long a transaction on PostgreSQL waits for a lock before it is refused."""


class DatabaseUnreadable(ValueError):
    """A setting that names no database."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"{VARIABLE} 无法识别：{why}；请写 SQLite 文件路径，"
            f"或 postgresql://用户:密码@主机:端口/库名 (not a database)"
        )


def database(named: str) -> dict[str, Any]:
    """Django's settings of the database that the variable names; the embedded default where it is empty."""
    if "://" not in named:
        return _sqlite(Path(named or EMBEDDED))
    try:
        found = urlsplit(named)
        port = found.port
    except ValueError:
        raise DatabaseUnreadable("端口不是数字") from None
    name = unquote(found.path.removeprefix("/"))
    if found.scheme not in ("postgresql", "postgres"):
        raise DatabaseUnreadable(f"不支持 {found.scheme}://")
    if not name or "/" in name:
        raise DatabaseUnreadable("缺少库名")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(found.username or ""),
        "PASSWORD": unquote(found.password or ""),
        "HOST": found.hostname or "",
        "PORT": str(port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "options": f"-c lock_timeout={LOCK_MILLISECONDS}",
            # Values travel apart from the text: the server plans a statement once, and its log never holds a value.
            "server_side_binding": True,
            "prepare_threshold": 5,
        },
    }


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path.absolute()),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": BUSY_SECONDS,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;",
        },
    }
