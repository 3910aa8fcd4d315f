"""Tables of what benefits ask about a person (待遇资格): certified diseases, and the institution that somebody is bound to."""

from django.db import models

from yibao.tables.models import Row


class Certification(Row):
    """That a person is certified for a disease (病种认定). `kind` is the VisitKind the disease is treated under.

    `disease_code` is a code of the area's `chronic_diseases`, or the name of a TwoDisease; `slot` is which of the
    person's chronic diseases it is, 0–3: the months of its quota are kept by it.
    """

    person = models.ForeignKey("enrolment.Person", models.PROTECT, verbose_name="人员")
    kind = models.SmallIntegerField("待遇类别")
    disease_code = models.CharField("病种代码", max_length=32)
    slot = models.SmallIntegerField("病种序位", default=0)
    first_day = models.DateField("起始日")
    last_day = models.DateField("终止日", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "病种认定"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(slot__gte=0, slot__lt=4), name="benefits_certification_slot"
            )
        ]


class Attachment(Row):
    """An institution that a person chose or signed with (首诊与签约). `kind` is an AttachmentKind."""

    person = models.ForeignKey("enrolment.Person", models.PROTECT, verbose_name="人员")
    kind = models.SmallIntegerField("种类")
    institution = models.ForeignKey("payment.Institution", models.PROTECT, verbose_name="机构", null=True)
    first_day = models.DateField("起始日")
    last_day = models.DateField("终止日", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "首诊与签约"


class Filing(Row):
    """A filing for care outside the area (异地就医备案). `kind` is a FilingKind; `to_code` is where care is sought.

    A filing made after the care began holds from the day it was made for: `first_day` may lie before `filed_on`.
    """

    person = models.ForeignKey("enrolment.Person", models.PROTECT, verbose_name="人员")
    kind = models.SmallIntegerField("备案类型")
    to_code = models.CharField("就医地", max_length=12)
    first_day = models.DateField("起始日")
    last_day = models.DateField("终止日", null=True)
    filed_on = models.DateField("备案日期")

    class Meta:
        verbose_name = verbose_name_plural = "异地就医备案"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day=None) | models.Q(last_day__gte=models.F("first_day")),
                name="benefits_filing_days",
            )
        ]
