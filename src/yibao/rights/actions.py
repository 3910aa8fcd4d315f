"""What changes officers and their rights (人员与授权): added, granted, ended, switched off, given a token.

An administrator grants inside the administrator's own area, never to themself, and manages only officers all of whose
grants lie there. A secret is answered once and kept as a hash: a repeated request under the same key is answered without it.
"""

import json
import secrets
from collections.abc import Callable
from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from yibao.kernel.codes import is_division_code
from yibao.rights.actors import Actor
from yibao.rights.areas import covers
from yibao.rights.audit import note
from yibao.rights.models import ApiToken, Grant, Officer
from yibao.rights.orders import GrantEnd, GrantOrder, NewOfficer, NewToken, OfficerOrder, TokenEnd
from yibao.rights.queries import hash_of
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.tables.rows import executed

NATION = "000000"
ONE_DAY = timedelta(days=1)
SECRET_BYTES = 32
_LONGEST_NAME = 64


class RightsFailure(ValueError):
    """Something about officers or rights that was not carried out; nothing was changed."""


class OfficerUnfit(RightsFailure):
    """An officer, a grant or a token that cannot be; all problems at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems) + "。未作任何更改，请改正后重新提交 (not carried out)")


class NoSuchOfficer(RightsFailure):
    """An officer, grant or token that is not there, or not the actor's to manage."""

    def __init__(self, what: str) -> None:
        super().__init__(f"没有{what}，或不归您管理；请核对后重试 (not found, or not yours to manage)")


def add_officer(actor: Actor, key: str, order: NewOfficer, password: str) -> str:
    """Adds an officer with a password and no right; `{"officer_id": …}`. Raises OfficerUnfit, NotAllowed."""

    def do() -> dict[str, object]:
        _require_somewhere(actor)
        problems = _name_problems(order) + _password_problems(password)
        if problems:
            raise OfficerUnfit(problems)
        unusable = Officer(username=order.username)
        unusable.set_password(password)
        added = executed(
            "INSERT INTO rights_officer (username, shown_name, password, is_active, is_superuser) "
            "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (username) DO NOTHING",
            [order.username, order.shown_name, unusable.password, True, False],
        )
        if added == 0:
            raise OfficerUnfit([f"登录名 {order.username} 已被使用"])
        officer = Officer.objects.get(username=order.username)
        note(actor, "add_officer", NATION, f"officer:{officer.pk}")
        return {"officer_id": officer.pk}

    return once(actor.name, key, "add_officer", order, do)


def grant(actor: Actor, key: str, order: GrantOrder) -> str:
    """Grants a role in an area; `{"grant_id": …}`. Raises OfficerUnfit, NoSuchOfficer, NotAllowed."""

    def do() -> dict[str, object]:
        problems = _grant_problems(actor, order)
        if problems:
            raise OfficerUnfit(problems)
        actor.require(Matter.OFFICER_MATTER, Deed.DO, order.area_code)
        officer = Officer.objects.select_for_update().filter(username=order.username).first()
        if officer is None:
            raise NoSuchOfficer(f"人员 {order.username}")
        row = Grant.objects.create(
            officer=officer,
            role=order.role,
            area_code=order.area_code,
            fund=order.fund,
            first_day=order.first_day,
            last_day=order.last_day,
        )
        note(actor, "grant", order.area_code, f"officer:{officer.pk}", role=order.role, grant=row.pk)
        return {"grant_id": row.pk}

    return once(actor.name, key, "grant", order, do)


def end_grant(actor: Actor, key: str, order: GrantEnd) -> str:
    """Ends a grant after a day, never later than it would have ended; `{"grant_id", "last_day"}`."""

    def do() -> dict[str, object]:
        row = Grant.objects.select_for_update().filter(pk=order.grant_id).first()
        if row is None or not actor.may(Matter.OFFICER_MATTER, Deed.DO, row.area_code):
            raise NoSuchOfficer(f"授权 {order.grant_id}")
        row.last_day = order.last_day if row.last_day is None else min(row.last_day, order.last_day)
        row.save()
        note(actor, "end_grant", row.area_code, f"officer:{row.officer_id}", grant=row.pk)
        return {"grant_id": row.pk, "last_day": row.last_day}

    return once(actor.name, key, "end_grant", order, do)


def switch_off(actor: Actor, key: str, order: OfficerOrder) -> str:
    """An officer signs in no longer, and no token of theirs works (停用)."""
    return _managed(actor, key, "switch_off", order, lambda officer: _active(officer, False))


def switch_on(actor: Actor, key: str, order: OfficerOrder) -> str:
    """An officer signs in again (恢复)."""
    return _managed(actor, key, "switch_on", order, lambda officer: _active(officer, True))


