"""Tables of public services (公共服务): applications and their steps, certificates issued, transfers, schools' lists.

The database refuses an application ended twice, a step done twice, and two certificates of one kind for one thing; steps and
certificates are kept as they were written (migration 0002). `county_code` is what the area filter goes by.
"""

from django.db import models

from yibao.tables.models import Row


class Application(Row):
    """One application (办件). `kind` is an ApplicationKind, `state` an ApplicationState, `body` what was asked for.

    Bit n of `asked_steps` and `done_steps` is OneApplicationStep n, of `missing` Paper n, of `needed_departments`
    Department n, 0 where departments do not decide it together. `due_on` is the last day of the
    limit, which begins when no paper is missing.
    """

    kind = models.SmallIntegerField("办件种类")
    state = models.SmallIntegerField("办件状态")
    county_code = models.CharField("受理县（市、区）", max_length=12)
    applicant = models.CharField("申请人", max_length=64)
    person = models.ForeignKey("enrolment.Person", models.PROTECT, verbose_name="参保人", null=True)
    body = models.TextField("申请内容")
    asked_steps = models.IntegerField("应办环节")
    done_steps = models.IntegerField("已办环节", default=0)
    missing = models.IntegerField("尚缺材料", default=0)
    needed_departments = models.IntegerField("需出具意见的部门", default=0)
    received_on = models.DateField("收件日期")
    accepted_on = models.DateField("受理日期", null=True)
    due_on = models.DateField("办结期限", null=True)
    ended_on = models.DateField("办结日期", null=True)
    reason = models.CharField("不予办理或撤回的理由", max_length=200, blank=True)
    bill = models.OneToOneField(
        "financing.ContributionBill",
        models.PROTECT,
        verbose_name="应缴",
        null=True,
        related_name="application",
    )
    actor = models.CharField("收件人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "办件"
        indexes = [models.Index(fields=["county_code", "state"], name="services_application_open")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted_on=None, due_on=None)
                | models.Q(accepted_on__isnull=False, due_on__isnull=False),
                name="services_application_limit",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[0, 1], ended_on=None)
                | models.Q(state__in=[2, 3, 4], ended_on__isnull=False),
                name="services_application_ended",
            ),
        ]


class ApplicationStep(Row):
    """Something that happened to an application (办件环节), by whom and when. `event` is an ApplicationEvent."""

    application = models.ForeignKey(Application, models.PROTECT, verbose_name="办件", related_name="steps")
    event = models.SmallIntegerField("环节")
    happened_on = models.DateField("日期")
    detail = models.TextField("内容", blank=True)
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "办件环节"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "event"],
                condition=~models.Q(event=1),
                name="services_step_once",
            )
        ]


class DepartmentVerdict(Row):
    """What a department says of an application that several decide together (部门意见). `department` is a Department."""

    application = models.ForeignKey(Application, models.PROTECT, verbose_name="办件", related_name="verdicts")
    department = models.SmallIntegerField("部门")
    agreed = models.BooleanField("同意")
    reason = models.CharField("意见", max_length=200, blank=True)
    said_on = models.DateField("日期")
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "部门意见"
        constraints = [
            models.UniqueConstraint(fields=["application", "department"], name="services_verdict_once")
        ]


