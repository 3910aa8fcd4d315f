"""Dated cases: which year, which day, which category and which coverage a settlement goes by."""

import json
from datetime import date, datetime

import pytest
from tests.agency.people import registration
from tests.agency.settling import AT, CHINA, CITY, COUNTY, OFFICER, institutions, person, stay, visit

from yibao.assistance.terms import Category
from yibao.benefits.terms import Refusal, VisitKind
from yibao.engine.year import Payer
from yibao.enrolment.actions import cover, recognise_category, register, stop, suspend
from yibao.enrolment.orders import Cover, CoverOrder, LifeOrder, Recognition
from yibao.enrolment.params import LifeCycleParams
from yibao.enrolment.terms import Department, StopCause
from yibao.journeys.settlement.certifying import Certify, NotCertified, certify
from yibao.journeys.settlement.reversing import replay, reverse
from yibao.journeys.settlement.settling import settle
from yibao.journeys.verifying.database import database_findings
from yibao.packs.entries import PolicyFailure
from yibao.settlement.models import Settlement, YearRow
from yibao.settlement.orders import LateFact, Reversal
from yibao.settlement.terms import LateCause

NOW = LifeCycleParams((0,) * 5)


@pytest.fixture
def agency(database):
    institutions()
    yield
    assert database_findings() == []


def settled(key: str, bill, at: datetime = AT) -> dict[str, int]:
    return json.loads(settle(OFFICER, key, bill, at=at))


def test_a_stay_over_the_year_end_is_of_the_year_it_ends_in(agency):
    who = person()
    cover(
        OFFICER,
        "c",
        CoverOrder(who, Cover(date(2022, 1, 1), date(2022, 12, 31), 2022, CITY), date(2023, 1, 1), "x"),
    )
    bill = stay(who, 9_000, date(2023, 1, 3))
    settled("a", type(bill)(**{**vars(bill), "admitted_on": date(2022, 12, 20)}))
    settled("b", stay(who, 9_000, date(2022, 12, 31)))
    assert sorted(YearRow.objects.values_list("benefit_year", "sequence")) == [(2022, 1), (2023, 1)]


def test_settled_in_the_next_year_it_is_posted_there_and_counts_in_its_own(agency):
    who = person()
    settled("a", stay(who, 9_000, date(2023, 12, 31)), at=datetime(2024, 1, 2, 9, tzinfo=CHINA))
    found = Settlement.objects.select_related("year", "entry").get()
    assert (found.year.benefit_year, found.entry.posted_on) == (2023, date(2024, 1, 2))


def test_the_day_of_an_entry_is_that_of_the_place_and_not_of_greenwich(agency):
    settled("a", stay(person(), 9_000, date(2023, 12, 20)), at=datetime(2023, 12, 31, 23, 30, tzinfo=CHINA))
    settled("b", stay(person(), 9_000, date(2023, 12, 20)), at=datetime(2024, 1, 1, 0, 30, tzinfo=CHINA))
    days = Settlement.objects.order_by("id").values_list("posted_on", flat=True)
    assert list(days) == [date(2023, 12, 31), date(2024, 1, 1)]


def test_the_twenty_ninth_of_february_is_a_day_and_no_policy_is_guessed_for_it(agency):
    with pytest.raises(PolicyFailure, match="2024-02-29"):
        settled("a", stay(person(), 9_000, date(2024, 2, 29)), at=datetime(2024, 3, 1, tzinfo=CHINA))
    assert Settlement.objects.count() == 0
    born = person(born_on=date(2000, 2, 29))
    assert settled("b", stay(born, 9_000, date(2023, 2, 28)))["refusal"] == 0


def test_cover_ends_with_its_last_day(agency):
    who = person(last_day=date(2023, 6, 30))
    assert settled("a", stay(who, 9_000, date(2023, 6, 30)))["refusal"] == 0
    assert settled("b", stay(who, 9_000, date(2023, 7, 1)))["refusal"] == Refusal.NOT_COVERED


def test_suspended_in_mid_stay_it_is_the_day_of_discharge_that_counts(agency):
    who = person()
    suspend(OFFICER, "s", LifeOrder(who, date(2023, 6, 10), "x"), NOW, today=AT.date())
    bill = stay(who, 9_000, date(2023, 6, 12))
    assert (
        settled("a", type(bill)(**{**vars(bill), "admitted_on": date(2023, 6, 1)}))["refusal"]
        == Refusal.NOT_COVERED
    )
    assert settled("b", stay(who, 9_000, date(2023, 6, 9)))["refusal"] == 0


