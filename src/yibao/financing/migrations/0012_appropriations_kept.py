"""Appropriations, reports and transfers are kept as they were written."""

from django.db import migrations

from yibao.tables.guards import append_only

KEPT = ("appropriation", "arrivalreport", "catastrophictransfer")


class Migration(migrations.Migration):
    """Guards of appropriations."""

    dependencies = [("financing", "0011_appropriations")]

    operations = [append_only(f"financing_{table}") for table in KEPT]
