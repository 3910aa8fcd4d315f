"""Budget money for special funds (专项资金拨款): what comes for COVID-19 treatment or vaccination, each known by its own document.

It is posted in the special funds' own books, with the special fund in its reference: what is paid from one and what came for
it can be laid side by side (`settlement.special_funds`).

carries_out: FND-05
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from yibao.benefits.terms import SPECIAL_FUND_WORDS, SpecialFund
from yibao.kernel.money import LARGEST_FEN
from yibao.ledger.accounts import Fund
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.checks import too_long
from yibao.settlement.failures import SettlementFailure
from yibao.settlement.models import SpecialFundReceipt


@dataclass(frozen=True)
class BudgetMoney:
    """Money that came from the budget for a special fund of a pooling area, by a document of its own."""

    area_code: str
    special_fund: SpecialFund
    amount_fen: int
    document_no: str
    received_on: date


class NotReceived(SettlementFailure):
    """Budget money that was not taken in; all problems at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems) + "。未入账，请改正后重新提交 (not taken in)")


def receive_budget(actor: Actor, key: str, order: BudgetMoney, *, at: datetime) -> str:
    """Takes budget money for a special fund in; `{"receipt_id": …}`. Raises NotAllowed, NotReceived."""

    def do() -> dict[str, int]:
        actor.require(Matter.FUND_MATTER, Deed.DO, order.area_code, Fund.SPECIAL)
        problems = _problems(order, timezone.localdate(at))
        if problems:
            raise NotReceived(problems)
        lines = receipt_lines(SpecialFund(order.special_fund), order.amount_fen, order.received_on)
        row = _written(actor, order, post_entry(order.area_code, lines), at)
        note(
            actor,
            "receive_budget",
            order.area_code,
            f"receipt:{row.pk}",
            fund=SpecialFund(order.special_fund).name,
        )
        return {"receipt_id": row.pk}

    return once(actor.name, key, "receive_budget", order, do)


def receipt_lines(fund: SpecialFund, amount_fen: int, received_on: date) -> list[Line]:
    """What comes in for a special fund, named in the reference."""
    told = ("special_fund_budget", f"special:{fund.name}")
    return [
        Line(1, received_on, "fiscal_account", Fund.SPECIAL, amount_fen, *told),
        Line(1, received_on, "special_fund_budget", Fund.SPECIAL, -amount_fen, *told),
    ]


def _problems(order: BudgetMoney, today: date) -> list[str]:
    found = []
    if order.special_fund == SpecialFund.NONE:
        found.append(f"请写明专项资金：{SPECIAL_FUND_WORDS[SpecialFund.NONE][0]}")
    if not 0 < order.amount_fen <= LARGEST_FEN:
        found.append("拨款金额应大于零且不超过上限，请核对单位")
    if not order.document_no.strip():
        found.append("缺少拨款文号")
    found += too_long("number", order.document_no, "拨款文号")
    if order.received_on > today:
        found.append(f"到账日期 {order.received_on} 在今天之后")
    return found


def _written(actor: Actor, order: BudgetMoney, entry_id: int | None, at: datetime) -> SpecialFundReceipt:
    try:
        with transaction.atomic():
            return SpecialFundReceipt.objects.create(  # type: ignore[no-any-return]
                area_code=order.area_code,
                special_fund=order.special_fund,
                amount_fen=order.amount_fen,
                document_no=order.document_no,
                received_on=order.received_on,
                entry_id=entry_id,
                actor=actor.name,
                recorded_at=at,
            )
    except IntegrityError as refused:
        if "settlement_receipt_once" not in str(refused) and "document_no" not in str(refused):
            raise
        raise NotReceived([f"拨款文号 {order.document_no} 已为该专项资金入账"]) from None
