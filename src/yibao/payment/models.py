"""Tables of payment: institutions (定点医药机构) and their days; people who are owed money, their accounts, batches and the bank.

What people are owed is only ever added to. An item is in one live batch by the database's own word (migration 0003).
"""

from django.db import models

from yibao.tables.models import Row


class Institution(Row):
    """An institution (医药机构). `class_code` is a code of the area's `institution_classes`."""

    code = models.CharField("机构代码", max_length=32, unique=True)
    name = models.CharField("名称", max_length=128)
    class_code = models.CharField("机构类别", max_length=32)
    county_code = models.CharField("所在县（市、区）", max_length=12, blank=True)
    gives_pooling = models.BooleanField("开展门诊统筹", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "医药机构"


class Designation(Row):
    """Days on which an institution is designated (定点起止日)."""

    institution = models.ForeignKey(
        Institution, models.PROTECT, verbose_name="机构", related_name="designations"
    )
    first_day = models.DateField("起始日")
    last_day = models.DateField("终止日", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "定点期"


class PayeeAccount(Row):
    """Where a person is paid (收款账户): never changed, the one of the highest `turn` holds. `form` is an AccountForm.

    Its number stands here and in the bank's file alone: lists show it masked, audit and logs never name it.
    """

    person = models.ForeignKey(
        "enrolment.Person", models.PROTECT, verbose_name="人员", related_name="accounts"
    )
    turn = models.SmallIntegerField("第几次登记")
    form = models.SmallIntegerField("账户类型")
    bank = models.CharField("开户银行", max_length=64)
    account_no = models.CharField("账号", max_length=32)
    holder = models.CharField("户名", max_length=64)
    reason = models.CharField("事由", max_length=200)
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "收款账户"
        constraints = [models.UniqueConstraint(fields=["person", "turn"], name="payment_account_turn")]


class PayableItem(Row):
    """What a person is owed by a fund (待付款项); below zero it is owed by the person. `cause` is a PayableCause.

    `source` names what it comes from, once in each fund: nothing is owed twice. `period` is the month it was posted in.
    """

    person = models.ForeignKey(
        "enrolment.Person", models.PROTECT, verbose_name="人员", related_name="payables"
    )
    area_code = models.CharField("统筹地区", max_length=6)
    fund = models.CharField("基金", max_length=16)
    cause = models.SmallIntegerField("事由")
    source = models.CharField("来源", max_length=64)
    amount_fen = models.BigIntegerField("金额")
    period = models.CharField("所属月份", max_length=7)
    entry = models.ForeignKey("ledger.Entry", models.PROTECT, verbose_name="记账凭证")
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "待付款项"
        indexes = [models.Index(fields=["area_code", "fund", "period"], name="payment_item_period")]
        constraints = [
            models.UniqueConstraint(fields=["source", "fund"], name="payment_item_once"),
            models.CheckConstraint(condition=~models.Q(amount_fen=0), name="payment_item_not_zero"),
        ]


class SetOff(Row):
    """What a person owes taken off what the same fund owes the person (抵扣)."""

    receivable = models.ForeignKey(
        PayableItem, models.PROTECT, verbose_name="应收款项", related_name="set_off_against"
    )
    payable = models.ForeignKey(
        PayableItem, models.PROTECT, verbose_name="应付款项", related_name="set_off_by"
    )
    amount_fen = models.BigIntegerField("金额")
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "抵扣"
        constraints = [
            models.UniqueConstraint(fields=["receivable", "payable"], name="payment_set_off_once"),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="payment_set_off_positive"),
        ]


class Collected(Row):
    """What a person gave back of what was owed (收回)."""

    receivable = models.ForeignKey(
        PayableItem, models.PROTECT, verbose_name="应收款项", related_name="collections"
    )
    amount_fen = models.BigIntegerField("金额")
    collected_on = models.DateField("收款日期")
    external_no = models.CharField("银行流水号", max_length=64, unique=True)
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, verbose_name="记账凭证")
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "收回"
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="payment_collected_positive")
        ]


class Batch(Row):
    """Items gathered to be paid together (支付批次): one area, one fund, up to a month; decided on by two people."""

    area_code = models.CharField("统筹地区", max_length=6)
    fund = models.CharField("基金", max_length=16)
    period = models.CharField("截至月份", max_length=7)
    turn = models.SmallIntegerField("当月第几批")
    proposal = models.OneToOneField("rights.Proposal", models.PROTECT, verbose_name="待复核事项")
    lines_count = models.IntegerField("笔数")
    total_fen = models.BigIntegerField("金额合计")
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "支付批次"
        constraints = [
            models.UniqueConstraint(fields=["area_code", "fund", "period", "turn"], name="payment_batch_turn")
        ]


class BatchLine(Row):
    """One item in a batch, and the account it goes to (批次明细). `turn` counts the batches an item has been in.

    A line has ended when the bank sent it back or its batch was rejected; the database takes no other line of the item
    before (migration 0003), and two at once have the same turn.
    """

    batch = models.ForeignKey(Batch, models.PROTECT, verbose_name="批次", related_name="lines")
    item = models.ForeignKey(PayableItem, models.PROTECT, verbose_name="待付款项", related_name="lines")
    account = models.ForeignKey(PayeeAccount, models.PROTECT, verbose_name="收款账户")
    turn = models.SmallIntegerField("第几次支付")
    amount_fen = models.BigIntegerField("金额")

    class Meta:
        verbose_name = verbose_name_plural = "批次明细"
        constraints = [
            models.UniqueConstraint(fields=["item", "turn"], name="payment_line_once"),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="payment_line_positive"),
        ]


class BankFile(Row):
    """That the file of an approved batch was handed out (银行代发文件): its hash, so that the same batch is the same file."""

    batch = models.OneToOneField(Batch, models.PROTECT, verbose_name="批次")
    sha256 = models.CharField("文件摘要", max_length=64)
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "银行代发文件"


class BankReturn(Row):
    """A file that the bank sent back for a batch (银行回盘), each read once."""

    batch = models.ForeignKey(Batch, models.PROTECT, verbose_name="批次", related_name="returns")
    sha256 = models.CharField("文件摘要", max_length=64)
    posted_on = models.DateField("入账日期")
    recorded_at = models.DateTimeField("记录时间")
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "银行回盘"
        constraints = [models.UniqueConstraint(fields=["batch", "sha256"], name="payment_return_once")]


class LineOutcome(Row):
    """What the bank did with a line (支付结果): paid, sent back, or paid and sent back later. `result` is a BankResult.

    What was paid is posted; what is sent back after it was paid is posted with the sign turned.
    """

    line = models.ForeignKey(BatchLine, models.PROTECT, verbose_name="批次明细", related_name="outcomes")
    result = models.SmallIntegerField("结果")
    reason = models.CharField("退回原因", max_length=200, blank=True)
    bank_day = models.DateField("银行交易日期")
    bank_no = models.CharField("银行流水号", max_length=64, blank=True)
    bank_return = models.ForeignKey(
        BankReturn, models.PROTECT, verbose_name="银行回盘", related_name="outcomes"
    )
    entry = models.ForeignKey("ledger.Entry", models.PROTECT, verbose_name="记账凭证", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "支付结果"
        constraints = [
            models.UniqueConstraint(fields=["line", "result"], name="payment_outcome_once"),
            models.CheckConstraint(condition=models.Q(result__in=[1, 2]), name="payment_outcome_known"),
        ]
