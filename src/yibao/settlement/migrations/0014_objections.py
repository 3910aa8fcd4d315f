"""What people object to, and what came of it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0002_once_a_day"),
        ("settlement", "0013_special_funds_kept"),
    ]

    operations = [
        migrations.CreateModel(
            name="Objection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=24, verbose_name="异议事项")),
                ("subject_id", models.BigIntegerField(verbose_name="事项编号")),
                ("maker", models.CharField(max_length=64, verbose_name="原办理人")),
                ("grounds", models.CharField(max_length=500, verbose_name="理由")),
                ("known_on", models.DateField(verbose_name="知道之日")),
                ("received_on", models.DateField(verbose_name="收到日期")),
                ("file_by", models.DateField(verbose_name="申请期限")),
                ("admit_by", models.DateField(verbose_name="受理期限")),
                ("rule_by", models.DateField(verbose_name="复核期限")),
                ("late", models.BooleanField(verbose_name="逾期申请")),
                ("actor", models.CharField(max_length=64, verbose_name="接收人")),
                ("recorded_at", models.DateTimeField(verbose_name="记录时间")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="enrolment.person",
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "复核申请",
                "verbose_name_plural": "复核申请",
            },
        ),
        migrations.CreateModel(
            name="ObjectionStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stage", models.SmallIntegerField(verbose_name="阶段")),
                ("result", models.CharField(max_length=24, verbose_name="结果")),
                ("reason", models.CharField(max_length=500, verbose_name="理由")),
                ("happened_on", models.DateField(verbose_name="日期")),
                ("maker", models.CharField(max_length=64, verbose_name="原办理人")),
                ("actor", models.CharField(max_length=64, verbose_name="办理人")),
                ("recorded_at", models.DateTimeField(verbose_name="记录时间")),
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
                    "objection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stages",
                        to="settlement.objection",
                        verbose_name="复核申请",
                    ),
                ),
                (
                    "reversal",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="settlement.settlement",
                        verbose_name="撤销记录",
                    ),
                ),
            ],
            options={
                "verbose_name": "复核办理",
                "verbose_name_plural": "复核办理",
            },
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.UniqueConstraint(
                fields=("subject", "subject_id"), name="settlement_objected_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="objectionstep",
            constraint=models.UniqueConstraint(
                fields=("objection", "stage"), name="settlement_objection_stage_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="objectionstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("stage", 2), _negated=True),
                    models.Q(("actor", models.F("maker")), _negated=True),
                    _connector="OR",
                ),
                name="settlement_ruled_by_another",
            ),
        ),
    ]
