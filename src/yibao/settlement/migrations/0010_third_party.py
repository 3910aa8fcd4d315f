"""What a third party bears of bills, and what becomes of the money that a fund advanced."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_closed"),
        ("rights", "0002_kept"),
        ("settlement", "0003_manual"),
    ]

    operations = [
        migrations.CreateModel(
            name="ThirdPartyCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("actor", models.CharField(max_length=64, verbose_name="办理人")),
                ("recorded_at", models.DateTimeField(verbose_name="记录时间")),
                (
                    "settlement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="third_party_case",
                        to="settlement.settlement",
                        verbose_name="结算",
                    ),
                ),
            ],
            options={
                "verbose_name": "第三人责任案件",
                "verbose_name_plural": "第三人责任案件",
            },
        ),
        migrations.CreateModel(
            name="CaseEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("step", models.CharField(max_length=16, verbose_name="事项")),
                ("cause", models.SmallIntegerField(null=True, verbose_name="先行支付情形")),
                ("source", models.SmallIntegerField(null=True, verbose_name="追偿来源")),
                (
                    "external_no",
                    models.CharField(max_length=64, null=True, unique=True, verbose_name="银行流水号"),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("posted_on", models.DateField(verbose_name="入账日期")),
                ("actor", models.CharField(max_length=64, verbose_name="办理人")),
                ("recorded_at", models.DateTimeField(verbose_name="记录时间")),
                (
                    "entry",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="ledger.entry",
                        verbose_name="记账凭证",
                    ),
                ),
                (
                    "late_event",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="settlement.lateevent",
                        verbose_name="迟到事项",
                    ),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="rights.proposal",
                        verbose_name="待复核事项",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="settlement.thirdpartycase",
                        verbose_name="案件",
                    ),
                ),
            ],
            options={
                "verbose_name": "案件收支",
                "verbose_name_plural": "案件收支",
            },
        ),
        migrations.CreateModel(
            name="ThirdPartyShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("third_party", models.SmallIntegerField(verbose_name="责任种类")),
                ("share_bp", models.IntegerField(verbose_name="责任比例（万分之一）")),
                ("evidence", models.CharField(max_length=200, verbose_name="依据")),
                ("known_on", models.DateField(verbose_name="认定日期")),
                ("actor", models.CharField(max_length=64, verbose_name="办理人")),
                ("recorded_at", models.DateTimeField(verbose_name="记录时间")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="settlement.thirdpartycase",
                        verbose_name="案件",
                    ),
                ),
                (
                    "late_event",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="settlement.lateevent",
                        verbose_name="迟到事项",
                    ),
                ),
            ],
            options={
                "verbose_name": "第三人责任比例",
                "verbose_name_plural": "第三人责任比例",
            },
        ),
        migrations.CreateModel(
            name="CaseAmount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("payer", models.SmallIntegerField(verbose_name="支付方")),
                ("amount_fen", models.BigIntegerField(verbose_name="金额")),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="amounts",
                        to="settlement.caseevent",
                        verbose_name="案件收支",
                    ),
                ),
            ],
            options={
                "verbose_name": "案件金额",
                "verbose_name_plural": "案件金额",
                "constraints": [
                    models.UniqueConstraint(fields=("step", "payer"), name="settlement_case_amount_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_fen__gt", 0)), name="settlement_case_amount_above_zero"
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="caseevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("external_no__isnull", False), ("proposal", None), ("step", "recovered")),
                    models.Q(
                        models.Q(("step", "recovered"), _negated=True),
                        ("external_no", None),
                        ("proposal__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="settlement_step_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="thirdpartyshare",
            constraint=models.CheckConstraint(
                condition=models.Q(("share_bp__gte", 0), ("share_bp__lte", 10000)),
                name="settlement_share_range",
            ),
        ),
    ]
