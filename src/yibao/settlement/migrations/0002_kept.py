"""What was settled is kept as it was written."""

from django.db import migrations

from yibao.tables.guards import append_only


class Migration(migrations.Migration):
    """Guards of settlement."""

    dependencies = [("settlement", "0001_initial")]

    operations = [
        append_only(f"settlement_{table}")
        for table in (
            "visit",
            "feelinerow",
            "termsused",
            "settlement",
            "lateevent",
            "claimnow",
            "adjustmentrow",
        )
    ]
