"""What was added since is kept as it was written."""

from django.db import migrations

from yibao.tables.guards import append_only


class Migration(migrations.Migration):
    """Guards of taking over."""

    dependencies = [("takeover", "0003_years")]

    operations = [append_only(f"takeover_{table}") for table in ("takenyear", "formerreversal")]
