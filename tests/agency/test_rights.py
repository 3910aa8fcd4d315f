"""Who may do what: the area filter, roles, maker-checker, caller's keys, and a chain that finds whatever was tampered with."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import IntegrityError, connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.agency.acting import CITY, COUNTY, OTHER_COUNTY, actor

from yibao.rights.actors import Actor, Granted, NotAllowed, actor_of
from yibao.rights.approvals import DecidedAlready, SamePerson, decide, propose
from yibao.rights.areas import covers, prefix_of, rows_inside
from yibao.rights.audit import Head, chain_findings, note, seal
from yibao.rights.models import AuditRecord, Decision, Grant, Officer, Request
from yibao.rights.requests import KeyReused, KeyUnfit, once
from yibao.rights.roles import MAY
from yibao.rights.terms import Deed, Matter, Role

DIVISION = st.from_regex(r"(99|98)(00|0[1-3])(00|0[1-3])", fullmatch=True)
PLACE = st.one_of(
    DIVISION, st.builds(lambda a, b: a + b, DIVISION, st.sampled_from(["001", "002", "001003"]))
)


def inside_by_levels(area: str, division: str) -> bool:
    """A second way to decide it: level by level, an area's pair of zeros standing for all."""
    levels = [(0, 2), (2, 4), (4, 6), (6, 9), (9, 12)]
    parts = [area[a:b] for a, b in levels if area[a:b]]
    while parts and not parts[-1].strip("0"):
        parts.pop()
    return parts == [division[a:b] for a, b in levels][: len(parts)]


@pytest.mark.property
@given(DIVISION, PLACE)
def test_an_area_covers_itself_and_what_is_below_it(area, division):
    assert covers(area, division) == inside_by_levels(area, division)
    assert covers("000000", division)
    assert covers(area, area)


def test_prefixes_are_those_of_provinces_cities_counties_and_townships():
    assert [prefix_of(code) for code in ("000000", "990000", "990100", "990105", "990105001", "990105000")] == [
        "", "99", "9901", "990105", "990105001", "990105",
    ]  # fmt: skip


@pytest.fixture
def records(database):
    codes = ["990100", "990105", "990106", "990200", "990205", "980105", "990105001"]
    for code in codes:
        note(actor(Role.CITY_OFFICER), "test", code, "nobody")
    return codes


def test_the_filter_of_a_query_shows_what_the_rule_covers(records):
    for areas in ([], [CITY], [COUNTY], [COUNTY, "980000"], ["000000"], ["990300"]):
        shown = set(rows_inside(AuditRecord.objects, areas, "area_code").values_list("area_code", flat=True))
        assert shown == {code for code in records if any(covers(area, code) for area in areas)}


@pytest.mark.property
@given(st.sampled_from(Role), DIVISION, st.sampled_from(Matter), st.sampled_from(Deed), PLACE)
def test_nobody_may_anything_outside_the_area_or_the_role(role, area, matter, deed, division):
    somebody = actor(role, area)
    may = somebody.may(matter, deed, division)
    assert may == (covers(area, division) and (matter, deed) in MAY[role])
    if not may:
        with pytest.raises(NotAllowed, match="未作任何更改"):
            somebody.require(matter, deed, division)


def test_no_role_both_makes_and_checks():
    for role, may in MAY.items():
        for matter in Matter:
            assert not {(matter, Deed.DO), (matter, Deed.APPROVE)} <= may, role


def test_a_grant_for_one_fund_is_for_that_fund():
    somebody = Actor("f", (Granted(Role.FINANCE_OFFICER, CITY, "assistance"),))
    assert somebody.may(Matter.FUND_MATTER, Deed.DO, CITY, "assistance")
    assert not somebody.may(Matter.FUND_MATTER, Deed.DO, CITY, "basic")
    assert not somebody.may(Matter.FUND_MATTER, Deed.DO, CITY)


def test_grants_hold_on_their_days_and_for_active_officers_only(database):
    officer = Officer.objects.create_user("li", "secret")
    Grant.objects.create(
        officer=officer,
        role=Role.SUPERVISOR,
        area_code=CITY,
        first_day=date(2023, 1, 1),
        last_day=date(2023, 6, 30),
    )
    assert actor_of(officer, date(2023, 6, 30)).granted == (Granted(Role.SUPERVISOR, CITY),)
    assert actor_of(officer, date(2023, 7, 1)).granted == ()
    officer.is_active = False
    assert actor_of(officer, date(2023, 3, 1)).granted == ()


