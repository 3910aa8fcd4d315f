"""The console: every table inside its area and no further, forms that act once, stale edits, files out, what is written down."""

import io
import re
from datetime import date
from gettext import GNUTranslations
from pathlib import Path

import fastexcel
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.apps import apps
from django.test import override_settings
from tests.agency.offices import Browser, officer, signed_in
from tests.agency.people import identity_no, registration
from tests.agency.settling import AT, CITY, COUNTY, OFFICER, institutions, person, stay

from yibao import web
from yibao.enrolment.actions import register
from yibao.enrolment.models import CategoryTag, Person
from yibao.journeys.settlement.settling import settle
from yibao.rights.models import AuditRecord, Grant, Officer
from yibao.rights.terms import Role
from yibao.web.console.tables import ELSEWHERE, TABLES

OTHER_CITY = "410100"
OURS = {"enrolment", "benefits", "financing", "payment", "settlement", "ledger", "rights"}
OURS |= {"assistance", "public_services", "takeover"}


def key_in(page: str) -> str:
    return re.search(r'name="key" value="(\w+)"', page)[1]


def submit(browser: Browser, path: str, **given: object):
    """Draws a form, fills it in and sends it."""
    drawn = browser.get(path)
    assert drawn.status_code == 200, drawn.content.decode()
    return browser.post(path, {"key": key_in(drawn.content.decode()), **given}, follow=True)


def test_every_table_of_ours_is_shown_or_says_why_not():
    ours = {model._meta.label for model in apps.get_models() if model._meta.app_label in OURS}
    assert ours == set(TABLES) | set(ELSEWHERE)
    assert not set(TABLES) & set(ELSEWHERE)


@pytest.mark.parametrize("area", sorted({label.partition(".")[0] for label in TABLES}))
def test_a_table_holds_nothing_from_outside_the_area(postgres, area):
    """Whatever the table: who is granted another city sees an empty list, and a row's page is not there."""
    institutions()
    settle(OFFICER, "s", stay(person(certified="hypertension_3"), 8_000), at=AT)
    there = signed_in(officer("there", Role.SUPERVISOR, CITY))
    elsewhere = signed_in(officer("elsewhere", Role.SUPERVISOR, OTHER_CITY))
    for label, shown in TABLES.items():
        if not label.startswith(f"{area}."):
            continue
        named = label.lower().replace(".", "/")
        listed = there.get(f"/console/{named}/")
        assert listed.status_code == 200, label
        hidden = elsewhere.get(f"/console/{named}/")
        if shown.area:
            assert len(hidden.context_data["cl"].result_list) == 0, label
        rows = list(listed.context_data["cl"].result_list)
        for row in rows[:1]:
            assert there.get(f"/console/{named}/{row.pk}/change/").status_code == 200, label
            if shown.area:
                assert elsewhere.get(f"/console/{named}/{row.pk}/change/").status_code == 302, label
                assert elsewhere.get(f"/console/{named}/{row.pk}/history/").status_code == 302, label


def test_a_role_sees_the_tables_of_its_matters_only(database):
    tax = signed_in(officer("tax", Role.TAX_OFFICER, CITY))
    first = tax.get("/console/").content.decode()
    assert "financing/contributionbill" in first and "settlement/settlement" not in first
    assert tax.get("/console/settlement/settlement/").status_code == 403
    assert tax.get("/console/do/person-register/").status_code == 404


def test_nothing_is_added_changed_or_removed_through_a_table(database):
    institutions()
    settle(OFFICER, "s", stay(person(), 8_000), at=AT)
    browser = signed_in(officer("clerk", Role.CITY_OFFICER, CITY))
    assert browser.get("/console/settlement/settlement/add/").status_code == 403
    assert browser.post("/console/settlement/settlement/1/change/", {"person_fen": 0}).status_code == 403
    assert browser.post("/console/settlement/settlement/1/delete/", {"post": "yes"}).status_code == 403


