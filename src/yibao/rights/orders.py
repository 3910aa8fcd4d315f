"""What is asked of rights (权限请求): plain records, also the body that a caller's key is bound to. No password is in one."""

from dataclasses import dataclass
from datetime import date

from yibao.rights.actors import EVERY_FUND
from yibao.rights.terms import Role


@dataclass(frozen=True)
class NewOfficer:
    """Somebody who is to sign in; the password travels beside it."""

    username: str
    shown_name: str


@dataclass(frozen=True)
class GrantOrder:
    """A role to be granted to an officer in an area, for one fund or every one; `last_day` None where no end is known."""

    username: str
    role: Role
    area_code: str
    first_day: date
    last_day: date | None = None
    fund: str = EVERY_FUND


@dataclass(frozen=True)
class GrantEnd:
    """A grant to be ended after a day."""

    grant_id: int
    last_day: date


@dataclass(frozen=True)
class OfficerOrder:
    """An officer about whom something is changed, and why."""

    username: str
    reason: str


@dataclass(frozen=True)
class NewToken:
    """A key of a program that acts as an officer (接口令牌), up to a day."""

    username: str
    label: str
    last_day: date


@dataclass(frozen=True)
class TokenEnd:
    """A token to be revoked, and why."""

    token_id: int
    reason: str
