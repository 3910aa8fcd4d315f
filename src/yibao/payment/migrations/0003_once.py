"""An item is in one live batch, nothing is taken off twice, and what was written stays, by the database's own word.

A line has ended when the bank sent it back, or when its batch was decided against.
"""

from django.db import migrations

from yibao.tables.guards import append_only, by_engine

_LIVE = (
    "EXISTS (SELECT 1 FROM payment_batchline l JOIN payment_batch b ON b.id = l.batch_id WHERE l.item_id = {item} "
    "AND NOT EXISTS (SELECT 1 FROM payment_lineoutcome o WHERE o.line_id = l.id AND o.result = 2) "
    "AND NOT EXISTS (SELECT 1 FROM rights_decision d WHERE d.proposal_id = b.proposal_id AND NOT d.approved))"
)
_LINE_LIVE = _LIVE.format(item="NEW.item_id")
_TAKEN = (
    "(SELECT COALESCE(sum(s.amount_fen), 0) FROM payment_setoff s WHERE s.receivable_id = NEW.receivable_id) "
    "+ (SELECT COALESCE(sum(c.amount_fen), 0) FROM payment_collected c WHERE c.receivable_id = NEW.receivable_id) "
    "+ NEW.amount_fen > -(SELECT i.amount_fen FROM payment_payableitem i WHERE i.id = NEW.receivable_id)"
)
_TOO_MUCH = (
    f"{_TAKEN} OR (SELECT COALESCE(sum(s.amount_fen), 0) FROM payment_setoff s WHERE s.payable_id = NEW.payable_id) "
    "+ NEW.amount_fen > (SELECT i.amount_fen FROM payment_payableitem i WHERE i.id = NEW.payable_id) "
    "OR NOT EXISTS (SELECT 1 FROM payment_payableitem r JOIN payment_payableitem p ON p.person_id = r.person_id "
    "AND p.fund = r.fund AND p.area_code = r.area_code WHERE r.id = NEW.receivable_id AND p.id = NEW.payable_id) "
    f"OR {_LIVE.format(item='NEW.payable_id')}"
)
RULES = (
    ("payment_batchline", "payment_line_live", _LINE_LIVE, "款项已在另一批次中，不能重复支付 (in a batch already)"),
    ("payment_setoff", "payment_set_off_fits", _TOO_MUCH, "抵扣超过余额、人员或基金不同，或款项正在支付 (cannot be set off)"),
    ("payment_collected", "payment_collected_fits", _TAKEN, "收回超过应收余额 (more than is owed)"),
)  # fmt: skip


def _postgresql(table: str, name: str, wrong: str, said: str) -> list[str]:
    return [
        f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {wrong} THEN
        RAISE EXCEPTION '{name}: {said}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
""",
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def _sqlite(table: str, name: str, wrong: str, said: str) -> list[str]:
    return [
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {wrong} BEGIN SELECT RAISE(ABORT, '{name}: {said}'); END"
    ]


class Migration(migrations.Migration):
    """Guards of payments to people."""

    dependencies = [("payment", "0002_payables"), ("rights", "0002_kept")]

    operations = [
        *(by_engine(postgresql=_postgresql(*rule), sqlite=_sqlite(*rule)) for rule in RULES),
        *(
            append_only(f"payment_{table}")
            for table in (
                "payeeaccount",
                "payableitem",
                "setoff",
                "collected",
                "batch",
                "batchline",
                "bankfile",
                "bankreturn",
                "lineoutcome",
            )
        ),
    ]
