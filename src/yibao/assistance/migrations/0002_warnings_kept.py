"""What was on a list, pushed and answered is kept as it was written; nothing is answered after a case is closed."""

from django.db import migrations

from yibao.tables.guards import append_only, by_engine

_CLOSED = "EXISTS (SELECT 1 FROM assistance_warningresponse r WHERE r.case_id = NEW.case_id AND r.answer = 3)"
_SAID = "assistance_closed_once: 该预警对象已办结，不能再反馈 (closed already)"

POSTGRESQL = [
    f"""
CREATE FUNCTION assistance_case_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {_CLOSED} THEN
        RAISE EXCEPTION '{_SAID}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
""",
    "CREATE TRIGGER assistance_case_open BEFORE INSERT ON assistance_warningresponse "
    "FOR EACH ROW EXECUTE FUNCTION assistance_case_open()",
]
SQLITE = [
    f"CREATE TRIGGER assistance_case_open BEFORE INSERT ON assistance_warningresponse "
    f"WHEN {_CLOSED} BEGIN SELECT RAISE(ABORT, '{_SAID}'); END",
]


class Migration(migrations.Migration):
    """Guards of early warning."""

    dependencies = [("assistance", "0001_initial")]

    operations = [
        *(
            append_only(f"assistance_{table}")
            for table in ("warningrun", "warned", "warningbatch", "warningcase", "warningresponse")
        ),
        by_engine(postgresql=POSTGRESQL, sqlite=SQLITE),
    ]
