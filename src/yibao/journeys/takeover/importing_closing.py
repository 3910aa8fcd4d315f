"""Closing a move (接管核对与关闭): the totals that the system before states, beside what was taken over, to the fen.

What was taken over is the sum of its batches, each written in the transaction of its rows; the verifier adds the rows up
again. A move is closed once, only where every total agrees, and takes no file afterwards.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils import timezone

from yibao.journeys.takeover.importing import MovedIn
from yibao.kernel.money import yuan
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import canonical, once
from yibao.rights.terms import Deed, Matter
from yibao.takeover.models import Closing, ImportBatch, MovingIn
from yibao.takeover.terms import ImportKind

YEARS_STATED = (
    "count",
    "total_fen",
    "in_scope_fen",
    "basic_paid_fen",
    "catastrophic_paid_fen",
    "assistance_paid_fen",
)
"""Of each year that was taken over the system before has to state these; more may be stated."""

SETTLEMENTS_STATED = ("count", "total_fen", "basic_fen", "catastrophic_fen", "assistance_fen")
"""Of the open settlements of each year."""


@dataclass(frozen=True)
class Control:
    """What the system before says an area comes to: people and coverage by name, sums by `years/2023/total_fen`."""

    area_code: str
    totals: dict[str, int]


class Difference(NamedTuple):
    """A total that does not agree; None where one side has none."""

    name: str
    here: int | None
    stated: int | None

    def sentence(self) -> str:
        """The difference in words."""
        return f"{self.name}：本系统 {_shown(self.name, self.here)}，原系统 {_shown(self.name, self.stated)}"


class NotReconciled(ValueError):
    """A move whose totals differ; nothing was closed."""

    def __init__(self, differences: list[Difference]) -> None:
        self.differences = differences
        told = "；".join(one.sentence() for one in differences)
        super().__init__(f"{told}。未关闭，请补导、核对后再试 (totals differ)")


class NothingMoved(ValueError):
    """An area into which nothing was taken."""

    def __init__(self, area_code: str) -> None:
        super().__init__(f"{area_code} 没有接管，或不在您的管辖地区；请先导入 (no move)")


def close_move(actor: Actor, key: str, order: Control) -> str:
    """Closes the move of an area; the totals. Raises NotReconciled, MovedIn, NothingMoved and NotAllowed."""

    def do() -> dict[str, int]:
        _require(actor, order.area_code)
        moving_in = MovingIn.objects.select_for_update().filter(area_code=order.area_code).first()
        if moving_in is None:
            raise NothingMoved(order.area_code)
        if Closing.objects.filter(moving_in=moving_in).exists():
            raise MovedIn(order.area_code)
        here = totals_of(moving_in)
        found = differences(here, order.totals)
        if found:
            raise NotReconciled(found)
        Closing.objects.create(
            moving_in=moving_in, totals=canonical(here), actor=actor.name, closed_at=timezone.now()
        )
        note(actor, "close_move", order.area_code, f"moving_in:{moving_in.pk}", totals=here)
        return here

    return once(actor.name, key, "close_move", order, do)


def reconciled(actor: Actor, order: Control) -> list[Difference]:
    """What differs as things stand; nothing is closed."""
    _require(actor, order.area_code)
    moving_in = MovingIn.objects.filter(area_code=order.area_code).first()
    if moving_in is None:
        raise NothingMoved(order.area_code)
    return differences(totals_of(moving_in), order.totals)


def totals_of(moving_in: MovingIn) -> dict[str, int]:
    """What an area was taken over with, by the names of a control file."""
    found: Counter[str] = Counter({"people": 0, "covered": 0})
    for batch in ImportBatch.objects.filter(run__moving_in=moving_in).select_related("run").iterator():
        sums = json.loads(batch.sums)
        rows = sums.pop("rows")
        if batch.run.kind in (ImportKind.PEOPLE, ImportKind.CATEGORIES):
            found[batch.run.kind] += rows
        elif batch.run.kind == ImportKind.COVERAGE:
            found["covered"] += sums["covered"]
        else:
            year = f"{batch.run.kind}/{batch.run.benefit_year}{'s' if batch.run.academic else ''}"
            found[f"{year}/count"] += rows
            for name, amount in sums.items():
                found[f"{year}/{name}"] += amount
    return dict(found)


def differences(here: Mapping[str, int], stated: Mapping[str, int]) -> list[Difference]:
    """Totals that are not the same, that have to be stated and are not, or that nothing here answers."""
    asked = {"people", "covered", *stated}
    for name in here:
        kind, _, rest = name.partition("/")
        field = rest.partition("/")[2]
        if (kind == ImportKind.YEARS and field in YEARS_STATED) or (
            kind == ImportKind.SETTLEMENTS and field in SETTLEMENTS_STATED
        ):
            asked.add(name)
    return [
        Difference(name, here.get(name), stated.get(name))
        for name in sorted(asked)
        if here.get(name) != stated.get(name)
    ]


def _require(actor: Actor, area_code: str) -> None:
    for matter in (Matter.ENROLMENT_MATTER, Matter.SETTLEMENT_MATTER):
        actor.require(matter, Deed.DO, area_code)


def _shown(name: str, number: int | None) -> str:
    if number is None:
        return "没有"
    return f"{yuan(number)} 元" if name.endswith("_fen") else str(number)
