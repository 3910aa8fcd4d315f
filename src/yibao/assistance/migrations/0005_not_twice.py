"""Cost that was paid once on application takes no further payment of the assistance fund by settling the year again."""

from django.db import migrations

from yibao.tables.guards import by_engine

_TWICE = (
    "NEW.payer IN (2, 3) AND NEW.difference_fen > 0 AND EXISTS (SELECT 1 FROM assistance_assistedcost c "
    "JOIN assistance_assistancepayment p ON p.id = c.payment_id "
    "WHERE c.settlement_id = NEW.settlement_id AND p.kind = 1)"
)
_SAID = "assistance_not_twice: 该笔费用已给予一次性救助，不能重复救助 (assisted already)"

POSTGRESQL = [
    f"""
CREATE FUNCTION assistance_not_twice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {_TWICE} THEN
        RAISE EXCEPTION '{_SAID}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
""",
    "CREATE TRIGGER assistance_not_twice BEFORE INSERT ON settlement_adjustmentrow "
    "FOR EACH ROW EXECUTE FUNCTION assistance_not_twice()",
]
SQLITE = [
    f"CREATE TRIGGER assistance_not_twice BEFORE INSERT ON settlement_adjustmentrow "
    f"WHEN {_TWICE} BEGIN SELECT RAISE(ABORT, '{_SAID}'); END",
]


class Migration(migrations.Migration):
    """The guard between one-off assistance and late events."""

    dependencies = [("assistance", "0004_applications_kept"), ("settlement", "0002_kept")]

    operations = [by_engine(postgresql=POSTGRESQL, sqlite=SQLITE)]
