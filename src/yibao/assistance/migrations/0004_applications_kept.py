"""What an application says stays as it was written; only where it stands changes, and it is never taken away."""

from django.db import migrations

from yibao.tables.guards import append_only, by_engine

_SAID = "assistance_application 的申请内容不能修改或删除；更正请另行申请 (what was applied for stays)"
_FIXED = (
    "person_id, county_code, benefit_year, academic, category, applicant, applied_on, words, objects_to_id, "
    "entry, standing, actor, recorded_at"
)
_OVER = "OLD.closed_on IS NOT NULL"

POSTGRESQL = [
    f"""
CREATE FUNCTION assistance_application_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{_SAID}' USING ERRCODE = 'integrity_constraint_violation';
END $$
""",
    f"CREATE TRIGGER assistance_application_fixed BEFORE UPDATE OF id, {_FIXED} ON assistance_application "
    "FOR EACH ROW EXECUTE FUNCTION assistance_application_fixed()",
    f"CREATE TRIGGER assistance_application_over BEFORE UPDATE ON assistance_application "
    f"FOR EACH ROW WHEN ({_OVER}) EXECUTE FUNCTION assistance_application_fixed()",
    "CREATE TRIGGER assistance_application_stays BEFORE DELETE ON assistance_application "
    "FOR EACH ROW EXECUTE FUNCTION assistance_application_fixed()",
    "CREATE TRIGGER assistance_application_not_emptied BEFORE TRUNCATE ON assistance_application "
    "FOR EACH STATEMENT EXECUTE FUNCTION assistance_application_fixed()",
]
_ABORT = f"BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"
SQLITE = [
    f"CREATE TRIGGER assistance_application_fixed BEFORE UPDATE OF id, {_FIXED} ON assistance_application {_ABORT}",
    f"CREATE TRIGGER assistance_application_over BEFORE UPDATE ON assistance_application WHEN {_OVER} {_ABORT}",
    f"CREATE TRIGGER assistance_application_stays BEFORE DELETE ON assistance_application {_ABORT}",
    "CREATE TRIGGER assistance_application_not_replaced BEFORE INSERT ON assistance_application "
    f"WHEN EXISTS (SELECT 1 FROM assistance_application WHERE id = NEW.id) {_ABORT}",
]


class Migration(migrations.Migration):
    """Guards of applications."""

    dependencies = [("assistance", "0003_applications")]

    operations = [
        *(
            append_only(f"assistance_{table}")
            for table in (
                "applicationrecord",
                "applicationdocument",
                "householdmember",
                "incomecheck",
                "incomesource",
                "publicity",
                "objection",
                "objectionanswer",
                "assistancedecision",
                "assistancepayment",
                "assistedcost",
            )
        ),
        by_engine(postgresql=POSTGRESQL, sqlite=SQLITE),
    ]
