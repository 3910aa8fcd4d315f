"""Officers who sign in, for tests of pages and of the interface: none of them is real."""

import json
from datetime import date

from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from tests.agency.acting import actor

from yibao.rights.actions import add_officer, grant, new_token
from yibao.rights.models import Officer
from yibao.rights.orders import GrantOrder, NewOfficer, NewToken
from yibao.rights.terms import Role

PASSWORD = "a-long-sentence-42"
NATION = actor(Role.ADMINISTRATOR, "000000", "setup")
LAST_DAY = date(2099, 12, 31)


class Browser(Client):
    """A browser on the machine that serves."""

    def __init__(self, **named: object) -> None:
        super().__init__(SERVER_NAME="localhost", **named)


def officer(name: str, role: Role, area_code: str) -> Officer:
    """An officer with a role."""
    add_officer(NATION, f"add-{name}", NewOfficer(name, "某某"), PASSWORD)
    grant(NATION, f"grant-{name}-{area_code}", GrantOrder(name, role, area_code, date(2020, 1, 1)))
    return Officer.objects.get(username=name)


def device(of: Officer) -> TOTPDevice:
    """A second factor that is set up."""
    return TOTPDevice.objects.create(user=of, name="test", confirmed=True)


def code(of: TOTPDevice, drift: int = 0) -> str:
    """What the telephone shows; each code is good once."""
    return f"{totp(of.bin_key, of.step, of.t0, of.digits, of.drift + drift):06d}"


def signed_in(of: Officer) -> Browser:
    """A browser that has signed in with both factors."""
    with_factor = TOTPDevice.objects.filter(user=of).first() or device(of)
    with_factor.last_t = -1
    with_factor.save()
    browser = Browser()
    given = {"username": of.username, "password": PASSWORD, "otp_token": code(with_factor)}
    answer = browser.post("/console/login/", given)
    assert answer.status_code == 302, answer.content.decode()
    return browser


def token(of: Officer) -> dict[str, str]:
    """Headers of a program that acts as an officer."""
    said = new_token(
        NATION, f"token-{of.username}", NewToken(of.username, "test", LAST_DAY), today=timezone.localdate()
    )
    return {"Authorization": f"Bearer {json.loads(said)['secret']}"}
