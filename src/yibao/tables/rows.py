"""Rows written and read by plain SQL (直接读写): for the one journey whose speed counts, and what every action ends with.

Names of tables and columns come from the program, values always travel apart from the text. Values are put into each
engine's own form as Django would: days, moments and flags read back the same whichever way they were written.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db import connection


def insert(table: str, values: Mapping[str, object]) -> int:
    """Inserts a row; its id."""
    with connection.cursor() as cursor:
        cursor.execute(
            _insertion(table, tuple(values), 1) + " RETURNING id", [plain(v) for v in values.values()]
        )
        return int(cursor.fetchone()[0])


def insert_many(table: str, columns: tuple[str, ...], rows: Sequence[Sequence[object]]) -> None:
    """Inserts some rows in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_insertion(table, columns, len(rows)), [plain(value) for row in rows for value in row])


def selected(text: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(text, [plain(value) for value in values])
        return list(cursor.fetchall())


def executed(text: str, values: Sequence[object] = ()) -> int:
    """Runs a statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(text, [plain(value) for value in values])
        return int(cursor.rowcount)


def plain(value: object) -> object:
    """A value in the form that the engine stores."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    return str(value) if isinstance(value, str) else value


def day_read(stored: object) -> date | None:
    """A day as the engine gave it back: SQLite has text."""
    if stored is None or isinstance(stored, date):
        return stored
    return date.fromisoformat(str(stored))


@cache
def _insertion(table: str, columns: tuple[str, ...], rows: int) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    row = "(" + ", ".join(["%s"] * len(columns)) + ")"
    return f'INSERT INTO "{table}" ({names}) VALUES {", ".join([row] * rows)}'
