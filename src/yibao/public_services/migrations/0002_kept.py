"""Steps, certificates and results of lists are kept as they were written; what has ended does not change any more."""

from django.db import migrations

from yibao.tables.guards import append_only, kept_once_ended


class Migration(migrations.Migration):
    """Guards of public services."""

    dependencies = [("public_services", "0001_initial")]

    operations = [
        *(
            append_only(f"public_services_{table}")
            for table in (
                "applicationstep",
                "departmentverdict",
                "certificate",
                "transferstep",
                "schoolbatch",
                "schoolrow",
            )
        ),
        kept_once_ended("public_services_application", "ended_on"),
        kept_once_ended("public_services_transfer", "ended_on"),
    ]
