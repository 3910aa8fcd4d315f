"""What people object to, and what was ruled, is kept as it was written."""

from django.db import migrations

from yibao.tables.guards import append_only


class Migration(migrations.Migration):
    """Guards of objections."""

    dependencies = [("settlement", "0014_objections")]

    operations = [append_only("settlement_objection"), append_only("settlement_objectionstep")]
