"""Signing in: both factors, lock-out, what is kept of it, and what an administrator may do to whom."""

from datetime import date, timedelta

import pytest
from django.test import override_settings
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from tests.agency.acting import CITY, COUNTY, OTHER_COUNTY, actor
from tests.agency.at_once import at_once
from tests.agency.conftest import ARGON2
from tests.agency.offices import NATION, PASSWORD, Browser, code, device, officer, signed_in, token

from yibao.rights.actions import (
    NoSuchOfficer,
    OfficerUnfit,
    add_officer,
    end_grant,
    forget_second_factor,
    grant,
    new_password,
    new_token,
    revoke_token,
    switch_off,
    switch_on,
)
from yibao.rights.actors import NotAllowed, actor_of
from yibao.rights.models import ApiToken, AuditRecord, Grant, Officer
from yibao.rights.orders import GrantEnd, GrantOrder, NewOfficer, NewToken, OfficerOrder, TokenEnd
from yibao.rights.queries import actor_with, officers
from yibao.rights.terms import Deed, Matter, Role

BY_COUNTY = actor(Role.ADMINISTRATOR, COUNTY, "county-admin")


def posted(browser: Browser, name: str, password: str = PASSWORD, digits: str = ""):
    return browser.post(
        "/console/login/", {"username": name, "password": password, "otp_token": digits}, follow=False
    )


def test_two_factors_open_the_console(database):
    one = officer("clerk", Role.CITY_OFFICER, CITY)
    browser = signed_in(one)
    assert browser.get("/console/").status_code == 200
    noted = AuditRecord.objects.filter(subject=f"officer:{one.pk}", action="sign_in")
    assert noted.count() == 1


def test_a_password_alone_opens_nothing_but_the_set_up(database):
    officer("clerk", Role.CITY_OFFICER, CITY)
    browser = Browser()
    assert posted(browser, "clerk").status_code == 302
    first = browser.get("/console/", follow=True)
    assert first.redirect_chain[-1][0] == "/second-factor/"
    assert "svg" in first.content.decode()
    held = TOTPDevice.objects.get()
    assert browser.get("/console/enrolment/person/").status_code == 302
    wrong = browser.post("/second-factor/", {"otp_token": "000000"})
    assert "动态口令不正确" in wrong.content.decode()
    held.refresh_from_db()
    held.throttle_reset()
    assert browser.post("/second-factor/", {"otp_token": code(held)}).status_code == 302
    assert browser.get("/console/enrolment/person/").status_code == 200


def test_who_has_a_second_factor_needs_it(database):
    one = officer("clerk", Role.CITY_OFFICER, CITY)
    held = device(one)
    without = posted(Browser(), "clerk")
    assert without.status_code == 200 and "动态口令" in without.content.decode()
    assert posted(Browser(), "clerk", digits="123").status_code == 200
    held.refresh_from_db()
    held.throttle_reset()
    good = code(held)
    assert posted(Browser(), "clerk", digits=good).status_code == 302
    assert posted(Browser(), "clerk", digits=good).status_code == 200, "a code is good once"


def test_five_wrong_passwords_lock_the_name_and_no_other(database):
    officer("clerk", Role.CITY_OFFICER, CITY)
    other = officer("other", Role.CITY_OFFICER, CITY)
    answers = [posted(Browser(), "clerk", "wrong-password") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429]
    assert "锁定 15 分钟" in answers[-1].content.decode()
    assert posted(Browser(), "clerk").status_code == 429, "the right password opens nothing now"
    assert signed_in(other).get("/console/").status_code == 200
    kept = set(AuditRecord.objects.values_list("action", flat=True))
    assert {"sign_in_failed", "locked_out"} <= kept


def test_what_is_typed_as_a_name_reaches_no_record(database):
    typed = "99010519800501123X"
    posted(Browser(), typed, "whatever-it-was")
    for record in AuditRecord.objects.all():
        assert typed not in f"{record.actor}{record.subject}{record.detail}{record.reason}"


def test_an_officer_who_is_switched_off_is_out_at_once(database):
    one = officer("clerk", Role.CITY_OFFICER, CITY)
    browser, headers = signed_in(one), token(one)
    assert Browser().get("/api/v1/people", headers=headers).status_code == 200
    switch_off(NATION, "off", OfficerOrder("clerk", "调离"))
    assert browser.get("/console/").status_code == 302
    assert Browser().get("/api/v1/people", headers=headers).status_code == 401
    switch_on(NATION, "on", OfficerOrder("clerk", "调回"))
    assert Browser().get("/api/v1/people", headers=headers).status_code == 200


def test_a_form_without_its_token_says_the_sign_in_expired(database):
    one = officer("admin", Role.ADMINISTRATOR, CITY)
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(one, "django.contrib.auth.backends.ModelBackend")
    answer = browser.post("/console/do/officer-add/", {"username": "x"})
    assert answer.status_code == 403
    assert "登录已过期" in answer.content.decode()
    assert not Officer.objects.filter(username="x").exists()


def test_all_that_is_wrong_with_an_officer_is_said_at_once(database):
    with pytest.raises(OfficerUnfit) as refused:
        add_officer(NATION, "k", NewOfficer("张 三", " "), "123")
    assert len(refused.value.problems) >= 4
    add_officer(NATION, "k", NewOfficer("clerk", "某某"), PASSWORD)
    with pytest.raises(OfficerUnfit, match="已被使用"):
        add_officer(NATION, "k2", NewOfficer("clerk", "某某"), PASSWORD)


