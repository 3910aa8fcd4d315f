"""Many rows at once (成批读写): one statement a table on PostgreSQL, `executemany` on SQLite.

Values are given by column. On PostgreSQL they travel as arrays apart from the text, so a statement is planned once whatever
the number of rows, and no value reaches the server's log.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection

from yibao.tables.rows import plain, selected


def insert_columns(model: Any, columns: Mapping[str, Sequence[object]], **same: object) -> int:
    """Inserts rows given by column, `same` being equal in all of them; how many were inserted.

    On PostgreSQL a row that a unique or exclusion constraint refuses is left out, and the count says so. SQLite raises
    IntegrityError, but never where the caller has looked in the same transaction: there is one writer.
    """
    count = len(next(iter(columns.values())))
    if count == 0:
        return 0
    given = {name: [plain(value) for value in values] for name, values in columns.items()}
    fixed = {name: plain(value) for name, value in same.items()}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                _from_arrays(model, tuple(given), tuple(fixed)), [*fixed.values(), *given.values()]
            )
            return int(cursor.rowcount)
        rows = [(*fixed.values(), *row) for row in zip(*given.values(), strict=True)]
        cursor.executemany(_one_row(model, (*fixed, *given)), rows)
        return count


def new_ids(model: Any, count: int) -> list[int]:
    """Ids that no row of a table has or will be given, in order."""
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        text = "SELECT nextval(pg_get_serial_sequence(%s::text, 'id')) FROM generate_series(1, %s::int)"
        return [int(row[0]) for row in selected(text, [table, count])]
    highest = selected("SELECT MAX(seq) FROM sqlite_sequence WHERE name = %s", [table])[0][0] or 0
    return list(range(highest + 1, highest + 1 + count))


def selected_among(
    table: str,
    columns: Sequence[str],
    column: str,
    values: Sequence[object],
    *,
    sql_type: str = "text",
    locked: bool = False,
    **same: object,
) -> list[tuple[Any, ...]]:
    """The rows whose column is one of some values, `same` being equal in all of them; locked in that order where asked."""
    if not values:
        return []
    on_postgres = connection.vendor == "postgresql"
    one_of = f"= ANY(%s::{sql_type}[])" if on_postgres else "IN (SELECT value FROM json_each(%s))"
    conditions = "".join(f'"{name}" = %s AND ' for name in same)
    order = f'ORDER BY "{column}" FOR UPDATE' if locked and on_postgres else ""
    names = ", ".join(f'"{name}"' for name in columns)
    text = f'SELECT {names} FROM "{table}" WHERE {conditions}"{column}" {one_of} {order}'
    given = [plain(value) for value in values]
    return selected(text, [*same.values(), given if on_postgres else json.dumps(given)])


@cache
def _from_arrays(model: Any, columns: tuple[str, ...], fixed: tuple[str, ...]) -> str:
    names = ", ".join(f'"{name}"' for name in (*fixed, *columns))
    same = "".join(f"%s::{_kind(model, name)}, " for name in fixed)
    arrays = ", ".join(f"%s::{_kind(model, name)}[]" for name in columns)
    return (
        f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {same}given.* FROM unnest({arrays}) AS given '
        f"ON CONFLICT DO NOTHING"
    )


@cache
def _one_row(model: Any, columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({", ".join(["%s"] * len(columns))})'


def _kind(model: Any, column: str) -> str:
    field = next(field for field in model._meta.concrete_fields if field.attname == column)
    return str(field.rel_db_type(connection) if field.primary_key else field.db_type(connection))
