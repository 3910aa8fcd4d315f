"""The interface for programs: the same actions under the same rights, in typed answers; and whatever is thrown at it."""

import json
from datetime import timedelta

import pytest
import schemathesis
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.offices import Browser, officer, token
from tests.agency.people import identity_no
from tests.agency.settling import CITY, COUNTY, institutions, person, stay

from yibao.assistance.terms import Category
from yibao.enrolment.models import CategoryTag, Identity, Person
from yibao.journeys.settlement.settling import settle
from yibao.rights.models import AuditRecord
from yibao.rights.requests import canonical
from yibao.rights.terms import Role
from yibao.settlement.models import Settlement
from yibao.web.wsgi import application

ELSEWHERE = "410100"
OPENAPI = "/api/v1/openapi.json"


def program(role: Role = Role.CITY_OFFICER, area_code: str = CITY, name: str = "program") -> Browser:
    """A program that acts as an officer."""
    browser = Browser()
    browser.defaults["HTTP_AUTHORIZATION"] = token(officer(name, role, area_code))["Authorization"]
    return browser


def send(browser: Browser, path: str, body: object, key: str = ""):
    headers = {"Idempotency-Key": key} if key else {}
    text = body if isinstance(body, str) else canonical(body)
    return browser.post(f"/api/v1{path}", text, content_type="application/json", headers=headers)


def someone(**more: object) -> dict[str, object]:
    born_on = timezone.localdate() - timedelta(days=9_000)
    document = {"kind": 0, "number": identity_no(born_on)}
    facts = {"name": "甲某", "sex": 1, "born_on": born_on, "county_code": COUNTY, "documents": [document]}
    return {**facts, "happened_on": timezone.localdate(), "reason": "本人申请", **more}


def test_without_a_token_nothing_is_told(database):
    answer = Browser().get("/api/v1/people")
    assert answer.status_code == 401
    assert answer.json()["code"] == "NoValidToken"
    wrong = Browser().get("/api/v1/people", headers={"Authorization": "Bearer nothing"})
    assert wrong.status_code == 401


def test_a_person_is_registered_found_and_changed(database):
    program_ = program()
    body = someone()
    made = send(program_, "/people", body, "r1")
    assert made.status_code == 200, made.content.decode()
    person_id = made.json()["person_id"]
    assert send(program_, "/people", body, "r1").content == made.content
    number = body["documents"][0]["number"]
    found = send(program_, "/people/find", {"kind": 0, "number": number, "reason": "核对"})
    assert found.json()["person_id"] == person_id
    change = {"version": 1, "happened_on": timezone.localdate(), "reason": "更正", "name": "乙某"}
    assert send(program_, f"/people/{person_id}/change", change, "c1").json() == {"version": 2}
    stale = send(program_, f"/people/{person_id}/change", change, "c2")
    assert (stale.status_code, stale.json()["code"]) == (422, "StaleEdit")
    looked = program_.get(f"/api/v1/people/{person_id}/history", headers={"X-Reason": "%E6%A0%B8%E5%AF%B9"})
    assert [event["action"] for event in looked.json()] == ["register", "change"]
    assert AuditRecord.objects.filter(action="look_at_person", reason="核对").count() == 2


def test_every_problem_of_a_request_is_said(database):
    program_ = program()
    answer = send(program_, "/people", {"name": 1, "sex": "x", "born_on": "2023-02-30"}, "r1")
    problems = answer.json()["problems"]
    assert answer.status_code == 422
    assert {problem.partition("：")[0] for problem in problems} >= {"name", "sex", "born_on", "documents"}
    facts = someone(sex=7, born_on="2999-01-01", reason=" ")
    refused = send(program_, "/people", facts, "r2")
    assert refused.json()["code"] == "FactsWrong"
    assert len(refused.json()["problems"]) >= 4
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "body",
    ['{"name": "\\u0000"}', '{"name": "\\ud800"}', '{"sex": 9223372036854775808}', "{", "NaN", "[" * 3000],
)
def test_a_body_that_no_database_holds_is_refused(database, body):
    answer = send(program(), "/people", body, "r1")
    assert answer.status_code == 400
    assert "不是可用的 JSON" in answer.json()["message"]


def test_who_is_outside_the_area_is_not_there(database):
    institutions()
    mine = person()
    other = program(Role.CITY_OFFICER, ELSEWHERE, "other")
    for path in (f"/people/{mine}", f"/people/{mine}/history", f"/people/{mine}/coverages"):
        answer = other.get(f"/api/v1{path}", headers={"X-Reason": "x"})
        assert (answer.status_code, answer.json()["code"]) == (404, "NoSuchPerson")
    assert other.get("/api/v1/people").json() == {"items": [], "next_after": None}
    assert send(other, "/settlements", stay(mine, 5_000), "s").status_code == 422
    assert send(other, "/people", someone(), "r").status_code == 403
    assert not Settlement.objects.exists()


