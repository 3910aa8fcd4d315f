"""Tables of rights: officers and grants, caller's keys, proposals, and the audit with its chain of seals."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from yibao.tables.models import Row


class Officers(BaseUserManager):
    """Makes officers; a password is kept as an Argon2 hash."""

    def create_user(self, username: str, password: str | None = None, **more: object) -> "Officer":
        """An officer with no grant."""
        officer = self.model(username=username, **more)
        officer.set_password(password)
        officer.save(using=self._db)
        return officer  # type: ignore[no-any-return]


class Officer(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in (人员)."""

    username = models.CharField("登录名", max_length=64, unique=True)
    shown_name = models.CharField("姓名", max_length=64, blank=True)
    is_active = models.BooleanField("在用", default=True)

    USERNAME_FIELD = "username"
    objects = Officers()

    class Meta:
        verbose_name = verbose_name_plural = "人员"


class Grant(Row):
    """A role in an area, for every fund or one, from one day to another (授权)."""

    officer = models.ForeignKey(Officer, models.PROTECT, verbose_name="人员")
    role = models.CharField("角色", max_length=32)
    area_code = models.CharField("地区", max_length=12)
    fund = models.CharField("基金", max_length=16, blank=True)
    first_day = models.DateField("起始日")
    last_day = models.DateField("终止日", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "授权"


class ApiToken(Row):
    """A key by which a program acts as an officer (接口令牌), kept as a hash; it works on its days and until revoked."""

    officer = models.ForeignKey(Officer, models.PROTECT, verbose_name="人员")
    label = models.CharField("用途", max_length=64)
    secret_hash = models.CharField("令牌摘要", max_length=64, unique=True)
    first_day = models.DateField("起始日")
    last_day = models.DateField("终止日")
    revoked_at = models.DateTimeField("吊销时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "接口令牌"


class Request(Row):
    """What somebody asked for under a key of their own (办理请求), and the answer; kept for ever."""

    caller = models.CharField("调用方", max_length=64)
    key = models.CharField("幂等键", max_length=128)
    action = models.CharField("事项", max_length=64)
    body_hash = models.CharField("请求内容摘要", max_length=64)
    reply = models.TextField("答复", null=True)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "办理请求"
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="rights_request_key")]


class Proposal(Row):
    """What one officer proposes and another decides (待复核事项)."""

    matter = models.CharField("业务事项", max_length=32)
    area_code = models.CharField("地区", max_length=12)
    fund = models.CharField("基金", max_length=16, blank=True)
    body = models.TextField("内容")
    maker = models.CharField("提出人", max_length=64)
    made_at = models.DateTimeField("提出时间")

    class Meta:
        verbose_name = verbose_name_plural = "待复核事项"


class Decision(Row):
    """What was decided on a proposal (复核结果): once, and never by its maker."""

    proposal = models.OneToOneField(Proposal, models.PROTECT, verbose_name="待复核事项")
    maker = models.CharField("提出人", max_length=64)
    checker = models.CharField("复核人", max_length=64)
    approved = models.BooleanField("同意")
    reason = models.TextField("理由")
    decided_at = models.DateTimeField("复核时间")

    class Meta:
        verbose_name = verbose_name_plural = "复核结果"
        constraints = [
            models.CheckConstraint(condition=~models.Q(checker=models.F("maker")), name="rights_two_people")
        ]


class AuditRecord(Row):
    """Who did or read what, when, from where and why (审计记录). It names people by id only."""

    recorded_at = models.DateTimeField("时间")
    actor = models.CharField("办理人", max_length=64)
    origin = models.CharField("来源", max_length=64, blank=True)
    action = models.CharField("事项", max_length=64)
    area_code = models.CharField("地区", max_length=12)
    subject = models.CharField("对象", max_length=64)
    reason = models.CharField("事由", max_length=200, blank=True)
    detail = models.TextField("内容", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"


class AuditSeal(Row):
    """One link of the chain (审计链): the hash of a record and of the link before it."""

    sequence = models.BigIntegerField("序号", unique=True)
    record = models.OneToOneField(AuditRecord, models.PROTECT, verbose_name="审计记录")
    chain_hash = models.CharField("链上摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "审计链"


class AuditHead(Row):
    """The end of the chain (链尾): the one row that whoever seals holds."""

    sequence = models.BigIntegerField("序号", default=0)
    chain_hash = models.CharField("链上摘要", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审计链尾"