def test_a_person_is_registered_once_however_often_the_form_is_sent(database):
    browser = signed_in(officer("clerk", Role.COUNTY_OFFICER, COUNTY))
    born_on = date(1990, 2, 3)
    given = {"name": "甲某", "sex": 1, "born_on": born_on, "kind": 0, "number": identity_no(born_on)}
    given |= {"county_code": COUNTY, "reason": "本人申请"}
    page = browser.get("/console/do/person-register/").content.decode()
    for _ in range(2):
        answer = browser.post("/console/do/person-register/", {"key": key_in(page), **given}, follow=True)
        assert "已登记" in answer.content.decode()
    assert Person.objects.count() == 1
    assert given["number"] not in answer.redirect_chain[-1][0]


def test_what_an_action_refuses_stands_above_the_form_with_what_was_typed(database):
    browser = signed_in(officer("clerk", Role.COUNTY_OFFICER, COUNTY))
    given = {"name": "甲某", "sex": 2, "born_on": "2999-01-01", "kind": 0, "number": "123"}
    answer = submit(browser, "/console/do/person-register/", county_code=OTHER_CITY, reason="试", **given)
    said = answer.content.decode()
    assert "没有在 410100" in said and 'value="甲某"' in said
    again = submit(browser, "/console/do/person-register/", county_code=COUNTY, reason="试", **given)
    assert "出生日期在今天之后" in again.content.decode() and "应为 18 位" in again.content.decode()
    assert not Person.objects.exists()


def test_a_stale_edit_of_two_officers_changes_nothing(database):
    register(OFFICER, "p", registration(county_code=COUNTY), today=AT.date())
    person_ = Person.objects.get()
    one = signed_in(officer("one", Role.CITY_OFFICER, CITY))
    two = signed_in(officer("two", Role.CITY_OFFICER, CITY))
    path = f"/console/do/person-change/{person_.pk}/"
    given = {"version": 1, "sex": 1, "born_on": person_.born_on, "county_code": COUNTY, "reason": "更正"}
    assert "已变更" in submit(one, path, name="乙某", **given).content.decode()
    late = submit(two, path, name="丙某", **given).content.decode()
    assert "已被他人更新" in late
    person_.refresh_from_db()
    assert (person_.name, person_.version) == ("乙某", 2)


def test_people_are_found_by_post_and_looking_is_written_down(database):
    born_on = date(1980, 5, 1)
    number = identity_no(born_on)
    register(OFFICER, "p", registration(county_code=COUNTY, number=number), today=AT.date())
    mine = signed_in(officer("clerk", Role.COUNTY_OFFICER, COUNTY))
    found = submit(mine, "/console/do/person-find/", kind=0, number=number, reason="本人来询")
    assert found.redirect_chain[-1][0] == f"/console/enrolment/person/{Person.objects.get().pk}/change/"
    noted = AuditRecord.objects.get(action="look_at_person")
    assert (noted.reason, noted.actor) == ("本人来询", "clerk")
    other = signed_in(officer("other", Role.COUNTY_OFFICER, OTHER_CITY))
    nobody = submit(other, "/console/do/person-find/", kind=0, number=number, reason="好奇")
    assert "不在您的管辖地区" in nobody.content.decode()
    assert AuditRecord.objects.filter(action__in=["look_at_row", "look_at_list"], actor="clerk").exists()
    assert not AuditRecord.objects.filter(subject__contains=number).exists()


def test_numbers_are_masked_and_history_tells_who_did_what(database):
    number = identity_no(date(1980, 5, 1))
    register(OFFICER, "p", registration(county_code=COUNTY, number=number), today=AT.date())
    browser = signed_in(officer("clerk", Role.CITY_OFFICER, CITY))
    listed = browser.get("/console/enrolment/identity/").content.decode()
    assert number not in listed and f"{number[:3]}{'*' * 13}{number[-2:]}" in listed
    told = browser.get(f"/console/enrolment/person/{Person.objects.get().pk}/history/").content.decode()
    assert "register" in told


def test_a_file_out_is_text_of_what_is_seen_and_is_written_down(database):
    register(OFFICER, "p", registration("=1+1", county_code=COUNTY), today=AT.date())
    browser = signed_in(officer("clerk", Role.CITY_OFFICER, CITY))
    pk = Person.objects.get().pk
    given = {"action": "to_excel", "_selected_action": [pk]}
    answer = browser.post("/console/enrolment/person/", given)
    assert answer["Content-Type"].endswith("sheet")
    sheet = fastexcel.read_excel(io.BytesIO(answer.content).getvalue()).load_sheet(0).to_polars()
    assert sheet["姓名"].to_list() == ["=1+1"] and sheet["性别"].to_list() == ["男"]
    assert AuditRecord.objects.filter(action="take_out").count() == 1


