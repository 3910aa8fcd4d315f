"""What comes from the budget for special funds."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_closed"),
        ("settlement", "0011_third_party_kept"),
    ]

    operations = [
        migrations.CreateModel(
            name="SpecialFundReceipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("area_code", models.CharField(max_length=6, verbose_name="统筹地区")),
                ("special_fund", models.SmallIntegerField(verbose_name="专项资金")),
                ("amount_fen", models.BigIntegerField(verbose_name="金额")),
                ("document_no", models.CharField(max_length=64, verbose_name="拨款文号")),
                ("received_on", models.DateField(verbose_name="到账日期")),
                ("actor", models.CharField(max_length=64, verbose_name="办理人")),
                ("recorded_at", models.DateTimeField(verbose_name="记录时间")),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="ledger.entry",
                        verbose_name="记账凭证",
                    ),
                ),
            ],
            options={
                "verbose_name": "专项资金拨款",
                "verbose_name_plural": "专项资金拨款",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("area_code", "special_fund", "document_no"), name="settlement_receipt_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_fen__gt", 0)), name="settlement_receipt_above_zero"
                    ),
                ],
            },
        ),
    ]
