"""Tables of the ledger (账簿): entries and their lines, in whole fen, only ever added to.

The database itself refuses a line changed or removed, a line added to an entry of an earlier transaction, and the end of
a transaction in which an entry's lines do not sum to zero in each fund (migration 0002).
"""

from django.db import models

from yibao.ledger.accounts import FUND_WORDS
from yibao.tables.models import Row


class Entry(Row):
    """One entry (记账凭证) in the books of a pooling area."""

    area_code = models.CharField("统筹地区", max_length=6)
    posted_on = models.DateField("入账日期")
    memo = models.CharField("摘要", max_length=32)
    reference = models.CharField("依据", max_length=64, blank=True)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "记账凭证"
        indexes = [models.Index(fields=["area_code", "posted_on"], name="ledger_entry_area_day")]


class EntryLine(Row):
    """One line (凭证分录): a debit is positive, a credit negative."""

    entry = models.ForeignKey(Entry, models.PROTECT, verbose_name="凭证", related_name="lines")
    fund = models.CharField("基金", max_length=16)
    account = models.CharField("科目", max_length=32)
    amount_fen = models.BigIntegerField("金额（分，借正贷负）")

    class Meta:
        verbose_name = verbose_name_plural = "凭证分录"
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount_fen=0), name="ledger_line_not_zero"),
            models.CheckConstraint(
                condition=models.Q(fund__in=[fund.value for fund in FUND_WORDS]), name="ledger_line_fund"
            ),
        ]


class Closing(Row):
    """A month of an area's books that is closed (结账): `period` is the month itself, such as 2023-03, never a moved date."""

    area_code = models.CharField("统筹地区", max_length=6)
    period = models.CharField("会计期间", max_length=7)
    actor = models.CharField("结账人", max_length=64)
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "结账"
        constraints = [models.UniqueConstraint(fields=["area_code", "period"], name="ledger_closed_once")]
