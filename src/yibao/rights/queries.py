"""What only looks at rights (权限查询): whose token it is, which proposals wait, whom an administrator manages."""

import hashlib
from datetime import date
from typing import Any

from django.db.models import Q

from yibao.rights.actors import Actor, actor_of
from yibao.rights.areas import rows_inside
from yibao.rights.models import ApiToken, Officer, Proposal
from yibao.rights.terms import Deed, Matter


def hash_of(secret: str) -> str:
    """What is kept of a token: its secret is random and long, so that a plain hash cannot be turned round."""
    return hashlib.sha256(secret.encode()).hexdigest()


def actor_with(secret: str, day: date) -> Actor | None:
    """Who acts by a token on a day; None where the token is unknown, over or revoked, or the officer switched off."""
    row = (
        ApiToken.objects.select_related("officer")
        .filter(secret_hash=hash_of(secret), revoked_at=None, first_day__lte=day, last_day__gte=day)
        .first()
    )
    if row is None or not row.officer.is_active:
        return None
    return actor_of(row.officer, day, f"token:{row.pk}")


def proposals(actor: Actor) -> Any:
    """Proposals whose matter the actor may look at, propose or approve in their area, as a query."""
    seen = Q(pk__in=())
    for matter in Matter:
        areas = {area for deed in Deed for area in actor.areas_of(matter, deed)}
        inside = rows_inside(Proposal.objects.filter(matter=matter), areas, "area_code")
        seen |= Q(pk__in=inside.values("pk"))
    return Proposal.objects.filter(seen)


def officers(actor: Actor) -> Any:
    """Officers with a grant inside the actor's areas, or none at all, as a query."""
    areas = actor.areas_of(Matter.OFFICER_MATTER)
    if not areas:
        return Officer.objects.none()
    inside = rows_inside(Officer.objects, areas, "grant__area_code").values("pk")
    return Officer.objects.filter(Q(pk__in=inside) | Q(grant=None)).distinct()
