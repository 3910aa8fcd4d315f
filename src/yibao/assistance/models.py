"""Tables of assistance (医疗救助): early warning and what departments answered; applications, decisions and what they pay.

All records are only ever added to. The days of a limit are reckoned when a record is written and kept on it, so that a later
entry of policy does not move a deadline that was given.
"""

from django.db import models

from yibao.tables.models import Row


class WarningRun(Row):
    """One day's look at the burdens of a county's people (预警筛查): once a day, however often it is asked for."""

    county_code = models.CharField("县（市、区）", max_length=12)
    day = models.DateField("预警日")
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "预警筛查"
        constraints = [models.UniqueConstraint(fields=["county_code", "day"], name="assistance_run_once")]


class Warned(Row):
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


class BatchNumber(Row):
    """The last number given to a batch of a county (批次号): the row that whoever pushes holds."""

    county_code = models.CharField("县（市、区）", max_length=12, unique=True)
    last = models.IntegerField("已用到", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "推送批次号"


class WarningBatch(Row):
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


class WarningCase(Row):
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


class WarningResponse(Row):
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


class Application(Row):
    """An application for assistance (依申请救助): whose, for which insured year, and where it stands.

    `step`, `due_on`, `proposal`, `outcome` and `closed_on` change as it goes on; the rest stays. One person has one open
    application a year; a closed one is never opened again: whoever objects to a refusal applies anew, naming it.
    """

    person = models.ForeignKey(
        "enrolment.Person",
        models.PROTECT,
        verbose_name="申请救助的人员",
        related_name="assistance_applications",
    )
    county_code = models.CharField("受理县（市、区）", max_length=12)
    benefit_year = models.SmallIntegerField("待遇年度")
    academic = models.BooleanField("学年", default=False)
    category = models.SmallIntegerField("申请身份")
    applicant = models.SmallIntegerField("申请方式")
    applied_on = models.DateField("申请日期")
    words = models.CharField("申请理由", max_length=200)
    objects_to = models.OneToOneField("self", models.PROTECT, verbose_name="对何申请提出异议", null=True)
    entry = models.CharField("办理依据条目", max_length=96)
    standing = models.CharField("依据性质", max_length=16)
    step = models.SmallIntegerField("环节")
    due_on = models.DateField("本环节期限", null=True)
    proposal = models.OneToOneField("rights.Proposal", models.PROTECT, verbose_name="待复核事项", null=True)
    outcome = models.SmallIntegerField("结果", null=True)
    closed_on = models.DateField("办结日期", null=True)
    actor = models.CharField("登记人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "依申请救助"
        indexes = [models.Index(fields=["county_code", "due_on"], name="assistance_work_list")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "benefit_year", "academic"],
                condition=models.Q(closed_on=None),
                name="assistance_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_on=None, outcome=None, step__lt=5)
                | models.Q(closed_on__isnull=False, outcome__isnull=False, step=5, due_on=None),
                name="assistance_closed_whole",
            ),
        ]


class ApplicationRecord(Row):
    """One thing that happened to an application (申请办理记录), in order; `step` and `due_on` as it left them."""

    application = models.ForeignKey(Application, models.PROTECT, verbose_name="申请", related_name="records")
    sequence = models.IntegerField("序号")
    act = models.SmallIntegerField("办理事项")
    day = models.DateField("日期")
    step = models.SmallIntegerField("之后的环节")
    due_on = models.DateField("之后的期限", null=True)
    late = models.BooleanField("超期办理", default=False)
    words = models.CharField("说明", max_length=200, blank=True)
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "申请办理记录"
        constraints = [
            models.UniqueConstraint(fields=["application", "sequence"], name="assistance_record_order")
        ]


