"""Who acts (办理人): a name, what has been granted to it, and whether that lets it do a thing in an area.

Every action is handed an Actor and asks `require`; every query of a table with people in it asks `areas_of`.
"""

from dataclasses import dataclass
from datetime import date

from yibao.rights.areas import covers
from yibao.rights.models import Grant, Officer
from yibao.rights.roles import MAY
from yibao.rights.terms import DEED_WORDS, MATTER_WORDS, Deed, Matter, Role

EVERY_FUND = ""


@dataclass(frozen=True)
class Granted:
    """A role in an area, for one fund or EVERY_FUND."""

    role: Role
    area_code: str
    fund: str = EVERY_FUND


@dataclass(frozen=True)
class Actor:
    """Somebody, or a system, that acts; `name` is the sign-in name and `origin` where the request came from."""

    name: str
    granted: tuple[Granted, ...]
    origin: str = ""

    def may(self, matter: Matter, deed: Deed, area_code: str, fund: str = EVERY_FUND) -> bool:
        """Whether a grant covers the area, the fund, the matter and the deed."""
        return any(
            covers(grant.area_code, area_code)
            and grant.fund in (EVERY_FUND, fund)
            and (matter, deed) in MAY[grant.role]
            for grant in self.granted
        )

    def require(self, matter: Matter, deed: Deed, area_code: str, fund: str = EVERY_FUND) -> None:
        """Raises NotAllowed where `may` is false."""
        if not self.may(matter, deed, area_code, fund):
            raise NotAllowed(self.name, matter, deed, area_code)

    def areas_of(self, matter: Matter, deed: Deed = Deed.LOOK) -> tuple[str, ...]:
        """The areas in which the actor may do a deed: what the area filter is given."""
        return tuple(g.area_code for g in self.granted if (matter, deed) in MAY[g.role])


class NotAllowed(PermissionError):
    """A deed that no grant of the actor covers; nothing was changed."""

    def __init__(self, name: str, matter: Matter, deed: Deed, area_code: str) -> None:
        self.matter = matter
        self.area_code = area_code
        super().__init__(
            f"{name} 没有在 {area_code} {DEED_WORDS[deed][0]}{MATTER_WORDS[matter][0]}的权限，未作任何更改；"
            f"请由有权限的人员办理，或向管理员申请 (not allowed in that area)"
        )


def actor_of(officer: Officer, day: date, origin: str = "") -> Actor:
    """An officer with what is granted on a day; nothing where the officer is not active."""
    rows = Grant.objects.filter(officer=officer).order_by("id") if officer.is_active else ()
    granted = tuple(
        Granted(Role(row.role), row.area_code, row.fund)
        for row in rows
        if row.first_day <= day and (row.last_day is None or day <= row.last_day)
    )
    return Actor(officer.username, granted, origin)
