"""What two people decide (经办与复核): an order put up by one under a key, read back when another approves it.

A proposal says which action it asks for, so that what was put up as one thing is never carried out as another.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from enum import IntEnum
from typing import Any, TypeVar, get_type_hints

from yibao.rights.actors import EVERY_FUND, Actor
from yibao.rights.approvals import propose
from yibao.rights.requests import once
from yibao.rights.terms import Matter

T = TypeVar("T")


def put_up(
    actor: Actor,
    key: str,
    action: str,
    order: Any,
    *,
    matter: Matter,
    area_code: Callable[[], str],
    fund: str = EVERY_FUND,
) -> str:
    """Puts an order up for decision; `{"proposal_id": …}`. `area_code` checks the order and says which area it is of."""

    def do() -> dict[str, int]:
        body = {"action": action, "order": asdict(order)}
        return {"proposal_id": propose(actor, matter, area_code(), body, fund=fund)}

    return once(actor.name, key, f"propose_{action}", order, do)


def order_in(kind: type[T], body: str) -> T:
    """The order of a proposal's body, as the dataclass it was put up as."""
    told = json.loads(body)["order"]
    hints = get_type_hints(kind)
    return kind(**{name: _read(hints[name], value) for name, value in told.items()})


def action_in(body: str) -> str:
    """The action that a proposal's body asks for; empty where it is not one of ours."""
    told = json.loads(body)
    return str(told.get("action", "")) if isinstance(told, dict) else ""


def _read(hint: Any, value: Any) -> Any:
    if hint is date:
        return date.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return hint(value)
    return value