def test_certified_in_mid_stay_it_is_settled_as_on_the_day_of_discharge(agency):
    who = person()
    tag = Recognition(who, Category.EXTREME_POVERTY, Department.CIVIL_AFFAIRS, date(2023, 6, 5), None, "x")
    recognise_category(OFFICER, "t", tag, today=AT.date())
    bill = stay(who, 90_000, date(2023, 6, 5))
    said = settled("a", type(bill)(**{**vars(bill), "admitted_on": date(2023, 5, 20)}))
    assert said["assistance_fen"] > 0
    assert settled("b", stay(person(), 90_000, date(2023, 6, 4)))["assistance_fen"] == 0
    assert Settlement.objects.get(pk=said["settlement_id"]).category == Category.EXTREME_POVERTY


def test_a_category_that_ended_holds_on_its_last_day_and_not_after(agency):
    who = person()
    tag = Recognition(
        who, Category.EXTREME_POVERTY, Department.CIVIL_AFFAIRS, date(2023, 1, 1), date(2023, 6, 5), "x"
    )
    recognise_category(OFFICER, "t", tag, today=AT.date())
    for key, day, category in (("a", 5, Category.EXTREME_POVERTY), ("b", 6, Category.ORDINARY)):
        said = settled(key, stay(who, 9_000, date(2023, 6, day)))
        assert Settlement.objects.get(pk=said["settlement_id"]).category == category


def test_after_death_nothing_is_covered_and_the_day_itself_is(agency):
    who = person()
    stop(OFFICER, "s", LifeOrder(who, date(2023, 6, 10), "x", cause=StopCause.DIED), NOW, today=AT.date())
    assert settled("a", stay(who, 9_000, date(2023, 6, 10)))["refusal"] == 0
    assert settled("b", stay(who, 9_000, date(2023, 6, 11)))["refusal"] == Refusal.NOT_COVERED


def test_a_newborn_is_paid_back_to_birth_when_cover_comes_later(agency):
    born_on = date(2023, 5, 1)
    order = registration(county_code=COUNTY, born_on=born_on, happened_on=date(2023, 6, 1))
    who = json.loads(register(OFFICER, "r", order, today=AT.date()))["person_id"]
    before = settled("a", stay(who, 20_000, date(2023, 5, 9)))
    assert (before["refusal"], before["person_fen"]) == (Refusal.NOT_COVERED, 2_000_000)
    given = Cover(born_on, date(2023, 12, 31), 2023, CITY)
    cover(OFFICER, "c", CoverOrder(who, given, date(2023, 7, 1), "落地参保"))
    late = LateFact(who, 2023, LateCause.COVERAGE_BACK_DATED, "落地参保")
    found = json.loads(replay(OFFICER, "l", late, at=AT))
    paid = {a["payer"]: a["difference_fen"] for a in found["adjustments"]}
    asked = settled("b", stay(person(born_on=born_on), 20_000, date(2023, 5, 9)))
    assert paid[Payer.BASIC] == asked["basic_fen"] > 0


def test_a_refused_claim_is_reversed_like_any_other(agency):
    who = person(last_day=date(2023, 3, 31))
    said = settled("a", stay(who, 9_000))
    undone = json.loads(reverse(OFFICER, "r", Reversal(said["settlement_id"], "x"), at=AT))
    assert undone["person_fen"] == -900_000


def test_a_disease_certified_late_is_paid_as_an_adjustment_in_its_month(agency):
    who = person()
    bill = visit(
        who, 4_000, date(2023, 3, 1), kind=VisitKind.CHRONIC, disease_code="dialysis", institution_code="H-1"
    )
    assert settled("a", bill)["refusal"] == Refusal.NOT_CERTIFIED
    certify(OFFICER, "c", Certify(who, VisitKind.CHRONIC, "dialysis", date(2023, 3, 1), None, "补认定"))
    found = json.loads(
        replay(OFFICER, "l", LateFact(who, 2023, LateCause.CERTIFICATION_BACK_DATED, "x"), at=AT)
    )
    assert found["changed"] == 1 and found["adjustments"][0]["difference_fen"] > 0


def test_a_disease_keeps_its_slot_and_a_fifth_has_none(agency):
    who = person()
    codes = ["a", "b", "c", "d"]
    for number, code in enumerate(codes):
        said = certify(
            OFFICER, code, Certify(who, VisitKind.CHRONIC, code, date(2023, 1, 1), date(2023, 3, 1), "x")
        )
        assert json.loads(said) == {"slot": number}
    again = certify(OFFICER, "z", Certify(who, VisitKind.CHRONIC, "b", date(2023, 6, 1), None, "x"))
    assert json.loads(again) == {"slot": 1}
    with pytest.raises(NotCertified, match="不能再加"):
        certify(OFFICER, "e", Certify(who, VisitKind.CHRONIC, "e", date(2023, 1, 1), None, "x"))
