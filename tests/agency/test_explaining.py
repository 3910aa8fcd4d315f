"""Why: the slip of a stored settlement, from what is stored alone, equal to what was posted."""

import json
from datetime import date

import pytest
from tests.agency.acting import actor
from tests.agency.settling import AT, CITY, OFFICER, institutions, person, stay

from yibao.assistance.terms import Category
from yibao.benefits.terms import ItemClass
from yibao.engine.terms import YearSoFar
from yibao.engine.year import Payer
from yibao.enrolment.actions import recognise_category
from yibao.enrolment.orders import Recognition
from yibao.enrolment.terms import Department
from yibao.journeys.settlement.explaining import NotAsPosted, explanation
from yibao.journeys.settlement.reversing import replay, reverse
from yibao.journeys.settlement.settling import settle
from yibao.journeys.settlement.third_party import settle_shared
from yibao.kernel.money import yuan
from yibao.rights.models import AuditRecord
from yibao.rights.terms import Role
from yibao.settlement.failures import NoSuchSettlement, VersionChanged
from yibao.settlement.models import Settlement
from yibao.settlement.orders import BillLine, LateFact, Liability, Reversal, SharedBill
from yibao.settlement.terms import LateCause, ThirdParty
from yibao.settlement.vectors import unpacked

SUPERVISOR = actor(Role.SUPERVISOR, CITY)
LINES = (
    BillLine("A1", ItemClass.A, 10_000, 900_000),
    BillLine("B1", ItemClass.B, 10_000, 500_000, 400_000, 1_000),
)


@pytest.fixture
def agency(database):
    institutions()


def settled(key: str, bill) -> dict[str, int]:
    return json.loads(settle(OFFICER, key, bill, at=AT))


def test_the_slip_has_every_step_with_its_entry_and_comes_to_what_was_posted(agency):
    who = person()
    settled("s0", stay(who, 20_000, date(2023, 2, 1)))
    said = settled("s1", stay(who, 0, totals=None, lines=LINES))
    found = explanation(SUPERVISOR, said["settlement_id"], reason="申诉核查")
    told = json.loads(found.as_json())
    assert told["setlinfo"]["hifp_pay"] == float(yuan(said["basic_fen"]))
    assert told["setlinfo"]["medfee_sumamt"] == 14000
    assert {step["layer"] for step in told["working"]} >= {"hospital", "catastrophic"}
    assert all(step["entry"] for step in told["working"])
    assert [line.amount_fen for line in found.slip.facts.lines] == [900_000, 500_000]
    assert sum(fen for *_, fen in found.slip.payers) == said["total_fen"]
    stored = Settlement.objects.get(pk=said["settlement_id"])
    assert unpacked(YearSoFar, stored.before).stays == 1
    assert found.rules_hash == stored.rules_hash and found.terms_hash == stored.terms.content_hash
    used = {source.entry_id for layer in found.slip.layers for source in layer.sources}
    assert used and used <= set(found.entries)
    looked = AuditRecord.objects.get(action="look_at_settlement")
    assert (looked.actor, looked.reason) == (SUPERVISOR.name, "申诉核查")


def test_what_happened_since_stands_beside_it(agency):
    who = person()
    said = settled("s", stay(who, 100_000))
    tag = Recognition(who, Category.EXTREME_POVERTY, Department.CIVIL_AFFAIRS, date(2023, 1, 1), None, "补")
    recognise_category(OFFICER, "t", tag, today=AT.date())
    replay(OFFICER, "l", LateFact(who, 2023, LateCause.CATEGORY_BACK_DATED, "补"), at=AT)
    found = explanation(SUPERVISOR, said["settlement_id"], reason="x")
    assert found.reversed_by is None
    assert {one.cause[0] for one in found.since} == {"补认定人员身份"}
    assert sum(one.difference_fen for one in found.since if one.payer is Payer.ASSISTANCE) > 0
    undone = json.loads(reverse(OFFICER, "r", Reversal(said["settlement_id"], "x"), at=AT))
    again = explanation(SUPERVISOR, undone["settlement_id"], reason="x")
    assert (again.settlement_id, again.reversed_by) == (said["settlement_id"], undone["settlement_id"])


def test_a_refused_and_a_shared_bill_say_why(agency):
    refused = settled("s", stay(person(last_day=date(2023, 3, 1)), 100))
    told = json.loads(explanation(SUPERVISOR, refused["settlement_id"], reason="x").as_json())
    assert told["refusal"]["code"] == "NOT_COVERED" and told["refusal"]["remedy"]
    liable = Liability(ThirdParty.TRAFFIC, 4_000, "认定书", AT.date())
    order = SharedBill(stay(person(), 1_000), liable)
    shared = json.loads(settle_shared(OFFICER, "x", order, at=AT))
    assert explanation(SUPERVISOR, shared["settlement_id"], reason="x").third_party_bp == 4_000


def test_nobody_elsewhere_is_told_and_no_other_version_is_guessed(agency, monkeypatch):
    said = settled("s", stay(person(), 100))
    for nobody in (actor(Role.SUPERVISOR, "410100"), actor(Role.TAX_OFFICER, CITY)):
        with pytest.raises(NoSuchSettlement):
            explanation(nobody, said["settlement_id"], reason="x")
    with monkeypatch.context() as changed, pytest.raises(NotAsPosted, match="重算与入账不一致"):
        changed.setattr("yibao.journeys.settlement.explaining.same_working", lambda *_: False)
        explanation(SUPERVISOR, said["settlement_id"], reason="x")
    monkeypatch.setattr("yibao.settlement.queries.rules_hash", lambda: "another")
    with pytest.raises(VersionChanged, match="规则"):
        explanation(SUPERVISOR, said["settlement_id"], reason="x")
