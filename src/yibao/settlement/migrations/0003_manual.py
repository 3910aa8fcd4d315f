"""Visits that the person paid for and asks to be reimbursed.

The column is added by plain SQL: where Django would make SQLite's table anew, its guards would be lost.
"""

from django.db import migrations, models

from yibao.tables.guards import by_engine


class Migration(migrations.Migration):
    """Manual reimbursement (手工报销)."""

    dependencies = [("settlement", "0002_kept")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                by_engine(
                    postgresql=[
                        "ALTER TABLE settlement_visit ADD COLUMN manual boolean NOT NULL DEFAULT false"
                    ],
                    sqlite=["ALTER TABLE settlement_visit ADD COLUMN manual bool NOT NULL DEFAULT 0"],
                )
            ],
            state_operations=[
                migrations.AddField(
                    model_name="visit",
                    name="manual",
                    field=models.BooleanField(default=False, verbose_name="手工报销"),
                )
            ],
        )
    ]