def test_a_category_is_certified(database):
    register(OFFICER, "p", registration(county_code=COUNTY), today=AT.date())
    browser = signed_in(officer("clerk", Role.CITY_OFFICER, CITY))
    path = f"/console/do/person-category/{Person.objects.get().pk}/"
    answer = submit(browser, path, category=1, certified_by=2, first_day="2023-01-01", reason="名单")
    assert "已记录认定" in answer.content.decode()
    assert CategoryTag.objects.get().category == 1


def test_an_administrator_adds_and_grants_in_the_console(database):
    browser = signed_in(officer("admin", Role.ADMINISTRATOR, CITY))
    page = "/console/do/officer-add/"
    weak = submit(browser, page, username="new", shown_name="某某", password="12345").content.decode()
    assert "12" in weak and not Officer.objects.filter(username="new").exists()
    added = submit(browser, page, username="new", shown_name="某某", password="a-long-sentence-43")
    assert "已添加" in added.content.decode()
    pk = Officer.objects.get(username="new").pk
    given = {"role": "county_officer", "area_code": COUNTY, "first_day": "2023-01-01"}
    assert "已授权" in submit(browser, f"/console/do/officer-grant/{pk}/", **given).content.decode()
    assert Grant.objects.get(officer_id=pk).area_code == COUNTY
    wide = submit(browser, f"/console/do/officer-grant/{pk}/", **{**given, "area_code": OTHER_CITY})
    assert "没有在 410100" in wide.content.decode()
    token = submit(browser, f"/console/do/officer-token/{pk}/", label="医院", last_day="2099-01-01")
    assert "令牌：" in token.content.decode()


def test_pages_carry_a_policy_of_what_they_may_load(database):
    browser = signed_in(officer("clerk", Role.CITY_OFFICER, CITY))
    inside = browser.get("/console/")
    assert "default-src 'self'" in inside["Content-Security-Policy"]
    outside = browser.get("/no-such-page")
    assert outside.status_code == 404 and "没有这个页面" in outside.content.decode()
    assert "unsafe" not in outside["Content-Security-Policy"]
    for page in (inside, outside):
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page.content.decode())


def test_an_upload_that_is_too_large_is_refused(database):
    browser = signed_in(officer("admin", Role.ADMINISTRATOR, CITY))
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1_000):
        answer = browser.post("/console/do/officer-add/", {"username": "x" * 2_000})
    assert answer.status_code == 413 and "过大" in answer.content.decode()


def read_by_people(page: str) -> str:
    """What stands on a page, without scripts and the names of icons."""
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.S)
    page = re.sub(r"<span[^>]*material-symbols[^>]*>[^<]*</span>", " ", page)
    return re.sub(r'<(?:"[^"]*"|[^">])*>', " ", page)


def test_the_console_is_in_chinese(database):
    institutions()
    person()
    browser = signed_in(officer("clerk", Role.CITY_OFFICER, CITY))
    for page in ("/console/", "/console/enrolment/person/", "/console/enrolment/person/1/change/"):
        words = set(re.findall(r"[A-Za-z]{3,}", read_by_people(browser.get(page).content.decode())))
        assert words <= {"clerk", "Excel"}, words


def test_the_words_that_are_shipped_are_those_that_are_written():
    """`make messages` has been run since the words were last changed."""
    folder = Path(web.__file__).parent / "locale" / "zh_Hans" / "LC_MESSAGES"
    written = io.BytesIO()
    with (folder / "django.po").open("rb") as words:
        write_mo(written, read_po(words, locale="zh_Hans"))
    written.seek(0)
    with (folder / "django.mo").open("rb") as shipped:
        told = [GNUTranslations(stream)._catalog for stream in (written, shipped)]
    for catalog in told:
        del catalog[""]  # the heading holds the minute of compiling
    assert told[0] == told[1]


def test_the_index_says_what_is_granted(database):
    clerk = officer("clerk", Role.CITY_OFFICER, CITY)
    assert "市级经办人员（140100）" in signed_in(clerk).get("/console/").content.decode()
