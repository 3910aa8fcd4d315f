"""Receipts, batches and overpayments are kept as they were written."""

from django.db import migrations

from yibao.tables.guards import append_only

KEPT = ("cashreceipt", "cashbatch", "cashbatchline", "cashbatchsettled", "overpayment", "overpaymentclosed")


class Migration(migrations.Migration):
    """Guards of collecting."""

    dependencies = [("financing", "0005_collecting")]

    operations = [append_only(f"financing_{table}") for table in KEPT]
