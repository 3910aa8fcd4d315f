"""Tables of what others owe the fund (财政资金): aid claimed from its payers, the subsidy by level, catastrophic funding.

Amounts are only ever added to: a correction is a second record that names the first. What is due, outstanding or overdue is
reckoned from these records and never stored.
"""

from django.db import models

from yibao.financing.terms import AppropriationStep
from yibao.tables.models import Row

ARRIVED = AppropriationStep.ARRIVED.value


class AidPosted(Row):
    """Aid that one payer owes for a bill from a day on (应收资助), negative where a refund takes it back."""

    bill = models.ForeignKey("financing.ContributionBill", models.PROTECT, verbose_name="应缴")
    payer = models.SmallIntegerField("支付方")
    amount_fen = models.BigIntegerField("金额")
    posted_on = models.DateField("入账日期")
    entry = models.ForeignKey("ledger.Entry", models.PROTECT, verbose_name="记账凭证")

    class Meta:
        verbose_name = verbose_name_plural = "应收资助"
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount_fen=0), name="financing_aid_not_zero")
        ]
        indexes = [models.Index(fields=["payer", "posted_on"], name="financing_aid_payer_day")]


class AidClaim(Row):
    """Aid claimed from one payer for a benefit year and days (资助参保申领): a list and its sum."""

    area_code = models.CharField("地区", max_length=6)
    books_code = models.CharField("统筹地区", max_length=6)
    benefit_year = models.SmallIntegerField("待遇年度")
    payer = models.SmallIntegerField("支付方")
    first_day = models.DateField("起始日")
    last_day = models.DateField("终止日")
    people = models.IntegerField("人数")
    amount_fen = models.BigIntegerField("金额")
    sent_on = models.DateField("送达日期")
    document_no = models.CharField("申领文号", max_length=64, unique=True)
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "资助参保申领"
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="financing_claim_above_zero")
        ]


class AidClaimLine(Row):
    """That aid stands in a claim (申领明细): once."""

    claim = models.ForeignKey(AidClaim, models.PROTECT, verbose_name="申领", related_name="lines")
    aid = models.OneToOneField(AidPosted, models.PROTECT, verbose_name="应收资助")

    class Meta:
        verbose_name = verbose_name_plural = "申领明细"


class AidReceipt(Row):
    """Money that came for a claim (资助参保款到账), in one or several parts; negative where it corrects one."""

    claim = models.ForeignKey(AidClaim, models.PROTECT, verbose_name="申领", related_name="receipts")
    amount_fen = models.BigIntegerField("金额")
    received_on = models.DateField("到账日期")
    document_no = models.CharField("凭证号", max_length=64)
    corrects = models.ForeignKey("self", models.PROTECT, verbose_name="更正的记录", null=True)
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, verbose_name="记账凭证")
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "资助参保款到账"
        constraints = [
            models.UniqueConstraint(fields=["claim", "document_no"], name="financing_aid_received_once"),
            models.CheckConstraint(condition=~models.Q(amount_fen=0), name="financing_aid_received_not_zero"),
        ]


class Appropriation(Row):
    """Subsidy of a level for a county's people (分级补助资金): budgeted, appropriated or arrived, by an AppropriationStep.

    Only what arrived is in the books. A second record that names the first corrects it.
    """

    books_code = models.CharField("统筹地区", max_length=6)
    county_code = models.CharField("县（市、区）", max_length=6)
    benefit_year = models.SmallIntegerField("待遇年度")
    level = models.SmallIntegerField("补助级次")
    step = models.SmallIntegerField("环节")
    amount_fen = models.BigIntegerField("金额")
    happened_on = models.DateField("日期")
    document_no = models.CharField("文号或凭证号", max_length=64)
    corrects = models.ForeignKey("self", models.PROTECT, verbose_name="更正的记录", null=True)
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, verbose_name="记账凭证", null=True)
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "分级补助资金"
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "benefit_year", "level", "step", "document_no"],
                name="financing_appropriated_once",
            ),
            models.CheckConstraint(condition=~models.Q(amount_fen=0), name="financing_appropriated_not_zero"),
            models.CheckConstraint(
                condition=models.Q(step=ARRIVED, entry__isnull=False)
                | (~models.Q(step=ARRIVED) & models.Q(entry__isnull=True)),
                name="financing_arrived_is_booked",
            ),
        ]
        indexes = [models.Index(fields=["books_code", "benefit_year"], name="financing_appropriated_year")]


class ArrivalReport(Row):
    """What was reported of arrival to the level above (到位情况报送), as it was sent; a later report corrects it."""

    area_code = models.CharField("报送地区", max_length=6)
    benefit_year = models.SmallIntegerField("待遇年度")
    as_of = models.DateField("截至日期")
    reported_on = models.DateField("报送日期")
    document_no = models.CharField("文号", max_length=64, unique=True)
    due_fen = models.BigIntegerField("应负担")
    arrived_fen = models.BigIntegerField("已到位")
    body = models.TextField("明细")
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "到位情况报送"


class CatastrophicTransfer(Row):
    """An instalment of a year's catastrophic funding (大病保险筹资划转), with the working it was decided on."""

    area_code = models.CharField("统筹地区", max_length=6)
    benefit_year = models.SmallIntegerField("待遇年度")
    instalment = models.SmallIntegerField("第几期")
    people = models.IntegerField("参保人数")
    financing_fen = models.BigIntegerField("当年筹资总额")
    at_rate_fen = models.BigIntegerField("按比例计算")
    floor_fen = models.BigIntegerField("筹资下限")
    funding_fen = models.BigIntegerField("应筹资额")
    amount_fen = models.BigIntegerField("本期划转")
    posted_on = models.DateField("入账日期")
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, verbose_name="记账凭证")
    proposal = models.OneToOneField("rights.Proposal", models.PROTECT, verbose_name="复核事项")
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "大病保险筹资划转"
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "benefit_year", "instalment"], name="financing_transferred_once"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_fen__gt=0, amount_fen__lte=models.F("funding_fen")),
                name="financing_transfer_within",
            ),
        ]
