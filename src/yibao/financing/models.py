"""Tables of financing (筹资): windows extended, what each person is billed for a benefit year, what was paid and given back.

The database refuses a second bill of a year that stands, a second payment of a bill that is paid, and one external number
twice (migration 0002): double payment is impossible whatever the program does.
"""

from django.db import models


class WindowExtension(models.Model):
    """A decision that the enrolment window of an area and year is longer (集中参保期延长); days of it, both inside.

    The first day is the one after the window as it stood, so each extension goes on from the one before.
    """

    area_code = models.CharField("地区", max_length=6)
    benefit_year = models.SmallIntegerField("待遇年度")
    document_no = models.CharField("依据文号", max_length=64)
    first_day = models.DateField("延长首日")
    last_day = models.DateField("延长末日")
    reason = models.CharField("事由", max_length=200)
    proposal = models.OneToOneField("rights.Proposal", models.PROTECT, verbose_name="复核事项")
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "集中参保期延长"
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "benefit_year", "first_day"], name="financing_extended_once"
            ),
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="financing_extension_days"
            ),
        ]


class ContributionBill(models.Model):
    """What is due for a person and a benefit year, and who pays it (应缴). `facts` is the engine's PersonFacts.

    `extension` is the decision that a bill covering at once stands on, where the printed window was over.
    """

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
    extension = models.ForeignKey(WindowExtension, models.PROTECT, verbose_name="依据的延长决定", null=True)
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


class ContributionPayment(models.Model):
    """A payment of a bill (缴费): the whole of it. `turn` counts the payments of a bill, each after a refund.

    `extension` is the decision by which a payment counts as one in the window, where the printed window was over.
    """

    bill = models.ForeignKey(ContributionBill, models.PROTECT, verbose_name="应缴", related_name="payments")
    turn = models.SmallIntegerField("第几次")
    amount_fen = models.BigIntegerField("金额")
    channel = models.SmallIntegerField("渠道")
    external_no = models.CharField("渠道流水号", max_length=64)
    paid_on = models.DateField("缴费日期")
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, verbose_name="记账凭证", null=True)
    coverage = models.OneToOneField("enrolment.Coverage", models.PROTECT, verbose_name="参保期", null=True)
    extension = models.ForeignKey(WindowExtension, models.PROTECT, verbose_name="依据的延长决定", null=True)
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


class ContributionRefund(models.Model):
    """A payment given back (退费), once."""

    payment = models.OneToOneField(ContributionPayment, models.PROTECT, verbose_name="缴费")
    refunded_on = models.DateField("退费日期")
    reason = models.CharField("事由", max_length=200)
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, verbose_name="记账凭证", null=True)
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "退费"
