"""What was found and decided of third parties is kept as it was written."""

from django.db import migrations

from yibao.tables.guards import append_only


class Migration(migrations.Migration):
    """Guards of third parties' cases."""

    dependencies = [("settlement", "0010_third_party")]

    operations = [
        append_only(f"settlement_{table}")
        for table in ("thirdpartycase", "thirdpartyshare", "caseevent", "caseamount")
    ]
