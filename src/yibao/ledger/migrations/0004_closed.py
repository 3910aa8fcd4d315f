"""No entry goes into a closed month, by the database's own word."""

from django.db import migrations

from yibao.tables.guards import append_only, by_engine

_SAID = "会计期间已结账，不能再入账；请记入下一期间 (the month is closed)"
_CLOSED = "EXISTS (SELECT 1 FROM ledger_closing c WHERE c.area_code = NEW.area_code AND c.period = {month})"

POSTGRESQL = [
    f"""
CREATE FUNCTION ledger_entry_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {_CLOSED.format(month="to_char(NEW.posted_on, 'YYYY-MM')")} THEN
        RAISE EXCEPTION 'ledger_entry_open: {_SAID}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
""",
    "CREATE TRIGGER ledger_entry_open BEFORE INSERT ON ledger_entry "
    "FOR EACH ROW EXECUTE FUNCTION ledger_entry_open()",
]

SQLITE = [
    "CREATE TRIGGER ledger_entry_open BEFORE INSERT ON ledger_entry "
    f"WHEN {_CLOSED.format(month='substr(NEW.posted_on, 1, 7)')} "
    f"BEGIN SELECT RAISE(ABORT, 'ledger_entry_open: {_SAID}'); END",
]


class Migration(migrations.Migration):
    """Guards of closed months."""

    dependencies = [("ledger", "0003_closing")]

    operations = [append_only("ledger_closing"), by_engine(postgresql=POSTGRESQL, sqlite=SQLITE)]