def test_a_bill_is_previewed_settled_and_reversed(database):
    institutions()
    program_ = program()
    bill = stay(person(), 8_000)
    preview = send(program_, "/settlements/preview", bill).json()
    settled = send(program_, "/settlements", bill, "s1")
    answer = settled.json()
    assert {name: answer[name] for name in preview} == preview
    assert answer["total_fen"] == 800_000 and answer["basic_fen"] > 0
    assert send(program_, "/settlements", bill, "s1").content == settled.content
    other = send(program_, "/settlements", stay(bill.person_id, 9_000), "s1")
    assert (other.status_code, other.json()["code"]) == (422, "KeyReused")
    number = answer["settlement_id"]
    undone = send(program_, f"/settlements/{number}/reverse", {"reason": "录错"}, "u1").json()
    assert undone["basic_fen"] == -answer["basic_fen"]
    listed = program_.get("/api/v1/settlements").json()["items"]
    assert [row["reverses"] for row in listed] == [None, number]
    again = send(program_, f"/settlements/{number}/reverse", {"reason": "录错"}, "u2")
    assert again.json()["code"] == "ReversedAlready"


def test_lists_come_in_pages(database):
    institutions()
    made = [person() for _ in range(5)]
    program_ = program()
    seen, after = [], 0
    while after is not None:
        answer = program_.get(f"/api/v1/people?limit=2&after={after}").json()
        assert len(answer["items"]) <= 2
        seen += [row["person_id"] for row in answer["items"]]
        after = answer["next_after"]
    assert seen == made
    assert program_.get("/api/v1/people?limit=500").status_code == 422


def test_a_resident_sees_nothing_of_others(database):
    institutions()
    person()
    resident = program(Role.RESIDENT, CITY, "resident")
    assert resident.get("/api/v1/people").json()["items"] == []
    assert resident.get("/api/v1/settlements").json()["items"] == []
    assert resident.get(f"/api/v1/trial-balance?area_code={CITY}").status_code == 403


def test_books_over_the_interface_add_up(database):
    institutions()
    bill = stay(person(), 8_000)
    settle(actor(Role.CITY_OFFICER, CITY), "s", bill, at=timezone.now())
    money = program(Role.FINANCE_OFFICER, CITY, "money")
    rows = money.get(f"/api/v1/trial-balance?area_code={CITY}").json()
    assert rows and sum(row["balance_fen"] for row in rows) == 0


def test_one_key_from_two_programs_at_once_settles_once(postgres):
    institutions()
    program_ = program()
    headers = program_.defaults["HTTP_AUTHORIZATION"]
    bill = stay(person(), 8_000)

    def once_more() -> bytes:
        browser = Browser()
        browser.defaults["HTTP_AUTHORIZATION"] = headers
        return send(browser, "/settlements", bill, "s1").content

    said = at_once([once_more] * 4)
    assert len(set(said)) == 1 and json.loads(said[0])["settlement_id"] == 1
    assert Settlement.objects.count() == 1


def test_a_list_is_looked_at_committed_and_taken_back(database):
    program_ = program()
    made = send(program_, "/people", someone(), "r1").json()["person_id"]
    number = Identity.objects.get(person_id=made).number
    row = {"number": 2, "name": "甲某", "identity_no": number, "first_day": "2023-01-01"}
    body = {
        "area_code": CITY,
        "department": 3,
        "kind": 0,
        "as_of": "2023-06-01",
        "rows": [row],
        "name": "名单",
    }
    seen = send(program_, "/lists", {**body, "category": int(Category.EXTREME_POVERTY)}, "l1")
    assert seen.status_code == 200, seen.content.decode()
    list_id, plan = seen.json()["list_id"], seen.json()["plan_hash"]
    other = send(program_, f"/lists/{list_id}/commit", {"plan_hash": "0"}, "c0")
    assert other.status_code == 422 and not CategoryTag.objects.exists()
    done = send(program_, f"/lists/{list_id}/commit", {"plan_hash": plan}, "c1")
    assert done.status_code == 200, done.content.decode()
    assert CategoryTag.objects.get().person_id == made
    undone = send(program_, f"/lists/{list_id}/undo", {"reason": "发错"}, "u1")
    assert undone.json()["taken_back"] == 1


def operations() -> list[str]:
    schema = schemathesis.openapi.from_wsgi(OPENAPI, application, headers={"Host": "localhost"})
    return [found.ok().label for found in schema.get_all_operations()]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize("label", operations())
def test_whatever_is_sent_is_answered_as_the_page_says(postgres, label, mode):
    """Requests that fit the OpenAPI page and requests that do not: never a fault, always an answer that it describes."""
    institutions()
    person()
    headers = {"Host": "localhost", **token(officer("fuzz", Role.CITY_OFFICER, CITY))}
    schema = schemathesis.openapi.from_wsgi(OPENAPI, application, headers=headers)
    operation = next(found.ok() for found in schema.get_all_operations() if found.ok().label == label)
    checks = [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
    ]

    @settings(
        max_examples=12,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(mode))
    def sent(case):
        case.call_and_validate(headers=headers, checks=checks)

    sent()
