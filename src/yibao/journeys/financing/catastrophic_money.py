"""Catastrophic funding (大病保险筹资) of a pooling area and year: what is to be moved, proposed, approved and moved by instalments.

The year's funding is the rule's: a share of the financing of the people covered, never below the floor per person. It grows
with the people, so each instalment is judged by the funding as it is when it is decided. Instalments are numbered without a
gap, each once, and together are never more than the funding.

carries_out: FIN-09
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone

from yibao.financing.fund_models import CatastrophicTransfer
from yibao.financing.rules.catastrophic_funding import CatastrophicFunding, catastrophic_funding
from yibao.journeys.financing.contribution_failures import ContributionFailure
from yibao.journeys.financing.financed import YearFinancing, year_financing
from yibao.journeys.two_people import order_in, put_up
from yibao.kernel.money import yuan
from yibao.ledger.accounts import Fund
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line
from yibao.packs.financing import financing_terms
from yibao.packs.policies import policies
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.terms import Deed, Matter
from yibao.settlement.versions import pooling_area

ACTION = "move_catastrophic_funding"


@dataclass(frozen=True)
class TransferOrder:
    """An instalment of a year's catastrophic funding to be moved on a day."""

    area_code: str
    benefit_year: int
    instalment: int
    amount_fen: int
    posted_on: date


class NotMoved(ContributionFailure):
    """Catastrophic funding that is not moved; all problems at once, and nothing was changed."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems) + "。未划转，请核对后重新提出 (not moved)")


class FundingStanding(NamedTuple):
    """A year's catastrophic funding as it stands: the working, what was moved in how many instalments, what is left."""

    financing: YearFinancing
    working: CatastrophicFunding
    instalments: int
    moved_fen: int

    @property
    def left_fen(self) -> int:
        """What is still to be moved; negative where people were fewer in the end than when it was moved."""
        return self.working.funding_fen - self.moved_fen


def catastrophic_standing(actor: Actor, *, area_code: str, benefit_year: int) -> FundingStanding:
    """A year's catastrophic funding as it stands. Raises NotAllowed, and the failures of `packs`."""
    actor.require(Matter.FUND_MATTER, Deed.LOOK, area_code, Fund.BASIC)
    return _standing(area_code, benefit_year)


def propose_transfer(actor: Actor, key: str, order: TransferOrder) -> str:
    """Puts an instalment up for decision; `{"proposal_id": …}`. Raises NotAllowed, NotMoved, the failures of `packs`."""

    def checked() -> str:
        _refuse(order)
        return order.area_code

    return put_up(actor, key, ACTION, order, matter=Matter.FUND_MATTER, area_code=checked, fund=Fund.BASIC)


def move_decided(actor: Actor, proposal_id: int, body: str) -> dict[str, object]:
    """Moves an instalment that two people decided on; part of deciding."""
    order = order_in(TransferOrder, body)
    standing = _refuse(order)
    try:
        with transaction.atomic():
            row = CatastrophicTransfer.objects.create(
                area_code=order.area_code,
                benefit_year=order.benefit_year,
                instalment=order.instalment,
                people=standing.financing.people,
                financing_fen=standing.financing.financing_fen,
                at_rate_fen=standing.working.at_rate_fen,
                floor_fen=standing.working.floor_fen,
                funding_fen=standing.working.funding_fen,
                amount_fen=order.amount_fen,
                posted_on=order.posted_on,
                entry_id=post_entry(order.area_code, _lines(order)),
                proposal_id=proposal_id,
                recorded_at=timezone.now(),
            )
    except IntegrityError as refused:
        if "financing_transferred_once" not in str(refused) and "instalment" not in str(refused):
            raise
        raise NotMoved([f"第 {order.instalment} 期已经划转"]) from None
    note(actor, ACTION, order.area_code, f"transfer:{row.pk}")
    return {"transfer_id": row.pk, "amount_fen": order.amount_fen}


def _standing(area_code: str, benefit_year: int) -> FundingStanding:
    financing = year_financing(area_code, benefit_year)
    terms = financing_terms(policies().area(area_code), benefit_year)
    working = catastrophic_funding(
        terms.catastrophic_funding, financing_fen=financing.financing_fen, people=financing.people
    )
    moved = CatastrophicTransfer.objects.filter(area_code=area_code, benefit_year=benefit_year)
    amounts = list(moved.values_list("amount_fen", flat=True))
    return FundingStanding(financing, working, len(amounts), sum(amounts))


def _refuse(order: TransferOrder) -> FundingStanding:
    if pooling_area(order.area_code) != order.area_code:
        raise NotMoved([f"{order.area_code} 不是统筹地区"])
    standing = _standing(order.area_code, order.benefit_year)
    problems = []
    if standing.working.on_file == 0:
        problems.append(f"{order.area_code} {order.benefit_year} 年度的大病保险筹资比例没有在册")
    if order.instalment != standing.instalments + 1:
        problems.append(f"下一期是第 {standing.instalments + 1} 期，不是第 {order.instalment} 期")
    if order.amount_fen <= 0:
        problems.append("划转金额应大于零")
    if standing.working.on_file and order.amount_fen > standing.left_fen:
        problems.append(
            f"应筹资 {yuan(standing.working.funding_fen)} 元，已划转 {yuan(standing.moved_fen)} 元，"
            f"不能再划转 {yuan(order.amount_fen)} 元"
        )
    if problems:
        raise NotMoved(problems)
    return standing


def _lines(order: TransferOrder) -> list[Line]:
    """Drawn into the expense account, paid over by the basic fund, received by catastrophic insurance."""
    sides = [
        (Fund.BASIC, "expense_account", "fiscal_account"),
        (Fund.BASIC, "catastrophic_transfer", "expense_account"),
        (Fund.CATASTROPHIC, "fiscal_account", "catastrophic_funding"),
    ]
    reference = f"instalment:{order.instalment}"
    return [
        Line(1, order.posted_on, account, fund, sign * order.amount_fen, "catastrophic_funding", reference)
        for fund, debit, credit in sides
        for account, sign in ((debit, 1), (credit, -1))
    ]
