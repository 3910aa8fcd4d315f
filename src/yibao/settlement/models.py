"""Tables of settlement (待遇结算): what was billed, what was settled and why, and the year so far of each person.

Settlements, adjustments and late events are only ever added to; the year so far is the one row that changes, under a lock.
Claims and years are kept as the engine's own vectors (`settlement.vectors`), amounts besides as columns of whole fen.
"""

from django.db import models

from yibao.tables.models import Row


class Visit(Row):
    """A visit or stay as the institution billed it (就诊). Codes are members of the enums of `benefits.terms`."""

    person = models.ForeignKey("enrolment.Person", models.PROTECT, verbose_name="人员")
    institution = models.ForeignKey("payment.Institution", models.PROTECT, verbose_name="机构")
    kind = models.SmallIntegerField("医疗类别")
    care_path = models.SmallIntegerField("就医方式")
    admitted_on = models.DateField("入院日期", null=True)
    served_on = models.DateField("出院或就诊日期")
    disease_code = models.CharField("病种代码", max_length=32, blank=True)
    delivery = models.SmallIntegerField("生育类别", default=0)
    exclusion = models.SmallIntegerField("不予支付情形", default=0)
    special_fund = models.SmallIntegerField("专项资金", default=0)
    continues_episode = models.BooleanField("同一住院过程")
    properly_referred = models.BooleanField("规范转诊")
    manual = models.BooleanField("手工报销", default=False)
    own_expense_fen = models.BigIntegerField("全自费")
    over_standard_fen = models.BigIntegerField("超限价自付")
    initial_self_pay_fen = models.BigIntegerField("先行自付")
    class_a_fen = models.BigIntegerField("甲类政策范围内费用")
    class_b_fen = models.BigIntegerField("乙类政策范围内费用")

    class Meta:
        verbose_name = verbose_name_plural = "就诊"


class FeeLineRow(Row):
    """One line of a bill (费用明细) and its split; a refund is negative."""

    visit = models.ForeignKey(Visit, models.PROTECT, verbose_name="就诊", related_name="fee_lines")
    item_code = models.CharField("项目代码", max_length=64)
    item_class = models.SmallIntegerField("目录类别")
    quantity = models.BigIntegerField("数量（万分之一）")
    amount_fen = models.BigIntegerField("金额")
    standard_fen = models.BigIntegerField("支付标准", null=True)
    initial_bp = models.IntegerField("先行自付比例（万分之一）")
    own_expense_fen = models.BigIntegerField("全自费")
    over_standard_fen = models.BigIntegerField("超限价自付")
    initial_self_pay_fen = models.BigIntegerField("先行自付")
    in_scope_fen = models.BigIntegerField("政策范围内费用")

    class Meta:
        verbose_name = verbose_name_plural = "费用明细"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    amount_fen=models.F("own_expense_fen")
                    + models.F("over_standard_fen")
                    + models.F("initial_self_pay_fen")
                    + models.F("in_scope_fen")
                ),
                name="settlement_line_parts",
            )
        ]


class TermsUsed(Row):
    """The versions of the entries that a settlement rests on (所依据的政策版本), named by their hash."""

    content_hash = models.CharField("内容摘要", max_length=64, unique=True)
    content = models.TextField("条目与版本")

    class Meta:
        verbose_name = verbose_name_plural = "政策版本"


class YearRow(Row):
    """The year so far of one person (年度累计): the engine's vector, and where the order of settlement stands.

    `opening` is what was taken over from elsewhere; `sequence` the number of the last settlement, `replayed_to` that up to
    which a replay has made the stored changes no longer what the year gained by them.
    """

    person = models.ForeignKey("enrolment.Person", models.PROTECT, verbose_name="人员")
    benefit_year = models.SmallIntegerField("待遇年度")
    academic = models.BooleanField("学年")
    layout = models.CharField("版面", max_length=16)
    opening = models.BinaryField("年初接转")
    so_far = models.BinaryField("年度累计")
    sequence = models.IntegerField("结算序号", default=0)
    replayed_to = models.IntegerField("已重算至", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "年度累计"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "benefit_year", "academic"], name="settlement_year_once"
            )
        ]


