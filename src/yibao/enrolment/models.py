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