def forget_second_factor(actor: Actor, key: str, order: OfficerOrder) -> str:
    """A lost second factor is forgotten (重置第二因素): the next sign-in sets up another."""

    def forget(officer: Officer) -> None:
        TOTPDevice.objects.filter(user=officer).delete()

    return _managed(actor, key, "forget_second_factor", order, forget)


def new_password(actor: Actor, key: str, order: OfficerOrder, password: str) -> str:
    """Sets another password, which an administrator hands over. Raises OfficerUnfit."""
    problems = _password_problems(password)
    if problems:
        raise OfficerUnfit(problems)

    def change(officer: Officer) -> None:
        officer.set_password(password)
        officer.save(update_fields=["password"])

    return _managed(actor, key, "new_password", order, change)


def new_token(actor: Actor, key: str, order: NewToken, *, today: date) -> str:
    """A token by which a program acts as an officer; `{"token_id", "secret"}`, the secret in the first answer alone."""
    secret = secrets.token_urlsafe(SECRET_BYTES)

    def do() -> dict[str, object]:
        officer = _mine(actor, order.username)
        if order.last_day < today:
            raise OfficerUnfit([f"终止日 {order.last_day} 已过"])
        row = ApiToken.objects.create(
            officer=officer,
            label=order.label,
            secret_hash=hash_of(secret),
            first_day=today,
            last_day=order.last_day,
        )
        note(actor, "new_token", NATION, f"officer:{officer.pk}", token=row.pk)
        return {"token_id": row.pk}

    said = once(actor.name, key, "new_token", order, do)
    token_id = json.loads(said)["token_id"]
    kept = ApiToken.objects.filter(pk=token_id, secret_hash=hash_of(secret)).exists()
    return json.dumps({"secret": secret, "token_id": token_id}) if kept else said


def revoke_token(actor: Actor, key: str, order: TokenEnd) -> str:
    """Revokes a token at once; `{"token_id": …}`."""

    def do() -> dict[str, object]:
        row = ApiToken.objects.select_for_update().select_related("officer").filter(pk=order.token_id).first()
        if row is None:
            raise NoSuchOfficer(f"令牌 {order.token_id}")
        _mine(actor, row.officer.username)
        row.revoked_at = row.revoked_at or timezone.now()
        row.save()
        note(actor, "revoke_token", NATION, f"officer:{row.officer_id}", order.reason, token=row.pk)
        return {"token_id": row.pk}

    return once(actor.name, key, "revoke_token", order, do)


def _managed(
    actor: Actor, key: str, action: str, order: OfficerOrder, change: Callable[[Officer], None]
) -> str:
    def do() -> dict[str, object]:
        officer = _mine(actor, order.username)
        change(officer)
        note(actor, action, NATION, f"officer:{officer.pk}", order.reason)
        return {"officer_id": officer.pk}

    return once(actor.name, key, action, order, do)


def _mine(actor: Actor, username: str) -> Officer:
    """An officer, locked, all of whose grants lie where the actor manages officers."""
    _require_somewhere(actor)
    officer = Officer.objects.select_for_update().filter(username=username).first()
    managed = actor.areas_of(Matter.OFFICER_MATTER, Deed.DO)
    areas = (
        () if officer is None else Grant.objects.filter(officer=officer).values_list("area_code", flat=True)
    )
    if officer is None or not all(any(covers(mine, area) for mine in managed) for area in areas):
        raise NoSuchOfficer(f"人员 {username}")
    return officer  # type: ignore[no-any-return]


def _require_somewhere(actor: Actor) -> None:
    if not actor.areas_of(Matter.OFFICER_MATTER, Deed.DO):
        actor.require(Matter.OFFICER_MATTER, Deed.DO, NATION)


def _active(officer: Officer, active: bool) -> None:
    officer.is_active = active
    officer.save(update_fields=["is_active"])


def _name_problems(order: NewOfficer) -> list[str]:
    sound = order.username.isascii() and order.username.replace("-", "").replace("_", "").isalnum()
    found = [] if sound else ["登录名只能用字母、数字、- 和 _"]
    if len(order.username) > _LONGEST_NAME:
        found.append(f"登录名不能超过 {_LONGEST_NAME} 个字符")
    if sum(character.isdigit() for character in order.username) >= 15:
        found.append("登录名不能是证件号码")
    return found if order.shown_name.strip() else [*found, "请填写姓名"]


def _password_problems(password: str) -> list[str]:
    try:
        validate_password(password)
    except ValidationError as weak:
        return [str(message) for message in weak.messages]
    return []


def _grant_problems(actor: Actor, order: GrantOrder) -> list[str]:
    found = []
    if order.username == actor.name:
        found.append("不能给自己授权，请由另一位管理员办理")
    if order.area_code != NATION and not is_division_code(order.area_code[:6]):
        found.append(f"地区 {order.area_code} 不是区划代码")
    if order.last_day is not None and order.last_day < order.first_day:
        found.append(f"终止日 {order.last_day} 早于起始日 {order.first_day}")
    return found