class Settlement(Row):
    """One settlement, or the reversal of one (结算): never changed. The seven payers add up to the total."""

    year = models.ForeignKey(YearRow, models.PROTECT, verbose_name="年度累计", related_name="settlements")
    visit = models.ForeignKey(Visit, models.PROTECT, verbose_name="就诊")
    sequence = models.IntegerField("结算序号")
    area_code = models.CharField("统筹地区", max_length=6)
    terms_code = models.CharField("适用政策的地区", max_length=6)
    served_on = models.DateField("待遇日期")
    settled_at = models.DateTimeField("结算时间")
    posted_on = models.DateField("入账日期")
    category = models.SmallIntegerField("结算身份")
    refusal = models.SmallIntegerField("不予支付原因")
    total_fen = models.BigIntegerField("医疗费总额")
    basic_fen = models.BigIntegerField("基本医保基金支付")
    catastrophic_fen = models.BigIntegerField("大病保险支付")
    assistance_fen = models.BigIntegerField("医疗救助支付")
    top_up_fen = models.BigIntegerField("倾斜救助支付")
    hospital_fen = models.BigIntegerField("医疗机构负担")
    special_fund_fen = models.BigIntegerField("专项资金支付")
    person_fen = models.BigIntegerField("个人负担")
    claim = models.BinaryField("结算事实")
    before = models.BinaryField("结算前年度累计")
    change = models.BinaryField("年度累计增加")
    terms = models.ForeignKey(TermsUsed, models.PROTECT, verbose_name="政策版本")
    rules_hash = models.CharField("规则摘要", max_length=64)
    reverses = models.OneToOneField("self", models.PROTECT, verbose_name="撤销的结算", null=True)
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, verbose_name="记账凭证", null=True)
    actor = models.CharField("办理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "结算"
        indexes = [models.Index(fields=["area_code", "posted_on"], name="settlement_area_day")]
        constraints = [
            models.UniqueConstraint(fields=["year", "sequence"], name="settlement_order"),
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
                name="settlement_parts",
            ),
        ]


class LateEvent(Row):
    """Something that came late and had the year replayed (迟到事项). `so_far` is the year after it."""

    year = models.ForeignKey(YearRow, models.PROTECT, verbose_name="年度累计", related_name="late_events")
    sequence = models.IntegerField("发生时的结算序号")
    cause = models.CharField("原因", max_length=32)
    reason = models.CharField("事由", max_length=200)
    so_far = models.BinaryField("重算后年度累计")
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "迟到事项"


class ClaimNow(Row):
    """The facts of a settlement as a late event has them (更正后的结算事实); the newest holds."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, verbose_name="结算", related_name="claims_now")
    late_event = models.ForeignKey(LateEvent, models.PROTECT, verbose_name="迟到事项")
    claim = models.BinaryField("结算事实")

    class Meta:
        verbose_name = verbose_name_plural = "更正后的结算事实"


class AdjustmentRow(Row):
    """What one payer owes differently for one settlement (补差); above zero payable to the person. `payer` is a Payer."""

    late_event = models.ForeignKey(
        LateEvent, models.PROTECT, verbose_name="迟到事项", related_name="adjustments"
    )
    settlement = models.ForeignKey(Settlement, models.PROTECT, verbose_name="结算")
    payer = models.SmallIntegerField("支付方")
    difference_fen = models.BigIntegerField("差额")
    entry = models.ForeignKey("ledger.Entry", models.PROTECT, verbose_name="记账凭证", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "补差"
        constraints = [
            models.UniqueConstraint(
                fields=["late_event", "settlement", "payer"], name="settlement_adjusted_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(difference_fen=0), name="settlement_adjustment_not_zero"
            ),
        ]


class ThirdPartyCase(Row):
    """That somebody else is liable for what a settlement is of (第三人责任案件), once a settlement."""

    settlement = models.OneToOneField(
        Settlement, models.PROTECT, verbose_name="结算", related_name="third_party_case"
    )
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "第三人责任案件"


class ThirdPartyShare(Row):
    """What share the third party bears (第三人责任比例) as it was determined; the newest holds. `third_party` is a ThirdParty."""

    case = models.ForeignKey(ThirdPartyCase, models.PROTECT, verbose_name="案件", related_name="shares")
    third_party = models.SmallIntegerField("责任种类")
    share_bp = models.IntegerField("责任比例（万分之一）")
    evidence = models.CharField("依据", max_length=200)
    known_on = models.DateField("认定日期")
    late_event = models.OneToOneField(LateEvent, models.PROTECT, verbose_name="迟到事项", null=True)
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "第三人责任比例"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(share_bp__gte=0, share_bp__lte=10_000), name="settlement_share_range"
            )
        ]


class CaseEvent(Row):
    """Something of a case's money (案件收支): `step` is a CaseStep. What two people decide names its proposal."""

    case = models.ForeignKey(ThirdPartyCase, models.PROTECT, verbose_name="案件", related_name="steps")
    step = models.CharField("事项", max_length=16)
    cause = models.SmallIntegerField("先行支付情形", null=True)
    source = models.SmallIntegerField("追偿来源", null=True)
    external_no = models.CharField("银行流水号", max_length=64, null=True, unique=True)
    happened_on = models.DateField("发生日期")
    posted_on = models.DateField("入账日期")
    proposal = models.OneToOneField("rights.Proposal", models.PROTECT, verbose_name="待复核事项", null=True)
    late_event = models.OneToOneField(LateEvent, models.PROTECT, verbose_name="迟到事项", null=True)
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, verbose_name="记账凭证", null=True)
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "案件收支"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(step="recovered", proposal=None, external_no__isnull=False)
                | (~models.Q(step="recovered") & models.Q(proposal__isnull=False, external_no=None)),
                name="settlement_step_decided",
            )
        ]


