"""What a list did is kept as it was written."""

from django.db import migrations

from yibao.tables.guards import append_only


class Migration(migrations.Migration):
    """Guards of lists."""

    dependencies = [("enrolment", "0003_department_lists")]

    operations = [append_only("enrolment_listeffect")]
