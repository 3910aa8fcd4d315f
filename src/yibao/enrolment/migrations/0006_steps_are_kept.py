"""What was done about gaps, duplicates and merged records is kept as it was written."""

from django.db import migrations

from yibao.tables.guards import append_only


class Migration(migrations.Migration):
    """Guards of follow-up, duplicates and merges."""

    dependencies = [("enrolment", "0005_gaps_and_duplicates")]

    operations = [
        append_only("enrolment_gapfollowup"),
        append_only("enrolment_duplicatestep"),
        append_only("enrolment_personmerge"),
    ]
