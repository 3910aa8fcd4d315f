"""That a filing was ended or changed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("benefits", "0002_filing"),
        ("settlement", "0015_objections_kept"),
    ]

    operations = [
        migrations.CreateModel(
            name="FilingEnd",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("void", models.BooleanField(verbose_name="未生效即终止")),
                ("ended_on", models.DateField(verbose_name="办理日期")),
                ("reason", models.CharField(max_length=200, verbose_name="事由")),
                ("actor", models.CharField(max_length=64, verbose_name="办理人")),
                ("recorded_at", models.DateTimeField(verbose_name="记录时间")),
                (
                    "filing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ending",
                        to="benefits.filing",
                        verbose_name="备案",
                    ),
                ),
                (
                    "followed_by",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="benefits.filing",
                        verbose_name="变更后的备案",
                    ),
                ),
            ],
            options={
                "verbose_name": "备案终止",
                "verbose_name_plural": "备案终止",
            },
        ),
    ]
