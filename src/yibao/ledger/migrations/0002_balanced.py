"""Every entry sums to zero in each fund when its transaction ends, and stays as it was written.

PostgreSQL: a deferred constraint trigger adds up the entry of every new line at the end of the transaction; an entry keeps
the number of the transaction that made it, and takes no line in a later one. SQLite has no deferred trigger but deferred
foreign keys: an entry that does not add up has a row in `ledger_unbalanced`, which points to a table where nothing can
ever be, so the transaction cannot end; it takes lines for the newest entry alone.
"""

from django.db import migrations

from yibao.tables.guards import append_only, by_engine

POSTGRESQL = [
    "ALTER TABLE ledger_entry ADD COLUMN made_in xid8",
    """
CREATE FUNCTION ledger_entry_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.made_in := pg_current_xact_id();
    RETURN NEW;
END $$
""",
    "CREATE TRIGGER ledger_entry_made BEFORE INSERT ON ledger_entry "
    "FOR EACH ROW EXECUTE FUNCTION ledger_entry_made()",
    """
CREATE FUNCTION ledger_line_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT made_in FROM ledger_entry WHERE id = NEW.entry_id) <> pg_current_xact_id() THEN
        RAISE EXCEPTION '凭证 % 已入账，不能再加分录 (the entry is closed)', NEW.entry_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
""",
    "CREATE TRIGGER ledger_line_in_time BEFORE INSERT ON ledger_entryline "
    "FOR EACH ROW EXECUTE FUNCTION ledger_line_in_time()",
    """
CREATE FUNCTION ledger_line_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    left_fen numeric;
BEGIN
    SELECT sum(amount_fen) INTO left_fen FROM ledger_entryline WHERE entry_id = NEW.entry_id AND fund = NEW.fund;
    IF left_fen <> 0 THEN
        RAISE EXCEPTION '凭证 % 在 % 借贷不平，差 % 分 (entry does not sum to zero)', NEW.entry_id, NEW.fund, left_fen
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
""",
    "CREATE CONSTRAINT TRIGGER ledger_line_balanced AFTER INSERT ON ledger_entryline "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_line_balanced()",
]

_SUM = "(SELECT sum(amount_fen) FROM ledger_entryline WHERE entry_id = {row}.entry_id AND fund = {row}.fund)"
_OWN = "entry_id = NEW.entry_id AND fund = NEW.fund"

SQLITE = [
    "CREATE TABLE ledger_never (id integer PRIMARY KEY)",
    "CREATE TRIGGER ledger_never_filled BEFORE INSERT ON ledger_never "
    "BEGIN SELECT RAISE(ABORT, '此表永远为空 (stays empty)'); END",
    "CREATE TABLE ledger_unbalanced (entry_id integer NOT NULL, fund text NOT NULL, "
    "never_id integer NOT NULL REFERENCES ledger_never (id) DEFERRABLE INITIALLY DEFERRED, "
    "PRIMARY KEY (entry_id, fund)) WITHOUT ROWID",
    "CREATE TRIGGER ledger_unbalanced_kept BEFORE DELETE ON ledger_unbalanced "
    f"WHEN {_SUM.format(row='OLD')} <> 0 BEGIN SELECT RAISE(ABORT, '借贷不平 (does not sum to zero)'); END",
    "CREATE TRIGGER ledger_unbalanced_fixed BEFORE UPDATE ON ledger_unbalanced "
    "BEGIN SELECT RAISE(ABORT, '不能修改 (fixed)'); END",
    "CREATE TRIGGER ledger_line_in_time BEFORE INSERT ON ledger_entryline "
    "WHEN NEW.entry_id <> (SELECT max(id) FROM ledger_entry) "
    "BEGIN SELECT RAISE(ABORT, '凭证已入账，不能再加分录 (the entry is closed)'); END",
    "CREATE TRIGGER ledger_line_balanced AFTER INSERT ON ledger_entryline BEGIN "
    f"INSERT OR IGNORE INTO ledger_unbalanced SELECT NEW.entry_id, NEW.fund, 1 WHERE {_SUM.format(row='NEW')} <> 0; "
    f"DELETE FROM ledger_unbalanced WHERE {_OWN} AND {_SUM.format(row='NEW')} = 0; END",
]


class Migration(migrations.Migration):
    """Guards of the ledger."""

    dependencies = [("ledger", "0001_initial")]

    operations = [
        append_only("ledger_entry"),
        append_only("ledger_entryline"),
        by_engine(postgresql=POSTGRESQL, sqlite=SQLITE),
    ]
