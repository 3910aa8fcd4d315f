"""Tables of financing (筹资): windows extended, what each person is billed for a benefit year, what was paid and given back.

The database refuses a second bill of a year that stands, a second payment of a bill that is paid, and one external number
twice (migration 0002): double payment is impossible whatever the program does.
"""

from django.db import models

from yibao.financing import fund_models as fund_models
from yibao.tables.models import Row


class WindowExtension(Row):
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


class ContributionBill(Row):
    """What is due for a person and a benefit year, and who pays it (应缴). `facts` is the engine's PersonFacts.

    `extension` is the decision that a bill covering at once stands on, where the printed window was over. `university` and
    `subsidised` decide by which split governments subsidise the person, and whether they do.
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
    university = models.SmallIntegerField("学校隶属", null=True)
    subsidised = models.BooleanField("享受财政补助", null=True)
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


class ContributionRefund(Row):
    """A payment given back (退费), once. `cause` is a RefundCause; two people decided where there is a proposal."""

    payment = models.OneToOneField(ContributionPayment, models.PROTECT, verbose_name="缴费")
    refunded_on = models.DateField("退费日期")
    reason = models.CharField("事由", max_length=200)
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, verbose_name="记账凭证", null=True)
    cause = models.SmallIntegerField("退费原因", null=True)
    proposal = models.ForeignKey("rights.Proposal", models.PROTECT, verbose_name="复核事项", null=True)
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "退费"


class CollectionAgent(Row):
    """Somebody who takes contributions in cash (代办单位或人员). `books_code` is the pooling area whose money it is."""

    code = models.CharField("代办编号", max_length=32, unique=True)
    name = models.CharField("名称", max_length=64)
    area_code = models.CharField("代办地区", max_length=12)
    books_code = models.CharField("统筹地区", max_length=6)
    first_day = models.DateField("起始日")
    last_day = models.DateField("终止日", null=True)
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "代办单位或人员"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day=None) | models.Q(last_day__gte=models.F("first_day")),
                name="financing_agent_days",
            )
        ]


class CashReceipt(Row):
    """A receipt that an agent gave for cash (收款收据); the payment says for which bill, how much and when."""

    payment = models.OneToOneField(ContributionPayment, models.PROTECT, verbose_name="缴费")
    agent = models.ForeignKey(CollectionAgent, models.PROTECT, verbose_name="代办人", related_name="receipts")
    receipt_no = models.CharField("收据号", max_length=32)

    class Meta:
        verbose_name = verbose_name_plural = "收款收据"
        constraints = [models.UniqueConstraint(fields=["agent", "receipt_no"], name="financing_receipt_once")]


class CashBatch(Row):
    """Cash of some receipts that an agent paid into the transit account (代收现金缴存)."""

    agent = models.ForeignKey(CollectionAgent, models.PROTECT, verbose_name="代办人", related_name="batches")
    amount_fen = models.BigIntegerField("金额")
    handed_on = models.DateField("缴存日期")
    deposit_no = models.CharField("缴款单号", max_length=64, unique=True)
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, verbose_name="记账凭证")
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "代收现金缴存"
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="financing_batch_above_zero")
        ]


class CashBatchLine(Row):
    """That a receipt's cash went with a batch (缴存明细): once."""

    batch = models.ForeignKey(CashBatch, models.PROTECT, verbose_name="缴存", related_name="lines")
    receipt = models.OneToOneField(CashReceipt, models.PROTECT, verbose_name="收据")

    class Meta:
        verbose_name = verbose_name_plural = "缴存明细"


class CashBatchSettled(Row):
    """That a batch went from the transit account to the income account (待报解划转): once, and the whole of it."""

    batch = models.OneToOneField(CashBatch, models.PROTECT, verbose_name="缴存")
    settled_on = models.DateField("划转日期")
    reference_no = models.CharField("划转凭证号", max_length=64)
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, verbose_name="记账凭证")
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "待报解划转"


