"""Tables of financing (筹资): what each person is billed for a benefit year, what was paid, and what was given back.

The database refuses a second bill of a year that stands, a second payment of a bill that is paid, and one external number
twice (migration 0002): double payment is impossible whatever the program does.
"""

from django.db import models

from yibao.tables.models import Row


class ContributionBill(Row):
    """What is due for a person and a benefit year, and who pays it (应缴). `facts` is the engine's PersonFacts."""

    person = models.ForeignKey("enrolment.Person", models.PROTECT, verbose_name="人员")
    area_code = models.CharField("统筹地区", max_length=6)
    terms_code = models.CharField("适用政策的地区", max_length=6)
    benefit_year = models.SmallIntegerField("待遇年度")
    facts = models.BinaryField("参保事实")
    contribution_fen = models.BigIntegerField("个人缴费标准")
    aid_category = models.SmallIntegerField("资助身份")
    aid_assistance_fund_fen = models.BigIntegerField("医疗救助基金资助")
    aid_municipal_fen = models.BigIntegerField("市级财政资助")
    aid_county_fen = models.BigIntegerField("县级财政资助")
    person_pays_fen = models.BigIntegerField("个人实缴")
    void = models.BooleanField("已作废", default=False)
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "应缴"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "benefit_year"],
                condition=models.Q(void=False),
                name="financing_bill_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    contribution_fen=models.F("aid_assistance_fund_fen")
                    + models.F("aid_municipal_fen")
                    + models.F("aid_county_fen")
                    + models.F("person_pays_fen")
                ),
                name="financing_bill_parts",
            ),
        ]


class ContributionPayment(Row):
    """A payment of a bill (缴费): the whole of it. `turn` counts the payments of a bill, each after a refund."""

    bill = models.ForeignKey(ContributionBill, models.PROTECT, verbose_name="应缴", related_name="payments")
    turn = models.SmallIntegerField("第几次")
    amount_fen = models.BigIntegerField("金额")
    channel = models.SmallIntegerField("渠道")
    external_no = models.CharField("渠道流水号", max_length=64)
    paid_on = models.DateField("缴费日期")
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, verbose_name="记账凭证", null=True)
    coverage = models.OneToOneField("enrolment.Coverage", models.PROTECT, verbose_name="参保期", null=True)
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "缴费"
        constraints = [
            models.UniqueConstraint(fields=["bill", "turn"], name="financing_paid_once"),
            models.UniqueConstraint(fields=["channel", "external_no"], name="financing_external_once"),
            models.CheckConstraint(
                condition=models.Q(amount_fen__gte=0), name="financing_payment_not_negative"
            ),
        ]


class ContributionRefund(Row):
    """A payment given back (退费), once."""

    payment = models.OneToOneField(ContributionPayment, models.PROTECT, verbose_name="缴费")
    refunded_on = models.DateField("退费日期")
    reason = models.CharField("事由", max_length=200)
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, verbose_name="记账凭证", null=True)
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "退费"
