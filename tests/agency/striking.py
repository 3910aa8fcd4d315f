"""Puts a failure in before or after an SQL statement of an action, and sees whether anything is changed then."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection

Action = Callable[[], object]
Rows = dict[str, list[tuple[Any, ...]]]
NEXT_TRANSACTION = "pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
COMMITTED = f"""
SELECT count(*) FROM generate_series({{}}, {NEXT_TRANSACTION} - 1) AS number
WHERE pg_xact_status(number::text::xid8) <> 'aborted'
"""


class Struck(OperationalError):
    """The failure that is put in."""


@contextmanager
def struck(at: int, when: str) -> Iterator[None]:
    """Fails before or after the statement of a number. What begins a transaction is no statement of an action."""
    seen = 0

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        if sql.startswith("BEGIN"):
            return execute(sql, params, many, context)
        seen += 1
        if seen == at and when == "before":
            raise Struck(sql)
        done = execute(sql, params, many, context)
        if seen == at:
            raise Struck(sql)
        return done

    with connection.execute_wrapper(wrapper):
        yield


def everything() -> Rows:
    """Every row of every table of ours."""
    found = {}
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            found[table] = [tuple(map(repr, row)) for row in cursor.fetchall()]
    return found


def refuses_at_every_statement(action: Action, name: str = "", *, has_key: bool = True) -> int:
    """Fails before and after each statement in turn until the action gets through; how many statements it has.

    Nothing is changed by a failure, something by getting through, and asking again under the same key does it once.
    """
    statements = _struck_at_each(action, name)
    with unchanged() as same:
        if has_key:
            action()
            assert same(), f"{name} happened twice under one key"
    return statements


def _struck_at_each(action: Action, name: str) -> int:
    with unchanged() as same:
        for at in itertools.count(1):
            for when in ("before", "after"):
                try:
                    with struck(at, when):
                        action()
                except Struck:
                    assert same(), (name, when, at)
                else:
                    assert at > 2 and not same(), name
                    return at - 1
    raise AssertionError


@contextmanager
def unchanged() -> Iterator[Callable[[], bool]]:
    """Says whether every row is as it was at the beginning; they are read again only if something was committed since."""
    before = everything()
    watching = connection.copy()
    try:
        with watching.cursor() as cursor:
            nothing_committed = _nothing_committed_on(cursor, watching.vendor)
            yield lambda: nothing_committed() or everything() == before
    finally:
        watching.close()


def _nothing_committed_on(cursor: Any, vendor: str) -> Callable[[], bool]:
    """Says whether no other connection has committed a change since. SQLite counts that; PostgreSQL keeps what became of
    each transaction that changed something, by number."""
    asked = "PRAGMA data_version"
    if vendor == "postgresql":
        cursor.execute(f"SELECT {NEXT_TRANSACTION}")
        asked = COMMITTED.format(*cursor.fetchone())

    def answer() -> object:
        cursor.execute(asked)
        return cursor.fetchone()

    first = answer()
    return lambda: answer() == first


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
    return sorted(name for name in names if not name.startswith(("auth_", "django_")))
