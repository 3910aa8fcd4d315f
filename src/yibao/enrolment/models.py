"""Tables of enrolment (参保): households, people, what they are known and certified by, their coverage, and what happened.

The database refuses two coverages of one person on one day (migration 0002), whatever their scheme, and keeps every event
as it was written. `county_code` is the county of enrolment, which the area filter goes by.
"""

from django.db import models

from yibao.tables.models import Row


class Household(Row):
    """People who register together (户)."""

    division_code = models.CharField("所在地区划代码", max_length=12)

    class Meta:
        verbose_name = verbose_name_plural = "户"


class Person(Row):
    """One person (人员). `state` is an EnrolmentState; `version` counts changes, so that a stale edit is found."""

    household = models.ForeignKey(Household, models.PROTECT, verbose_name="户", null=True)
    name = models.CharField("姓名", max_length=64)
    sex = models.SmallIntegerField("性别")
    born_on = models.DateField("出生日期")
    died_on = models.DateField("死亡日期", null=True)
    county_code = models.CharField("参保县（市、区）", max_length=12)
    state = models.SmallIntegerField("参保状态")
    version = models.IntegerField("版本", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        indexes = [models.Index(fields=["county_code"], name="enrolment_person_county")]
        constraints = [
            models.CheckConstraint(condition=models.Q(sex__in=[1, 2]), name="enrolment_person_sex"),
            models.CheckConstraint(
                condition=models.Q(died_on=None) | models.Q(died_on__gte=models.F("born_on")),
                name="enrolment_person_days",
            ),
        ]


class Identity(Row):
    """A document that identifies a person (身份凭证). `kind` is an IdentityKind; `country` is empty for China."""

    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人员", related_name="identities")
    kind = models.SmallIntegerField("证件类型")
    country = models.CharField("签发国家或地区", max_length=3, blank=True)
    number = models.CharField("证件号码", max_length=32)

    class Meta:
        verbose_name = verbose_name_plural = "身份凭证"
        constraints = [
            models.UniqueConstraint(fields=["kind", "country", "number"], name="enrolment_identity_once")
        ]


class Address(Row):
    """An address of a person by division code (地址). `kind` is an AddressKind."""

    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人员", related_name="addresses")
    kind = models.SmallIntegerField("地址种类")
    division_code = models.CharField("区划代码", max_length=12)
    text = models.CharField("详细地址", max_length=200, blank=True)
    first_day = models.DateField("起始日")
    last_day = models.DateField("终止日", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "地址"


class CategoryTag(Row):
    """That a department certifies a person as of a Category, from one day to another (人员身份类别认定)."""

    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人员", related_name="category_tags")
    category = models.SmallIntegerField("身份类别")
    certified_by = models.SmallIntegerField("认定部门")
    document_no = models.CharField("认定文号", max_length=64, blank=True)
    first_day = models.DateField("起始日")
    last_day = models.DateField("终止日", null=True)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "人员身份类别"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day=None) | models.Q(last_day__gte=models.F("first_day")),
                name="enrolment_tag_days",
            ),
        ]


class Coverage(Row):
    """Days on which a person is covered in a scheme (参保期); `scheme` is a Scheme, both days inside.

    `planned_last_day` is where the coverage would have ended had nothing happened; a suspended one is resumed up to it. A
    coverage of which no day is left is `void`.
    """

    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人员", related_name="coverages")
    scheme = models.SmallIntegerField("险种")
    area_code = models.CharField("统筹地区", max_length=6)
    benefit_year = models.SmallIntegerField("待遇年度")
    group = models.SmallIntegerField("缴费人群", default=0)
    tier = models.SmallIntegerField("缴费档次", default=0)
    first_day = models.DateField("起始日")
    last_day = models.DateField("终止日")
    planned_last_day = models.DateField("原定终止日")
    waiting_last_day = models.DateField("等待期终止日", null=True)
    void = models.BooleanField("已作废", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "参保期"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_day__lte=models.F("last_day")), name="enrolment_coverage_days"
            ),
        ]


