"""Tables of assistance (医疗救助): the list of early warning and what departments answered.

All records are only ever added to. The days of a limit are reckoned when a record is written and kept on it, so that a later
entry of policy does not move a deadline that was given.
"""

from django.db import models


class WarningRun(models.Model):
    """One day's look at the burdens of a county's people (预警筛查): once a day, however often it is asked for."""

    county_code = models.CharField("县（市、区）", max_length=12)
    day = models.DateField("预警日")
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "预警筛查"
        constraints = [models.UniqueConstraint(fields=["county_code", "day"], name="assistance_run_once")]


class Warned(models.Model):
    """Somebody on the list of a day (预警名单): what was borne in the insured year, by which line and how far over it.

    `entry` names the entry the line comes from and `standing` says how sure it is. `band` is 0 where only one settlement
    is over its own line.
    """

    run = models.ForeignKey(WarningRun, models.PROTECT, verbose_name="预警筛查", related_name="warned")
    person = models.ForeignKey("enrolment.Person", models.PROTECT, verbose_name="人员")
    household = models.ForeignKey("enrolment.Household", models.PROTECT, verbose_name="户", null=True)
    year = models.ForeignKey("settlement.YearRow", models.PROTECT, verbose_name="年度累计")
    category = models.SmallIntegerField("身份类别")
    low_income = models.BooleanField("低收入人口")
    reason = models.SmallIntegerField("预警原因")
    burden_in_scope_fen = models.BigIntegerField("政策范围内个人负担")
    burden_total_fen = models.BigIntegerField("个人负担合计")
    single_fen = models.BigIntegerField("当日单次最大负担")
    line_fen = models.BigIntegerField("预警线")
    single_line_fen = models.BigIntegerField("单次线")
    over_line_fen = models.BigIntegerField("超过预警线")
    band = models.SmallIntegerField("预警档次")
    since = models.DateField("自何日起超过")
    entry = models.CharField("预警线条目", max_length=96)
    standing = models.CharField("依据性质", max_length=16)

    class Meta:
        verbose_name = verbose_name_plural = "预警名单"
        constraints = [
            models.UniqueConstraint(fields=["run", "year"], name="assistance_warned_once"),
            models.CheckConstraint(
                condition=models.Q(over_line_fen=0, burden_in_scope_fen__lte=models.F("line_fen"))
                | models.Q(
                    over_line_fen=models.F("burden_in_scope_fen") - models.F("line_fen"), over_line_fen__gt=0
                ),
                name="assistance_warned_over",
            ),
        ]


class BatchNumber(models.Model):
    """The last number given to a batch of a county (批次号): the row that whoever pushes holds."""

    county_code = models.CharField("县（市、区）", max_length=12, unique=True)
    last = models.IntegerField("已用到", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "推送批次号"


class WarningBatch(models.Model):
    """A numbered list that was pushed to a department (推送批次); `content_hash` is that of its rows."""

    county_code = models.CharField("县（市、区）", max_length=12)
    number = models.IntegerField("批次号")
    department = models.SmallIntegerField("接收部门")
    day = models.DateField("推送日")
    people = models.IntegerField("人数")
    content_hash = models.CharField("内容摘要", max_length=64)
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "预警推送批次"
        constraints = [
            models.UniqueConstraint(fields=["county_code", "number"], name="assistance_batch_number")
        ]


class WarningCase(models.Model):
    """One person of a batch (推送对象): pushed to a department once for each band of a year. `due_on` is inside the limit."""

    batch = models.ForeignKey(WarningBatch, models.PROTECT, verbose_name="批次", related_name="cases")
    warned = models.ForeignKey(Warned, models.PROTECT, verbose_name="预警名单")
    person = models.ForeignKey("enrolment.Person", models.PROTECT, verbose_name="人员")
    year = models.ForeignKey("settlement.YearRow", models.PROTECT, verbose_name="年度累计")
    department = models.SmallIntegerField("接收部门")
    band = models.SmallIntegerField("预警档次")
    due_on = models.DateField("反馈期限")

    class Meta:
        verbose_name = verbose_name_plural = "预警推送对象"
        constraints = [
            models.UniqueConstraint(fields=["department", "year", "band"], name="assistance_pushed_once")
        ]


class WarningResponse(models.Model):
    """What a department answered (部门反馈); `category` is that which it identified, empty for other answers."""

    case = models.ForeignKey(WarningCase, models.PROTECT, verbose_name="推送对象", related_name="responses")
    sequence = models.IntegerField("序号")
    answer = models.SmallIntegerField("反馈结果")
    category = models.SmallIntegerField("认定身份", null=True)
    answered_on = models.DateField("反馈日期")
    words = models.CharField("说明", max_length=200, blank=True)
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "部门反馈"
        constraints = [
            models.UniqueConstraint(fields=["case", "sequence"], name="assistance_answer_order"),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(answer=3), name="assistance_closed_once"
            ),
            models.CheckConstraint(
                condition=models.Q(answer=0, category__isnull=False)
                | (~models.Q(answer=0) & models.Q(category=None)),
                name="assistance_answer_category",
            ),
        ]
