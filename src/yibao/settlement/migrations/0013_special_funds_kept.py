"""What came for special funds is kept as it was written."""

from django.db import migrations

from yibao.tables.guards import append_only


class Migration(migrations.Migration):
    """Guards of budget money."""

    dependencies = [("settlement", "0012_special_funds")]

    operations = [append_only("settlement_specialfundreceipt")]
