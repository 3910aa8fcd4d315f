"""Files of the tax bureau and arrivals in the treasury are kept as they were written."""

from django.db import migrations

from yibao.tables.guards import append_only

KEPT = ("taxfile", "taxfilerow", "taxfileverdict", "treasuryarrival")


class Migration(migrations.Migration):
    """Guards of tax files."""

    dependencies = [("financing", "0007_tax_files")]

    operations = [append_only(f"financing_{table}") for table in KEPT]