class Event(Row):
    """Something that happened to an enrolment (参保业务记录): who, when, why, and the facts before and after."""

    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人员", related_name="events")
    event = models.SmallIntegerField("业务类型")
    action = models.CharField("事项", max_length=32)
    happened_on = models.DateField("发生日期")
    effective_on = models.DateField("生效日期")
    reason = models.CharField("事由", max_length=200)
    document_no = models.CharField("依据文号", max_length=64, blank=True)
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")
    before = models.TextField("变更前", blank=True)
    after = models.TextField("变更后", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "参保业务记录"


class DepartmentList(Row):
    """A list as a department gave it (部门名单). `as_of` is the day it is of; `full`: who is not on it is no longer certified.

    `plan_hash` names what committing would write: what was looked at is what is written, or nothing is.
    """

    area_code = models.CharField("名单的地区", max_length=12)
    department = models.SmallIntegerField("提供部门")
    kind = models.SmallIntegerField("名单种类")
    category = models.SmallIntegerField("身份类别", null=True)
    disease_code = models.CharField("病种代码", max_length=32, blank=True)
    as_of = models.DateField("名单截止日")
    full = models.BooleanField("是否全量名单")
    document_no = models.CharField("来文文号", max_length=64, blank=True)
    file_name = models.CharField("文件名", max_length=200)
    file_hash = models.CharField("文件摘要", max_length=64)
    state = models.SmallIntegerField("名单状态", default=0)
    plan_hash = models.CharField("办理内容摘要", max_length=64)
    received_at = models.DateTimeField("收到时间")
    received_by = models.CharField("收件人", max_length=64)
    committed_at = models.DateTimeField("入库时间", null=True)
    committed_by = models.CharField("入库人", max_length=64, blank=True)
    undone_at = models.DateTimeField("撤回时间", null=True)
    undone_by = models.CharField("撤回人", max_length=64, blank=True)
    undo_reason = models.CharField("撤回事由", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "部门名单"
        indexes = [models.Index(fields=["area_code", "as_of"], name="enrolment_list_area_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "department", "kind", "as_of", "file_hash"],
                condition=models.Q(state=1),
                name="enrolment_list_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state=0) | models.Q(committed_at__isnull=False),
                name="enrolment_list_committed",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=2) | models.Q(undone_at__isnull=False),
                name="enrolment_list_undone",
            ),
        ]


class ListRow(Row):
    """One row of a list (名单行): as it was given, what it comes to, and whose it is.

    `number` is the row of the file, 0 for somebody who is no longer on a full list. `given` is what the department wrote,
    `problems` what is wrong with it, both as JSON.
    """

    department_list = models.ForeignKey(
        DepartmentList, models.PROTECT, verbose_name="部门名单", related_name="rows"
    )
    number = models.IntegerField("行号")
    given = models.TextField("原文", blank=True)
    verdict = models.SmallIntegerField("名单行结果")
    problems = models.TextField("问题", blank=True)
    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人员", null=True)
    matched_by = models.SmallIntegerField("匹配方式", default=0)
    score_bp = models.IntegerField("匹配分（万分之一）", null=True)
    decided_by = models.CharField("核对人", max_length=64, blank=True)
    decided_reason = models.CharField("核对理由", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "名单行"
        constraints = [
            models.UniqueConstraint(
                fields=["department_list", "number"],
                condition=models.Q(number__gt=0),
                name="enrolment_list_row_once",
            ),
        ]


class ListCandidate(Row):
    """Somebody whom a row without a sure match may be of (疑似匹配人员)."""

    row = models.ForeignKey(ListRow, models.PROTECT, verbose_name="名单行", related_name="candidates")
    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人员")
    score_bp = models.IntegerField("匹配分（万分之一）")

    class Meta:
        verbose_name = verbose_name_plural = "疑似匹配人员"
        constraints = [
            models.UniqueConstraint(fields=["row", "person"], name="enrolment_candidate_once"),
        ]


class ListEffect(Row):
    """What a list did to a person (名单办理记录), and the record that takes it back: never changed.

    `target_id` is the tag, certification, coverage case or person it was done to; `before` and `after` are its facts as JSON.
    """

    row = models.ForeignKey(ListRow, models.PROTECT, verbose_name="名单行", related_name="effects")
    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人员")
    effect = models.SmallIntegerField("办理结果")
    target_id = models.BigIntegerField("对象编号")
    before = models.TextField("变更前", blank=True)
    after = models.TextField("变更后", blank=True)
    undoes = models.OneToOneField("self", models.PROTECT, verbose_name="撤回的记录", null=True)
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "名单办理记录"


class GapFollowUp(Row):
    """What was done about somebody certified and not enrolled (认定未参保跟进): never changed, the newest counts.

    Of a person, or of a row of a list whom nobody has registered; a closing for the benefit year it was made in.
    """

    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人员", null=True)
    row = models.ForeignKey(ListRow, models.PROTECT, verbose_name="名单行", null=True)
    benefit_year = models.SmallIntegerField("待遇年度")
    state = models.SmallIntegerField("跟进状态")
    done_on = models.DateField("跟进日期")
    reason = models.CharField("未参保原因", max_length=200)
    promised_on = models.DateField("承诺参保日期", null=True)
    evidence = models.CharField("凭证", max_length=200, blank=True)
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "认定未参保跟进"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person=None, row__isnull=False) | models.Q(person__isnull=False, row=None),
                name="enrolment_gap_of_one",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=2) | models.Q(promised_on__isnull=False),
                name="enrolment_gap_promise",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=5) | ~models.Q(evidence=""), name="enrolment_gap_evidence"
            ),
        ]


