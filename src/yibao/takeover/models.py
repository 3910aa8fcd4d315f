"""Tables of taking over (期初接管): the move of an area, its files batch by batch, and what the system before called things.

Every row is only ever added. A batch is written in the transaction of the rows it counts, so that a stopped import is known
by its batches; the sums of a batch are what the closing of the move is reconciled by.
"""

from django.db import models

from yibao.tables.models import Row


class MovingIn(Row):
    """The move of an area from one system to this one on a day (接管)."""

    area_code = models.CharField("地区", max_length=6, unique=True)
    taken_over_on = models.DateField("接管日")
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "接管"


class ImportRun(Row):
    """One file of a move (接管文件), known by what it holds; `kind` is an ImportKind, `benefit_year` 0 where there is none."""

    moving_in = models.ForeignKey(MovingIn, models.PROTECT, verbose_name="接管", related_name="runs")
    kind = models.CharField("内容", max_length=16)
    file_hash = models.CharField("文件摘要", max_length=64)
    benefit_year = models.SmallIntegerField("待遇年度", default=0)
    academic = models.BooleanField("学年", default=False)
    batch_rows = models.IntegerField("每批行数")
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "接管文件"
        constraints = [
            models.UniqueConstraint(
                fields=["moving_in", "kind", "file_hash", "benefit_year", "academic"],
                name="takeover_run_once",
            )
        ]


class ImportBatch(Row):
    """Some rows of a file that were written together (接管批次), and what they add up to, as JSON."""

    run = models.ForeignKey(ImportRun, models.PROTECT, verbose_name="接管文件", related_name="batches")
    number = models.IntegerField("批号")
    rows = models.IntegerField("行数")
    sums = models.TextField("合计")
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "接管批次"
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="takeover_batch_once")]


class Closing(Row):
    """That a move was reconciled and closed (接管关闭): the totals of both systems, which agreed, as JSON."""

    moving_in = models.OneToOneField(MovingIn, models.PROTECT, verbose_name="接管")
    totals = models.TextField("合计")
    actor = models.CharField("办理人", max_length=64)
    closed_at = models.DateTimeField("关闭时间")

    class Meta:
        verbose_name = verbose_name_plural = "接管关闭"


class FormerPerson(Row):
    """What the system before called a person (原系统人员编号)."""

    moving_in = models.ForeignKey(MovingIn, models.PROTECT, verbose_name="接管")
    number = models.CharField("原系统人员编号", max_length=64)
    person = models.ForeignKey("enrolment.Person", models.PROTECT, verbose_name="人员")

    class Meta:
        verbose_name = verbose_name_plural = "原系统人员"
        constraints = [models.UniqueConstraint(fields=["moving_in", "number"], name="takeover_person_once")]


class FormerHousehold(Row):
    """What the system before called a household (原系统户号)."""

    moving_in = models.ForeignKey(MovingIn, models.PROTECT, verbose_name="接管")
    number = models.CharField("原系统户号", max_length=64)
    household = models.ForeignKey("enrolment.Household", models.PROTECT, verbose_name="户")

    class Meta:
        verbose_name = verbose_name_plural = "原系统户"
        constraints = [
            models.UniqueConstraint(fields=["moving_in", "number"], name="takeover_household_once")
        ]


class OpenSettlement(Row):
    """A settlement of the system before that may still be reversed (可撤销的原系统结算).

    `change` is what it added to the year so far, as the engine's vector; the seven payers add up to the total.
    """

    run = models.ForeignKey(ImportRun, models.PROTECT, verbose_name="接管文件")
    moving_in = models.ForeignKey(MovingIn, models.PROTECT, verbose_name="接管")
    reference = models.CharField("原系统结算号", max_length=64)
    person = models.ForeignKey("enrolment.Person", models.PROTECT, verbose_name="人员")
    benefit_year = models.SmallIntegerField("待遇年度")
    academic = models.BooleanField("学年", default=False)
    kind = models.SmallIntegerField("医疗类别")
    served_on = models.DateField("待遇日期")
    settled_on = models.DateField("结算日期")
    total_fen = models.BigIntegerField("医疗费总额")
    basic_fen = models.BigIntegerField("基本医保基金支付")
    catastrophic_fen = models.BigIntegerField("大病保险支付")
    assistance_fen = models.BigIntegerField("医疗救助支付")
    top_up_fen = models.BigIntegerField("倾斜救助支付")
    hospital_fen = models.BigIntegerField("医疗机构负担")
    special_fund_fen = models.BigIntegerField("专项资金支付")
    person_fen = models.BigIntegerField("个人负担")
    change = models.BinaryField("年度累计增加")

    class Meta:
        verbose_name = verbose_name_plural = "可撤销的原系统结算"
        indexes = [models.Index(fields=["person", "benefit_year"], name="takeover_open_person")]
        constraints = [
            models.UniqueConstraint(fields=["moving_in", "reference"], name="takeover_open_once"),
            models.CheckConstraint(
                condition=models.Q(
                    total_fen=models.F("basic_fen")
                    + models.F("catastrophic_fen")
                    + models.F("assistance_fen")
                    + models.F("top_up_fen")
                    + models.F("hospital_fen")
                    + models.F("special_fund_fen")
                    + models.F("person_fen")
                ),
                name="takeover_open_parts",
            ),
        ]


class TakenYear(Row):
    """That a year so far began with what a file said of it (已接管的年度累计)."""

    run = models.ForeignKey(ImportRun, models.PROTECT, verbose_name="接管文件")
    year = models.OneToOneField("settlement.YearRow", models.PROTECT, verbose_name="年度累计")

    class Meta:
        verbose_name = verbose_name_plural = "已接管的年度累计"


class FormerReversal(Row):
    """The reversal of a settlement of the system before (撤销原系统结算): once, with the replay and the entry it led to."""

    settlement = models.OneToOneField(OpenSettlement, models.PROTECT, verbose_name="原系统结算")
    late_event = models.OneToOneField("settlement.LateEvent", models.PROTECT, verbose_name="迟到事项")
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, verbose_name="记账凭证", null=True)
    reason = models.CharField("事由", max_length=200)
    posted_on = models.DateField("入账日期")
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "撤销原系统结算"