def test_one_proposes_and_another_decides(database):
    finance = actor(Role.FINANCE_OFFICER, name="a")
    both = Actor("a", (Granted(Role.FINANCE_OFFICER, CITY), Granted(Role.REVIEWER, CITY)))
    number = propose(finance, Matter.FUND_MATTER, COUNTY, {"pay": 100})
    done: list[str] = []
    with pytest.raises(SamePerson):
        decide(both, number, approved=True, reason="", carry_out=done.append)
    with pytest.raises(NotAllowed):
        decide(actor(Role.REVIEWER, OTHER_COUNTY), number, approved=True, reason="", carry_out=done.append)
    assert (done, Decision.objects.count()) == ([], 0)
    decide(actor(Role.REVIEWER), number, approved=True, reason="ok", carry_out=done.append)
    with pytest.raises(DecidedAlready):
        decide(actor(Role.REVIEWER, name="c"), number, approved=False, reason="", carry_out=done.append)
    assert done == ['{"pay":100}']


def test_the_table_refuses_a_maker_as_checker(database):
    number = propose(actor(Role.FINANCE_OFFICER), Matter.FUND_MATTER, CITY, {})
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            proposal_id=number,
            maker="a",
            checker="a",
            approved=True,
            reason="",
            decided_at="2023-01-01 00:00+00:00",
        )


def test_what_fails_on_approval_leaves_the_proposal_open(database):
    number = propose(actor(Role.FINANCE_OFFICER), Matter.FUND_MATTER, CITY, {})

    def fails(body: str) -> None:
        raise RuntimeError(body)

    with pytest.raises(RuntimeError):
        decide(actor(Role.REVIEWER), number, approved=True, reason="", carry_out=fails)
    assert Decision.objects.count() == 0


def test_two_checkers_at_once_decide_once(postgres):
    number = propose(actor(Role.FINANCE_OFFICER), Matter.FUND_MATTER, CITY, {})
    done: list[str] = []

    def check(name: str) -> str:
        try:
            decide(actor(Role.REVIEWER, name=name), number, approved=True, reason="", carry_out=done.append)
        except DecidedAlready:
            return "late"
        finally:
            connections.close_all()
        return "decided"

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(check, [f"r{n}" for n in range(8)]))
    assert sorted(said) == ["decided"] + ["late"] * 7
    assert len(done) == 1


def test_a_key_gives_the_same_bytes_and_takes_no_other_body(database):
    counted: list[int] = []

    def do() -> dict[str, int]:
        counted.append(1)
        return {"b": 1, "a": len(counted)}

    first = once("his", "k1", "settle", {"x": 1}, do)
    assert first == '{"a":1,"b":1}'
    assert once("his", "k1", "settle", {"x": 1}, do) == first
    for action, body in (("settle", {"x": 2}), ("reverse", {"x": 1})):
        with pytest.raises(KeyReused, match="k1"):
            once("his", "k1", action, body, do)
    assert once("other", "k1", "settle", {"x": 1}, do) == '{"a":2,"b":1}'
    for unfit in ("", "x" * 129):
        with pytest.raises(KeyUnfit):
            once("his", unfit, "settle", {}, do)
    assert len(counted) == 2


