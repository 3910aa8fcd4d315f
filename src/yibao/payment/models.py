"""Tables of institutions (定点医药机构): who they are and on which days they are designated."""

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
