"""That a filing was ended is kept as it was written."""

from django.db import migrations

from yibao.tables.guards import append_only


class Migration(migrations.Migration):
    """Guards of filings that ended."""

    dependencies = [("settlement", "0016_filing_end")]

    operations = [append_only("settlement_filingend")]
