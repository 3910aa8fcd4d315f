"""Who brings an objection."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0017_filing_end_kept"),
    ]

    operations = [
        migrations.AddField(
            model_name="objection",
            name="brought_by",
            field=models.SmallIntegerField(null=True, verbose_name="申请人"),
        ),
    ]
