"""Decisions on the enrolment window are kept as they were written."""

from django.db import migrations

from yibao.tables.guards import append_only


class Migration(migrations.Migration):
    """Guards of extensions."""

    dependencies = [("financing", "0003_window_extension")]

    operations = [append_only("financing_windowextension")]