def test_what_failed_leaves_its_key_free(database):
    with pytest.raises(ZeroDivisionError):
        once("his", "k1", "settle", {}, lambda: 1 // 0)
    assert Request.objects.count() == 0
    assert once("his", "k1", "settle", {"other": 1}, lambda: 2) == "2"


def test_a_kept_answer_is_never_changed(database):
    once("his", "k1", "settle", {}, lambda: 1)
    for change in ("UPDATE rights_request SET reply = '2'", "DELETE FROM rights_request"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_a_hundred_at_once_under_one_key_are_one(postgres):
    counted: list[int] = []
    together = threading.Barrier(16)

    def ask(_: int) -> list[str]:
        together.wait()
        said = [
            once("his", "k", "settle", {"x": 1}, lambda: counted.append(1) or len(counted)) for _ in range(7)
        ]
        connections.close_all()
        return said

    with ThreadPoolExecutor(16) as pool:
        answers = [answer for said in pool.map(ask, range(16)) for answer in said]
    assert set(answers) == {"1"} and len(answers) == 112
    assert len(counted) == 1


def unguarded(*statements: str) -> None:
    """What the owner of the database can do: take the guards off first."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute("PRAGMA foreign_keys = OFF")
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'rights_audit%'"
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute(
            "SET session_replication_role = origin"
            if connection.vendor == "postgresql"
            else "PRAGMA foreign_keys = ON"
        )


SWAP = (
    "UPDATE rights_auditseal SET record_id = -1 WHERE sequence = 3",
    "UPDATE rights_auditseal SET record_id = 3 WHERE sequence = 4",
    "UPDATE rights_auditseal SET record_id = 4 WHERE sequence = 3",
)
TAMPERED = {
    "actor": ("UPDATE rights_auditrecord SET actor = 'x' WHERE id = 4",),
    "origin": ("UPDATE rights_auditrecord SET origin = 'x' WHERE id = 4",),
    "action": ("UPDATE rights_auditrecord SET action = 'x' WHERE id = 4",),
    "area": ("UPDATE rights_auditrecord SET area_code = '990109' WHERE id = 4",),
    "subject": ("UPDATE rights_auditrecord SET subject = 'x' WHERE id = 4",),
    "reason": ("UPDATE rights_auditrecord SET reason = 'x' WHERE id = 4",),
    "detail": ("UPDATE rights_auditrecord SET detail = 'x' WHERE id = 4",),
    "time": ("UPDATE rights_auditrecord SET recorded_at = '2020-01-01 00:00:00+00:00' WHERE id = 4",),
    "first": ("UPDATE rights_auditrecord SET reason = 'x' WHERE id = 1",),
    "last": ("UPDATE rights_auditrecord SET reason = 'x' WHERE id = 10",),
    "hash": ("UPDATE rights_auditseal SET chain_hash = 'x' WHERE sequence = 4",),
    "moved": SWAP,
    "removed with its seal": (
        "DELETE FROM rights_auditseal WHERE sequence = 4",
        "DELETE FROM rights_auditrecord WHERE id = 4",
    ),
    "removed, its seal left": ("DELETE FROM rights_auditrecord WHERE id = 4",),
    "closed up after a removal": (
        "DELETE FROM rights_auditseal WHERE sequence = 10",
        "DELETE FROM rights_auditrecord WHERE id = 10",
    ),
    "put in": ("UPDATE rights_auditseal SET sequence = sequence + 100 WHERE sequence > 4",),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_the_chain_finds_what_was_tampered_with(database, how):
    for number in range(10):
        note(actor(Role.CITY_OFFICER), "register", COUNTY, f"person:{number}", reason="", before=number)
    assert seal().sequence == 10
    assert chain_findings() == []
    unguarded(*TAMPERED[how])
    assert chain_findings() != []


def test_a_chain_cut_short_or_written_anew_is_not_the_published_one(database):
    for number in range(4):
        note(actor(Role.CITY_OFFICER), "register", COUNTY, f"person:{number}")
    published = seal()
    note(actor(Role.CITY_OFFICER), "register", COUNTY, "person:5")
    assert seal().sequence == 5
    assert chain_findings(published) == []
    unguarded(
        "DELETE FROM rights_auditseal",
        "DELETE FROM rights_auditrecord WHERE id = 2",
        "UPDATE rights_audithead SET sequence = 0, chain_hash = ''",
    )
    seal()
    assert chain_findings() == []
    assert chain_findings(published) != []
    assert chain_findings(Head(99, "x")) != []


def test_raw_sql_changes_no_record(database):
    note(actor(Role.CITY_OFFICER), "register", COUNTY, "person:1")
    seal()
    for change in (
        "UPDATE rights_auditrecord SET reason = 'x'",
        "DELETE FROM rights_auditrecord",
        "UPDATE rights_auditseal SET chain_hash = 'x'",
        "DELETE FROM rights_auditseal",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_sealing_at_once_makes_one_chain(postgres):
    def work(number: int) -> None:
        for at in range(10):
            note(actor(Role.CITY_OFFICER), "register", COUNTY, f"person:{number}-{at}")
            seal()
        connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert seal().sequence == 60
    assert chain_findings() == []