def test_an_administrator_grants_inside_the_area_and_never_to_themself(database):
    add_officer(NATION, "a", NewOfficer("clerk", "某某"), PASSWORD)
    first = date(2023, 1, 1)
    with pytest.raises(NotAllowed):
        grant(BY_COUNTY, "g1", GrantOrder("clerk", Role.COUNTY_OFFICER, OTHER_COUNTY, first))
    with pytest.raises(OfficerUnfit, match="自己"):
        grant(BY_COUNTY, "g2", GrantOrder("county-admin", Role.FINANCE_OFFICER, COUNTY, first))
    with pytest.raises(NoSuchOfficer):
        grant(BY_COUNTY, "g3", GrantOrder("nobody", Role.COUNTY_OFFICER, COUNTY, first))
    grant(BY_COUNTY, "g4", GrantOrder("clerk", Role.COUNTY_OFFICER, COUNTY, first))
    acting = actor_of(Officer.objects.get(username="clerk"), first)
    assert acting.may(Matter.ENROLMENT_MATTER, Deed.DO, COUNTY)
    assert list(officers(BY_COUNTY)) == [Officer.objects.get(username="clerk")]


def test_an_officer_of_a_wider_area_is_not_the_countys_to_manage(database):
    officer("city-clerk", Role.CITY_OFFICER, CITY)
    for change in (switch_off, switch_on, forget_second_factor):
        with pytest.raises(NoSuchOfficer):
            change(BY_COUNTY, change.__name__, OfficerOrder("city-clerk", "试"))
    with pytest.raises(NoSuchOfficer):
        new_password(BY_COUNTY, "p", OfficerOrder("city-clerk", "试"), PASSWORD)
    assert not officers(BY_COUNTY).exists()


def test_a_grant_ends_and_is_never_made_longer(database):
    one = officer("clerk", Role.CITY_OFFICER, CITY)
    row = Grant.objects.get(officer=one)
    end_grant(NATION, "e1", GrantEnd(row.pk, date(2023, 6, 30)))
    end_grant(NATION, "e2", GrantEnd(row.pk, date(2024, 6, 30)))
    row.refresh_from_db()
    assert row.last_day == date(2023, 6, 30)
    assert actor_of(one, date(2023, 7, 1)).granted == ()


def test_a_token_is_shown_once_and_ends(database):
    one = officer("clerk", Role.CITY_OFFICER, CITY)
    today = timezone.localdate()
    order = NewToken("clerk", "医院", today + timedelta(days=1))
    said = new_token(NATION, "t", order, today=today)
    again = new_token(NATION, "t", order, today=today)
    assert "secret" in said and "secret" not in again
    secret = said.partition('"secret": "')[2].partition('"')[0]
    assert actor_with(secret, today).name == one.username
    assert actor_with(secret, today + timedelta(days=2)) is None
    assert secret not in str(list(ApiToken.objects.values()))
    revoke_token(NATION, "r", TokenEnd(ApiToken.objects.get().pk, "泄露"))
    assert actor_with(secret, today) is None


def test_two_administrators_add_one_name_at_once(postgres):
    works = [
        lambda key=key: add_officer(NATION, key, NewOfficer("clerk", "某某"), PASSWORD) for key in ("a", "b")
    ]
    said = at_once(works)
    assert sum(isinstance(one, OfficerUnfit) for one in said) == 1
    assert Officer.objects.filter(username="clerk").count() == 1


def test_whatever_administrators_do_at_once_happens_once(postgres):
    """The same key from two connections: one grant, one end, one token, one change of an officer."""
    one = officer("clerk", Role.CITY_OFFICER, CITY)
    today = timezone.localdate()
    row = Grant.objects.get(officer=one)
    order = OfficerOrder("clerk", "试")
    twice = {
        "grant": lambda: grant(NATION, "g", GrantOrder("clerk", Role.REVIEWER, CITY, date(2023, 1, 1))),
        "end": lambda: end_grant(NATION, "e", GrantEnd(row.pk, date(2023, 6, 30))),
        "off": lambda: switch_off(NATION, "off", order),
        "on": lambda: switch_on(NATION, "on", order),
        "factor": lambda: forget_second_factor(NATION, "f", order),
        "password": lambda: new_password(NATION, "p", order, PASSWORD),
        "token": lambda: new_token(NATION, "t", NewToken("clerk", "医院", today), today=today),
    }
    for name, action in twice.items():
        said = at_once([action, action])
        assert not any(isinstance(answer, Exception) for answer in said), (name, said)
    assert Grant.objects.filter(officer=one).count() == 2
    token_id = ApiToken.objects.get().pk
    said = at_once([lambda: revoke_token(NATION, "r", TokenEnd(token_id, "试"))] * 2)
    assert said[0] == said[1]


def test_a_lost_second_factor_is_set_up_again(database):
    one = officer("clerk", Role.CITY_OFFICER, CITY)
    browser = signed_in(one)
    forget_second_factor(NATION, "f", OfficerOrder("clerk", "手机丢失"))
    assert browser.get("/console/", follow=True).redirect_chain[-1][0] == "/second-factor/"


def test_a_password_is_kept_as_an_argon2_hash(database):
    assert ARGON2 == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=ARGON2):
        one = officer("clerk", Role.CITY_OFFICER, CITY)
        assert one.password.startswith("argon2$") and one.check_password(PASSWORD)
