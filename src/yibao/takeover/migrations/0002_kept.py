"""What was taken over is kept as it was written."""

from django.db import migrations

from yibao.tables.guards import append_only


class Migration(migrations.Migration):
    """Guards of taking over."""

    dependencies = [("takeover", "0001_initial")]

    operations = [
        append_only(f"takeover_{table}")
        for table in (
            "movingin",
            "importrun",
            "importbatch",
            "closing",
            "formerperson",
            "formerhousehold",
            "opensettlement",
        )
    ]