class CaseAmount(Row):
    """What one payer advanced, took back, recovered or gave up in a step (案件金额), above zero. `payer` is a Payer."""

    step = models.ForeignKey(CaseEvent, models.PROTECT, verbose_name="案件收支", related_name="amounts")
    payer = models.SmallIntegerField("支付方")
    amount_fen = models.BigIntegerField("金额")

    class Meta:
        verbose_name = verbose_name_plural = "案件金额"
        constraints = [
            models.UniqueConstraint(fields=["step", "payer"], name="settlement_case_amount_once"),
            models.CheckConstraint(
                condition=models.Q(amount_fen__gt=0), name="settlement_case_amount_above_zero"
            ),
        ]


class SpecialFundReceipt(Row):
    """Money that came from the budget for a special fund (专项资金拨款). `special_fund` is a SpecialFund."""

    area_code = models.CharField("统筹地区", max_length=6)
    special_fund = models.SmallIntegerField("专项资金")
    amount_fen = models.BigIntegerField("金额")
    document_no = models.CharField("拨款文号", max_length=64)
    received_on = models.DateField("到账日期")
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, verbose_name="记账凭证")
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "专项资金拨款"
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "special_fund", "document_no"], name="settlement_receipt_once"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_fen__gt=0), name="settlement_receipt_above_zero"
            ),
        ]


class Objection(Row):
    """That a person objects to a decision (异议、复核申请), once a decision. `subject` is an ObjectionSubject.

    `subject_id` is a settlement or an event of enrolment; `maker` who made the decision. The last days are those of the
    entry in force when it was received; `late` is whether it came after the first of them.
    """

    person = models.ForeignKey("enrolment.Person", models.PROTECT, verbose_name="人员")
    subject = models.CharField("异议事项", max_length=24)
    subject_id = models.BigIntegerField("事项编号")
    maker = models.CharField("原办理人", max_length=64)
    grounds = models.CharField("理由", max_length=500)
    known_on = models.DateField("知道之日")
    received_on = models.DateField("收到日期")
    file_by = models.DateField("申请期限")
    admit_by = models.DateField("受理期限")
    rule_by = models.DateField("复核期限")
    late = models.BooleanField("逾期申请")
    brought_by = models.SmallIntegerField("申请人", null=True)
    actor = models.CharField("接收人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "复核申请"
        constraints = [
            models.UniqueConstraint(fields=["subject", "subject_id"], name="settlement_objected_once")
        ]


class ObjectionStep(Row):
    """A stage of an objection and what came of it (复核办理). Who rules is never who made the decision."""

    objection = models.ForeignKey(Objection, models.PROTECT, verbose_name="复核申请", related_name="stages")
    stage = models.SmallIntegerField("阶段")
    result = models.CharField("结果", max_length=24)
    reason = models.CharField("理由", max_length=500)
    happened_on = models.DateField("日期")
    maker = models.CharField("原办理人", max_length=64)
    late_event = models.OneToOneField(LateEvent, models.PROTECT, verbose_name="迟到事项", null=True)
    reversal = models.OneToOneField(Settlement, models.PROTECT, verbose_name="撤销记录", null=True)
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "复核办理"
        constraints = [
            models.UniqueConstraint(fields=["objection", "stage"], name="settlement_objection_stage_once"),
            models.CheckConstraint(
                condition=~models.Q(stage=2) | ~models.Q(actor=models.F("maker")),
                name="settlement_ruled_by_another",
            ),
        ]


class FilingEnd(Row):
    """That a filing for care outside was ended or changed (备案终止、变更), once. `void` is one of which no day is left."""

    filing = models.OneToOneField(
        "benefits.Filing", models.PROTECT, verbose_name="备案", related_name="ending"
    )
    followed_by = models.OneToOneField(
        "benefits.Filing", models.PROTECT, verbose_name="变更后的备案", null=True, related_name="+"
    )
    void = models.BooleanField("未生效即终止")
    ended_on = models.DateField("办理日期")
    reason = models.CharField("事由", max_length=200)
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "备案终止"