class ApplicationDocument(Row):
    """A document handed in (申请材料): its title and the hash of its content; the file itself may be elsewhere."""

    application = models.ForeignKey(
        Application, models.PROTECT, verbose_name="申请", related_name="documents"
    )
    title = models.CharField("材料名称", max_length=64)
    content_hash = models.CharField("内容摘要（SHA-256）", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "申请材料"
        constraints = [
            models.UniqueConstraint(fields=["application", "content_hash"], name="assistance_document_once")
        ]


class HouseholdMember(Row):
    """A member of the applicant's household, the applicant included (共同生活的家庭成员), and the income declared for a year."""

    application = models.ForeignKey(Application, models.PROTECT, verbose_name="申请", related_name="members")
    person = models.ForeignKey("enrolment.Person", models.PROTECT, verbose_name="人员", null=True)
    relation = models.CharField("与申请人关系", max_length=16)
    income_fen = models.BigIntegerField("申报年收入")

    class Meta:
        verbose_name = verbose_name_plural = "家庭成员"
        constraints = [
            models.UniqueConstraint(fields=["application", "person"], name="assistance_member_once"),
            models.CheckConstraint(condition=models.Q(income_fen__gte=0), name="assistance_income_least"),
        ]


class IncomeCheck(Row):
    """What a check of the household's means gave (家庭经济状况核对); `income_fen` is the larger of declared and found."""

    application = models.OneToOneField(
        Application, models.PROTECT, verbose_name="申请", related_name="income_check"
    )
    checked_on = models.DateField("核对日期")
    declared_fen = models.BigIntegerField("申报家庭年收入")
    found_fen = models.BigIntegerField("核查家庭年收入")
    income_fen = models.BigIntegerField("认定家庭年收入")
    members = models.IntegerField("家庭人数")
    burden_total_fen = models.BigIntegerField("年度个人负担合计")
    per_head_fen = models.BigIntegerField("人均年收入")
    line_fen = models.BigIntegerField("人均收入线")
    result = models.SmallIntegerField("核对结果")
    entry = models.CharField("收入线条目", max_length=96)
    standing = models.CharField("依据性质", max_length=16)
    actor = models.CharField("核对人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "家庭经济状况核对"


class IncomeSource(Row):
    """A source that was asked about a household's means (核查来源), and what it gave."""

    check_of = models.ForeignKey(IncomeCheck, models.PROTECT, verbose_name="核对", related_name="sources")
    department = models.SmallIntegerField("核查部门")
    found_fen = models.BigIntegerField("查得年收入")
    words = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "核查来源"


class Publicity(Row):
    """Hanging an application out in public (公示): both days inside."""

    application = models.OneToOneField(
        Application, models.PROTECT, verbose_name="申请", related_name="publicity"
    )
    first_day = models.DateField("起始日")
    last_day = models.DateField("终止日")
    place = models.CharField("公示地点", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "公示"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_day__lte=models.F("last_day")), name="assistance_publicity_days"
            )
        ]


class Objection(Row):
    """What somebody said against an application in public (公示异议); who said it is not kept here."""

    publicity = models.ForeignKey(Publicity, models.PROTECT, verbose_name="公示", related_name="objections")
    raised_on = models.DateField("提出日期")
    words = models.CharField("异议内容", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "公示异议"


class ObjectionAnswer(Row):
    """What was found of an objection (异议处理): upheld or not, once."""

    objection = models.OneToOneField(Objection, models.PROTECT, verbose_name="异议", related_name="answered")
    upheld = models.BooleanField("异议成立")
    answered_on = models.DateField("处理日期")
    words = models.CharField("处理情况", max_length=200)
    actor = models.CharField("处理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "异议处理"


class AssistanceDecision(Row):
    """What was decided on an application (审批): by another than who proposed it, once."""

    application = models.OneToOneField(
        Application, models.PROTECT, verbose_name="申请", related_name="decision"
    )
    proposal = models.OneToOneField("rights.Proposal", models.PROTECT, verbose_name="待复核事项")
    outcome = models.SmallIntegerField("审批结果")
    category = models.SmallIntegerField("认定身份")
    kind = models.SmallIntegerField("救助方式")
    effective_on = models.DateField("身份自何日起", null=True)
    burden_in_scope_fen = models.BigIntegerField("计入救助的政策范围内负担")
    decided_on = models.DateField("审批日期")
    words = models.CharField("理由", max_length=200)
    maker = models.CharField("拟办人", max_length=64)
    checker = models.CharField("审批人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "救助审批"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(checker=models.F("maker")), name="assistance_two_people"
            )
        ]


class AssistancePayment(Row):
    """What a granted application comes to (救助金): owed to the person from the day it is decided.

    `amount_fen` is the assistance fund's; `other_fen` what other payers owe differently once the year is settled again. An
    amount paid once has its own entry; a year settled again has those of its adjustments.
    """

    decision = models.OneToOneField(
        AssistanceDecision, models.PROTECT, verbose_name="审批", related_name="payment"
    )
    person = models.ForeignKey("enrolment.Person", models.PROTECT, verbose_name="人员")
    year = models.ForeignKey("settlement.YearRow", models.PROTECT, verbose_name="年度累计")
    kind = models.SmallIntegerField("救助方式")
    amount_fen = models.BigIntegerField("救助金额")
    other_fen = models.BigIntegerField("其他支付方差额")
    posted_on = models.DateField("入账日期")
    late_event = models.OneToOneField(
        "settlement.LateEvent", models.PROTECT, verbose_name="迟到事项", null=True
    )
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, verbose_name="记账凭证", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "救助金"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind=0, late_event__isnull=False, entry=None)
                | models.Q(kind=1, late_event=None, amount_fen__gte=0, other_fen=0),
                name="assistance_payment_kind",
            )
        ]


class AssistedCost(Row):
    """A settlement whose cost was assisted on application (已救助费用): the database takes each once."""

    payment = models.ForeignKey(
        AssistancePayment, models.PROTECT, verbose_name="救助金", related_name="costs"
    )
    settlement = models.OneToOneField("settlement.Settlement", models.PROTECT, verbose_name="结算")
    burden_fen = models.BigIntegerField("计入的政策范围内负担")

    class Meta:
        verbose_name = verbose_name_plural = "已救助费用"
