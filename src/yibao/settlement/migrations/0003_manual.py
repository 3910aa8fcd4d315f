"""Visits that the person paid for and asks to be reimbursed; adjustments of before become items that can be paid.

The column is added by plain SQL: where Django would make SQLite's table anew, its guards would be lost.
"""

from typing import Any

from django.db import migrations, models
from django.db.models import Sum

from yibao.tables.guards import by_engine

LATE_ADJUSTMENT = 1


def owe_what_was_adjusted(apps: Any, editor: Any) -> None:
    """An item for what each adjustment of before owes to a person, in each fund, as its entry has it."""
    rows = apps.get_model("settlement", "AdjustmentRow").objects.exclude(entry=None)
    lines = apps.get_model("ledger", "EntryLine").objects.filter(account="payable_people")
    items = apps.get_model("payment", "PayableItem").objects
    adjusted = rows.values_list(
        "late_event_id",
        "settlement_id",
        "entry_id",
        "entry__area_code",
        "entry__posted_on",
        "entry__recorded_at",
        "late_event__year__person_id",
    )
    for (
        event_id,
        settlement_id,
        entry_id,
        area_code,
        posted_on,
        recorded_at,
        person_id,
    ) in adjusted.distinct():
        owed = (
            lines.filter(entry_id=entry_id).values_list("fund").annotate(Sum("amount_fen")).order_by("fund")
        )
        for fund, sum_fen in owed:
            if sum_fen:
                items.create(
                    person_id=person_id,
                    area_code=area_code,
                    fund=fund,
                    cause=LATE_ADJUSTMENT,
                    source=f"late:{event_id}/{settlement_id}",
                    amount_fen=-sum_fen,
                    period=f"{posted_on:%Y-%m}",
                    entry_id=entry_id,
                    recorded_at=recorded_at,
                )


class Migration(migrations.Migration):
    """Manual reimbursement (手工报销)."""

    dependencies = [
        ("settlement", "0002_kept"),
        ("ledger", "0004_closed"),
        ("payment", "0003_once"),
    ]

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
        ),
        migrations.RunPython(owe_what_was_adjusted, migrations.RunPython.noop),
    ]
