"""What is still to be had of third parties (第三人责任案件余额): by case and payer, and what a recovery means to the books.

A case is worth what was advanced, less what was withdrawn, recovered and written off. An area's open cases come a page at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Case, F, Sum, Value, When

from yibao.benefits.terms import VisitKind
from yibao.engine.spending import account_of
from yibao.engine.year import Payer
from yibao.ledger.books import Line
from yibao.rights.actors import Actor
from yibao.rights.areas import rows_inside
from yibao.rights.terms import Matter
from yibao.settlement.failures import NoSuchCase
from yibao.settlement.models import CaseAmount, ThirdPartyCase
from yibao.settlement.terms import CaseStep

PAGE = 200
SIGNED = Case(
    When(step__step=CaseStep.ADVANCED, then=F("amount_fen")),
    default=-F("amount_fen"),
    output_field=BigIntegerField(),
)


@dataclass(frozen=True)
class CaseBalance:
    """One case: the third party's share as determined last, what became of the money, and what is outstanding."""

    case_id: int
    settlement_id: int
    third_party: int
    share_bp: int
    advanced_fen: int
    withdrawn_fen: int
    recovered_fen: int
    written_off_fen: int
    outstanding: dict[Payer, int]

    @property
    def outstanding_fen(self) -> int:
        """What is still to be had, of all payers."""
        return sum(self.outstanding.values())


def outstanding_of(case: ThirdPartyCase) -> dict[Payer, int]:
    """What is outstanding of a case to each payer that is owed anything."""
    sums = (
        CaseAmount.objects.filter(step__case=case)
        .values("payer")
        .annotate(left_fen=Sum(SIGNED))
        .order_by("payer")
    )
    return {Payer(row["payer"]): int(row["left_fen"]) for row in sums if row["left_fen"]}


def cases(actor: Actor) -> Any:
    """The cases an actor may look at, as a query: of people enrolled in the actor's areas."""
    areas = actor.areas_of(Matter.SETTLEMENT_MATTER)
    return rows_inside(ThirdPartyCase.objects, areas, "settlement__visit__person__county_code")


def case_balance(actor: Actor, case_id: int) -> CaseBalance:
    """One case and its money. Raises NoSuchCase, also outside the actor's areas."""
    found = cases(actor).filter(pk=case_id).first()
    if found is None:
        raise NoSuchCase(case_id)
    return balance_of(found)


def balance_of(case: ThirdPartyCase) -> CaseBalance:
    """A case and its money."""
    share = case.shares.latest("id")
    sums = CaseAmount.objects.filter(step__case=case).values("step__step").annotate(sum_fen=Sum("amount_fen"))
    by_step = {row["step__step"]: int(row["sum_fen"]) for row in sums.order_by()}
    return CaseBalance(
        case_id=case.pk,
        settlement_id=case.settlement_id,
        third_party=share.third_party,
        share_bp=share.share_bp,
        advanced_fen=by_step.get(CaseStep.ADVANCED, 0),
        withdrawn_fen=by_step.get(CaseStep.WITHDRAWN, 0),
        recovered_fen=by_step.get(CaseStep.RECOVERED, 0),
        written_off_fen=by_step.get(CaseStep.WRITTEN_OFF, 0),
        outstanding=outstanding_of(case),
    )


def open_cases(actor: Actor, *, after: int = 0, limit: int = PAGE) -> list[CaseBalance]:
    """Cases of the actor's areas with money outstanding, by number, those above `after`, at most `limit`."""
    signed = Case(
        When(steps__step=CaseStep.ADVANCED, then=F("steps__amounts__amount_fen")),
        default=-F("steps__amounts__amount_fen"),
        output_field=BigIntegerField(),
    )
    found = (
        cases(actor)
        .filter(pk__gt=after)
        .annotate(left_fen=Sum(signed, default=Value(0)))
        .filter(left_fen__gt=0)
        .order_by("pk")
    )
    return [balance_of(case) for case in found[: min(limit, PAGE)]]


def recovery_lines(
    amounts: Mapping[Payer, int], kind: VisitKind, posted_on: date, *, same_year: bool, case_id: int
) -> list[Line]:
    """What comes in for each payer: less expense in the year of the advance, other income later."""
    found = []
    for payer, amount_fen in amounts.items():
        spent = account_of(payer, kind)
        assert spent is not None, "only a fund advances"
        fund, account = spent
        credited = account if same_year else "other_income"
        reference = f"case:{case_id}"
        found.append(Line(1, posted_on, "income_account", fund, amount_fen, "recovery", reference))
        found.append(Line(1, posted_on, credited, fund, -amount_fen, "recovery", reference))
    return found