class DuplicateEnrolment(Row):
    """Two records of cover that overlap (重复参保): one of ours, and another one of ours or one that lies elsewhere.

    `facts` is what the table that proposes was given, as JSON; `keep` is the proposal, then what the person chose.
    """

    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人员", related_name="duplicates")
    other = models.ForeignKey(
        Person, models.PROTECT, verbose_name="疑似同一人", related_name="duplicates_of", null=True
    )
    row = models.ForeignKey(ListRow, models.PROTECT, verbose_name="名单行", null=True)
    county_code = models.CharField("参保县（市、区）", max_length=12)
    area_code = models.CharField("另一条的地区", max_length=12)
    scheme = models.SmallIntegerField("另一条的险种")
    first_day = models.DateField("另一条的起始日")
    last_day = models.DateField("另一条的终止日")
    facts = models.TextField("判断依据")
    score_bp = models.IntegerField("匹配分（万分之一）", null=True)
    case = models.SmallIntegerField("重复参保情形")
    keep = models.SmallIntegerField("保留哪一条")
    state = models.SmallIntegerField("办理状态", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "重复参保"
        indexes = [models.Index(fields=["county_code", "state"], name="enrolment_duplicate_county")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "area_code", "scheme", "first_day", "last_day"],
                condition=models.Q(other=None) & ~models.Q(state=5),
                name="enrolment_duplicate_once",
            ),
            models.UniqueConstraint(fields=["person", "other"], name="enrolment_duplicate_pair_once"),
            models.CheckConstraint(
                condition=models.Q(other=None) | models.Q(other__gt=models.F("person")),
                name="enrolment_duplicate_pair",
            ),
        ]


class DuplicateStep(Row):
    """One step of a duplicate (重复参保办理记录): proposed, notified, chosen, closed; never changed."""

    duplicate = models.ForeignKey(
        DuplicateEnrolment, models.PROTECT, verbose_name="重复参保", related_name="steps"
    )
    state = models.SmallIntegerField("办理状态")
    keep = models.SmallIntegerField("保留哪一条")
    done_on = models.DateField("日期")
    document_no = models.CharField("通知或书面声明编号", max_length=64, blank=True)
    reason = models.CharField("事由", max_length=200, blank=True)
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "重复参保办理记录"


class PersonMerge(Row):
    """That one record is of the person another one is of (人员合并): the record stays, its documents name the other."""

    gone = models.OneToOneField(Person, models.PROTECT, verbose_name="并入的记录", related_name="merged_into")
    kept = models.ForeignKey(Person, models.PROTECT, verbose_name="保留的记录", related_name="merged_from")
    duplicate = models.OneToOneField(DuplicateEnrolment, models.PROTECT, verbose_name="重复参保")
    identities = models.TextField("转入的证件编号")
    reason = models.CharField("事由", max_length=200)
    actor = models.CharField("办理人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "人员合并"
        constraints = [
            models.CheckConstraint(condition=~models.Q(gone=models.F("kept")), name="enrolment_merge_of_two")
        ]