class Overpayment(Row):
    """Money taken above what was due (多缴), held until it is given back or set off; known by its channel's number."""

    bill = models.ForeignKey(
        ContributionBill, models.PROTECT, verbose_name="应缴", related_name="overpayments"
    )
    area_code = models.CharField("统筹地区", max_length=6)
    amount_fen = models.BigIntegerField("金额")
    channel = models.SmallIntegerField("渠道")
    external_no = models.CharField("渠道流水号", max_length=64)
    received_on = models.DateField("收款日期")
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, verbose_name="记账凭证")
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "多缴"
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_no"], name="financing_overpaid_once"),
            models.CheckConstraint(
                condition=models.Q(amount_fen__gt=0), name="financing_overpaid_above_zero"
            ),
        ]


class OverpaymentClosed(Row):
    """What became of an overpayment (退抵费), once: given back, set off against another bill, or some of each."""

    overpayment = models.OneToOneField(Overpayment, models.PROTECT, verbose_name="多缴")
    refunded_fen = models.BigIntegerField("退费金额")
    set_off_fen = models.BigIntegerField("抵缴金额")
    payment = models.OneToOneField(ContributionPayment, models.PROTECT, verbose_name="抵缴的缴费", null=True)
    closed_on = models.DateField("办理日期")
    reason = models.CharField("事由", max_length=200)
    proposal = models.ForeignKey("rights.Proposal", models.PROTECT, verbose_name="复核事项")
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, verbose_name="记账凭证", null=True)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "退抵费"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(refunded_fen__gte=0, set_off_fen__gte=0), name="financing_closed_parts"
            )
        ]


class TaxFile(Row):
    """A day's file of the tax bureau for an area (税务日对账文件), known by a hash of its content and its day."""

    area_code = models.CharField("地区", max_length=6)
    day = models.DateField("对账日期")
    name = models.CharField("文件名", max_length=128)
    content_hash = models.CharField("文件摘要", max_length=64)
    rows_count = models.IntegerField("行数")
    amount_fen = models.BigIntegerField("缴费合计")
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "税务日对账文件"
        constraints = [
            models.UniqueConstraint(fields=["area_code", "content_hash"], name="financing_tax_file_once")
        ]


class TaxFileRow(Row):
    """A row of a tax file (对账明细), as it was sent; the person by id, and no identity number."""

    file = models.ForeignKey(TaxFile, models.PROTECT, verbose_name="文件", related_name="rows")
    row = models.IntegerField("行号")
    external_no = models.CharField("渠道流水号", max_length=64)
    channel = models.SmallIntegerField("渠道")
    paid_on = models.DateField("缴费日期")
    amount_fen = models.BigIntegerField("金额")
    taken_back = models.BooleanField("冲正", default=False)
    benefit_year = models.SmallIntegerField("待遇年度")
    county_code = models.CharField("县（市、区）", max_length=12, blank=True)
    person = models.ForeignKey("enrolment.Person", models.PROTECT, verbose_name="人员", null=True)
    bill_no = models.BigIntegerField("应缴编号", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "对账明细"
        constraints = [models.UniqueConstraint(fields=["file", "row"], name="financing_tax_row_once")]
        indexes = [models.Index(fields=["file", "external_no"], name="financing_tax_row_number")]


class TaxFileVerdict(Row):
    """What became of a row (对账结果), a TaxVerdict, with what was booked for it; once."""

    row = models.OneToOneField(TaxFileRow, models.PROTECT, verbose_name="对账明细", related_name="verdict")
    verdict = models.SmallIntegerField("结果")
    reason = models.CharField("说明", max_length=300, blank=True)
    payment = models.ForeignKey(ContributionPayment, models.PROTECT, verbose_name="缴费", null=True)
    overpayment = models.ForeignKey(Overpayment, models.PROTECT, verbose_name="多缴", null=True)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "对账结果"


class TreasuryArrival(Row):
    """Contributions of a day and channel that arrived in the treasury (入库); a second record corrects a first."""

    area_code = models.CharField("统筹地区", max_length=6)
    day = models.DateField("征收日期")
    channel = models.SmallIntegerField("渠道")
    amount_fen = models.BigIntegerField("金额")
    arrived_on = models.DateField("入库日期")
    document_no = models.CharField("凭证号", max_length=64)
    corrects = models.ForeignKey("self", models.PROTECT, verbose_name="更正的记录", null=True)
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "入库"
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "document_no", "day", "channel"], name="financing_arrived_once"
            ),
            models.CheckConstraint(condition=~models.Q(amount_fen=0), name="financing_arrived_not_zero"),
        ]
