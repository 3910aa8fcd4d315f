"""What other pages do not already do at once on PostgreSQL: certify, choose, register institutions, propose, post."""

import threading
from datetime import date

import psycopg
import pytest
from django.db import connection
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.settling import CITY, COUNTY, OFFICER, institutions, person

from yibao.benefits.models import Attachment, Certification
from yibao.benefits.terms import AttachmentKind, VisitKind
from yibao.enrolment.models import Person
from yibao.journeys.settlement.certifying import Attach, Certify, attach, certify
from yibao.journeys.verifying.database import database_findings
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line, balance_fen
from yibao.ledger.queries import journal_of, trial_balance_of
from yibao.payment.actions import NewInstitution, register_institution
from yibao.payment.models import Institution
from yibao.rights.approvals import propose
from yibao.rights.models import Proposal, Request
from yibao.rights.requests import TryAgain, once
from yibao.rights.terms import Matter, Role

DAY = date(2023, 1, 1)


def outcomes(said: list[object]) -> list[str]:
    return sorted("done" if not isinstance(one, Exception) else type(one).__name__ for one in said)


def test_five_diseases_at_once_take_the_four_slots(postgres):
    who = person()
    orders = [Certify(who, VisitKind.CHRONIC, code, DAY, None, "x") for code in "abcde"]
    said = at_once([lambda o=o: certify(OFFICER, o.disease_code, o) for o in orders])
    assert outcomes(said) == ["NotCertified", *["done"] * 4]
    assert sorted(Certification.objects.values_list("slot", flat=True)) == [0, 1, 2, 3]


def test_a_choice_at_once_under_one_key_is_one(postgres):
    institutions()
    order = Attach(person(), AttachmentKind.FIRST_CHOICE, "H-2", DAY, None, "x")
    said = at_once([lambda: attach(OFFICER, "k", order)] * 6)
    assert len(set(said)) == 1 and Attachment.objects.count() == 1


def test_an_institution_at_once_is_registered_once(postgres):
    order = NewInstitution("H-7", "示例", "third_rate", COUNTY, CITY, DAY)
    said = at_once([lambda n=n: register_institution(OFFICER, f"k{n}", order) for n in range(6)])
    assert outcomes(said) == [*["InstitutionTaken"] * 5, "done"]
    assert Institution.objects.count() == 1


def test_proposals_at_once_are_all_there(postgres):
    finance = actor(Role.FINANCE_OFFICER, CITY)
    said = at_once([lambda n=n: propose(finance, Matter.FUND_MATTER, CITY, {"pay": n}) for n in range(6)])
    assert outcomes(said) == ["done"] * 6 and Proposal.objects.count() == len(set(said)) == 6


def test_entries_at_once_are_all_there_and_balance(postgres):
    def entry(amount_fen: int) -> list[Line]:
        return [
            Line(1, DAY, "fiscal_account", "basic", amount_fen, "interest", "x"),
            Line(1, DAY, "interest", "basic", -amount_fen, "interest", "x"),
        ]

    said = at_once([lambda n=n: post_entry(CITY, entry(n)) for n in range(1, 41)], workers=8)
    assert outcomes(said) == ["done"] * 40
    assert balance_fen(trial_balance_of(CITY), "basic", "fiscal_account") == sum(range(1, 41))
    assert journal_of(CITY)["entry_no"][-1].as_py() == 40
    assert database_findings() == []


def test_who_cannot_have_the_lock_is_told_to_try_again_and_nothing_is_kept(postgres, server):
    who = person()
    order = Certify(who, VisitKind.CHRONIC, "a", DAY, None, "x")
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 100")
    with psycopg.connect(server.url("agency")) as other:
        other.execute("SELECT 1 FROM enrolment_person WHERE id = %s FOR UPDATE", [who])
        with pytest.raises(TryAgain, match="同一个幂等键重试"):
            certify(OFFICER, "k", order)
        other.rollback()
    assert not Request.objects.filter(key="k").exists()
    certify(OFFICER, "k", order)


def test_two_that_wait_for_each_other_are_told_and_one_goes_on(postgres):
    people = [person(), person()]
    together = threading.Barrier(2)

    def both(first: int, second: int) -> str:
        def do() -> int:
            Person.objects.select_for_update().get(pk=first)
            together.wait()
            return int(Person.objects.select_for_update().get(pk=second).pk)

        return once("x", f"{first}-{second}", "both", {}, do)

    said = at_once([lambda: both(*people), lambda: both(*reversed(people))])
    assert outcomes(said) == ["TryAgain", "done"]
