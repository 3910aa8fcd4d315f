"""The verifier finds nothing in a sound database, and every kind of damage in one that was tampered with."""

import json

import pytest
from django.db import connection
from tests.agency.settling import AT, OFFICER, institutions, person, stay, visit

from yibao.assistance.terms import Category
from yibao.engine.terms import YearSoFar
from yibao.enrolment.actions import recognise_category
from yibao.enrolment.orders import Recognition
from yibao.enrolment.terms import Department
from yibao.journeys.settlement.reversing import replay, reverse
from yibao.journeys.settlement.settling import settle
from yibao.journeys.verifying.database import counts, database_findings, recomputed_findings
from yibao.rights.audit import seal
from yibao.settlement.models import YearRow
from yibao.settlement.orders import LateFact, Reversal
from yibao.settlement.terms import LateCause
from yibao.settlement.vectors import packed, unpacked


def worked() -> None:
    institutions()
    for who in (person(), person()):
        said = [json.loads(settle(OFFICER, f"s{who}-{n}", stay(who, 9_000 + n), at=AT)) for n in range(3)]
        settle(OFFICER, f"v{who}", visit(who, 80), at=AT)
        reverse(OFFICER, f"r{who}", Reversal(said[1]["settlement_id"], "错"), at=AT)
        order = Recognition(
            who, Category.UNSTABLE_EXIT, Department.CIVIL_AFFAIRS, AT.date().replace(month=1), None, "补"
        )
        recognise_category(OFFICER, f"c{who}", order, today=AT.date())
        replay(OFFICER, f"l{who}", LateFact(who, 2023, LateCause.CATEGORY_BACK_DATED, "补"), at=AT)
        last = json.loads(settle(OFFICER, f"t{who}", stay(who, 700), at=AT))
        reverse(OFFICER, f"u{who}", Reversal(last["settlement_id"], "错"), at=AT)
    seal()


def unguarded(statement: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(statement)
            cursor.execute("SET session_replication_role = origin")
            return
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(statement)
        cursor.execute("PRAGMA foreign_keys = ON")


DAMAGE = {
    "a line": "UPDATE ledger_entryline SET amount_fen = amount_fen + 1 WHERE id = 3",
    "two lines that still balance": "UPDATE ledger_entryline SET amount_fen = amount_fen * 2 WHERE entry_id = 2",
    "lines removed": "DELETE FROM ledger_entryline WHERE entry_id = 2",
    "a payer": "UPDATE settlement_settlement SET basic_fen = basic_fen + 1, person_fen = person_fen - 1 WHERE id = 2",
    "a settlement removed": "DELETE FROM settlement_settlement WHERE id = 3",
    "the order": "UPDATE settlement_settlement SET sequence = 90 WHERE id = 1",
    "the year so far": "UPDATE settlement_yearrow SET so_far = opening WHERE id = 1",
    "the year's number": "UPDATE settlement_yearrow SET sequence = sequence + 1",
    "what stood before": "UPDATE settlement_settlement SET before = (SELECT opening FROM settlement_yearrow WHERE id = 1) "
    "WHERE id = 4",
    "an adjustment": "UPDATE settlement_adjustmentrow SET difference_fen = difference_fen + 1 WHERE payer = 0",
    "an adjustment removed": "DELETE FROM settlement_adjustmentrow WHERE payer = 0",
    "a request removed": "DELETE FROM rights_request WHERE action = 'settle' AND key = 's1-0'",
    "a request half done": "UPDATE rights_request SET reply = NULL WHERE key = 's1-0'",
    "a request put in": "INSERT INTO rights_request (caller, key, action, body_hash, reply, recorded_at) VALUES "
    "('x', 'x', 'settle', '', '{\"settlement_id\": 12345}', '2023-01-01 00:00:00+00:00')",
    "an audit record": "DELETE FROM rights_auditrecord WHERE action = 'settle' AND subject = 'settlement:1'",
    "a coverage": "UPDATE enrolment_coverage SET person_id = 1",
}


def test_a_sound_database_has_no_finding(database):
    worked()
    assert database_findings() == [] and recomputed_findings() == []
    assert counts()["settlements"] == 14


def test_a_year_and_its_records_altered_alike_are_found_by_the_rules_alone(database):
    worked()
    so_far = YearRow.objects.order_by("id").last()
    altered = unpacked(YearSoFar, so_far.so_far)._replace(assistance_paid_fen=7)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE settlement_yearrow SET so_far = %s WHERE id = %s", [packed(altered), so_far.pk]
        )
    assert [found.file for found in recomputed_findings()] == ["settlement_yearrow"]


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_is_found(database, what):
    worked()
    if what == "a coverage" and connection.vendor == "postgresql":
        unguarded("ALTER TABLE enrolment_coverage DROP CONSTRAINT enrolment_coverage_once")
    unguarded(DAMAGE[what])
    assert database_findings() != []
    if what == "a coverage" and connection.vendor == "postgresql":
        unguarded("DELETE FROM enrolment_coverage")
        unguarded(
            "ALTER TABLE enrolment_coverage ADD CONSTRAINT enrolment_coverage_once EXCLUDE USING gist "
            "(person_id WITH =, daterange(first_day, last_day, '[]') WITH &&) WHERE (NOT void)"
        )
