"""A person is covered once on any day, by the database's own word, and events are kept as they were written."""

from django.db import migrations

from yibao.tables.guards import append_only, by_engine

_OTHER = (
    "EXISTS (SELECT 1 FROM enrolment_coverage o WHERE o.person_id = NEW.person_id AND o.id <> COALESCE(NEW.id, -1) "
    "AND NOT o.void AND o.first_day <= NEW.last_day AND NEW.first_day <= o.last_day)"
)
_REFUSED = (
    "BEGIN SELECT RAISE(ABORT, 'enrolment_coverage_once: 同一人同一天只能有一段参保期 (covered twice)'); END"
)


class Migration(migrations.Migration):
    """Guards of enrolment."""

    dependencies = [("enrolment", "0001_initial")]

    operations = [
        by_engine(
            postgresql=[
                "CREATE EXTENSION IF NOT EXISTS btree_gist",
                "ALTER TABLE enrolment_coverage ADD CONSTRAINT enrolment_coverage_once EXCLUDE USING gist "
                "(person_id WITH =, daterange(first_day, last_day, '[]') WITH &&) WHERE (NOT void)",
            ],
            sqlite=[
                f"CREATE TRIGGER enrolment_coverage_once BEFORE INSERT ON enrolment_coverage "
                f"WHEN NOT NEW.void AND {_OTHER} {_REFUSED}",
                f"CREATE TRIGGER enrolment_coverage_once_changed BEFORE UPDATE ON enrolment_coverage "
                f"WHEN NOT NEW.void AND {_OTHER} {_REFUSED}",
            ],
        ),
        append_only("enrolment_event"),
    ]
