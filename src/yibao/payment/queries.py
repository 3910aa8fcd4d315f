"""What payment to people holds (支付查询): accounts masked, items with what is left of them, batches and where they stand."""

from typing import Any

from django.db.models import BigIntegerField, Case, Count, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from yibao.payment.checks import masked
from yibao.payment.models import Batch, BatchLine, Collected, LineOutcome, PayableItem, PayeeAccount, SetOff
from yibao.payment.payables import ENDED
from yibao.payment.terms import BankResult
from yibao.rights.actors import EVERY_FUND, Actor
from yibao.rights.areas import inside
from yibao.rights.roles import MAY
from yibao.rights.terms import Deed, Matter

LIVE_LINES = BatchLine.objects.exclude(pk__in=BatchLine.objects.filter(ENDED).values("pk"))
"""Lines of batches that hold their item: put up for decision, approved, or paid."""


def account_of(person_id: int) -> PayeeAccount | None:
    """The account that a person is paid to now."""
    return PayeeAccount.objects.filter(person_id=person_id).order_by("-turn").first()  # type: ignore[no-any-return]


def account_shown(person_id: int) -> dict[str, object] | None:
    """The account of a person as lists show it, without the holder and with its number masked."""
    account = account_of(person_id)
    if account is None:
        return None
    return {"bank": account.bank, "form": account.form, "account": masked(account.account_no)}


def items(actor: Actor) -> Any:
    """The items that an actor may look at: of pooling areas whose money the actor sees, with `left_fen` and `live`."""
    return with_left(PayableItem.objects.filter(_seen(actor)))


def batches(actor: Actor) -> Any:
    """The batches that an actor may look at, with `paid_fen`, `sent_back` and `approved` (None: not decided)."""
    own = Batch.objects.filter(_seen(actor))
    paid = LineOutcome.objects.filter(line__batch=OuterRef("pk"), result=BankResult.PAID_OUT)
    paid = paid.exclude(line__outcomes__result=BankResult.SENT_BACK)
    sums = paid.order_by().values("line__batch").annotate(sum=Sum("line__amount_fen")).values("sum")
    return own.annotate(
        paid_fen=Coalesce(Subquery(sums, output_field=BigIntegerField()), Value(0)),
        sent_back=Count("lines", filter=Q(lines__outcomes__result=BankResult.SENT_BACK), distinct=True),
        approved=F("proposal__decision__approved"),
    )


def lines_shown(actor: Actor, batch_id: int) -> list[dict[str, object]]:
    """The lines of a batch as a reviewer sees them: people by number, accounts masked; empty where it is not the actor's."""
    rows = BatchLine.objects.filter(batch__in=batches(actor).filter(pk=batch_id).values("pk"))
    return [
        {
            "line_id": line.pk,
            "person_id": line.item.person_id,
            "cause": line.item.cause,
            "source": line.item.source,
            "amount_fen": line.amount_fen,
            "bank": line.account.bank,
            "account": masked(line.account.account_no),
        }
        for line in rows.select_related("item", "account").order_by("pk")
    ]


def with_left(rows: Any) -> Any:
    """Items with what is left of each (`left_fen`, sign kept) and whether a batch holds it (`live`)."""
    off = _sum(SetOff, "payable") + _sum(SetOff, "receivable") + _sum(Collected, "receivable")
    return rows.annotate(
        off_fen=off,
        left_fen=Case(
            When(amount_fen__gt=0, then=F("amount_fen") - F("off_fen")),
            default=F("amount_fen") + F("off_fen"),
            output_field=BigIntegerField(),
        ),
        live=Exists(LIVE_LINES.filter(item=OuterRef("pk"))),
    )


def free_items(area_code: str, fund: str, period: str) -> Any:
    """Items of a fund that may be paid now: something is left, no batch holds them; `turns` were in one before."""
    rows = PayableItem.objects.filter(area_code=area_code, fund=fund, period__lte=period, amount_fen__gt=0)
    times = BatchLine.objects.filter(item=OuterRef("pk")).order_by().values("item")
    counted = Subquery(times.annotate(times=Count("pk")).values("times"), output_field=BigIntegerField())
    return with_left(rows).filter(left_fen__gt=0, live=False).annotate(turns=Coalesce(counted, Value(0)))


def newest_accounts(person_ids: Any) -> dict[int, PayeeAccount]:
    """The account of each person of a query who has one."""
    rows = PayeeAccount.objects.filter(person_id__in=person_ids).order_by("person_id", "turn")
    return {account.person_id: account for account in rows}


def _seen(actor: Actor) -> Q:
    """The condition that rows with an area and a fund are of what the actor may look at."""
    condition = Q(pk__in=())
    for grant in actor.granted:
        if (Matter.FUND_MATTER, Deed.LOOK) in MAY[grant.role]:
            of_fund = Q(fund=grant.fund) if grant.fund != EVERY_FUND else Q()
            condition |= inside([grant.area_code], "area_code") & of_fund
    return condition


def _sum(model: Any, side: str) -> Coalesce:
    rows = model.objects.filter(**{side: OuterRef("pk")}).order_by().values(side)
    sums = rows.annotate(sum=Sum("amount_fen")).values("sum")
    return Coalesce(Subquery(sums, output_field=BigIntegerField()), Value(0))