class Certificate(Row):
    """A voucher or certificate issued to a person (凭证). `check_number` is reckoned from kind, ids and `facts`."""

    kind = models.SmallIntegerField("凭证种类")
    person = models.ForeignKey("enrolment.Person", models.PROTECT, verbose_name="参保人")
    county_code = models.CharField("参保县（市、区）", max_length=12)
    bill = models.ForeignKey("financing.ContributionBill", models.PROTECT, verbose_name="应缴", null=True)
    payment = models.ForeignKey(
        "financing.ContributionPayment", models.PROTECT, verbose_name="缴费", null=True
    )
    coverage = models.ForeignKey("enrolment.Coverage", models.PROTECT, verbose_name="参保期", null=True)
    transfer = models.ForeignKey("Transfer", models.PROTECT, verbose_name="转移", null=True)
    facts = models.TextField("记载内容")
    check_number = models.CharField("校验码", max_length=32, unique=True)
    issued_on = models.DateField("出具日期")
    actor = models.CharField("出具人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "凭证"


class Transfer(Row):
    """A transfer of an insurance relation (转移接续). `direction` is a TransferDirection, `state` a TransferState.

    `other_code` is the pooling area at the other end. `form` is the information form as it was sent or received, "" until
    then. The balance goes where `balance_case`, a BalanceCase, says; -1 where there is none.
    """

    direction = models.SmallIntegerField("转移方向")
    state = models.SmallIntegerField("转移状态")
    person = models.ForeignKey("enrolment.Person", models.PROTECT, verbose_name="参保人")
    county_code = models.CharField("本地县（市、区）", max_length=12)
    other_code = models.CharField("对方统筹地区", max_length=12)
    applied_on = models.DateField("申请日期")
    accepted_on = models.DateField("受理日期", null=True)
    form_on = models.DateField("信息表发出或收到日期", null=True)
    ended_on = models.DateField("办结日期", null=True)
    due_on = models.DateField("当前环节期限", null=True)
    form = models.TextField("信息表", blank=True)
    balance_fen = models.BigIntegerField("个人账户余额", default=0)
    balance_case = models.SmallIntegerField("余额去向", default=-1)
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, verbose_name="记账凭证", null=True)
    reason = models.CharField("不予办理的理由", max_length=200, blank=True)
    actor = models.CharField("申请经办人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "转移接续"
        indexes = [models.Index(fields=["county_code", "state"], name="services_transfer_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "direction"],
                condition=models.Q(ended_on=None),
                name="services_transfer_once",
            ),
            models.CheckConstraint(condition=models.Q(balance_fen__gte=0), name="services_transfer_balance"),
            models.CheckConstraint(
                condition=models.Q(state__in=[0, 1, 2, 3], ended_on=None)
                | models.Q(state__in=[4, 5], ended_on__isnull=False),
                name="services_transfer_ended",
            ),
        ]


class TransferStep(Row):
    """A transfer that came into a state (转移环节), by whom and when."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, verbose_name="转移", related_name="steps")
    state = models.SmallIntegerField("转移状态")
    happened_on = models.DateField("日期")
    detail = models.TextField("内容", blank=True)
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "转移环节"
        constraints = [
            models.UniqueConstraint(fields=["transfer", "state"], name="services_transfer_step_once")
        ]


class SchoolBatch(Row):
    """A school's list of students that was handed in (学校批量参保名单)."""

    school = models.CharField("学校", max_length=100)
    county_code = models.CharField("学籍地县（市、区）", max_length=12)
    university = models.SmallIntegerField("学校隶属")
    benefit_year = models.SmallIntegerField("待遇年度")
    enrolled_on = models.DateField("参保日期")
    rows = models.IntegerField("行数")
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "学校批量参保名单"


class SchoolRow(Row):
    """What became of one row of a list (名单行办理结果). `verdict` is a RowVerdict; `row_no` the row of the file."""

    batch = models.ForeignKey(SchoolBatch, models.PROTECT, verbose_name="名单", related_name="results")
    row_no = models.IntegerField("行号")
    student_no = models.CharField("学号", max_length=64)
    verdict = models.SmallIntegerField("结果")
    person = models.ForeignKey("enrolment.Person", models.PROTECT, verbose_name="参保人", null=True)
    bill = models.ForeignKey("financing.ContributionBill", models.PROTECT, verbose_name="应缴", null=True)
    said = models.CharField("说明", max_length=300, blank=True)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "名单行办理结果"
        constraints = [models.UniqueConstraint(fields=["batch", "row_no"], name="services_row_once")]
