"""Aid, claims and what came for them are kept as they were written."""

from django.db import migrations

from yibao.tables.guards import append_only

KEPT = ("aidposted", "aidclaim", "aidclaimline", "aidreceipt")


class Migration(migrations.Migration):
    """Guards of claims."""

    dependencies = [("financing", "0009_aid_claims")]

    operations = [append_only(f"financing_{table}") for table in KEPT]
