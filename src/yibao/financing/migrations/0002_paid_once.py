"""A bill that is paid takes no second payment until the first is given back; payments and refunds are kept as written."""

from django.db import migrations

from yibao.tables.guards import append_only, by_engine

_SAID = "该笔应缴已经缴清，不能重复缴费 (paid already)"
_STANDING = (
    "EXISTS (SELECT 1 FROM financing_contributionpayment p WHERE p.bill_id = NEW.bill_id AND NOT EXISTS "
    "(SELECT 1 FROM financing_contributionrefund r WHERE r.payment_id = p.id))"
)


class Migration(migrations.Migration):
    """Guards of financing."""

    dependencies = [("financing", "0001_initial")]

    operations = [
        append_only("financing_contributionpayment"),
        append_only("financing_contributionrefund"),
        by_engine(
            postgresql=[
                f"""
CREATE FUNCTION financing_payment_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {_STANDING} THEN
        RAISE EXCEPTION 'financing_paid_once: {_SAID}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
""",
                "CREATE TRIGGER financing_payment_first BEFORE INSERT ON financing_contributionpayment "
                "FOR EACH ROW EXECUTE FUNCTION financing_payment_first()",
            ],
            sqlite=[
                "CREATE TRIGGER financing_payment_first BEFORE INSERT ON financing_contributionpayment "
                f"WHEN {_STANDING} BEGIN SELECT RAISE(ABORT, 'financing_paid_once: {_SAID}'); END"
            ],
        ),
    ]
