"""Opening balances (年初接转): a person's year so far taken over from the system that ran before, on any day of the year.

It is taken over before the first settlement here, once; later settlements go on from it and replays begin with it. A list is
reconciled to the totals that the other system states before anything is kept: all of it is taken over, or none.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from yibao.engine.terms import YearSoFar
from yibao.enrolment.models import Person
from yibao.kernel.money import yuan
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.actions import locked_year
from yibao.settlement.models import YearRow

RECONCILED = ("total_fen", "in_scope_fen", "basic_paid_fen", "catastrophic_paid_fen", "assistance_paid_fen")
"""Sums of a year so far that the other system states for all people together."""


@dataclass(frozen=True)
class OpeningYear:
    """The year so far of one person as the other system has it."""

    person_id: int
    so_far: YearSoFar


@dataclass(frozen=True)
class TakeOver:
    """A list of years so far, and what the other system says they come to: a sum for each of RECONCILED."""

    area_code: str
    benefit_year: int
    years: tuple[OpeningYear, ...]
    totals: dict[str, int]
    academic: bool = False


class NotTakenOver(ValueError):
    """A list that is not taken over; all problems at once, and nothing was changed."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems) + "。未接转，请核对后重新提交 (not taken over)")


def take_over(actor: Actor, key: str, order: TakeOver) -> str:
    """Takes a list of years over; `{"people": …}`. Raises NotAllowed, NotTakenOver."""

    def do() -> dict[str, int]:
        actor.require(Matter.SETTLEMENT_MATTER, Deed.DO, order.area_code)
        ids = sorted(opening.person_id for opening in order.years)
        people = {p.pk: p for p in Person.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
        problems = [*_people_problems(actor, order, people), *_total_problems(order.years, order.totals)]
        if problems:
            raise NotTakenOver(problems)
        for opening in sorted(order.years, key=lambda one: one.person_id):
            locked_year(
                opening.person_id, order.benefit_year, academic=order.academic, opening=opening.so_far
            )
        note(actor, "take_over", order.area_code, f"year:{order.benefit_year}", people=len(ids))
        return {"people": len(ids)}

    return once(actor.name, key, "take_over", order, do)


def _people_problems(actor: Actor, order: TakeOver, people: dict[int, Person]) -> list[str]:
    begun = set(
        YearRow.objects.filter(
            person_id__in=people, benefit_year=order.benefit_year, academic=order.academic
        ).values_list("person_id", flat=True)
    )
    times = Counter(opening.person_id for opening in order.years)
    found = []
    for person_id, count in times.items():
        person = people.get(person_id)
        if person is None or not actor.may(Matter.SETTLEMENT_MATTER, Deed.DO, person.county_code):
            found.append(f"没有人员 {person_id}，或不在您的管辖地区")
        elif count > 1:
            found.append(f"人员 {person_id} 出现 {count} 次")
        elif person_id in begun:
            found.append(f"人员 {person_id} 的 {order.benefit_year} 年度已有累计，不能再接转")
    return found + [
        f"人员 {o.person_id} 的累计有负数"
        for o in order.years
        if min(*o.so_far[:-1], *o.so_far.quota_paid_fen) < 0
    ]


def _total_problems(years: Sequence[OpeningYear], totals: dict[str, int]) -> list[str]:
    found = []
    for name in RECONCILED:
        sum_fen = sum(getattr(opening.so_far, name) for opening in years)
        if totals.get(name) != sum_fen:
            stated = "缺少" if name not in totals else f"{yuan(totals[name])} 元"
            found.append(f"{name} 合计 {yuan(sum_fen)} 元，原系统为 {stated}")
    return found
