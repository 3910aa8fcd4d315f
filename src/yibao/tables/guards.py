"""Guards (防改约束): triggers that keep records from being changed, in the SQL of each engine.

They are steps of migrations, so their text must not change once an agency runs on it: a new rule is a new guard. What a
reader would get wrong: the owner of the database can drop a trigger; the audit chain is what finds a record changed so.
"""

from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.special import RunPython

_REFUSE = """
CREATE OR REPLACE FUNCTION yibao_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%% 只能追加，不能修改或删除；更正请另记一笔 (append-only)', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
""".replace("%%", "%")


def append_only(table: str) -> Operation:
    """Rows of a table can be added, and neither changed nor removed."""
    return by_engine(
        postgresql=[
            _REFUSE,
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION yibao_refuse_change()",
            *_not_emptied(table),
        ],
        sqlite=[_aborts(table, "update", "UPDATE"), *_not_removed(table)],
    )


def filled_once(table: str, column: str) -> Operation:
    """Rows stay; the one column that begins empty may be filled once, and nothing else changes."""
    fixed = f"OLD.{column} IS NULL AND NEW.{column} IS NOT NULL"
    return by_engine(
        postgresql=[
            _REFUSE,
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN (NOT ({fixed} AND to_jsonb(NEW) - '{column}' = to_jsonb(OLD) - '{column}')) "
            f"EXECUTE FUNCTION yibao_refuse_change()",
            f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION yibao_refuse_change()",
            *_not_emptied(table),
        ],
        sqlite=[
            _aborts(table, "update", "UPDATE", f"WHEN NOT ({fixed})"),
            *_not_removed(table),
        ],
    )


def kept_once_ended(table: str, column: str) -> Operation:
    """Rows stay; once a column that begins empty is filled, the row does not change any more."""
    return by_engine(
        postgresql=[
            _REFUSE,
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN (OLD.{column} IS NOT NULL) EXECUTE FUNCTION yibao_refuse_change()",
            f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION yibao_refuse_change()",
            *_not_emptied(table),
        ],
        sqlite=[
            _aborts(table, "update", "UPDATE", f"WHEN OLD.{column} IS NOT NULL"),
            *_not_removed(table),
        ],
    )


def by_engine(*, postgresql: list[str], sqlite: list[str]) -> Operation:
    """Statements for the engine that a migration runs on."""

    def run(apps: object, editor: object) -> None:
        connection = editor.connection  # type: ignore[attr-defined]
        statements = postgresql if connection.vendor == "postgresql" else sqlite
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    return RunPython(run, RunPython.noop)


def _not_emptied(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION yibao_refuse_change()"
    ]


def _not_removed(table: str) -> list[str]:
    """SQLite replaces a row without calling the trigger of its removal, so a row of the same id is refused as well."""
    return [
        _aborts(table, "delete", "DELETE"),
        _aborts(table, "replace", "INSERT", f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"),
    ]


def _aborts(table: str, name: str, event: str, when: str = "") -> str:
    said = f"{table} 只能追加，不能修改或删除；更正请另记一笔 (append-only)"
    return f"CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table} {when} BEGIN SELECT RAISE(ABORT, '{said}'); END"
